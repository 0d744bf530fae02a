//! The buttons under the picture: zoom and ground.

use super::geometry::{Stage, View, Zoom};
use super::ground::Ground;
use crate::ui::theme::{self, Theme};
use crate::ui::widgets::{Button, Icon, IconButton};
use egui::accesskit::Role;
use egui::{Align, Align2, Layout, Rect, Sense, Ui, UiBuilder, WidgetInfo, vec2};

/// Shows the buttons in `rect`, from its left edge.
pub(super) fn show(
    ui: &mut Ui,
    rect: Rect,
    stage: &Stage,
    view: &mut View,
    ground: &mut Ground,
    page: Option<[u8; 3]>,
) {
    let builder = UiBuilder::new().max_rect(rect).layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(builder, |ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        if ui.add(IconButton::new(Icon::Minus, "Zoom out").raised().key("−")).clicked() {
            *view = view.stepped(stage, false);
        }
        if ui.add(Button::new("Fit").raised().tip("Show the whole picture  0")).clicked() {
            *view = View::default();
        }
        if ui.add(Button::new("100 %").raised().tip("One pixel of the picture a pixel of the screen  1")).clicked() {
            *view = view.at_scale(stage, stage.area.center(), 1.0);
        }
        if ui.add(IconButton::new(Icon::Plus, "Zoom in").raised().key("+")).clicked() {
            *view = view.stepped(stage, true);
        }
        if ui.add(IconButton::new(Icon::Ground, "Ground under transparency").raised().key(ground.name())).clicked() {
            *ground = ground.next(page.is_some());
        }
        if let Zoom::Scale(scale) = view.zoom {
            scale_label(ui, scale);
        }
    });
}

/// The scale in force, on a ground of its own: a zoomed picture may lie behind it.
fn scale_label(ui: &mut Ui, scale: f32) {
    let theme = Theme::of(ui);
    let percent = format!("{:.0} %", scale * 100.0);
    let galley = ui.painter().layout_no_wrap(percent.clone(), theme::secondary(), theme.on_label);
    let (rect, response) = ui.allocate_exact_size(galley.size() + vec2(18.0, 8.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, ui.is_enabled(), format!("Zoom {percent}")));
    ui.painter().rect_filled(rect, theme::INNER_RADIUS, theme.label);
    let at = Align2::CENTER_CENTER.align_size_within_rect(galley.size(), rect).min;
    ui.painter().galley(at, galley, theme.on_label);
}
