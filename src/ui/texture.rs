//! Pixels on their way to the screen: made ready on a worker, uploaded once.

use super::canvas::PICTURE_TEXTURE;
use crate::{
    engine::{Layout, Raster},
    jobs::ports::Painted,
};
use egui::{ColorImage, Context, TextureFilter, TextureHandle, TextureOptions};
use std::{
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::Duration,
};

/// The longest side that a texture may have. Known only once the first frame is drawn, which is
/// after the first pictures were asked for.
#[derive(Clone, Default)]
pub(super) struct MaxSide(Arc<(Mutex<Option<usize>>, Condvar)>);

/// What every GPU of today takes.
const SAFE_SIDE: usize = 2048;

/// A worker waits so long for the first frame; a hidden window draws none.
const PATIENCE: Duration = Duration::from_secs(2);

impl MaxSide {
    /// Takes over what the toolkit found out.
    pub(super) fn learn(&self, ctx: &Context) {
        let known = ctx.input(|it| it.max_texture_side);
        let (side, changed) = &*self.0;
        *side.lock().unwrap_or_else(PoisonError::into_inner) = Some(known);
        changed.notify_all();
    }

    /// For workers: waits a little for the first frame.
    fn get(&self) -> usize {
        let (side, changed) = &*self.0;
        let side = side.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = changed.wait_timeout_while(side, PATIENCE, |it| it.is_none());
        let (side, _) = waited.unwrap_or_else(PoisonError::into_inner);
        side.unwrap_or(SAFE_SIDE).max(1)
    }
}

/// What a worker made ready for the screen.
struct Ready {
    image: Arc<ColorImage>,
    is_shrunk: bool,
}

/// Makes a raster ready for the screen: 8 bits, at most as large as a texture can be.
pub(super) fn paint(raster: &Raster, max_side: &MaxSide) -> Painted {
    let narrow = raster.to_narrow();
    let size = [narrow.width() as usize, narrow.height() as usize];
    let image = match narrow.layout() {
        Layout::Rgb8 => ColorImage::from_rgb(size, narrow.bytes()),
        _ => ColorImage::from_rgba_unmultiplied(size, narrow.bytes()),
    };
    let longest = size[0].max(size[1]);
    // Whoever fits everywhere need not wait for the answer.
    let factor = if longest <= SAFE_SIDE { 1 } else { longest.div_ceil(max_side.get()) };
    let image = if 1 < factor { shrunk(&image, factor) } else { image };
    Arc::new(Ready { image: Arc::new(image), is_shrunk: 1 < factor })
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
            let Ready { image, is_shrunk } = painted.downcast_ref()?;
            // A texture larger than the GPU's would be a panic in the toolkit.
            let fits = image.size.iter().all(|side| *side <= ctx.input(|it| it.max_texture_side));
            self.texture = fits.then(|| ctx.load_texture(name, image.clone(), options(*is_shrunk)));
            self.of = Some(painted.clone());
        }
        self.texture.as_ref()
    }

    /// Frees the texture.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

/// Pixels are crisp when enlarged, unless they are averages of what is there.
fn options(is_shrunk: bool) -> TextureOptions {
    let magnification = if is_shrunk { TextureFilter::Linear } else { PICTURE_TEXTURE.magnification };
    TextureOptions { magnification, ..PICTURE_TEXTURE }
}

#[cfg(test)]
mod tests {
    use super::{MaxSide, Ready, paint};
    use crate::engine::{Layout, Raster};
    use egui::Context;

    #[test]
    fn no_texture_is_larger_than_the_gpu_takes() {
        let raster = Raster::from_samples8(5000, 3, Layout::Rgb8, [10, 20, 30].repeat(15_000)).unwrap();
        let max_side = MaxSide::default();
        max_side.learn(&Context::default());
        let painted = paint(&raster, &max_side);
        let Ready { image, is_shrunk } = painted.downcast_ref().unwrap();
        assert!(is_shrunk);
        // The toolkit's first guess is 2048. By hand: 5000 / 2048 rounds up to 3; a third of 5000 rounds up to 1667.
        assert_eq!(image.size, [1667, 1]);
        assert!(image.pixels.iter().all(|it| it.to_array() == [10, 20, 30, 255]));
    }
}
