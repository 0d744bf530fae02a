//! The load lane: reads, sniffs and decodes what the user brought, several at a time.

use super::{
    JobError, Shared,
    guard::guard,
    ports::Painted,
    read::{read_all, read_file},
    request::{Event, Glimpsed, Intake, LoadRequest, Loaded, Ticket},
    stopwatch::{Millis, Stopwatch},
};
use crate::engine::{
    Cancel, Decoded, EngineError, Source, Tools,
    decode::{Decoder as _, Glimpse},
    embed, naming, pipeline,
};
use crate::helper::Contained;
use std::{io, path::Path, sync::Arc, time::Instant};

/// A request and the flag that stops it.
pub(super) type LoadJob = (LoadRequest, Cancel);

/// With fewer cores a glimpse beside the decoding would come at half the speed, and late.
const CORES_FOR_BOTH: usize = 4;

/// Works until the backlog is closed.
pub(super) fn run(shared: &Arc<Shared>) {
    while let Some((request, cancel)) = shared.loads.take() {
        let (ticket, start) = (request.ticket, Instant::now());
        let result = guard(|| load(shared, &request, &cancel));
        let facts = [("ticket", ticket.number()), ("failed", f64::from(u8::from(result.is_err())))];
        shared.trace.span("load", "load", start, start.elapsed(), &facts);
        shared.send(Event::Loaded { ticket, result: result.map(Box::new) });
    }
}

fn load(shared: &Arc<Shared>, request: &LoadRequest, cancel: &Cancel) -> Result<Loaded, JobError> {
    let start = Instant::now();
    let source = source(shared, &request.intake, cancel)?;
    let read = Some(Stopwatch::since(start));
    shared.send(Event::Read { ticket: request.ticket, source: source.clone() });
    shared.trace.span("load", "read", start, start.elapsed(), &[]);
    let (enough, decoder) = (Cancel::default(), shared.decoders.within(request.allowance));
    // With more to load the cores have better things to do.
    if shared.loads.is_empty() {
        if shared.load_pool.current_num_threads() < CORES_FOR_BOTH {
            show_glimpse(shared, request.ticket, &source, &decoder, cancel);
        } else {
            let (shared, ticket, source, enough) = (shared.clone(), request.ticket, source.clone(), enough.clone());
            let (own, decoder) = (shared.clone(), shared.decoders.within(request.allowance));
            shared.load_pool.spawn(move || show_glimpse(&own, ticket, &source, &decoder, &enough));
        }
    }
    let outcome = decode(shared, &source, &decoder, cancel);
    enough.cancel();
    let (decoded, painted, millis) = outcome?;
    Ok(Loaded { source, decoded, painted, millis: Millis { read, ..millis } })
}

fn decode(
    shared: &Shared,
    source: &Source,
    decoder: &Contained,
    cancel: &Cancel,
) -> Result<(Decoded, Painted, Millis), JobError> {
    let watch = Stopwatch::tracing(&shared.trace, "load");
    let tools = Tools { observer: &watch, decoder, ..Tools::new(&shared.limits, &shared.fonts, cancel) };
    let decoded = pipeline::decode(source, tools)?;
    cancel.check()?;
    let start = Instant::now();
    let painted = shared.load_pool.install(|| (shared.painter)(&decoded.raster));
    shared.trace.span("load", "paint", start, start.elapsed(), &[]);
    Ok((decoded, painted, watch.millis()))
}

/// Something to see while the pixels are being decoded, unless those have come meanwhile.
fn show_glimpse(shared: &Shared, ticket: Ticket, source: &Source, decoder: &Contained, enough: &Cancel) {
    let start = Instant::now();
    let tools = Tools::new(&shared.limits, &shared.fonts, enough);
    let seen = guard(|| -> Result<_, JobError> {
        let Some(Glimpse { raster, size }) = decoder.glimpse(source, tools)? else { return Ok(None) };
        enough.check()?;
        Ok(Some(Glimpsed { painted: shared.load_pool.install(|| (shared.painter)(&raster)), size }))
    });
    // Whatever is wrong with the picture, the decoding beside this says it.
    if let Ok(Some(glimpsed)) = seen {
        shared.trace.span("load", "glimpse", start, start.elapsed(), &[]);
        shared.send(Event::Glimpsed { ticket, glimpsed });
    }
}

fn source(shared: &Shared, intake: &Intake, cancel: &Cancel) -> Result<Source, JobError> {
    cancel.check()?;
    Ok(match intake {
        Intake::Path(path) => Source::new(file_name(path), read_file(path, shared.limits.max_source_bytes)?),
        Intake::Text(text) => Source::new(naming::PASTED, embed::bytes_in_text(text).map_err(EngineError::from)?),
        Intake::StandardInput => Source::new(intake.name(), read_all(io::stdin(), shared.limits.max_source_bytes)?),
        // Fetched on a lane of its own.
        Intake::Link(_) => return Err(EngineError::NotAnImage.into()),
        Intake::Known(source) => source.clone(),
    })
}

fn file_name(path: &Path) -> String {
    Intake::Path(path.to_owned()).name()
}
