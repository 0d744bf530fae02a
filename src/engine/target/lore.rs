//! What searches know of a picture, so that the next one need not find it out again.

use super::{Compared, sample::Sample};
use crate::engine::{
    Cancel, EngineError, Format, Raster, edit::ground, encode::WHITE, recipe::OutputSpec, score::Reference,
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Pictures of no more pixels are compared as a whole.
const WHOLE_PIXELS: u64 = 1_600_000;
/// Tiles that say where to look have no more pixels, and are no more than a quarter of the picture.
const TILE_PIXELS: u64 = 262_144;
const TILE_SHARE: u64 = 4;
/// Of a picture that is not much larger than that, tiles would spare nothing.
const FEWEST_PIXELS: u64 = 150_000;

/// What was encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Place {
    Tiles,
    Whole,
}

/// What was measured of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Probe {
    pub bytes: usize,
    pub score: Option<f64>,
}

/// What is known of one picture at one size. Clones share it.
#[derive(Clone, Default)]
pub struct Lore(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    probes: HashMap<(OutputSpec, Place), Probe>,
    /// The tiles; `None` inside: the picture is so small that there are none.
    tiles: Option<Option<Raster>>,
    /// By place, and by whether transparency is kept, if there is any.
    references: HashMap<(Place, bool), Compared>,
}

impl Lore {
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets go of pixels; what was measured stays.
    pub fn rest(&self) {
        let mut known = self.lock();
        known.tiles = None;
        known.references.clear();
    }

    pub(super) fn probe(&self, spec: &OutputSpec, place: Place) -> Option<Probe> {
        self.lock().probes.get(&(spec.clone(), place)).copied()
    }

    pub(super) fn note(&self, spec: &OutputSpec, place: Place, probe: Probe) {
        self.lock().probes.insert((spec.clone(), place), probe);
    }

    /// The tiles of the picture, if it has so many pixels that they spare something.
    pub(super) fn tiles(&self, raster: &Raster) -> Option<Raster> {
        if let Some(known) = &self.lock().tiles {
            return known.clone();
        }
        let tiles = sample_of_tiles(raster).and_then(|it| it.cut(raster));
        self.lock().tiles = Some(tiles.clone());
        tiles
    }

    /// What the tiles or the picture are compared with, transparency laid on a ground if the format has none.
    ///
    /// # Errors
    /// [`EngineError::Cancelled`].
    pub(super) fn reference(
        &self,
        raster: &Raster,
        format: Format,
        place: Place,
        cancel: &Cancel,
    ) -> Result<Compared, EngineError> {
        let keeps_all = format.has_alpha() || !ground::has_transparency(raster);
        let key = (place, keeps_all);
        if let Some((reference, part)) = self.lock().references.get(&key) {
            return Ok((reference.clone(), part.clone()));
        }
        let sample = match place {
            Place::Tiles => sample_of_tiles(raster),
            Place::Whole => Sample::of(raster, WHOLE_PIXELS),
        };
        let cut = sample.as_ref().and_then(|it| it.cut(raster));
        let picture = cut.as_ref().unwrap_or(raster);
        let reference = if keeps_all {
            Reference::new(picture, cancel)?
        } else {
            Reference::new(&ground::flatten(picture, WHITE), cancel)?
        };
        let compared: Compared = (Arc::new(reference), sample.filter(|_| cut.is_some()));
        self.lock().references.insert(key, compared.clone());
        Ok(compared)
    }
}

fn sample_of_tiles(raster: &Raster) -> Option<Sample> {
    let pixels = u64::from(raster.width()) * u64::from(raster.height());
    if pixels < FEWEST_PIXELS { None } else { Sample::of(raster, (pixels / TILE_SHARE).min(TILE_PIXELS)) }
}

/// Is the look of a picture of this size that of tiles of it?
pub fn is_sampled(size: [u32; 2]) -> bool {
    Sample::is_part(size, WHOLE_PIXELS)
}
