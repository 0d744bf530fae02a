//! Pictures in the boxes of HEIF (ISO/IEC 23008-12), whatever codec they are coded with: the
//! primary item with its alpha, and what it is made of.
//!
//! Gain maps, depth and thumbnails are other pictures and are left alone. Exif says nothing of the
//! orientation here: the item's own transformations do (ISO/IEC 23008-12 §6.5.10).

use super::{
    buffer::Buffer,
    heif_boxes::Container,
    heif_canvas::{self, Canvas, Overlay},
    heif_movie::Movie,
    heif_planes::{Items, stated},
    heif_turn::{Aperture, Turn},
    pixels::Pixels,
    space::{Cicp, Space},
    still::{self, Stored},
    yuv::{self, Coding, Planes},
};
use crate::engine::{EngineError, Format, Tools, Warning};
use heifer_isobmff::{
    FourCC,
    boxes::{ColorInfo, Property},
};
use std::cell::Cell;

/// Decodes the primary item, or the first frame where there is none.
///
/// # Errors
/// Any of [`EngineError`]'s reading errors.
pub(super) fn decode(format: Format, bytes: &[u8], tools: Tools<'_>) -> Result<Stored, EngineError> {
    let damaged = |cause| EngineError::Damaged { format, cause };
    let movie = Movie::parse(bytes);
    let file = Container::parse(bytes).map_err(damaged)?;
    let mut stored = match (&file, &movie) {
        (Some(file), _) => Walk::new(format, file, tools).shown(file.primary, 0, true)?.stored(),
        (None, Some(movie)) => first_frame(format, movie, tools)?,
        (None, None) => return Err(damaged("it holds no picture".into())),
    };
    if let Some(frames) = movie.map(|it| it.frames()).filter(|it| 1 < *it) {
        stored.frames = Some(frames);
        stored.warnings.push(Warning::FramesDropped { frames: Some(frames) });
    }
    Ok(stored)
}

/// The first frame of an image sequence without a primary item (ISO/IEC 23008-12 §7).
fn first_frame(format: Format, movie: &Movie<'_>, tools: Tools<'_>) -> Result<Stored, EngineError> {
    let planes = movie.color().decode(format, tools.into())?;
    let alpha = movie.alpha().map(|it| it.decode(format, tools.into())).transpose()?;
    let coding = stated(movie.properties(), planes.coding);
    let developed = develop(format, &planes, coding, alpha.as_ref(), true, tools)?;
    let space = space(movie.properties(), coding);
    Ok(Stored { space, ..Stored::plain(developed, planes.depth) })
}

/// A picture of an item: cropped, not yet turned.
pub(super) struct Shown {
    pub(super) pixels: Pixels,
    turn: Turn,
    pub(super) depth: u8,
    pub(super) space: Space,
}

impl Shown {
    fn stored(self) -> Stored {
        let orientation = self.turn.orientation();
        Stored { orientation, space: self.space, ..Stored::plain(self.pixels, self.depth) }
    }

    /// Turned as well, for what is made of it.
    fn upright(self) -> Self {
        let pixels = self.pixels.upright(self.turn.orientation(), &());
        Self { pixels, turn: Turn::default(), ..self }
    }
}

/// Items that are made of items may be nested so deeply.
const MOST_LEVELS: u32 = 4;
/// A picture may be made of so many items, each as often as it is used.
const MOST_ITEMS: u32 = 4096;

/// A walk through the items of a file.
struct Walk<'a> {
    items: Items<'a>,
    tools: Tools<'a>,
    /// How many items may still be visited.
    left: Cell<u32>,
}

impl<'a> Walk<'a> {
    fn new(format: Format, file: &'a Container<'a>, tools: Tools<'a>) -> Self {
        Self { items: Items { format, file, bounds: tools.into() }, tools, left: Cell::new(MOST_ITEMS) }
    }

    fn file(&self) -> &'a Container<'a> {
        self.items.file
    }

