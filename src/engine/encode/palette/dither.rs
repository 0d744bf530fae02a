//! Pixels to indices, with errors handed on to neighbours (Floyd and Steinberg, 1976).
//!
//! Errors are handed on where the picture is smooth: there a palette would show as steps. At
//! edges nobody sees a wrong shade, while its error would speckle what lies beside it.

use super::{
    nearest::Nearest,
    space::{Point, Space, distance},
};
use crate::engine::Cancel;
use rayon::prelude::*;

/// Rows that one thread does in one go; a matter of the picture alone, so that the number of
/// threads does not show.
const STRIP: usize = 128;
/// Rows above a strip that are done for their errors only.
const RUN_UP: usize = 8;
/// The squared distance between neighbours from which on there is an edge.
const EDGE: f32 = 0.01;
/// An error with a larger square is not handed on whole: it would never be made good.
const LARGE: f32 = 0.004;

/// What there is to choose from.
pub(super) struct Choice {
    /// The colours as points, clear first, then translucent, then opaque ones.
    pub(super) points: Vec<Point>,
    /// Does the first stand for clear pixels, and for nothing else?
    pub(super) has_hole: bool,
    /// For translucent pixels, of the points from `first_translucent` on.
    pub(super) translucent: Nearest,
    /// For opaque ones, of the points from `first_opaque` on.
    pub(super) opaque: Nearest,
    pub(super) first_opaque: usize,
}

/// An index for each pixel; `strength` from 0 to 1 is how much of an error is handed on. Once cancelled, what is left
/// of the rows is not done.
pub(super) fn remap(
    pixels: &[[u8; 4]],
    width: usize,
    choice: &Choice,
    strength: f32,
    space: &Space,
    cancel: &Cancel,
) -> Vec<u8> {
    let mut indices = vec![0; pixels.len()];
    indices.par_chunks_mut(STRIP * width).enumerate().for_each(|(nth, indices)| {
        if cancel.is_cancelled() {
            return;
        }
        let first = nth * STRIP;
        let run_up = if 0.0 < strength { first.min(RUN_UP) } else { 0 };
        // A row more at both ends, for the contrast.
        let from = (first - run_up).saturating_sub(1);
        let to = (first + indices.len() / width + 1).min(pixels.len() / width);
        let points: Vec<Point> =
            pixels.get(from * width..to * width).unwrap_or_default().iter().map(|it| space.point(*it)).collect();
        let mut strip = Strip {
            choice,
            strength,
            width,
            points: &points,
            pixels: pixels.get(from * width..).unwrap_or_default(),
            errors: vec![[0.0; 4]; width + 2],
            below: vec![[0.0; 4]; width + 2],
        };
        let mut unused = vec![0; width];
        for row in first - run_up..first {
            strip.row(row - from, row % 2 == 1, &mut unused);
        }
        for (row, indices) in (first..).zip(indices.chunks_mut(width)).take_while(|_| !cancel.is_cancelled()) {
            strip.row(row - from, row % 2 == 1, indices);
        }
    });
    indices
}

/// Rows on the way, one after the other.
struct Strip<'a> {
    choice: &'a Choice,
    strength: f32,
    width: usize,
    points: &'a [Point],
    pixels: &'a [[u8; 4]],
    /// What this row and the next have been handed, with a place more at both ends.
    errors: Vec<Point>,
    below: Vec<Point>,
}

impl Strip<'_> {
    fn row(&mut self, row: usize, backwards: bool, indices: &mut [u8]) {
        self.below.fill([0.0; 4]);
        for step in 0..self.width {
            let at = if backwards { self.width - 1 - step } else { step };
            let (index, error) = self.pixel(row, at);
            if let Some(place) = indices.get_mut(at) {
                *place = index;
            }
            if 0.0 < self.strength && error != [0.0; 4] {
                let (ahead, behind) = if backwards { (at, at + 2) } else { (at + 2, at) };
                hand_on(&mut self.errors, ahead, error, 7.0 / 16.0);
                hand_on(&mut self.below, behind, error, 3.0 / 16.0);
                hand_on(&mut self.below, at + 1, error, 5.0 / 16.0);
                hand_on(&mut self.below, ahead, error, 1.0 / 16.0);
            }
        }
        std::mem::swap(&mut self.errors, &mut self.below);
    }

    /// The index of a pixel, and the error to hand on.
    #[inline]
    fn pixel(&mut self, row: usize, at: usize) -> (u8, Point) {
        let place = row * self.width + at;
        let (Some(&[.., alpha]), Some(&point)) = (self.pixels.get(place), self.points.get(place)) else {
            return (0, [0.0; 4]);
        };
        let choice = self.choice;
        if alpha == 0 && choice.has_hole {
            return (0, [0.0; 4]);
        }
        let mut wanted = point;
        if let Some(error) = self.errors.get(at + 1) {
            wanted.iter_mut().zip(error).for_each(|(it, error)| *it += error);
        }
        let index = if alpha == u8::MAX && !choice.opaque.is_empty() {
            choice.first_opaque + choice.opaque.find(wanted).0
        } else {
            usize::from(choice.has_hole) + choice.translucent.find(wanted).0
        };
        let Some(chosen) = choice.points.get(index).filter(|_| 0.0 < self.strength) else {
            return (index as u8, [0.0; 4]);
        };
        let mut error: Point = std::array::from_fn(|at| wanted[at] - chosen[at]);
        let size = distance(error, [0.0; 4]);
        let mut share = self.strength * (1.0 - self.contrast(row, at, point) / EDGE).max(0.0);
        if LARGE < size {
            share *= (LARGE / size).sqrt();
        }
        error.iter_mut().for_each(|it| *it *= share);
        // At most 256 colours.
        (index as u8, error)
    }

    /// The largest squared distance from a pixel to those beside, above and below it.
    #[inline]
    fn contrast(&self, row: usize, at: usize, point: Point) -> f32 {
        let place = row * self.width + at;
        let mut most = 0.0_f32;
        let mut look = |other: Option<&Point>| most = most.max(other.map_or(0.0, |other| distance(point, *other)));
        if 0 < at {
            look(self.points.get(place - 1));
        }
        if at + 1 < self.width {
            look(self.points.get(place + 1));
        }
        if 0 < row {
            look(self.points.get(place - self.width));
        }
        look(self.points.get(place + self.width));
        most
    }
}

#[inline]
fn hand_on(errors: &mut [Point], at: usize, error: Point, share: f32) {
    if let Some(place) = errors.get_mut(at) {
        place.iter_mut().zip(error).for_each(|(it, error)| *it += error * share);
    }
}
