//! A colour for four pixels, chosen with regard to what readers make of it.
//!
//! Means of stored values are darker than what is seen from afar, and a colour that is shared changes the
//! brightness of the pixels that share it. So the means are taken of light, and luma makes up for
//! what the colours of readers, who smooth them between neighbours, would change (after "sharp YUV", Skal, libwebp).
//! One round, and half of the correction of colours: of eight pictures, more rounds, as libwebp makes, are 1 to
//! 3 % larger at equal SSIMULACRA2, and the whole correction 0 to 2 %. Light is the square of what is stored: the curve of
//! sRGB saves 0.1 to 0.9 % more and takes ten times as long.

use crate::engine::{Cancel, error::Cause};
use rayon::prelude::*;

/// Y'CbCr by the matrix of ITU-R BT.601 with a colour for four pixels, rows without padding; those of chroma have half as
/// many samples, rounded up.
pub(super) struct Planes {
    pub(super) luma: Vec<u8>,
    pub(super) blue: Vec<u8>,
    pub(super) red: Vec<u8>,
}

/// Which values the planes hold.
#[derive(Clone, Copy)]
pub(super) enum Range {
    /// 0 to 255 (ITU-T T.871).
    Full,
    /// Luma from 16 to 235, chroma from 16 to 240 (BT.601).
    Limited,
}

/// Two rows of luma, and one of either chroma.
type Lines<'a> = (&'a mut [u8], (&'a mut [u8], &'a mut [u8]));
/// Red, green and blue of a row.
type Row = [Vec<f32>; 3];

/// How much red, green and blue count for brightness (ITU-R BT.709).
const LIGHT: [f32; 3] = [0.2126, 0.7152, 0.0722];
/// What the matrix makes of them.
const LUMA: [f32; 3] = [0.299, 0.587, 0.114];
const BLUE: [f32; 3] = [-0.168_736, -0.331_264, 0.5];
const RED: [f32; 3] = [0.5, -0.418_688, -0.081_312];
/// How much of what the colours of readers are off is made up for.
const SHARE: f32 = 0.5;
/// Rows of chroma that are made at once.
const ROWS: usize = 32;

/// Averages rows of 8-bit RGB, or of RGBA, whose alpha is not read, on all cores.
///
/// # Errors
/// When somebody asked to stop.
pub(super) fn planes(
    samples: &[u8],
    channels: usize,
    [width, height]: [u32; 2],
    range: Range,
    cancel: &Cancel,
) -> Result<Planes, Cause> {
    let [width, height] = [width, height].map(|it| it as usize);
    let (half, halves) = (width.div_ceil(2), height.div_ceil(2));
    let [mut luma, mut blue, mut red] = [width * height, half * halves, half * halves].map(|it| vec![0; it]);
    let picture = Picture { samples, channels, width, height, range };
    let chroma = blue.par_chunks_mut(half * ROWS).zip(red.par_chunks_mut(half * ROWS));
    luma.par_chunks_mut(2 * width * ROWS).zip(chroma).enumerate().try_for_each(|(at, (luma, (blue, red)))| {
        cancel.check()?;
        let first = at * ROWS;
        let last = (first + ROWS).min(halves) - 1;
        // The rows around them as well, since readers smooth colours; beyond the picture its outermost go on.
        let around = (first..=last + 2).map(|it| picture.shared(it.saturating_sub(1).min(halves - 1)));
        let colours: Vec<Row> = around.collect();
        let chroma = blue.chunks_mut(half).zip(red.chunks_mut(half));
        for ((nth, lines), colours) in luma.chunks_mut(2 * width).zip(chroma).enumerate().zip(colours.windows(3)) {
            picture.fill(first + nth, colours, lines);
        }
        Ok::<(), Cause>(())
    })?;
    Ok(Planes { luma, blue, red })
}

/// Rows of interleaved samples.
struct Picture<'a> {
    samples: &'a [u8],
    channels: usize,
    width: usize,
    height: usize,
    range: Range,
}

