//! What is known of the picture rendered last.

use super::aimed;
use crate::engine::{
    Decoded, Encoded, Facts, KeptMetadata, Raster, Source, Warning,
    decode::DecodeOptions,
    original,
    recipe::{Edits, OutputSpec},
    target::{Found, Lore},
};

/// The results of the stages for one source, each with what it was made from. Clones share the
/// pixels and bytes.
#[derive(Clone, Default)]
pub struct Cache {
    pub(super) decoded: Option<(Source, DecodeOptions, Decoded)>,
    pub(super) edited: Option<(Edits, Raster, Vec<Warning>)>,
    /// How long the source's own coding is.
    pub(super) original: Option<original::Length>,
    /// What was made of the edited picture, the latest first.
    pub(super) made: Vec<Made>,
    /// What searches know of the edited picture.
    pub(super) lore: Lore,
}

/// So many encodings of a picture are remembered: one of each format, and some.
pub(super) const MOST_MADE: usize = 24;

/// What was made by a wish.
#[derive(Clone)]
pub(super) struct Made {
    /// By [`aimed::key`].
    pub(super) spec: OutputSpec,
    /// Without metadata, whatever the wish says of them.
    pub(super) encoded: Encoded,
    pub(super) found: Option<Found>,
    /// What it decodes back to, of the latest only.
    pub(super) preview: Option<Raster>,
    pub(super) finished: Option<Finished>,
}

/// The bytes that are handed out.
#[derive(Clone)]
pub(super) struct Finished {
    pub(super) keep: KeptMetadata,
    pub(super) encoded: Encoded,
    /// Is it, as a whole, made of what others coded?
    pub(super) is_foreign: bool,
}

impl Cache {
    /// Puts in what was decoded elsewhere with default options, unless it is known already.
    pub fn prime(&mut self, source: &Source, decoded: &Decoded) {
        if !self.knows(source) {
            *self =
                Self { decoded: Some((source.clone(), DecodeOptions::default(), decoded.clone())), ..Self::default() };
        }
    }

    /// What decoding found out about the source rendered last.
    pub fn facts(&self) -> Option<&Facts> {
        self.decoded.as_ref().map(|(.., decoded)| &decoded.facts)
    }

    /// Takes over what was made elsewhere of the same picture by the same edits.
    pub fn learn(&mut self, other: &Self) {
        let is_same = |(own, ..): &(Edits, Raster, _), (its, ..): &(Edits, Raster, _)| own == its;
        let (Some(own), Some(its)) = (&self.edited, &other.edited) else { return };
        let knows_source = other.decoded.as_ref().is_some_and(|(source, ..)| self.knows(source));
        if knows_source && is_same(own, its) {
            for made in &other.made {
                if self.made.iter().all(|it| it.spec != made.spec) {
                    self.made.push(Made { preview: None, ..made.clone() });
                }
            }
            self.made.truncate(MOST_MADE);
        }
    }

    /// Lets go of what only searches need; what they measured stays.
    pub fn rest(&self) {
        self.lore.rest();
    }

    /// Lets go of all that was encoded and measured; the pixels stay.
    pub fn forget(&mut self) {
        (self.made, self.lore) = (vec![], Lore::default());
    }

    /// Is there something of this source?
    pub fn knows(&self, source: &Source) -> bool {
        self.decoded.as_ref().is_some_and(|(known, ..)| known.is(source))
    }

    /// What the bytes that were just made for this wish decode back to, where that is known without decoding them.
    pub fn seen(&self, output: &OutputSpec) -> Option<&Raster> {
        // Of a source that is passed on untouched nothing is made.
        let made = self.made.first().filter(|it| !output.untouched && it.spec == aimed::key(output))?;
        made.preview.as_ref().filter(|_| made.finished.as_ref().is_some_and(|it| !it.is_foreign))
    }

    /// Lets go of all pixels.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}
