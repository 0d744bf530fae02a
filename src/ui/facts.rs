//! What is known of a picture: a line for the top of the window, and a sheet that tells all of it.

use super::{widgets::pairs, words};
use crate::{
    engine::{Details, Facts, Format, MetadataKind},
    session::{Item, Status, capitalized},
    settings::Units,
};
use egui::Ui;
use std::time::Duration;

/// Pixels · format · bytes · profile and gamut when it is not sRGB · frames when animated.
pub(super) fn facts_words(item: &Item, units: Units) -> String {
    let mut words = vec![];
    let facts = item.facts();
    if let Some(facts) = facts {
        words.push(words::pixels(facts.size));
    }
    if let Some(source) = item.source() {
        words.extend(source.format().map(|it| it.label().to_owned()));
        words.push(words::bytes(source.bytes().len() as u64, units));
    }
    if let Some(facts) = facts {
        words.extend(facts.profile_name.clone());
        words.extend(gamut_badge(facts).map(str::to_owned));
        match facts.frames {
            Some(1) => {}
            Some(frames) => words.push(words::counted(frames.into(), "frame")),
            None => words.push("animated".to_owned()),
        }
    }
    if words.is_empty() && item.status() == Status::Loading {
        words.push("reading".to_owned());
    }
    words.join(" · ")
}

/// What kind of colours these are, unless the profile's name says it.
fn gamut_badge(facts: &Facts) -> Option<&'static str> {
    let badge = facts.gamut.label()?;
    let name = facts.profile_name.as_deref().unwrap_or_default().to_lowercase();
    (!name.contains(&badge.to_lowercase())).then_some(badge)
}

/// Everything that is known, a row each; only what has something to say.
pub(super) fn facts_ui(ui: &mut Ui, item: &Item, units: Units) {
    pairs(ui, &rows(item, units));
}

type Row = (&'static str, String);

fn rows(item: &Item, units: Units) -> Vec<Row> {
    let mut rows = vec![("Name", item.name().to_owned())];
    if let Some(source) = item.source() {
        rows.extend(source.format().map(|it| ("Format", it.label().to_owned())));
        rows.push(("Bytes", words::exact_bytes(source.bytes().len() as u64)));
    }
    if let Some(facts) = item.facts() {
        rows.extend(fact_rows(facts, units));
    }
    rows
}

fn fact_rows(facts: &Facts, units: Units) -> Vec<Row> {
    let details = &*facts.details;
    let mut rows = vec![];
    rows.extend(details.codec.as_deref().map(|it| ("Codec", capitalized(it))));
    rows.push(("Size", size(facts)));
    rows.extend(orientation(facts.orientation).map(|it| ("Orientation", it.to_owned())));
    // A drawing has no samples.
    if facts.format != Format::Svg {
        rows.push(("Depth", format!("{} bits a channel", facts.depth)));
    }
    rows.extend(details.chroma.map(|it| ("Chroma", it.label().to_owned())));
    rows.extend(facts.profile_name.clone().map(|it| ("Colour profile", it)));
    rows.extend(facts.gamut.label().map(|it| ("Colours", capitalized(it))));
    rows.extend(details.density.map(|it| ("Density", density(it))));
    rows.extend(frames(facts).map(|it| ("Frames", it)));
    rows.extend(metadata(details, units));
    rows.extend(facts.warnings.iter().map(|it| ("Warning", capitalized(&it.to_string()))));
    rows
}

fn size(facts: &Facts) -> String {
    let seen = words::pixels(facts.size);
    if facts.stored_size == facts.size {
        seen
    } else {
        format!("{seen}, stored as {}", words::pixels(facts.stored_size))
    }
}

/// How the stored picture is turned to stand upright (CIPA DC-008 §4.6.4); `None` when it does.
fn orientation(exif: u8) -> Option<&'static str> {
    match exif {
        2 => Some("Mirrored left to right"),
        3 => Some("Turned upside down"),
        4 => Some("Mirrored top to bottom"),
        5 => Some("Mirrored and turned to the left"),
        6 => Some("Turned to the right"),
        7 => Some("Mirrored and turned to the right"),
        8 => Some("Turned to the left"),
        _ => None,
    }
}

/// `300 dpi`, or `204 × 98 dpi` where the pixels are no squares.
pub(super) fn density([across, down]: [u32; 2]) -> String {
    let side = |hundredths: u32| {
        let (whole, part) = (hundredths / 100, hundredths % 100);
        if part == 0 { whole.to_string() } else { format!("{whole}.{part:02}").trim_end_matches('0').to_owned() }
    };
    if across == down { format!("{} dpi", side(across)) } else { format!("{} × {} dpi", side(across), side(down)) }
}

