//! The best look that fits into a budget.

use super::{
    Budget, Found, Outcome, Search, Sought,
    hunt::{Quantity, Whole, hunt},
    knob::Knob,
    shrink,
};
use crate::engine::{
    EngineError, Format, encode,
    options::PngColours,
    recipe::{Effort, OutputSpec},
    score::SAME,
};

/// Below this quality a picture is better made smaller, where that is allowed.
pub(super) const FLOOR: u16 = 50;
/// Below this quality there is hardly a picture left.
const LAST_FLOOR: u16 = 10;
/// What a thorough search for small bytes saves at most.
const SAVED: f64 = 0.6;

/// The logarithm of the weight along a knob; what is searched for is the lowest step that is too heavy.
struct Weight<'a> {
    search: &'a Search<'a>,
    knob: Knob,
    most: u64,
}

impl Quantity for Weight<'_> {
    fn wanted(&self) -> f64 {
        logarithm(self.most + 1)
    }

    fn slope(&self) -> f64 {
        self.knob.weight_slope()
    }

    fn of_tiles(&self, bytes: usize, _: f64) -> f64 {
        (bytes as f64 * self.search.tiles_in_whole()).ln()
    }

    fn of_whole(&self, spec: &OutputSpec) -> Result<(f64, Whole), EngineError> {
        let whole = self.search.weighed(spec)?;
        Ok((logarithm((self.search.seeker.weigh)(&whole.encoded)), whole))
    }

    fn answer_reaches(&self) -> bool {
        false
    }
}

fn logarithm(weight: u64) -> f64 {
    (weight.max(1) as f64).ln()
}

pub(super) fn seek(search: &Search<'_>, budget: &Budget) -> Result<Sought, EngineError> {
    let spec = search.spec().clone();
    if let Some(original) = search.seeker.original.as_ref().filter(|it| search.fits(it, budget)) {
        return Ok(search.sought(original.clone(), None, Found::held(spec, SAME)));
    }
    if let Some(exact) = without_loss(search, &spec, budget)? {
        return Ok(exact);
    }
    let spec = lossy(&spec);
    let floor = if budget.may_shrink { FLOOR } else { LAST_FLOOR };
    let mut nearest = None;
    if let Some(knob) = Knob::of(&spec) {
        match along(search, knob, &spec, budget, floor)? {
            Ok(sought) => return in_own_colours(search, knob, &spec, budget, floor, sought),
            Err(closest) => nearest = Some(closest),
        }
    }
    let smaller = shrink::seek(search, &spec, budget)?;
    match smaller {
        Some(smaller) if budget.may_shrink => Ok(smaller),
        smaller => {
            let fits_at = smaller.map(|it| it.encoded.size);
            missed(search, &spec, nearest, fits_at)
        }
    }
}

/// The highest step that fits, or else the lowest of all.
fn along(
    search: &Search<'_>,
    knob: Knob,
    spec: &OutputSpec,
    budget: &Budget,
    floor: u16,
) -> Result<Result<Sought, (OutputSpec, Whole)>, EngineError> {
    let range = knob.range(spec);
    let range = if knob == Knob::Quality { floor..=*range.end() } else { range };
    let first = range.start().midpoint(*range.end());
    let weight = Weight { search, knob, most: budget.most };
    let mut trail = hunt(search, knob, spec, range, first, &weight)?;
    let fitting = trail.whole.iter().filter(|(_, it)| search.fits(&it.encoded, budget)).map(|(step, _)| *step).max();
    let Some(step) = fitting.or_else(|| trail.whole.keys().next().copied()) else {
        return Err(EngineError::Cancelled);
    };
    let Some(whole) = trail.whole.remove(&step) else { return Err(EngineError::Cancelled) };
    let spec = knob.turned(spec, step);
    if fitting.is_none() {
        return Ok(Err((spec, whole)));
    }
    let (seen, score) = search.look_with_profile(&whole.encoded, whole.seen, &spec)?;
    Ok(Ok(search.sought(whole.encoded, seen, Found::held(spec, score))))
}

/// With a colour for each pixel, where the next quality would have them and is too heavy: a lower one may fit as well, and
/// look closer than what is known to fit.
fn in_own_colours(
    search: &Search<'_>,
    knob: Knob,
    spec: &OutputSpec,
    budget: &Budget,
    floor: u16,
    shared: Sought,
) -> Result<Sought, EngineError> {
    let own = encode::with_own_colours(&search.naked, spec).filter(|(_, last)| shared.found.spec.quality == *last);
    let Some((own, _)) = own else { return Ok(shared) };
    let own = along(search, knob, &own, budget, floor)?.ok();
    Ok(match own.filter(|own| shared.found.score < own.found.score) {
        Some(own) => own,
        None => shared,
    })
}

/// The very pixels, if they fit.
fn without_loss(search: &Search<'_>, spec: &OutputSpec, budget: &Budget) -> Result<Option<Sought>, EngineError> {
    let mut exact = spec.clone();
    match exact.format {
        Format::Png if exact.codec.png.colours == PngColours::Palette => return Ok(None),
        Format::WebP => exact.lossless = true,
        format if !format.has_lossless() => return Ok(None),
        _ => {}
    }
    // A thorough search is not begun where a quick one says that it is in vain.
    let quick = OutputSpec { effort: Effort::Fast, ..exact.clone() };
    let whole = search.weighed(&quick)?;
    let weight = (search.seeker.weigh)(&whole.encoded);
    if exact.effort == Effort::Fast || budget.most < (weight as f64 * SAVED) as u64 {
        let fits = weight <= budget.most;
        return Ok(fits.then(|| search.sought(whole.encoded, whole.seen, Found::held(exact, SAME))));
    }
    let whole = search.weighed(&exact)?;
    let fits = search.fits(&whole.encoded, budget);
    Ok(fits.then(|| search.sought(whole.encoded, whole.seen, Found::held(exact, SAME))))
}

/// The wish with what its format can leave out, where it kept all.
fn lossy(spec: &OutputSpec) -> OutputSpec {
    let mut spec = spec.clone();
    spec.lossless = false;
    if spec.format == Format::Png {
        spec.codec.png.colours = PngColours::Palette;
    }
    spec
}

/// What came closest, and where it would fit.
fn missed(
    search: &Search<'_>,
    spec: &OutputSpec,
    nearest: Option<(OutputSpec, Whole)>,
    fits_at: Option<[u32; 2]>,
) -> Result<Sought, EngineError> {
    let (spec, whole) = match nearest {
        Some(nearest) => nearest,
        None => (spec.clone(), search.weighed(spec)?),
    };
    let (seen, score) = search.look_with_profile(&whole.encoded, whole.seen, &spec)?;
    let outcome = Outcome::BudgetMissed { weight: (search.seeker.weigh)(&whole.encoded), fits_at };
    Ok(search.sought(whole.encoded, seen, Found { outcome, ..Found::held(spec, score) }))
}