impl Picture<'_> {
    /// A row, an even number of pixels; beyond its edges the picture goes on as it ends.
    fn row(&self, at: usize) -> Row {
        let stride = self.channels * self.width;
        let start = at.min(self.height - 1) * stride;
        let samples = self.samples.get(start..start + stride).unwrap_or_default();
        if self.channels == 4 { even(samples.as_chunks::<4>().0) } else { even(samples.as_chunks::<3>().0) }
    }

    /// How far red, green and blue of the means of a row lie above their own grey.
    fn shared(&self, at: usize) -> Row {
        let [upper, lower] = [2 * at, 2 * at + 1].map(|it| self.row(it));
        let mut sums: Row = [0, 1, 2].map(|_| vec![0.0; upper[0].len() / 2]);
        for row in [upper, lower] {
            sums.iter_mut().zip(&row).for_each(|(sum, row)| add(sum, row));
        }
        colours(sums)
    }

    /// Fills rows of the planes with what lies under the means of three rows, of which it is the middle.
    fn fill(&self, at: usize, means: &[Row], (luma, (blue, red)): Lines<'_>) {
        let [above, here, below] = means else { return };
        let mut sums: Row = [0, 1, 2].map(|_| vec![0.0; here[0].len()]);
        let mut greys = vec![];
        for (nth, other) in [above, below].into_iter().enumerate() {
            let row = self.row(2 * at + nth);
            let own = weighed(LIGHT, &row);
            let seen: Row = [0, 1, 2].map(|at| seen(&own, &smoothed(&here[at], &other[at])));
            sums.iter_mut().zip(&seen).for_each(|(sum, row)| add(sum, row));
            let missing = light(&row).into_iter().zip(light(&seen)).map(|(wanted, seen)| wanted - seen);
            let made_up: Vec<f32> = own.iter().zip(missing).map(|(own, it)| (own + it).clamp(0.0, 255.0)).collect();
            greys.push(made_up);
        }
        let mut own = colours(sums);
        for (own, wanted) in own.iter_mut().zip(here) {
            own.iter_mut().zip(wanted).for_each(|(own, wanted)| *own = wanted + SHARE * (wanted - *own));
        }
        let (luma_scale, black, scale) = match self.range {
            Range::Full => (1.0, 0.5, 1.0),
            Range::Limited => (219.0 / 255.0, 16.5, 224.0 / 255.0),
        };
        for (plane, weights) in [(blue, BLUE), (red, RED)] {
            plane.iter_mut().zip(weighed(weights, &own)).for_each(|(to, it)| *to = (it * scale + 128.5) as u8);
        }
        let own = weighed(LUMA, &own);
        for (luma, greys) in luma.chunks_mut(self.width).zip(&greys) {
            for ((luma, greys), own) in luma.chunks_mut(2).zip(greys.as_chunks::<2>().0).zip(&own) {
                luma.iter_mut().zip(greys).for_each(|(to, grey)| *to = ((grey + own) * luma_scale + black) as u8);
            }
        }
    }
}

/// The channels of some pixels; the last one once more if they are odd.
fn even<const N: usize>(pixels: &[[u8; N]]) -> Row {
    let last = pixels.last().filter(|_| !pixels.len().is_multiple_of(2));
    [0, 1, 2].map(|channel| pixels.iter().chain(last).map(|it| f32::from(it[channel])).collect())
}

/// The sum of what is stored, by weights.
fn weighed([r, g, b]: [f32; 3], [red, green, blue]: &Row) -> Vec<f32> {
    red.iter().zip(green).zip(blue).map(|((red, green), blue)| r * red + g * green + b * blue).collect()
}

/// The stored value of the brightness of each pixel.
fn light([red, green, blue]: &Row) -> Vec<f32> {
    let [r, g, b] = LIGHT;
    let all = red.iter().zip(green).zip(blue);
    all.map(|((red, green), blue)| (r * red * red + g * green * green + b * blue * blue).sqrt()).collect()
}

/// Adds a quarter of the light of two neighbours.
fn add(sums: &mut [f32], row: &[f32]) {
    for (sum, [a, b]) in sums.iter_mut().zip(row.as_chunks::<2>().0) {
        *sum += 0.25 * (a * a + b * b);
    }
}

/// How far the stored values of light lie above their own grey.
fn colours(light: Row) -> Row {
    let stored = light.map(|it| it.into_iter().map(f32::sqrt).collect::<Vec<f32>>());
    let grey = weighed(LIGHT, &stored);
    stored.map(|it| it.into_iter().zip(&grey).map(|(it, grey)| it - grey).collect())
}

