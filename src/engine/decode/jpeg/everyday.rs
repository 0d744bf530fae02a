//! Everyday JPEGs at their full size, or at half, a quarter or an eighth of it: 8 bits, Huffman
//! codes, one component or three.
//!
//! For fewer pixels a block of 8 × 8 becomes one of 4 × 4, 2 × 2 or 1 × 1 by an inverse transform of
//! that size of its lowest frequencies, which is the mean of the stored values as far as these
//! frequencies go. What such a block does not need is read over, not calculated; chroma that is
//! stored at half the resolution is transformed at twice the size instead of being enlarged.
//!
//! Reading coded bits is work for one thread; meanwhile another one makes pixels of what was read
//! before. Of a file in several scans, those of different components are read side by side.
//!
//! Other files, and damaged ones, are left to decoders that know more.

use super::{
    markers::{Frame, Scan, Segments},
    planes::{self, Plane},
    scan::{self, Grid, Whole},
};
use crate::engine::Cancel;
use rayon::prelude::*;

/// Blocks a thread reads while another one makes pixels of those before.
const BLOCKS_AT_A_TIME: u32 = 6_000;
/// Each scan goes over all blocks, so that more of them only take time.
const MOST_SCANS: usize = 100;

/// A file that can be decoded here, and what is to become of it.
pub(super) struct Everyday<'a> {
    bytes: &'a [u8],
    frame: Frame,
    scans: Vec<Scan>,
    /// Samples across and down that a block of the finest component becomes.
    side: u32,
}

/// How much of a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Everything.
    All,
    /// Of a progressive file its first scan, which brings the means of blocks.
    FirstScan,
}

impl<'a> Everyday<'a> {
    /// Reads the markers of a picture that is wanted at 1/`divisor` (8, 4, 2 or 1) of its size;
    /// `None` for a file that is not of the everyday kind.
    pub(super) fn new(bytes: &'a [u8], divisor: u32, reach: Reach) -> Option<Self> {
        let side = match divisor {
            1 | 2 | 4 | 8 => 8 / divisor,
            _ => return None,
        };
        let mut segments = Segments::new(bytes);
        let first = segments.next_scan()??;
        let only_first = segments.is_whole(&first) || reach == Reach::FirstScan;
        let mut scans = vec![first];
        while !only_first && let Some(scan) = segments.next_scan()? {
            scans.push(scan);
            if MOST_SCANS < scans.len() {
                return None;
            }
        }
        let frame = segments.into_frame()?;
        (reach == Reach::All || (frame.is_progressive && side == 1)).then_some(Self { bytes, frame, scans, side })
    }

    /// Width and height in pixels, sides rounded up.
    pub(super) fn size(&self) -> [u32; 2] {
        [self.frame.width, self.frame.height].map(|it| (it * self.side).div_ceil(8))
    }

    /// Interleaved samples a pixel: one or three.
    pub(super) fn channels(&self) -> usize {
        self.frame.components.len()
    }

    /// Writes the samples, which fill `to`; `None` for a file that is damaged, or when somebody
    /// asked to stop.
    pub(super) fn decode(&self, to: &mut [u8], cancel: &Cancel) -> Option<()> {
        let frame = &self.frame;
        let (pixels, at_a_time) = Pixels::new(frame, self.size()[0], self.side, to)?;
        match self.scans.as_slice() {
            [scan] if scan.parts.len() == frame.components.len() && !frame.is_progressive => {
                self.row_by_row(scan, at_a_time, pixels, cancel)
            }
            _ => self.scan_by_scan(at_a_time, pixels, cancel),
        }
    }

    fn row_by_row(&self, scan: &Scan, at_a_time: u32, mut pixels: Pixels<'_>, cancel: &Cancel) -> Option<()> {
        let frame = &self.frame;
        let [mut now, mut next] = [(); 2].map(|()| self.grids(&pixels.planes, at_a_time));
        let mut whole = Whole::new(self.bytes, scan);
        let units_at = |first: u32| at_a_time.min(frame.units_down.saturating_sub(first));
        let mut first = 0;
        whole.read(units_at(0), frame, scan, &mut now, cancel)?;
        while first < frame.units_down {
            let (units, then) = (units_at(first), units_at(first + at_a_time));
            let (read, ()) =
                rayon::join(|| whole.read(then, frame, scan, &mut next, cancel), || pixels.make(&now, 0, first, units));
            read?;
            std::mem::swap(&mut now, &mut next);
            first += at_a_time;
        }
        Some(())
    }

    /// Room for rows of coded units, for each component.
    fn grids(&self, planes: &[Plane], rows_of_units: u32) -> Vec<Grid> {
        let components = self.frame.components.iter().zip(planes);
        components.map(|(it, plane)| Grid::new(it, &self.frame, rows_of_units, plane.takes_means_only())).collect()
    }

