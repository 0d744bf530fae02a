//! CIE L*a*b* to sRGB, by formula (ISO/CIE 11664-4).

use super::pixels::linear_to_display;

/// White of D50, at which documents state such colours (ICC.1 §7.2.16).
const WHITE: [f32; 3] = [0.9642, 1.0, 0.8249];

/// XYZ under D50 to linear light of sRGB primaries, adapted to D65 by Bradford.
const TO_SRGB: [[f32; 3]; 3] = [
    [3.133_856, -1.616_866_7, -0.490_614_6],
    [-0.978_768_4, 1.916_141_5, 0.033_454],
    [0.071_945_3, -0.228_991_4, 1.405_242_7],
];

/// L* from 0 to 100, a* and b* from about −128 to 128, as 16-bit sRGB. What sRGB cannot show is cut off.
pub(super) fn to_srgb([lightness, a, b]: [f32; 3]) -> [u16; 3] {
    let y = (lightness + 16.0) / 116.0;
    let [x, y, z] = [y + a / 500.0, y, y - b / 200.0].map(uncurved);
    let [x, y, z] = [x * WHITE[0], y * WHITE[1], z * WHITE[2]];
    TO_SRGB.map(|[from_x, from_y, from_z]| linear_to_display(from_x * x + from_y * y + from_z * z))
}

/// The inverse of the function f of the standard.
fn uncurved(value: f32) -> f32 {
    const KNEE: f32 = 6.0 / 29.0;
    if KNEE < value { value.powi(3) } else { 3.0 * KNEE * KNEE * (value - 4.0 / 29.0) }
}

#[cfg(test)]
mod tests {
    use super::to_srgb;

    #[track_caller]
    fn is(lab: [f32; 3], srgb: [u8; 3]) {
        let found = to_srgb(lab);
        let close = found.iter().zip(srgb).all(|(found, wanted)| found.abs_diff(u16::from(wanted) * 257) <= 200);
        assert!(close, "{found:?}");
    }

    #[test]
    fn known_colours() {
        is([0.0, 0.0, 0.0], [0, 0, 0]);
        is([100.0, 0.0, 0.0], [255, 255, 255]);
        // CSS Color 4: the primaries of sRGB as lab(); and its grey of 50 %.
        is([54.2905, 80.8049, 69.8910], [255, 0, 0]);
        is([87.8185, -79.2711, 80.9946], [0, 255, 0]);
        is([29.5683, 68.2874, -112.0297], [0, 0, 255]);
        is([53.585, 0.0, 0.0], [128, 128, 128]);
    }
}
