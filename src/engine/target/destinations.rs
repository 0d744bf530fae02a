//! Where results go, and how much they may weigh there.

use super::{Aim, Budget};
use crate::engine::embed::{Advice, Embed, MAIL, README};

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
    /// What is to be known of a text with a data URL there, however short it is.
    pub advice: Option<Advice>,
}

impl Destination {
    /// The place whose limit is aimed for.
    pub fn aimed_at(aim: &Aim) -> Option<&'static Self> {
        let Aim::Budget(budget) = aim else { return None };
        DESTINATIONS.iter().find(|it| it.is_limit_of(budget))
    }

    /// Is this its limit?
    pub fn is_limit_of(&self, budget: &Budget) -> bool {
        budget.most == self.most && Unit::of(&budget.measure) == self.unit
    }

    /// What is to be known of a text in this form there.
    pub fn advice(&self, embed: Embed) -> Option<Advice> {
        self.advice.filter(|_| embed != Embed::Base64)
    }
}

/// All that are known, from small to large.
pub const DESTINATIONS: &[Destination] = &[
    Destination {
        label: "Vite",
        most: 4_095,
        unit: Unit::Bytes,
        reason: "Vite inlines a file below 4,096 bytes by itself",
        source: "https://vite.dev/config/build-options.html#build-assetsinlinelimit",
        advice: None,
    },
    Destination {
        label: "CSS 4 k",
        most: 4_000,
        unit: Unit::Characters,
        reason: "a stylesheet holds the whole page up while it loads; small icons up to here are a common rule",
        source: "https://css-tricks.com/data-uris/",
        advice: None,
    },
    Destination {
        label: "webpack",
        most: 8_096,
        unit: Unit::Bytes,
        reason: "webpack inlines an asset up to 8,096 bytes by itself",
        source: "https://webpack.js.org/guides/asset-modules/#general-asset-type",
        advice: None,
    },
    Destination {
        label: "CSS 10 k",
        most: 10_000,
        unit: Unit::Characters,
        reason: "above this a file that can be cached is the better choice",
        source: "https://css-tricks.com/data-uris/",
        advice: None,
    },
    Destination {
        label: "img",
        most: 10_000,
        unit: Unit::Bytes,
        reason: "an image in the page's own text is loaded again with each page",
        source: "https://developer.mozilla.org/docs/Web/URI/Reference/Schemes/data",
        advice: None,
    },
    Destination {
        label: "E-mail",
        most: 100_000,
        unit: Unit::Characters,
        reason: "Gmail cuts a message off after 102 KB of its text, in which a picture counts that is written into it",
        source: "https://help.aweber.com/hc/en-us/articles/205678278-Why-is-my-message-clipped-in-Gmail",
        advice: Some(MAIL),
    },
    Destination {
        label: "Slack emoji",
        most: 128_000,
        unit: Unit::Bytes,
        reason: "Slack asks for custom emoji under 128 KB",
        source: "https://slack.com/help/articles/206870177-Add-customized-emoji-and-aliases-to-your-workspace",
        advice: None,
    },
    Destination {
        label: "README",
        most: 10_000_000,
        unit: Unit::Bytes,
        reason: "GitHub takes images up to 10 MB",
        source: "https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/attaching-files",
        advice: Some(README),
    },
];

#[cfg(test)]
mod tests {
    use super::{Aim, Budget, DESTINATIONS, Destination, Embed, Unit};

    #[test]
    fn each_is_known_by_its_limit_and_says_who_says_so() {
        for place in DESTINATIONS {
            let budget = Budget { most: place.most, measure: place.unit.measure(), may_shrink: true };
            assert_eq!(Destination::aimed_at(&Aim::Budget(budget)), Some(place));
            assert!(place.source.starts_with("https://"), "{}", place.source);
        }
        let between = Budget { most: 5_000, measure: Unit::Bytes.measure(), may_shrink: false };
        assert_eq!(Destination::aimed_at(&Aim::Budget(between)), None);
        assert_eq!(Destination::aimed_at(&Aim::Look(85)), None);
    }

    #[test]
    fn where_no_data_url_is_shown_that_is_said_of_every_one() {
        let has_advice = |label: &str, embed| {
            let place = DESTINATIONS.iter().find(|it| it.label == label).unwrap();
            place.advice(embed).is_some()
        };
        for (label, embed, is_said) in [
            ("README", Embed::DataUrl, true),
            ("README", Embed::Html, true),
            ("README", Embed::Base64, false),
            ("E-mail", Embed::DataUrl, true),
            ("Slack emoji", Embed::DataUrl, false),
        ] {
            assert_eq!(has_advice(label, embed), is_said, "{label}, {embed:?}");
        }
    }
}
