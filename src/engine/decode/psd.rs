//! Photoshop documents: the merged picture, by Adobe's Photoshop File Formats Specification.
//!
//! PSD and its large form PSB, in all modes but multichannel. Layers are never composed: the
//! picture that the program saved for others is what is shown.

use super::{
    buffer::Buffer,
    hdr, inks, lab,
    pixels::{Pixels, Samples},
    psd_planes::{self, Planes},
    space::Space,
    still::Stored,
};
use crate::engine::{EngineError, Format, Gamut, Tools, Warning};
use moxcms::ColorProfile;

/// Color modes (File Header Section).
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mode {
    Bitmap,
    /// Also duotones, whose inks are not stated in public.
    Grey,
    Indexed,
    Rgb,
    Cmyk,
    Lab,
}

impl Mode {
    /// Channels that hold colours.
    fn colors(self) -> usize {
        match self {
            Self::Bitmap | Self::Grey | Self::Indexed => 1,
            Self::Rgb | Self::Lab => 3,
            Self::Cmyk => 4,
        }
    }
}

/// What stands before the samples.
struct Document<'a> {
    width: u32,
    height: u32,
    channels: usize,
    /// Bits a channel: 1, 8, 16, or 32 in floating point.
    depth: u16,
    mode: Mode,
    /// 256 reds, greens and blues.
    palette: &'a [u8],
    resources: Resources<'a>,
    layers: Layers,
    planes: Planes<'a>,
}

/// What the image resources say (Image Resources Section).
#[derive(Default)]
struct Resources<'a> {
    /// 1039.
    icc: Option<&'a [u8]>,
    /// 1047: the palette index that lets the ground through.
    transparent: Option<u8>,
    /// 1057: false when the merged picture was left out on saving.
    lacks_merged: bool,
    /// 1057: written by Photoshop, which lays the merged picture upon white; others do not.
    lies_on_white: bool,
}

/// What the layer section says (Layer and Mask Information Section).
#[derive(Clone, Copy, Default)]
struct Layers {
    are_any: bool,
    /// The first extra channel is the transparency of the merged picture.
    merged_alpha: bool,
}

/// Decodes the merged picture.
///
/// # Errors
/// Any of [`EngineError`]'s reading errors.
pub(super) fn decode(bytes: &[u8], tools: Tools<'_>) -> Result<Stored, EngineError> {
    let document = Document::read(bytes)?;
    if document.resources.lacks_merged && document.layers.are_any {
        return Err(unsupported("it was saved without its merged picture; save it with Maximize Compatibility"));
    }
    // Planes, what is made of them, and inks besides their colours.
    let sample = u64::from(document.depth.div_ceil(8));
    let (stored, spread) = (document.stored_channels() as u64, if document.depth == 32 { 6 } else { 2 });
    tools.limits.check(document.width, document.height, stored * sample * spread + 4)?;
    tools.cancel.check()?;
    let (planes, is_cut) = document.planes.unpacked(document.stored_channels()).map_err(damaged)?;
    tools.cancel.check()?;
    let mut stored = document.stored(&planes, tools);
    stored.warnings.extend(is_cut.then_some(Warning::Truncated));
    Ok(stored)
}

