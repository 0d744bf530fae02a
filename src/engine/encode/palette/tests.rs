//! Palettes of pictures made here, and what they promise.

use super::{Alpha, Indexed, reduce};
use crate::engine::{Cancel, Layout, Raster, options::PaletteOptions, recipe::Effort};

fn rgba(width: u32, height: u32, samples: Vec<u8>) -> Raster {
    Raster::from_samples8(width, height, Layout::Rgba8, samples).expect("lengths fit")
}

fn reduced(raster: &Raster, colours: u16, dithering: u8, alpha: Alpha) -> Indexed {
    let options = PaletteOptions { colours, dithering };
    reduce(raster, &options, alpha, Effort::Normal, &Cancel::default()).expect("it can be reduced")
}

/// What the indices say, and that they say something.
fn pixels(indexed: &Indexed) -> Vec<[u8; 4]> {
    indexed.indices.iter().map(|&index| indexed.colours[usize::from(index)]).collect()
}

/// Every colour of a slope, every alpha, a third of it clear and a third opaque.
fn mixed() -> Raster {
    let samples = (0..200 * 150_u32).flat_map(|at| {
        let alpha = match at % 3 {
            0 => 0,
            1 => 255,
            _ => (at / 3) as u8,
        };
        [(at % 200) as u8, (at / 200) as u8, (at / 100) as u8, alpha]
    });
    rgba(200, 150, samples.collect())
}

#[test]
fn few_colours_are_kept_in_order_of_appearance() {
    let samples = vec![9, 9, 9, 255, 1, 2, 3, 100, 9, 9, 9, 200, 7, 7, 7, 128];
    let indexed = reduced(&rgba(4, 1, samples.clone()), 256, 100, Alpha::Hard);
    assert_eq!(indexed.colours, [[9, 9, 9, 255], [0; 4], [7, 7, 7, 255]]);
    assert_eq!(indexed.indices, [0, 1, 0, 2]);
    let indexed = reduced(&rgba(4, 1, samples), 4, 100, Alpha::Soft);
    assert_eq!(indexed.colours, [[9, 9, 9, 255], [1, 2, 3, 100], [9, 9, 9, 200], [7, 7, 7, 128]]);
}

#[test]
fn what_is_clear_or_opaque_stays_so_with_any_number_of_colours() {
    let source = mixed();
    for colours in [2, 3, 4, 5, 17, 255, 256] {
        for (alpha, dithering) in [(Alpha::Soft, 0), (Alpha::Soft, 100), (Alpha::Hard, 50)] {
            let indexed = reduced(&source, colours, dithering, alpha);
            assert!(indexed.colours.len() <= usize::from(colours));
            for (was, is) in source.bytes().as_chunks::<4>().0.iter().zip(pixels(&indexed)) {
                let kept = match was[3] {
                    0 => is == [0; 4],
                    255 => is[3] == 255,
                    _ => true,
                };
                assert!(kept, "{colours} {dithering}: {was:?} became {is:?}");
                let is_hard = alpha == Alpha::Hard || colours < 4;
                assert!(!is_hard || is[3] == if was[3] < 128 { 0 } else { 255 }, "{colours}: {was:?} {is:?}");
            }
        }
    }
}

#[test]
fn each_pixel_gets_the_colour_nearest_to_it() {
    // Two far groups of three near colours each: two colours can only be their middles.
    let samples = [10, 11, 12, 240, 241, 242].map(|it| [it, it, it, 255]).concat();
    let indexed = reduced(&rgba(6, 1, samples), 2, 0, Alpha::Soft);
    let grey: Vec<u8> = pixels(&indexed).iter().map(|it| it[0]).collect();
    assert_eq!(grey, [11, 11, 11, 241, 241, 241]);
}

#[test]
fn dithering_keeps_the_mean_of_a_shade_between_two_colours() {
    // A smooth slope from 64 to 191 in four colours, 32 apart.
    let slope = |x: u32| 64 + x / 2;
    let samples = (0..256 * 64_u32).flat_map(|at| [slope(at % 256) as u8; 3].into_iter().chain([255]));
    let source = rgba(256, 64, samples.collect());
    let mean = |indexed: &Indexed, x: usize| {
        let pixels = pixels(indexed);
        let block = (0..64).flat_map(|y| (x..x + 16).map(move |x| y * 256 + x));
        block.map(|at| f64::from(pixels[at][0])).sum::<f64>() / 1024.0
    };
    let [steps, dots] = [0, 100].map(|dithering| reduced(&source, 4, dithering, Alpha::Soft));
    let worst = |indexed: &Indexed| {
        let off = |x: usize| (mean(indexed, x) - f64::from(slope(x as u32 + 8))).abs();
        (2..14).map(|block| off(block * 16)).fold(0.0, f64::max)
    };
    assert!(worst(&steps) > 8.0, "{}", worst(&steps));
    assert!(worst(&dots) < 4.0, "{}", worst(&dots));
}

#[test]
fn the_number_of_threads_does_not_show() {
    let samples = (0..300 * 400_u32).flat_map(|at| {
        let [a, b, c, _] = at.wrapping_mul(0x9E37_79B9).to_le_bytes();
        [(at % 300) as u8 ^ (a & 7), (at / 400) as u8 ^ (b & 7), c, if at % 5 == 0 { a } else { 255 }]
    });
    let source = rgba(300, 400, samples.collect());
    let of = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be had");
        let indexed = pool.install(|| reduced(&source, 64, 80, Alpha::Soft));
        (indexed.colours, indexed.indices)
    };
    let one = of(1);
    assert!(one == of(2) && one == of(5));
}
