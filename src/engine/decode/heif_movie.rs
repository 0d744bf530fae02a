//! Image sequences (ISO/IEC 23008-12 §7): how many frames there are, and where the first lies, by
//! the sample tables of ISO/IEC 14496-12 §8.

use super::{
    av1::Layers,
    heif_boxes::{FourCc, Reader, child, children, property},
    heif_planes::Coded,
};
use heifer_isobmff::boxes::{HevcConfig, Property};

/// The tracks of a sequence that are shown.
pub(super) struct Movie<'a> {
    color: Track<'a>,
    alpha: Option<Track<'a>>,
}

struct Track<'a> {
    handler: FourCc,
    /// The codec.
    kind: FourCc,
    /// The boxes of the sample entry.
    entry: &'a [u8],
    properties: Vec<Property>,
    frames: u32,
    first: &'a [u8],
}

impl<'a> Movie<'a> {
    /// Reads the first track of pictures; `None` where there is none.
    pub(super) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let moov = child(bytes, b"moov")?;
        let mut tracks: Vec<Track<'a>> =
            children(moov).filter(|it| &it.0 == b"trak").filter_map(|it| Track::parse(bytes, it.1)).collect();
        let color = tracks.iter().position(|it| matches!(&it.handler, b"pict" | b"vide"))?;
        let color = tracks.swap_remove(color);
        Some(Self { color, alpha: tracks.into_iter().find(|it| &it.handler == b"auxv" && it.is_alpha()) })
    }

    /// How many there are.
    pub(super) fn frames(&self) -> u32 {
        self.color.frames
    }

    /// The first frame.
    pub(super) fn color(&self) -> Coded<'_> {
        self.color.coded()
    }

    /// The alpha of the first frame.
    pub(super) fn alpha(&self) -> Option<Coded<'_>> {
        self.alpha.as_ref().map(Track::coded)
    }

    /// What is said of all frames.
    pub(super) fn properties(&self) -> impl Iterator<Item = &Property> {
        self.color.properties.iter()
    }
}

impl<'a> Track<'a> {
    fn parse(bytes: &'a [u8], trak: &'a [u8]) -> Option<Self> {
        let mdia = child(trak, b"mdia")?;
        let handler = *child(mdia, b"hdlr")?.get(8..)?.first_chunk()?;
        let stbl = child(child(mdia, b"minf")?, b"stbl")?;
        // Version, flags and a count come before the sample entries.
        let (kind, entry) = children(child(stbl, b"stsd")?.get(8..)?).next()?;
        // The fields of a visual sample entry take 78 bytes.
        let entry = entry.get(78..)?;
        let properties = children(entry).map(|(kind, content)| property(kind, content)).collect();
        let mut sizes = Reader(child(stbl, b"stsz")?.get(4..)?);
        let (common, frames) = (sizes.number(4)?, sizes.number(4)? as u32);
        let length = if common == 0 { sizes.number(4)? } else { common };
        let offset = match (child(stbl, b"stco"), child(stbl, b"co64")) {
            (Some(table), _) => Reader(table.get(8..)?).number(4)?,
            (_, table) => Reader(table?.get(8..)?).number(8)?,
        };
        let from = usize::try_from(offset).ok()?;
        let first = bytes.get(from..from.checked_add(usize::try_from(length).ok()?)?)?;
        Some(Self { handler, kind, entry, properties, frames, first })
    }

    /// An auxiliary track says what it is in its sample entry (ISO/IEC 23008-12 §7.5.3.7).
    fn is_alpha(&self) -> bool {
        child(self.entry, b"auxi").is_none_or(|it| it.windows(5).any(|it| it == b"alpha") || it.ends_with(b"auxid:1\0"))
    }

    fn coded(&self) -> Coded<'_> {
        let hevc: Option<&HevcConfig> = self.properties.iter().find_map(|it| match it {
            Property::HevcConfig(config) => Some(config),
            _ => None,
        });
        let av1 = child(self.entry, b"av1C");
        Coded { kind: self.kind, data: self.first, av1, hevc, layers: Layers::default() }
    }
}
