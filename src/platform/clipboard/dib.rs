//! `CF_DIB` and `CF_DIBV5`, in which Windows hands over pixels: a BMP file without its first 14 bytes.
//! <https://learn.microsoft.com/windows/win32/api/wingdi/ns-wingdi-bitmapv5header>

/// What a file has before it.
const FILE_HEADER: u32 = 14;
/// The lengths of `BITMAPINFOHEADER`, the shortest there may be, and of `BITMAPV5HEADER`, the longest.
const SHORTEST: u32 = 40;
const LONGEST: u32 = 124;
/// Where the fields are that are looked at.
const HEIGHT: usize = 8;
const DEPTH: usize = 14;
const COMPRESSION: usize = 16;
const N_COLOURS: usize = 32;
const MASKS: usize = 40;
const ALPHA_MASK: usize = 52;
const BI_RGB: u32 = 0;
const BI_BITFIELDS: u32 = 3;
/// Of red, green, blue and alpha, as Windows keeps 32 bits.
const MASKS_OF_BGRA: [u32; 4] = [0x00ff_0000, 0x0000_ff00, 0x0000_00ff, 0xff00_0000];
/// `LCS_sRGB` and `LCS_GM_IMAGES`.
const SRGB: u32 = 0x7352_4742;
const FOR_IMAGES: u32 = 4;

/// The file that these pixels would be; `None` when they are none.
pub(super) fn bmp_of(mut dib: Vec<u8>) -> Option<Vec<u8>> {
    let header = number(&dib, 0).filter(|it| (SHORTEST..=LONGEST).contains(it))?;
    let (depth, compression) = (u16::from_le_bytes(*dib.get(DEPTH..)?.first_chunk()?), number(&dib, COMPRESSION)?);
    let n_colours = match number(&dib, N_COLOURS)? {
        0 if depth <= 8 => 1 << depth,
        stated => stated,
    };
    let n_masks = match compression {
        BI_BITFIELDS if header == SHORTEST => 3,
        BI_BITFIELDS if repeats_masks(&dib, header, depth) => 3,
        _ => 0,
    };
    if has_hidden_alpha(&dib, header, depth, compression) {
        put(&mut dib, COMPRESSION, BI_BITFIELDS);
        for (index, mask) in MASKS_OF_BGRA.into_iter().enumerate() {
            put(&mut dib, MASKS + 4 * index, mask);
        }
    }
    let pixels = (n_masks + u64::from(n_colours)) * 4 + u64::from(FILE_HEADER + header);
    let pixels = u32::try_from(pixels).ok().filter(|at| (*at as usize) < dib.len() + FILE_HEADER as usize)?;
    // What reads it goes by the length that there is.
    let length = u32::try_from(dib.len()).unwrap_or(u32::MAX).saturating_add(FILE_HEADER);
    let header = [b"BM".as_slice(), &length.to_le_bytes(), &[0; 4], &pixels.to_le_bytes()].concat();
    Some([header, dib].concat())
}

/// Some have the masks behind a long header too, as they stand behind a short one, and the pixels after them.
fn repeats_masks(dib: &[u8], header: u32, depth: u16) -> bool {
    let masks = dib.get(MASKS..MASKS + 12);
    let rest = dib.get(header as usize..).unwrap_or_default();
    let n_pixels = |at| number(dib, at).map_or(0, |side| u64::from(side.cast_signed().unsigned_abs()));
    let row = (n_pixels(4) * u64::from(depth)).div_ceil(32) * 4;
    rest.get(..12) == masks && row.saturating_mul(n_pixels(HEIGHT)).saturating_add(12) <= rest.len() as u64
}

/// Chromium's pixels have transparency and a mask for it, and say with `BI_RGB` that they have none.
fn has_hidden_alpha(dib: &[u8], header: u32, depth: u16, compression: u32) -> bool {
    let [.., alpha] = MASKS_OF_BGRA;
    let reaches = ALPHA_MASK as u32 + 4 <= header;
    compression == BI_RGB && depth == 32 && reaches && number(dib, ALPHA_MASK) == Some(alpha)
}

fn number(dib: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*dib.get(at..)?.first_chunk()?))
}

fn put(dib: &mut [u8], at: usize, number: u32) {
    if let Some(field) = dib.get_mut(at..at + 4) {
        field.copy_from_slice(&number.to_le_bytes());
    }
}

/// The content of `CF_DIBV5` for these pixels, eight bits of RGBA each with straight alpha; `None` where its
/// header has no room for their number. The lowest row comes first: many programs know no other order.
pub(super) fn of_rgba([width, height]: [u32; 2], rgba: &[u8]) -> Option<Vec<u8>> {
    let n_bytes = width.checked_mul(height)?.checked_mul(4).filter(|it| 0 < *it)?;
    let (width_field, height_field) = (i32::try_from(width).ok()?, i32::try_from(height).ok()?);
    let mut dib = Vec::with_capacity((LONGEST as usize).checked_add(n_bytes as usize)?);
    dib.extend(LONGEST.to_le_bytes());
    dib.extend(width_field.to_le_bytes());
    dib.extend(height_field.to_le_bytes());
    dib.extend([1_u16, 32].map(u16::to_le_bytes).as_flattened());
    dib.extend([BI_BITFIELDS, n_bytes, 0, 0, 0, 0].map(u32::to_le_bytes).as_flattened());
    dib.extend(MASKS_OF_BGRA.map(u32::to_le_bytes).as_flattened());
    dib.extend(SRGB.to_le_bytes());
    // Ends and gamma mean nothing beside that.
    dib.extend([0; 36 + 12]);
    dib.extend([FOR_IMAGES, 0, 0, 0].map(u32::to_le_bytes).as_flattened());
    for row in rgba.chunks_exact(width.checked_mul(4)? as usize).rev() {
        dib.extend(row.as_chunks::<4>().0.iter().flat_map(|[red, green, blue, alpha]| [*blue, *green, *red, *alpha]));
    }
    (dib.len() == LONGEST as usize + n_bytes as usize).then_some(dib)
}

