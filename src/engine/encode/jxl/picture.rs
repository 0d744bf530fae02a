//! A picture as planes.

use super::{
    colour,
    header::Header,
    palette,
    plan::Plan,
    plane::Plane,
    transform::{self, Transform},
};
use crate::engine::{Cancel, Raster};
use rayon::prelude::*;

/// What is to be coded.
pub(super) struct Picture {
    /// With groups of any size.
    pub(super) header: Header,
    /// Grey or red, green and blue; then alpha, if there is any. Those that tell of others come before them.
    pub(super) planes: Vec<Plane>,
}

impl Picture {
    pub(super) fn new(raster: &Raster) -> Self {
        let (size, layout) = (raster.size(), raster.layout());
        let [width, height] = size.map(|it| it as usize);
        let channels = layout.channels();
        let plane = |channel: usize| {
            let samples: Vec<i32> = if layout.is_wide() {
                raster.samples16().chunks_exact(channels).map(|it| it[channel].into()).collect()
            } else {
                raster.bytes().chunks_exact(channels).map(|it| it[channel].into()).collect()
            };
            Plane::new(width, height, samples)
        };
        let mut planes: Vec<Plane> = (0..channels).into_par_iter().map(plane).collect();
        // A profile describes three channels.
        let has_profile = raster.profile().is_some();
        let is_grey = !has_profile && matches!(&*planes, [red, green, blue, ..] if red == green && green == blue);
        if is_grey {
            planes.drain(1..3);
        }
        let header = Header {
            size,
            is_grey,
            is_wide: layout.is_wide(),
            has_alpha: layout.has_alpha(),
            group_shift: 0,
            has_profile,
        };
        Self { header, planes }
    }

    /// What its planes can be transformed to, with what the decoder has to undo from the last on. For a large picture
    /// it is the one that promises the most.
    pub(super) fn ways(self, plan: &Plan, cancel: &Cancel) -> Vec<(Vec<Transform>, Vec<Plane>)> {
        let n = self.planes.len();
        let samples = self.planes.iter().map(|it| it.samples.len()).sum::<usize>();
        let is_small = samples <= plan.most_ways;
        let pixels = samples / n.max(1);
        let most_colours = if is_small { plan.most_colours } else { plan.most_colours.min(pixels / 16) };
        let palette = if 1 < n { palette::of_all(&self.planes, most_colours, cancel) } else { None };
        let mut ways = vec![];
        if let Some((palette, indices)) = palette {
            let done = vec![Transform::Palette { begin: 0, channels: n, colours: palette.width }];
            ways.push((done, vec![palette, indices]));
        }
        if is_small {
            ways.push((vec![], self.planes.clone()));
        }
        if is_small || ways.is_empty() {
            let decorrelated = decorrelated(self.planes, plan, cancel);
            if !decorrelated.0.is_empty() || ways.is_empty() {
                ways.push(decorrelated);
            }
        }
        ways
    }
}

/// Planes of few values each by a palette of its own, colours decorrelated.
fn decorrelated(mut planes: Vec<Plane>, plan: &Plan, cancel: &Cancel) -> (Vec<Transform>, Vec<Plane>) {
    let n = planes.len();
    let (mut done, mut metas) = (vec![], 0);
    for channel in 0..n {
        if cancel.is_cancelled() {
            break;
        }
        if let Some((palette, indices)) = palette::of_one(&planes[metas + channel], plan.most_values) {
            done.push(Transform::Palette { begin: metas + channel, channels: 1, colours: palette.width });
            planes[metas + channel] = indices;
            planes.insert(0, palette);
            metas += 1;
        }
    }
    if 3 <= n && !cancel.is_cancelled() {
        let colours = &mut planes[metas..metas + 3];
        let kind = colour::best_kind(colours, plan.kinds);
        if kind != 0 {
            transform::decorrelate_planes(kind, colours);
            done.push(Transform::Colour { begin: metas, kind });
        }
    }
    (done, planes)
}