impl<'a> Document<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, EngineError> {
        let mut reader = Reader { bytes: bytes.get(4..).unwrap_or_default() };
        let cut = || damaged("its header is cut off");
        let is_large = match reader.u16().ok_or_else(cut)? {
            1 => false,
            2 => true,
            _ => return Err(damaged("its version is unknown")),
        };
        reader.take(6).ok_or_else(cut)?;
        let channels = usize::from(reader.u16().ok_or_else(cut)?);
        let (height, width) = (reader.u32().ok_or_else(cut)?, reader.u32().ok_or_else(cut)?);
        let depth = reader.u16().ok_or_else(cut)?;
        let mode = mode(reader.u16().ok_or_else(cut)?, depth)?;
        if !(mode.colors()..=56).contains(&channels) {
            return Err(damaged("its number of channels does not fit its mode"));
        }
        let palette = reader.section(false).ok_or_else(cut)?;
        let resources = Resources::read(reader.section(false).ok_or_else(cut)?);
        let layers = Layers::read(reader.section(is_large).ok_or_else(cut)?, is_large);
        // The size is checked before anything of it is used to reserve memory.
        let row = (u64::from(width) * u64::from(depth)).div_ceil(8);
        let row = usize::try_from(row).map_err(|_too_wide| damaged("its rows are too long"))?;
        let data = reader.bytes;
        let planes =
            Planes { data, is_large, channels, rows: height as usize, row_bytes: row, sample: usize::from(depth / 8) };
        Ok(Self { width, height, channels, depth, mode, palette, resources, layers, planes })
    }

    fn has_alpha(&self) -> bool {
        self.layers.merged_alpha && self.mode != Mode::Bitmap && self.mode.colors() < self.channels
    }

    /// Channels that are shown; others are masks and spot colours.
    fn stored_channels(&self) -> usize {
        self.mode.colors() + usize::from(self.has_alpha())
    }

    fn plain(&self, channels: usize, samples: Samples) -> Stored {
        let pixels = Pixels { width: self.width, height: self.height, channels, samples };
        // At most 32.
        Stored::plain(pixels, self.depth as u8)
    }

    fn stored(&self, planes: &[u8], tools: Tools<'_>) -> Stored {
        match self.mode {
            Mode::Bitmap => self.plain(1, Samples::Narrow(self.bits(planes).into())),
            Mode::Indexed => self.indexed(planes),
            _ if self.depth == 32 => self.scene(planes),
            Mode::Grey | Mode::Rgb => {
                let icc = self.resources.icc.map(<[u8]>::to_vec);
                let samples = self.samples(planes, tools);
                Stored { space: Space::of_icc(icc), ..self.plain(self.stored_channels(), samples) }
            }
            Mode::Cmyk => self.developed(planes, tools),
            Mode::Lab => self.lab(planes, tools),
        }
    }

    /// Black where a bit is set.
    fn bits(&self, planes: &[u8]) -> Vec<u8> {
        let grey = |byte: &u8, at: usize| if (byte >> (7 - at)) & 1 == 0 { u8::MAX } else { 0 };
        let rows = planes.chunks(self.planes.row_bytes.max(1));
        let row = |row: &'_ [u8]| -> Vec<u8> {
            let bits = row.iter().flat_map(|byte| (0..8).map(move |at| grey(byte, at)));
            bits.take(self.width as usize).collect()
        };
        rows.flat_map(row).collect()
    }

    fn indexed(&self, planes: &[u8]) -> Stored {
        let palette = self.palette;
        let color = |index: &u8| {
            let channel = |nth: usize| palette.get(nth * 256 + usize::from(*index)).copied().unwrap_or_default();
            [channel(0), channel(1), channel(2)]
        };
        let (channels, samples) = match self.resources.transparent {
            Some(transparent) => {
                let alpha = |index: &u8| if *index == transparent { 0 } else { u8::MAX };
                let pixel = |index: &u8| {
                    let [red, green, blue] = color(index);
                    [red, green, blue, alpha(index)]
                };
                (4, planes.iter().flat_map(pixel).collect::<Vec<u8>>())
            }
            None => (3, planes.iter().flat_map(color).collect()),
        };
        let icc = self.resources.icc.map(<[u8]>::to_vec);
        Stored { space: Space::of_icc(icc), ..self.plain(channels, Samples::Narrow(samples.into())) }
    }

    /// Interleaved, with colours as they were before they were laid upon white.
    fn samples(&self, planes: &[u8], tools: Tools<'_>) -> Samples {
        let channels = self.stored_channels();
        if self.depth == 16 {
            let mut samples = vec![0; planes.len() / 2];
            psd_planes::interleave(planes, channels, &mut samples, u16::from_be_bytes);
            self.lift(&mut samples, 65_535);
            return Samples::Wide(samples);
        }
        let is_final = self.mode == Mode::Rgb;
        let mut samples: Buffer =
            if is_final { Buffer::last(planes.len(), tools.memory) } else { vec![0; planes.len()].into() };
        psd_planes::interleave(planes, channels, &mut samples, |[value]: [u8; 1]| value);
        self.lift(&mut samples, 255);
        Samples::Narrow(samples)
    }

    /// Where the picture lies upon white its half-transparent colours are mixed with it: no ink is
    /// stored as the highest value, and white of Lab is neutral but for its lightness.
    fn lift<T: Copy + Into<u32> + TryFrom<u32>>(&self, samples: &mut [T], full: u32) {
        if !self.has_alpha() || !self.resources.lies_on_white {
            return;
        }
        let neutral = if self.mode == Mode::Lab { full.div_ceil(2) } else { full };
        for pixel in samples.chunks_exact_mut(self.stored_channels()) {
            let Some((alpha, colors)) = pixel.split_last_mut() else { continue };
            let alpha: u32 = (*alpha).into();
            if alpha == 0 || alpha == full {
                continue;
            }
            for (nth, color) in colors.iter_mut().enumerate() {
                let white = if nth == 0 { full } else { neutral };
                let mixed: u32 = (*color).into();
                let own = i64::from(mixed) * i64::from(full) - i64::from(full - alpha) * i64::from(white);
                let own = ((own + i64::from(alpha) / 2) / i64::from(alpha)).clamp(0, i64::from(full));
                *color = u32::try_from(own).ok().and_then(|own| T::try_from(own).ok()).unwrap_or(*color);
            }
        }
    }

    /// Linear light; of a profile only the primaries count.
    fn scene(&self, planes: &[u8]) -> Stored {
        let channels = self.stored_channels();
        let mut light = vec![0.0; planes.len() / 4];
        psd_planes::interleave(planes, channels, &mut light, f32::from_be_bytes);
        if let (3.., Some(Ok(profile))) = (channels, self.resources.icc.map(ColorProfile::new_from_slice)) {
            hdr::to_srgb_primaries(&mut light, channels, &profile);
        }
        let gamut = if hdr::exceeds_white(&light, channels) { Gamut::Hdr } else { Gamut::Srgb };
        Stored { gamut, ..self.plain(channels, Samples::Wide(hdr::shown_scene(&light, channels))) }
    }

    /// Inks, of which the lowest stored value is the most.
    fn developed(&self, planes: &[u8], tools: Tools<'_>) -> Stored {
        let (mut inks, alpha) = inks::without_alpha(self.samples(planes, tools), self.stored_channels());
        match &mut inks {
            Samples::Narrow(inks) => inks.iter_mut().for_each(|ink| *ink = u8::MAX - *ink),
            Samples::Wide(inks) => inks.iter_mut().for_each(|ink| *ink = u16::MAX - *ink),
        }
        let inks::Developed { samples, profile_name, warnings } = inks::develop(&inks, self.resources.icc);
        let (channels, samples) = inks::with_alpha(samples, alpha);
        Stored { profile_name, warnings, gamut: Gamut::Cmyk, ..self.plain(channels, samples) }
    }

    fn lab(&self, planes: &[u8], tools: Tools<'_>) -> Stored {
        let channels = self.stored_channels();
        let (samples, full, middle) = match self.samples(planes, tools) {
            Samples::Narrow(samples) => (samples.iter().map(|it| u16::from(*it)).collect(), 255.0, 128.0),
            Samples::Wide(samples) => (samples, 65_535.0, 32_768.0),
        };
        let step = 128.0 / middle;
        let mut shown = samples;
        for pixel in shown.chunks_exact_mut(channels) {
            if let Some(alpha) = pixel.get_mut(3).filter(|_| full < 256.0) {
                *alpha *= 257;
            }
            if let Some(colors) = pixel.first_chunk_mut::<3>() {
                let [lightness, a, b] = colors.map(f32::from);
                *colors = lab::to_srgb([lightness / full * 100.0, (a - middle) * step, (b - middle) * step]);
            }
        }
        Stored { gamut: Gamut::Wide, ..self.plain(channels, Samples::Wide(shown)) }
    }
}

