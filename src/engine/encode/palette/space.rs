//! Where colours are compared: Oklab (Björn Ottosson, 2020) in a place that is not wholly dark, weighed by
//! alpha.
//!
//! A point is (αL, αa, αb, α), so that what is hardly seen hardly counts and all clear pixels
//! are the same. Distances over black and over white differ by the fourth number alone.

/// A colour as a point; squared distances are how different two look.
pub(super) type Point = [f32; 4];

/// Light that is there in the darkest place, of which the root would be infinitely steep otherwise: shades
/// next to black would take colours that nobody can tell apart. As in XYB (ISO/IEC 18181-1, the bias of its
/// cones).
const FLARE: f32 = 0.003_793_073_3;
/// Its cube root.
const FLARE_ROOT: f32 = 0.155_954_2;
/// The cube root of white with it, less that.
const WHITE: f32 = 0.845_308_6;
/// What a difference in alpha weighs beside one in lightness.
const ALPHA: f32 = 0.7;
/// The fourth number of opaque colours.
pub(super) const OPAQUE: f32 = ALPHA;

/// From stored values to points.
pub(super) struct Space {
    /// The light of each stored value (IEC 61966-2-1).
    light: [f32; 256],
}

impl Space {
    pub(super) fn new() -> Self {
        let light = |value: usize| {
            let value = value as f32 / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        Self { light: std::array::from_fn(light) }
    }

    /// The point of a colour.
    #[inline]
    pub(super) fn point(&self, [r, g, b, a]: [u8; 4]) -> Point {
        let [r, g, b] = [r, g, b].map(|it| self.light[usize::from(it)]);
        let long = excited(0.412_221_47 * r + 0.536_332_55 * g + 0.051_445_995 * b);
        let middle = excited(0.211_903_5 * r + 0.680_699_5 * g + 0.107_396_96 * b);
        let short = excited(0.088_302_46 * r + 0.281_718_85 * g + 0.629_978_7 * b);
        let alpha = f32::from(a) / 255.0;
        [
            alpha * (0.210_454_26 * long + 0.793_617_8 * middle - 0.004_072_047 * short),
            alpha * (1.977_998_5 * long - 2.428_592_2 * middle + 0.450_593_7 * short),
            alpha * (0.025_904_037 * long + 0.782_771_77 * middle - 0.808_675_77 * short),
            alpha * ALPHA,
        ]
    }
}

/// What a cone makes of light: 0 of none, 1 of white.
#[inline]
fn excited(light: f32) -> f32 {
    ((light + FLARE).cbrt() - FLARE_ROOT) / WHITE
}

/// The light that excites a cone so much.
fn light(excited: f32) -> f32 {
    (excited * WHITE + FLARE_ROOT).powi(3) - FLARE
}

/// The colour of a point, as near as 8 bits allow.
pub(super) fn colour([l, a, b, alpha]: Point) -> [u8; 4] {
    let alpha = (alpha / ALPHA).clamp(0.0, 1.0);
    if alpha * 255.0 < 0.5 {
        return [0; 4];
    }
    let [l, a, b] = [l / alpha, a / alpha, b / alpha];
    let long = light(l + 0.396_337_78 * a + 0.215_803_76 * b);
    let middle = light(l - 0.105_561_346 * a - 0.063_854_17 * b);
    let short = light(l - 0.089_484_18 * a - 1.291_485_5 * b);
    let stored = |light: f32| {
        let value = if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
        // The cast cuts what overshoots.
        (value * 255.0).round() as u8
    };
    [
        stored(4.076_741_7 * long - 3.307_711_6 * middle + 0.230_969_94 * short),
        stored(-1.268_438 * long + 2.609_757_4 * middle - 0.341_319_4 * short),
        stored(-0.004_196_086_3 * long - 0.703_418_6 * middle + 1.707_614_7 * short),
        (alpha * 255.0).round() as u8,
    ]
}

/// The squared distance of two points.
#[inline]
pub(super) fn distance(a: Point, b: Point) -> f32 {
    let [x, y, z, w] = [a[0] - b[0], a[1] - b[1], a[2] - b[2], a[3] - b[3]];
    x * x + y * y + z * z + w * w
}

#[cfg(test)]
mod tests {
    use super::{Space, colour, distance};

    #[test]
    fn points_are_those_of_oklab_with_the_bias_of_xyb() {
        // The matrices of Oklab as published, and between them the cones of libjxl, less those of black and
        // scaled to white, worked out in double precision.
        let space = Space::new();
        for (rgb, lab) in [
            ([0, 0, 0], [0.0, 0.0, 0.0]),
            ([255, 255, 255], [1.0, 0.0, 0.0]),
            ([255, 0, 0], [0.562_234, 0.264_530, 0.146_206]),
        ] {
            let [r, g, b] = rgb;
            let [l, a, b, _] = space.point([r, g, b, 255]);
            assert!([l, a, b].iter().zip(lab).all(|(it, wanted)| (it - wanted).abs() < 1e-4), "{l} {a} {b}");
        }
    }

    #[test]
    fn shades_next_to_black_are_nearer_to_each_other_than_those_of_grey() {
        // On a display a step from 0 to 2 of 255 is seen less than one from 100 to 110.
        let space = Space::new();
        let apart = |a: u8, b: u8| distance(space.point([a, a, a, 255]), space.point([b, b, b, 255]));
        assert!(apart(0, 2) < apart(100, 110));
    }

    #[test]
    fn colours_come_back() {
        let space = Space::new();
        for at in 0..10_000_u32 {
            let [r, g, b, _] = at.wrapping_mul(0x9E37_79B9).to_le_bytes();
            for alpha in [255, 200] {
                assert_eq!(colour(space.point([r, g, b, alpha])), [r, g, b, alpha]);
            }
        }
        assert_eq!(colour(space.point([9, 9, 9, 0])), [0; 4]);
    }
}
