//! Pictures of few colours, and channels of few values.

use super::plane::Plane;
use crate::engine::Cancel;
use std::collections::HashMap;

/// The colours of all planes together as a plane with a row for each, and the picture in indices to them; if there
/// are at most so many.
pub(super) fn of_all(planes: &[Plane], most: usize, cancel: &Cancel) -> Option<(Plane, Plane)> {
    let first = planes.first()?;
    let pixel = |at: usize| -> [i32; 4] { std::array::from_fn(|c| planes.get(c).map_or(0, |it| it.samples[at])) };
    let mut found: HashMap<[i32; 4], u32> = HashMap::new();
    let mut last = None;
    for at in 0..first.samples.len() {
        let colour = pixel(at);
        if at % 65_536 == 0 && cancel.is_cancelled() {
            return None;
        }
        if last == Some(colour) {
            continue;
        }
        last = Some(colour);
        let n = found.len();
        let _ = *found.entry(colour).or_insert(n as u32);
        if most < found.len() {
            return None;
        }
    }
    let mut colours: Vec<[i32; 4]> = found.into_keys().collect();
    colours.sort_unstable_by_key(|&[r, g, b, a]| {
        let bright = if planes.len() < 3 { r } else { 299 * r + 587 * g + 114 * b };
        (if planes.len() == 2 { g } else { a }, bright, g, r, b)
    });
    let places: HashMap<[i32; 4], i32> = colours.iter().copied().zip(0..).collect();
    let mut last = (pixel(0), places[&pixel(0)]);
    let index = |at: usize| {
        let colour = pixel(at);
        if colour != last.0 {
            last = (colour, places[&colour]);
        }
        last.1
    };
    let indices = Plane::new(first.width, first.height, (0..first.samples.len()).map(index).collect());
    let rows = (0..planes.len()).flat_map(|c| colours.iter().map(move |it| it[c]));
    let palette = Plane { width: colours.len(), height: planes.len(), samples: rows.collect(), is_meta: true };
    Some((palette, indices))
}

/// The values of a plane, in order, and the plane in indices to them; if they are sparse.
pub(super) fn of_one(plane: &Plane, most: usize) -> Option<(Plane, Plane)> {
    let range = plane.samples.iter().copied().max()? as usize + 1;
    let mut is_there = vec![false; range];
    for &sample in &plane.samples {
        is_there[sample as usize] = true;
    }
    let values: Vec<i32> = (0..range as i32).filter(|&it| is_there[it as usize]).collect();
    if most < values.len() || range * 8 <= values.len() * 10 {
        return None;
    }
    let mut places = vec![0; range];
    for (&value, place) in values.iter().zip(0..) {
        places[value as usize] = place;
    }
    let indices = plane.samples.iter().map(|&it| places[it as usize]).collect();
    let palette = Plane { width: values.len(), height: 1, samples: values, is_meta: true };
    Some((palette, Plane::new(plane.width, plane.height, indices)))
}

#[cfg(test)]
mod tests {
    use super::{of_all, of_one};
    use crate::engine::{Cancel, encode::jxl::plane::Plane};

    fn plane(samples: &[i32]) -> Plane {
        Plane::new(samples.len(), 1, samples.to_vec())
    }

    #[test]
    fn colours_are_sorted_by_how_bright_they_are() {
        let planes = [[9, 0, 0, 9], [9, 0, 0, 9], [9, 0, 255, 9]].map(|it| plane(&it));
        let (palette, indices) = of_all(&planes, 3, &Cancel::default()).expect("three colours");
        assert_eq!(palette.samples, [0, 9, 0, 0, 9, 0, 0, 9, 255]);
        assert_eq!(indices.samples, [1, 0, 2, 1]);
        assert!(of_all(&planes, 2, &Cancel::default()).is_none());
    }

    #[test]
    fn only_sparse_values_are_replaced() {
        let (palette, indices) = of_one(&plane(&[0, 255, 0, 17]), 9).expect("sparse values");
        assert_eq!((palette.samples, indices.samples), (vec![0, 17, 255], vec![0, 2, 0, 1]));
        assert!(of_one(&plane(&[0, 1, 2, 3, 4, 6]), 9).is_none());
        assert!(of_one(&plane(&[0, 255, 0, 17]), 2).is_none());
    }
}
