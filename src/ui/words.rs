//! Numbers and names in the words the window shows.
//!
//! Everything here is a pure function of its arguments, so that a number reads the same in the
//! top line, a row, a label and a notice.

use crate::settings::Units;
use std::time::Duration;

/// Bytes with three significant digits: `999 B`, `38.4 KB`, `1.31 MB`, or `37.5 KiB`, `1.25 MiB`.
pub fn bytes(count: u64, units: Units) -> String {
    let (step, names) = match units {
        Units::Decimal => (1_000, ["KB", "MB", "GB", "TB", "PB", "EB"]),
        Units::Binary => (1_024, ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]),
    };
    if count < 1_000 {
        return format!("{count} B");
    }
    let mut unit = 1_u128;
    for name in names {
        unit *= step;
        if let Some(figure) = three_digits(count.into(), unit) {
            return format!("{figure} {name}");
        }
    }
    exact_bytes(count)
}

/// `count / unit` rounded to three significant digits, unless that reaches a thousand.
fn three_digits(count: u128, unit: u128) -> Option<String> {
    for (decimals, tenfold) in [(2_usize, 100_u128), (1, 10), (0, 1)] {
        let scaled = (count * tenfold + unit / 2) / unit;
        if scaled < 1_000 {
            let (whole, part) = (scaled / tenfold, scaled % tenfold);
            return Some(if decimals == 0 { whole.to_string() } else { format!("{whole}.{part:0decimals$}") });
        }
    }
    None
}

/// Every byte counted: `38,412 bytes`.
pub fn exact_bytes(count: u64) -> String {
    counted(count, "byte")
}

/// Every character counted: `52,484 characters`.
pub fn characters(count: u64) -> String {
    counted(count, "character")
}

/// A number with its noun, in the plural unless it is one: `1 image`, `1,200 images`.
pub fn counted(count: u64, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", thousands(count))
}

/// A whole number with a comma between groups of three digits.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// What became of the bytes: `−99 %`, `+12 %`, `±0 %`; nothing when there were none.
///
/// A saving is never rounded up to everything: 99.7 % is said as such.
pub fn saving(before: u64, after: u64) -> Option<String> {
    if before == 0 {
        return None;
    }
    let (before, after) = (u128::from(before), u128::from(after));
    let difference = before.abs_diff(after);
    let percent = (difference * 100 + before / 2) / before;
    Some(match percent {
        0 => "±0 %".to_owned(),
        _ if after > before => format!("+{percent} %"),
        100 if after > 0 => {
            let tenths = difference * 1_000 / before;
            format!("−{}.{} %", tenths / 10, tenths % 10)
        }
        _ => format!("−{percent} %"),
    })
}

/// A measured time: `<1 ms`, `61 ms`, `1.25 s`.
pub fn duration(time: Duration) -> String {
    // Rounded first, so that 999.6 ms is a second and not 1000 ms.
    let millis = (time.as_micros() + 500) / 1_000;
    match millis {
        0 => "<1 ms".to_owned(),
        1..1_000 => format!("{millis} ms"),
        _ => {
            let hundredths = (millis + 5) / 10;
            format!("{}.{:02} s", hundredths / 100, hundredths % 100)
        }
    }
}

/// Width and height in pixels: `4032 × 3024`.
pub fn pixels([width, height]: [u32; 2]) -> String {
    format!("{width} × {height}")
}

/// The longest form of a name that `fits`, the middle replaced by an ellipsis where it does not.
///
/// The end is kept longer than half, because it carries the extension and the number of a series.
pub fn middle(name: &str, fits: impl Fn(&str) -> bool) -> String {
    if fits(name) {
        return name.to_owned();
    }
    let characters: Vec<char> = name.chars().collect();
    let (mut known_good, mut too_long) = (0, characters.len());
    while too_long - known_good > 1 {
        let candidate = usize::midpoint(known_good, too_long);
        if fits(&without_middle(&characters, candidate)) {
            known_good = candidate;
        } else {
            too_long = candidate;
        }
    }
    without_middle(&characters, known_good)
}

