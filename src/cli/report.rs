//! The report: one JSON object a line, one line an input.

use super::{input::Input, output::Payload, run::Made};
use crate::jobs::Millis;
use serde_json::{Map, Value, json};

/// One input's line, without its line end. `written` is the place of the result, or why there
/// is none.
pub(super) fn line(input: &Input, made: Option<&Made>, written: Result<&str, &str>, warnings: &[&str]) -> String {
    let parcel = made.map(|it| &it.parcel);
    let facts = made.map(|it| &it.facts);
    let chars = parcel.and_then(|it| match &it.payload {
        Payload::Bytes(_) => None,
        Payload::Text(text) => Some(text.chars()),
    });
    let source = facts.map(|it| {
        let [width, height] = it.stored_size;
        json!({
            "format": it.format.id(),
            "width": width,
            "height": height,
            "bytes": made.map(|it| it.source_bytes),
            "frames": it.frames,
            "orientation": it.orientation,
            "profile": it.profile_name,
        })
    });
    let fields = [
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
        ("score", Value::Null),
        ("source", json!(source)),
        ("millis", made.map_or(Value::Null, |it| millis(it.millis, it.total))),
        ("warnings", json!(warnings)),
        ("error", json!(written.err())),
    ];
    Value::Object(fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>()).to_string()
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
