//! Numbers with fewer digits.

use svgtypes::{NumberListParser, PathParser};

/// The number with at most so many digits behind the point, as short as it can be written.
pub(super) fn rounded(number: f64, precision: u8) -> String {
    let text = format!("{number:.*}", usize::from(precision));
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    match (text.strip_prefix("0."), text.strip_prefix("-0.")) {
        (Some(rest), _) => format!(".{rest}"),
        (_, Some(rest)) => format!("-.{rest}"),
        _ if text == "-0" => "0".to_owned(),
        _ => text.to_owned(),
    }
}

/// A number with a unit or none, such as `12.5000px`.
pub(super) fn length(text: &str, precision: u8) -> Option<String> {
    let text = text.trim();
    let is_unit = |it: char| it.is_ascii_alphabetic() || it == '%';
    let number = text.trim_end_matches(is_unit);
    let unit = text.get(number.len()..)?;
    let value = finite(number)?;
    Some(format!("{}{unit}", rounded(value, precision)))
}

fn finite(text: &str) -> Option<f64> {
    text.parse().ok().filter(|it: &f64| it.is_finite())
}

/// Numbers with spaces or commas between them, as in `points`.
pub(super) fn list(text: &str, precision: u8) -> Option<String> {
    let mut line = Line::default();
    for number in NumberListParser::from(text) {
        line.number(&rounded(number.ok().filter(|it| it.is_finite())?, precision));
    }
    Some(line.text)
}

/// Transforms one behind the other. What multiplies coordinates keeps two digits more.
pub(super) fn transforms(text: &str, precision: u8) -> Option<String> {
    let mut result = String::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (name, after) = rest.split_once('(')?;
        let (arguments, after) = after.split_once(')')?;
        let name = name.trim();
        let numbers: Result<Vec<f64>, _> = NumberListParser::from(arguments).collect();
        let numbers = numbers.ok().filter(|it| it.iter().all(|it| it.is_finite()))?;
        let mut line = Line::default();
        for (at, number) in numbers.iter().enumerate() {
            let is_place = match name {
                "translate" => true,
                "matrix" => 4 <= at,
                "rotate" => 1 <= at,
                "scale" | "skewX" | "skewY" => false,
                _ => return None,
            };
            line.number(&rounded(*number, if is_place { precision } else { precision + 2 }));
        }
        result.push_str(&format!("{name}({})", line.text));
        rest = after.trim_start_matches(|it: char| it.is_ascii_whitespace() || it == ',');
    }
    Some(result)
}

/// The data of a path; `None` when a part cannot be read, up to which it would be drawn.
pub(super) fn path(text: &str, precision: u8) -> Option<String> {
    let segments: Result<Vec<_>, _> = PathParser::from(text).collect();
    super::path::shortest(&segments.ok()?, precision)
}

/// Numbers and letters with no more between them than is needed to tell them apart.
#[derive(Default)]
pub(super) struct Line {
    pub(super) text: String,
    /// The last is a number, and it has a point.
    last: Option<bool>,
}

impl Line {
    pub(super) fn number(&mut self, number: &str) {
        let follows_on = match self.last {
            None => true,
            Some(has_point) => number.starts_with('-') || (number.starts_with('.') && has_point),
        };
        if !follows_on {
            self.text.push(' ');
        }
        self.text.push_str(number);
        self.last = Some(number.contains('.'));
    }

    pub(super) fn letter(&mut self, letter: char) {
        self.text.push(letter);
        self.last = None;
    }
}

#[cfg(test)]
mod tests {
    use super::{length, list, path, rounded, transforms};

    #[test]
    fn numbers_are_as_short_as_they_can_be() {
        for (number, precision, text) in [
            (0.0, 3, "0"),
            (-0.0001, 3, "0"),
            (0.5, 3, ".5"),
            (-0.5, 3, "-.5"),
            (100.0, 3, "100"),
            (1.2345, 2, "1.23"),
            (-12.9999, 3, "-13"),
            (1e-7, 8, ".0000001"),
        ] {
            assert_eq!(rounded(number, precision), text, "{number}");
        }
    }

    #[test]
    fn lists_lengths_and_transforms() {
        assert_eq!(length("12.5000px", 2).as_deref(), Some("12.5px"));
        assert_eq!(length(" 50.000% ", 2).as_deref(), Some("50%"));
        assert_eq!(length("1.5e2", 2).as_deref(), Some("150"));
        assert_eq!(length("calc(1px + 2px)", 2), None);
        assert_eq!(list("0.5,0.25 -1,  10.000", 2).as_deref(), Some(".5.25-1 10"));
        assert_eq!(list("1 two", 2), None);
        let text = "translate(1.0000, 2.126) matrix(0.12345678 0 0 1 1.2345 0),rotate(45.12346 1.2345 2)";
        let short = "translate(1 2.13)matrix(.1235 0 0 1 1.23 0)rotate(45.1235 1.23 2)";
        assert_eq!(transforms(text, 2).as_deref(), Some(short));
        assert_eq!(transforms("perspective(1)", 2), None);
    }

    #[test]
    fn paths_are_rounded_without_drifting() {
        // By hand: ten steps of 0.144 come to 1.44, rounded one by one to 1.
        let steps = "l.144 0".repeat(10);
        let short = path(&format!("M100 100{steps}"), 1);
        assert_eq!(short.as_deref(), Some("M100 100h.1.2.1.2.1.2.1.2.1.1"));
        for (before, after) in [
            ("M 10.000 20.000 L 30 20 L 30 40 z", "M10 20H30V40z"),
            ("m1,1 c 0.1,0.2 0.3,0.4 0.5,0.6 S 3,3 4,4", "M1 1c.1.2.3.4.5.6S3 3 4 4"),
            ("M0 0 A 5.00 5 0 1 0 10 10", "M0 0A5 5 0 1 0 10 10"),
            ("M100 100 L 101 102 L 102 104", "M100 100l1 2 1 2"),
            ("M1 1zM2 2z", "M1 1zM2 2z"),
            ("M0 0Q1 1 2 0T4 0", "M0 0Q1 1 2 0T4 0"),
        ] {
            assert_eq!(path(before, 2).as_deref(), Some(after), "{before}");
        }
        assert_eq!(path("M0 0 L oops", 2), None);
    }
}
