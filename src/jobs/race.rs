//! The race lane: what the other formats make of the picture that the user looks at. An encoder that takes all cores
//! has them for itself; those that take one run beside each other.

use super::{
    JobError, Shared,
    guard::guard,
    render::wait_for_rest,
    request::{Event, RaceRequest, Raced},
    stopwatch::Stopwatch,
};
use crate::engine::{Cache, Cancel, Format, Product, Recipe, Tools, encode::is_stoppable, pipeline};
use rayon::prelude::*;
use std::time::Duration;

/// A request and the flag that stops it.
pub(super) type RaceJob = (RaceRequest, Cancel);

/// With nothing to do for so long, the lane lets go of what only searches need.
const REST: Duration = Duration::from_secs(2);

/// Works until the mailbox is closed.
///
/// A race begins when the slider rests, so that it takes no time from what follows it; the newest
/// replaces and cancels the one before.
pub(super) fn run(shared: &Shared) {
    let rest = || {
        shared.cache().rest();
        (shared.tidy)();
    };
    while let Some((request, cancel)) = shared.races.take_after(REST, &rest) {
        wait_for_rest(&cancel);
        let ticket = request.ticket;
        let mut cache = shared.cache().clone();
        cache.prime(&request.source, &request.decoded);
        if let Some(recipe) = &request.judged {
            let score = shared.race_pool.install(|| guard(|| judge(shared, &request, recipe, &mut cache, &cancel)));
            learn(shared, &cache, &cancel);
            if !cancel.is_cancelled() {
                shared.send(Event::Judged { ticket, recipe: recipe.clone(), result: score });
            }
        }
        for beside in request.recipes.chunk_by(|a, b| takes_one_core(a) && takes_one_core(b)) {
            let row = |recipe| row(shared, &request, recipe, cache.clone(), &cancel);
            let caches: Vec<Option<Cache>> = shared.race_pool.install(|| beside.par_iter().map(row).collect());
            // What was found out of the picture on the way is of use to the next.
            cache = caches.into_iter().flatten().next().unwrap_or(cache);
        }
    }
}

/// Does the encoder of this recipe leave the other cores to others?
fn takes_one_core(recipe: &Recipe) -> bool {
    match recipe.output.format {
        Format::Jpeg => false,
        Format::WebP => true,
        _ => is_stoppable(&recipe.output),
    }
}

/// Makes a row and tells it. Hands back what is known of the picture then, unless that is in doubt.
fn row(shared: &Shared, request: &RaceRequest, recipe: &Recipe, mut cache: Cache, cancel: &Cancel) -> Option<Cache> {
    let result = guard(|| make(shared, request, recipe, &mut cache, cancel));
    if cancel.is_cancelled() {
        return None;
    }
    let is_sound = !matches!(result, Err(JobError::Crashed(_)));
    if is_sound {
        learn(shared, &cache, cancel);
    }
    shared.send(Event::Raced { ticket: request.ticket, recipe: recipe.clone(), result: result.map(Box::new) });
    is_sound.then_some(cache)
}

/// Hands on what is known now to the renders.
fn learn(shared: &Shared, cache: &Cache, cancel: &Cancel) {
    let mut kept = shared.cache();
    // Whoever cancels may want nothing of it to stay.
    if cancel.check().is_ok() {
        kept.learn(cache);
    }
}

fn judge(
    shared: &Shared,
    request: &RaceRequest,
    recipe: &Recipe,
    cache: &mut Cache,
    cancel: &Cancel,
) -> Result<f64, JobError> {
    let decoder = shared.decoders.within(request.allowance);
    let tools = Tools { decoder: &decoder, encoder: &decoder, ..Tools::new(&shared.limits, &shared.fonts, cancel) };
    Ok(pipeline::score(&request.source, recipe, cache, tools)?)
}

fn make(
    shared: &Shared,
    request: &RaceRequest,
    recipe: &Recipe,
    cache: &mut Cache,
    cancel: &Cancel,
) -> Result<Raced, JobError> {
    let watch = Stopwatch::tracing(&shared.trace, "race");
    let decoder = shared.decoders.within(request.allowance);
    let tools = Tools {
        observer: &watch,
        decoder: &decoder,
        encoder: &decoder,
        ..Tools::new(&shared.limits, &shared.fonts, cancel)
    };
    let product: Product = pipeline::render(&request.source, recipe, cache, false, tools)?;
    Ok(Raced { product, millis: watch.millis().encode })
}
