//! The ways out: copy as chosen, copy the image, save.

use crate::{
    engine::embed::Embed,
    session::{Action, Session, Verb},
    settings::Primary,
    ui::{intake::key_words, theme, widgets::Button},
};
use egui::Ui;
use std::time::Duration;

/// How long the button says that it is done, in seconds.
const SAID_SECS: f64 = 1.2;
/// Height of both rows.
pub(super) const HEIGHT: f32 = theme::PRIMARY_HEIGHT + theme::GROUP_GAP + theme::BUTTON_HEIGHT;

/// When the clipboard accepted something last.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Copied {
    /// None before the first frame: what was copied in a window that was lost is old news.
    seen: Option<u64>,
    since: Option<f64>,
}

impl Copied {
    pub(super) fn outlets_ui(&mut self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
        ui.spacing_mut().item_spacing.y = theme::GROUP_GAP;
        self.primary_ui(ui, session, actions);
        // What the primary button copies is not offered twice.
        let (verb, words) = match session.preferences.primary {
            Primary::Text => (Verb::CopyImage, Verb::CopyImage.label()),
            Primary::Image => (Verb::CopyText, copy_words(session.defaults.embed)),
        };
        ui.columns(2, |columns| {
            if let [left, right] = columns {
                verb_ui(left, verb, words, None, actions);
                if session.is_save_deferred() {
                    verb_ui(right, Verb::Save, "Save when ready…", None, actions);
                } else {
                    let key = key_words(right.ctx(), Verb::Save);
                    verb_ui(right, Verb::Save, Verb::Save.label(), Some(&key), actions);
                }
            }
        });
    }

    /// The one primary button over the whole width.
    pub(super) fn primary_ui(&mut self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
        let text = if self.is_just_done(ui, session.n_copies()) { "Copied" } else { words(session) };
        let key = key_words(ui.ctx(), Verb::Copy);
        if ui.add(Button::primary(text).key(&key).tip(Verb::Copy.tooltip())).clicked() {
            actions.push(Verb::Copy.into());
        }
    }

    /// How wide the primary button is when nothing else asks for the width; "Copied" does not
    /// make it narrower.
    pub(super) fn primary_width(&self, ui: &Ui, session: &Session) -> f32 {
        let key = key_words(ui.ctx(), Verb::Copy);
        Button::primary(words(session)).key(&key).width(ui)
    }

    fn is_just_done(&mut self, ui: &Ui, n_copies: u64) -> bool {
        let now = ui.input(|it| it.time);
        if self.seen.replace(n_copies).is_some_and(|it| it != n_copies) {
            self.since = Some(now);
        }
        let left = self.since.map_or(0.0, |it| it + SAID_SECS - now);
        let is_just_done = 0.0 < left;
        if is_just_done {
            ui.ctx().request_repaint_after(Duration::from_secs_f64(left));
        }
        is_just_done
    }
}

/// What the primary button would do now.
fn words(session: &Session) -> &'static str {
    let is_ready = session.selected().is_some_and(|it| match session.preferences.primary {
        Primary::Text => it.fresh().is_some(),
        Primary::Image => it.fresh_pixels().is_some(),
    });
    match session.preferences.primary {
        _ if session.is_copy_deferred() => "Copying when ready…",
        _ if !is_ready => "Copy when ready",
        Primary::Image => Verb::CopyImage.label(),
        Primary::Text => copy_words(session.defaults.embed),
    }
}

fn copy_words(embed: Embed) -> &'static str {
    match embed {
        Embed::DataUrl => "Copy data URL",
        Embed::Base64 => "Copy base64",
        Embed::Html => "Copy HTML",
        Embed::Css => "Copy CSS",
    }
}

fn verb_ui(ui: &mut Ui, verb: Verb, words: &str, key: Option<&str>, actions: &mut Vec<Action>) {
    let shortcut = key_words(ui.ctx(), verb);
    let tip = if shortcut.is_empty() { verb.tooltip().to_owned() } else { format!("{} ({shortcut})", verb.tooltip()) };
    let button = Button::new(words).tip(&tip).fill();
    let button = if let Some(key) = key { button.key(key) } else { button };
    if ui.add(button).clicked() {
        actions.push(verb.into());
    }
}
