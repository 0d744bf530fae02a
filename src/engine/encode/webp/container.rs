//! The extended WebP container (RFC 9649 §2.7), which can hold a profile and metadata.

use crate::engine::error::Cause;

/// Bits of the flags in the `VP8X` chunk.
const HAS_ICC: u8 = 0b0010_0000;
const HAS_ALPHA: u8 = 0b0001_0000;
const HAS_EXIF: u8 = 0b0000_1000;
const HAS_XMP: u8 = 0b0000_0100;

/// What a container holds besides the coded picture.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::engine) struct Extras<'a> {
    pub(in crate::engine) profile: Option<&'a [u8]>,
    pub(in crate::engine) exif: Option<&'a [u8]>,
    pub(in crate::engine) xmp: Option<&'a [u8]>,
}

impl Extras<'_> {
    pub(in crate::engine) fn is_empty(&self) -> bool {
        self.profile.is_none() && self.exif.is_none() && self.xmp.is_none()
    }
}

/// A chunk: its name and what it holds.
pub(in crate::engine) type Chunk<'a> = ([u8; 4], &'a [u8]);

/// The same picture in an extended container with an ICC profile.
pub(super) fn with_profile(simple: &[u8], profile: &[u8], size: [u32; 2], has_alpha: bool) -> Result<Vec<u8>, Cause> {
    let is_coded = |(name, _): &Chunk<'_>| matches!(name, b"VP8 " | b"VP8L" | b"ALPH");
    let coded: Option<Vec<_>> = chunks(simple).map(|it| it.into_iter().filter(is_coded).collect());
    let coded = coded.ok_or("libwebp wrote a broken container")?;
    let extras = Extras { profile: Some(profile), ..Extras::default() };
    extended(&coded, &extras, size, has_alpha).ok_or_else(|| "the profile is too long".into())
}

/// A file of one chunk; `None` when it is too long for the format.
pub(in crate::engine) fn simple((name, data): &Chunk<'_>) -> Option<Vec<u8>> {
    let mut body = b"WEBP".to_vec();
    push(&mut body, name, data)?;
    whole(&body)
}

/// An extended file of the chunks of a still picture, `ALPH` before `VP8 `; `None` when it is too
/// long for the format.
pub(in crate::engine) fn extended(
    coded: &[Chunk<'_>],
    extras: &Extras<'_>,
    size: [u32; 2],
    has_alpha: bool,
) -> Option<Vec<u8>> {
    let mut body = b"WEBP".to_vec();
    let [width, height] = size.map(|side| side.saturating_sub(1).to_le_bytes());
    let flag = |is_set: bool, flag: u8| if is_set { flag } else { 0 };
    let flags = flag(extras.profile.is_some(), HAS_ICC)
        | flag(has_alpha, HAS_ALPHA)
        | flag(extras.exif.is_some(), HAS_EXIF)
        | flag(extras.xmp.is_some(), HAS_XMP);
    // Flags, three reserved bytes, then width and height less one in 24 bits each.
    let canvas = [flags, 0, 0, 0, width[0], width[1], width[2], height[0], height[1], height[2]];
    push(&mut body, b"VP8X", &canvas)?;
    let mut extra = |name, data: Option<&[u8]>| data.map_or(Some(()), |data| push(&mut body, name, data));
    extra(b"ICCP", extras.profile)?;
    for (name, data) in coded {
        extra(name, Some(data))?;
    }
    extra(b"EXIF", extras.exif)?;
    extra(b"XMP ", extras.xmp)?;
    whole(&body)
}

fn whole(body: &[u8]) -> Option<Vec<u8>> {
    let mut file = Vec::with_capacity(body.len() + 8);
    push(&mut file, b"RIFF", body)?;
    Some(file)
}

/// Is there a profile in what was written?
pub(super) fn has_profile(file: &[u8]) -> bool {
    file.get(12..16) == Some(b"VP8X") && file.get(20).is_some_and(|flags| flags & HAS_ICC != 0)
}

/// Names and contents of the chunks in a RIFF file.
fn chunks(file: &[u8]) -> Option<Vec<([u8; 4], &[u8])>> {
    let mut rest = file.get(12..)?;
    let mut found = vec![];
    while let Some((&[a, b, c, d, s0, s1, s2, s3], after)) = rest.split_first_chunk::<8>() {
        let length = u32::from_le_bytes([s0, s1, s2, s3]) as usize;
        found.push(([a, b, c, d], after.get(..length)?));
        rest = after.get(length + length % 2..).unwrap_or_default();
    }
    Some(found)
}

/// Appends a chunk: name, length, data, and a zero to an even length.
fn push(to: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) -> Option<()> {
    let length = u32::try_from(data.len()).ok()?;
    to.extend_from_slice(name);
    to.extend_from_slice(&length.to_le_bytes());
    to.extend_from_slice(data);
    if data.len() % 2 == 1 {
        to.push(0);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::{has_profile, with_profile};

    #[test]
    fn the_container_is_laid_out_as_rfc_9649_says() {
        // A lossless picture of five bytes, so that its chunk is padded.
        let simple = b"RIFF\x12\0\0\0WEBPVP8L\x05\0\0\0abcde\0";
        let file = with_profile(simple, b"icc", [300, 2], true).expect("it is whole");
        let wanted: &[&[u8]] = &[
            // 4 + (8 + 10) + (8 + 3 + 1) + (8 + 5 + 1) = 48 bytes follow.
            b"RIFF\x30\0\0\0WEBP",
            // Profile and alpha; 299 = 0x12B and 1.
            b"VP8X\x0A\0\0\0\x30\0\0\0\x2B\x01\0\x01\0\0",
            b"ICCP\x03\0\0\0icc\0",
            b"VP8L\x05\0\0\0abcde\0",
        ];
        assert_eq!(file, wanted.concat());
        assert!(has_profile(&file) && !has_profile(simple));
        assert!(with_profile(&simple[..22], b"icc", [1, 1], false).is_err(), "a chunk that ends early");
        assert!(with_profile(b"RIFF", b"icc", [1, 1], false).is_err());
    }
}
