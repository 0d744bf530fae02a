//! The coded pictures of HEIF items as planes: from the codec that made them, tile by tile where
//! an item is a grid, and alpha likewise.

use super::{
    av1::{self, Layers},
    heif_boxes::{Container, FourCc},
    heif_canvas,
    yuv::{Coding, Planes},
};
use crate::engine::{Cancel, EngineError, Format, Limits, Tools, error::Cause};
use heifer_isobmff::boxes::{ColorInfo, Grid, HevcConfig, Property};
use rayon::prelude::*;
use std::borrow::Cow;

/// What a decoder of coded bits must not exceed, and when it stops.
#[derive(Clone, Copy)]
pub(super) struct Bounds<'a> {
    pub(super) limits: &'a Limits,
    pub(super) cancel: &'a Cancel,
}

impl<'a> From<Tools<'a>> for Bounds<'a> {
    fn from(tools: Tools<'a>) -> Self {
        Self { limits: tools.limits, cancel: tools.cancel }
    }
}

/// A coded picture, wherever it lies.
pub(super) struct Coded<'a> {
    pub(super) kind: FourCc,
    pub(super) data: &'a [u8],
    pub(super) av1: Option<&'a [u8]>,
    pub(super) hevc: Option<&'a HevcConfig>,
    pub(super) layers: Layers,
}

impl Coded<'_> {
    /// # Errors
    /// Any of [`EngineError`]'s reading errors.
    pub(super) fn decode(&self, format: Format, bounds: Bounds<'_>) -> Result<Planes, EngineError> {
        match &self.kind {
            b"av01" => av1::decode(format, self.data, self.av1, self.layers, bounds),
            b"hvc1" | b"hev1" => {
                let cause = "its codec is not configured";
                hevc(self.data, self.hevc.ok_or_else(|| EngineError::Damaged { format, cause: cause.into() })?, bounds)
            }
            kind => Err(unsupported(format, kind)),
        }
    }
}

#[cfg(feature = "heic")]
fn hevc(data: &[u8], config: &HevcConfig, bounds: Bounds<'_>) -> Result<Planes, EngineError> {
    super::hevc::decode(data, config, bounds)
}

/// Whatever the boxes around it are called.
#[cfg(not(feature = "heic"))]
fn hevc(_: &[u8], _: &HevcConfig, _: Bounds<'_>) -> Result<Planes, EngineError> {
    Err(EngineError::Unreadable { format: Format::Heic })
}

/// A codec that is not known here, by its name.
fn unsupported(format: Format, kind: &FourCc) -> EngineError {
    let name = match kind {
        b"avc1" | b"avc3" => "AVC (H.264)",
        b"vvc1" | b"vvi1" => "VVC (H.266)",
        b"evc1" => "EVC",
        b"lhv1" | b"lhe1" => "layered HEVC",
        b"unci" => "uncompressed",
        b"j2k1" => "JPEG 2000",
        b"tmap" => "tone map",
        _ => "",
    };
    let name = if name.is_empty() { String::from_utf8_lossy(kind).escape_debug().to_string() } else { name.to_owned() };
    EngineError::UnsupportedFeature { format, cause: format!("its pictures are of the kind {name}").into() }
}

/// The items of a file as planes.
#[derive(Clone, Copy)]
pub(super) struct Items<'a> {
    pub(super) format: Format,
    pub(super) file: &'a Container<'a>,
    pub(super) bounds: Bounds<'a>,
}

impl<'a> Items<'a> {
    pub(super) fn damaged(&self, cause: impl Into<Cause>) -> EngineError {
        EngineError::Damaged { format: self.format, cause: cause.into() }
    }

