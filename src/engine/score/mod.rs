//! How alike two pictures look: SSIMULACRA2 (Sneyers, Cloudinary 2022, version 2.1).
//!
//! The scale is its author's: 100 is the very picture; from 90 on nobody tells the two apart even when they
//! alternate in place, from 85 on an average observer does not; at 80 they are not told apart side by
//! side; 70 is high quality, 50 medium, 30 low.

mod walk;

use super::{Cancel, EngineError, Layout, Raster, edit::ground};
use walk::Walk;

/// What nothing can be closer than: the same pixels.
pub const SAME: f64 = 100.0;

/// What transparency is seen over: a dark page and a light one, as stored sRGB values.
const GROUNDS: [[u8; 3]; 2] = [[0; 3], [u8::MAX; 3]];

/// A score in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Look {
    /// Seen at a glance.
    Poor,
    /// Seen when looked for.
    Visible,
    /// Hardly seen, even side by side.
    VeryClose,
    /// Not told apart by an average observer, even when they alternate in place.
    Indistinguishable,
}

impl Look {
    /// The word for a score.
    pub fn of(score: f64) -> Self {
        match score {
            it if 85.0 <= it => Self::Indistinguishable,
            it if 70.0 <= it => Self::VeryClose,
            it if 50.0 <= it => Self::Visible,
            _ => Self::Poor,
        }
    }

    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Poor => "poor",
            Self::Visible => "visible",
            Self::VeryClose => "very close",
            Self::Indistinguishable => "indistinguishable",
        }
    }
}

/// A picture to which others are compared, made ready once: about 50 bytes a pixel and ground, and up to another 85 for each
/// comparison that runs beside others.
pub struct Reference {
    /// What its transparency is laid on, and what that looks like; one ground when it has none.
    grounds: Vec<([u8; 3], Walk)>,
}

impl Reference {
    /// Of stored values, which count as sRGB.
    ///
    /// # Errors
    /// [`EngineError::Cancelled`].
    pub fn new(raster: &Raster, cancel: &Cancel) -> Result<Self, EngineError> {
        let narrow = raster.to_narrow();
        let grounds = if ground::has_transparency(&narrow) { &GROUNDS[..] } else { &GROUNDS[..1] };
        let grounds = grounds.iter().map(|&ground| {
            let seen = opaque(&narrow, ground);
            Walk::new(seen.bytes(), seen.size(), cancel).map(|it| (ground, it))
        });
        Ok(Self { grounds: grounds.collect::<Result<_, _>>()? })
    }

    /// The score of a picture of the same size; over each ground, and the worse counts. At most
    /// [`SAME`]; below 0 there is little left of the picture.
    ///
    /// # Errors
    /// [`EngineError::Cancelled`], also when the sizes differ.
    pub fn score(&self, seen: &Raster, cancel: &Cancel) -> Result<f64, EngineError> {
        let narrow = seen.to_narrow();
        let mut worst = SAME;
        for (ground, walk) in &self.grounds {
            let seen = opaque(&narrow, *ground);
            worst = worst.min(walk.score(seen.bytes(), seen.size(), cancel)?);
        }
        Ok(worst)
    }
}

/// Three bytes a pixel, transparency laid on a ground.
fn opaque(narrow: &Raster, colour: [u8; 3]) -> Raster {
    let seen = ground::flatten(narrow, colour);
    debug_assert_eq!(seen.layout(), Layout::Rgb8, "narrow and flattened before");
    seen
}
