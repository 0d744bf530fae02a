//! Every sample of a channel, with what is known of it before it is coded.

use super::{
    plane::Plane,
    predict::{Near, Weighted, gradient},
};
use crate::engine::Cancel;
use std::ops::Range;

/// Properties that do not come from earlier channels.
const OWN: usize = 16;
/// Of each earlier channel.
const OF_EARLIER: usize = 4;
/// Most earlier channels that are looked at.
const EARLIER: usize = 2;
/// All of them.
pub(super) const PROPERTIES: usize = OWN + OF_EARLIER * EARLIER;

/// What contexts may depend on (ISO/IEC 18181-1 H.4.1).
pub(super) type Properties = [i32; PROPERTIES];

/// A sample and what is known of it.
pub(super) struct Known<'a> {
    pub(super) properties: &'a Properties,
    pub(super) near: Near,
    /// What the self-correcting predictor says.
    pub(super) weighted: i32,
    pub(super) sample: i32,
}

/// Calls for each sample of some rows of a channel of a stream until it is cancelled. What the self-correcting
/// predictor says is right only where it has seen all rows.
pub(super) fn visit(
    channels: &[Plane],
    channel: usize,
    stream: usize,
    rows: Range<usize>,
    cancel: &Cancel,
    mut see: impl FnMut(&Known<'_>),
) {
    let plane = &channels[channel];
    let earlier: Vec<&Plane> = channels[..channel]
        .iter()
        .rev()
        .filter(|it| [it.width, it.height] == [plane.width, plane.height] && it.is_meta == plane.is_meta)
        .take(EARLIER)
        .collect();
    let mut weighted = Weighted::new(plane.width);
    let mut of_earlier = vec![[0; OF_EARLIER * EARLIER]; plane.width];
    let mut properties = [0; PROPERTIES];
    properties[0] = channel as i32;
    properties[1] = stream as i32;
    for y in rows {
        if cancel.is_cancelled() {
            return;
        }
        for (at, plane) in earlier.iter().enumerate() {
            look_at_earlier(plane, y, at * OF_EARLIER, &mut of_earlier);
        }
        let row = plane.row(y);
        let above = if 0 < y { plane.row(y - 1) } else { &[] };
        let two_above = if 1 < y { plane.row(y - 2) } else { &[] };
        weighted.next_row();
        properties[2] = y as i32;
        properties[9] = 0;
        let mut near = Near::first(above, two_above);
        for (x, &sample) in row.iter().enumerate() {
            let (said, worst) = weighted.predict(x, &near);
            let Near { w, n, nw, ne, nn, ww, .. } = near;
            properties[3] = x as i32;
            properties[4] = n.abs();
            properties[5] = w.abs();
            properties[6] = n;
            properties[7] = w;
            properties[8] = w - properties[9];
            properties[9] = w + n - nw;
            properties[10] = w - nw;
            properties[11] = nw - n;
            properties[12] = n - ne;
            properties[13] = n - nn;
            properties[14] = w - ww;
            properties[15] = worst;
            properties[OWN..].copy_from_slice(&of_earlier[x]);
            see(&Known { properties: &properties, near, weighted: said, sample });
            weighted.learn(x, sample);
            near.go_on(x + 1, sample, above, two_above);
        }
    }
}

/// An earlier channel's samples in a row, and how far they are off their gradient.
fn look_at_earlier(plane: &Plane, y: usize, from: usize, out: &mut [[i32; OF_EARLIER * EARLIER]]) {
    let row = plane.row(y);
    let above = if 0 < y { plane.row(y - 1) } else { &[] };
    for (x, (&sample, out)) in row.iter().zip(out).enumerate() {
        let guess = match (x, above.get(x)) {
            (0, None) => 0,
            (0, Some(&n)) => n,
            (_, None) => row[x - 1],
            (_, Some(&n)) => gradient(row[x - 1], n, above[x - 1]),
        };
        let off = sample - guess;
        out[from..from + OF_EARLIER].copy_from_slice(&[sample.abs(), sample, off.abs(), off]);
    }
}
