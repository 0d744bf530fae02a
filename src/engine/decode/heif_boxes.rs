//! The boxes of HEIF (ISO/IEC 23008-12 §9, in those of ISO/IEC 14496-12): the items of a file,
//! what they are made of, how they refer to each other, and where their bytes lie.

use crate::engine::error::Cause;
use heifer_isobmff::{
    BoxIter,
    boxes::{self, Property},
};
use std::{borrow::Cow, collections::BTreeMap};

/// The four characters that name a box, an item type, a brand or a reference.
pub(super) type FourCc = [u8; 4];

/// One item: a coded picture, one that is made of others, or metadata.
pub(super) struct Item {
    pub(super) kind: FourCc,
    /// Indices of its properties, from 1 on, in the order in which they are applied.
    properties: Vec<u16>,
    place: Option<Place>,
}

/// Where the bytes of an item lie (ISO/IEC 14496-12 §8.11.3).
struct Place {
    method: u16,
    extents: Vec<Extent>,
}

/// A part of what a place lies in.
struct Extent {
    /// In which of several items, from 1 on.
    index: u64,
    /// In bytes.
    offset: u64,
    /// In bytes; 0 reaches to the end.
    length: u64,
}

/// Items whose data is taken from items may be nested so deeply.
const MOST_LEVELS: u32 = 4;

/// The items of a file.
#[derive(Default)]
pub(super) struct Container<'a> {
    bytes: &'a [u8],
    /// The item that stands for the file.
    pub(super) primary: u32,
    items: BTreeMap<u32, Item>,
    properties: Vec<Property>,
    /// What an item refers to, by the kind of the reference and the item.
    references: BTreeMap<(FourCc, u32), Vec<u32>>,
    /// The auxiliary items of an item.
    auxiliaries: BTreeMap<u32, Vec<u32>>,
    idat: &'a [u8],
}

/// The boxes in the order of the file, as far as they are whole.
pub(super) fn children(content: &[u8]) -> impl Iterator<Item = (FourCc, &[u8])> {
    BoxIter::new(content).map_while(Result::ok).map(|it| (it.header.box_type.0, it.content))
}

/// The first box of a kind.
pub(super) fn child<'a>(content: &'a [u8], kind: &FourCc) -> Option<&'a [u8]> {
    children(content).find(|it| &it.0 == kind).map(|it| it.1)
}

impl<'a> Container<'a> {
    /// Reads the meta box; `None` where none names a primary item.
    ///
    /// # Errors
    /// Says what in it cannot be read.
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Option<Self>, Cause> {
        // A full box: version and flags come first.
        let Some(meta) = child(bytes, b"meta").and_then(|it| it.get(4..)) else { return Ok(None) };
        let Some(primary) = child(meta, b"pitm") else { return Ok(None) };
        let mut file = Self { bytes, primary: boxes::parse_primary_item(primary)?, ..Self::default() };
        let mut places = BTreeMap::new();
        let mut associations: BTreeMap<u32, Vec<u16>> = BTreeMap::new();
        for (kind, content) in children(meta) {
            match &kind {
                b"iinf" => {
                    for info in boxes::parse_item_infos(content)? {
                        let item = Item { kind: info.item_type.0, properties: vec![], place: None };
                        file.items.entry(info.id).or_insert(item);
                    }
                }
                b"iloc" => places = read_places(content).ok_or("the item locations are damaged")?,
                b"iref" => file.refer(content)?,
                b"idat" => file.idat = content,
                b"iprp" => file.read_properties(content, &mut associations)?,
                _ => {}
            }
        }
        for (id, item) in &mut file.items {
            item.place = places.remove(id);
            item.properties = associations.remove(id).unwrap_or_default();
        }
        Ok(Some(file))
    }

    fn refer(&mut self, content: &[u8]) -> Result<(), Cause> {
        for reference in boxes::parse_item_references(content)? {
            if reference.ref_type.0 == *b"auxl" {
                for to in &reference.to {
                    self.auxiliaries.entry(*to).or_default().push(reference.from);
                }
            }
            self.references.entry((reference.ref_type.0, reference.from)).or_insert(reference.to);
        }
        Ok(())
    }

