//! The buttons under the picture: zoom and ground.

use super::geometry::{Stage, View, Zoom};
use super::ground::Ground;
use crate::ui::theme::{self, Theme};
use crate::ui::widgets::{Button, Icon, IconButton};
use egui::{Align, Frame, Layout, Margin, Rect, RichText, Ui, UiBuilder};

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
    let percent = RichText::new(format!("{:.0} %", scale * 100.0)).font(theme::secondary()).color(theme.on_label);
    ui.add_space(theme::ROW_GAP);
    Frame::NONE.fill(theme.label).corner_radius(theme::INNER_RADIUS).inner_margin(Margin::symmetric(9, 4)).show(
        ui,
        |ui| {
            ui.label(percent);
        },
    );
}
