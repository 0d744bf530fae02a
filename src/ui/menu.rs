//! The menu behind the three dots.

use super::{
    intake::key_words,
    sheet::Sheet,
    widgets::{Icon, IconButton, menu_item},
};
use crate::session::{ClipboardWatch, Session, Verb};
use egui::{Popup, RectAlign, Ui};

/// What was chosen in the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// Show a sheet of the window.
    Sheet(Sheet),
    /// Carry out a verb.
    Verb(Verb),
}

const WIDTH: f32 = 200.0;

/// Shows the button and, while it is open, the menu below it.
pub(super) fn menu_ui(ui: &mut Ui, session: &Session) -> Option<Entry> {
    let button = ui.add(IconButton::new(Icon::More, "More").key("Settings, keys, undo"));
    let is_by_keyboard = button.clicked() && button.has_focus();
    let was_open = Popup::is_id_open(ui.ctx(), Popup::default_response_id(&button));
    let mut entry = None;
    Popup::menu(&button).accessible_name("More").align(RectAlign::BOTTOM_END).gap(4.0).width(WIDTH).show(|ui| {
        ui.set_width(WIDTH);
        entry = entries_ui(ui, session, is_by_keyboard);
    });
    let is_open = Popup::is_id_open(ui.ctx(), Popup::default_response_id(&button));
    if was_open
        && !is_open
        && ui.ctx().memory(|it| it.focused().is_none())
        && ui.input(|it| it.key_pressed(egui::Key::Escape))
    {
        button.request_focus();
    }
    entry
}

fn entries_ui(ui: &mut Ui, session: &Session, is_by_keyboard: bool) -> Option<Entry> {
    let mut entry = None;
    ui.spacing_mut().item_spacing.y = 2.0;
    let verb_key = |ui: &Ui, verb| key_words(ui.ctx(), verb);
    let mut items = vec![
        (Verb::Settings.label(), verb_key(ui, Verb::Settings), true, Entry::Sheet(Sheet::Settings)),
        ("Keys", "F1".to_owned(), true, Entry::Sheet(Sheet::Keys)),
        (Verb::Undo.label(), verb_key(ui, Verb::Undo), session.can_undo(), Entry::Verb(Verb::Undo)),
        (Verb::Redo.label(), verb_key(ui, Verb::Redo), session.can_redo(), Entry::Verb(Verb::Redo)),
        ("About Inlaid", String::new(), true, Entry::Sheet(Sheet::About)),
    ];
    let watch = match session.clipboard_watch() {
        ClipboardWatch::Absent => None,
        ClipboardWatch::Off => Some(Verb::WatchClipboard.label()),
        ClipboardWatch::On => Some("Stop watching clipboard"),
    };
    let watch = watch.map(|text| (text, String::new(), true, Entry::Verb(Verb::WatchClipboard)));
    items.splice(items.len() - 1..items.len() - 1, watch);
    let last = items.len() - 1;
    for (index, (text, key, is_enabled, meant)) in items.into_iter().enumerate() {
        if [2, 4, last].contains(&index) {
            ui.separator();
        }
        let item = menu_item(ui, text, &key, is_enabled);
        if index == 0 && is_by_keyboard {
            item.request_focus();
        }
        if item.clicked() {
            entry = Some(meant);
            ui.close();
        }
    }
    entry
}
