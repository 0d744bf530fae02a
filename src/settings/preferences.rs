//! What the settings window changes, and which disclosures are open.

use crate::engine::Format;
use serde_json::{Map, Value, json};
use std::ops::RangeInclusive;

/// How large the controls may be drawn, in per cent.
pub const SCALES: RangeInclusive<u16> = 75..=200;
/// How much memory pixels may take, in MB (1 MB = 1,000,000 bytes).
pub const MEMORY_MB: RangeInclusive<u32> = 250..=16_000;
/// The qualities of a format.
pub const QUALITIES: RangeInclusive<u8> = 1..=100;

/// What the settings window changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preferences {
    /// The colours of the window.
    pub theme: ThemeChoice,
    /// The size of the controls in per cent; see [`SCALES`].
    pub scale_percent: u16,
    /// The format and quality that new pictures start with.
    pub start: Start,
    /// What the primary button and key copy.
    pub primary: Primary,
    /// Pixels above so many MB are let go; see [`MEMORY_MB`].
    pub memory_mb: u32,
    /// In which units bytes are counted.
    pub units: Units,
    /// What happens when a picture's file changes on disk.
    pub reload: Reload,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            theme: ThemeChoice::default(),
            scale_percent: 100,
            start: Start::default(),
            primary: Primary::default(),
            memory_mb: 1_000,
            units: Units::default(),
            reload: Reload::default(),
        }
    }
}

/// The format and quality that new pictures start with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Start {
    /// Those used last.
    #[default]
    LastUsed,
    /// Always these.
    Fixed {
        /// A format that can be written.
        format: Format,
        /// See [`QUALITIES`].
        quality: u8,
    },
}

/// The colours of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ThemeChoice {
    /// Whatever the system prefers.
    #[default]
    System,
    /// Dark.
    Dark,
    /// Light.
    Light,
}

impl ThemeChoice {
    /// Every choice, in the order shown.
    pub const ALL: &[Self] = &[Self::System, Self::Dark, Self::Light];

    /// Stable id for the settings file.
    pub fn id(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Dark => "dark",
            Self::Light => "light",
        }
    }

    /// The choice with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.id() == id)
    }

    /// The name shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::System => "As the system",
            Self::Dark => "Dark",
            Self::Light => "Light",
        }
    }
}

/// What the primary button and key copy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Primary {
    /// A text, as chosen under Embed as.
    #[default]
    Text,
    /// The image itself.
    Image,
}

impl Primary {
    /// Every choice, in the order shown.
    pub const ALL: &[Self] = &[Self::Text, Self::Image];

    /// Stable id for the settings file.
    pub fn id(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Image => "image",
        }
    }

    /// The choice with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.id() == id)
    }

    /// The name shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Text => "As chosen under Embed as",
            Self::Image => "The image itself",
        }
    }
}

/// In which units bytes are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Units {
    /// 1 KB = 1,000 bytes.
    #[default]
    Decimal,
    /// 1 KiB = 1,024 bytes.
    Binary,
}

impl Units {
    /// Every choice, in the order shown.
    pub const ALL: &[Self] = &[Self::Decimal, Self::Binary];

    /// Stable id for the settings file.
    pub fn id(self) -> &'static str {
        match self {
            Self::Decimal => "decimal",
            Self::Binary => "binary",
        }
    }

    /// The choice with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.id() == id)
    }

    /// The name shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Decimal => "KB of 1,000 bytes",
            Self::Binary => "KiB of 1,024 bytes",
        }
    }
}

/// What happens when a picture's file changes on disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Reload {
    /// The user is asked.
    #[default]
    Ask,
    /// It is loaded again at once.
    Always,
    /// The picture stays as it was read.
    Never,
}

impl Reload {
    /// Every choice, in the order shown.
    pub const ALL: &[Self] = &[Self::Ask, Self::Always, Self::Never];

    /// Stable id for the settings file.
    pub fn id(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Always => "always",
            Self::Never => "never",
        }
    }

    /// The choice with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.id() == id)
    }

    /// The name shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Ask => "Ask",
            Self::Always => "Reload",
            Self::Never => "Keep the old image",
        }
    }
}

/// Which disclosures are open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Disclosed {
    /// The formats beyond the usual ones.
    pub formats: bool,
    /// Advanced, under Size.
    pub size: bool,
    /// Advanced, under Format.
    pub codec: bool,
}

impl Preferences {
    pub(super) fn read(fields: &Map<String, Value>) -> Self {
        let plain = Self::default();
        let text = |key: &str| fields.get(key).and_then(Value::as_str);
        Self {
            theme: text("theme").and_then(ThemeChoice::from_id).unwrap_or(plain.theme),
            scale_percent: number_in(fields, "scale", &SCALES).unwrap_or(plain.scale_percent),
            start: start_in(fields).unwrap_or_default(),
            primary: text("primary").and_then(Primary::from_id).unwrap_or(plain.primary),
            memory_mb: number_in(fields, "memory_mb", &MEMORY_MB).unwrap_or(plain.memory_mb),
            units: text("units").and_then(Units::from_id).unwrap_or(plain.units),
            reload: text("reload").and_then(Reload::from_id).unwrap_or(plain.reload),
        }
    }

