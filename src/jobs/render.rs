//! The render lane: edits and encodes the picture that the user looks at; the newest wins.

use super::{
    JobError, Shared,
    guard::guard,
    request::{Event, Packed, RenderRequest, Rendered},
    stopwatch::Stopwatch,
};
use crate::engine::{Cache, Cancel, EngineError, Tools, embed::Texts, pipeline};
use std::{
    sync::{Mutex, MutexGuard, TryLockError},
    thread,
    time::{Duration, Instant},
};

/// A request and the flag that stops it.
pub(super) type RenderJob = (RenderRequest, Cancel);

/// With nothing to do for so long, the lane gives the memory back that it does not use.
const REST: Duration = Duration::from_secs(1);

/// What has no more pixels is decoded back in less time than a frame takes. A frame of their own for
/// its numbers would only hold up its picture, so both are shown in the same.
const SOON_PIXELS: u64 = 1_500_000;

/// A slider that has not moved for so long rests.
const SLIDER_REST: Duration = Duration::from_millis(200);
/// A cancel is heard of within this time.
const GLANCE: Duration = Duration::from_millis(10);

/// Works until the mailbox is closed.
///
/// There are two of these, since some encoders hear of a cancel late: while one of them comes to
/// its end, the other makes what is wanted now. Those that never hear of it run in a helper, which
/// is killed.
pub(super) fn run(shared: &Shared) {
    while let Some((request, cancel)) = shared.renders.take_after(REST, &*shared.tidy) {
        let ticket = request.ticket;
        if request.waits_for_rest() {
            wait_for_rest(&cancel);
        }
        let turn = request.takes_turns().then(|| wait_for_turn(&shared.turn, &cancel)).flatten();
        // Pixels are shared, so a copy of the cache costs nothing.
        let mut cache = shared.cache().clone();
        let result = shared.render_pool.install(|| guard(|| render(shared, &request, &mut cache, &cancel)));
        if matches!(result, Err(JobError::Crashed(_))) {
            cache.clear();
        }
        keep(shared, cache, &cancel);
        drop(turn);
        shared.send(Event::Rendered { ticket, result: result.map(Box::new) });
    }
}

/// Waits until nothing newer can be expected, or there is something newer.
pub(super) fn wait_for_rest(cancel: &Cancel) {
    let rested = Instant::now() + SLIDER_REST;
    while !cancel.is_cancelled() && Instant::now() < rested {
        thread::park_timeout(GLANCE);
    }
}

/// Waits until the render that is let come to its end has done so, or nobody waits for this one any more: beside it,
/// others that are broken off by the next move of the slider would only take its processors away.
fn wait_for_turn<'a>(turn: &'a Mutex<()>, cancel: &Cancel) -> Option<MutexGuard<'a, ()>> {
    while !cancel.is_cancelled() {
        match turn.try_lock() {
            Ok(turn) => return Some(turn),
            Err(TryLockError::Poisoned(poisoned)) => return Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => thread::park_timeout(GLANCE),
        }
    }
    None
}

/// Keeps what is known now for the next render.
fn keep(shared: &Shared, cache: Cache, cancel: &Cancel) {
    let mut kept = shared.cache();
    // Whoever cancels may want nothing of it to stay.
    if cancel.check().is_ok() {
        *kept = cache;
    }
}

/// Sends the bytes as soon as they are made, and returns them with what they look like. Whoever
/// asks for something newer meanwhile stops it in between.
fn render(shared: &Shared, request: &RenderRequest, cache: &mut Cache, cancel: &Cancel) -> Result<Rendered, JobError> {
    let RenderRequest { ticket, source, decoded, recipe, .. } = request;
    let watch = Stopwatch::tracing(&shared.trace, "render");
    let decoder = shared.decoders.within(request.allowance);
    let tools = Tools {
        observer: &watch,
        decoder: &decoder,
        encoder: &decoder,
        ..Tools::new(&shared.limits, &shared.fonts, cancel)
    };
    cache.prime(source, decoded);
    let product = pipeline::render(source, recipe, cache, false, tools)?;
    let paint = |preview| {
        let start = Instant::now();
        let painted = (shared.painter)(preview);
        shared.trace.span("render", "paint", start, start.elapsed(), &[]);
        painted
    };
    // Where the encoder knows what its bytes look like, the picture is ready as soon as the text.
    let seen = cache.seen(&recipe.output).cloned();
    let (texts, painted) = rayon::join(
        || Texts::of(product.encoded.format, &product.encoded.bytes),
        || seen.as_ref().filter(|_| cancel.check().is_ok()).map(paint),
    );
    let packed = Packed { product, texts, millis: watch.millis() };
    cancel.check()?;
    keep(shared, cache.clone(), cancel);
    let answer = Event::Encoded { ticket: *ticket, packed: Box::new(packed.clone()) };
    let [width, height] = packed.product.encoded.size.map(u64::from);
    if painted.is_some() || width * height <= SOON_PIXELS {
        shared.leave(answer);
    } else {
        shared.send(answer);
    }
    // With the same cache, so nothing is made again.
    let product = pipeline::render(source, recipe, cache, true, tools)?;
    let preview = product.preview.ok_or(EngineError::Cancelled)?;
    cancel.check()?;
    let painted = painted.unwrap_or_else(|| paint(&preview));
    cancel.check()?;
    Ok(Rendered { packed: Packed { millis: watch.millis(), ..packed }, preview, painted })
}

#[cfg(test)]
mod tests {
    use super::wait_for_turn;
    use crate::engine::Cancel;
    use std::{sync::Mutex, thread};

    #[test]
    fn a_turn_is_waited_for_until_it_comes_or_nobody_wants_it() {
        let (turn, cancel, unwanted) = (Mutex::new(()), Cancel::default(), Cancel::default());
        let held = wait_for_turn(&turn, &cancel).expect("nobody else has it");
        thread::scope(|scope| {
            let given_up = scope.spawn(|| wait_for_turn(&turn, &unwanted).is_none());
            unwanted.cancel();
            assert!(given_up.join().unwrap());
            let next = scope.spawn(|| wait_for_turn(&turn, &cancel).is_some());
            drop(held);
            assert!(next.join().unwrap());
        });
    }
}
