//! The ways out: copy as chosen, copy the image, save.

use crate::{
    engine::embed::Embed,
    session::{Action, Session, Verb},
    ui::{intake::key_words, widgets::Button},
};
use egui::Ui;
use std::time::Duration;

/// How long the button says that it is done, in seconds.
const SAID_SECS: f64 = 1.2;

/// When the clipboard accepted something last.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Copied {
    seen: u64,
    since: f64,
}

impl Copied {
    pub(super) fn outlets_ui(&mut self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
        let is_ready = session.selected().is_some_and(|it| it.fresh().is_some());
        let text = if self.is_just_done(ui, session.n_copies()) {
            "Copied"
        } else if session.is_copy_deferred() {
            "Copying when ready…"
        } else if is_ready {
            copy_words(session.defaults.embed)
        } else {
            "Copy when ready"
        };
        ui.spacing_mut().item_spacing.y = 14.0;
        let key = key_words(ui.ctx(), Verb::Copy);
        if ui.add(Button::primary(text).key(&key).tip(Verb::Copy.tooltip())).clicked() {
            actions.push(Verb::Copy.into());
        }
        ui.columns(2, |columns| {
            if let [left, right] = columns {
                verb_ui(left, Verb::CopyImage, None, actions);
                let key = key_words(right.ctx(), Verb::Save);
                verb_ui(right, Verb::Save, Some(&key), actions);
            }
        });
    }

    fn is_just_done(&mut self, ui: &Ui, n_copies: u64) -> bool {
        let now = ui.input(|it| it.time);
        if self.seen != n_copies {
            (self.seen, self.since) = (n_copies, now);
        }
        let left = self.since + SAID_SECS - now;
        let is_just_done = 0 < n_copies && 0.0 < left;
        if is_just_done {
            ui.ctx().request_repaint_after(Duration::from_secs_f64(left));
        }
        is_just_done
    }
}

fn verb_ui(ui: &mut Ui, verb: Verb, key: Option<&str>, actions: &mut Vec<Action>) {
    let shortcut = key_words(ui.ctx(), verb);
    let tip = format!("{} ({shortcut})", verb.tooltip());
    let button = Button::new(verb.label()).tip(&tip).fill();
    let button = if let Some(key) = key { button.key(key) } else { button };
    if ui.add(button).clicked() {
        actions.push(verb.into());
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
