//! What the samples of a TIFF mean: the photometric interpretations (TIFF 6.0 §3 to §6 and §16 to
//! §23, and the technical notes of Adobe).

use super::{
    hdr, inks, lab,
    pixels::{Pixels, Samples},
    space::Space,
    still::Stored,
    tiff_chunks::unsupported,
    tiff_tags::Directory,
};
use crate::engine::{EngineError, Gamut};

/// Samples as they are stored, side by side, not yet stretched to the range of their type.
pub(super) enum Values {
    /// Up to 8 bits.
    Narrow(Vec<u8>),
    /// Up to 16 bits; of wider integers the highest 16.
    Wide(Vec<u16>),
    /// Floating point.
    Float(Vec<f32>),
}

/// What the numbers of PhotometricInterpretation stand for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Meaning {
    WhiteIsZero,
    BlackIsZero,
    Rgb,
    Palette,
    Cmyk,
    YCbCr,
    /// a* and b* are signed.
    CieLab,
    /// a* and b* are shifted.
    IccLab,
}

impl Meaning {
    /// By the tags PhotometricInterpretation and InkSet.
    pub(super) fn read(directory: &Directory<'_>, photometric: u64) -> Result<Self, EngineError> {
        Ok(match photometric {
            0 => Self::WhiteIsZero,
            1 | 4 => Self::BlackIsZero,
            2 => Self::Rgb,
            3 => Self::Palette,
            5 if directory.one(332) != Some(2) => Self::Cmyk,
            5 => return Err(unsupported("its inks are not cyan, magenta, yellow and black")),
            6 => Self::YCbCr,
            8 => Self::CieLab,
            9 => Self::IccLab,
            10 => return Err(unsupported("its colours are ITU L*a*b*")),
            32_803 | 34_892 => return Err(unsupported("it holds raw values of a camera's sensor")),
            32_844 | 32_845 => return Err(unsupported("its colours are SGI LogLuv")),
            other => return Err(unsupported(&format!("its photometric interpretation is number {other}"))),
        })
    }

    /// Samples of a pixel that hold its colour.
    pub(super) fn colors(self) -> usize {
        match self {
            Self::WhiteIsZero | Self::BlackIsZero | Self::Palette => 1,
            Self::Rgb | Self::YCbCr | Self::CieLab | Self::IccLab => 3,
            Self::Cmyk => 4,
        }
    }
}

/// ExtraSamples (TIFF 6.0 §18).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Alpha {
    None,
    Straight,
    /// Multiplied into the colours.
    Associated,
}

/// A picture with all of its samples.
pub(super) struct Picture<'a> {
    pub(super) directory: &'a Directory<'a>,
    pub(super) width: u32,
    pub(super) height: u32,
    /// Bits a sample as stored.
    pub(super) bits: usize,
    pub(super) meaning: Meaning,
    pub(super) alpha: Alpha,
    pub(super) values: Values,
}

