//! What the preview shows, compared with arithmetic on the screen's own pixels.

use super::{
    desk::{Desk, wait_for},
    text,
};
use image::{Rgb, RgbImage};
use std::path::PathBuf;

/// Around the middle of the canvas: left and right of the divider, clear of labels and buttons.
const LEFT: [i32; 4] = [60, 250, 400, 500];
const RIGHT: [i32; 4] = [480, 250, 800, 500];
/// The upper end of the divider is in here, and nothing else that is white.
const DIVIDER: [i32; 4] = [410, 230, 460, 232];
/// The canvas where there is no picture.
const DARK: [u8; 3] = [0x17, 0x18, 0x1B];

/// A picture in which every pixel says where it is: two bytes for x, one for y.
fn ruler(desk: &Desk, width: u32, height: u32) -> PathBuf {
    let path = desk.picture("ruler.png");
    RgbImage::from_fn(width, height, |x, y| Rgb([(x & 255) as u8, (x >> 8) as u8, (y & 255) as u8]))
        .save(&path)
        .unwrap();
    path
}

/// The pixels of a part of the screen, row by row; `screen` gives a portable pixmap.
fn pixels(desk: &Desk, area: [i32; 4]) -> Vec<[u8; 3]> {
    let bytes = desk.screen(area);
    let n_pixels = ((area[2] - area[0]) * (area[3] - area[1])) as usize;
    bytes[bytes.len() - 3 * n_pixels..].as_chunks().0.to_vec()
}

/// Where the picture's pixel stands that the first pixel of `area` shows, if every other pixel
/// of the area shows the one that follows from it.
fn place(desk: &Desk, area: [i32; 4]) -> Option<(i64, i64)> {
    let width = i64::from(area[2] - area[0]);
    let shown = pixels(desk, area);
    let at = |[low, high, y]: [u8; 3]| (i64::from(low) + 256 * i64::from(high), i64::from(y));
    let first = at(shown[0]);
    let follows = (0..).zip(&shown).all(|(index, pixel)| {
        let (x, y) = at(*pixel);
        (x, y) == (first.0 + index % width, (first.1 + index / width) % 256)
    });
    follows.then_some(first)
}

/// One pixel of the picture on each of the screen, on both sides and across the seams of what is
/// uploaded; the picture is longer than any texture of the software renderer.
#[test]
fn every_pixel_of_a_long_picture_is_shown_where_it_belongs() {
    for scale in ["1", "1.5"] {
        let Some(mut desk) = Desk::open("every_pixel_of_a_long_picture_is_shown_where_it_belongs") else { return };
        let size = if scale == "1" { r#""width": 1180, "height": 760"# } else { r#""width": 900, "height": 560"# };
        desk.write_settings(&format!(r#"{{ "format": "png", "window": {{ {size}, "x": 0, "y": 0 }} }}"#));
        desk.set("WINIT_X11_SCALE_FACTOR", scale.as_ref());
        let picture = ruler(&desk, 17_000, 600);
        desk.launch(&[&picture], "ruler.png — Inlaid");
        wait_for("the picture", || pixels(&desk, LEFT).iter().any(|it| *it != DARK).then_some(()));
        desk.press("1");
        wait_for("the result", || pixels(&desk, DIVIDER).contains(&[255; 3]).then_some(()));
        let left = wait_for("the original at 100 %", || place(&desk, LEFT));
        let right = wait_for("the result at 100 %", || place(&desk, RIGHT));
        let apart = |one: [i32; 4], other: [i32; 4]| i64::from(other[0] - one[0]);
        assert_eq!((left.0 + apart(LEFT, RIGHT), left.1), right, "one picture on both sides");
        let points = if scale == "1" { 48 } else { 72 };
        for step in 1..=24 {
            desk.press("shift+Right");
            let moved = (left.0 + step * points, left.1);
            wait_for("the picture to move by 48 points", || (place(&desk, LEFT) == Some(moved)).then_some(()));
        }
        wait_for("the result to move along", || {
            (place(&desk, RIGHT)? == (right.0 + 24 * points, right.1)).then_some(())
        });
    }
}

/// A board of black and white pixels has no picture but grey at a small size.
#[test]
fn what_is_shown_small_does_not_shimmer() {
    let Some(mut desk) = Desk::open("what_is_shown_small_does_not_shimmer") else { return };
    desk.remember("png");
    let path = desk.picture("board.png");
    let board = RgbImage::from_fn(4_000, 3_000, |x, y| Rgb([if (x + y) % 2 == 0 { 0 } else { 255 }; 3]));
    board.save(&path).unwrap();
    desk.launch(&[&path], "board.png — Inlaid");
    for area in [LEFT, RIGHT] {
        // The average of 0 and 255, rounded either way a few times.
        wait_for("an even grey", || {
            pixels(&desk, area).iter().all(|it| it.iter().all(|channel| channel.abs_diff(128) < 5)).then_some(())
        });
    }
}

/// Two names of one character each look alike only where no font has them.
#[test]
fn names_in_other_scripts_are_readable() {
    const NAME: [i32; 4] = [50, 25, 82, 60];
    let shown = ["山", "川", "山"].map(|name| {
        let mut desk = Desk::open("names_in_other_scripts_are_readable")?;
        desk.remember("png");
        let path = desk.picture(&format!("{name}.png"));
        RgbImage::new(4, 3).save(&path).unwrap();
        desk.launch(&[&path], &format!("{name}.png — Inlaid"));
        let mut last = vec![];
        // Fonts of the system come in a while after the first frame.
        let seen = wait_for("the name", || {
            let now = pixels(&desk, NAME);
            let is_steady = std::mem::replace(&mut last, now.clone()) == now;
            (is_steady && now.iter().any(|it| it[0] > 200)).then_some(now)
        });
        assert!(text(&path).ends_with("png"));
        Some(seen)
    });
    if let [Some(mountain), Some(river), Some(again)] = shown {
        assert_ne!(mountain, river, "both are drawn as the same box");
        assert_eq!(mountain, again);
    }
}