/// The name with `kept` of its characters around an ellipsis.
fn without_middle(characters: &[char], kept: usize) -> String {
    let head = kept / 2;
    let tail = characters.len().saturating_sub(kept - head);
    characters.iter().take(head).chain(&['…']).chain(characters.iter().skip(tail)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_have_three_significant_digits() {
        for (count, words) in [
            (0, "0 B"),
            (1, "1 B"),
            (999, "999 B"),
            (1_000, "1.00 KB"),
            (1_004, "1.00 KB"),
            (1_005, "1.01 KB"),
            (9_994, "9.99 KB"),
            (9_995, "10.0 KB"),
            (38_412, "38.4 KB"),
            (99_949, "99.9 KB"),
            (99_950, "100 KB"),
            (411_800, "412 KB"),
            (999_499, "999 KB"),
            (999_500, "1.00 MB"),
            (1_314_000, "1.31 MB"),
            (5_200_000, "5.20 MB"),
            (1_000_000_000, "1.00 GB"),
            (u64::MAX, "18.4 EB"),
        ] {
            assert_eq!(bytes(count, Units::Decimal), words, "{count}");
        }
        // By hand: 38,412 / 1,024 = 37.51; 1,000 / 1,024 = 0.977; 1,314,000 / 1,048,576 = 1.253.
        for (count, words) in [
            (999, "999 B"),
            (1_000, "0.98 KiB"),
            (1_024, "1.00 KiB"),
            (38_412, "37.5 KiB"),
            (1_023_000, "999 KiB"),
            (1_048_576, "1.00 MiB"),
            (1_314_000, "1.25 MiB"),
        ] {
            assert_eq!(bytes(count, Units::Binary), words, "{count}");
        }
    }

    #[test]
    fn counts_have_separators_and_a_plural() {
        assert_eq!(exact_bytes(1), "1 byte");
        assert_eq!(exact_bytes(38_412), "38,412 bytes");
        assert_eq!(characters(0), "0 characters");
        assert_eq!(characters(52_484), "52,484 characters");
        assert_eq!(counted(3, "image"), "3 images");
        for (number, words) in
            [(7, "7"), (999, "999"), (1_000, "1,000"), (100_000, "100,000"), (1_234_567, "1,234,567")]
        {
            assert_eq!(thousands(number), words);
        }
    }

    #[test]
    fn a_saving_is_never_rounded_up_to_everything() {
        for (before, after, words) in [
            (5_200_000, 38_400, "−99 %"),
            (1_000, 500, "−50 %"),
            (1_000, 994, "−1 %"),
            (1_000, 1_000, "±0 %"),
            (1_000, 1_004, "±0 %"),
            (1_000, 1_120, "+12 %"),
            (1_000, 10_000, "+900 %"),
            (1_000, 3, "−99.7 %"),
            (100_000, 1, "−99.9 %"),
            (1_000, 0, "−100 %"),
        ] {
            assert_eq!(saving(before, after).as_deref(), Some(words), "{before} {after}");
        }
        assert_eq!(saving(0, 5), None);
    }

    #[test]
    fn times_are_short() {
        for (micros, words) in [
            (0, "<1 ms"),
            (499, "<1 ms"),
            (500, "1 ms"),
            (61_000, "61 ms"),
            (999_400, "999 ms"),
            (999_600, "1.00 s"),
            (1_254_000, "1.25 s"),
            (61_000_000, "61.00 s"),
        ] {
            assert_eq!(duration(Duration::from_micros(micros)), words);
        }
    }

    #[test]
    fn sizes_use_the_sign_for_times() {
        assert_eq!(pixels([4032, 3024]), "4032 × 3024");
    }

    #[test]
    fn long_names_lose_their_middle() {
        let at_most = |limit: usize| move |text: &str| text.chars().count() <= limit;
        assert_eq!(middle("photo.jpg", at_most(9)), "photo.jpg");
        assert_eq!(middle("photograph-0042.jpg", at_most(12)), "photo…42.jpg");
        assert_eq!(middle("日本語の長い名前.png", at_most(8)), "日本語….png");
        assert_eq!(middle("abc", at_most(0)), "…");
    }
}