/// What readers make of shared values between two rows: three parts of the nearer and one of the farther, down and then
/// across.
fn smoothed(near: &[f32], far: &[f32]) -> Vec<f32> {
    let mut down = Vec::with_capacity(near.len() + 2);
    let ends = |row: &[f32], last: bool| if last { row.last().copied() } else { row.first().copied() };
    let mix = |near: f32, far: f32| 0.75 * near + 0.25 * far;
    down.extend(ends(near, false).zip(ends(far, false)).map(|(near, far)| mix(near, far)));
    down.extend(near.iter().zip(far).map(|(near, far)| mix(*near, *far)));
    down.extend(ends(near, true).zip(ends(far, true)).map(|(near, far)| mix(near, far)));
    let mut across = vec![0.0; 2 * near.len()];
    for (to, around) in across.as_chunks_mut::<2>().0.iter_mut().zip(down.windows(3)) {
        if let &[before, here, after] = around {
            *to = [mix(here, before), mix(here, after)];
        }
    }
    across
}

/// One channel of what is seen of greys with these colours.
fn seen(greys: &[f32], colours: &[f32]) -> Vec<f32> {
    greys.iter().zip(colours).map(|(grey, colour)| (grey + colour).clamp(0.0, 255.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::{Cancel, Range, planes};

    #[test]
    fn one_colour_becomes_what_the_standards_say() {
        // ITU-T T.871 §7 and ITU-R BT.601 by hand: 0.299 × 200 + 0.587 × 100 + 0.114 × 50 is 124.2; above 128 lie
        // (50 − 124.2) ÷ 1.772 and (200 − 124.2) ÷ 1.402; 219 and 224 of 255 of them where the range is limited.
        let ranges = [(Range::Full, [124, 86, 182]), (Range::Limited, [123, 91, 175])];
        for size in [[1_u32, 1], [2, 2], [3, 5], [16, 1], [33, 131]] {
            let pixels = (size[0] * size[1]) as usize;
            let halves = (size[0].div_ceil(2) * size[1].div_ceil(2)) as usize;
            for (range, [luma, blue, red]) in ranges {
                for pixel in [&[200, 100, 50][..], &[200, 100, 50, 7]] {
                    let samples = pixel.repeat(pixels);
                    let found = planes(&samples, pixel.len(), size, range, &Cancel::default()).unwrap();
                    assert_eq!(found.luma, vec![luma; pixels], "{size:?}");
                    assert_eq!((found.blue, found.red), (vec![blue; halves], vec![red; halves]), "{size:?}");
                }
            }
        }
    }

    #[test]
    fn brightness_survives_what_colours_share() {
        // Columns of red and blue in turn, each pair with one colour: luma alone has to tell them apart. Their light is
        // 0.2126 and 0.0722 of white, of which the stored values are 127 and 76 (IEC 61966-2-1).
        let samples = [255, 0, 0, 0, 0, 255].repeat(16 * 16);
        let found = planes(&samples, 3, [32, 16], Range::Full, &Cancel::default()).unwrap();
        let (luma, blue, red) = (found.luma[8 * 32 + 16], found.blue[4 * 16 + 8], found.red[4 * 16 + 8]);
        let seen = |luma: u8| {
            let [luma, blue, red] = [f64::from(luma), f64::from(blue) - 128.0, f64::from(red) - 128.0];
            let rgb = [luma + 1.402 * red, luma - 0.344_136 * blue - 0.714_136 * red, luma + 1.772 * blue];
            let light = rgb.map(|it: f64| (it.clamp(0.0, 255.0) / 255.0).powf(2.2));
            255.0 * (0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]).powf(1.0 / 2.2)
        };
        assert!((seen(luma) - 127.0).abs() < 12.0, "{}", seen(luma));
        assert!((seen(found.luma[8 * 32 + 17]) - 76.0).abs() < 12.0, "{}", seen(found.luma[8 * 32 + 17]));
    }

    #[test]
    fn it_is_broken_off() {
        let cancel = Cancel::default();
        cancel.cancel();
        assert!(planes(&[0; 300 * 300 * 3], 3, [300, 300], Range::Full, &cancel).is_err());
    }
}
