//! Where the parts of the window are, and the order in which the keyboard meets them.
//!
//! The parts are placed first and drawn after, so that the Tab key goes from the top line down
//! the controls, over the canvas and to the status line, wherever each of them is.

use super::theme::{self, Theme};
use egui::{Color32, Rect, Ui, UiBuilder};

/// The places of the parts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Regions {
    pub(super) top: Rect,
    pub(super) canvas: Rect,
    /// The controls beside the canvas, or over its right edge when the window is narrow.
    pub(super) inspector: Rect,
    pub(super) status: Rect,
}

/// Do the controls go over the canvas in a window so wide?
pub(super) fn is_narrow(window: Rect) -> bool {
    window.width() < theme::DRAWER_BELOW
}

impl Regions {
    /// Parts the window; `has_inspector` keeps a place of their own for the controls.
    pub(super) fn of(window: Rect, has_inspector: bool) -> Self {
        let (top, rest) = window.split_top_bottom_at_y(window.top() + theme::TOP_LINE);
        let (middle, status) = rest.split_top_bottom_at_y(rest.bottom() - theme::STATUS_LINE);
        let (left, inspector) = middle.split_left_right_at_x(middle.right() - theme::INSPECTOR);
        let canvas = if has_inspector { left } else { middle };
        Self { top, canvas, inspector, status }
    }

    /// What an open drawer leaves of the canvas.
    pub(super) fn beside_drawer(&self) -> Rect {
        self.canvas.with_max_x(self.inspector.left())
    }

    /// Draws the lines between the parts.
    pub(super) fn lines(&self, ui: &Ui, has_inspector: bool) {
        let stroke = Theme::of(ui).outline();
        let painter = ui.painter();
        painter.hline(self.top.x_range(), self.top.bottom() - 0.5, stroke);
        painter.hline(self.status.x_range(), self.status.top() + 0.5, stroke);
        if has_inspector {
            painter.vline(self.inspector.left() + 0.5, self.inspector.y_range(), stroke);
        }
    }
}

/// Shows one part at its place, cut off there.
pub(super) fn part<R>(ui: &mut Ui, name: &str, rect: Rect, fill: Color32, show: impl FnOnce(&mut Ui) -> R) -> R {
    ui.painter().rect_filled(rect, 0.0, fill);
    let mut child = ui.new_child(UiBuilder::new().id_salt(name).max_rect(rect));
    child.shrink_clip_rect(rect);
    show(&mut child)
}

#[cfg(test)]
mod tests {
    use super::{Regions, is_narrow};
    use egui::{Rect, pos2, vec2};

    #[test]
    fn the_parts_cover_the_window_and_nothing_twice() {
        for (size, has_inspector) in [([1180.0, 760.0], true), ([560.0, 420.0], false)] {
            let window = Rect::from_min_size(pos2(0.0, 0.0), size.into());
            let parts = Regions::of(window, has_inspector);
            let inspector = if has_inspector { parts.inspector.area() } else { 0.0 };
            let sum = parts.top.area() + parts.canvas.area() + parts.status.area() + inspector;
            assert_eq!(sum, window.area());
            assert_eq!((parts.top.height(), parts.status.height(), parts.inspector.width()), (40.0, 28.0, 316.0));
        }
    }

    #[test]
    fn a_narrow_window_has_a_drawer() {
        let window = |width| Rect::from_min_size(pos2(0.0, 0.0), vec2(width, 600.0));
        assert!(is_narrow(window(759.0)) && !is_narrow(window(760.0)));
    }
}
