//! What must hold for one row.

use super::{
    manifest::{self, Row},
    run,
};
use inlaid::engine::{Decoded, EngineError, Format, Gamut, Source, decode::DecodeOptions, recipe::ProfilePolicy};
use std::fs;

/// `fp8` is one decoder's thumbnail of 8 × 8 pixels; this is the mean difference it allows.
const FP8_TOLERANCE: f64 = 10.0;
/// The other decoder takes four inks for filters, whatever their profile says; one that takes them
/// the wrong way round is further off than this.
const FP8_TOLERANCE_OF_INKS: f64 = 40.0;
/// 8 × 8 pixels of three bytes, in hexadecimal.
const FP8_DIGITS: usize = 384;
/// The largest difference of a channel that decoders of lossy formats may have.
const CHANNEL_TOLERANCE: u8 = 3;

type Verdict = Result<(), String>;

/// Checks one row; the error says what does not hold.
pub(crate) fn check(row: &Row) -> Verdict {
    let bytes = fs::read(row.folder.join(row.get("file"))).map_err(|why| why.to_string())?;
    let source = Source::new(row.get("file"), bytes);
    if row.suite == "svg-resvg" && row.get("expectation") == "pixels" {
        return check_drawing(row, &source);
    }
    let keep = DecodeOptions { profile: ProfilePolicy::Keep, ..DecodeOptions::default() };
    let decoded = run::decode(&source, keep);
    match row.get("expectation") {
        "reject" => decoded.map_or(Ok(()), |it| Err(format!("was opened as {:?}", it.facts))),
        "survive" => survive(decoded),
        "ifdecoded" => decoded.map_or(Ok(()), |it| equals_one(row, &it)),
        _ => decoded.map_err(|why| chain(&why)).and_then(|it| check_picture(row, &source, &it)),
    }
}

/// Either way is fine, but what was opened has pixels and facts that agree.
fn survive(decoded: Result<Decoded, EngineError>) -> Verdict {
    match decoded {
        Ok(it) if it.facts.format != Format::Svg => same("size", &it.raster.size(), &it.facts.size),
        _ => Ok(()),
    }
}

/// The error and its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let cause = error.source().map(|cause| format!(": {}", chain(cause))).unwrap_or_default();
    format!("{error}{cause}")
}

fn check_picture(row: &Row, source: &Source, decoded: &Decoded) -> Verdict {
    let facts = &decoded.facts;
    // Decoders disagree on the canvas of some animations; the reference still holds.
    let dims = row.size("dims").filter(|_| !row.get("note").contains("dims either way"));
    if matches!(row.suite.as_str(), "avif" | "heic") {
        // What is stored is not told; the suite's own word on what is shown comes first.
        let own = row.get("note").strip_prefix("README display size ").and_then(manifest::size_in);
        let shown = own.or(row.size("oriented_dims")).or(dims);
        shown.map_or(Ok(()), |it| same("size", &facts.size, &it))?;
    } else if let Some(dims) = dims {
        same("stored size", &facts.stored_size, &dims)?;
        same("size", &facts.size, &row.size("oriented_dims").unwrap_or_else(|| turned(dims, facts.orientation)))?;
    }
    if row.suite == "svg-sizes" {
        return check_drawing_size(row, decoded);
    }
    let counted = matches!(facts.format, Format::Gif | Format::Png | Format::WebP | Format::Avif);
    if counted && !row.get("frames").is_empty() {
        same("frames", &facts.frames, &row.get("frames").parse().ok())?;
    }
    // Anything shorter is the other decoder's error.
    if row.get("fp8_icc").len() == FP8_DIGITS {
        let shown = run::decode(source, DecodeOptions::default()).map_err(|why| chain(&why))?;
        check_fp8(row.get("fp8_icc"), &shown)?;
    }
    check_pixels(row, decoded)
}

/// By the strongest statement that the row makes.
fn check_pixels(row: &Row, decoded: &Decoded) -> Verdict {
    let (crc, fp8) = (row.get("rgba_crc32").trim_start_matches('~'), row.get("fp8"));
    let has_reference = row.get("ref").split('|').flat_map(|it| references(row, it)).next().is_some();
    if has_reference && !row.get("note").contains("RGB result depends on the conversion") {
        return equals_one(row, decoded);
    }
    let rgba = decoded.raster.to_rgba8();
    // Colours under full transparency are nobody's business, but a checksum holds them.
    let comparable = decoded.facts.orientation == 1 && rgba.as_chunks::<4>().0.iter().all(|pixel| pixel[3] != 0);
    if !crc.is_empty() && comparable {
        return same("CRC-32", &format!("{:08x}", crc32(&rgba)), &crc.to_owned());
    }
    if fp8.is_empty() { Ok(()) } else { check_fp8(fp8, decoded) }
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, wanted: &T) -> Verdict {
    if found == wanted { Ok(()) } else { Err(format!("{what} is {found:?} instead of {wanted:?}")) }
}

