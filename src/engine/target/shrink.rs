//! Fewer pixels, where nothing else fits into a budget.

use super::{Budget, Found, Search, Sought, budget::FLOOR, knob::Knob};
use crate::engine::{
    Encoded, EngineError, Raster,
    edit::{self, ground},
    encode::WHITE,
    recipe::OutputSpec,
    score::Reference,
};

/// So many sizes are tried.
const MOST_SIZES: u32 = 7;
/// A size is good enough when the next that was too large is no larger than this.
const NEAR: f64 = 1.04;
/// Sizes are guessed a little too small rather than too large.
const CAUTION: f64 = 0.97;
/// So many steps of the knob are tried to spend what is left.
const MOST_STEPS: u32 = 5;

/// The largest size at which the picture fits at the lowest quality worth having, and what is left spent on quality.
pub(super) fn seek(search: &Search<'_>, spec: &OutputSpec, budget: &Budget) -> Result<Option<Sought>, EngineError> {
    let knob = Knob::of(spec);
    let range = knob.map(|it| it.range(spec));
    let least = match (knob, &range) {
        (Some(Knob::Quality), _) => FLOOR,
        (Some(Knob::Colours), Some(range)) => range.start().midpoint(*range.end()),
        _ => 0,
    };
    let at = |step: u16| knob.map_or_else(|| spec.clone(), |it| it.turned(spec, step));
    let Some(mut best) = largest(search, &at(least), budget)? else { return Ok(None) };
    if let (Some(_), Some(range)) = (knob, range) {
        let (mut fits, mut over) = (least, range.end() + 1);
        for _ in 0..MOST_STEPS {
            if over <= fits + 1 {
                break;
            }
            let step = fits.midpoint(over);
            match search.fitting(&best.picture, &at(step), budget)? {
                Ok(made) => (best.made, best.spec, fits) = (made, at(step), step),
                Err(_) => over = step,
            }
        }
    }
    let Fitting { picture, made: (encoded, seen), spec } = best;
    let score = look(search, &picture, (&encoded, seen.as_ref()), &spec)?;
    Ok(Some(search.sought(encoded, seen, Found::held(spec, score))))
}

/// How alike the smaller picture and its encoding look, without a profile.
fn look(
    search: &Search<'_>,
    picture: &Raster,
    (encoded, seen): (&Encoded, Option<&Raster>),
    spec: &OutputSpec,
) -> Result<f64, EngineError> {
    let back = |encoded: &Encoded| search.seeker.tools.encoder.decode_back(encoded, spec, search.seeker.tools);
    let naked = picture.clone().with_profile(None);
    let seen = match seen {
        _ if picture.profile().is_some() => {
            let (encoded, seen) = (search.seeker.encode)(&naked, spec)?;
            seen.map_or_else(|| back(&encoded), Ok)?
        }
        Some(seen) => seen.clone(),
        None => back(encoded)?,
    };
    let naked = if spec.format.has_alpha() { naked } else { ground::flatten(&naked, WHITE) };
    Reference::new(&naked, search.cancel())?.score(&seen, search.cancel())
}

/// A picture made smaller, and its encoding, which fits.
struct Fitting {
    picture: Raster,
    made: super::Made,
    spec: OutputSpec,
}

/// The largest size found at which the wish fits.
fn largest(search: &Search<'_>, spec: &OutputSpec, budget: &Budget) -> Result<Option<Fitting>, EngineError> {
    let longest = search.naked.width().max(search.naked.height());
    let whole = search.weighed(spec)?;
    let (mut over, mut weight) = (longest, (search.seeker.weigh)(&whole.encoded));
    let mut best: Option<Fitting> = None;
    for _ in 0..MOST_SIZES {
        let fits = best.as_ref().map_or(0, |it| it.picture.width().max(it.picture.height()));
        if over <= fits + 1 || 0 < fits && f64::from(over) <= f64::from(fits) * NEAR {
            break;
        }
        // Bytes go by the area, about.
        let guess = f64::from(over) * (budget.most as f64 / weight.max(1) as f64).sqrt() * CAUTION;
        let side = (guess as u32).clamp(fits + 1, over - 1);
        let side = if 0 < fits { side.max(fits.midpoint(over)) } else { side };
        let picture = edit::shrunk(search.seeker.edited, side, search.cancel())?;
        match search.fitting(&picture, spec, budget)? {
            Ok(made) => best = Some(Fitting { picture, made, spec: spec.clone() }),
            Err(heavy) => (over, weight) = (side, heavy),
        }
    }
    Ok(best)
}
