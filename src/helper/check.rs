//! What a helper says, looked at before it is believed, and put back into the engine's words.

use super::{
    details,
    protocol::{self, Outcome, Picture, Task},
};
use crate::engine::{
    self, Bytes, Decoded, EngineError, Facts, Format, Layout, Limits, Raster, Source, Warning, decode::Glimpse,
    raster::Storage,
};
use std::sync::Arc;

/// Longer texts than this are cut; those of decoders are a line.
const MOST_CHARS: usize = 300;
/// More warnings than this say nothing.
const MOST_WARNINGS: usize = 16;
/// As many as [`decode`] tells of at most.
///
/// [`decode`]: crate::engine::decode
const MOST_FRAMES: usize = crate::engine::details::MOST_FRAMES;
const MOST_PARTS: usize = crate::engine::details::MOST_PARTS;
/// 32-bit floats are the deepest samples there are.
const MOST_DEPTH: u8 = 64;

/// The helper said something that cannot be.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Lie;

/// What may be believed.
pub(super) enum Believed {
    Decoded(Decoded),
    Size([u32; 2]),
    Glimpsed(Option<Glimpse>),
    Compressed(usize),
}

/// So many bytes, of pixels mostly, the outcome speaks of; `None` when it has none.
///
/// # Errors
/// When there cannot be so many.
pub(super) fn pixel_bytes(outcome: &Outcome, limits: &Limits) -> Result<Option<u64>, Lie> {
    let picture = match outcome {
        Outcome::Decoded(picture, _) | Outcome::Glimpsed(Some((picture, _))) => picture,
        Outcome::Encoded { bytes } if (1..=limits.max_bytes).contains(bytes) => return Ok(Some(*bytes)),
        Outcome::Encoded { .. } => return Err(Lie),
        Outcome::Size(_) | Outcome::Glimpsed(None) | Outcome::Compressed { .. } => return Ok(None),
    };
    let [width, height] = picture.size;
    let bytes_per_pixel = layout(picture.layout).bytes_per_pixel() as u64;
    limits.check(width, height, bytes_per_pixel).map_err(|_too_large| Lie)?;
    Ok(Some(u64::from(width) * u64::from(height) * bytes_per_pixel))
}

/// Looks at an answer to this task; its pixels, if it has any, lie in `pixels`.
///
/// # Errors
/// When anything of it cannot be.
pub(super) fn believe(
    outcome: Outcome,
    pixels: Option<Storage>,
    task: Task,
    source: &Source,
    limits: &Limits,
) -> Result<Believed, Lie> {
    let raster = |picture: Picture| {
        let storage = pixels.ok_or(Lie)?;
        let [width, height] = picture.size;
        Raster::from_storage(width, height, layout(picture.layout), storage)
            .ok_or(Lie)
            .map(|it| it.with_profile(picture.profile.map(Arc::from)))
    };
    match (task, outcome) {
        (Task::Decode { keeps_profile, vector_size, enough }, Outcome::Decoded(picture, facts)) => {
            let raster = raster(picture)?;
            let has_odd_profile = raster.profile().is_some() && !keeps_profile;
            let facts = believed_facts(facts, &raster, [vector_size, enough], source)?;
            if has_odd_profile { Err(Lie) } else { Ok(Believed::Decoded(Decoded { raster, facts })) }
        }
        (Task::Measure, Outcome::Size([width, height])) => {
            if width == 0 || height == 0 {
                Err(Lie)
            } else {
                Ok(Believed::Size([width, height]))
            }
        }
        (Task::Glimpse, Outcome::Glimpsed(None)) => Ok(Believed::Glimpsed(None)),
        (Task::Glimpse, Outcome::Glimpsed(Some((picture, size)))) => {
            limits.check(size[0], size[1], 1).map_err(|_too_large| Lie)?;
            let raster = raster(picture)?;
            if raster.profile().is_some() { Err(Lie) } else { Ok(Believed::Glimpsed(Some(Glimpse { raster, size }))) }
        }
        (Task::Compress, Outcome::Compressed { bytes: bytes @ 1.. }) => {
            Ok(Believed::Compressed(usize::try_from(bytes).map_err(|_too_long| Lie)?))
        }
        _ => Err(Lie),
    }
}

