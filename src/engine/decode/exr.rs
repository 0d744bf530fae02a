//! OpenEXR: linear light in channels of any name, in a data window upon a display window.
//!
//! What is shown is the display window of the first flat part: its red, green and blue, or its
//! luminance, of the unnamed layer before those with names.

use super::{
    hdr,
    pixels::{Pixels, Samples},
    space::{Measured, Space},
    still::Stored,
};
use crate::engine::{EngineError, Format, Gamut, Tools};
use exr::{
    block,
    error::Error,
    image::{FlatSamples, read::read},
    meta::{attribute::SampleType, header::Header},
    prelude::{ReadChannels as _, ReadLayers as _},
};
use std::io::Cursor;

/// The channels that are shown, by their places; a colour that is missing is black.
#[derive(Debug, PartialEq)]
struct Choice {
    colors: Vec<Option<usize>>,
    alpha: Option<usize>,
}

/// Decodes the first flat part.
///
/// # Errors
/// Any of [`EngineError`]'s reading errors.
pub(super) fn decode(bytes: &[u8], tools: Tools<'_>) -> Result<Stored, EngineError> {
    let reader = block::read(Cursor::new(bytes), false).map_err(fault)?;
    let header = reader.headers().iter().find(|it| !it.deep).ok_or_else(|| unsupported("all of it is deep data"))?;
    let names: Vec<String> = header.channels.list.iter().map(|it| it.name.to_string()).collect();
    let choice = choose(&names).ok_or_else(|| unsupported("it has no channels"))?;
    let shown = Shown::read(header, &choice, tools)?;
    let primaries = primaries(header);
    tools.cancel.check()?;
    let image = read()
        .no_deep_data()
        .largest_resolution_level()
        .all_channels()
        .first_valid_layer()
        .all_attributes()
        .from_chunks(reader)
        .map_err(fault)?;
    tools.cancel.check()?;
    let planes: Vec<FlatSamples> = image.layer_data.channel_data.list.into_iter().map(|it| it.sample_data).collect();
    let channels = choice.colors.len() + usize::from(choice.alpha.is_some());
    let mut light = vec![0.0; shown.width as usize * shown.height as usize * channels];
    for (nth, plane) in choice.colors.iter().chain([&choice.alpha].into_iter().filter(|it| it.is_some())).enumerate() {
        if let Some(plane) = plane.and_then(|at| planes.get(at)) {
            shown.place(plane, nth, channels, &mut light);
        }
    }
    if choice.alpha.is_some() {
        straighten(&mut light, channels);
    }
    if let (3.., Ok(Some(described))) = (channels, Space::Measured(Measured { exponent: 1.0, primaries }).describe())
        && primaries.is_some()
    {
        hdr::to_srgb_primaries(&mut light, channels, &described.profile);
    }
    let gamut = if hdr::exceeds_white(&light, channels) { Gamut::Hdr } else { Gamut::Srgb };
    let samples = Samples::Wide(hdr::shown_scene(&light, channels));
    let pixels = Pixels { width: shown.width, height: shown.height, channels, samples };
    Ok(Stored { gamut, ..Stored::plain(pixels, shown.depth) })
}

/// The display window, and where the data lie in it.
struct Shown {
    width: u32,
    height: u32,
    /// Of the data, in pixels.
    data_width: usize,
    /// Of the first pixel of the data within the display window.
    left: i64,
    top: i64,
    depth: u8,
}

impl Shown {
    fn read(header: &Header, choice: &Choice, tools: Tools<'_>) -> Result<Self, EngineError> {
        let window = header.shared_attributes.display_window;
        let side = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let (width, height) = (side(window.size.x()), side(window.size.y()));
        let data = header.layer_size;
        // The planes as they are stored, then light and what is shown of it.
        let stored = header.channels.bytes_per_pixel as u64;
        tools.limits.check(side(data.x()), side(data.y()), stored)?;
        tools.limits.check(width, height, 6 * (choice.colors.len() as u64 + 1))?;
        let start = |own: i32, window: i32| i64::from(own) - i64::from(window);
        let position = header.own_attributes.layer_position;
        let first = choice.colors.iter().flatten().next().and_then(|at| header.channels.list.get(*at));
        let is_half = first.is_some_and(|it| it.sample_type == SampleType::F16);
        Ok(Self {
            width,
            height,
            data_width: data.x(),
            left: start(position.x(), window.position.x()),
            top: start(position.y(), window.position.y()),
            depth: if is_half { 16 } else { 32 },
        })
    }

