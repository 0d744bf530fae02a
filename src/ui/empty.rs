//! The window before the first picture: three ways in, and what can be read.

use super::theme::{self, Theme};
use super::widgets::{Button, dashed_frame, picture_glyph};
use crate::engine::Format;
use egui::{Align2, Layout, Rect, RichText, Stroke, Ui, UiBuilder, vec2};

/// What was pressed in the empty window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// Show the dialog for files.
    Open,
    /// Take what the clipboard holds.
    Paste,
}

const GLYPH: f32 = 76.0;
/// The heights of the three parts of the content, each with the air after it: low windows show
/// fewer of them.
const SIGN_HEIGHT: f32 = GLYPH + 22.0;
const WORDS_HEIGHT: f32 = 98.0;
const FACTS_HEIGHT: f32 = 54.0;
/// Air above and below the content.
const MARGIN: f32 = 16.0;

/// Fills the ui with the empty state; what is pressed is added to `chosen`.
pub fn show(ui: &mut Ui, chosen: &mut Vec<Chosen>) {
    let theme = Theme::of(ui);
    let room = ui.max_rect().shrink(theme::PICTURE_AIR);
    let frame = Rect::from_center_size(room.center(), vec2(theme::DROP_FRAME[0], theme::DROP_FRAME[1])).intersect(room);
    dashed_frame(ui.painter(), frame, Stroke::new(2.0, theme.strong_line));

    let room = frame.height() - 2.0 * MARGIN;
    let with_facts = room >= WORDS_HEIGHT + FACTS_HEIGHT;
    let with_sign = room >= SIGN_HEIGHT + WORDS_HEIGHT + FACTS_HEIGHT;
    let height = WORDS_HEIGHT + if with_facts { FACTS_HEIGHT } else { 0.0 } + if with_sign { SIGN_HEIGHT } else { 0.0 };
    let column = Align2::CENTER_CENTER.align_size_within_rect(vec2(frame.width() - 2.0 * MARGIN, height), frame);
    let builder = UiBuilder::new().max_rect(column).layout(Layout::top_down(egui::Align::Center));
    ui.scope_builder(builder, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        if with_sign {
            let (glyph, _) = ui.allocate_exact_size(vec2(GLYPH, GLYPH), egui::Sense::hover());
            picture_glyph(ui.painter(), glyph, theme.strong_line, theme.accent);
            ui.add_space(SIGN_HEIGHT - GLYPH);
        }
        ui.label(RichText::new("Drop an image anywhere").font(theme::headline()).color(theme.text));
        ui.add_space(16.0);
        ui.label(
            RichText::new("or paste one: pixels, a file, a link, a data URL").font(theme::body()).color(theme.weak),
        );
        ui.add_space(17.0);
        ways_in(ui, chosen);
        if with_facts {
            let fact = |text: &str| RichText::new(text).font(theme::secondary()).color(theme.weak);
            ui.add_space(18.0);
            ui.label(fact(&readable()));
            ui.add_space(5.0);
            ui.label(fact("your images never leave this computer"));
        }
    });
}

/// The two buttons, side by side in the middle.
fn ways_in(ui: &mut Ui, chosen: &mut Vec<Chosen>) {
    const GAP: f32 = 10.0;
    let open = Button::new("Open…").raised().key("Ctrl O");
    let paste = Button::new("Paste").raised().key("Ctrl V");
    let width = open.width(ui) + GAP + paste.width(ui);
    ui.allocate_ui_with_layout(vec2(width, theme::BUTTON_HEIGHT), Layout::left_to_right(egui::Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        if ui.add(open).clicked() {
            chosen.push(Chosen::Open);
        }
        if ui.add(paste).clicked() {
            chosen.push(Chosen::Paste);
        }
    });
}

/// The formats that can be read, by name.
fn readable() -> String {
    let names: Vec<&str> = Format::readable().map(Format::label).collect();
    names.join("\u{2002}")
}
