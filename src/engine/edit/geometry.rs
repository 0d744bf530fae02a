//! The size wanted, in whole pixels. Exact integer arithmetic: the same picture and the same
//! wish give the same size on every machine.

use crate::engine::recipe::{Fit, Sizing, Want};

/// Where the pixels of the source go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// The whole picture is resized to this, in pixels.
    pub scaled: [u32; 2],
    /// The result's size in pixels: the scaled picture cropped to it or padded up to it, centred.
    pub canvas: [u32; 2],
    /// Was a larger picture asked for than [`Sizing::upscale`] allows?
    pub held_back: bool,
}

impl Geometry {
    /// Scaled picture and result are one.
    fn whole(size: [u32; 2], held_back: bool) -> Self {
        Self { scaled: size, canvas: size, held_back }
    }
}

/// Millionths in [`Want::Scale`].
const WHOLE: u64 = 1_000_000;

/// Turns the size wanted into whole pixels, at least 1 a side.
///
/// `vector` pictures may always be enlarged. A wish beyond what 32 bits can count is cut off
/// there, so that the limits refuse it by name.
pub fn geometry(natural: [u32; 2], sizing: &Sizing, vector: bool) -> Geometry {
    let natural = natural.map(|side| side.max(1));
    let [width, height] = natural;
    let grows = sizing.upscale || vector;
    let held = |is_larger: bool, wanted: [u32; 2]| {
        let held_back = is_larger && !grows;
        Geometry::whole(if held_back { natural } else { wanted }, held_back)
    };
    match sizing.want {
        Want::Original => Geometry::whole(natural, false),
        Want::Scale(millionths) => {
            let scaled = natural.map(|side| ratio(side, millionths, WHOLE));
            held(WHOLE < u64::from(millionths), scaled)
        }
        Want::Width(wanted) => {
            let wanted = wanted.max(1);
            held(width < wanted, [wanted, ratio(height, wanted, width.into())])
        }
        Want::Height(wanted) => {
            let wanted = wanted.max(1);
            held(height < wanted, [ratio(width, wanted, height.into()), wanted])
        }
        Want::Box(across, down) => {
            let wanted = [across.max(1), down.max(1)];
            match sizing.fit {
                Fit::Inside => {
                    let inside = inside(natural, wanted);
                    held(width < inside[0] || height < inside[1], inside)
                }
                Fit::Cover => cover(natural, wanted, grows),
                Fit::Stretch => stretch(natural, wanted, grows),
                Fit::Pad => {
                    let whole = geometry(natural, &Sizing { fit: Fit::Inside, ..*sizing }, vector);
                    Geometry { canvas: wanted, ..whole }
                }
            }
        }
    }
}

/// `side × numerator ÷ denominator`, to the nearest whole, at least 1; halves go up.
fn ratio(side: u32, numerator: u32, denominator: u64) -> u32 {
    // (2³² − 1)² + 2³¹ < 2⁶⁴, so nothing overflows.
    let product = u64::from(side) * u64::from(numerator);
    let nearest = (product + denominator / 2) / denominator;
    u32::try_from(nearest).unwrap_or(u32::MAX).max(1)
}

/// Does the width bind when the picture grows until it first touches the box?
fn width_binds([width, height]: [u32; 2], [across, down]: [u32; 2]) -> bool {
    u64::from(across) * u64::from(height) <= u64::from(down) * u64::from(width)
}

/// The largest size of the picture's ratio inside the box.
fn inside(natural: [u32; 2], wanted: [u32; 2]) -> [u32; 2] {
    let ([width, height], [across, down]) = (natural, wanted);
    if width_binds(natural, wanted) {
        [across, ratio(height, across, width.into())]
    } else {
        [ratio(width, down, height.into()), down]
    }
}

/// Fills the box; without growing, the largest box of its ratio that the picture fills.
fn cover(natural: [u32; 2], wanted: [u32; 2], grows: bool) -> Geometry {
    let [width, height] = natural;
    let fills = wanted[0] <= width && wanted[1] <= height;
    let held_back = !(grows || fills);
    let canvas = if held_back { inside(wanted, natural) } else { wanted };
    let [across, down] = canvas;
    let scaled = if width_binds(natural, canvas) {
        [ratio(width, down, height.into()), down]
    } else {
        [across, ratio(height, across, width.into())]
    };
    Geometry { scaled, canvas, held_back }
}

/// Both sides as wanted; without growing, each at most its own length.
fn stretch(natural: [u32; 2], wanted: [u32; 2], grows: bool) -> Geometry {
    let held_back = !grows && (natural[0] < wanted[0] || natural[1] < wanted[1]);
    let size = if held_back { [wanted[0].min(natural[0]), wanted[1].min(natural[1])] } else { wanted };
    Geometry::whole(size, held_back)
}

#[cfg(test)]
mod tests {
    use super::{Geometry, geometry};
    use crate::engine::recipe::{Fit, Sizing, Want};

    /// Wish, fit, upscale, natural → scaled, canvas, held back. All by hand.
    type Row = (Want, Fit, bool, [u32; 2], [u32; 2], [u32; 2], bool);

