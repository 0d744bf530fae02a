//! One channel of a picture.

/// Samples by rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plane {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) samples: Vec<i32>,
    /// Does it tell of the others, as a palette does?
    pub(super) is_meta: bool,
}

impl Plane {
    pub(super) fn new(width: usize, height: usize, samples: Vec<i32>) -> Self {
        Self { width, height, samples, is_meta: false }
    }

    pub(super) fn row(&self, y: usize) -> &[i32] {
        &self.samples[y * self.width..][..self.width]
    }

    /// The part from there on, at most so large.
    pub(super) fn part(&self, [left, top]: [usize; 2], side: usize) -> Self {
        let (width, height) = (side.min(self.width - left), side.min(self.height - top));
        let rows = (top..top + height).flat_map(|y| self.row(y)[left..left + width].iter().copied());
        Self::new(width, height, rows.collect())
    }
}
