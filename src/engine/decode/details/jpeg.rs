//! What the marker segments of a JPEG say, up to the first scan (ITU-T T.81 annex B, JFIF 1.02).

use super::{EXIF_HEAD, INCH_CM, Pieces, add, add_exif, photoshop, set_density};
use crate::engine::{
    Details,
    details::{
        Chroma,
        MetadataKind::{Comment, Icc, Other, Thumbnail, Xmp},
    },
};

/// What application segments begin with, by what is in them.
pub(in crate::engine) const JFIF: &[u8] = b"JFIF\0";
const JFIF_MORE: &[u8] = b"JFXX\0";
pub(in crate::engine) const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
/// The rest of a packet that is too long for a segment (XMP specification part 3 §1.1.3.1).
const MORE_XMP: &[u8] = b"http://ns.adobe.com/xmp/extension/\0";
/// Behind it come a digest of 32 letters, the length of the whole and where this piece begins.
const MORE_XMP_HEAD: usize = 40;
pub(in crate::engine) const ICC: &[u8] = b"ICC_PROFILE\0";
/// The number of the piece and how many there are.
const ICC_HEAD: usize = 2;
const PHOTOSHOP: &[u8] = b"Photoshop 3.0\0";
const ADOBE: &[u8] = b"Adobe";

/// What is needed to tell how colours are stored.
#[derive(Default)]
struct Coding {
    /// The identifier of each component and how many of its samples a block of pixels has,
    /// across and down.
    components: Vec<[u8; 3]>,
    /// The transform that Adobe's segment names: 0 none, 1 YCbCr, 2 YCCK.
    transform: Option<u8>,
    has_jfif: bool,
}

pub(super) fn read(bytes: &[u8], details: &mut Details) {
    let mut coding = Coding::default();
    let mut exif = vec![];
    let mut applications = Applications::new();
    for (marker, body) in Segments::of(bytes) {
        match marker {
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                details.codec = Some(process(marker).to_owned());
                let factors = body.get(6..).unwrap_or_default().as_chunks::<3>().0.iter();
                coding.components = factors.map(|[id, sides, _]| [*id, sides >> 4, sides & 15]).collect();
            }
            0xf7 => details.codec = Some("JPEG-LS".to_owned()),
            0xe0 => {
                coding.has_jfif |= body.starts_with(JFIF);
                jfif(body, details);
            }
            // Its density counts where the container has none, so it comes last.
            0xe1 if body.starts_with(EXIF_HEAD) => exif.push(body),
            0xe1..=0xef => applications.read(marker, body, details),
            0xfe => add(details, Comment, body.len() as u64),
            _ => {}
        }
        if let (0xee, Some(adobe)) = (marker, body.strip_prefix(ADOBE)) {
            coding.transform = adobe.get(6).copied();
        }
    }
    exif.iter().for_each(|it| add_exif(details, it));
    photoshop::resources(&applications.resources, details);
    details.chroma = coding.chroma();
}

/// The marker segments up to the first scan: the marker's second byte and the body.
pub(in crate::engine) struct Segments<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Segments<'a> {
    pub(in crate::engine) fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 2 }
    }

    /// Where the marker is that ended them: of the first scan or of the end.
    pub(in crate::engine) fn place(&self) -> usize {
        self.at.saturating_sub(2)
    }
}

impl<'a> Iterator for Segments<'a> {
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            // Any number of fill bytes may stand before a marker.
            while self.bytes.get(self.at)? != &0xff || matches!(self.bytes.get(self.at + 1)?, 0 | 0xff) {
                self.at += 1;
            }
            let marker = *self.bytes.get(self.at + 1)?;
            self.at += 2;
            match marker {
                // Without a body.
                0x01 | 0xd0..=0xd8 => {}
                0xd9 | 0xda => return None,
                _ => {
                    let length = u16::from_be_bytes(*self.bytes.get(self.at..)?.first_chunk()?);
                    let end = self.at + usize::from(length).max(2);
                    let body = self.bytes.get(self.at + 2..end.min(self.bytes.len()))?;
                    self.at = end;
                    return Some((marker, body));
                }
            }
        }
    }
}