    /// Puts a channel where it belongs; what lies outside of the display window is not shown.
    fn place(&self, plane: &FlatSamples, nth: usize, channels: usize, light: &mut [f32]) {
        let values: Vec<f32> = plane.values_as_f32().collect();
        for (y, row) in values.chunks_exact(self.data_width.max(1)).enumerate() {
            let Some(y) = within(self.top, y, self.height) else { continue };
            let start = y * self.width as usize;
            for (x, value) in row.iter().enumerate() {
                let Some(x) = within(self.left, x, self.width) else { continue };
                if let Some(to) = light.get_mut((start + x) * channels + nth) {
                    *to = *value;
                }
            }
        }
    }
}

fn within(start: i64, at: usize, length: u32) -> Option<usize> {
    let at = start.checked_add(i64::try_from(at).ok()?)?;
    usize::try_from(at).ok().filter(|it| *it < length as usize)
}

/// Colours are multiplied by their alpha (Technical Introduction to OpenEXR, Premultiplied Color).
fn straighten(light: &mut [f32], channels: usize) {
    for pixel in light.chunks_exact_mut(channels) {
        let Some((alpha, colors)) = pixel.split_last_mut() else { continue };
        if 0.0 < *alpha {
            colors.iter_mut().for_each(|color| *color /= *alpha);
        }
    }
}

/// The unnamed layer comes first, then those with names in the order of the file. Without red,
/// green, blue or luminance the first channel is shown as grey.
fn choose(names: &[String]) -> Option<Choice> {
    let layer = |name: &String| name.rfind('.').and_then(|dot| name.get(..=dot)).unwrap_or_default().to_owned();
    let layers = std::iter::once(String::new()).chain(names.iter().map(layer));
    for layer in layers {
        let find = |channel: &str| names.iter().position(|it| it.strip_prefix(&layer) == Some(channel));
        let rgb = ["R", "G", "B"].map(find);
        let alpha = find("A");
        if rgb.iter().any(Option::is_some) {
            return Some(Choice { colors: rgb.to_vec(), alpha });
        }
        if let Some(luminance) = find("Y") {
            return Some(Choice { colors: vec![Some(luminance)], alpha });
        }
    }
    (!names.is_empty()).then(|| Choice { colors: vec![Some(0)], alpha: None })
}

/// x and y of white, red, green and blue, where they are not those of sRGB.
fn primaries(header: &Header) -> Option<[[f64; 2]; 4]> {
    const SRGB: [[f64; 2]; 4] = [[0.3127, 0.329], [0.64, 0.33], [0.3, 0.6], [0.15, 0.06]];
    let stated = header.shared_attributes.chromaticities?;
    let stated = [stated.white, stated.red, stated.green, stated.blue];
    let stated = stated.map(|it| [f64::from(it.x()), f64::from(it.y())]);
    let differs = stated.as_flattened().iter().zip(SRGB.as_flattened()).any(|(a, b)| 0.001 < (a - b).abs());
    differs.then_some(stated)
}

fn unsupported(what: &str) -> EngineError {
    EngineError::UnsupportedFeature { format: Format::OpenExr, cause: what.into() }
}

fn fault(cause: Error) -> EngineError {
    let format = Format::OpenExr;
    match cause {
        Error::NotSupported(_) => EngineError::UnsupportedFeature { format, cause: cause.into() },
        _ => EngineError::Damaged { format, cause: cause.into() },
    }
}

#[cfg(test)]
mod tests {
    use super::{Choice, choose, straighten, within};

    fn chosen(names: &[&str]) -> Option<Choice> {
        choose(&names.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn colours_come_before_layers_and_layers_before_anything() {
        let rgb = Some(Choice { colors: vec![Some(3), Some(2), Some(1)], alpha: Some(0) });
        assert_eq!(chosen(&["A", "B", "G", "R", "diffuse.R"]), rgb);
        assert_eq!(chosen(&["Y", "Z"]), Some(Choice { colors: vec![Some(0)], alpha: None }));
        let named = Some(Choice { colors: vec![Some(2), None, Some(1)], alpha: None });
        assert_eq!(chosen(&["N.X", "light.B", "light.R"]), named);
        assert_eq!(chosen(&["Z"]), Some(Choice { colors: vec![Some(0)], alpha: None }));
        assert_eq!(chosen(&[]), None);
    }

    #[test]
    fn data_outside_of_the_window_are_left_out() {
        assert_eq!(
            (within(-2, 1, 4), within(-2, 2, 4), within(3, 0, 4), within(3, 1, 4)),
            (None, Some(0), Some(3), None)
        );
        let mut light = [0.25, 0.5, 0.5, 0.0];
        straighten(&mut light, 2);
        assert_eq!(light, [0.5, 0.5, 0.5, 0.0]);
    }
}
