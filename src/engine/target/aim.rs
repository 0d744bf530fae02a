//! What can be aimed for, and what came of it.

use crate::engine::{
    Encoded, Format,
    embed::{Embed, Grouped, SnippetFacts, characters},
    recipe::OutputSpec,
};
use std::{fmt, sync::Arc};

/// What decides about the quality of a result.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Aim {
    /// The user, by a number.
    #[default]
    Quality,
    /// The look: the smallest result whose SSIMULACRA2 is at least this, 1 to 99.
    Look(u8),
    /// The weight: the best look that fits.
    Budget(Budget),
}

impl Aim {
    /// What counts against the budget of a result, in its unit; its bytes where there is none.
    pub(in crate::engine) fn weight(&self, encoded: &Encoded) -> u64 {
        let weight = match self {
            Self::Budget(Budget { measure: Measure::Characters { embed, density, alt }, .. }) => {
                let facts = SnippetFacts { size: encoded.size, density: *density, alt: alt.to_string() };
                characters(*embed, encoded, &facts)
            }
            _ => encoded.bytes.len(),
        };
        weight as u64
    }
}

/// The score that is aimed for unless another is given: an average observer does not tell the two apart.
pub const DEFAULT_LOOK: u8 = 85;

/// How much a result may weigh.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Budget {
    /// The most, in the unit of [`Budget::measure`].
    pub most: u64,
    /// What is counted.
    pub measure: Measure,
    /// May the picture become smaller than was asked for, if nothing else helps?
    pub may_shrink: bool,
}

/// What is counted against a [`Budget`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Measure {
    /// The encoded bytes.
    Bytes,
    /// The characters of the whole text that is pasted.
    Characters {
        /// The form of the text.
        embed: Embed,
        /// Pixels a CSS pixel, at least 1.
        density: u32,
        /// The text for those who do not see the picture; not yet escaped.
        alt: Arc<str>,
    },
}

impl Measure {
    /// The unit in words.
    pub fn unit(&self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Characters { .. } => "characters",
        }
    }
}

/// How a result was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The wish that makes these very bytes, without an aim.
    pub spec: OutputSpec,
    /// SSIMULACRA2 against the picture as edited, at the size of the result; of pictures of more than
    /// 1.6 megapixels, of tiles of that many.
    pub score: f64,
    /// How many encodings it took.
    pub encodes: Encodes,
    /// Whether the aim was met.
    pub outcome: Outcome,
}

impl Found {
    pub(super) fn held(spec: OutputSpec, score: f64) -> Self {
        Self { spec, score, encodes: Encodes::default(), outcome: Outcome::Held }
    }
}

/// How a result misses what was aimed for, in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Miss<'a> {
    format: Format,
    aim: &'a Aim,
    found: &'a Found,
}

impl<'a> Miss<'a> {
    /// `None` if the aim was met.
    pub(in crate::engine) fn of(format: Format, aim: &'a Aim, found: &'a Found) -> Option<Self> {
        (found.outcome != Outcome::Held).then_some(Self { format, aim, found })
    }
}

impl fmt::Display for Miss<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let label = self.format.label();
        match (self.aim, &self.found.outcome) {
            (Aim::Budget(Budget { most, measure, .. }), Outcome::BudgetMissed { weight, fits_at }) => {
                let unit = measure.unit();
                write!(
                    f,
                    "{label} comes no lower than {} of {} {unit}",
                    Grouped(*weight as usize),
                    Grouped(*most as usize)
                )?;
                match fits_at {
                    Some([width, height]) => write!(f, "; it fits at {width} × {height} pixels"),
                    None => Ok(()),
                }
            }
            (Aim::Look(wanted), _) => {
                write!(f, "{label} comes no closer than a score of {:.1}, and {wanted} was asked for", self.found.score)
            }
            _ => write!(f, "{label} misses what was aimed for"),
        }
    }
}

/// How many encodings a search took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Encodes {
    /// Of tiles of the picture, a quarter of it at most.
    pub tiles: u32,
    /// Of the whole picture.
    pub whole: u32,
}

/// Whether an aim was met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was.
    Held,
    /// No setting looks as close as was asked for; this came closest.
    LookMissed,
    /// No setting is as light as was asked for; this came closest.
    BudgetMissed {
        /// What it weighs, in the unit of the budget.
        weight: u64,
        /// The largest size found at which it would fit, in pixels.
        fits_at: Option<[u32; 2]>,
    },
}
