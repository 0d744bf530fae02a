//! What a conversion aims for, as arguments.

use super::{args::Answer, values::Form};
use crate::engine::{
    race::Readers,
    target::{Aim, Budget, Measure},
};
use clap::{Args, ValueEnum, value_parser};
use std::sync::Arc;

/// The arguments of an aim. They exclude each other and `--quality`.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Aims, instead of a quality")]
pub(super) struct AimArgs {
    /// The smallest result whose SSIMULACRA2 is at least SCORE, 1 to 99; without it 85, where an average observer
    /// does not tell it from the original.
    #[arg(long, value_name = "SCORE", num_args = 0..=1, require_equals = true, default_missing_value = "85",
        value_parser = value_parser!(u8).range(1..=99), conflicts_with_all = ["quality", "max_bytes", "max_chars", "lossless"])]
    same_look: Option<u8>,

    /// The best look of at most N bytes.
    #[arg(long, value_name = "N", value_parser = value_parser!(u64).range(1..),
        conflicts_with_all = ["quality", "max_chars", "lossless"])]
    max_bytes: Option<u64>,

    /// The best look of at most N characters of the whole text that --as makes.
    #[arg(long, value_name = "N", value_parser = value_parser!(u64).range(1..),
        conflicts_with_all = ["quality", "lossless"])]
    max_chars: Option<u64>,

    /// Allow fewer pixels where nothing else fits.
    #[arg(long)]
    shrink: bool,

    /// Write what came closest when an aim cannot be met.
    #[arg(long)]
    pub(super) nearest: bool,

    /// Who has to read what --format auto chooses: any browser, or modern ones, which know WebP and AVIF.
    #[arg(long, value_name = "B", value_enum, default_value = "modern")]
    browsers: BrowsersArg,
}

/// [`Readers`] by its argument.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum BrowsersArg {
    /// JPEG and PNG.
    Any,
    /// WebP and AVIF, too.
    Modern,
}

impl AimArgs {
    /// Who has to read the result.
    pub(super) fn readers(&self) -> Readers {
        match self.browsers {
            BrowsersArg::Any => Readers::Any,
            BrowsersArg::Modern => Readers::Modern,
        }
    }

    /// The aim of results in this form. What a picture is called is not known yet.
    pub(super) fn aim(&self, form: Form, density: u32) -> Result<Aim, Answer> {
        let measure = match (self.max_chars, form) {
            (None, _) => Measure::Bytes,
            (Some(_), Form::Text(embed)) => Measure::Characters { embed, density, alt: Arc::from("") },
            (Some(_), Form::File) => {
                return Err(Answer::wrong_usage("--max-chars counts a text; say which with --as, or use --max-bytes"));
            }
        };
        let most = self.max_bytes.or(self.max_chars);
        if most.is_none() && self.shrink {
            return Err(Answer::wrong_usage("--shrink goes with --max-bytes or --max-chars"));
        }
        let budget = most.map(|most| Aim::Budget(Budget { most, measure, may_shrink: self.shrink }));
        let aim = self.same_look.map(Aim::Look).or(budget).unwrap_or_default();
        if self.nearest && aim == Aim::Quality {
            return Err(Answer::wrong_usage("--nearest goes with --same-look, --max-bytes or --max-chars"));
        }
        Ok(aim)
    }
}

/// The aim for a picture of this name.
pub(super) fn named(aim: &Aim, name: impl Into<Arc<str>>) -> Aim {
    match aim {
        Aim::Budget(Budget { most, measure: Measure::Characters { embed, density, .. }, may_shrink }) => {
            let measure = Measure::Characters { embed: *embed, density: *density, alt: name.into() };
            Aim::Budget(Budget { most: *most, measure, may_shrink: *may_shrink })
        }
        other => other.clone(),
    }
}