/// The name of the coding process that a frame header stands for (T.81 table B.1).
fn process(marker: u8) -> &'static str {
    match marker {
        0xc0 => "baseline",
        0xc1 => "extended",
        0xc2 => "progressive",
        0xc3 => "lossless",
        0xc9 => "arithmetic",
        0xca => "arithmetic progressive",
        0xcb => "arithmetic lossless",
        _ => "hierarchical",
    }
}

fn jfif(body: &[u8], details: &mut Details) {
    if let Some(more) = body.strip_prefix(JFIF_MORE) {
        add(details, Thumbnail, more.len().saturating_sub(1) as u64);
    }
    let Some([_, _, unit, xx, x, yy, y, width, height, ..]) = body.strip_prefix(JFIF) else { return };
    let pixels = [u16::from_be_bytes([*xx, *x]), u16::from_be_bytes([*yy, *y])].map(f64::from);
    match unit {
        1 => set_density(details, pixels),
        2 => set_density(details, pixels.map(|it| it * INCH_CM)),
        _ => {}
    }
    add(details, Thumbnail, 3 * u64::from(*width) * u64::from(*height));
}

/// What is spread over several application segments.
struct Applications {
    icc: Pieces,
    xmp: Pieces,
    others: Pieces,
    /// The image resources of Photoshop, which go on from one segment to the next.
    resources: Vec<u8>,
}

impl Applications {
    fn new() -> Self {
        Self { icc: Pieces::of(Icc), xmp: Pieces::of(Xmp), others: Pieces::of(Other), resources: vec![] }
    }

    fn read(&mut self, marker: u8, body: &[u8], details: &mut Details) {
        let rest = |head: &[u8], more: usize| body.strip_prefix(head).map(|it| it.len().saturating_sub(more) as u64);
        match marker {
            0xe1 => match rest(XMP, 0).or(rest(MORE_XMP, MORE_XMP_HEAD)) {
                Some(packet) => self.xmp.grow(details, packet),
                None => self.others.grow(details, body.len() as u64),
            },
            0xe2 if body.starts_with(ICC) => self.icc.grow(details, rest(ICC, ICC_HEAD).unwrap_or(0)),
            0xed if body.starts_with(PHOTOSHOP) => {
                self.resources.extend(body.strip_prefix(PHOTOSHOP).unwrap_or_default());
            }
            // It says how the colours are stored.
            0xee if body.starts_with(ADOBE) => {}
            _ => self.others.grow(details, body.len() as u64),
        }
    }
}

impl Coding {
    /// The subsampling of the second and third component, where they are colour apart from light.
    fn chroma(&self) -> Option<Chroma> {
        let [light, blue, red] = match *self.components {
            [_] => return Some(Chroma::Yuv400),
            [y, cb, cr] if !self.is_rgb() => [y, cb, cr],
            [y, cb, cr, _] if self.transform == Some(2) => [y, cb, cr],
            _ => return None,
        };
        if blue.get(1..) != red.get(1..) {
            return None;
        }
        let ([_, across, down], [_, few_across, few_down]) = (light, blue);
        let is_whole = |many: u8, few: u8| few != 0 && many.is_multiple_of(few);
        if !is_whole(across, few_across) || !is_whole(down, few_down) {
            return None;
        }
        chroma(across / few_across, down / few_down)
    }

    /// Three components are red, green and blue if Adobe's segment says so or, where no segment says
    /// anything, their names do.
    fn is_rgb(&self) -> bool {
        match self.transform {
            Some(transform) => transform == 0,
            None => !self.has_jfif && self.components.iter().map(|it| it.first()).eq(b"RGB".iter().map(Some)),
        }
    }
}

/// By how many pixels share a sample of colour, across and down.
pub(super) fn chroma(across: u8, down: u8) -> Option<Chroma> {
    match (across, down) {
        (1, 1) => Some(Chroma::Yuv444),
        (2, 1) => Some(Chroma::Yuv422),
        (2, 2) => Some(Chroma::Yuv420),
        (1, 2) => Some(Chroma::Yuv440),
        (4, 1) => Some(Chroma::Yuv411),
        (4, 2) => Some(Chroma::Yuv410),
        _ => None,
    }
}