    /// # Errors
    /// Those of [`Container::data`].
    pub(super) fn data(&self, id: u32) -> Result<Cow<'a, [u8]>, EngineError> {
        self.file.data(id).map_err(|cause| self.damaged(cause))
    }

    /// # Errors
    /// Those of [`Container::item`].
    pub(super) fn kind(&self, id: u32) -> Result<FourCc, EngineError> {
        Ok(self.file.item(id).map_err(|cause| self.damaged(cause))?.kind)
    }

    /// The alpha of an item, or that of all the tiles of a grid.
    ///
    /// # Errors
    /// Any of [`EngineError`]'s reading errors.
    pub(super) fn alpha(&self, id: u32) -> Result<Option<Planes>, EngineError> {
        if let Some(alpha) = self.file.alpha(id) {
            let planes = self.planes(alpha)?;
            let coding = stated(self.file.properties(alpha), planes.coding);
            return Ok(Some(Planes { coding, ..planes }));
        }
        let tiles = self.file.referred(id, b"dimg");
        if tiles.is_empty() || &self.kind(id)? != b"grid" {
            return Ok(None);
        }
        let alphas: Option<Vec<u32>> = tiles.iter().map(|tile| self.file.alpha(*tile)).collect();
        alphas.map(|alphas| self.assembled(id, &alphas)).transpose()
    }

    /// The planes of a coded picture, or of a grid of such.
    ///
    /// # Errors
    /// Any of [`EngineError`]'s reading errors.
    pub(super) fn planes(&self, id: u32) -> Result<Planes, EngineError> {
        if &self.kind(id)? == b"grid" { self.assembled(id, self.file.referred(id, b"dimg")) } else { self.coded(id) }
    }

    /// The planes of a coded picture, no larger than the item says that it is.
    fn coded(&self, id: u32) -> Result<Planes, EngineError> {
        let data = self.data(id)?;
        let hevc = self.file.properties(id).find_map(|it| match it {
            Property::HevcConfig(config) => Some(config),
            _ => None,
        });
        let layer = self.file.raw_property(id, b"lsel").and_then(|it| it.first_chunk()).copied();
        let layers = Layers {
            point: self.file.raw_property(id, b"a1op").and_then(|it| it.first()).map_or(0, |it| it & 31),
            layer: layer.map(u16::from_be_bytes).filter(|it| *it != u16::MAX),
        };
        let av1 = self.file.raw_property(id, b"av1C");
        let coded = Coded { kind: self.kind(id)?, data: &data, av1, hevc, layers };
        let planes = coded.decode(self.format, self.bounds)?;
        let [width, height] = planes.size();
        match self.file.size(id) {
            // What is coded beyond is padding.
            Some([wanted, wanted_height]) if wanted < width || wanted_height < height => {
                let mut cut = Planes::like(&planes, [wanted.min(width), wanted_height.min(height)]);
                cut.place(&planes, [0, 0]);
                Ok(cut)
            }
            _ => Ok(planes),
        }
    }

    /// What a grid says, which must have as many tiles.
    ///
    /// # Errors
    /// Any of [`EngineError`]'s reading errors.
    pub(super) fn grid(&self, id: u32, tiles: &[u32]) -> Result<Grid, EngineError> {
        let grid = Grid::parse(&self.data(id)?).map_err(|cause| self.damaged(cause))?;
        if tiles.len() != usize::from(grid.rows) * usize::from(grid.columns) {
            return Err(self.damaged("its grid has another number of tiles"));
        }
        Ok(grid)
    }

    /// Puts the tiles of a grid together (ISO/IEC 23008-12 §6.6.2.3), row after row.
    fn assembled(&self, id: u32, tiles: &[u32]) -> Result<Planes, EngineError> {
        let grid = self.grid(id, tiles)?;
        let mut canvas: Option<Planes> = None;
        let mut tile_size = [0; 2];
        for (row, ids) in tiles.chunks(usize::from(grid.columns)).enumerate() {
            let decoded: Vec<Planes> = ids.par_iter().map(|tile| self.coded(*tile)).collect::<Result<_, _>>()?;
            self.bounds.cancel.check()?;
            if let (None, Some(first)) = (&canvas, decoded.first()) {
                tile_size = first.size();
                heif_canvas::check_grid(&grid, tile_size).map_err(|cause| self.damaged(cause))?;
                let bytes = 2 * first.bytes_per_pixel();
                self.bounds.limits.check(grid.output_width, grid.output_height, bytes)?;
                canvas = Some(Planes::like(first, [grid.output_width, grid.output_height]));
            }
            let Some(canvas) = &mut canvas else { continue };
            for (column, tile) in decoded.iter().enumerate() {
                let [width, height] = tile_size.map(|it| it as usize);
                if tile.size() != tile_size || !canvas.place(tile, [column * width, row * height]) {
                    return Err(self.damaged("the tiles of its grid differ"));
                }
            }
        }
        canvas.ok_or_else(|| self.damaged("its grid has no tiles"))
    }
}

/// What the values mean: by the item's property, else as the coded bits say.
pub(super) fn stated<'a>(mut properties: impl Iterator<Item = &'a Property>, coded: Coding) -> Coding {
    let stated = properties.find_map(|it| match *it {
        Property::Color(ColorInfo::Nclx { primaries, transfer, matrix, full_range }) => {
            Some(Coding { primaries, transfer, matrix, is_full: full_range })
        }
        _ => None,
    });
    stated.unwrap_or(coded)
}
