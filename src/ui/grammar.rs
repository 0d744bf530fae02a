//! What may be typed into the fields for sizes and for numbers.
//!
//! Both size fields understand every form, so that a size can be pasted as people write it.

/// A size as it was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypedSize {
    /// `1200`: the side that the field stands for.
    Side(u32),
    /// `600x400`, `600*400`, `600/400`, `600 × 400`: width and height.
    Box(u32, u32),
    /// `50%`, `2x`: a fraction of the picture's size, in millionths.
    Scale(u32),
    /// `w600`: the width, whichever field it is typed into.
    Width(u32),
    /// `h400`: the height, whichever field it is typed into.
    Height(u32),
}

/// A factor above this is a slip of the finger: `600x` was to become `600x400`.
const LARGEST_FACTOR: u32 = 100;
const MILLION: u32 = 1_000_000;

/// Reads a size; nothing when the text is none. Spaces, case and a trailing `px` do not matter.
pub fn size(text: &str) -> Option<TypedSize> {
    let text: String = text.chars().filter(|it| !it.is_whitespace()).flat_map(char::to_lowercase).collect();
    let text = text.strip_suffix("px").unwrap_or(&text);
    if let Some(percent) = text.strip_suffix('%') {
        return scale(percent, MILLION / 100);
    }
    if let Some(factor) = text.strip_suffix(['x', '×']) {
        return scale(factor.strip_prefix('@').unwrap_or(factor), MILLION);
    }
    if let Some(width) = text.strip_prefix('w') {
        return side(width).map(TypedSize::Width);
    }
    if let Some(height) = text.strip_prefix('h') {
        return side(height).map(TypedSize::Height);
    }
    match text.split_once(['x', '×', '*', '/']) {
        Some((width, height)) => Some(TypedSize::Box(side(width)?, side(height)?)),
        None => side(text).map(TypedSize::Side),
    }
}

/// Reads a whole number from 1 to 100, with or without a sign for per cent; more becomes 100.
pub fn percentage(text: &str) -> Option<u8> {
    let text: String = text.chars().filter(|it| !it.is_whitespace()).collect();
    let number = side(text.strip_suffix('%').unwrap_or(&text))?;
    u8::try_from(number.min(100)).ok()
}

/// Reads a whole number, with or without a sign for per cent.
pub fn whole_number(text: &str) -> Option<u32> {
    let text: String = text.chars().filter(|it| !it.is_whitespace()).collect();
    let number = text.strip_suffix('%').unwrap_or(&text);
    // `parse` alone would take a leading plus.
    number.parse().ok().filter(|_| number.bytes().all(|it| it.is_ascii_digit()))
}

/// Reads a whole number, with or without commas between its digits and a unit behind them.
pub fn megabytes(text: &str) -> Option<u32> {
    let text: String =
        text.chars().filter(|it| !it.is_whitespace() && *it != ',').flat_map(char::to_lowercase).collect();
    side(text.strip_suffix("mb").unwrap_or(&text))
}

/// A side in pixels, at least one.
fn side(text: &str) -> Option<u32> {
    // `parse` alone would take a leading plus.
    let plain = text.bytes().all(|it| it.is_ascii_digit());
    text.parse().ok().filter(|it| plain && *it > 0)
}

/// A decimal number of `unit` millionths, more than nothing and at most [`LARGEST_FACTOR`].
fn scale(text: &str, unit: u32) -> Option<TypedSize> {
    let (whole, part) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let digits = |it: &str| it.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) || (whole.is_empty() && part.is_empty()) {
        return None;
    }
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let mut millionths = whole.checked_mul(unit.into())?;
    let mut place = u64::from(unit);
    for digit in part.bytes() {
        place /= 10;
        millionths = millionths.checked_add(u64::from(digit - b'0') * place)?;
    }
    let millionths = u32::try_from(millionths).ok()?;
    (1..=LARGEST_FACTOR * MILLION).contains(&millionths).then_some(TypedSize::Scale(millionths))
}

#[cfg(test)]
mod tests {
    use super::{TypedSize::*, megabytes, percentage, size, whole_number};

    #[test]
    fn whole_numbers_have_no_sign_but_per_cent() {
        for (text, wanted) in
            [("0", Some(0)), (" 7 % ", Some(7)), ("+7", None), ("-1", None), ("7.5", None), ("", None)]
        {
            assert_eq!(whole_number(text), wanted, "{text:?}");
        }
    }

    #[test]
    fn every_form_is_understood() {
        for (text, wanted) in [
            ("1200", Side(1200)),
            (" 1200 px ", Side(1200)),
            ("600x400", Box(600, 400)),
            ("600X400", Box(600, 400)),
            ("600 × 400", Box(600, 400)),
            ("600*400", Box(600, 400)),
            ("600/400", Box(600, 400)),
            ("600x400px", Box(600, 400)),
            ("50%", Scale(500_000)),
            ("50 %", Scale(500_000)),
            ("12.5%", Scale(125_000)),
            ("12,5%", Scale(125_000)),
            ("0.01%", Scale(100)),
            ("2x", Scale(2_000_000)),
            ("@2x", Scale(2_000_000)),
            ("1.5×", Scale(1_500_000)),
            (".5x", Scale(500_000)),
            ("100x", Scale(100_000_000)),
            ("w600", Width(600)),
            ("W 600", Width(600)),
            ("h400", Height(400)),
            ("H400px", Height(400)),
        ] {
            assert_eq!(size(text), Some(wanted), "{text:?}");
        }
    }

    #[test]
    fn numbers_are_read_with_their_units() {
        for (text, wanted) in
            [("80", Some(80)), (" 7 % ", Some(7)), ("100%", Some(100)), ("250", Some(100)), ("0", None), ("1.5", None)]
        {
            assert_eq!(percentage(text), wanted, "{text:?}");
        }
        for (text, wanted) in
            [("1000", Some(1_000)), ("1,500 MB", Some(1_500)), ("16000mb", Some(16_000)), ("", None), ("-1", None)]
        {
            assert_eq!(megabytes(text), wanted, "{text:?}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for text in [
            "",
            " ",
            "0",
            "-5",
            "+5",
            "1.5",
            "abc",
            "x",
            "%",
            "x400",
            "0x400",
            "600x0",
            "600x400x3",
            "w",
            "h-1",
            "w600x400",
            "0%",
            "0x",
            "-50%",
            "1e3%",
            "600x ",
            "101x",
            "4294967296",
            "99999999999999999999%",
            "٣",
            "50%%",
        ] {
            assert_eq!(size(text), None, "{text:?}");
        }
    }
}
