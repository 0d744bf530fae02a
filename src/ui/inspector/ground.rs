//! The choice of a colour that stands in for transparency.

use crate::ui::{
    theme,
    widgets::{chip, focus_frame},
};
use egui::{Ui, WidgetInfo, accesskit::Role};

const WHITE: [u8; 3] = [255; 3];
const GROUNDS: [(&str, [u8; 3]); 2] = [("White", WHITE), ("Black", [0; 3])];

/// White, black, or any colour; with `can_be_none` also none at all.
pub(super) fn ground_ui(ui: &mut Ui, name: &str, can_be_none: bool, background: &mut Option<[u8; 3]>) {
    ui.horizontal(|ui| {
        if can_be_none && chip(ui, "Transparent", background.is_none()).clicked() {
            *background = None;
        }
        // Without a choice white it is.
        let shown = if can_be_none { *background } else { Some(background.unwrap_or(WHITE)) };
        for (name, color) in GROUNDS {
            if chip(ui, name, shown == Some(color)).clicked() {
                *background = Some(color);
            }
        }
        let mut color = shown.unwrap_or(WHITE);
        let button = ui.color_edit_button_srgb(&mut color);
        button.widget_info(|| WidgetInfo::labeled(Role::ColorWell, true, name));
        focus_frame(ui, &button, theme::RADIUS);
        if button.changed() {
            *background = Some(color);
        }
    });
}
