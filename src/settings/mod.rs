//! What is remembered between starts: a tolerant file beside typed values.
//!
//! A missing field is its default, an invalid one too, and nothing else suffers; ranges are
//! checked after reading. What a newer version wrote and this one does not know is kept.

mod preferences;

pub use self::preferences::{
    Disclosed, MEMORY_MB, Preferences, Primary, QUALITIES, Reload, SCALES, Start, ThemeChoice, Units,
};

use self::preferences::{format_in, number_in};
use crate::engine::{
    embed::Embed,
    recipe::{Defaults, Fit},
    target::{AimKind, KeptAims, LOOKS, destinations::Unit},
};
use serde_json::{Map, Value, json};

/// The typed values.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Remembered {
    /// What new pictures start with.
    pub defaults: Defaults,
    /// Where the window was.
    pub window: Option<WindowPlace>,
    /// What the settings window changes.
    pub preferences: Preferences,
    /// Which disclosures are open.
    pub disclosed: Disclosed,
}

/// The window's place on the screen, in logical points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WindowPlace {
    /// Width and height of the inside.
    pub size: [f32; 2],
    /// Left and top of the outside; unknown on Wayland.
    pub position: Option<[f32; 2]>,
    /// Did it fill the screen?
    pub maximized: bool,
}

/// Screens are not larger, and a window of no size cannot be found again.
const SIDES: std::ops::RangeInclusive<f32> = 240.0..=16_384.0;
const POSITIONS: std::ops::RangeInclusive<f32> = -32_768.0..=32_768.0;

/// The file, with everything in it that this version does not know.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// The typed values.
    pub values: Remembered,
    unknown: Map<String, Value>,
}

impl Settings {
    /// Reads the file's text; whatever is wrong with it, there are settings afterwards.
    pub fn parse(text: &str) -> Self {
        let unknown = match serde_json::from_str(text) {
            Ok(Value::Object(fields)) => fields,
            Ok(_) | Err(_) => Map::new(),
        };
        let values = Remembered {
            defaults: defaults_in(&unknown),
            window: window_in(&unknown),
            preferences: Preferences::read(&unknown),
            disclosed: Disclosed::read(&unknown),
        };
        Self { values, unknown }
    }

    /// The file's text.
    pub fn to_text(&self) -> String {
        let Remembered { defaults, window, preferences, disclosed } = self.values;
        let mut fields = self.unknown.clone();
        preferences.write(&mut fields);
        disclosed.write(&mut fields);
        let mut set = |key: &str, value: Value| fields.insert(key.to_owned(), value);
        set("version", json!(1));
        set("format", json!(defaults.format.id()));
        set("quality", json!(defaults.quality));
        set("lossless", json!(defaults.lossless));
        let KeptAims { kind, look, most, unit, may_shrink } = defaults.aims;
        set("aim", json!(kind.id()));
        set("look", json!(look));
        set("budget", json!({ "most": most, "unit": unit.id(), "shrink": may_shrink }));
        set("fit", json!(defaults.fit.id()));
        set("embed", json!(defaults.embed.id()));
        if let Some(WindowPlace { size: [width, height], position, maximized }) = window {
            let mut place = json!({ "width": width, "height": height, "maximized": maximized });
            if let (Some([x, y]), Some(place)) = (position, place.as_object_mut()) {
                place.insert("x".to_owned(), json!(x));
                place.insert("y".to_owned(), json!(y));
            }
            set("window", place);
        }
        format!("{:#}\n", Value::Object(fields))
    }
}

fn defaults_in(fields: &Map<String, Value>) -> Defaults {
    let Defaults { format, quality, lossless, fit, embed, .. } = Defaults::default();
    let text = |key: &str| fields.get(key).and_then(Value::as_str);
    Defaults {
        format: format_in(fields).unwrap_or(format),
        quality: number_in(fields, "quality", &QUALITIES).unwrap_or(quality),
        lossless: fields.get("lossless").and_then(Value::as_bool).unwrap_or(lossless),
        aims: aims_in(fields),
        fit: text("fit").and_then(Fit::from_id).unwrap_or(fit),
        embed: text("embed").and_then(Embed::from_id).unwrap_or(embed),
    }
}

/// Any whole number of bytes or characters that a field takes.
const BUDGETS: std::ops::RangeInclusive<u64> = 1..=u32::MAX as u64;

fn aims_in(fields: &Map<String, Value>) -> KeptAims {
    let plain = KeptAims::default();
    let none = Map::new();
    let budget = fields.get("budget").and_then(Value::as_object).unwrap_or(&none);
    KeptAims {
        kind: fields.get("aim").and_then(Value::as_str).and_then(AimKind::from_id).unwrap_or(plain.kind),
        look: number_in(fields, "look", &LOOKS).unwrap_or(plain.look),
        most: number_in(budget, "most", &BUDGETS).unwrap_or(plain.most),
        unit: budget.get("unit").and_then(Value::as_str).and_then(Unit::from_id).unwrap_or(plain.unit),
        may_shrink: budget.get("shrink").and_then(Value::as_bool).unwrap_or(plain.may_shrink),
    }
}

