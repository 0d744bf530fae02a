//! The formats with their measured sizes, one of them chosen.

use super::choice::{Member, arrow, name_group};
use super::paint::{focus_ring, text_left, text_right};
use crate::ui::theme::{self, Theme};
use egui::{Id, Rect, Response, Sense, Ui, pos2, vec2};
use std::time::Duration;

/// One format and what is known of its result.
#[derive(Clone, Copy, Debug, Default)]
pub struct FormatRow<'a> {
    /// The name as its makers write it.
    pub label: &'a str,
    /// The measured size in words, once there is one.
    pub bytes: Option<&'a str>,
    /// What is said on hover: exact bytes, why there is none.
    pub tip: Option<&'a str>,
    /// The size as a share of the largest, from 0 to 1.
    pub share: Option<f32>,
    /// The size belongs to earlier settings.
    pub stale: bool,
    /// It does not meet what is aimed for.
    pub missed: bool,
    /// A new result is being made.
    pub working: bool,
}

const PADDING: f32 = 6.0;
/// A result that is there sooner is not announced.
const UNSEEN_SECS: f64 = 0.15;
/// From one picture of the moving line to the next.
const A_PICTURE: Duration = Duration::from_millis(40);
const BAR: egui::Vec2 = vec2(70.0, 4.0);
/// Room for the widest size, so that the bars stand in a column.
const BYTES_WIDTH: f32 = 68.0;

/// The rows over the whole width; [`Response::changed`] says that another was chosen.
pub fn format_rows(ui: &mut Ui, name: &str, chosen: &mut usize, rows: &[FormatRow<'_>]) -> Response {
    ui.scope(|ui| {
        name_group(ui, name);
        let size = vec2(ui.available_width(), theme::HIT_HEIGHT * rows.len() as f32);
        let (rect, mut group) = ui.allocate_exact_size(size, Sense::hover());
        let stop = if *chosen < rows.len() { *chosen } else { 0 };
        if let Some(moved) = arrow(ui, group.id, stop, rows.len()) {
            *chosen = moved;
            group.mark_changed();
        }
        let stop = if *chosen < rows.len() { *chosen } else { 0 };
        let mut wanted = None;
        for (at, row) in rows.iter().enumerate() {
            let top = rect.top() + theme::HIT_HEIGHT * at as f32;
            let place = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), theme::HIT_HEIGHT));
            let member = Member { rect: place, label: row.label, chosen: *chosen == at, stop: stop == at };
            let response = member.interact(ui, group.id.with(at));
            if let Some(bytes) = row.bytes {
                ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(bytes));
            }
            if response.clicked() && !member.chosen {
                wanted = Some(at);
            }
            paint(ui, row, &member, &response);
            if let Some(tip) = row.tip {
                response.on_hover_text(tip);
            }
        }
        if let Some(wanted) = wanted {
            *chosen = wanted;
            group.mark_changed();
        }
        group
    })
    .inner
}

fn paint(ui: &Ui, row: &FormatRow<'_>, member: &Member<'_>, response: &Response) {
    let theme = Theme::of(ui);
    let painter = ui.painter();
    let content = member.rect.shrink2(vec2(PADDING, 0.0));
    if member.chosen {
        painter.rect_filled(member.rect, theme::INNER_RADIUS, theme.accent_field);
    } else if response.hovered() {
        painter.rect_filled(member.rect, theme::INNER_RADIUS, theme.button);
    }
    let (font, ink) = if member.chosen { (theme::strong(), theme.accent) } else { (theme::body(), theme.text) };
    text_left(painter, content, row.label, font, ink);
    if let Some(bytes) = row.bytes {
        let ink = if row.stale {
            theme.weak
        } else if row.missed {
            theme.warning
        } else {
            ink
        };
        text_right(painter, content, bytes, theme::body(), ink);
    }
    if let Some(share) = row.share {
        let right = content.right() - BYTES_WIDTH;
        let rail = Rect::from_center_size(pos2(right - BAR.x / 2.0, content.center().y), BAR);
        let mut full = rail;
        full.set_width((BAR.x * share.clamp(0.0, 1.0)).max(BAR.y));
        let fill = if member.chosen && !row.stale { theme.accent } else { theme.bar };
        painter.rect_filled(rail, 2, theme.strong_line);
        painter.rect_filled(full, 2, fill);
    }
    let began = response.id.with("began");
    if row.working {
        moving_line(ui, began, member.rect);
    } else {
        ui.data_mut(|it| it.remove::<f64>(began));
    }
    focus_ring(ui, response, theme::INNER_RADIUS);
}

/// A short line that travels along the lower edge while a result is being made; it stands still
/// when the system asks for less motion.
fn moving_line(ui: &Ui, began: Id, row: Rect) {
    const SECONDS_A_TRIP: f64 = 1.2;
    const LENGTH: f32 = 0.3;
    let now = ui.input(|it| it.time);
    let passed = now - ui.data_mut(|it| *it.get_temp_mut_or(began, now));
    if passed < UNSEEN_SECS {
        ui.ctx().request_repaint_after(Duration::from_secs_f64(UNSEEN_SECS - passed));
        return;
    }
    let mut line = row.with_min_y(row.bottom() - 2.0);
    if !theme::is_motion_reduced(ui.ctx()) {
        let share = ((passed - UNSEEN_SECS) / SECONDS_A_TRIP).fract() as f32;
        let from = row.left() + row.width() * (share * (1.0 + LENGTH) - LENGTH);
        line = Rect::from_x_y_ranges(from..=from + row.width() * LENGTH, line.y_range());
        // The cores have to encode.
        ui.ctx().request_repaint_after(A_PICTURE);
    }
    ui.painter().rect_filled(line.intersect(row), 1, Theme::of(ui).accent);
}
