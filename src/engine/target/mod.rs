//! Results that meet an aim: a look, or a budget, by as few encodings as will do.
//!
//! Neither looks nor bytes can be trusted to rise with an encoder's quality, so every result is
//! measured: what is handed out was encoded whole, decoded, and compared or weighed. Tiles of the picture
//! only say where to look. The way of a search depends on the picture and the aim alone, and what
//! is remembered of earlier ones spares encodings without changing it: the same wish gives the same bytes.

mod aim;
mod budget;
mod curve;
pub mod destinations;
mod hunt;
mod kept;
mod knob;
mod look;
mod lore;
mod sample;
mod shrink;

pub use self::{
    aim::{Aim, Budget, DEFAULT_LOOK, Encodes, Found, Measure, Miss, Outcome},
    kept::{AimKind, KeptAims, LOOKS},
    lore::{Lore, is_sampled},
};

use self::lore::{Place, Probe};
use super::{
    Cancel, Encoded, EngineError, Format, Raster, Tools,
    recipe::{Effort, OutputSpec},
    score::{Reference, SAME},
};
use std::{cell::Cell, sync::Arc};

/// An encoding, and what it decodes back to, if the encoder knows.
type Made = (Encoded, Option<Raster>);

/// Encodes a picture by a wish.
pub(super) type Encode<'a> = dyn Fn(&Raster, &OutputSpec) -> Result<Made, EngineError> + 'a;

/// What a search needs to know.
pub(super) struct Seeker<'a> {
    /// The picture at the size wanted.
    pub edited: &'a Raster,
    /// What is wanted, the aim included.
    pub spec: &'a OutputSpec,
    /// What is known of this picture.
    pub lore: &'a Lore,
    /// The encoder.
    pub encode: &'a Encode<'a>,
    /// What counts against a budget, in its own unit.
    pub weigh: &'a dyn Fn(&Encoded) -> u64,
    /// The source's own bytes, where they are all that is asked for.
    pub original: Option<Encoded>,
    pub tools: Tools<'a>,
}

/// What a search came to.
pub(super) struct Sought {
    pub encoded: Encoded,
    /// What it decodes back to.
    pub seen: Option<Raster>,
    pub found: Found,
}

/// A search under way.
struct Search<'a> {
    seeker: &'a Seeker<'a>,
    /// The pixels alone: a profile adds as many bytes to each result and changes no pixel of it.
    naked: Raster,
    encodes: Cell<Encodes>,
}

/// Searches for what the aim of the wish asks for.
///
/// # Errors
/// Those of encoding and of decoding what was encoded.
pub(super) fn seek(seeker: &Seeker<'_>) -> Result<Sought, EngineError> {
    let naked = seeker.edited.clone().with_profile(None);
    let search = Search { seeker, naked, encodes: Cell::default() };
    let mut sought = match &seeker.spec.aim {
        Aim::Look(wanted) => look::seek(&search, f64::from(*wanted))?,
        Aim::Budget(budget) => budget::seek(&search, budget)?,
        Aim::Quality => search.at_quality()?,
    };
    if seeker.edited.profile().is_some() && sought.encoded.size == seeker.edited.size() {
        let (encoded, seen) = (seeker.encode)(seeker.edited, &sought.found.spec)?;
        (sought.encoded, sought.seen) = (encoded, seen);
    }
    sought.found.encodes = search.encodes.get();
    Ok(sought)
}

/// The score of what a result looks like against the picture that it was made of.
///
/// # Errors
/// [`EngineError::Cancelled`].
pub(super) fn compare(
    edited: &Raster,
    seen: &Raster,
    format: Format,
    lore: &Lore,
    cancel: &Cancel,
) -> Result<f64, EngineError> {
    if edited.size() != seen.size() {
        // The one format that shrinks pictures by itself keeps all of what is left.
        return Ok(SAME);
    }
    let (reference, part) = lore.reference(edited, format, Place::Whole, cancel)?;
    match part.as_ref().and_then(|it| it.cut(seen)) {
        Some(tiles) => reference.score(&tiles, cancel),
        None => reference.score(seen, cancel),
    }
}

/// Does its encoder search long?
fn is_slow(spec: &OutputSpec) -> bool {
    spec.format == Format::Avif && spec.effort != Effort::Fast
}