fn window_in(fields: &Map<String, Value>) -> Option<WindowPlace> {
    let place = fields.get("window")?.as_object()?;
    // A screen coordinate needs no more than single precision.
    let number = |key: &str, range: &std::ops::RangeInclusive<f32>| {
        place.get(key).and_then(Value::as_f64).map(|it| it as f32).filter(|it| range.contains(it))
    };
    let size = [number("width", &SIDES)?, number("height", &SIDES)?];
    let position = number("x", &POSITIONS).zip(number("y", &POSITIONS)).map(|(x, y)| [x, y]);
    let maximized = place.get("maximized").and_then(Value::as_bool).unwrap_or_default();
    Some(WindowPlace { size, position, maximized })
}

#[cfg(test)]
mod tests {
    use super::{AimKind, Defaults, Embed, Fit, KeptAims, Remembered, Settings, Unit, WindowPlace};
    use crate::engine::Format;

    fn defaults_of(text: &str) -> Defaults {
        Settings::parse(text).values.defaults
    }

    #[test]
    fn what_is_written_is_read_again() {
        let window = Some(WindowPlace { size: [1180.0, 760.5], position: Some([-8.0, 40.0]), maximized: true });
        let aims = KeptAims { kind: AimKind::Budget, look: 71, most: 128_000, unit: Unit::Bytes, may_shrink: true };
        let defaults =
            Defaults { format: Format::Png, quality: 61, lossless: true, aims, fit: Fit::Cover, embed: Embed::Css };
        let settings =
            Settings { values: Remembered { defaults, window, ..Remembered::default() }, ..Settings::default() };
        assert_eq!(Settings::parse(&settings.to_text()).values, settings.values);
    }

    #[test]
    fn anything_is_a_settings_file() {
        let plain = Defaults::default();
        for text in ["", "null", "[1", "{\"quality\":", "\u{0}\u{1}", "{\"window\": 7}", "\"text\""] {
            assert_eq!(Settings::parse(text).values, Remembered::default(), "{text}");
        }
        assert_eq!(defaults_of(r#"{"quality": 0}"#), plain);
        assert_eq!(defaults_of(r#"{"quality": 1e300, "fit": 3, "embed": "fax"}"#), plain);
        // A format that is read but not written cannot be what results are made of.
        assert_eq!(defaults_of(r#"{"format": "exr"}"#), plain);
        // One bad field spoils no other.
        assert_eq!(defaults_of(r#"{"quality": "high", "format": "jpeg"}"#), Defaults { format: Format::Jpeg, ..plain });
    }

    #[test]
    fn the_aim_is_as_it_was_agreed() {
        let text = r#"{"aim": "budget", "look": 40, "budget": {"most": 8096, "unit": "bytes", "shrink": true}}"#;
        let aims = KeptAims { kind: AimKind::Budget, look: 40, most: 8_096, unit: Unit::Bytes, may_shrink: true };
        assert_eq!(defaults_of(text).aims, aims);
        let plain = KeptAims::default();
        for text in [
            r#"{"aim": "fame", "look": 29, "budget": 4000}"#,
            r#"{"aim": 3, "look": 96, "budget": {"most": 0, "unit": "pages", "shrink": "yes"}}"#,
            r#"{"aim": null, "look": "85", "budget": {"most": -1, "unit": 4}}"#,
            r#"{"budget": {"most": 4294967296}}"#,
        ] {
            assert_eq!(defaults_of(text).aims, plain, "{text}");
        }
        // One bad field spoils no other.
        let half = defaults_of(r#"{"aim": "look", "look": 300, "budget": {"most": 4000, "unit": "miles"}}"#).aims;
        assert_eq!(half, KeptAims { kind: AimKind::Look, most: 4_000, ..plain });
    }

    #[test]
    fn a_window_of_no_size_or_from_another_world_is_forgotten() {
        let window = |text: &str| Settings::parse(text).values.window;
        assert_eq!(window(r#"{"window": {"width": 0, "height": 700}}"#), None);
        assert_eq!(window(r#"{"window": {"width": 800, "height": 1e99}}"#), None);
        let far = window(r#"{"window": {"width": 800, "height": 600, "x": 1e9, "y": 0}}"#).unwrap();
        assert_eq!(far.position, None);
    }

    #[test]
    fn what_a_newer_version_wrote_is_kept() {
        let text = Settings::parse(r#"{"version": 9, "grid": "on", "quality": 33}"#).to_text();
        assert!(text.contains(r#""grid": "on""#), "{text}");
        assert!(text.contains(r#""quality": 33"#), "{text}");
    }
}
