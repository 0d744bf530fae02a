//! The top line: which picture, what is known of it, and the ways in.

use super::{
    intake::key_words,
    theme::{self, Theme},
    widgets::{Button, Icon, IconButton},
    words,
};
use crate::session::{Action, Item, Session, Status, Verb};
use egui::{Align, FontId, Layout, RichText, Ui};

/// Room for the facts before the name is shortened, in points.
const NAME_SHARE: f32 = 0.45;

pub(super) fn top_bar_ui(ui: &mut Ui, session: &Session, is_help_open: &mut bool, actions: &mut Vec<Action>) {
    ui.horizontal_centered(|ui| {
        ui.label(RichText::new("Inlaid").font(theme::strong()).color(Theme::of(ui).text));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 10.0;
            let more = ui.add(IconButton::new(Icon::More, "Keys").key("F1"));
            *is_help_open ^= more.clicked();
            if let Some(item) = session.selected() {
                for (verb, text) in [(Verb::Paste, "Paste"), (Verb::Open, "Open")] {
                    let key = key_words(ui.ctx(), verb);
                    if ui.add(Button::new(text).key(&key).tip(verb.tooltip())).clicked() {
                        actions.push(verb.into());
                    }
                }
                steps_ui(ui, session, actions);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| item_ui(ui, item));
            }
        });
    });
}

/// Where among several, with the way to the neighbours.
fn steps_ui(ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
    let (Some(index), n_items) = (session.selected_index(), session.items().len()) else { return };
    if n_items < 2 {
        return;
    }
    for (verb, text) in [(Verb::Next, "›"), (Verb::Previous, "‹")] {
        if verb == Verb::Previous {
            let place = format!("{} of {n_items}", index + 1);
            ui.label(RichText::new(place).font(theme::secondary()).color(Theme::of(ui).weak));
        }
        let key = key_words(ui.ctx(), verb);
        let button = ui.add(Button::new(text));
        let name = format!("{} {key}", verb.label());
        button.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, verb.label()));
        if button.on_hover_text(name).clicked() {
            actions.push(verb.into());
        }
    }
}

fn item_ui(ui: &mut Ui, item: &Item) {
    let theme = Theme::of(ui);
    let room = ui.available_width();
    let facts = facts_words(item);
    let fits = |text: &str, font: FontId, room: f32| text_width(ui, text, font) <= room;
    let name = words::middle(item.name(), |it| fits(it, theme::body(), room * NAME_SHARE));
    let label = ui.label(RichText::new(&name).font(theme::body()).color(theme.text));
    if name != item.name() {
        label.on_hover_text(item.name());
    }
    let label = egui::Label::new(RichText::new(facts).font(theme::secondary()).color(theme.weak)).truncate();
    let label = ui.add(label);
    if let Some(source) = item.source() {
        label.on_hover_text(words::exact_bytes(source.bytes().len() as u64));
    }
}

/// Pixels · format · bytes · profile when it is not sRGB · frames when animated.
fn facts_words(item: &Item) -> String {
    let mut words = vec![];
    let facts = item.facts();
    if let Some(facts) = facts {
        words.push(words::pixels(facts.size));
    }
    if let Some(source) = item.source() {
        words.extend(source.format().map(|it| it.label().to_owned()));
        words.push(words::bytes(source.bytes().len() as u64));
    }
    if let Some(facts) = facts {
        words.extend(facts.profile_name.clone());
        match facts.frames {
            Some(1) => {}
            Some(frames) => words.push(words::counted(frames.into(), "frame")),
            None => words.push("animated".to_owned()),
        }
    }
    if words.is_empty() && item.status() == Status::Loading {
        words.push("reading".to_owned());
    }
    words.join(" · ")
}

fn text_width(ui: &Ui, text: &str, font: FontId) -> f32 {
    ui.painter().layout_no_wrap(text.to_owned(), font, Theme::of(ui).text).size().x
}