impl Search<'_> {
    fn spec(&self) -> &OutputSpec {
        self.seeker.spec
    }

    fn cancel(&self) -> &Cancel {
        self.seeker.tools.cancel
    }

    /// Does it take seconds rather than tenths to encode the whole picture?
    fn takes_long(&self) -> bool {
        is_slow(self.spec()) || self.is_large()
    }

    /// How many steps an answer may lie beyond what is wanted: less than one, and more where one more encoding of
    /// the whole takes long.
    fn slack(&self) -> f64 {
        match (self.is_large(), is_slow(self.spec())) {
            (true, _) => 1.6,
            (_, true) => 0.9,
            _ => 0.6,
        }
    }

    /// Are there so many pixels that they are not to be held twice?
    fn is_large(&self) -> bool {
        const MANY_PIXELS: u64 = 4_000_000;
        MANY_PIXELS < u64::from(self.naked.width()) * u64::from(self.naked.height())
    }

    fn count(&self, whole: bool) {
        let Encodes { tiles, whole: n } = self.encodes.get();
        let counted = if whole { Encodes { tiles, whole: n + 1 } } else { Encodes { tiles: tiles + 1, whole: n } };
        self.encodes.set(counted);
    }

    /// Nothing is searched for; only the look is measured, that of a picture with a profile.
    fn at_quality(&self) -> Result<Sought, EngineError> {
        let spec = self.spec().clone();
        let (encoded, seen, score) = self.whole(&spec)?;
        Ok(self.sought(encoded, seen, Found::held(spec, score)))
    }

    fn sought(&self, encoded: Encoded, seen: Option<Raster>, mut found: Found) -> Sought {
        found.spec.aim = Aim::Quality;
        Sought { encoded, seen, found }
    }

    /// Encodes the whole picture and measures its look.
    fn whole(&self, spec: &OutputSpec) -> Result<(Encoded, Option<Raster>, f64), EngineError> {
        self.cancel().check()?;
        self.count(true);
        let (encoded, seen) = (self.seeker.encode)(&self.naked, spec)?;
        if let Some(Probe { score: Some(score), .. }) = self.seeker.lore.probe(spec, Place::Whole) {
            return Ok((encoded, seen, score));
        }
        let (seen, score) = self.look_of(&encoded, seen, spec)?;
        let probe = Probe { bytes: encoded.bytes.len(), score: Some(score) };
        self.seeker.lore.note(spec, Place::Whole, probe);
        Ok((encoded, seen, score))
    }

    /// The score of what was encoded of the whole picture, and its pixels if they had to be made.
    fn look_of(
        &self,
        encoded: &Encoded,
        seen: Option<Raster>,
        spec: &OutputSpec,
    ) -> Result<(Option<Raster>, f64), EngineError> {
        if self.keeps_all(spec) {
            return Ok((seen, SAME));
        }
        let seen = match seen {
            Some(seen) => seen,
            None => self.seeker.tools.encoder.decode_back(encoded, spec, self.seeker.tools)?,
        };
        let score = compare(&self.naked, &seen, spec.format, self.seeker.lore, self.cancel())?;
        Ok((Some(seen), score))
    }

    /// The look of what was encoded of the picture with its profile, if it has one: without it, since what is decoded
    /// back has the colours of sRGB then.
    fn look_with_profile(
        &self,
        encoded: &Encoded,
        seen: Option<Raster>,
        spec: &OutputSpec,
    ) -> Result<(Option<Raster>, f64), EngineError> {
        if self.seeker.edited.profile().is_none() {
            return self.look_of(encoded, seen, spec);
        }
        self.whole(spec).map(|(.., score)| (None, score))
    }

    /// Is what this wish makes the very picture, as far as 8 bits tell?
    fn keeps_all(&self, spec: &OutputSpec) -> bool {
        let is_near = spec.format == Format::WebP && spec.codec.webp.nearness < 100;
        spec.is_lossless() && !is_near && (spec.format.has_alpha() || !self.naked.layout().has_alpha())
    }

    /// The look of the tiles by this wish, and their bytes.
    fn tiles(&self, spec: &OutputSpec) -> Result<Option<(usize, f64)>, EngineError> {
        let Some(tiles) = self.seeker.lore.tiles(&self.naked) else { return Ok(None) };
        if let Some(Probe { bytes, score: Some(score) }) = self.seeker.lore.probe(spec, Place::Tiles) {
            return Ok(Some((bytes, score)));
        }
        self.cancel().check()?;
        self.count(false);
        let (encoded, seen) = (self.seeker.encode)(&tiles, spec)?;
        let seen = match seen {
            Some(seen) => seen,
            None => self.seeker.tools.encoder.decode_back(&encoded, spec, self.seeker.tools)?,
        };
        let (reference, _) = self.seeker.lore.reference(&self.naked, spec.format, Place::Tiles, self.cancel())?;
        let (bytes, score) = (encoded.bytes.len(), reference.score(&seen, self.cancel())?);
        self.seeker.lore.note(spec, Place::Tiles, Probe { bytes, score: Some(score) });
        Ok(Some((bytes, score)))
    }

    /// Encodes the whole picture; its look is not measured.
    fn weighed(&self, spec: &OutputSpec) -> Result<hunt::Whole, EngineError> {
        self.cancel().check()?;
        self.count(true);
        let (encoded, seen) = (self.seeker.encode)(self.seeker.edited, spec)?;
        Ok(hunt::Whole { encoded, seen, score: None })
    }

    /// Encodes another size of it, if that fits; else what it weighs.
    fn fitting(&self, picture: &Raster, spec: &OutputSpec, budget: &Budget) -> Result<Result<Made, u64>, EngineError> {
        self.cancel().check()?;
        self.count(true);
        let made = (self.seeker.encode)(picture, spec)?;
        let weight = (self.seeker.weigh)(&made.0);
        Ok(if weight <= budget.most { Ok(made) } else { Err(weight) })
    }

    fn fits(&self, encoded: &Encoded, budget: &Budget) -> bool {
        (self.seeker.weigh)(encoded) <= budget.most
    }

    /// How many times larger the whole picture is than its tiles.
    fn tiles_in_whole(&self) -> f64 {
        let pixels = |it: &Raster| f64::from(it.width()) * f64::from(it.height());
        self.seeker.lore.tiles(&self.naked).map_or(1.0, |tiles| pixels(&self.naked) / pixels(&tiles))
    }
}

/// A picture to compare with; which tiles of the picture it is of, if not of all.
type Compared = (Arc<Reference>, Option<sample::Sample>);
