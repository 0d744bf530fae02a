//! From keys and drops to verbs.
//!
//! A focused widget owns its keys: a text field those of the clipboard and of the cursor, any
//! other the arrows. The widgets take theirs out of the input while they are drawn, so this runs
//! after them.

use crate::{
    jobs::Intake,
    session::{Action, Key, Shortcut, Verb},
};
use egui::{Context, Modifiers};
use std::path::PathBuf;

/// The verbs whose keys were pressed, in the order in which they were: End and then Ctrl C copies
/// the last picture even when a slow frame brings both at once.
pub(super) fn pressed(ctx: &Context, actions: &mut Vec<Action>) {
    let is_typing = ctx.text_edit_focused();
    let is_focused = ctx.memory(|it| it.focused().is_some());
    let is_owned = |shortcut: &Shortcut| match shortcut.key {
        Key::Letter('C' | 'V') => is_typing && !shortcut.shift,
        Key::Letter('Y' | 'Z') | Key::Delete | Key::Escape => is_typing,
        Key::Letter(_) | Key::Comma => false,
        Key::Left | Key::Right | Key::Home | Key::End => is_focused,
    };
    let mut shortcuts: Vec<(&Shortcut, Verb)> =
        Verb::ALL.iter().flat_map(|verb| verb.shortcuts().iter().map(|it| (it, *verb))).collect();
    // Ctrl Shift C before Ctrl C, which would match it too.
    shortcuts.sort_by_key(|(shortcut, _)| !shortcut.shift);
    shortcuts.retain(|(shortcut, _)| !is_owned(shortcut));
    ctx.input_mut(|input| {
        input.events.retain(|event| {
            let egui::Event::Key { key: pressed, modifiers: held, pressed: true, .. } = event else { return true };
            let verb = shortcuts
                .iter()
                .find(|(it, _)| *pressed == key(it.key) && held.matches_logically(modifiers(**it)))
                .map(|(_, verb)| *verb);
            actions.extend(verb.map(Action::from));
            verb.is_none()
        });
    });
}

/// The files that were dropped since the last frame.
pub(super) fn dropped(ctx: &Context, actions: &mut Vec<Action>) {
    let files = ctx.input_mut(|it| std::mem::take(&mut it.raw.dropped_files));
    let mut paths: Vec<PathBuf> = vec![];
    for file in files {
        // Some sources send every file twice, once for each of their types.
        if !paths.iter().any(|it| it == file.path()) {
            paths.push(file.path().to_owned());
        }
    }
    if !paths.is_empty() {
        actions.push(Action::Open(paths.into_iter().map(Intake::Path).collect()));
    }
}

fn modifiers(shortcut: Shortcut) -> Modifiers {
    let command = if shortcut.command { Modifiers::COMMAND } else { Modifiers::NONE };
    if shortcut.shift { command | Modifiers::SHIFT } else { command }
}

fn key(key: Key) -> egui::Key {
    match key {
        Key::Letter(letter) => egui::Key::from_name(&letter.to_string()).unwrap_or(egui::Key::F35),
        Key::Delete => egui::Key::Delete,
        Key::Left => egui::Key::ArrowLeft,
        Key::Right => egui::Key::ArrowRight,
        Key::Home => egui::Key::Home,
        Key::End => egui::Key::End,
        Key::Escape => egui::Key::Escape,
        Key::Comma => egui::Key::Comma,
    }
}

/// The keys of a verb as this system's users know them: `Ctrl C`.
pub(super) fn key_words(ctx: &Context, verb: Verb) -> String {
    let command = if ctx.os().is_mac() { "Cmd" } else { "Ctrl" };
    verb.shortcuts().first().map(|it| it.words(command)).unwrap_or_default()
}