    pub(super) fn write(self, fields: &mut Map<String, Value>) {
        let mut set = |key: &str, value: Value| fields.insert(key.to_owned(), value);
        set("theme", json!(self.theme.id()));
        set("scale", json!(self.scale_percent));
        set("primary", json!(self.primary.id()));
        set("memory_mb", json!(self.memory_mb));
        set("units", json!(self.units.id()));
        set("reload", json!(self.reload.id()));
        match self.start {
            Start::Fixed { format, quality } => {
                set("start", json!({ "format": format.id(), "quality": quality }));
            }
            Start::LastUsed => {
                fields.remove("start");
            }
        }
    }
}

impl Disclosed {
    pub(super) fn read(fields: &Map<String, Value>) -> Self {
        let own = fields.get("disclosed").and_then(Value::as_object);
        let is_open = |key: &str| own.and_then(|it| it.get(key)).and_then(Value::as_bool).unwrap_or_default();
        Self { formats: is_open("formats"), size: is_open("size"), codec: is_open("codec") }
    }

    pub(super) fn write(self, fields: &mut Map<String, Value>) {
        let own = json!({ "formats": self.formats, "size": self.size, "codec": self.codec });
        fields.insert("disclosed".to_owned(), own);
    }
}

/// A format that can be written, of a field called so.
pub(super) fn format_in(fields: &Map<String, Value>) -> Option<Format> {
    fields
        .get("format")
        .and_then(Value::as_str)
        .and_then(Format::from_id)
        .filter(|it| Format::writable().any(|other| other == *it))
}

/// A whole number within its range.
pub(super) fn number_in<T>(fields: &Map<String, Value>, key: &str, range: &RangeInclusive<T>) -> Option<T>
where
    T: TryFrom<u64> + PartialOrd,
{
    let number = fields.get(key).and_then(Value::as_u64)?;
    T::try_from(number).ok().filter(|it| range.contains(it))
}

fn start_in(fields: &Map<String, Value>) -> Option<Start> {
    let start = fields.get("start")?.as_object()?;
    Some(Start::Fixed { format: format_in(start)?, quality: number_in(start, "quality", &QUALITIES)? })
}

#[cfg(test)]
mod tests {
    use super::{Disclosed, Preferences, Primary, Reload, Start, ThemeChoice, Units};
    use crate::{engine::Format, settings::Settings};

    fn read(text: &str) -> Preferences {
        Settings::parse(text).values.preferences
    }

    #[test]
    fn the_file_is_as_it_was_agreed() {
        let text = r#"{"theme": "light", "scale": 150, "start": {"format": "png", "quality": 7}, "primary": "image",
            "memory_mb": 2500, "units": "binary", "reload": "always", "disclosed": {"size": true, "codec": true}}"#;
        let expected = Preferences {
            theme: ThemeChoice::Light,
            scale_percent: 150,
            start: Start::Fixed { format: Format::Png, quality: 7 },
            primary: Primary::Image,
            memory_mb: 2_500,
            units: Units::Binary,
            reload: Reload::Always,
        };
        let settings = Settings::parse(text);
        assert_eq!(settings.values.preferences, expected);
        assert_eq!(settings.values.disclosed, Disclosed { formats: false, size: true, codec: true });
        assert_eq!(Settings::parse(&settings.to_text()).values, settings.values);
    }

    #[test]
    fn one_bad_field_spoils_no_other() {
        let plain = Preferences::default();
        for text in [
            r#"{"theme": "pink"}"#,
            r#"{"scale": 74}"#,
            r#"{"scale": 201}"#,
            r#"{"scale": "100"}"#,
            r#"{"memory_mb": 249}"#,
            r#"{"memory_mb": 1e12}"#,
            r#"{"memory_mb": -300}"#,
            r#"{"start": {"format": "exr", "quality": 80}}"#,
            r#"{"start": {"format": "webp", "quality": 0}}"#,
            r#"{"start": {"format": "webp"}}"#,
            r#"{"start": "webp", "primary": 1, "units": null, "reload": [], "disclosed": true}"#,
        ] {
            assert_eq!(read(text), plain, "{text}");
        }
        let reload = read(r#"{"theme": 3, "start": {}, "scale": 1e9, "reload": "never"}"#);
        assert_eq!(reload, Preferences { reload: Reload::Never, ..plain });
        let edges = read(r#"{"scale": 75, "memory_mb": 16000}"#);
        assert_eq!((edges.scale_percent, edges.memory_mb), (75, 16_000));
    }

    #[test]
    fn a_start_taken_back_is_gone_from_the_file() {
        let mut settings = Settings::parse(r#"{"start": {"format": "webp", "quality": 80}}"#);
        assert!(settings.to_text().contains("start"));
        settings.values.preferences.start = Start::LastUsed;
        assert!(!settings.to_text().contains("start"));
    }

    #[test]
    fn every_id_leads_back() {
        ThemeChoice::ALL.iter().for_each(|it| assert_eq!(ThemeChoice::from_id(it.id()), Some(*it)));
        Primary::ALL.iter().for_each(|it| assert_eq!(Primary::from_id(it.id()), Some(*it)));
        Units::ALL.iter().for_each(|it| assert_eq!(Units::from_id(it.id()), Some(*it)));
        Reload::ALL.iter().for_each(|it| assert_eq!(Reload::from_id(it.id()), Some(*it)));
    }
}
