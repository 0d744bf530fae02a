//! The search along one knob: tiles say where to look, whole pictures decide.

use super::{Search, curve::Curve, knob::Knob};
use crate::engine::{Encoded, EngineError, Raster, recipe::OutputSpec};
use std::{collections::BTreeMap, ops::RangeInclusive};

/// So many times tiles are asked.
const MOST_TILES: u32 = 4;
/// After so many whole encodings the best of them is taken, once there is one that will do.
const MOST_WHOLE: usize = 6;
/// Of a picture so small that there are no tiles.
const MOST_WHOLE_SMALL: usize = 10;
const MOST_WHOLE_SLOW: usize = 3;

/// A quantity that rises along the knob.
pub(super) trait Quantity {
    /// The value that is searched for.
    fn wanted(&self) -> f64;
    /// By how much a step raises it, about.
    fn slope(&self) -> f64;
    /// Of tiles, as far as they tell.
    fn of_tiles(&self, bytes: usize, score: f64) -> f64;
    /// Of the whole picture, and its pixels if they were made.
    fn of_whole(&self, spec: &OutputSpec) -> Result<(f64, Whole), EngineError>;
    /// Which step is the answer: the lowest that reaches the value, or the highest that does not?
    fn answer_reaches(&self) -> bool;
}

/// An encoding of the whole picture.
pub(super) struct Whole {
    pub encoded: Encoded,
    pub seen: Option<Raster>,
    /// `None`: not measured.
    pub score: Option<f64>,
}

/// What a hunt knows at its end.
pub(super) struct Trail {
    pub curve: Curve,
    pub whole: BTreeMap<u16, Whole>,
}

/// Turns the knob until the lowest step is known whose quantity reaches what is wanted, or the highest that does not.
pub(super) fn hunt(
    search: &Search<'_>,
    knob: Knob,
    spec: &OutputSpec,
    range: RangeInclusive<u16>,
    first: u16,
    quantity: &dyn Quantity,
) -> Result<Trail, EngineError> {
    let (least, most) = (*range.start(), *range.end());
    let tiles = survey(search, knob, spec, &range, first, quantity)?;
    let wanted = quantity.wanted();
    let mut trail = Trail { curve: Curve::rising(tiles.slope_near(first)), whole: BTreeMap::new() };
    let takes_long = search.takes_long();
    let most_whole = match tiles.is_empty() {
        _ if takes_long => MOST_WHOLE_SLOW,
        true => MOST_WHOLE_SMALL,
        false => MOST_WHOLE,
    };
    let mut step = tiles.estimate(wanted).map_or(first, |it| it.ceil().max(0.0) as u16).clamp(least, most);
    loop {
        if search.is_large() {
            // Pixels that are wanted after all are made again.
            trail.whole.values_mut().for_each(|it| it.seen = None);
        }
        let (value, whole) = quantity.of_whole(&knob.turned(spec, step))?;
        trail.curve.put(step, value);
        trail.whole.insert(step, whole);
        // The tiles' curve, moved to where the whole picture is.
        let offset = value - tiles.value(step).unwrap_or(value);
        let bracket = trail.curve.bracket(wanted);
        let answer = if quantity.answer_reaches() { bracket.1 } else { bracket.0 };
        let is_enough = most_whole <= trail.whole.len() && answer.is_some();
        if is_enough || answer.is_some_and(|it| is_settled(it, bracket, &trail.curve, &tiles, wanted, search.slack())) {
            return Ok(trail);
        }
        let Some(next) = trail.curve.next(wanted, least, most) else { return Ok(trail) };
        let by_tiles = tiles.estimate(wanted - offset).map(|it| it.ceil().max(0.0) as u16);
        step = match (by_tiles, trail.curve.bracket(wanted)) {
            (Some(guess), (None, Some(above))) if guess < above => guess.max(least),
            (Some(guess), (Some(below), None)) if below < guess => guess.min(most),
            _ => next,
        };
    }
}

/// Asks the tiles, until they say within two steps where to look.
fn survey(
    search: &Search<'_>,
    knob: Knob,
    spec: &OutputSpec,
    range: &RangeInclusive<u16>,
    first: u16,
    quantity: &dyn Quantity,
) -> Result<Curve, EngineError> {
    let mut curve = Curve::rising(quantity.slope());
    let mut step = first.clamp(*range.start(), *range.end());
    for _ in 0..MOST_TILES {
        let Some((bytes, score)) = search.tiles(&knob.turned(spec, step))? else { break };
        curve.put(step, quantity.of_tiles(bytes, score));
        let is_near = matches!(curve.bracket(quantity.wanted()), (Some(below), Some(above)) if above - below <= 2);
        match curve.next(quantity.wanted(), *range.start(), *range.end()) {
            Some(next) if !is_near => step = next,
            _ => break,
        }
    }
    Ok(curve)
}

/// Is this step the answer, or as good as it?
fn is_settled(
    answer: u16,
    bracket: (Option<u16>, Option<u16>),
    whole: &Curve,
    tiles: &Curve,
    wanted: f64,
    slack: f64,
) -> bool {
    if matches!(bracket, (Some(below), Some(above)) if below + 1 == above) || bracket.1 == Some(0) {
        return true;
    }
    let Some(value) = whole.value(answer) else { return false };
    // The next step would be on the other side, as far as can be told without encoding it.
    (value - wanted).abs() <= tiles.slope_near(answer) * slack
}
