//! The status line: the last notice on the left, measured time or progress on the right.

use super::{
    theme::{self, Theme},
    widgets::{Icon, IconButton},
    words,
};
use crate::{
    jobs::Millis,
    session::{Action, Kind, Notice, Session, Status, Verb},
};
use egui::{Align, Layout, RichText, Ui};
use std::time::Duration;

/// How long a success is shown, in seconds.
const GOOD_NEWS_SECS: f64 = 4.0;

/// Shorter stages, in milliseconds, only shared pixels.
const WORTH_A_WORD: f64 = 0.05;

/// Which notice is shown and since when.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct StatusLine {
    shown: Option<(u64, f64)>,
    has_details: bool,
}

impl StatusLine {
    pub(super) fn status_ui(&mut self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
        ui.horizontal_centered(|ui| {
            let notice = session.notice().filter(|it| self.is_current(ui, it));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                measured_ui(ui, session);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| match notice {
                    Some(notice) => self.notice_ui(ui, notice, actions),
                    None => idle_ui(ui, session),
                });
            });
        });
    }

    /// Success goes by itself, failure stays.
    fn is_current(&mut self, ui: &Ui, notice: &Notice) -> bool {
        let now = ui.input(|it| it.time);
        let since = match self.shown {
            Some((serial, since)) if serial == notice.serial => since,
            _ => {
                self.has_details = false;
                self.shown = Some((notice.serial, now));
                now
            }
        };
        let left = since + GOOD_NEWS_SECS - now;
        if notice.kind == Kind::Bad {
            return true;
        }
        if 0.0 < left {
            ui.ctx().request_repaint_after(Duration::from_secs_f64(left));
        }
        0.0 < left
    }

    fn notice_ui(&mut self, ui: &mut Ui, notice: &Notice, actions: &mut Vec<Action>) {
        let theme = Theme::of(ui);
        let ink = match notice.kind {
            Kind::Good => theme.good,
            Kind::Plain => theme.weak,
            Kind::Bad => theme.bad,
        };
        if notice.kind == Kind::Bad {
            let dismiss = ui.add(IconButton::new(Icon::Close, Verb::Dismiss.label()));
            if dismiss.clicked() {
                actions.push(Verb::Dismiss.into());
            }
        }
        let text = RichText::new(&notice.text).font(theme::secondary()).color(ink);
        let sense = if notice.details.is_some() { egui::Sense::click() } else { egui::Sense::hover() };
        let label = ui.add(egui::Label::new(text).truncate().sense(sense));
        ui.ctx().accesskit_node_builder(label.id, |node| {
            let urgency =
                if notice.kind == Kind::Bad { egui::accesskit::Live::Assertive } else { egui::accesskit::Live::Polite };
            node.set_live(urgency);
        });
        if let Some(details) = &notice.details {
            if label.clicked() {
                self.has_details = !self.has_details;
            }
            let label = label.on_hover_text("Click for the details");
            if self.has_details {
                egui::Tooltip::always_open(ui.ctx().clone(), ui.layer_id(), label.id.with("details"), label.rect)
                    .show(|ui| ui.label(format!("{}\n{details}", notice.text)));
            }
        }
    }
}

fn idle_ui(ui: &mut Ui, session: &Session) {
    let weak = Theme::of(ui).weak;
    let (n_loading, n_failed) = counts(session);
    let text = if 0 < n_loading {
        format!("Reading {}", words::counted(n_loading, "image"))
    } else if 0 < n_failed {
        format!("{} could not be read", words::counted(n_failed, "image"))
    } else {
        "Ready".to_owned()
    };
    ui.label(RichText::new(text).font(theme::secondary()).color(weak));
}

fn counts(session: &Session) -> (u64, u64) {
    let count =
        |matches: fn(&Status<'_>) -> bool| session.items().iter().filter(|it| matches(&it.status())).count() as u64;
    (count(|it| matches!(it, Status::Loading)), count(|it| matches!(it, Status::Failed(_))))
}

/// Measured durations of the selected picture.
fn measured_ui(ui: &mut Ui, session: &Session) {
    let Some(item) = session.selected() else { return };
    let Millis { read: _, decode, edit, encode, preview: _ } = item.millis();
    let stages = [("decoded", decode), ("resized", edit), ("encoded", encode)];
    let words: Vec<String> = stages
        .into_iter()
        // A stage that had nothing to do is not worth a word.
        .filter_map(|(word, millis)| Some((word, millis.filter(|it| WORTH_A_WORD <= *it)?)))
        .map(|(word, millis)| format!("{word} {}", words::duration(Duration::from_secs_f64(millis / 1000.0))))
        .collect();
    let weak = Theme::of(ui).weak;
    ui.add(egui::Label::new(RichText::new(words.join(" · ")).font(theme::secondary()).color(weak)));
}