fn turned([width, height]: [u32; 2], orientation: u8) -> [u32; 2] {
    if orientation < 5 { [width, height] } else { [height, width] }
}

// --- references ------------------------------------------------------------------------------

/// A picture as RGBA.
struct Reference {
    size: [u32; 2],
    rgba: Vec<u8>,
}

fn equals_one(row: &Row, decoded: &Decoded) -> Verdict {
    let tolerance = row.get("oracle_diff").parse::<u8>().unwrap_or_default().max(CHANNEL_TOLERANCE);
    let found = Reference { size: decoded.raster.size(), rgba: decoded.raster.to_rgba8() };
    if row.get("note").contains(LOSSY) {
        let reference = read_reference(&row.folder.join(row.get("ref")))?;
        return resembles(&found, &reference, row.get("file").contains("monochrome"));
    }
    let mut verdict = Err("no reference".to_owned());
    for path in row.get("ref").split('|').flat_map(|it| references(row, it)) {
        let reference = read_reference(&path)?;
        verdict = equals(&found, &reference, tolerance);
        if verdict.is_ok() {
            break;
        }
    }
    verdict
}

/// What a note says whose reference is what was encoded, with losses.
const LOSSY: &str = "tol 12/255 (lossy)";

/// Compares what can be seen in the mean, since single pixels differ by far more than the note says
/// where saturated colours meet; with a picture without colours only the light.
fn resembles(found: &Reference, wanted: &Reference, is_grey: bool) -> Verdict {
    same("size", &found.size, &wanted.size)?;
    let seen = |pixel: &[u8; 4]| {
        let [red, green, blue, alpha] = premultiplied(pixel).map(f64::from);
        let light = 0.299 * red + 0.587 * green + 0.114 * blue;
        if is_grey { [light, light, light, alpha] } else { [red, green, blue, alpha] }
    };
    let pairs = found.rgba.as_chunks::<4>().0.iter().zip(wanted.rgba.as_chunks::<4>().0);
    let differences = pairs.flat_map(|(a, b)| seen(a).into_iter().zip(seen(b))).map(|(a, b)| (a - b).abs());
    let mean = differences.sum::<f64>() / found.rgba.len() as f64;
    if mean <= f64::from(CHANNEL_TOLERANCE) {
        Ok(())
    } else {
        Err(format!("differs by {mean:.1} from what was encoded"))
    }
}

/// The files that a reference names: itself, the first of a series, or all of a pattern.
fn references(row: &Row, reference: &str) -> Vec<std::path::PathBuf> {
    let reference = reference.replace("-1..N.", "-1.");
    let Some((before, after)) = reference.split_once('*') else {
        // Some manifests name a file that the suite does not hold.
        let path = row.folder.join(reference);
        return if path.is_file() { vec![path] } else { vec![] };
    };
    let pattern = row.folder.join(before);
    let prefix = pattern.file_name().unwrap().to_string_lossy().into_owned();
    let entries = fs::read_dir(pattern.parent().unwrap()).unwrap().map(|it| it.unwrap().path());
    let fits = |name: &str| name.starts_with(&prefix) && name.ends_with(after);
    entries.filter(|it| fits(&it.file_name().unwrap().to_string_lossy())).collect()
}

fn read_reference(path: &std::path::Path) -> Result<Reference, String> {
    let bytes = fs::read(path).map_err(|why| format!("{}: {why}", path.display()))?;
    let image = image::load_from_memory(&bytes).map_err(|why| format!("{}: {why}", path.display()))?;
    Ok(Reference { size: [image.width(), image.height()], rgba: image.into_rgba8().into_raw() })
}

/// A taller reference shows all frames below each other, the first on top.
fn equals(found: &Reference, wanted: &Reference, tolerance: u8) -> Verdict {
    let stacked = found.size[0] == wanted.size[0] && wanted.size[1].is_multiple_of(found.size[1]);
    if !stacked {
        return Err(format!("size is {:?} instead of {:?}", found.size, wanted.size));
    }
    let pairs = found.rgba.as_chunks::<4>().0.iter().zip(wanted.rgba.as_chunks::<4>().0);
    let worst = pairs.map(|(found, wanted)| difference(found, wanted)).max().unwrap_or_default();
    if worst <= tolerance { Ok(()) } else { Err(format!("differs by {worst} from the reference")) }
}

fn difference(found: &[u8; 4], wanted: &[u8; 4]) -> u8 {
    if found[3] == 0 && wanted[3] == 0 {
        return 0;
    }
    found.iter().zip(wanted).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or_default()
}