    /// The picture of an item with its transformations; `is_last` when nothing is made of it.
    fn shown(&self, id: u32, level: u32, is_last: bool) -> Result<Shown, EngineError> {
        self.tools.cancel.check()?;
        let left = self.left.get().checked_sub(1).filter(|_| level < MOST_LEVELS);
        self.left.set(left.ok_or_else(|| {
            let what = "it is made of too many pictures".into();
            EngineError::TooComplex { format: self.items.format, what }
        })?);
        if let Some([width, height]) = self.file().size(id) {
            self.tools.limits.check(width, height, 1)?;
        }
        let mut shown = match &self.items.kind(id)? {
            // A tone map without what it does to its base.
            b"iden" | b"tmap" => {
                let source = self.file().referred(id, b"dimg").first();
                self.shown(*source.ok_or_else(|| self.items.damaged("it is made of nothing"))?, level + 1, false)?
                    .upright()
            }
            b"iovl" => self.overlay(id, level)?,
            b"jpeg" => self.jpeg(id)?,
            b"grid" if !self.is_plain_grid(id)? => self.mixed_grid(id, level)?,
            _ => self.coded(id, is_last)?,
        };
        if self.file().properties(id).any(|it| matches!(it, Property::Color(_))) {
            let stated = space(self.file().properties(id), UNSPECIFIED);
            shown.space = if matches!(stated, Space::Unstated) { shown.space } else { stated };
        }
        self.transformed(id, shown)
    }

    fn transformed(&self, id: u32, mut shown: Shown) -> Result<Shown, EngineError> {
        for property in self.file().properties(id) {
            match *property {
                Property::Rotation(quarters) => shown.turn = shown.turn.rotated(quarters),
                Property::Mirror(top_and_bottom) => shown.turn = shown.turn.mirrored(top_and_bottom),
                Property::CleanAperture { width, height, horiz_offset, vert_offset } => {
                    if shown.turn != Turn::default() {
                        shown = shown.upright();
                    }
                    let aperture = Aperture { width, height, right: horiz_offset, down: vert_offset };
                    let size = [shown.pixels.width, shown.pixels.height];
                    // As in browsers, one that is not within the picture leaves it whole.
                    if let Some(window) = aperture.window(size) {
                        shown.pixels = shown.pixels.cropped(window);
                    }
                }
                _ => {}
            }
        }
        Ok(shown)
    }

    /// A coded picture, or a grid of such.
    fn coded(&self, id: u32, is_last: bool) -> Result<Shown, EngineError> {
        let planes = self.items.planes(id)?;
        let alpha = self.items.alpha(id)?;
        let properties = || self.file().properties(id).chain(self.first_tile_properties(id));
        let coding = stated(properties(), planes.coding);
        let stays = is_last && !self.file().properties(id).any(is_transformation);
        let mut pixels = develop(self.items.format, &planes, coding, alpha.as_ref(), stays, self.tools)?;
        if self.file().alpha(id).is_some_and(|alpha| self.file().referred(id, b"prem").contains(&alpha)) {
            pixels = pixels.with_straight_alpha();
        }
        Ok(Shown { pixels, turn: Turn::default(), depth: planes.depth, space: space(properties(), coding) })
    }

    /// Those of the first tile of a grid, for what a grid does not say itself.
    fn first_tile_properties(&self, id: u32) -> impl Iterator<Item = &Property> {
        self.file().referred(id, b"dimg").first().into_iter().flat_map(|tile| self.file().properties(*tile))
    }

