//! HEVC still pictures (ITU-T H.265, bound to files by ISO/IEC 14496-15 §8).

use super::{
    heif_planes::Bounds,
    pixels::Samples,
    yuv::{Coding, Plane, Planes},
};
use crate::engine::{EngineError, Format};
use heifer::{
    heifer_hevc_dec::{
        Error,
        decoder::{DecodeOptions, decode_picture},
        nal::{NalUnit, NalUnitType},
        params::Sps,
        recon::Frame,
    },
    heifer_isobmff::boxes::HevcConfig,
};

const FORMAT: Format = Format::Heic;

/// Decodes the first picture of `data`, whose parameter sets stand in `config` or in itself.
///
/// # Errors
/// Any of [`EngineError`]'s reading errors.
pub(super) fn decode(data: &[u8], config: &HevcConfig, bounds: Bounds<'_>) -> Result<Planes, EngineError> {
    let units = units(data, config).ok_or_else(|| damaged("its units do not fit into its data"))?;
    let sps = parameters(&units).map_err(fault)?.ok_or_else(|| damaged("it has no parameter sets"))?;
    let (width, height) = (sps.pic_width_in_luma_samples, sps.pic_height_in_luma_samples);
    bounds.limits.check(width, height, working_bytes(&sps))?;
    bounds.cancel.check()?;
    let stream = units.iter().flat_map(|unit| [&[0, 0, 0, 1], *unit]).flatten().copied().collect::<Vec<u8>>();
    let max_pixels = u64::from(width) * u64::from(height);
    let frame = decode_picture(&stream, DecodeOptions { max_pixels, ..DecodeOptions::default() }).map_err(fault)?;
    bounds.cancel.check()?;
    let vui = sps.vui.as_ref();
    let coding = Coding {
        primaries: vui.map_or(2, |it| it.colour_primaries.into()),
        transfer: vui.map_or(2, |it| it.transfer_characteristics.into()),
        matrix: frame.matrix_coeffs.into(),
        is_full: frame.full_range,
    };
    planes(frame, coding)
}

/// The decoder keeps 16 bits a sample, and cuts a copy out of them; what it keeps of blocks is
/// less than that copy.
fn working_bytes(sps: &Sps) -> u64 {
    match sps.chroma_format_idc {
        0 => 6,
        1 => 7,
        2 => 9,
        _ => 13,
    }
}

/// The units of the base layer: parameter sets first, then those of the data, each behind its
/// length.
fn units<'a>(data: &'a [u8], config: &'a HevcConfig) -> Option<Vec<&'a [u8]>> {
    let mut units: Vec<&[u8]> = config.nal_units.iter().map(Vec::as_slice).collect();
    let mut rest = data;
    while !rest.is_empty() {
        let (length, tail) = rest.split_at_checked(config.nal_length_size.into())?;
        let length = length.iter().fold(0, |all, byte| (all << 8) | usize::from(*byte));
        let (unit, tail) = tail.split_at_checked(length)?;
        units.push(unit);
        rest = tail;
    }
    // Other layers are other views, or finer ones that need this.
    units.retain(|unit| matches!(unit, [first, second, ..] if first & 1 == 0 && second >> 3 == 0));
    Some(units)
}

/// The largest sequence parameter set.
fn parameters(units: &[&[u8]]) -> Result<Option<Sps>, Error> {
    let mut largest: Option<Sps> = None;
    let area = |it: &Sps| u64::from(it.pic_width_in_luma_samples) * u64::from(it.pic_height_in_luma_samples);
    for unit in units {
        let unit = NalUnit::parse(unit)?;
        if unit.header.unit_type == NalUnitType::Sps {
            let sps = Sps::parse(&unit.rbsp)?;
            if largest.as_ref().is_none_or(|it| area(it) < area(&sps)) {
                largest = Some(sps);
            }
        }
    }
    Ok(largest)
}

fn planes(frame: Frame, coding: Coding) -> Result<Planes, EngineError> {
    let chroma = match frame.chroma_format {
        0 => None,
        1 => Some([1, 1]),
        2 => Some([1, 0]),
        _ => Some([0, 0]),
    };
    let [depth, color_depth] = frame.bit_depth;
    if chroma.is_some() && depth != color_depth {
        let cause = format!("light of {depth} bits with colours of {color_depth}").into();
        return Err(EngineError::UnsupportedFeature { format: FORMAT, cause });
    }
    let count = if chroma.is_some() { 3 } else { 1 };
    let sizes = frame.widths.into_iter().zip(frame.heights);
    let planes = sizes.zip(frame.planes).take(count).map(|((width, height), samples)| {
        let samples = if depth == 8 {
            // Samples of 8 bits.
            Samples::Narrow(samples.iter().map(|it| *it as u8).collect::<Vec<u8>>().into())
        } else {
            Samples::Wide(samples)
        };
        Plane { size: [width as usize, height as usize], samples }
    });
    Ok(Planes { depth, chroma, planes: planes.collect(), coding })
}

fn damaged(cause: &str) -> EngineError {
    EngineError::Damaged { format: FORMAT, cause: cause.into() }
}

fn fault(cause: Error) -> EngineError {
    match cause {
        Error::Unimplemented(_) => EngineError::UnsupportedFeature { format: FORMAT, cause: cause.into() },
        _ => EngineError::Damaged { format: FORMAT, cause: cause.into() },
    }
}