/// `12, 1.20 s, for ever`; `None` for a still picture.
fn frames(facts: &Facts) -> Option<String> {
    let details = &*facts.details;
    let count = match facts.frames {
        Some(1) => return None,
        Some(frames) => words::thousands(frames.into()),
        None => "Not counted".to_owned(),
    };
    let millis = details.delays.iter().copied().map(u64::from).fold(0, u64::saturating_add);
    let time = (0 < millis).then(|| words::duration(Duration::from_millis(millis)));
    let loops = details.loops.map(|it| match it {
        0 => "for ever".to_owned(),
        1 => "once".to_owned(),
        times => format!("{} times", words::thousands(times.into())),
    });
    Some([Some(count), time, loops].into_iter().flatten().collect::<Vec<_>>().join(", "))
}

/// A row a kind, in the order of the file.
fn metadata(details: &Details, units: Units) -> Vec<Row> {
    let mut kinds: Vec<(MetadataKind, u64, u64)> = vec![];
    for part in &details.metadata {
        match kinds.iter_mut().find(|(kind, ..)| *kind == part.kind) {
            Some((_, count, bytes)) => (*count, *bytes) = (*count + 1, bytes.saturating_add(part.bytes)),
            None => kinds.push((part.kind, 1, part.bytes)),
        }
    }
    let row = |(kind, count, bytes): (MetadataKind, u64, u64)| {
        let weight = words::bytes(bytes, units);
        (name(kind), if count == 1 { weight } else { format!("{weight} in {}", words::counted(count, "part")) })
    };
    kinds.into_iter().map(row).collect()
}

/// As it is called at the head of a row.
fn name(kind: MetadataKind) -> &'static str {
    match kind {
        MetadataKind::Comment => "Comment",
        MetadataKind::Text => "Text",
        MetadataKind::Thumbnail => "Thumbnail",
        MetadataKind::Other => "Other data",
        named => named.label(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Chroma, Gamut, Metadata, Warning};

    fn facts() -> Facts {
        Facts {
            format: Format::Jpeg,
            stored_size: [40, 30],
            size: [40, 30],
            orientation: 1,
            frames: Some(1),
            profile_name: None,
            depth: 8,
            gamut: Gamut::Srgb,
            details: Box::default(),
            has_alpha: false,
            warnings: vec![],
        }
    }

    fn rows_of(facts: &Facts) -> Vec<(&'static str, String)> {
        fact_rows(facts, Units::Decimal)
    }

    #[test]
    fn only_what_has_something_to_say_has_a_row() {
        let plain = rows_of(&facts());
        assert_eq!(plain, [("Size", "40 × 30".to_owned()), ("Depth", "8 bits a channel".to_owned())]);
        let drawing = rows_of(&Facts { format: Format::Svg, ..facts() });
        assert_eq!(drawing, [("Size", "40 × 30".to_owned())]);
    }

    #[test]
    fn everything_known_is_said_in_words() {
        let part = |kind, bytes| Metadata { kind, bytes };
        let details = Details {
            codec: Some("progressive".to_owned()),
            palette: false,
            chroma: Some(Chroma::Yuv420),
            density: Some([30_000, 7_250]),
            delays: vec![100, 250, 1_000],
            loops: Some(0),
            metadata: vec![
                part(MetadataKind::Icc, 3_144),
                part(MetadataKind::Comment, 10),
                part(MetadataKind::Comment, 20),
            ],
        };
        let told = Facts {
            stored_size: [30, 40],
            orientation: 6,
            frames: Some(3),
            profile_name: Some("Display P3".to_owned()),
            gamut: Gamut::Wide,
            details: Box::new(details),
            warnings: vec![Warning::Truncated],
            ..facts()
        };
        let rows = rows_of(&told);
        let find = |name: &str| rows.iter().find(|it| it.0 == name).map(|it| it.1.as_str());
        for (name, value) in [
            ("Codec", "Progressive"),
            ("Size", "40 × 30, stored as 30 × 40"),
            ("Orientation", "Turned to the right"),
            ("Chroma", "4:2:0"),
            ("Colour profile", "Display P3"),
            ("Colours", "Wide gamut"),
            ("Density", "300 × 72.5 dpi"),
            // By hand: 100 + 250 + 1,000 ms.
            ("Frames", "3, 1.35 s, for ever"),
            ("ICC profile", "3.14 KB"),
            ("Comment", "30 B in 2 parts"),
        ] {
            assert_eq!(find(name), Some(value), "{rows:?}");
        }
        assert!(find("Warning").is_some(), "{rows:?}");
    }

    #[test]
    fn the_badge_does_not_repeat_the_profile() {
        let badge = |gamut, name: &str| gamut_badge(&Facts { gamut, profile_name: Some(name.to_owned()), ..facts() });
        assert_eq!(badge(Gamut::Srgb, "gamma 2.20"), None);
        assert_eq!(badge(Gamut::Wide, "Display P3"), Some("wide gamut"));
        assert_eq!(badge(Gamut::Wide, "Wide Gamut RGB"), None);
        assert_eq!(badge(Gamut::Cmyk, "FOGRA39 coated"), Some("CMYK"));
        assert_eq!(badge(Gamut::Cmyk, "Generic CMYK Profile"), None);
        assert_eq!(badge(Gamut::Hdr, "BT.2020 PQ"), Some("HDR"));
    }
}