fn believed_facts(
    facts: protocol::Facts,
    raster: &Raster,
    [vector_size, enough]: [Option<[u32; 2]>; 2],
    source: &Source,
) -> Result<Facts, Lie> {
    let format = source.format().ok_or(Lie)?;
    // The side of a picture that is stored lying: from 5 on the orientations exchange the sides.
    let turned = if facts.orientation < 5 { facts.size } else { [facts.size[1], facts.size[0]] };
    let is_sized = match (format, vector_size) {
        // A drawing has a size of its own, however large, and is drawn at the one asked for.
        (Format::Svg, wanted) => wanted.unwrap_or(facts.size) == raster.size() && !facts.size.contains(&0),
        _ => facts.size == raster.size() || enough.is_some_and(|enough| is_part(raster.size(), facts.size, enough)),
    };
    let is_sane = is_sized
        && facts.stored_size == turned
        && (1..=8).contains(&facts.orientation)
        && (1..=MOST_DEPTH).contains(&facts.depth)
        && facts.frames != Some(0)
        && facts.warnings.len() <= MOST_WARNINGS;
    if !is_sane {
        return Err(Lie);
    }
    Ok(Facts {
        format,
        stored_size: facts.stored_size,
        size: facts.size,
        orientation: facts.orientation,
        frames: facts.frames,
        profile_name: facts.profile_name.map(|it| plain(&it)),
        depth: facts.depth,
        gamut: facts.gamut.into(),
        details: Box::new(believed_details(facts.details)?),
        has_alpha: raster.layout().has_alpha(),
        warnings: facts.warnings.into_iter().map(warning).collect(),
    })
}

/// Is this the size of a picture at a half, a quarter or an eighth, and enough of it?
fn is_part(size: [u32; 2], whole: [u32; 2], enough: [u32; 2]) -> bool {
    let is_enough = size.iter().zip(enough).all(|(side, enough)| enough <= *side);
    is_enough && [2, 4, 8].iter().any(|divisor| size == whole.map(|side| side.div_ceil(*divisor)))
}

/// Lists as long as a file's own are believed, whatever the numbers in them.
fn believed_details(mut details: details::Details) -> Result<engine::Details, Lie> {
    if MOST_FRAMES < details.delays.len() || MOST_PARTS < details.metadata.len() {
        return Err(Lie);
    }
    details.codec = details.codec.map(|it| plain(&it));
    Ok(details.into())
}

/// The error that the helper met, in the engine's words.
///
/// # Errors
/// When the helper cannot have met it.
pub(super) fn fault(fault: protocol::Fault, source: &Source) -> Result<EngineError, Lie> {
    let format = source.format();
    let format = || format.ok_or(Lie);
    Ok(match fault {
        protocol::Fault::NotAnImage => EngineError::NotAnImage,
        protocol::Fault::Empty => EngineError::Empty,
        protocol::Fault::Unreadable => EngineError::Unreadable { format: format()? },
        protocol::Fault::Damaged { cause } => EngineError::Damaged { format: format()?, cause: plain(&cause).into() },
        protocol::Fault::UnsupportedFeature { cause } => {
            EngineError::UnsupportedFeature { format: format()?, cause: plain(&cause).into() }
        }
        protocol::Fault::NoPixels { width, height } => EngineError::NoPixels { width, height },
        protocol::Fault::TooManyPixels { width, height, limit_megapixels } => {
            EngineError::TooManyPixels { width, height, limit_megapixels }
        }
        protocol::Fault::TooMuchMemory { needed_megabytes, limit_megabytes } => {
            EngineError::TooMuchMemory { needed_megabytes, limit_megabytes }
        }
        protocol::Fault::TooComplex { what } => {
            EngineError::TooComplex { format: format()?, what: plain(&what).into() }
        }
        // Nothing was to be encoded.
        protocol::Fault::NotEncoded { .. } => return Err(Lie),
        protocol::Fault::Crashed => EngineError::DecoderCrashed,
    })
}

/// The bytes that were made of a picture in this format; they lie in `bytes`.
///
/// # Errors
/// When they cannot be that.
pub(super) fn encoded(outcome: &Outcome, bytes: Option<Storage>, format: Format) -> Result<Bytes, Lie> {
    match (outcome, bytes) {
        (Outcome::Encoded { .. }, Some(bytes)) if Format::sniff((*bytes).as_ref()) == Some(format) => {
            Ok((*bytes).as_ref().into())
        }
        _ => Err(Lie),
    }
}

/// Why a picture could not be encoded.
///
/// # Errors
/// When the helper cannot have met that.
pub(super) fn encode_fault(fault: &protocol::Fault, format: Format) -> Result<EngineError, Lie> {
    match fault {
        protocol::Fault::NotEncoded { cause } => Ok(EngineError::Encode { format, cause: plain(cause).into() }),
        _ => Err(Lie),
    }
}

fn warning(warning: protocol::Warning) -> Warning {
    match warning {
        protocol::Warning::FramesDropped { frames } => Warning::FramesDropped { frames },
        protocol::Warning::ProfileIgnored { why } => Warning::ProfileIgnored { why: plain(&why) },
        protocol::Warning::Truncated => Warning::Truncated,
    }
}

pub(super) fn layout(layout: protocol::Layout) -> Layout {
    match layout {
        protocol::Layout::Rgb8 => Layout::Rgb8,
        protocol::Layout::Rgba8 => Layout::Rgba8,
        protocol::Layout::Rgb16 => Layout::Rgb16,
        protocol::Layout::Rgba16 => Layout::Rgba16,
    }
}

