//! Where results go, and how much they may weigh there.

/// What is counted by a destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Bytes of the file.
    Bytes,
    /// Characters of the text.
    Characters,
}

impl Unit {
    /// Every unit, in the order shown.
    pub const ALL: &[Self] = &[Self::Characters, Self::Bytes];

    /// Stable id for the settings file, and the name shown to people.
    pub fn id(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Characters => "characters",
        }
    }

    /// The unit with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.id() == id)
    }
}

/// A place with a limit of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Destination {
    /// For people, short.
    pub label: &'static str,
    /// The most.
    pub most: u64,
    /// What is counted.
    pub unit: Unit,
    /// What happens above it.
    pub reason: &'static str,
    /// Who says so.
    pub source: &'static str,
}

/// All that are known, from small to large.
pub const DESTINATIONS: &[Destination] = &[
    Destination {
        label: "Vite",
        most: 4_095,
        unit: Unit::Bytes,
        reason: "Vite inlines a file below 4,096 bytes by itself",
        source: "https://vite.dev/config/build-options.html#build-assetsinlinelimit",
    },
    Destination {
        label: "CSS 4 k",
        most: 4_000,
        unit: Unit::Characters,
        reason: "a stylesheet holds the whole page up while it loads; small icons up to here are a common rule",
        source: "https://css-tricks.com/data-uris/",
    },
    Destination {
        label: "webpack",
        most: 8_096,
        unit: Unit::Bytes,
        reason: "webpack inlines an asset up to 8,096 bytes by itself",
        source: "https://webpack.js.org/guides/asset-modules/#general-asset-type",
    },
    Destination {
        label: "CSS 10 k",
        most: 10_000,
        unit: Unit::Characters,
        reason: "above this a file that can be cached is the better choice",
        source: "https://css-tricks.com/data-uris/",
    },
    Destination {
        label: "<img>",
        most: 10_000,
        unit: Unit::Bytes,
        reason: "an image in the page's own text is loaded again with each page",
        source: "https://developer.mozilla.org/docs/Web/URI/Reference/Schemes/data",
    },
    Destination {
        label: "E-mail",
        most: 100_000,
        unit: Unit::Characters,
        reason: "Gmail cuts a message off after 102 KB of its text, in which a picture counts that is written into it",
        source: "https://help.aweber.com/hc/en-us/articles/205678278-Why-is-my-message-clipped-in-Gmail",
    },
    Destination {
        label: "Slack emoji",
        most: 128_000,
        unit: Unit::Bytes,
        reason: "Slack asks for custom emoji under 128 KB",
        source: "https://slack.com/help/articles/206870177-Add-customized-emoji-and-aliases-to-your-workspace",
    },
];
