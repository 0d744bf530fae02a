//! Whether a picture can do with fewer colours than pixels.
//!
//! Measured on photos, artwork, screenshots and logos by bytes at equal SSIMULACRA2 (mozjpeg's
//! methods, quality 40 to 95): halved colour saves photos and soft artwork 5 to 25 %, up to quality
//! 95, and costs screenshots with coloured text up to 20 % and a coloured terminal 50 %. What tells
//! them apart is how many blocks of 2 × 2 pixels differ in colour by more than [`EDGE`]: at most
//! 0.1 % in the former, above 1 % in the latter.

use rayon::prelude::*;

/// Above this quality the result is to be as close as it can be.
pub(super) const LAST_SHARED: u8 = 95;
/// From this quality on fewer coloured edges are enough.
const CLOSE: u8 = 90;
/// How far, in steps of 8-bit Cb or Cr, a pixel is off the mean of its block at a coloured edge.
const EDGE: i32 = 32;
/// Of a million blocks so many have to be at an edge, below and from [`CLOSE`] on.
const SHARES: [u64; 2] = [8_000, 4_000];

/// Does each pixel need its own colour? `samples` are rows of 8-bit RGB.
pub(super) fn needs_full(samples: &[u8], width: usize, quality: u8) -> bool {
    LAST_SHARED < quality || SHARES[usize::from(CLOSE <= quality)] < share_of_edges(samples, width, 3, EDGE)
}

/// Are there enough colours that change within four pixels, for [`super::averaged`] to pay? At equal SSIMULACRA2 it saves
/// pictures with some colour 1 to 6 % as JPEG or WebP, 10 to 25 % where the colours are strong, more the closer they are
/// kept, and costs photos of hardly any 1 to 5 %. `samples` are rows of 8-bit RGB or RGBA.
pub(super) fn is_coloured(samples: &[u8], width: usize, channels: usize) -> bool {
    const STEP: i32 = 8;
    const SHARE: u64 = 3_000;
    SHARE < share_of_edges(samples, width, channels, STEP)
}

/// How many of a million blocks of four pixels are at an edge; those that are not wholly seen do not count. `samples`
/// are rows of 8-bit RGB or RGBA.
fn share_of_edges(samples: &[u8], width: usize, channels: usize, edge: i32) -> u64 {
    let counts = samples.par_chunks(2 * channels * width).map(|rows| {
        let (upper, lower) = rows.split_at(rows.len().min(channels * width));
        let blocks = upper.chunks_exact(2 * channels).zip(lower.chunks_exact(2 * channels));
        let seen = blocks.filter_map(|(upper, lower)| is_edge(upper, lower, channels, edge));
        seen.fold((0, 0), |(edges, all), is_edge| (edges + u64::from(is_edge), all + 1))
    });
    let (edges, all): (u64, u64) = counts.reduce(|| (0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    edges * 1_000_000 / all.max(1)
}

/// Two pixels above two others, of which one has another colour; `None` if one is hidden.
fn is_edge(upper: &[u8], lower: &[u8], channels: usize, edge: i32) -> Option<bool> {
    // Cb and Cr (ITU-T T.871 §7) of four pixels, times 1024: the mean times four is their sum.
    let mut colours = [[0; 2]; 4];
    let pixels = upper.chunks_exact(channels).chain(lower.chunks_exact(channels));
    for (colour, pixel) in colours.iter_mut().zip(pixels) {
        let [r, g, b] = match *pixel {
            [.., 0] if channels == 4 => return None,
            [r, g, b, ..] => [r, g, b].map(i32::from),
            _ => return None,
        };
        *colour = [512 * b - 173 * r - 339 * g, 512 * r - 429 * g - 83 * b];
    }
    let off = |at: usize| {
        let sum: i32 = colours.iter().map(|it| it[at]).sum();
        colours.iter().any(|it| 4 * 1024 * edge < (4 * it[at] - sum).abs())
    };
    Some(off(0) || off(1))
}

#[cfg(test)]
mod tests {
    use super::needs_full;

    /// Rows of pixels that a rule makes.
    fn rows(width: usize, height: usize, pixel: impl Fn(usize, usize) -> [u8; 3]) -> Vec<u8> {
        (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).flat_map(|(x, y)| pixel(x, y)).collect()
    }

    #[test]
    fn thin_red_letters_need_their_colour_and_black_ones_do_not() {
        let letters = |ink: [u8; 3]| rows(101, 75, move |x, y| if x % 7 == 0 && y % 9 < 6 { ink } else { [255; 3] });
        assert!(needs_full(&letters([200, 0, 0]), 101, 80));
        assert!(!needs_full(&letters([0; 3]), 101, 80));
        assert!(needs_full(&letters([0; 3]), 101, 96), "as close as it can be");
    }

    #[test]
    fn smooth_colours_and_one_edge_do_without() {
        let slope = rows(200, 150, |x, y| [x as u8, y as u8, 255 - x as u8]);
        // One block column of a hundred is on the edge of the two halves: 201 is odd.
        let halves = rows(400, 20, |x, _| if x < 201 { [255, 0, 0] } else { [0, 0, 255] });
        assert!(!needs_full(&slope, 200, 90));
        assert!(!needs_full(&halves, 400, 80), "1 of 200 blocks is below 0.8 %");
        assert!(needs_full(&halves, 400, 90), "and above 0.4 %");
    }

    #[test]
    fn pictures_without_a_whole_block_do_without() {
        for (width, height) in [(1, 1), (1, 5), (5, 1)] {
            assert!(!needs_full(&rows(width, height, |x, y| [(x * 200) as u8, 0, (y * 200) as u8]), width, 50));
        }
    }
}
