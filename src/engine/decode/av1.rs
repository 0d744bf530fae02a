//! AV1 still pictures (the AV1 bitstream specification, and its ISO-BMFF and AVIF bindings).

use super::{
    av1_header::{self, Sequence},
    heif_planes::Bounds,
    pixels::Samples,
    yuv::{Plane, Planes},
};
use crate::engine::{EngineError, Format, error::Cause};
use re_rav1d::dav1d::{Decoder, Error, Picture, PixelLayout, PlanarImageComponent, Settings};

/// What the properties of an item say of its layers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Layers {
    /// The operating point (`a1op`).
    pub(super) point: u8,
    /// The layer that is wanted (`lsel`); `None`: the best one.
    pub(super) layer: Option<u16>,
}

/// So many pixels are worth a second thread.
const PIXELS_A_THREAD: u64 = 250_000;

/// Decodes the first picture of `data`; `config` is what the file says in `av1C`, where the
/// sequence header may stand instead.
///
/// # Errors
/// Any of [`EngineError`]'s reading errors.
pub(super) fn decode(
    format: Format,
    data: &[u8],
    config: Option<&[u8]>,
    layers: Layers,
    bounds: Bounds<'_>,
) -> Result<Planes, EngineError> {
    let damaged = |cause: Cause| EngineError::Damaged { format, cause };
    let own = av1_header::sequence(data);
    // Version, profile and presentation delay take four bytes.
    let configured = config.and_then(|it| it.get(4..)).unwrap_or_default();
    let sequence = own.or_else(|| av1_header::sequence(configured)).ok_or("it has no sequence header");
    let sequence = sequence.map_err(|cause| damaged(cause.into()))?;
    check(&sequence, bounds)?;
    bounds.cancel.check()?;
    let data = if own.is_some() { data.to_vec() } else { [configured, data].concat() };
    let picture = first_picture(data, &sequence, layers).map_err(|cause| match cause {
        Error::UnsupportedBitstream => EngineError::UnsupportedFeature { format, cause: cause.into() },
        _ => damaged(cause.into()),
    })?;
    bounds.limits.check(picture.width(), picture.height(), working_bytes(&sequence))?;
    planes(&picture, &sequence).ok_or_else(|| damaged("its picture has no planes".into()))
}

/// The decoder's picture beside a copy of it or what is made of that.
fn working_bytes(sequence: &Sequence) -> u64 {
    let bytes = if sequence.depth == 8 { 1 } else { 2 };
    let samples = match sequence.chroma {
        None => 1,
        Some([1, 1]) => 2,
        Some(_) => 3,
    };
    samples * bytes + samples.max(4) * bytes
}

fn check(sequence: &Sequence, bounds: Bounds<'_>) -> Result<(), EngineError> {
    let [width, height] = sequence.size;
    bounds.limits.check(width, height, working_bytes(sequence))
}

fn first_picture(data: Vec<u8>, sequence: &Sequence, layers: Layers) -> Result<Picture, Error> {
    let [width, height] = sequence.size.map(u64::from);
    let threads = (rayon::current_num_threads() as u64).min(width * height / PIXELS_A_THREAD).max(1);
    let mut settings = Settings::new();
    settings.set_n_threads(threads as u32);
    settings.set_max_frame_delay(1);
    settings.set_operating_point(u32::from(layers.point));
    settings.set_all_layers(layers.layer.is_some());
    settings.set_frame_size_limit(u32::try_from(width * height).unwrap_or(u32::MAX));
    let mut decoder = Decoder::with_settings(&settings)?;
    if data.is_empty() {
        return Err(Error::InvalidArgument);
    }
    let mut is_sent = accepted(decoder.send_data(data, None, None, None))?;
    let mut passed = 0;
    loop {
        match decoder.get_picture() {
            // Layers come in their order.
            Ok(_) if passed < layers.layer.unwrap_or_default() => passed += 1,
            Ok(picture) => return Ok(picture),
            Err(Error::Again) if !is_sent => is_sent = accepted(decoder.send_pending_data())?,
            Err(cause) => return Err(cause),
        }
    }
}

/// Was all of it taken?
fn accepted(result: Result<(), Error>) -> Result<bool, Error> {
    match result {
        Ok(()) => Ok(true),
        Err(Error::Again) => Ok(false),
        Err(cause) => Err(cause),
    }
}

fn planes(picture: &Picture, sequence: &Sequence) -> Option<Planes> {
    let chroma = match picture.pixel_layout() {
        PixelLayout::I400 => None,
        PixelLayout::I420 => Some([1, 1]),
        PixelLayout::I422 => Some([1, 0]),
        PixelLayout::I444 => Some([0, 0]),
    };
    let depth = u8::try_from(picture.bit_depth()).ok()?;
    let size = [picture.width() as usize, picture.height() as usize];
    let mut planes = vec![plane(picture, PlanarImageComponent::Y, size, depth)?];
    if let Some(shifts) = chroma {
        let size = Planes::chroma_size(size, shifts);
        planes.push(plane(picture, PlanarImageComponent::U, size, depth)?);
        planes.push(plane(picture, PlanarImageComponent::V, size, depth)?);
    }
    Some(Planes { depth, chroma, planes, coding: sequence.coding })
}

/// Rows without what the decoder keeps behind them.
fn plane(picture: &Picture, component: PlanarImageComponent, size: [usize; 2], depth: u8) -> Option<Plane> {
    let [width, height] = size;
    let stride = picture.stride(match component {
        PlanarImageComponent::Y => PlanarImageComponent::Y,
        _ => PlanarImageComponent::U,
    });
    let stored = picture.plane(component);
    let rows = stored.chunks_exact(stride as usize).take(height);
    let samples = if depth == 8 {
        let mut samples = Vec::with_capacity(width * height);
        for row in rows {
            samples.extend_from_slice(row.get(..width)?);
        }
        Samples::Narrow(samples.into())
    } else {
        let mut samples = Vec::with_capacity(width * height);
        for row in rows {
            samples.extend(row.as_chunks::<2>().0.get(..width)?.iter().map(|it| u16::from_ne_bytes(*it)));
        }
        Samples::Wide(samples)
    };
    Some(Plane { size, samples })
}
