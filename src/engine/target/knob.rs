//! The one setting of a format that a search turns.

use crate::engine::{
    Format,
    options::{PngColours, palette},
    recipe::OutputSpec,
};
use std::ops::RangeInclusive;

/// What is turned, in steps from little to much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Knob {
    /// 1 to 100.
    Quality,
    /// The places of [`COLOURS`].
    Colours,
}

/// Sizes of palettes worth trying: two for each bit of an index, three where they count.
const COLOURS: [u16; 15] = [2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, *palette::COLOURS.end()];

impl Knob {
    /// That of the wish; `None` where there is nothing to turn.
    pub(super) fn of(spec: &OutputSpec) -> Option<Self> {
        match spec.format {
            Format::Png if spec.codec.png.colours == PngColours::Palette => Some(Self::Colours),
            Format::Gif => Some(Self::Colours),
            format if format.has_quality() && !spec.lossless => Some(Self::Quality),
            _ => None,
        }
    }

    /// The steps there are; of colours not more than the wish allows.
    pub(super) fn range(self, spec: &OutputSpec) -> RangeInclusive<u16> {
        match self {
            Self::Quality => 1..=100,
            Self::Colours => {
                let most = match spec.format {
                    Format::Gif => spec.codec.gif.colours,
                    _ => spec.codec.png.palette.colours,
                };
                let places = COLOURS.iter().take_while(|it| **it <= most).count() as u16;
                0..=places.saturating_sub(1)
            }
        }
    }

    /// The wish at a step.
    pub(super) fn turned(self, spec: &OutputSpec, step: u16) -> OutputSpec {
        let mut spec = spec.clone();
        match self {
            Self::Quality => spec.quality = step.clamp(1, 100) as u8,
            Self::Colours => {
                let colours = COLOURS.get(usize::from(step)).copied().unwrap_or(*palette::COLOURS.end());
                match spec.format {
                    Format::Gif => spec.codec.gif.colours = colours,
                    _ => spec.codec.png.palette.colours = colours,
                }
            }
        }
        spec
    }

    /// By how much SSIMULACRA2 rises with a step, about.
    pub(super) fn look_slope(self) -> f64 {
        match self {
            Self::Quality => 0.7,
            Self::Colours => 4.0,
        }
    }

    /// By how much the logarithm of the weight rises with a step, about.
    pub(super) fn weight_slope(self) -> f64 {
        match self {
            Self::Quality => 0.03,
            Self::Colours => 0.15,
        }
    }

    /// Where photos have this score, about.
    pub(super) fn step_of_look(self, format: Format, score: f64) -> u16 {
        let Self::Quality = self else { return (COLOURS.len() - 1) as u16 };
        let table: &[(f64, f64)] = match format {
            Format::Jpeg => &[(30.0, 25.0), (50.0, 42.0), (70.0, 74.0), (80.0, 87.0), (85.0, 92.0), (90.0, 96.0)],
            Format::Avif => &[(30.0, 30.0), (50.0, 44.0), (70.0, 62.0), (80.0, 75.0), (85.0, 83.0), (90.0, 92.0)],
            _ => &[(30.0, 10.0), (50.0, 38.0), (70.0, 74.0), (80.0, 87.0), (85.0, 93.0), (90.0, 98.0)],
        };
        let after = table.iter().position(|(known, _)| score <= *known).unwrap_or(table.len() - 1).max(1);
        let [(x0, y0), (x1, y1)] = [table[after - 1], table[after]];
        (y0 + (score - x0) / (x1 - x0) * (y1 - y0)).round().clamp(1.0, 100.0) as u16
    }
}
