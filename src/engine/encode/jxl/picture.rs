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
                raster.samples16().iter().skip(channel).step_by(channels).map(|&it| it.into()).collect()
            } else {
                raster.bytes().iter().skip(channel).step_by(channels).map(|&it| it.into()).collect()
            };
            Plane::new(width, height, samples)
        };
        let mut planes: Vec<Plane> = (0..channels).map(plane).collect();
        let is_grey = matches!(&*planes, [red, green, blue, ..] if red == green && green == blue);
        if is_grey {
            planes.drain(1..3);
        }
        let header = Header { size, is_grey, is_wide: layout.is_wide(), has_alpha: layout.has_alpha(), group_shift: 0 };
        Self { header, planes }
    }

    /// Transforms what can be; what the decoder has to undo, from the last on.
    pub(super) fn transform(&mut self, plan: &Plan, cancel: &Cancel) -> Vec<Transform> {
        let n = self.planes.len();
        if 1 < n
            && let Some((palette, indices)) = palette::of_all(&self.planes, plan.most_colours, cancel)
        {
            let colours = palette.width;
            self.planes = vec![palette, indices];
            return vec![Transform::Palette { begin: 0, channels: n, colours }];
        }
        let (mut done, mut metas) = (vec![], 0);
        for channel in 0..n {
            if let Some((palette, indices)) = palette::of_one(&self.planes[metas + channel], plan.most_values) {
                done.push(Transform::Palette { begin: metas + channel, channels: 1, colours: palette.width });
                self.planes[metas + channel] = indices;
                self.planes.insert(0, palette);
                metas += 1;
            }
        }
        if 3 <= n {
            let colours = &mut self.planes[metas..metas + 3];
            let kind = colour::best_kind(colours, plan.kinds);
            if kind != 0 {
                transform::decorrelate_planes(kind, colours);
                done.push(Transform::Colour { begin: metas, kind });
            }
        }
        done
    }
}
