//! Pixels on their way to the screen: made ready on a worker, uploaded once.

use crate::{
    engine::{Layout, Raster},
    jobs::ports::Painted,
};
use egui::{ColorImage, Context, TextureFilter, TextureHandle, TextureOptions, TextureWrapMode};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// The longest side that a texture may have. Known only once the first frame is drawn; until
/// then what every GPU of today takes.
#[derive(Clone)]
pub(super) struct MaxSide(Arc<AtomicUsize>);

impl Default for MaxSide {
    fn default() -> Self {
        Self(Arc::new(AtomicUsize::new(2048)))
    }
}

impl MaxSide {
    /// Takes over what the toolkit found out.
    pub(super) fn learn(&self, ctx: &Context) {
        self.0.store(ctx.input(|it| it.max_texture_side), Ordering::Relaxed);
    }

    fn get(&self) -> usize {
        self.0.load(Ordering::Relaxed).max(1)
    }
}

/// Makes a raster ready for the screen: 8 bits, at most as large as a texture can be.
pub(super) fn paint(raster: &Raster, max_side: &MaxSide) -> Painted {
    let narrow = raster.to_narrow();
    let size = [narrow.width() as usize, narrow.height() as usize];
    let image = match narrow.layout() {
        Layout::Rgb8 => ColorImage::from_rgb(size, narrow.bytes()),
        _ => ColorImage::from_rgba_unmultiplied(size, narrow.bytes()),
    };
    let factor = size[0].max(size[1]).div_ceil(max_side.get());
    Arc::new(Arc::new(if 1 < factor { shrunk(&image, factor) } else { image }))
}

/// Averages squares of `factor` pixels; the values are premultiplied, so alpha takes part.
fn shrunk(image: &ColorImage, factor: usize) -> ColorImage {
    let [width, height] = image.size;
    let size = [width.div_ceil(factor), height.div_ceil(factor)];
    let mut bytes = Vec::with_capacity(size[0] * size[1] * 4);
    for rows in image.pixels.chunks(width * factor) {
        for column in 0..size[0] {
            let mut sum = [0_usize; 4];
            let mut count = 0;
            for row in rows.chunks(width) {
                for pixel in row.iter().skip(column * factor).take(factor) {
                    sum.iter_mut().zip(pixel.to_array()).for_each(|(sum, channel)| *sum += usize::from(channel));
                    count += 1;
                }
            }
            // An average of bytes is a byte.
            bytes.extend(sum.map(|it| (it / count.max(1)) as u8));
        }
    }
    ColorImage::from_rgba_premultiplied(size, &bytes)
}

/// The texture of one picture, uploaded again only when the picture is another.
#[derive(Default)]
pub(super) struct Slot {
    of: Option<Painted>,
    texture: Option<TextureHandle>,
}

impl Slot {
    /// The texture of what a worker made ready.
    pub(super) fn texture(&mut self, ctx: &Context, name: &str, painted: &Painted) -> Option<&TextureHandle> {
        let is_known = self.of.as_ref().is_some_and(|it| std::ptr::addr_eq(Arc::as_ptr(it), Arc::as_ptr(painted)));
        if !is_known {
            let image = painted.downcast_ref::<Arc<ColorImage>>()?.clone();
            // A texture larger than the GPU's would be a panic in the toolkit.
            let fits = image.size.iter().all(|side| *side <= ctx.input(|it| it.max_texture_side));
            self.texture = fits.then(|| ctx.load_texture(name, image, OPTIONS));
            self.of = Some(painted.clone());
        }
        self.texture.as_ref()
    }

    /// Frees the texture.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

/// Crisp when enlarged, free of shimmer when made smaller.
const OPTIONS: TextureOptions = TextureOptions {
    magnification: TextureFilter::Nearest,
    minification: TextureFilter::Linear,
    wrap_mode: TextureWrapMode::ClampToEdge,
    mipmap_mode: Some(TextureFilter::Linear),
};

#[cfg(test)]
mod tests {
    use super::{MaxSide, paint};
    use crate::engine::{Layout, Raster};
    use egui::ColorImage;
    use std::sync::Arc;

    #[test]
    fn no_texture_is_larger_than_the_gpu_takes() {
        let raster = Raster::from_samples8(5000, 3, Layout::Rgb8, [10, 20, 30].repeat(15_000)).unwrap();
        let painted = paint(&raster, &MaxSide::default());
        let image = painted.downcast_ref::<Arc<ColorImage>>().unwrap();
        // By hand: 5000 / 2048 rounds up to 3; a third of 5000 rounds up to 1667.
        assert_eq!(image.size, [1667, 1]);
        assert!(image.pixels.iter().all(|it| it.to_array() == [10, 20, 30, 255]));
    }
}