    fn scan_by_scan(&self, at_a_time: u32, pixels: Pixels<'_>, cancel: &Cancel) -> Option<()> {
        let grids = self.read_scans(self.grids(&pixels.planes, self.frame.units_down), cancel)?;
        pixels.make_all(&grids, at_a_time, cancel)
    }

    fn read_scans(&self, mut grids: Vec<Grid>, cancel: &Cancel) -> Option<Vec<Grid>> {
        let (frame, bytes) = (&self.frame, self.bytes);
        // The means, which refine each other, and scans of several components.
        let (shared, own): (Vec<&Scan>, Vec<&Scan>) =
            self.scans.iter().partition(|it| 1 < it.parts.len() || frame.is_progressive && it.band[0] == 0);
        for scan in shared {
            let mut theirs: Vec<Option<&mut Grid>> = grids.iter_mut().map(Some).collect();
            let parts = scan.parts.iter().map(|it| theirs.get_mut(it.component)?.take());
            scan::read(bytes, frame, scan, &mut parts.collect::<Option<Vec<_>>>()?, cancel)?;
        }
        let read_own = |(component, grid): (usize, &mut Grid)| {
            let details_wanted = |it: &Scan| !grid.means_only || it.band[0] == 0;
            let is_own = |it: &&&Scan| it.parts.iter().all(|part| part.component == component) && details_wanted(it);
            let mine: Vec<&&Scan> = own.iter().filter(is_own).collect();
            mine.into_iter().try_for_each(|scan| scan::read(bytes, frame, scan, &mut [&mut *grid], cancel))
        };
        grids.par_iter_mut().enumerate().map(read_own).collect::<Option<()>>()?;
        Some(grids)
    }
}

/// Makes pixels from the top downwards.
struct Pixels<'a> {
    frame: &'a Frame,
    planes: Vec<Plane>,
    width: usize,
    /// So many rows are made.
    rows: usize,
    side: u32,
    rest: &'a mut [u8],
}

/// The samples, interleaved, that decoding makes of a whole picture's coefficients; `None` when
/// somebody asked to stop.
pub(in crate::engine) fn redraw(frame: &Frame, grids: &[Grid], cancel: &Cancel) -> Option<Vec<u8>> {
    let mut to = vec![0; frame.width as usize * frame.height as usize * frame.components.len()];
    let (pixels, at_a_time) = Pixels::new(frame, frame.width, 8, &mut to)?;
    pixels.make_all(grids, at_a_time, cancel)?;
    Some(to)
}

impl<'a> Pixels<'a> {
    /// Also how many rows of coded units are best made at a time, at most.
    fn new(frame: &'a Frame, width: u32, side: u32, rest: &'a mut [u8]) -> Option<(Self, u32)> {
        let blocks: u32 = frame.components.iter().map(|it| frame.units_across * it.across * it.down).sum();
        let at_a_time = (BLOCKS_AT_A_TIME / blocks).clamp(1, frame.units_down);
        let plane = |it| Plane::new(it, frame, side, at_a_time);
        let planes = frame.components.iter().map(plane).collect::<Option<Vec<_>>>()?;
        Some((Self { frame, planes, width: width as usize, rows: 0, side, rest }, at_a_time))
    }

    fn make_all(mut self, grids: &[Grid], at_a_time: u32, cancel: &Cancel) -> Option<()> {
        let down = self.frame.units_down;
        for first in (0..down).step_by(at_a_time as usize) {
            cancel.check().ok()?;
            self.make(grids, first, first, at_a_time.min(down - first));
        }
        Some(())
    }

    /// Of the coefficients of `units` rows of coded units, which begin with row `first` of the picture
    /// and row `from` of the grids.
    fn make(&mut self, grids: &[Grid], from: u32, first: u32, units: u32) {
        for ((plane, grid), component) in self.planes.iter_mut().zip(grids).zip(&self.frame.components) {
            let blocks = |units: u32| (units * component.down) as usize * grid.across;
            if let Some(blocks) = grid.blocks.get(blocks(from)..blocks(from + units)) {
                plane.draw(blocks, grid.across, first);
            }
        }
        let end = first + units;
        let drawn = (end * self.frame.tallest * self.side) as usize;
        // The last row of chroma is mixed with the one below it.
        let complete = if end == self.frame.units_down { usize::MAX } else { drawn - self.frame.tallest as usize };
        let bytes = self.width * self.planes.len();
        let rows = (self.rest.len() / bytes).min(complete - self.rows);
        let (made, rest) = std::mem::take(&mut self.rest).split_at_mut(rows * bytes);
        planes::join(&self.planes, self.frame.is_rgb, self.rows, self.width, made);
        (self.rows, self.rest) = (self.rows + rows, rest);
    }
}