    fn read_properties(&mut self, content: &[u8], associations: &mut BTreeMap<u32, Vec<u16>>) -> Result<(), Cause> {
        for (kind, content) in children(content) {
            match &kind {
                // One that cannot be read is as one that is not known.
                b"ipco" => self.properties = children(content).map(|(kind, content)| property(kind, content)).collect(),
                b"ipma" => {
                    for (id, list) in boxes::parse_property_associations(content)? {
                        associations.entry(id).or_default().extend(list.iter().map(|it| it.index));
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// # Errors
    /// Says that there is no such item.
    pub(super) fn item(&self, id: u32) -> Result<&Item, Cause> {
        self.items.get(&id).ok_or_else(|| format!("item {id} is missing").into())
    }

    /// The properties of an item, in their order.
    pub(super) fn properties(&self, id: u32) -> impl Iterator<Item = &Property> {
        let indices = self.items.get(&id).map(|it| it.properties.as_slice()).unwrap_or_default();
        indices.iter().filter_map(|index| self.properties.get(usize::from(*index).checked_sub(1)?))
    }

    /// The content of a property that is not read any further here.
    pub(super) fn raw_property(&self, id: u32, wanted: &FourCc) -> Option<&[u8]> {
        self.properties(id).find_map(|it| match it {
            Property::Unknown(kind, content) if kind.0 == *wanted => Some(content.as_slice()),
            _ => None,
        })
    }

    /// Width and height in pixels by the property `ispe`.
    pub(super) fn size(&self, id: u32) -> Option<[u32; 2]> {
        self.properties(id).find_map(|it| match it {
            Property::ImageSize { width, height } => Some([*width, *height]),
            _ => None,
        })
    }

    /// The items that an item refers to, in their order.
    pub(super) fn referred(&self, id: u32, kind: &FourCc) -> &[u32] {
        self.references.get(&(*kind, id)).map(Vec::as_slice).unwrap_or_default()
    }

    /// The item that holds the alpha of an item (ISO/IEC 23008-12 §6.9.4 and ISO/IEC 23000-22 §7.3.5.2).
    pub(super) fn alpha(&self, id: u32) -> Option<u32> {
        const NAMES: [&str; 3] =
            ["urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", "urn:mpeg:hevc:2015:auxid:1", "urn:mpeg:avc:2015:auxid:1"];
        let is_alpha = |it: &Property| matches!(it, Property::AuxiliaryType(name) if NAMES.contains(&name.as_str()));
        let auxiliaries = self.auxiliaries.get(&id)?;
        auxiliaries.iter().copied().find(|auxiliary| self.properties(*auxiliary).any(is_alpha))
    }

    /// The bytes of an item, put together.
    ///
    /// # Errors
    /// Says why they are not to be had.
    pub(super) fn data(&self, id: u32) -> Result<Cow<'a, [u8]>, Cause> {
        self.data_at(id, 0)
    }

    fn data_at(&self, id: u32, level: u32) -> Result<Cow<'a, [u8]>, Cause> {
        let place = self.item(id)?.place.as_ref().ok_or_else(|| format!("item {id} has no data"))?;
        let from = match place.method {
            0 => Cow::Borrowed(self.bytes),
            1 => Cow::Borrowed(self.idat),
            // All parts come from one item; that is all that is ever written.
            _ if level < MOST_LEVELS => {
                let index = place.extents.first().map_or(1, |it| it.index.max(1));
                if place.extents.iter().any(|it| it.index.max(1) != index) {
                    return Err("its data is taken from several items".into());
                }
                let sources = self.referred(id, b"iloc");
                let source = usize::try_from(index - 1).ok().and_then(|it| sources.get(it));
                self.data_at(*source.ok_or("its data is taken from an item that is missing")?, level + 1)?
            }
            _ => return Err("its data is taken from too many items".into()),
        };
        match from {
            Cow::Borrowed(whole) => cut(whole, &place.extents),
            Cow::Owned(whole) => Ok(Cow::Owned(cut(&whole, &place.extents)?.into_owned())),
        }
    }
}

/// Parts of `whole`, put together.
fn cut<'a>(whole: &'a [u8], extents: &[Extent]) -> Result<Cow<'a, [u8]>, Cause> {
    let part = |extent: &Extent| {
        let from = usize::try_from(extent.offset).ok()?;
        let length = usize::try_from(extent.length).ok()?;
        if length == 0 { whole.get(from..) } else { whole.get(from..from.checked_add(length)?) }
    };
    let parts: Option<Vec<&[u8]>> = extents.iter().map(part).collect();
    let parts = parts.ok_or("its data lies outside of the file")?;
    // Overlapping parts could make much of a small file.
    if whole.len() < parts.iter().map(|it| it.len()).fold(0, usize::saturating_add) {
        return Err("its parts overlap".into());
    }
    Ok(match *parts {
        [only] => Cow::Borrowed(only),
        _ => Cow::Owned(parts.concat()),
    })
}

/// One property; one that cannot be read keeps its bytes.
pub(super) fn property(kind: FourCc, content: &[u8]) -> Property {
    let kind = heifer_isobmff::FourCC(kind);
    Property::parse(kind, content).unwrap_or_else(|_damaged| Property::Unknown(kind, content.to_vec()))
}

/// The item locations (ISO/IEC 14496-12 §8.11.3). Extents without any field take no bytes, so
/// their number is bounded by that of the box.
fn read_places(content: &[u8]) -> Option<BTreeMap<u32, Place>> {
    let mut reader = Reader(content);
    let version = reader.number(4)? >> 24;
    let sizes = reader.number(2)?;
    let [offset, length, base, index] = [12, 8, 4, 0].map(|shift| (sizes >> shift & 15) as usize);
    let index = if version == 0 { 0 } else { index };
    let id_bytes = if version < 2 { 2 } else { 4 };
    let mut left = content.len();
    let mut places = BTreeMap::new();
    for _ in 0..reader.number(id_bytes)? {
        let id = reader.number(id_bytes)? as u32;
        let method = if version == 0 { 0 } else { reader.number(2)? as u16 & 15 };
        let in_other_file = reader.number(2)? != 0;
        let base = reader.number(base)?;
        let count = reader.number(2)? as usize;
        left = left.checked_sub(count)?;
        let mut extents = vec![];
        for _ in 0..count {
            let index = reader.number(index)?;
            let offset = base.checked_add(reader.number(offset)?)?;
            extents.push(Extent { index, offset, length: reader.number(length)? });
        }
        if !in_other_file {
            places.entry(id).or_insert(Place { method, extents });
        }
    }
    Some(places)
}

/// Big-endian numbers, one behind the other.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl Reader<'_> {
    /// The next number of up to eight bytes; one of no bytes is 0.
    pub(super) fn number(&mut self, bytes: usize) -> Option<u64> {
        let (number, rest) = self.0.split_at_checked(bytes.min(8))?;
        self.0 = rest;
        Some(number.iter().fold(0, |all, byte| (all << 8) | u64::from(*byte)))
    }
}

