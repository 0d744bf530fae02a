//! What is known of a value over the steps of a knob, and the step to try next.

use std::collections::BTreeMap;

/// Values measured at steps. They are expected to rise with the steps, and not trusted to.
#[derive(Clone, Debug, Default)]
pub(super) struct Curve {
    known: BTreeMap<u16, f64>,
    /// By how much a value rises with a step where nothing is known of it.
    slope: f64,
}

impl Curve {
    /// One that is expected to rise so.
    pub(super) fn rising(slope: f64) -> Self {
        Self { known: BTreeMap::new(), slope }
    }

    /// Is nothing known?
    pub(super) fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    pub(super) fn put(&mut self, step: u16, value: f64) {
        self.known.insert(step, value);
    }

    /// The lowest step known to reach `wanted`, and the highest below it known not to.
    pub(super) fn bracket(&self, wanted: f64) -> (Option<u16>, Option<u16>) {
        let above = self.known.iter().find(|(_, value)| wanted <= **value).map(|(step, _)| *step);
        let under = above.unwrap_or(u16::MAX);
        let below = self.known.range(..under).next_back().map(|(step, _)| *step);
        (below, above)
    }

    /// The step to try next in search of the lowest that reaches `wanted`; `None` when it is found, or when there
    /// is none within the range.
    pub(super) fn next(&self, wanted: f64, least: u16, most: u16) -> Option<u16> {
        let estimate = self.estimate(wanted)?;
        let (from, to) = match self.bracket(wanted) {
            (Some(below), Some(above)) => (below + 1, above.checked_sub(1)?),
            (None, Some(above)) => (least, above.checked_sub(1)?),
            (Some(below), None) => (below + 1, most),
            (None, None) => return None,
        };
        (least <= to && from <= to).then(|| (estimate.ceil().clamp(0.0, f64::from(u16::MAX)) as u16).clamp(from, to))
    }

    /// Where the curve is expected to cross a value, between steps; `None` when nothing is known.
    pub(super) fn estimate(&self, wanted: f64) -> Option<f64> {
        let at = |step: u16| self.known.get(&step).map(|value| (f64::from(step), *value));
        match self.bracket(wanted) {
            (Some(below), Some(above)) => {
                let ((x0, y0), (x1, y1)) = (at(below)?, at(above)?);
                Some(x0 + (wanted - y0) / (y1 - y0) * (x1 - x0))
            }
            (Some(only), None) | (None, Some(only)) => {
                let (x, y) = at(only)?;
                Some(x + (wanted - y) / self.slope_near(only))
            }
            (None, None) => None,
        }
    }

    /// The value expected at a step; `None` when nothing is known.
    pub(super) fn value(&self, step: u16) -> Option<f64> {
        if let Some(value) = self.known.get(&step) {
            return Some(*value);
        }
        let below = self.known.range(..step).next_back();
        let above = self.known.range(step..).next();
        match (below, above) {
            (Some((x0, y0)), Some((x1, y1))) => {
                let share = f64::from(step - x0) / f64::from(x1 - x0);
                Some(y0 + share * (y1 - y0))
            }
            (Some((x, y)), None) | (None, Some((x, y))) => {
                Some(y + (f64::from(step) - f64::from(*x)) * self.slope_near(*x))
            }
            (None, None) => None,
        }
    }

    /// How steep the curve is around a step: between its known neighbours, if they say anything.
    pub(super) fn slope_near(&self, step: u16) -> f64 {
        let left = self.known.range(..step).next_back().or_else(|| self.known.range(step..).next());
        let right = self.known.range(step + 1..).next().or_else(|| self.known.range(..=step).next_back());
        let measured = match (left, right) {
            (Some((x0, y0)), Some((x1, y1))) if x0 < x1 => (y1 - y0) / f64::from(x1 - x0),
            _ => self.slope,
        };
        // A flat or falling piece is noise, and a steep one no guide for the way ahead.
        measured.clamp(self.slope / 4.0, self.slope * 4.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Curve;

    /// The steps tried until the search ends.
    fn search(value: impl Fn(u16) -> f64, wanted: f64, first: u16) -> (Vec<u16>, Option<u16>) {
        let mut curve = Curve::rising(1.0);
        let (mut tried, mut next) = (vec![], Some(first));
        while let Some(step) = next {
            tried.push(step);
            curve.put(step, value(step));
            next = curve.next(wanted, 1, 100);
        }
        (tried, curve.bracket(wanted).1)
    }

    #[test]
    fn the_lowest_step_is_found_in_a_few() {
        // By hand: 40 + 0.6 × 67 = 80.2, and 79.6 at 66.
        let (tried, found) = search(|step| 40.0 + 0.6 * f64::from(step), 80.0, 75);
        assert_eq!(found, Some(67));
        assert!(tried.len() <= 4, "{tried:?}");
        // Bent: 100 × (1 − e^(−step / 30)) reaches 90 at 30 × ln 10 = 69.08.
        let (tried, found) = search(|step| 100.0 * (1.0 - (-f64::from(step) / 30.0).exp()), 90.0, 50);
        assert_eq!(found, Some(70));
        assert!(tried.len() <= 6, "{tried:?}");
    }

    #[test]
    fn it_ends_where_there_is_none() {
        let (_, found) = search(|_| 10.0, 80.0, 50);
        assert_eq!(found, None);
        let (_, found) = search(|_| 90.0, 80.0, 50);
        assert_eq!(found, Some(1));
    }

    #[test]
    fn it_ends_where_the_curve_falls() {
        let noise = |step: u16| f64::from(step) + if step.is_multiple_of(2) { 3.0 } else { -3.0 };
        for wanted in [10.0, 50.5, 80.0] {
            let (_, found) = search(noise, wanted, 40);
            assert!(found.is_some_and(|it| wanted <= noise(it)), "{found:?}");
        }
    }
}
