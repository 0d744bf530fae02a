//! The values of single options.

use crate::engine::{Format, KeptMetadata, embed::Embed};
use std::str::FromStr as _;

/// What is made of the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// The encoded bytes.
    File,
    /// A text that holds them.
    Text(Embed),
}

/// A share of the picture's size in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scale(pub(super) u32);

/// The sentence about a thing that later versions will know.
pub(super) fn not_served(what: &str) -> String {
    format!("{what} is not served by this version")
}

/// The format asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FormatWish {
    /// Whichever does best.
    Auto,
    /// This one.
    Named(Format),
}

/// `auto`, or a format that can be written.
pub(super) fn format_wish(text: &str) -> Result<FormatWish, String> {
    if text == "auto" { Ok(FormatWish::Auto) } else { format(text).map(FormatWish::Named) }
}

/// A format that can be written, by its id or one of its extensions.
fn format(text: &str) -> Result<Format, String> {
    let format = Format::from_id(text).or_else(|| Format::from_extension(text));
    match format {
        Some(format) if format.can_write() => Ok(format),
        Some(format) => Err(format!("{} can be read, but not written", format.label())),
        None => {
            let known: Vec<_> = Format::writable().map(Format::id).collect();
            Err(format!("no such format; there are auto, {}", known.join(", ")))
        }
    }
}

/// `file` or the id of a text form.
pub(super) fn form(text: &str) -> Result<Form, String> {
    match text {
        "file" => Ok(Form::File),
        "css-var" | "markdown" | "jsx" | "json" | "picture" => Err(not_served(text)),
        _ => Embed::from_id(text).map(Form::Text).ok_or_else(|| {
            let known: Vec<_> = Embed::ALL.iter().map(|it| it.id()).collect();
            format!("no such form; there are file, {}", known.join(", "))
        }),
    }
}

/// `50%`, `2x` or `0.5`.
pub(super) fn scale(text: &str) -> Result<Scale, String> {
    let (number, factor) = match (text.strip_suffix('%'), text.strip_suffix(['x', 'X', '×'])) {
        (Some(number), _) => (number, 10_000.0),
        (_, Some(number)) => (number, 1_000_000.0),
        _ => (text, 1_000_000.0),
    };
    let wrong = || "write a share of the size such as 50%, 2x or 0.5".to_owned();
    let millionths = number.trim().parse::<f64>().map_err(|_not_a_number| wrong())? * factor;
    // Also false for what is no number.
    if (1.0..=f64::from(u32::MAX)).contains(&millionths.round()) {
        // In range, as just checked.
        Ok(Scale(millionths.round() as u32))
    } else {
        Err(wrong())
    }
}

/// `all`, or parts of the metadata with commas between them.
pub(super) fn kept(text: &str) -> Result<KeptMetadata, String> {
    let mut kept = KeptMetadata::default();
    for part in text.split(',') {
        match part.trim() {
            "all" => kept = KeptMetadata::ALL,
            "exif" => kept.exif = true,
            "xmp" => kept.xmp = true,
            "density" => kept.density = true,
            "comments" => kept.comments = true,
            _ => return Err("no such part; there are all, exif, xmp, density, comments".to_owned()),
        }
    }
    Ok(kept)
}

/// A CSS colour without transparency.
pub(super) fn background(text: &str) -> Result<[u8; 3], String> {
    let wrong = || "write a CSS colour such as #fff, rgb(255, 255, 255) or white".to_owned();
    // The parser takes any sign for a digit.
    let digits = text.trim().strip_prefix('#');
    if digits.is_some_and(|it| !it.bytes().all(|it| it.is_ascii_hexdigit())) {
        return Err(wrong());
    }
    if text.trim().eq_ignore_ascii_case("rebeccapurple") {
        // CSS Color 4 §6.1; SVG, whose parser this is, ends with CSS Color 3.
        return Ok([0x66, 0x33, 0x99]);
    }
    let color = svgtypes::Color::from_str(text).map_err(|_position_within| wrong())?;
    if color.alpha == u8::MAX {
        Ok([color.red, color.green, color.blue])
    } else {
        Err("the background cannot be transparent itself; write a colour without alpha".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::{Scale, background, form, format, kept, scale};
    use crate::engine::{Format, KeptMetadata};

    #[test]
    fn shares_in_every_way_of_writing_them() {
        for (text, millionths) in [
            ("50%", 500_000),
            ("2x", 2_000_000),
            ("0.5", 500_000),
            ("33.3333%", 333_333),
            (" 1 x", 1_000_000),
            ("0.000001", 1),
        ] {
            assert_eq!(scale(text), Ok(Scale(millionths)), "{text}");
        }
        for text in ["", "%", "x", "-1", "0", "0.0000001", "inf", "NaN", "5000x", "2xx", "1,5"] {
            assert!(scale(text).is_err(), "{text}");
        }
    }

    #[test]
    fn css_colours() {
        // CSS Color 4 §5 and §6.1.
        for (text, rgb) in [
            ("#fff", [255, 255, 255]),
            ("#ffff", [255, 255, 255]),
            ("#1a2b3c", [0x1a, 0x2b, 0x3c]),
            ("#1a2b3cff", [0x1a, 0x2b, 0x3c]),
            ("rgb(1, 2, 3)", [1, 2, 3]),
            ("rgb(100%, 0%, 0%)", [255, 0, 0]),
            ("RebeccaPurple", [0x66, 0x33, 0x99]),
            ("tomato", [255, 99, 71]),
            ("lightgoldenrodyellow", [250, 250, 210]),
        ] {
            assert_eq!(background(text), Ok(rgb), "{text}");
        }
        for text in
            ["", "#", "#ff", "#FFF0", "#fffff", "#gggggg", "#-12345", "nocolour", "transparent", "rgba(0,0,0,.5)"]
        {
            assert!(background(text).is_err(), "{text}");
        }
    }

    #[test]
    fn parts_of_metadata() {
        assert_eq!(kept("all"), Ok(KeptMetadata::ALL));
        assert_eq!(kept("exif, xmp,density,comments"), Ok(KeptMetadata::ALL));
        assert_eq!(kept("xmp"), Ok(KeptMetadata { xmp: true, ..KeptMetadata::default() }));
        for text in ["", "gps", "exif,", "none"] {
            assert!(kept(text).is_err(), "{text}");
        }
    }

    #[test]
    fn formats_by_id_and_extension() {
        assert_eq!(format("jpeg"), Ok(Format::Jpeg));
        assert_eq!(format("jpg"), Ok(Format::Jpeg));
        assert_eq!(format("tif"), Ok(Format::Tiff));
        assert!(format("heic").is_err_and(|it| it.contains("HEIC")));
        assert!(form("pdf").is_err_and(|it| it.contains("data-url")));
    }
}
