//! Options of the ICO encoder.

/// The sizes that can be asked for: width and height in pixels.
pub const SIZES: [u16; 7] = [16, 24, 32, 48, 64, 128, 256];

/// What can be asked of an ICO.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct IcoOptions {
    /// Which of [`SIZES`] there are, place by place; none: the picture's own size.
    pub sizes: [bool; SIZES.len()],
}

impl IcoOptions {
    /// Those asked for, from small to large.
    pub fn wanted(&self) -> impl Iterator<Item = u16> {
        SIZES.into_iter().zip(self.sizes).filter_map(|(size, is_wanted)| is_wanted.then_some(size))
    }
}
