//! The smallest result that looks as close as is asked for.

use super::{
    Found, Outcome, Search, Sought,
    hunt::{Quantity, Trail, Whole, hunt},
    knob::Knob,
};
use crate::engine::{EngineError, Format, Raster, encode, recipe::OutputSpec, score::SAME};
use std::{collections::btree_map::Entry, ops::RangeInclusive};

/// From this share of pixels on that equal their left neighbour, a picture was drawn rather than taken.
const DRAWN: f64 = 0.4;

/// Of small pictures so many steps to either side of the first that holds the look are tried as well.
const STEPS_AROUND: u16 = 5;

/// What was drawn has looks that rise and fall with the quality: where the step below the answer misses the look by
/// so little, one below that may hold it.
const NEARLY: f64 = 0.3;
/// So many such steps are tried.
const STEPS_PAST: usize = 3;

/// SSIMULACRA2 along a knob.
struct Look<'a> {
    search: &'a Search<'a>,
    knob: Knob,
    wanted: f64,
}

impl Look<'_> {
    /// Encodes the whole at a step, unless that was done.
    fn add(&self, spec: &OutputSpec, step: u16, trail: &mut Trail) -> Result<(), EngineError> {
        if let Entry::Vacant(place) = trail.whole.entry(step) {
            place.insert(self.of_whole(&self.knob.turned(spec, step))?.1);
        }
        Ok(())
    }
}

impl Quantity for Look<'_> {
    fn wanted(&self) -> f64 {
        self.wanted
    }

    fn slope(&self) -> f64 {
        self.knob.look_slope()
    }

    fn of_tiles(&self, _: usize, score: f64) -> f64 {
        score
    }

    fn of_whole(&self, spec: &OutputSpec) -> Result<(f64, Whole), EngineError> {
        let (encoded, seen, score) = self.search.whole(spec)?;
        Ok((score, Whole { encoded, seen, score: Some(score) }))
    }

    fn answer_reaches(&self) -> bool {
        true
    }
}

pub(super) fn seek(search: &Search<'_>, wanted: f64) -> Result<Sought, EngineError> {
    let spec = search.spec().clone();
    let Some(knob) = Knob::of(&spec) else { return fixed(search, spec, wanted) };
    let lossy = in_some_colours(search, knob, &spec, wanted)?;
    let is_held = lossy.found.outcome == Outcome::Held;
    if spec.format != Format::WebP || is_held && equal_neighbours(&search.naked) < DRAWN {
        return Ok(lossy);
    }
    // What was drawn is often smaller without any loss, and what is fine and coloured only holds its look so.
    let exact = OutputSpec { lossless: true, ..spec };
    let exact = fixed(search, exact, wanted)?;
    let is_better = !is_held || exact.encoded.bytes.len() < lossy.encoded.bytes.len();
    Ok(if is_better { exact } else { lossy })
}

/// The smallest that holds the look, with a colour for each pixel where no quality does at which pixels share them.
fn in_some_colours(search: &Search<'_>, knob: Knob, spec: &OutputSpec, wanted: f64) -> Result<Sought, EngineError> {
    let all = knob.range(spec);
    let Some((own, last)) = encode::with_own_colours(&search.naked, spec) else {
        return along(search, knob, spec, all, wanted);
    };
    let shared = *all.start()..=u16::from(last);
    let sought = along(search, knob, spec, shared, wanted)?;
    if sought.found.outcome == Outcome::Held {
        return Ok(sought);
    }
    // The higher qualities make the same bytes by either wish.
    along(search, knob, &own, all, wanted)
}

fn along(
    search: &Search<'_>,
    knob: Knob,
    spec: &OutputSpec,
    range: RangeInclusive<u16>,
    wanted: f64,
) -> Result<Sought, EngineError> {
    let look = Look { search, knob, wanted };
    let first = knob.step_of_look(spec.format, wanted);
    let mut trail = hunt(search, knob, spec, range.clone(), first, &look)?;
    if let Some(found) = trail.curve.bracket(wanted).1 {
        look_around(&look, spec, &range, found, &mut trail)?;
    }
    // The smallest that holds the look; or, where none does, the closest.
    let holds = |it: &Whole| it.score.is_some_and(|it| wanted <= it);
    let best = trail.whole.iter().filter(|(_, it)| holds(it)).min_by_key(|(step, it)| (it.encoded.bytes.len(), **step));
    let closest = || trail.whole.iter().max_by(|a, b| f64::total_cmp(&score(a.1), &score(b.1)));
    let step = best.or_else(closest).map(|(step, _)| *step);
    let Some((step, whole)) = step.and_then(|it| trail.whole.remove_entry(&it)) else {
        return Err(EngineError::Cancelled);
    };
    let outcome = if holds(&whole) { Outcome::Held } else { Outcome::LookMissed };
    let found = Found { outcome, ..Found::held(knob.turned(spec, step), score(&whole)) };
    Ok(search.sought(whole.encoded, whole.seen, found))
}

/// Tries steps near that which was found, where looks and bytes do not rise with every step.
fn look_around(
    look: &Look<'_>,
    spec: &OutputSpec,
    range: &RangeInclusive<u16>,
    found: u16,
    trail: &mut Trail,
) -> Result<(), EngineError> {
    let is_drawn = || DRAWN <= equal_neighbours(&look.search.naked);
    // The fewer pixels, the less do they.
    if look.search.seeker.lore.tiles(&look.search.naked).is_none() {
        let from = found.saturating_sub(STEPS_AROUND).max(*range.start());
        for step in from..=(found + STEPS_AROUND).min(*range.end()) {
            look.add(spec, step, trail)?;
        }
    } else if look.knob == Knob::Quality && !look.search.takes_long() && is_drawn() {
        for step in (range.start() + 1..found).rev().take(STEPS_PAST) {
            let misses_by = |it: &Whole| look.wanted - score(it);
            if trail.whole.get(&step).is_none_or(|it| NEARLY < misses_by(it)) {
                break;
            }
            look.add(spec, step - 1, trail)?;
        }
    }
    Ok(())
}

fn score(whole: &Whole) -> f64 {
    whole.score.unwrap_or(f64::NEG_INFINITY)
}

/// There is nothing to turn.
fn fixed(search: &Search<'_>, spec: OutputSpec, wanted: f64) -> Result<Sought, EngineError> {
    let (encoded, seen, score) = search.whole(&spec)?;
    let outcome = if wanted <= score { Outcome::Held } else { Outcome::LookMissed };
    Ok(search.sought(encoded, seen, Found { outcome, ..Found::held(spec, score.min(SAME)) }))
}

/// The share of pixels that equal their left neighbour, by every eighth row.
fn equal_neighbours(raster: &Raster) -> f64 {
    let pixel = raster.layout().bytes_per_pixel();
    let rows = raster.bytes().chunks_exact(raster.width() as usize * pixel).step_by(8);
    let (mut equal, mut all) = (0_u64, 0_u64);
    for row in rows {
        let pixels = || row.chunks_exact(pixel);
        equal += pixels().zip(pixels().skip(1)).filter(|(a, b)| a == b).count() as u64;
        all += u64::from(raster.width()) - 1;
    }
    equal as f64 / all.max(1) as f64
}
