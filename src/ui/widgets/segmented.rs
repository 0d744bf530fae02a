//! One of a few, side by side in equal columns.

use super::choice::{Member, arrow, name_group};
use super::paint::focus_ring;
use crate::ui::theme::{self, Theme};
use egui::epaint::StrokeKind;
use egui::{Align2, Rect, Response, Sense, Stroke, Ui, pos2, vec2};

/// A segmented control over the whole width; [`Response::changed`] says that `value` is another.
pub fn segmented<T: Copy + PartialEq>(ui: &mut Ui, name: &str, value: &mut T, options: &[(T, &str)]) -> Response {
    ui.scope(|ui| {
        name_group(ui, name);
        let size = vec2(ui.available_width(), theme::FIELD_HEIGHT);
        let (rect, mut group) = ui.allocate_exact_size(size, Sense::hover());
        let theme = Theme::of(ui);
        ui.painter().rect(rect, theme::RADIUS, theme.field, theme.outline(), StrokeKind::Inside);

        let chosen = options.iter().position(|(option, _)| option == value);
        let moved = arrow(ui, group.id, chosen.unwrap_or(0), options.len());
        let chosen = moved.or(chosen);
        let stop = chosen.unwrap_or(0);
        let mut wanted = moved;
        let column = rect.width() / options.len().max(1) as f32;
        for (at, (_, label)) in options.iter().enumerate() {
            let left = rect.left() + column * at as f32;
            let cell = Rect::from_min_max(pos2(left, rect.top()), pos2(left + column, rect.bottom()));
            let member = Member { rect: cell, label, chosen: chosen == Some(at), stop: stop == at };
            let response = member.interact(ui, group.id.with(at));
            if response.clicked() && !member.chosen {
                wanted = Some(at);
            }
            paint(ui, &member, &response);
        }
        if let Some((option, _)) = wanted.and_then(|it| options.get(it)) {
            *value = *option;
            group.mark_changed();
        }
        group
    })
    .inner
}

fn paint(ui: &Ui, member: &Member<'_>, response: &Response) {
    let theme = Theme::of(ui);
    if member.chosen {
        let rim = Stroke::new(1.0, theme.strong_line);
        ui.painter().rect(member.rect.shrink(2.0), theme::INNER_RADIUS, theme.button, rim, StrokeKind::Inside);
    }
    let ink = if member.chosen || response.hovered() { theme.text } else { theme.weak };
    let font = fitting_font(ui, member);
    ui.painter().text(member.rect.center(), Align2::CENTER_CENTER, member.label, font, ink);
    focus_ring(ui, response, theme::RADIUS);
}

/// Narrow columns get smaller letters before anything is cut off.
fn fitting_font(ui: &Ui, member: &Member<'_>) -> egui::FontId {
    let room = member.rect.width() - 6.0;
    let fonts = [theme::secondary(), theme::note()];
    let fits = |font: &egui::FontId| super::paint::text_width(ui, member.label, font.clone()) <= room;
    fonts.into_iter().find(fits).unwrap_or_else(theme::note)
}