#[cfg(test)]
mod tests {
    use super::{bmp_of, of_rgba};
    use image::ImageFormat;

    /// By a decoder that others wrote.
    fn decoded(bmp: &[u8]) -> ([u32; 2], Vec<u8>) {
        let image = image::load_from_memory_with_format(bmp, ImageFormat::Bmp).unwrap().into_rgba8();
        (image.dimensions().into(), image.into_raw())
    }

    /// Little-endian numbers.
    fn bytes(numbers: &[u32]) -> Vec<u8> {
        numbers.iter().flat_map(|it| it.to_le_bytes()).collect()
    }

    /// Planes and depth share 32 bits.
    const fn depth(bits: u32) -> u32 {
        bits << 16 | 1
    }

    const RED: [u8; 4] = [255, 0, 0, 255];
    const FAINT: [u8; 4] = [1, 2, 3, 4];

    #[test]
    fn pixels_come_back_as_they_were() {
        let rgba = [RED, FAINT, [9, 8, 7, 0], RED, RED, FAINT].concat();
        let dib = of_rgba([2, 3], &rgba).unwrap();
        assert_eq!(dib.len(), 124 + 24);
        // The first fields of BITMAPV5HEADER, and the lowest row behind the last.
        let first = bytes(&[124, 2, 3, depth(32), 3, 24, 0, 0, 0, 0, 0xff_0000, 0xff00, 0xff, 0xff00_0000]);
        assert_eq!(dib[..56], first);
        assert_eq!(dib[56..60], *b"BGRs");
        assert_eq!(dib[124..132], [0, 0, 255, 255, 3, 2, 1, 4]);
        let bmp = bmp_of(dib).unwrap();
        assert_eq!(bmp[..14], [b"BM".as_slice(), &bytes(&[162, 0, 138])].concat());
        assert_eq!(decoded(&bmp), ([2, 3], rgba));
    }

    #[test]
    fn what_has_no_room_is_not_made() {
        assert_eq!(of_rgba([1 << 16, 1 << 16], &[]), None);
        assert_eq!(of_rgba([1, 1], &[]), None, "there are fewer pixels than that");
        assert_eq!(of_rgba([0, 1], &[]), None);
    }

    #[test]
    fn palettes_and_masks_stand_before_the_pixels() {
        // One bit: the left pixel has the first colour, red.
        let palette = bytes(&[40, 2, 1, depth(1), 0, 4, 0, 0, 0, 0, 0x00_ff_00_00, 0x00_00_00_ff, 0x40]);
        let bmp = bmp_of(palette).unwrap();
        assert_eq!(bmp[10], 14 + 40 + 8);
        assert_eq!(decoded(&bmp), ([2, 1], [[255, 0, 0, 255], [0, 0, 255, 255]].concat()));
        // 16 bits in the order 5, 6, 5, with three masks; from the top down.
        let masks = bytes(&[40, 1, 1_u32.wrapping_neg(), depth(16), 3, 4, 0, 0, 0, 0, 0xf800, 0x7e0, 0x1f, 0xf800]);
        let bmp = bmp_of(masks).unwrap();
        assert_eq!(bmp[10], 14 + 40 + 12);
        assert_eq!(decoded(&bmp), ([1, 1], RED.to_vec()));
    }

    #[test]
    fn masks_may_be_there_twice() {
        let dib = of_rgba([1, 1], &RED).unwrap();
        let twice = [&dib[..124], &dib[40..52], &dib[124..]].concat();
        let bmp = bmp_of(twice).unwrap();
        assert_eq!(bmp[10], 138 + 12);
        assert_eq!(decoded(&bmp), ([1, 1], RED.to_vec()));
        // Pixels that are like masks: red, green and blue with no alpha.
        let rgba = [[255, 0, 0, 0], [0, 255, 0, 0], [0, 0, 255, 0]].concat();
        let bmp = bmp_of(of_rgba([3, 1], &rgba).unwrap()).unwrap();
        assert_eq!(decoded(&bmp), ([3, 1], rgba));
    }

    #[test]
    fn alpha_that_has_a_mask_counts() {
        let mut dib = of_rgba([1, 1], &FAINT).unwrap();
        dib[16] = 0;
        dib[40..52].fill(0);
        assert_eq!(decoded(&bmp_of(dib.clone()).unwrap()), ([1, 1], FAINT.to_vec()));
        dib[52..56].fill(0);
        assert_eq!(decoded(&bmp_of(dib).unwrap()), ([1, 1], [1, 2, 3, 255].to_vec()));
    }

    #[test]
    fn what_is_no_bitmap_is_none() {
        let dib = of_rgba([1, 1], &RED).unwrap();
        for n_bytes in [0, 3, 17, 35, 124] {
            assert_eq!(bmp_of(dib[..n_bytes].to_vec()), None, "{n_bytes}");
        }
        for length in [12_u32, 39, 125, u32::MAX] {
            let mut other = dib.clone();
            other[..4].copy_from_slice(&length.to_le_bytes());
            assert_eq!(bmp_of(other), None, "{length}");
        }
        let mut colours = dib;
        colours[32..36].fill(255);
        assert_eq!(bmp_of(colours), None);
    }
}