fn mode(number: u16, depth: u16) -> Result<Mode, EngineError> {
    let (mode, depths): (_, &[u16]) = match number {
        0 => (Mode::Bitmap, &[1]),
        1 | 8 => (Mode::Grey, &[8, 16, 32]),
        2 => (Mode::Indexed, &[8]),
        3 => (Mode::Rgb, &[8, 16, 32]),
        4 => (Mode::Cmyk, &[8, 16]),
        7 => return Err(unsupported("it is multichannel: spot inks that are not stated")),
        9 => (Mode::Lab, &[8, 16]),
        _ => return Err(damaged("its colour mode is unknown")),
    };
    if depths.contains(&depth) { Ok(mode) } else { Err(damaged("its depth does not fit its mode")) }
}

impl<'a> Resources<'a> {
    fn read(section: &'a [u8]) -> Self {
        let mut found = Self::default();
        let mut reader = Reader { bytes: section };
        while let Some((id, data)) = reader.resource() {
            match id {
                1039 => found.icc = Some(data),
                1047 => found.transparent = data.first_chunk().and_then(|it| u16::from_be_bytes(*it).try_into().ok()),
                1057 => {
                    found.lacks_merged = data.get(4) == Some(&0);
                    let name: Vec<u8> = "Photoshop".encode_utf16().flat_map(u16::to_be_bytes).collect();
                    found.lies_on_white = data.windows(name.len()).any(|it| it == name);
                }
                _ => {}
            }
        }
        found
    }
}