/// Fit for one line of a window or a terminal.
fn plain(text: &str) -> String {
    text.chars().filter(|it| !it.is_control()).take(MOST_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::{Believed, Lie, believe, fault, pixel_bytes};
    use crate::{
        engine::{Limits, Source, details::MetadataKind, raster::Storage},
        helper::{
            details::{self, Details, Gamut},
            protocol::{Facts, Fault, Layout, Outcome, Picture, Task, Warning},
        },
    };
    use std::sync::Arc;

    const PLAIN: Task = Task::Decode { keeps_profile: false, vector_size: None, enough: None };

    fn png() -> Source {
        Source::new("a.png", b"\x89PNG\r\n\x1a\n")
    }

    fn picture(size: [u32; 2]) -> Picture {
        Picture { size, layout: Layout::Rgb8, profile: None }
    }

    fn facts() -> Facts {
        Facts {
            stored_size: [2, 3],
            size: [2, 3],
            orientation: 1,
            frames: Some(1),
            profile_name: None,
            depth: 8,
            gamut: Gamut::Srgb,
            details: Details::default(),
            warnings: vec![],
        }
    }

    fn judged(task: Task, outcome: Outcome, bytes: usize) -> Result<Believed, Lie> {
        let limits = Limits::default();
        pixel_bytes(&outcome, &limits)?;
        let pixels: Storage = Arc::new(vec![0; bytes]);
        believe(outcome, Some(pixels), task, &png(), &limits)
    }

    #[test]
    fn the_truth_is_believed_and_cleaned() {
        let warnings = vec![Warning::ProfileIgnored { why: "\u{1b}[31mred\n".to_owned() }];
        let metadata = vec![(details::MetadataKind::Gps, 7)];
        let details = Details { codec: Some("VP\u{7}8".to_owned()), metadata, ..Details::default() };
        let told = Facts { warnings, details, profile_name: Some("P3\0".to_owned()), ..facts() };
        let Ok(Believed::Decoded(decoded)) = judged(PLAIN, Outcome::Decoded(picture([2, 3]), told), 18) else {
            panic!("a true answer was not believed");
        };
        assert_eq!(decoded.facts.profile_name.as_deref(), Some("P3"));
        assert_eq!(decoded.facts.details.codec.as_deref(), Some("VP8"));
        assert_eq!(decoded.facts.details.metadata[0].kind, MetadataKind::Gps);
        assert_eq!(decoded.facts.warnings[0].to_string(), "the colour profile was ignored: [31mred");
        assert_eq!((decoded.raster.size(), decoded.facts.has_alpha), ([2, 3], false));
        let turned = Facts { stored_size: [3, 2], orientation: 6, ..facts() };
        assert!(judged(PLAIN, Outcome::Decoded(picture([2, 3]), turned), 18).is_ok());
    }

    #[test]
    fn lies_are_not() {
        let lies = |facts: Facts| judged(PLAIN, Outcome::Decoded(picture([2, 3]), facts), 18).is_err();
        assert!(lies(Facts { stored_size: [3, 2], ..facts() }), "stored otherwise, not turned");
        assert!(lies(Facts { size: [9, 9], stored_size: [9, 9], ..facts() }), "another size than the picture");
        assert!(lies(Facts { orientation: 0, ..facts() }) && lies(Facts { orientation: 9, ..facts() }));
        assert!(lies(Facts { depth: 0, ..facts() }) && lies(Facts { frames: Some(0), ..facts() }));
        let many = (0..17).map(|_| Warning::Truncated).collect();
        assert!(lies(Facts { warnings: many, ..facts() }));
        let longer = |delays: usize, parts: usize| {
            let metadata = vec![(details::MetadataKind::Text, 1); parts];
            lies(Facts { details: Details { delays: vec![1; delays], metadata, ..Details::default() }, ..facts() })
        };
        assert!(longer(100_001, 0) && longer(0, 1_001) && !longer(100_000, 1_000), "longer lists than are told");

        let with = |picture: Picture, bytes| judged(PLAIN, Outcome::Decoded(picture, facts()), bytes).is_err();
        assert!(with(picture([2, 3]), 17) && with(picture([2, 3]), 19), "pixels of another length");
        assert!(with(picture([0, 3]), 0) && with(picture([u32::MAX; 2]), 18), "no picture has this size");
        assert!(with(Picture { profile: Some(vec![1]), ..picture([2, 3]) }, 18), "a profile nobody asked for");
        assert!(with(Picture { layout: Layout::Rgba16, ..picture([2, 3]) }, 18));

        assert!(judged(Task::Measure, Outcome::Decoded(picture([2, 3]), facts()), 18).is_err(), "another question");
        assert!(judged(PLAIN, Outcome::Size([2, 3]), 18).is_err());
        assert!(judged(Task::Measure, Outcome::Size([0, 3]), 0).is_err());
        let huge = Outcome::Glimpsed(Some((picture([2, 3]), [u32::MAX; 2])));
        assert!(judged(Task::Glimpse, huge, 18).is_err());
        let nothing = Source::new("a", b"nothing");
        assert_eq!(fault(Fault::Unreadable, &nothing).err(), Some(Lie), "of no format");
    }
}
