//! What can be asked of an ICO.

use super::caption;
use crate::{
    engine::options::{IcoOptions, ico},
    ui::widgets::chip,
};
use egui::Ui;

pub(super) fn ico_ui(ui: &mut Ui, options: &mut IcoOptions) {
    caption(ui, if options.sizes.contains(&true) { "Sizes" } else { "Sizes: the picture's own" });
    ui.horizontal_wrapped(|ui| {
        for (size, is_wanted) in ico::SIZES.iter().zip(&mut options.sizes) {
            let tip = format!("{size} × {size} pixels, made from the full resolution");
            *is_wanted ^= chip(ui, &size.to_string(), *is_wanted).on_hover_text(tip).clicked();
        }
    });
}