// --- drawings --------------------------------------------------------------------------------

/// Rendered at the size of the reference, at most one pixel in fifty may differ.
fn check_drawing(row: &Row, source: &Source) -> Verdict {
    let reference = read_reference(&row.folder.join(row.get("ref")))?;
    let options = DecodeOptions { vector_size: Some(reference.size), ..DecodeOptions::default() };
    let decoded = run::decode(source, options).map_err(|why| chain(&why))?;
    same("size", &decoded.raster.size(), &reference.size)?;
    let rgba = decoded.raster.to_rgba8();
    let pairs = rgba.as_chunks::<4>().0.iter().zip(reference.rgba.as_chunks::<4>().0);
    let differing = pairs.filter(|(a, b)| 3 < difference(&premultiplied(a), &premultiplied(b))).count();
    let pixels = rgba.len() / 4;
    if differing * 50 <= pixels { Ok(()) } else { Err(format!("{differing} of {pixels} pixels differ")) }
}

fn premultiplied(pixel: &[u8; 4]) -> [u8; 4] {
    let alpha = u16::from(pixel[3]);
    let scaled = |channel: u8| ((u16::from(channel) * alpha + 127) / 255) as u8;
    [scaled(pixel[0]), scaled(pixel[1]), scaled(pixel[2]), pixel[3]]
}

/// The note gives the size upstream expects, or one side of it.
fn check_drawing_size(row: &Row, decoded: &Decoded) -> Verdict {
    let note = row.get("note");
    let size = decoded.facts.size;
    if let Some(wanted) = manifest::size_in(note) {
        return same("size", &size, &wanted);
    }
    let side = |name: &str| {
        let (_, after) = note.split_once(name)?;
        after.split([' ', ',', '-']).find(|it| !it.is_empty())?.parse::<u32>().ok()
    };
    side("width ").map_or(Ok(()), |width| same("width", &size[0], &width))?;
    side("height ").map_or(Ok(()), |height| same("height", &size[1], &height))
}

// --- thumbnails and checksums ----------------------------------------------------------------

fn check_fp8(wanted: &str, decoded: &Decoded) -> Verdict {
    let hex = |at: usize| u8::from_str_radix(wanted.get(at..at + 2).unwrap_or("zz"), 16);
    let wanted: Vec<f64> = (0..192).filter_map(|at| hex(at * 2).ok()).map(f64::from).collect();
    same("length of fp8", &wanted.len(), &192)?;
    let found = thumbnail(decoded);
    let distance = wanted.iter().zip(&found).map(|(a, b)| (a - b).abs()).sum::<f64>() / 192.0;
    let tolerance = if decoded.facts.gamut == Gamut::Cmyk { FP8_TOLERANCE_OF_INKS } else { FP8_TOLERANCE };
    if distance <= tolerance { Ok(()) } else { Err(format!("thumbnail differs by {distance:.1}")) }
}

/// 8 × 8 pixels over white, each the mean of the pixels whose centres lie in its cell.
fn thumbnail(decoded: &Decoded) -> Vec<f64> {
    let [width, height] = decoded.raster.size().map(|side| side as usize);
    let rgba = decoded.raster.to_rgba8();
    let pixels = rgba.as_chunks::<4>().0;
    let mut thumbnail = vec![];
    for (row, column) in (0..8).flat_map(|row| (0..8).map(move |column| (row, column))) {
        let (rows, columns) = (cell(row, height), cell(column, width));
        let count = (rows.len() * columns.len()) as f64;
        let mut sums = [0.0; 3];
        for pixel in rows.flat_map(|y| columns.clone().map(move |x| &pixels[y * width + x])) {
            let alpha = f64::from(pixel[3]) / 255.0;
            (0..3).for_each(|at| sums[at] += f64::from(pixel[at]) * alpha + 255.0 * (1.0 - alpha));
        }
        thumbnail.extend(sums.map(|sum| sum / count));
    }
    thumbnail
}

/// The pixels of one of eight cells; at least one.
fn cell(index: usize, length: usize) -> std::ops::Range<usize> {
    let scale = length as f64 / 8.0;
    let (center, reach) = ((index as f64 + 0.5) * scale, 0.5 * scale.max(1.0));
    let from = (center - reach + 0.5).max(0.0) as usize;
    let to = ((center + reach + 0.5) as usize).min(length);
    if from < to { from..to } else { from.min(length - 1)..from.min(length - 1) + 1 }
}

/// CRC-32 as in PNG and zlib, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    let byte =
        |crc: u32, byte: &u8| (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 * (crc & 1)));
    !bytes.iter().fold(!0, byte)
}
