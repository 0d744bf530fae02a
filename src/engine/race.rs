//! Formats against each other: what takes part, and which of the results is the best.

use super::{
    Cache, EngineError, Format, Product, Recipe, Source, Tools,
    options::PngColours,
    pipeline,
    recipe::OutputSpec,
    target::{Aim, Outcome},
};

/// What takes part in a race: a format, or one of two ways to write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Entrant {
    /// As the options say; a PNG with all of its colours.
    Format(Format),
    /// A PNG with a palette.
    PngPalette,
}

/// Who has to be able to read a result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Readers {
    /// Every browser of the last ten years: JPEG, PNG and GIF.
    Any,
    /// Every current browser: WebP and AVIF, too.
    #[default]
    Modern,
}

impl Entrant {
    /// Those of a race that `Auto` decides, the quickest first: what these readers know, and what keeps the
    /// transparency that there is.
    pub fn candidates(readers: Readers, has_alpha: bool, is_drawing: bool) -> Vec<Self> {
        let all = [
            (Self::Format(Format::Svg), is_drawing),
            (Self::Format(Format::Jpeg), !has_alpha),
            (Self::PngPalette, true),
            (Self::Format(Format::WebP), readers == Readers::Modern),
            (Self::Format(Format::Png), true),
            (Self::Format(Format::Avif), readers == Readers::Modern),
        ];
        all.into_iter().filter_map(|(it, takes_part)| takes_part.then_some(it)).collect()
    }

    /// That which a wish stands for.
    pub fn of(spec: &OutputSpec) -> Self {
        match spec.format {
            Format::Png if spec.codec.png.colours == PngColours::Palette => Self::PngPalette,
            format => Self::Format(format),
        }
    }

    /// The wish of this entrant, all else as in another.
    pub fn of_wish(self, spec: &OutputSpec) -> OutputSpec {
        let mut spec = spec.clone();
        match self {
            Self::Format(format) => {
                spec.format = format;
                if format == Format::Png && spec.codec.png.colours == PngColours::Palette {
                    spec.codec.png.colours = PngColours::All;
                }
            }
            Self::PngPalette => {
                spec.format = Format::Png;
                spec.codec.png.colours = PngColours::Palette;
            }
        }
        spec
    }

    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Format(format) => format.label(),
            Self::PngPalette => "PNG · 256 colours",
        }
    }

    /// The format of its results.
    pub fn format(self) -> Format {
        match self {
            Self::Format(format) => format,
            Self::PngPalette => Format::Png,
        }
    }
}

/// How a result does in a race for an aim; the greater is the better one.
///
/// A result that meets the aim is better than one that does not. Of those that hold a look the smallest
/// wins, of those that fit into a budget the one that looks best; where the aim is missed, the one
/// that came closest.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Rank {
    is_met: bool,
    /// In the measure that decides.
    first: f64,
    then: f64,
}

impl Rank {
    /// Of a result.
    pub fn of(product: &Product) -> Self {
        let bytes = product.encoded.bytes.len() as f64;
        let Some(found) = &product.found else { return Self { is_met: true, first: -bytes, then: 0.0 } };
        let (is_met, score) = (found.outcome == Outcome::Held, found.score);
        let (first, then) = match (&product.recipe.output.aim, &found.outcome) {
            (Aim::Budget(_), Outcome::BudgetMissed { weight, .. }) => (-(*weight as f64), score),
            (Aim::Budget(_), _) | (_, Outcome::LookMissed) => (score, -bytes),
            _ => (-bytes, score),
        };
        Self { is_met, first, then }
    }
}

/// The best result of the formats that these readers know.
///
/// # Errors
/// That of the last format, when there is no result in any; [`EngineError::Cancelled`].
pub fn best(
    source: &Source,
    recipe: &Recipe,
    readers: Readers,
    cache: &mut Cache,
    tools: Tools<'_>,
) -> Result<Product, EngineError> {
    let mut best: Option<(Rank, Product)> = None;
    let mut trouble = EngineError::Cancelled;
    let (has_alpha, is_drawing) = pipeline::kind(source, recipe, cache, tools)?;
    let keeps_all = |it: &Entrant| it.format().has_lossless() && *it != Entrant::PngPalette;
    let mut entrants = Entrant::candidates(readers, has_alpha, is_drawing);
    entrants.retain(|it| !recipe.output.lossless || keeps_all(it));
    for entrant in entrants {
        let recipe = Recipe { output: entrant.of_wish(&recipe.output), ..recipe.clone() };
        match pipeline::render(source, &recipe, cache, false, tools) {
            Ok(product) => {
                let rank = Rank::of(&product);
                if best.as_ref().is_none_or(|(known, _)| *known < rank) {
                    best = Some((rank, product));
                }
            }
            Err(EngineError::Cancelled) => return Err(EngineError::Cancelled),
            Err(error) => trouble = error,
        }
    }
    best.map(|(_, product)| product).ok_or(trouble)
}