impl Picture<'_> {
    fn channels(&self) -> usize {
        self.meaning.colors() + usize::from(self.alpha != Alpha::None)
    }

    /// Colours that a screen can show.
    ///
    /// # Errors
    /// [`EngineError::UnsupportedFeature`].
    pub(super) fn shown(mut self) -> Result<Stored, EngineError> {
        let values = std::mem::replace(&mut self.values, Values::Narrow(vec![]));
        if self.meaning == Meaning::Palette {
            return self.colored(&values);
        }
        let samples = match values {
            Values::Narrow(samples) => Samples::Narrow(stretched(samples, self.bits, 255).into()),
            Values::Wide(samples) => Samples::Wide(stretched(samples, self.bits.min(16), 65_535)),
            Values::Float(light) => return self.scene(light),
        };
        match self.meaning {
            Meaning::Cmyk => Ok(self.developed(samples)),
            Meaning::CieLab | Meaning::IccLab => Ok(self.lab(&samples)),
            Meaning::YCbCr => self.ycbcr(samples),
            Meaning::WhiteIsZero => Ok(self.plain(self.channels(), self.inverted(samples))),
            _ => Ok(self.plain(self.channels(), samples)),
        }
    }

    fn icc(&self) -> Option<Vec<u8>> {
        self.directory.raw(34_675).map(<[u8]>::to_vec)
    }

    fn plain(&self, channels: usize, samples: Samples) -> Stored {
        let mut pixels = Pixels { width: self.width, height: self.height, channels, samples };
        if self.alpha == Alpha::Associated {
            pixels = pixels.with_straight_alpha();
        }
        // At most 64.
        Stored { space: Space::of_icc(self.icc()), ..Stored::plain(pixels, self.bits as u8) }
    }

    /// White where zero is stored; alpha stays.
    fn inverted(&self, mut samples: Samples) -> Samples {
        let channels = self.channels();
        match &mut samples {
            Samples::Narrow(samples) => samples.iter_mut().step_by(channels).for_each(|it| *it = u8::MAX - *it),
            Samples::Wide(samples) => samples.iter_mut().step_by(channels).for_each(|it| *it = u16::MAX - *it),
        }
        samples
    }

    /// Linear light, white being 1.
    fn scene(&self, mut light: Vec<f32>) -> Result<Stored, EngineError> {
        let channels = self.channels();
        match self.meaning {
            Meaning::BlackIsZero | Meaning::Rgb => {}
            Meaning::WhiteIsZero => light.iter_mut().step_by(channels).for_each(|it| *it = 1.0 - *it),
            _ => return Err(unsupported("its colours are in floating point, but not grey or RGB")),
        }
        if self.alpha == Alpha::Associated {
            for pixel in light.chunks_exact_mut(channels) {
                let Some((alpha, colors)) = pixel.split_last_mut() else { continue };
                colors.iter_mut().filter(|_| 0.0 < *alpha).for_each(|color| *color /= *alpha);
            }
        }
        let gamut = if hdr::exceeds_white(&light, channels) { Gamut::Hdr } else { Gamut::Srgb };
        let samples = Samples::Wide(hdr::shown_scene(&light, channels));
        let pixels = Pixels { width: self.width, height: self.height, channels, samples };
        Ok(Stored { gamut, ..Stored::plain(pixels, self.bits as u8) })
    }

    /// ColorMap holds all reds, all greens, all blues, in 16 bits.
    fn colored(&self, values: &Values) -> Result<Stored, EngineError> {
        let map = self.directory.numbers(320);
        // Some writers put 8-bit values where 16-bit ones belong.
        let shift = if map.iter().all(|value| *value < 256) { 0 } else { 8 };
        let planes = map.len() / 3;
        let color = |index: usize| {
            [0, 1, 2]
                .map(|nth| map.get(nth * planes + index).filter(|_| index < planes).map_or(0, |it| (it >> shift) as u8))
        };
        let channels = self.channels();
        let full = (1_u32 << self.bits.min(16)) - 1;
        let alpha = |value: u32| (value * 255 / full) as u8;
        let pixel = |pixel: [u32; 2]| {
            let [red, green, blue] = color(pixel[0] as usize);
            [red, green, blue, alpha(pixel[1])]
        };
        let pair =
            |values: &[u32]| [values.first().copied().unwrap_or_default(), values.get(1).copied().unwrap_or(full)];
        let samples: Vec<u8> = match values {
            Values::Narrow(indices) => {
                let pixels =
                    indices.chunks_exact(channels).map(|it| it.iter().map(|it| u32::from(*it)).collect::<Vec<_>>());
                pixels.flat_map(|it| pixel(pair(&it))).collect()
            }
            Values::Wide(indices) => {
                let pixels =
                    indices.chunks_exact(channels).map(|it| it.iter().map(|it| u32::from(*it)).collect::<Vec<_>>());
                pixels.flat_map(|it| pixel(pair(&it))).collect()
            }
            Values::Float(_) => return Err(unsupported("the indices of its palette are in floating point")),
        };
        Ok(self.plain(4, Samples::Narrow(samples.into())))
    }

    fn developed(&self, samples: Samples) -> Stored {
        let (inks, alpha) = inks::without_alpha(samples, self.channels());
        let inks::Developed { samples, profile_name, warnings } = inks::develop(&inks, self.icc().as_deref());
        let (channels, samples) = inks::with_alpha(samples, alpha);
        let plain = self.plain(channels, samples);
        Stored { space: Space::Unstated, profile_name, warnings, gamut: Gamut::Cmyk, ..plain }
    }

    fn lab(&self, samples: &Samples) -> Stored {
        let is_signed = self.meaning == Meaning::CieLab;
        let (samples, white, step) = match samples {
            Samples::Narrow(samples) => (samples.iter().map(|it| u16::from(*it) << 8).collect(), 65_280.0, 256.0),
            // The ICC encodes white as 0xff00 (ICC.1 §6.3.4.2, for 16 bits in its version 2).
            Samples::Wide(samples) => (samples.clone(), if is_signed { 65_535.0 } else { 65_280.0 }, 256.0),
        };
        let shift = if is_signed { 0x8000 } else { 0 };
        let mut shown: Vec<u16> = samples;
        for pixel in shown.chunks_exact_mut(self.channels()) {
            if let Some(alpha) = pixel.get_mut(3) {
                *alpha |= *alpha >> 8;
            }
            if let Some(colors) = pixel.first_chunk_mut::<3>() {
                let [lightness, a, b] = *colors;
                let [a, b] = [a, b].map(|it| (f32::from(it ^ shift) - 32_768.0) / step);
                *colors = lab::to_srgb([f32::from(lightness) / white * 100.0, a, b]);
            }
        }
        let plain = self.plain(self.channels(), Samples::Wide(shown));
        Stored { space: Space::Unstated, gamut: Gamut::Wide, ..plain }
    }

    /// By YCbCrCoefficients and ReferenceBlackWhite (TIFF 6.0 §20 and §21).
    fn ycbcr(&self, samples: Samples) -> Result<Stored, EngineError> {
        let Samples::Narrow(mut samples) = samples else {
            return Err(unsupported("its YCbCr has more than 8 bits"));
        };
        let [red, green, blue] = *self.directory.fractions(529).first_chunk().unwrap_or(&[0.299, 0.587, 0.114]);
        let reference = self.directory.fractions(532);
        let reference = reference.first_chunk().unwrap_or(&[0.0, 255.0, 128.0, 255.0, 128.0, 255.0]);
        let [y0, y1, cb0, cb1, cr0, cr1] = *reference;
        for pixel in samples.chunks_exact_mut(self.channels()) {
            if let Some(colors) = pixel.first_chunk_mut::<3>() {
                let [y, cb, cr] = colors.map(f32::from);
                let y = (y - y0) * 255.0 / (y1 - y0);
                let cb = (cb - cb0) * 127.0 / (cb1 - cb0);
                let cr = (cr - cr0) * 127.0 / (cr1 - cr0);
                let r = cr * (2.0 - 2.0 * red) + y;
                let b = cb * (2.0 - 2.0 * blue) + y;
                let g = (y - blue * b - red * r) / green;
                // Casting cuts off what no byte can hold.
                *colors = [r, g, b].map(|it| it.round() as u8);
            }
        }
        Ok(self.plain(self.channels(), Samples::Narrow(samples)))
    }
}

