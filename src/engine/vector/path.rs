//! Path data in the shorter of its two forms, absolute or relative, each segment for itself.

use super::numbers::{Line, rounded};
use svgtypes::PathSegment as Segment;

/// Where the pen is.
#[derive(Clone, Copy, Default)]
struct Pen {
    /// Where the original has it.
    exact: [f64; 2],
    /// Where the rounded numbers have brought it, from which the next ones count, so that what was
    /// rounded away does not add up.
    rounded: [f64; 2],
}

/// One segment in absolute numbers.
struct Plain {
    /// A capital.
    letter: char,
    /// What is no place: the radii, the angle and the two flags of an arc.
    first: Vec<String>,
    /// Of which sides the places are stated: across and down.
    sides: &'static [usize],
    /// The last is where the pen goes.
    places: Vec<[f64; 2]>,
}

const BOTH: &[usize] = &[0, 1];

/// The whole path; `None` when a number is none.
pub(super) fn shortest(segments: &[Segment], precision: u8) -> Option<String> {
    let (mut pen, mut start) = (Pen::default(), Pen::default());
    let (mut line, mut last) = (Line::default(), ' ');
    for segment in segments {
        let Some(plain) = plain(*segment, &pen, precision) else {
            line.letter('z');
            (pen, last) = (start, 'z');
            continue;
        };
        if !plain.places.iter().flatten().all(|it| it.is_finite()) {
            return None;
        }
        let (absolute, relative) = (plain.written(None, &pen, precision), plain.written(Some(&pen), &pen, precision));
        let Written { letter, numbers, to } =
            if relative.length(last) < absolute.length(last) { relative } else { absolute };
        // A move goes on as a line.
        if letter != last || plain.letter == 'M' {
            line.letter(letter);
        }
        numbers.iter().for_each(|it| line.number(it));
        pen = Pen { exact: *plain.places.last()?, rounded: to };
        if plain.letter == 'M' {
            start = pen;
        }
        last = letter;
    }
    Some(line.text)
}

/// A segment as it may be written, and where that brings the pen.
struct Written {
    letter: char,
    numbers: Vec<String>,
    to: [f64; 2],
}

impl Written {
    /// How many characters it takes behind such a letter.
    fn length(&self, last: char) -> usize {
        let mut line = Line::default();
        self.numbers.iter().for_each(|it| line.number(it));
        line.text.len() + usize::from(self.letter != last)
    }
}

impl Plain {
    /// Relative to a pen, or absolute.
    fn written(&self, origin: Option<&Pen>, pen: &Pen, precision: u8) -> Written {
        let letter = if origin.is_some() { self.letter.to_ascii_lowercase() } else { self.letter };
        let (from, mut to) = (origin.map_or([0.0; 2], |it| it.rounded), pen.rounded);
        let mut numbers = self.first.clone();
        for place in &self.places {
            let sides = place.iter().zip(from).zip(&mut to).enumerate();
            for (_, ((place, from), to)) in sides.filter(|(side, _)| self.sides.contains(side)) {
                let text = rounded(place - from, precision);
                *to = from + text.parse::<f64>().unwrap_or_default();
                numbers.push(text);
            }
        }
        Written { letter, numbers, to }
    }
}

/// The segment in absolute numbers; `None` for one that closes the path.
fn plain(segment: Segment, pen: &Pen, precision: u8) -> Option<Plain> {
    let [left, top] = if segment.is_abs() { [0.0; 2] } else { pen.exact };
    let place = |x: f64, y: f64| [left + x, top + y];
    let simple = |letter, places| Plain { letter, first: vec![], sides: BOTH, places };
    Some(match segment {
        Segment::MoveTo { x, y, .. } => simple('M', vec![place(x, y)]),
        Segment::LineTo { x, y, .. } => line_to(place(x, y), pen, precision),
        Segment::HorizontalLineTo { x, .. } => line_to([left + x, pen.exact[1]], pen, precision),
        Segment::VerticalLineTo { y, .. } => line_to([pen.exact[0], top + y], pen, precision),
        Segment::CurveTo { x1, y1, x2, y2, x, y, .. } => simple('C', vec![place(x1, y1), place(x2, y2), place(x, y)]),
        Segment::SmoothCurveTo { x2, y2, x, y, .. } => simple('S', vec![place(x2, y2), place(x, y)]),
        Segment::Quadratic { x1, y1, x, y, .. } => simple('Q', vec![place(x1, y1), place(x, y)]),
        Segment::SmoothQuadratic { x, y, .. } => simple('T', vec![place(x, y)]),
        Segment::EllipticalArc { rx, ry, x_axis_rotation, large_arc, sweep, x, y, .. } => {
            let flag = |it: bool| u8::from(it).to_string();
            let numbers = [rx, ry, x_axis_rotation].map(|it| rounded(it, precision));
            let first = numbers.into_iter().chain([flag(large_arc), flag(sweep)]).collect();
            Plain { letter: 'A', first, sides: BOTH, places: vec![place(x, y)] }
        }
        Segment::ClosePath { .. } => return None,
    })
}

/// A line that goes straight across or down needs one number.
fn line_to(to: [f64; 2], pen: &Pen, precision: u8) -> Plain {
    let stays = |side: usize| {
        let step = to.iter().zip(pen.rounded).nth(side).map(|(to, from)| to - from);
        step.is_some_and(|it| rounded(it, precision) == "0")
    };
    let (letter, sides): (_, &[usize]) = match (stays(0), stays(1)) {
        (_, true) => ('H', &[0]),
        (true, false) => ('V', &[1]),
        _ => ('L', BOTH),
    };
    Plain { letter, first: vec![], sides, places: vec![to] }
}
