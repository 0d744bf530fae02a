//! What is aimed for, with what was last asked of the other aims: what is remembered of them.

use super::{
    aim::{Aim, Budget, DEFAULT_LOOK, Measure},
    destinations::Unit,
};
use crate::engine::embed::Embed;
use std::{ops::RangeInclusive, sync::Arc};

/// The scores that people are offered: below is hardly a picture, above is no gain.
pub const LOOKS: RangeInclusive<u8> = 30..=95;

/// The three kinds of an [`Aim`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AimKind {
    /// [`Aim::Quality`].
    #[default]
    Quality,
    /// [`Aim::Look`].
    Look,
    /// [`Aim::Budget`].
    Budget,
}

impl AimKind {
    /// Every kind, in the order shown.
    pub const ALL: &[Self] = &[Self::Quality, Self::Look, Self::Budget];

    /// That of an aim.
    pub fn of(aim: &Aim) -> Self {
        match aim {
            Aim::Quality => Self::Quality,
            Aim::Look(_) => Self::Look,
            Aim::Budget(_) => Self::Budget,
        }
    }

    /// Stable id for the settings file.
    pub fn id(self) -> &'static str {
        match self {
            Self::Quality => "quality",
            Self::Look => "look",
            Self::Budget => "budget",
        }
    }

    /// The kind with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.id() == id)
    }

    /// The name shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Quality => "Quality",
            Self::Look => "Same look",
            Self::Budget => "Budget",
        }
    }
}

/// The aim that is in force, and what was last asked of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptAims {
    /// The aim that is in force.
    pub kind: AimKind,
    /// The look, one of [`LOOKS`].
    pub look: u8,
    /// The most that a budget allows, in its unit, at least 1.
    pub most: u64,
    /// What the budget counts.
    pub unit: Unit,
    /// May the picture become smaller, if nothing else fits?
    pub may_shrink: bool,
}

impl Default for KeptAims {
    fn default() -> Self {
        Self { kind: AimKind::default(), look: DEFAULT_LOOK, most: 10_000, unit: Unit::Characters, may_shrink: false }
    }
}

impl KeptAims {
    /// The aim of this kind. In which form characters are counted is for the caller to say.
    pub fn aim(&self, kind: AimKind) -> Aim {
        match kind {
            AimKind::Quality => Aim::Quality,
            AimKind::Look => Aim::Look(self.look),
            AimKind::Budget => {
                let (most, measure) = (self.most, self.unit.measure());
                Aim::Budget(Budget { most, measure, may_shrink: self.may_shrink })
            }
        }
    }

    /// Remembers what an aim asks for; which aim is in force stays as it is.
    pub fn note(&mut self, aim: &Aim) {
        match aim {
            Aim::Quality => {}
            Aim::Look(look) => self.look = *look,
            Aim::Budget(Budget { most, measure, may_shrink }) => {
                (self.most, self.unit, self.may_shrink) = (*most, Unit::of(measure), *may_shrink);
            }
        }
    }
}

impl Unit {
    /// What a measure counts.
    pub fn of(measure: &Measure) -> Self {
        match measure {
            Measure::Bytes => Self::Bytes,
            Measure::Characters { .. } => Self::Characters,
        }
    }

    /// The measure that counts this; of characters, those of the default form.
    pub fn measure(self) -> Measure {
        match self {
            Self::Bytes => Measure::Bytes,
            Self::Characters => Measure::Characters { embed: Embed::default(), density: 1, alt: Arc::from("") },
        }
    }
}
