//! The nearest of a few points.

use super::space::{Point, distance};

/// Cells of the grid along each of the first three numbers.
const CELLS: usize = 16;
/// Where the grid begins, and its cells a unit: it covers what Oklab makes of sRGB.
const ORIGIN: [f32; 3] = [0.0, -0.24, -0.32];
const SCALE: [f32; 3] = [CELLS as f32, CELLS as f32 / 0.52, CELLS as f32 / 0.52];

/// Points to be found.
pub(super) struct Nearest {
    points: Vec<Point>,
    /// For each point all others, the nearest first, with their squared distances.
    others: Vec<Vec<(f32, usize)>>,
    /// For each cell the point nearest to its middle: a good one to begin with.
    starts: Vec<usize>,
}

impl Nearest {
    pub(super) fn new(points: impl Iterator<Item = Point>) -> Self {
        let points: Vec<Point> = points.collect();
        let others = |at: usize, point: &Point| {
            let others = points.iter().enumerate().filter(|(other, _)| *other != at);
            let mut others: Vec<(f32, usize)> =
                others.map(|(other, there)| (distance(*point, *there), other)).collect();
            others.sort_by(|a, b| a.0.total_cmp(&b.0));
            others
        };
        let others = points.iter().enumerate().map(|(at, point)| others(at, point)).collect();
        let mut nearest = Self { points, others, starts: vec![] };
        let middle = |cell: usize| {
            let place = [cell / (CELLS * CELLS), cell / CELLS % CELLS, cell % CELLS];
            let [l, a, b] = std::array::from_fn(|at| ORIGIN[at] + (place[at] as f32 + 0.5) / SCALE[at]);
            // As if opaque; translucent points are merely begun with farther away.
            [l, a, b, super::space::OPAQUE]
        };
        let mut last = 0;
        let starts = (0..CELLS * CELLS * CELLS).map(|cell| {
            last = nearest.begin_at(last, middle(cell)).0;
            last
        });
        nearest.starts = starts.collect();
        nearest
    }

    pub(super) fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// Which is the nearest, and its squared distance.
    #[inline]
    pub(super) fn find(&self, wanted: Point) -> (usize, f32) {
        // The cast cuts what lies before the grid.
        let place = |at: usize| (((wanted[at] - ORIGIN[at]) * SCALE[at]) as usize).min(CELLS - 1);
        let cell = (place(0) * CELLS + place(1)) * CELLS + place(2);
        self.begin_at(self.starts.get(cell).copied().unwrap_or_default(), wanted)
    }

    /// The nearest, beginning with one of them: what is nearer lies within twice its distance of it.
    #[inline]
    fn begin_at(&self, start: usize, wanted: Point) -> (usize, f32) {
        let (Some(point), Some(others)) = (self.points.get(start), self.others.get(start)) else {
            return (0, f32::INFINITY);
        };
        let mut best = (start, distance(*point, wanted));
        // A little more, for rounding.
        let reach = 4.001 * best.1;
        for &(between, other) in others {
            if reach < between {
                break;
            }
            let distance = self.points.get(other).map_or(f32::INFINITY, |it| distance(*it, wanted));
            if distance < best.1 {
                best = (other, distance);
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::Nearest;
    use crate::engine::encode::palette::space::distance;

    #[test]
    fn the_nearest_is_found_inside_and_outside_of_the_grid() {
        let mut state = 1_u32;
        let mut random = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 23) as f32 - 0.5
        };
        for count in [1, 2, 100] {
            let points: Vec<_> = (0..count).map(|_| [random(), random(), random(), random()]).collect();
            let nearest = Nearest::new(points.iter().copied());
            for _ in 0..10_000 {
                let wanted = [random(), random(), random(), random()];
                let least = points.iter().map(|it| distance(*it, wanted)).fold(f32::INFINITY, f32::min);
                let (index, found) = nearest.find(wanted);
                assert_eq!((found, distance(points[index], wanted)), (least, least));
            }
        }
        assert!(Nearest::new(std::iter::empty()).is_empty());
    }
}
