//! The render lane: edits and encodes the picture that the user looks at; the newest wins.

use super::{
    JobError, Shared,
    guard::guard,
    request::{Event, RenderRequest, Rendered},
    stopwatch::Stopwatch,
};
use crate::engine::{Cache, Cancel, EngineError, Tools, embed, pipeline};
use std::time::{Duration, Instant};

/// A request and the flag that stops it.
pub(super) type RenderJob = (RenderRequest, Cancel);

/// With nothing to do for so long, the lane gives the memory back that it does not use.
const REST: Duration = Duration::from_secs(1);

/// Works until the mailbox is closed.
///
/// There are two of these, since some encoders hear of a cancel late: while one of them comes to
/// its end, the other makes what is wanted now.
pub(super) fn run(shared: &Shared) {
    while let Some((request, cancel)) = shared.renders.take_after(REST, &*shared.tidy) {
        let ticket = request.ticket;
        // Pixels are shared, so a copy of the cache costs nothing.
        let mut cache = shared.cache().clone();
        let result = shared.render_pool.install(|| guard(|| render(shared, &request, &mut cache, &cancel)));
        if matches!(result, Err(JobError::Crashed(_))) {
            cache.clear();
        }
        // Whoever cancels may want nothing of it to stay.
        if cancel.check().is_ok() {
            *shared.cache() = cache;
        }
        shared.send(Event::Rendered { ticket, result: result.map(Box::new) });
    }
}

fn render(shared: &Shared, request: &RenderRequest, cache: &mut Cache, cancel: &Cancel) -> Result<Rendered, JobError> {
    let watch = Stopwatch::tracing(&shared.trace, "render");
    let decoder = shared.decoders.within(request.allowance);
    let tools = Tools { observer: &watch, decoder: &decoder, ..Tools::new(&shared.limits, &shared.fonts, cancel) };
    cache.prime(&request.source, &request.decoded);
    let product = pipeline::render(&request.source, &request.recipe, cache, true, tools)?;
    let preview = product.preview.as_ref().ok_or(EngineError::Cancelled)?;
    let start = Instant::now();
    let painted = (shared.painter)(preview);
    shared.trace.span("render", "paint", start, start.elapsed(), &[]);
    cancel.check()?;
    let base64 = embed::base64(&product.encoded.bytes);
    Ok(Rendered { base64, painted, millis: watch.millis(), product })
}