    #[rustfmt::skip]
    const TABLE: &[Row] = &[
        (Want::Original,           Fit::Inside,  false, [7, 5],     [7, 5],     [7, 5],     false),
        // 101 / 2 = 50.5 goes up; 3 / 2 = 1.5 too.
        (Want::Scale(500_000),     Fit::Inside,  false, [101, 3],   [51, 2],    [51, 2],    false),
        (Want::Scale(1),           Fit::Inside,  false, [100, 100], [1, 1],     [1, 1],     false),
        (Want::Scale(2_000_000),   Fit::Inside,  false, [10, 20],   [10, 20],   [10, 20],   true),
        (Want::Scale(2_000_000),   Fit::Inside,  true,  [10, 20],   [20, 40],   [20, 40],   false),
        // 300 × 200 / 400 = 150.
        (Want::Width(200),         Fit::Inside,  false, [400, 300], [200, 150], [200, 150], false),
        (Want::Width(800),         Fit::Inside,  false, [400, 300], [400, 300], [400, 300], true),
        (Want::Width(800),         Fit::Inside,  true,  [400, 300], [800, 600], [800, 600], false),
        (Want::Height(1),          Fit::Inside,  false, [2, 900],   [1, 1],     [1, 1],     false),
        (Want::Height(30),         Fit::Inside,  false, [400, 300], [40, 30],   [40, 30],   false),
        // Inside 100 × 100: 16:9 gives 100 × 56.25.
        (Want::Box(100, 100),      Fit::Inside,  false, [1600, 900], [100, 56], [100, 56],  false),
        (Want::Box(100, 20),       Fit::Inside,  false, [1600, 900], [36, 20],  [36, 20],   false),
        (Want::Box(500, 500),      Fit::Inside,  false, [40, 30],   [40, 30],   [40, 30],   true),
        (Want::Box(500, 500),      Fit::Inside,  true,  [40, 30],   [500, 375], [500, 375], false),
        // The box touches the picture exactly: nothing is held back.
        (Want::Box(40, 500),       Fit::Inside,  false, [40, 30],   [40, 30],   [40, 30],   false),
        // Cover 100 × 100 from 400 × 200: height binds, 200 × 100, crop 50 each side.
        (Want::Box(100, 100),      Fit::Cover,   false, [400, 200], [200, 100], [100, 100], false),
        // 300 × 100 from 400 × 200: width binds at 3/4, 300 × 150.
        (Want::Box(300, 100),      Fit::Cover,   false, [400, 200], [300, 150], [300, 100], false),
        // 1000 × 1000 from 400 × 200: the largest square that it fills is 200 × 200.
        (Want::Box(1000, 1000),    Fit::Cover,   false, [400, 200], [400, 200], [200, 200], true),
        // One side only is too short: 100 × 300 (1:3) from 400 × 200 → 66.67 × 200.
        (Want::Box(100, 300),      Fit::Cover,   false, [400, 200], [400, 200], [67, 200],  true),
        (Want::Box(1000, 1000),    Fit::Cover,   true,  [400, 200], [2000, 1000], [1000, 1000], false),
        (Want::Box(50, 70),        Fit::Stretch, false, [400, 200], [50, 70],   [50, 70],   false),
        (Want::Box(500, 70),       Fit::Stretch, false, [400, 200], [400, 70],  [400, 70],  true),
        (Want::Box(500, 70),       Fit::Stretch, true,  [400, 200], [500, 70],  [500, 70],  false),
        (Want::Box(100, 100),      Fit::Pad,     false, [400, 200], [100, 50],  [100, 100], false),
        (Want::Box(1000, 1000),    Fit::Pad,     false, [400, 200], [400, 200], [1000, 1000], true),
        (Want::Box(1000, 1000),    Fit::Pad,     true,  [400, 200], [1000, 500], [1000, 1000], false),
        // Nothing is ever shorter than a pixel.
        (Want::Width(0),           Fit::Inside,  false, [10, 10],   [1, 1],     [1, 1],     false),
        (Want::Box(3, 3),          Fit::Inside,  false, [3000, 1],  [3, 1],     [3, 1],     false),
        // Beyond 32 bits: cut off for the limits to refuse.
        (Want::Width(u32::MAX),    Fit::Inside,  true,  [1, 1000],  [u32::MAX, u32::MAX], [u32::MAX, u32::MAX], false),
        (Want::Box(u32::MAX, u32::MAX), Fit::Cover, true, [u32::MAX, 1], [u32::MAX, u32::MAX], [u32::MAX, u32::MAX], false),
    ];

    #[test]
    fn sizes_follow_the_rules_by_hand() {
        for &(want, fit, upscale, natural, scaled, canvas, held_back) in TABLE {
            let found = geometry(natural, &Sizing { want, fit, upscale }, false);
            assert_eq!(found, Geometry { scaled, canvas, held_back }, "{want:?} {fit:?} {upscale} {natural:?}");
        }
    }

    #[test]
    fn vector_pictures_grow_unasked() {
        let sizing = Sizing { want: Want::Width(640), ..Sizing::default() };
        let found = geometry([64, 48], &sizing, true);
        assert_eq!(found, Geometry { scaled: [640, 480], canvas: [640, 480], held_back: false });
    }

    #[test]
    fn the_scaled_picture_always_fills_a_covered_box() {
        for natural in [[1, 1], [3, 7], [640, 479], [5, 9999]] {
            for wanted in [[1, 1], [2, 3], [17, 5], [700, 700], [10_000, 3]] {
                for upscale in [false, true] {
                    let sizing = Sizing { want: Want::Box(wanted[0], wanted[1]), fit: Fit::Cover, upscale };
                    let Geometry { scaled, canvas, .. } = geometry(natural, &sizing, false);
                    assert!(canvas[0] <= scaled[0] && canvas[1] <= scaled[1], "{natural:?} {wanted:?}");
                    assert!(upscale || (scaled[0] <= natural[0] && scaled[1] <= natural[1]), "{natural:?} {wanted:?}");
                }
            }
        }
    }
}
