//! The status line: the last notice on the left, measured time or progress on the right.

use super::{
    sheet,
    theme::{self, Theme},
    widgets::{Icon, IconButton, chip, command_chip, notice},
    words,
};
use crate::{
    jobs::Millis,
    session::{Action, ClipboardWatch, Kind, Notice, Session, Status, Verb},
};
use egui::{
    Align, Color32, Label, Layout, Popup, PopupCloseBehavior, RectAlign, Response, RichText, ScrollArea, Ui,
    accesskit::Live, vec2,
};
use std::time::Duration;

/// How long a success is shown, in seconds.
const GOOD_NEWS_SECS: f64 = 4.0;

/// A notice that grows is read out no more often, in seconds: whoever listens could not follow.
const READ_OUT_SECS: f64 = 3.0;

/// What takes longer, in seconds, can be cancelled here.
const LONG_SECS: f64 = 0.5;

/// Shorter stages, in milliseconds, only shared pixels.
const WORTH_A_WORD: f64 = 0.5;

/// What stands there while it is so.
const WATCHING: &str = "Watching clipboard";

/// Which notice is shown and since when.
#[derive(Clone, Debug, Default)]
pub(super) struct StatusLine {
    shown: Option<(u64, f64)>,
    /// What of it was read out last, and when.
    read_out: Option<(String, f64)>,
    /// Since when the user waits for something.
    waiting_since: Option<f64>,
}

impl StatusLine {
    pub(super) fn status_ui(&mut self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
        ui.horizontal_centered(|ui| {
            let notice = session.notice().filter(|it| self.is_current(ui, it));
            let is_long = self.is_long_wait(ui, session);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                watch_ui(ui, session, actions);
                if is_long {
                    cancel_ui(ui, actions);
                } else {
                    measured_ui(ui, session);
                }
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
                Popup::close_id(ui.ctx(), details_id());
                (self.shown, self.read_out) = (Some((notice.serial, now)), None);
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

    /// The notice on one line; a failure can be read in full and dismissed.
    fn notice_ui(&mut self, ui: &mut Ui, told: &Notice, actions: &mut Vec<Action>) {
        let theme = Theme::of(ui);
        let (ink, urgency) = match told.kind {
            Kind::Good => (theme.good, Live::Polite),
            Kind::Plain => (theme.weak, Live::Polite),
            Kind::Bad => (theme.bad, Live::Assertive),
        };
        if told.kind == Kind::Bad {
            let dismiss = ui.add(IconButton::new(Icon::Close, Verb::Dismiss.label()).key("Esc"));
            if dismiss.clicked() {
                actions.push(Verb::Dismiss.into());
            }
        }
        let has_details = told.kind == Kind::Bad || told.details.is_some();
        let label = notice(ui, &told.text, ink, has_details);
        let name = self.read_out(ui, &told.text);
        ui.ctx().accesskit_node_builder(label.id, |node| {
            node.set_live(urgency);
            if has_details {
                node.set_label(name);
            }
        });
        if has_details {
            details_ui(&label, told, ink);
        }
    }

    /// The notice as those know it who hear it.
    fn read_out(&mut self, ui: &Ui, text: &str) -> &str {
        let now = ui.input(|it| it.time);
        let (known, since) = self.read_out.get_or_insert_with(|| (text.to_owned(), now));
        let left = *since + READ_OUT_SECS - now;
        if known != text && left <= 0.0 {
            (*known, *since) = (text.to_owned(), now);
        } else if known != text {
            ui.ctx().request_repaint_after(Duration::from_secs_f64(left));
        }
        known
    }

    /// Has the user waited for long for the picture, or for a copy or a dialog that is to come?
    fn is_long_wait(&mut self, ui: &Ui, session: &Session) -> bool {
        let is_loading = session.selected().is_some_and(|it| it.status() == Status::Loading);
        if !is_loading && !session.is_copy_deferred() && !session.is_save_deferred() {
            self.waiting_since = None;
            return false;
        }
        let now = ui.input(|it| it.time);
        let left = *self.waiting_since.get_or_insert(now) + LONG_SECS - now;
        if 0.0 < left {
            ui.ctx().request_repaint_after(Duration::from_secs_f64(left));
        }
        left <= 0.0
    }
}

/// Seen as long as the clipboard is watched, and turns that off.
fn watch_ui(ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
    if session.clipboard_watch() != ClipboardWatch::On {
        return;
    }
    let tip = "Images are loaded as other programs copy them; press to stop";
    if chip(ui, WATCHING, true).on_hover_text(tip).clicked() {
        actions.push(Verb::WatchClipboard.into());
    }
}

fn cancel_ui(ui: &mut Ui, actions: &mut Vec<Action>) {
    let tip = format!("{} (Esc)", Verb::Cancel.tooltip());
    if command_chip(ui, Verb::Cancel.label()).on_hover_text(tip).clicked() {
        actions.push(Verb::Cancel.into());
    }
}

fn details_id() -> egui::Id {
    egui::Id::unique("notice details")
}

/// The whole sentence and its causes, above the line.
fn details_ui(label: &Response, told: &Notice, ink: Color32) {
    let popup = Popup::from_toggle_button_response(label).id(details_id()).accessible_name("Details");
    let popup = popup.align(RectAlign::TOP_START).gap(6.0).width(theme::DETAILS);
    popup.close_behavior(PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
        let room = ui.ctx().content_rect().size() - 2.0 * vec2(theme::LINE_MARGIN, theme::TOP_LINE);
        let width = theme::DETAILS.min(room.x);
        ui.set_max_width(width);
        ui.add(Label::new(RichText::new(&told.text).font(theme::body()).color(ink)).wrap());
        if let Some(details) = &told.details {
            let details = RichText::new(details).font(theme::secondary()).color(Theme::of(ui).weak);
            ScrollArea::vertical().max_height(theme::DETAILS_HEIGHT.min(room.y)).show(ui, |ui| {
                ui.add(Label::new(details).wrap());
                sheet::scroll_by_keys(ui);
            });
        }
    });
}

fn idle_ui(ui: &mut Ui, session: &Session) {
    let weak = Theme::of(ui).weak;
    let (n_loading, n_failed) = counts(session);
    let has_news = 0 < n_loading + n_failed;
    let text = if 0 < n_loading {
        format!("Reading {}", words::counted(n_loading, "image"))
    } else if 0 < n_failed {
        format!("{} could not be read", words::counted(n_failed, "image"))
    } else {
        "Ready".to_owned()
    };
    let label = ui.add(Label::new(RichText::new(text).font(theme::secondary()).color(weak)).truncate());
    if has_news {
        ui.ctx().accesskit_node_builder(label.id, |node| node.set_live(Live::Polite));
    }
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
    if words.is_empty() {
        return;
    }
    let weak = Theme::of(ui).weak;
    ui.add(Label::new(RichText::new(words.join(" · ")).font(theme::secondary()).color(weak)));
}
