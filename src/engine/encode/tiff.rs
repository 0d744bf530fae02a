//! TIFF, deflated with horizontal differences, 8 or 16 bits a channel.

use super::{Written, sink::Sink};
use crate::engine::{
    Cancel, Layout, Raster,
    error::Cause,
    recipe::{Effort, OutputSpec},
};
use tiff::{
    encoder::{Compression, DeflateLevel, Predictor, TiffEncoder, TiffValue, colortype},
    tags::Tag,
};

/// Straight alpha (TIFF 6.0, section 18): the fourth channel is no mere extra.
const UNASSOCIATED_ALPHA: u16 = 2;

pub(super) fn encode(raster: &Raster, spec: &OutputSpec, cancel: &Cancel) -> Written {
    let mut sink = Sink::new(cancel);
    let (narrow, wide) = (raster.bytes(), raster.samples16());
    match raster.layout() {
        Layout::Rgb8 => write::<colortype::RGB8>(raster, narrow, spec.effort, &mut sink),
        Layout::Rgba8 => write::<colortype::RGBA8>(raster, narrow, spec.effort, &mut sink),
        Layout::Rgb16 => write::<colortype::RGB16>(raster, wide, spec.effort, &mut sink),
        Layout::Rgba16 => write::<colortype::RGBA16>(raster, wide, spec.effort, &mut sink),
    }?;
    Ok(sink.into_bytes())
}

fn write<C: colortype::ColorType>(
    raster: &Raster,
    samples: &[C::Inner],
    effort: Effort,
    sink: &mut Sink<'_>,
) -> Result<(), Cause>
where
    [C::Inner]: TiffValue,
{
    let level = match effort {
        Effort::Fast => DeflateLevel::Fast,
        Effort::Normal => DeflateLevel::Balanced,
        Effort::Best => DeflateLevel::Best,
    };
    let mut encoder =
        TiffEncoder::new(sink)?.with_compression(Compression::Deflate(level)).with_predictor(Predictor::Horizontal);
    let mut image = encoder.new_image::<C>(raster.width(), raster.height())?;
    if raster.layout().has_alpha() {
        image.encoder().write_tag(Tag::ExtraSamples, UNASSOCIATED_ALPHA)?;
    }
    if let Some(profile) = raster.profile() {
        image.encoder().write_tag(Tag::IccProfile, profile.as_ref())?;
    }
    image.write_data(samples)?;
    Ok(())
}