impl Layers {
    /// Deep documents keep their layers in a tagged block behind an empty section.
    fn read(section: &[u8], is_large: bool) -> Self {
        let mut reader = Reader { bytes: section };
        let mut found = Self::default();
        found.count(reader.section(is_large).unwrap_or_default());
        reader.section(false);
        while let Some((key, data)) = reader.tagged(is_large) {
            match &key {
                b"Lr16" | b"Lr32" | b"Layr" => found.count(data),
                b"Mtrn" | b"Mt16" | b"Mt32" => found.merged_alpha = true,
                _ => {}
            }
        }
        found
    }

    fn count(&mut self, info: &[u8]) {
        let count = info.first_chunk().map_or(0, |it| i16::from_be_bytes(*it));
        self.are_any |= count != 0;
        self.merged_alpha |= count < 0;
    }
}

/// Big-endian numbers and sections one behind the other.
struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.bytes.split_first_chunk()?;
        self.bytes = rest;
        Some(*taken)
    }

    fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    /// A section behind its length, which has eight bytes where so stated.
    fn section(&mut self, has_long_length: bool) -> Option<&'a [u8]> {
        let length = if has_long_length { self.array().map(u64::from_be_bytes)? } else { u64::from(self.u32()?) };
        self.take(usize::try_from(length).ok()?)
    }

    /// An image resource: its number and what it holds.
    fn resource(&mut self) -> Option<(u16, &'a [u8])> {
        self.take(4)?;
        let id = self.u16()?;
        let name = usize::from(self.array::<1>()?[0]);
        // The name with its length, and the data, fill an even number of bytes.
        self.take(name + usize::from(name.is_multiple_of(2)))?;
        let data = self.section(false)?;
        self.take(data.len() % 2);
        Some((id, data))
    }

    /// A tagged block: its key and what it holds.
    fn tagged(&mut self, is_large: bool) -> Option<([u8; 4], &'a [u8])> {
        const LONG: [&[u8; 4]; 13] = [
            b"LMsk", b"Lr16", b"Lr32", b"Layr", b"Mt16", b"Mt32", b"Mtrn", b"Alph", b"FMsk", b"lnk2", b"FEid", b"FXid",
            b"PxSD",
        ];
        self.take(4)?;
        let key = self.array()?;
        let data = self.section(is_large && LONG.contains(&&key))?;
        // Padded to four bytes, which the length does not count.
        self.take(data.len().wrapping_neg() % 4);
        Some((key, data))
    }
}

fn damaged(what: &str) -> EngineError {
    EngineError::Damaged { format: Format::Psd, cause: what.into() }
}

fn unsupported(what: &str) -> EngineError {
    EngineError::UnsupportedFeature { format: Format::Psd, cause: what.into() }
}
