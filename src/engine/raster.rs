//! Decoded pixels, shared and never edited in place.

use std::{fmt, sync::Arc};

/// How the samples of a [`Raster`] lie in memory: rows from top to bottom without padding,
/// pixels from left to right, channels interleaved. 16-bit samples are in native byte order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Layout {
    /// Three 8-bit channels, opaque.
    Rgb8,
    /// Four 8-bit channels with straight (not premultiplied) alpha.
    Rgba8,
    /// Three 16-bit channels, opaque.
    Rgb16,
    /// Four 16-bit channels with straight alpha.
    Rgba16,
}

impl Layout {
    /// Channels a pixel, alpha included.
    pub fn channels(self) -> usize {
        if self.has_alpha() { 4 } else { 3 }
    }

    /// Bytes a pixel.
    pub fn bytes_per_pixel(self) -> usize {
        self.channels() * if self.is_wide() { 2 } else { 1 }
    }

    /// Is there an alpha channel?
    pub fn has_alpha(self) -> bool {
        matches!(self, Self::Rgba8 | Self::Rgba16)
    }

    /// Are the samples 16 bits wide?
    pub fn is_wide(self) -> bool {
        matches!(self, Self::Rgb16 | Self::Rgba16)
    }
}

/// Anything that owns bytes: a vector, a mapping.
pub type Storage = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// A picture in memory. Cloning shares the pixels.
///
/// Without a profile the values are sRGB; with one they are in the space that the ICC
/// profile describes (an RGB profile, ICC.1:2022).
#[derive(Clone)]
pub struct Raster {
    width: u32,
    height: u32,
    layout: Layout,
    storage: Storage,
    profile: Option<Arc<[u8]>>,
}

/// Owned 16-bit samples, seen as bytes.
struct Wide(Vec<u16>);

impl AsRef<[u8]> for Wide {
    fn as_ref(&self) -> &[u8] {
        bytemuck::cast_slice(&self.0)
    }
}

impl Raster {
    /// Wraps storage, which may be foreign memory.
    ///
    /// `None` unless the length is exactly width × height × bytes a pixel, neither side is
    /// zero, and 16-bit samples are aligned.
    pub fn from_storage(width: u32, height: u32, layout: Layout, storage: Storage) -> Option<Self> {
        let bytes = (*storage).as_ref();
        let wanted = (width as usize).checked_mul(height as usize)?.checked_mul(layout.bytes_per_pixel())?;
        let aligned = !layout.is_wide() || bytemuck::try_cast_slice::<u8, u16>(bytes).is_ok();
        (0 < wanted && bytes.len() == wanted && aligned).then_some(Self {
            width,
            height,
            layout,
            storage,
            profile: None,
        })
    }

    /// Takes 8-bit samples; `None` when the layout is wide or the length does not fit.
    pub fn from_samples8(width: u32, height: u32, layout: Layout, samples: Vec<u8>) -> Option<Self> {
        if layout.is_wide() { None } else { Self::from_storage(width, height, layout, Arc::new(samples)) }
    }

    /// Takes 16-bit samples; `None` when the layout is not wide or the length does not fit.
    pub fn from_samples16(width: u32, height: u32, layout: Layout, samples: Vec<u16>) -> Option<Self> {
        if layout.is_wide() { Self::from_storage(width, height, layout, Arc::new(Wide(samples))) } else { None }
    }

    /// The same pixels, said to be in the space of an ICC profile (`None`: sRGB).
    #[must_use]
    pub fn with_profile(mut self, profile: Option<Arc<[u8]>>) -> Self {
        self.profile = profile;
        self
    }

    /// Width in pixels, at least 1.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels, at least 1.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Width and height in pixels.
    pub fn size(&self) -> [u32; 2] {
        [self.width, self.height]
    }

    /// How the samples lie in memory.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// The ICC profile of the values; `None` means sRGB.
    pub fn profile(&self) -> Option<&Arc<[u8]>> {
        self.profile.as_ref()
    }

    /// All samples as bytes.
    pub fn bytes(&self) -> &[u8] {
        (*self.storage).as_ref()
    }

    /// All samples of a wide raster; empty for an 8-bit one.
    pub fn samples16(&self) -> &[u16] {
        if self.layout.is_wide() { bytemuck::try_cast_slice(self.bytes()).unwrap_or_default() } else { &[] }
    }

    /// Are these the very same pixels in memory (not merely equal ones)?
    pub fn same_pixels(&self, other: &Self) -> bool {
        std::ptr::addr_eq(Arc::as_ptr(&self.storage), Arc::as_ptr(&other.storage)) && self.profile == other.profile
    }

    /// Bytes of memory the samples take.
    pub fn byte_len(&self) -> usize {
        self.bytes().len()
    }

    /// The samples as 8-bit RGBA with straight alpha, 16-bit values rounded; four bytes a pixel.
    pub fn to_rgba8(&self) -> Vec<u8> {
        match self.layout {
            Layout::Rgba8 => self.bytes().to_vec(),
            Layout::Rgb8 => self.bytes().as_chunks::<3>().0.iter().flat_map(|&[r, g, b]| [r, g, b, u8::MAX]).collect(),
            Layout::Rgba16 => self.samples16().iter().map(|&it| narrow(it)).collect(),
            Layout::Rgb16 => {
                let pixels = self.samples16().as_chunks::<3>().0;
                pixels.iter().flat_map(|&[r, g, b]| [narrow(r), narrow(g), narrow(b), u8::MAX]).collect()
            }
        }
    }

    /// An 8-bit raster of the same pixels; shares them when they are 8-bit already.
    #[must_use]
    pub fn to_narrow(&self) -> Self {
        let layout = match self.layout {
            Layout::Rgb8 | Layout::Rgba8 => return self.clone(),
            Layout::Rgb16 => Layout::Rgb8,
            Layout::Rgba16 => Layout::Rgba8,
        };
        let samples: Vec<u8> = self.samples16().iter().map(|&it| narrow(it)).collect();
        Self { layout, storage: Arc::new(samples), ..self.clone() }
    }
}

/// 16 to 8 bits, rounded to the nearest: `v / 257`.
fn narrow(sample: u16) -> u8 {
    // 0..=65535 maps onto 0..=255, so the cast cannot cut anything off.
    ((u32::from(sample) + 128) / 257) as u8
}

impl fmt::Debug for Raster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Raster({} × {} {:?}, profile {})", self.width, self.height, self.layout, self.profile.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::{Layout, Raster, narrow};

    #[test]
    fn lengths_that_do_not_fit_are_refused() {
        assert!(Raster::from_samples8(2, 2, Layout::Rgb8, vec![0; 12]).is_some());
        assert!(Raster::from_samples8(2, 2, Layout::Rgb8, vec![0; 11]).is_none());
        assert!(Raster::from_samples8(0, 2, Layout::Rgb8, vec![]).is_none());
        assert!(Raster::from_samples8(u32::MAX, u32::MAX, Layout::Rgba8, vec![]).is_none());
        assert!(Raster::from_samples8(1, 1, Layout::Rgb16, vec![0; 6]).is_none());
        assert!(Raster::from_samples16(1, 1, Layout::Rgb16, vec![0; 3]).is_some());
    }

    #[test]
    fn narrowing_rounds_to_the_nearest() {
        // By hand: 257 × 128 = 32,896 is exactly 128; half a step is 128.5.
        assert_eq!([narrow(0), narrow(128), narrow(129), narrow(32_896), narrow(u16::MAX)], [0, 0, 1, 128, 255]);
    }
}
