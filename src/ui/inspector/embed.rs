//! Embed as: the form of the text, its exact length, and how it begins and ends.

use crate::{
    engine::{
        embed::{Embed, Snippet, advice, css_pixels},
        target::{Aim, Budget, Measure, destinations::Destination},
    },
    session::{Item, Session},
    settings::Units,
    ui::{
        theme::{self, Theme},
        widgets::{chip, command_chip, heading, heading_with, link, segmented, text_button},
        words,
    },
};
use egui::{RichText, Sense, Ui, WidgetInfo, vec2};
use std::sync::Arc;

const LINES: usize = 3;
const PADDING: f32 = 9.0;

/// What is known of the text where it travels compressed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Compressed {
    /// Nobody has asked.
    Unasked,
    /// It is being measured.
    Awaited,
    /// Bytes.
    Known(usize),
}

impl Compressed {
    pub(super) fn of(session: &Session) -> Self {
        let awaited = if session.is_compressed_awaited() { Self::Awaited } else { Self::Unasked };
        session.compressed().map_or(awaited, Self::Known)
    }
}

/// Says whether the text is to be measured where it travels compressed.
pub(super) fn embed_ui(ui: &mut Ui, item: &mut Item, embed: &mut Embed, compressed: Compressed, units: Units) -> bool {
    let snippet = item.result().map(|result| item.snippet(*embed, result));
    let length = snippet.as_ref().map(|it| words::characters(it.chars() as u64));
    let measures = heading_ui(ui, length.as_deref(), compressed, units);
    let forms: Vec<(Embed, &str)> = Embed::ALL.iter().map(|it| (*it, it.label())).collect();
    segmented(ui, "Embed as", embed, &forms);
    if *embed == Embed::Html {
        density_ui(ui, item);
    }
    if let Some(snippet) = snippet {
        text_ui(ui, &snippet, item.fresh().is_none());
        advice_ui(ui, item, *embed, snippet.chars());
    }
    measures
}

/// The heading with the length of the text. A page and its stylesheets travel compressed; how much that leaves is
/// measured on demand: the return value says that it is asked for.
fn heading_ui(ui: &mut Ui, length: Option<&str>, compressed: Compressed, units: Units) -> bool {
    let Some(length) = length else {
        heading(ui, "Embed as", None);
        return false;
    };
    let mut is_asked = false;
    match compressed {
        Compressed::Unasked => {
            heading_with(ui, "Embed as", Some(length), |ui| {
                is_asked = text_button(ui, "Compressed length", "brotli?")
                    .on_hover_text("How many bytes are left of the text where a server compresses it")
                    .clicked();
            });
        }
        Compressed::Awaited => {
            heading(ui, "Embed as", Some(&format!("{length} · brotli …")));
        }
        Compressed::Known(n_bytes) => {
            let note = format!("{length} · brotli {}", words::bytes(n_bytes as u64, units));
            let tip = format!("{} of the text as brotli, as which it travels", words::exact_bytes(n_bytes as u64));
            heading(ui, "Embed as", Some(&note)).on_hover_text(tip);
        }
    }
    is_asked
}

/// What is worth knowing of the text, and a way to have less of it.
fn advice_ui(ui: &mut Ui, item: &mut Item, embed: Embed, n_characters: usize) {
    let there = Destination::aimed_at(&item.recipe.output.aim).and_then(|it| it.advice(embed));
    let of_text = || item.latest().and_then(|it| advice(embed, n_characters, it.product.encoded.bytes.len()));
    let Some(advice) = there.or_else(of_text) else { return };
    let theme = Theme::of(ui);
    let ink = if advice.fits.is_some() { theme.warning } else { theme.weak };
    ui.horizontal(|ui| {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            // A budget that cannot be met has said so already.
            let is_aimed_for = matches!(item.recipe.output.aim, Aim::Budget(_));
            if let Some(most) = advice.fits.filter(|_| !is_aimed_for)
                && command_chip(ui, &format!("Fit {}", words::thousands(most))).clicked()
            {
                let measure = Measure::Characters { embed, density: 1, alt: Arc::from("") };
                item.aim(Aim::Budget(Budget { most, measure, may_shrink: false }));
            }
            let (reason, source) = (advice.reason, advice.source);
            link(ui, &format!("Source of this advice: {source}"), "Why", source).on_hover_text(source);
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                let text = RichText::new(advice.text).font(theme::secondary()).color(ink);
                ui.add(egui::Label::new(text).wrap()).on_hover_text(reason);
            });
        });
    });
}

/// Only HTML states a size.
fn density_ui(ui: &mut Ui, item: &mut Item) {
    let is_dense = 1 < item.density;
    ui.horizontal(|ui| {
        if chip(ui, "@2x", is_dense).on_hover_text("Two pixels for each CSS pixel").clicked() {
            item.density = if is_dense { 1 } else { 2 };
        }
        let size = item.result().map(|it| it.product.encoded.size.map(|side| css_pixels(side, item.density)));
        let text = size.map(|size| format!("stated as {}", words::pixels(size))).unwrap_or_default();
        ui.label(RichText::new(text).font(theme::secondary()).color(Theme::of(ui).weak));
    });
}

/// Head and tail of the real string; the whole of it never meets a layout.
fn text_ui(ui: &mut Ui, snippet: &Snippet, is_stale: bool) {
    let theme = Theme::of(ui);
    let glyph = ui.painter().layout_no_wrap("0".to_owned(), theme::mono(), theme.text).size();
    let size = vec2(ui.available_width(), LINES as f32 * (glyph.y + 3.0) + 2.0 * PADDING - 3.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let painter = ui.painter();
    painter.rect(rect, theme::RADIUS, theme.field, theme.outline(), egui::StrokeKind::Inside);
    let n_columns = ((rect.width() - 2.0 * PADDING) / glyph.x).floor().max(8.0) as usize;
    let lines = lines(snippet, n_columns);
    response.widget_info(|| WidgetInfo::labeled(egui::accesskit::Role::Label, true, lines.concat()));
    let ink = if is_stale { theme.faint } else { theme.weak };
    for (index, line) in lines.into_iter().enumerate() {
        let at = rect.min + vec2(PADDING, PADDING + index as f32 * (glyph.y + 3.0));
        painter.text(at, egui::Align2::LEFT_TOP, line, theme::mono(), ink);
    }
}

/// The text broken into lines of `n_columns`; what does not fit is replaced by an ellipsis
/// before the last few characters.
fn lines(snippet: &Snippet, n_columns: usize) -> Vec<String> {
    let room = LINES * n_columns;
    let text = if snippet.chars() <= room {
        snippet.to_string()
    } else {
        let tail = n_columns / 2;
        let (head, tail) = snippet.preview(room - tail - 1, tail);
        format!("{head}…{tail}")
    };
    let characters: Vec<char> = text.chars().map(|it| if it.is_control() { ' ' } else { it }).collect();
    characters.chunks(n_columns).map(|it| it.iter().collect()).collect()
}
