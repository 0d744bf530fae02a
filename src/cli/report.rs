//! The report: one JSON object a line, one line an input.

use super::{input::Input, output::Payload, run::Made};
use crate::{
    engine::{
        details::Chroma,
        score::SAME,
        target::{Found, Outcome, is_sampled},
    },
    jobs::Millis,
};
use serde_json::{Map, Value, json};

/// One input's line, without its line end. `written` is the place of the result, or why there
/// is none.
pub(super) fn line(input: &Input, made: Option<&Made>, written: Result<&str, &str>, warnings: &[&str]) -> String {
    let parcel = made.map(|it| &it.parcel);
    let chars = parcel.and_then(|it| match &it.payload {
        Payload::Bytes(_) => None,
        Payload::Text(text) => Some(text.chars()),
    });
    let source = made.map(source);
    let found = made.and_then(|it| it.found.as_ref());
    let brotli = made.and_then(|it| it.brotli).map(|it| ("brotli", json!(it)));
    let before = [
        ("input", json!(input.name)),
        ("output", json!(written.ok())),
        ("format", json!(parcel.map(|it| it.format.id()))),
        ("mime", json!(parcel.map(|it| it.format.mime()))),
        ("width", json!(parcel.map(|it| it.size[0]))),
        ("height", json!(parcel.map(|it| it.size[1]))),
        // Results are still pictures.
        ("frames", json!(parcel.map(|_| 1))),
        ("bytes", json!(made.map(|it| it.bytes))),
        ("chars", json!(chars)),
    ];
    let after = [
        ("score", json!(found.map(|it| hundredths(it.score)))),
        // Was it measured on a part of the picture?
        ("sampled", json!(found.map(|it| it.score < SAME && parcel.is_some_and(|it| is_sampled(it.size))))),
        (
            "quality",
            json!(found.filter(|it| it.spec.format.has_quality() && !it.spec.lossless).map(|it| it.spec.quality)),
        ),
        ("encodes", json!(found.map(|it| json!({ "tiles": it.encodes.tiles, "whole": it.encodes.whole })))),
        ("missed", json!(found.and_then(missed))),
        ("source", json!(source)),
        ("millis", made.map_or(Value::Null, |it| millis(it.millis, it.total))),
        ("warnings", json!(warnings)),
        ("error", json!(written.err())),
    ];
    let fields = before.into_iter().chain(brotli).chain(after);
    Value::Object(fields.map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>()).to_string()
}

/// Whether and by what an aim was missed.
fn missed(found: &Found) -> Option<Value> {
    match &found.outcome {
        Outcome::Held => None,
        Outcome::LookMissed => Some(json!({ "aim": "look", "score": hundredths(found.score) })),
        Outcome::BudgetMissed { weight, fits_at } => {
            let fits_at = fits_at.map(|[width, height]| json!({ "width": width, "height": height }));
            Some(json!({ "aim": "budget", "weight": weight, "fits_at": fits_at }))
        }
    }
}

/// More digits of a score say nothing.
fn hundredths(score: f64) -> f64 {
    (score * 100.0).round() / 100.0
}

/// What is known of the source: the sides as stored, the density in dots an inch, the delays in
/// milliseconds.
fn source(made: &Made) -> Value {
    let facts = &made.facts;
    let details = &facts.details;
    let [width, height] = facts.stored_size;
    let metadata: Vec<_> =
        details.metadata.iter().map(|it| json!({ "kind": it.kind.id(), "bytes": it.bytes })).collect();
    json!({
        "format": facts.format.id(),
        "width": width,
        "height": height,
        "bytes": made.source_bytes,
        "frames": facts.frames,
        "orientation": facts.orientation,
        "profile": facts.profile_name,
        "depth": facts.depth,
        "gamut": facts.gamut.id(),
        "alpha": facts.has_alpha,
        "codec": details.codec,
        "chroma": details.chroma.map(Chroma::label),
        "density": details.density.map(|it| it.map(|side| f64::from(side) / 100.0)),
        "delays": details.delays,
        "loops": details.loops,
        "metadata": metadata,
    })
}

/// Milliseconds to the microsecond; a clock knows no more.
fn millis(stages: Millis, total: f64) -> Value {
    let rounded = |it: f64| (it * 1000.0).round() / 1000.0;
    json!({
        "read": stages.read.map(rounded),
        "decode": stages.decode.map(rounded),
        "edit": stages.edit.map(rounded),
        "encode": stages.encode.map(rounded),
        "score": null,
        "total": rounded(total),
    })
}
