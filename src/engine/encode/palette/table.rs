//! The different colours of a picture, counted no further than a palette can hold.

/// Most colours of a palette.
pub(in crate::engine::encode) const MOST: usize = 256;
/// Places of the hash table: four for each colour, so that chains stay short.
const PLACES: usize = 4 * MOST;

/// Different RGBA colours, each with its index.
pub(in crate::engine::encode) struct Table {
    /// The index of a colour, or [`FREE`].
    places: Vec<u16>,
    colours: Vec<[u8; 4]>,
    /// How many colours there may be, at most [`MOST`].
    most: usize,
}

const FREE: u16 = u16::MAX;

impl Table {
    /// An empty one that holds at most `most` colours, and [`MOST`] at any rate.
    pub(in crate::engine::encode) fn new(most: usize) -> Self {
        Self { places: vec![FREE; PLACES], colours: vec![], most: most.min(MOST) }
    }

    /// The index of a colour, which is added if there is room for it.
    #[inline]
    pub(in crate::engine::encode) fn index(&mut self, colour: [u8; 4]) -> Option<u8> {
        // Fibonacci hashing (Knuth, TAOCP 6.4): the upper ten bits of the product.
        let mut at = (u32::from_le_bytes(colour).wrapping_mul(0x9E37_79B9) >> 22) as usize;
        loop {
            let place = self.places.get_mut(at)?;
            if *place == FREE {
                if self.colours.len() == self.most {
                    return None;
                }
                // Below 256.
                *place = self.colours.len() as u16;
                self.colours.push(colour);
                return Some(*place as u8);
            }
            if self.colours.get(usize::from(*place)) == Some(&colour) {
                return Some(*place as u8);
            }
            at = (at + 1) % PLACES;
        }
    }

    /// The colours in order of appearance.
    pub(in crate::engine::encode) fn into_colours(self) -> Vec<[u8; 4]> {
        self.colours
    }
}

/// The picture's own colours in order of appearance and an index for each pixel, if there are at
/// most so many.
pub(in crate::engine::encode) fn exact(
    pixels: impl ExactSizeIterator<Item = [u8; 4]>,
    most: usize,
) -> Option<(Vec<[u8; 4]>, Vec<u8>)> {
    let mut table = Table::new(most);
    let mut indices = Vec::with_capacity(pixels.len());
    let mut last = None;
    for pixel in pixels {
        let index = match last {
            Some((same, index)) if same == pixel => index,
            _ => table.index(pixel)?,
        };
        last = Some((pixel, index));
        indices.push(index);
    }
    Some((table.into_colours(), indices))
}

#[cfg(test)]
mod tests {
    use super::{Table, exact};

    #[test]
    fn colours_have_the_index_of_their_first_appearance() {
        let (colours, indices) = exact([[9; 4], [7; 4], [9; 4], [8; 4]].into_iter(), 3).expect("three colours");
        assert_eq!((colours, indices), (vec![[9; 4], [7; 4], [8; 4]], vec![0, 1, 0, 2]));
        assert!(exact([[9; 4], [7; 4], [9; 4], [8; 4]].into_iter(), 2).is_none());
    }

    #[test]
    fn a_full_table_still_knows_what_it_holds() {
        let mut table = Table::new(1000);
        let colour = |at: u32| (at * 3).to_le_bytes();
        for round in 0..2 {
            for at in 0..256 {
                assert_eq!(table.index(colour(at)), Some(at as u8), "{round}");
            }
            assert_eq!(table.index([1; 4]), None);
        }
    }
}
