//! What can be asked of an SVG.

use super::{caption, one_of};
use crate::{engine::options::SvgOptions, ui::widgets::segmented};
use egui::Ui;

pub(super) fn svg_ui(ui: &mut Ui, options: &mut SvgOptions) {
    let tip = "Leaves out what is not seen; the result is rendered beside the original to be sure";
    one_of(ui, "Minify", tip, &mut options.minify, &[(true, "On"), (false, "Off")]);
    if !options.minify {
        return;
    }
    caption(ui, "Digits behind the point");
    let digits = [(1, "1"), (2, "2"), (3, "3"), (4, "4"), (5, "5"), (6, "6"), (7, "7"), (8, "8")];
    segmented(ui, "Digits behind the point", &mut options.precision, &digits)
        .on_hover_text("Fewer are smaller; more are kept where fewer would show");
}