#[cfg(test)]
mod tests {
    use super::{Container, read_places};

    fn boxed(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
        [&(content.len() as u32 + 8).to_be_bytes()[..], kind, content].concat()
    }

    /// One item of two extents in the meta box itself.
    fn file(iloc: &[u8]) -> Vec<u8> {
        let infe = boxed(b"infe", b"\x02\0\0\0\0\x07\0\0av01\0");
        let children = [
            boxed(b"pitm", b"\0\0\0\0\0\x07"),
            boxed(b"iinf", &[&b"\0\0\0\0\0\x01"[..], &infe].concat()),
            boxed(b"iloc", iloc),
            boxed(b"idat", b"abcdef"),
        ];
        boxed(b"meta", &[&[0; 4][..], &children.concat()].concat())
    }

    #[test]
    fn extents_are_put_together_and_kept_within_their_source() {
        // Version 1; offsets and lengths of four bytes; item 7 by method 1: "ef", then "ab".
        let start = b"\x01\0\0\0\x44\0\0\x01\0\x07\0\x01\0\0\0\x02";
        let places = |second: [u8; 8]| [&start[..], &[0, 0, 0, 4, 0, 0, 0, 2], &second].concat();
        let data = |iloc: &[u8]| {
            let bytes = file(iloc);
            let container = Container::parse(&bytes).unwrap().unwrap();
            assert_eq!((container.primary, container.item(7).unwrap().kind), (7, *b"av01"));
            container.data(7).map(std::borrow::Cow::into_owned).map_err(|it| it.to_string())
        };
        assert_eq!(data(&places([0, 0, 0, 0, 0, 0, 0, 2])).as_deref(), Ok(&b"efab"[..]));
        assert_eq!(data(&places([0, 0, 0, 5, 0, 0, 0, 2])), Err("its data lies outside of the file".to_owned()));
        assert_eq!(data(&places([0, 0, 0, 0, 0, 0, 0, 6])), Err("its parts overlap".to_owned()));
    }

    #[test]
    fn data_may_be_taken_from_another_item() {
        // Item 7 by method 2: 2 bytes from offset 1 of item 8, which is 4 bytes from offset 2 of the meta box.
        let infe = [boxed(b"infe", b"\x02\0\0\0\0\x07\0\0av01\0"), boxed(b"infe", b"\x02\0\0\0\0\x08\0\0mime\0")];
        let iloc = b"\x01\0\0\0\x44\0\0\x02\0\x07\0\x02\0\0\0\x01\0\0\0\x01\0\0\0\x02\0\x08\0\x01\0\0\0\x01\0\0\0\x02\0\0\0\x04";
        let to = |item: u8| boxed(b"iref", &[&[0; 4][..], &boxed(b"iloc", &[0, 7, 0, 1, 0, item])].concat());
        let data = |item| {
            let children = [
                boxed(b"pitm", b"\0\0\0\0\0\x07"),
                boxed(b"iinf", &[&b"\0\0\0\0\0\x02"[..], &infe.concat()].concat()),
                boxed(b"iloc", iloc),
                to(item),
                boxed(b"idat", b"abcdef"),
            ];
            let bytes = boxed(b"meta", &[&[0; 4][..], &children.concat()].concat());
            let container = Container::parse(&bytes).unwrap().unwrap();
            container.data(7).map(std::borrow::Cow::into_owned).map_err(|it| it.to_string())
        };
        assert_eq!(data(8).as_deref(), Ok(&b"de"[..]));
        assert_eq!(data(7), Err("its data is taken from too many items".to_owned()));
    }

    #[test]
    fn extents_without_bytes_cannot_fill_the_memory() {
        let item = b"\0\x01\0\0\xff\xff";
        let bomb = [&b"\0\0\0\0\0\0\xff\xff"[..], &item.repeat(1000)].concat();
        assert!(read_places(&bomb).is_none());
    }

    #[test]
    fn a_file_without_a_primary_item_is_none() {
        assert!(Container::parse(&boxed(b"meta", &[0; 4])).unwrap().is_none());
        assert!(Container::parse(b"junk").unwrap().is_none());
    }
}