    /// Is it a grid of coded pictures as they are?
    fn is_plain_grid(&self, id: u32) -> Result<bool, EngineError> {
        for tile in self.file().referred(id, b"dimg") {
            let is_coded = !matches!(&self.items.kind(*tile)?, b"jpeg" | b"grid" | b"iovl" | b"iden");
            if !is_coded || self.file().properties(*tile).any(is_transformation) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// A grid of anything else.
    fn mixed_grid(&self, id: u32, level: u32) -> Result<Shown, EngineError> {
        let tiles = self.file().referred(id, b"dimg");
        let grid = self.items.grid(id, tiles)?;
        let first = tiles.first().and_then(|it| self.file().size(*it));
        let [width, height] = first.ok_or_else(|| self.items.damaged("the tiles of its grid have no size"))?;
        heif_canvas::check_grid(&grid, [width, height]).map_err(|cause| self.items.damaged(cause))?;
        let columns = usize::from(grid.columns);
        let places = (0..tiles.len())
            .map(|at| [(at % columns) as i64 * i64::from(width), (at / columns) as i64 * i64::from(height)]);
        self.composed(
            [grid.output_width, grid.output_height],
            [0, 0, 0, u16::MAX],
            tiles,
            &places.collect::<Vec<_>>(),
            level,
        )
    }

    fn overlay(&self, id: u32, level: u32) -> Result<Shown, EngineError> {
        let inputs = self.file().referred(id, b"dimg");
        let overlay = Overlay::parse(&self.items.data(id)?, inputs.len());
        let overlay = overlay.ok_or_else(|| self.items.damaged("its overlay cannot be read"))?;
        self.composed(overlay.size, overlay.fill, inputs, &overlay.places, level)
    }

    /// Draws items over each other.
    fn composed(
        &self,
        size: [u32; 2],
        fill: [u16; 4],
        inputs: &[u32],
        places: &[[i64; 2]],
        level: u32,
    ) -> Result<Shown, EngineError> {
        let [width, height] = size;
        // 16 bits for four channels, and the picture that is drawn.
        self.tools.limits.check(width, height, 12)?;
        let mut canvas = Canvas::new(size, fill);
        let (mut depth, mut space) = (8, None);
        for (input, place) in inputs.iter().zip(places) {
            let shown = self.shown(*input, level + 1, false)?.upright();
            canvas.draw(&shown.pixels, *place);
            depth = depth.max(shown.depth);
            space.get_or_insert(shown.space);
        }
        let pixels = canvas.into_pixels(depth == 8);
        Ok(Shown { pixels, turn: Turn::default(), depth, space: space.unwrap_or_default() })
    }

    /// A JPEG as an item (ISO/IEC 23008-12 annex H), perhaps with its tables in a property.
    fn jpeg(&self, id: u32) -> Result<Shown, EngineError> {
        let data = self.items.data(id)?;
        let header = self.file().raw_property(id, b"jpgC").unwrap_or_default();
        let stored = still::decode(Format::Jpeg, &[header, &data].concat(), self.tools)?;
        Ok(Shown { pixels: stored.pixels, turn: Turn::default(), depth: stored.depth, space: stored.space })
    }
}

fn is_transformation(property: &Property) -> bool {
    matches!(property, Property::Rotation(_) | Property::Mirror(_) | Property::CleanAperture { .. })
}

const UNSPECIFIED: Coding = Coding { primaries: 2, transfer: 2, matrix: 2, is_full: true };

/// The colour space: a profile comes before code points (ISO/IEC 23000-22 §7.3.6.4).
fn space<'a>(properties: impl Iterator<Item = &'a Property>, coded: Coding) -> Space {
    let (mut stated, mut brightest) = (Space::Unstated, None);
    for property in properties {
        match property {
            Property::Color(ColorInfo::Icc(icc)) if !icc.is_empty() => return Space::Icc(icc.clone()),
            Property::Color(ColorInfo::Nclx { primaries, transfer, .. }) => {
                stated = code_points(*primaries, *transfer);
            }
            // ISO/IEC 14496-12 §12.1.6: the brightest light and the brightest average, in cd/m².
            Property::Unknown(FourCC([b'c', b'l', b'l', b'i']), content) => {
                let light = content.first_chunk().map(|it| u32::from(u16::from_be_bytes(*it)));
                brightest = light.filter(|it| *it != 0);
            }
            _ => {}
        }
    }
    match stated {
        Space::Unstated if coded != UNSPECIFIED => code_points(coded.primaries, coded.transfer),
        Space::Cicp(cicp) => Space::Cicp(Cicp { brightest, ..cicp }),
        stated => stated,
    }
}

/// The curves of cameras (BT.709, BT.601, BT.2020) are those of sRGB where pictures are shown, in
/// Chromium at least: whoever takes them literally makes the same picture much darker.
fn code_points(primaries: u16, transfer: u16) -> Space {
    const SRGB: u16 = 13;
    let transfer = if matches!(transfer, 1 | 6 | 14 | 15) { SRGB } else { transfer };
    Space::Cicp(Cicp { primaries, transfer, brightest: None })
}

/// Planes to pixels, within the limits; where nothing has to be moved, to where they stay.
fn develop(
    format: Format,
    planes: &Planes,
    coding: Coding,
    alpha: Option<&Planes>,
    stays: bool,
    tools: Tools<'_>,
) -> Result<Pixels, EngineError> {
    let [width, height] = planes.size();
    let channels = if planes.chroma.is_some() { 3 } else { 1 } + u64::from(alpha.is_some());
    let sample = if planes.depth == 8 { 1 } else { 2 };
    let of_alpha = alpha.map_or(0, Planes::bytes_per_pixel);
    tools.limits.check(width, height, planes.bytes_per_pixel() + of_alpha + channels * sample)?;
    let memory = |count| {
        if stays { Buffer::last(count, tools.memory) } else { Buffer::from(vec![0; count]) }
    };
    yuv::develop(planes, coding, alpha, memory, tools.cancel)?.ok_or_else(|| EngineError::UnsupportedFeature {
        format,
        cause: format!("its matrix coefficients are {}", coding.matrix).into(),
    })
}