/// From the range of so many bits to the full range of the type.
fn stretched<T: Copy + Into<u32> + TryFrom<u32>>(mut samples: Vec<T>, bits: usize, full: u32) -> Vec<T> {
    let most = (1_u32 << bits.min(16)) - 1;
    if most != full {
        for sample in &mut samples {
            let value: u32 = (*sample).into();
            // At most 65,535 × 65,535, which fits, and the quotient fits its own type.
            *sample = T::try_from((value.min(most) * full + most / 2) / most).unwrap_or(*sample);
        }
    }
    samples
}

/// 1 bit of sign, 7 of exponent, 16 of fraction (Adobe's Photoshop TIFF Technical Note 3).
pub(super) fn float_of_24_bits(bits: u32) -> f32 {
    let (sign, exponent, fraction) = ((bits >> 23) << 31, (bits >> 16) & 0x7f, bits & 0xffff);
    match exponent {
        0 => f32::from_bits(sign | (fraction as f32 * f32::powi(2.0, -78)).to_bits()),
        127 => f32::from_bits(sign | 0x7f80_0000 | (fraction << 7)),
        _ => f32::from_bits(sign | ((exponent + 64) << 23) | (fraction << 7)),
    }
}

#[cfg(test)]
mod tests {
    use super::{float_of_24_bits, stretched};

    #[test]
    fn short_floats() {
        assert_eq!(float_of_24_bits(63 << 16), 1.0);
        assert_eq!(float_of_24_bits(1 << 23 | 64 << 16 | 0x8000), -3.0);
        assert!(float_of_24_bits(127 << 16).is_infinite());
    }

    #[test]
    fn few_bits_reach_white() {
        assert_eq!(stretched(vec![0_u8, 1, 2, 3], 2, 255), [0, 85, 170, 255]);
        assert_eq!(stretched(vec![0_u8, 7, 15], 4, 255), [0, 119, 255]);
        // 2,048 × 65,535 ÷ 4,095 = 32,775.5 and a bit.
        assert_eq!(stretched(vec![0_u16, 2_048, 4_095], 12, 65_535), [0, 32_776, 65_535]);
        assert_eq!(stretched(vec![1_u16, 65_535], 16, 65_535), [1, 65_535]);
    }
}
