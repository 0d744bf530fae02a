//! The card over the canvas with what waits for the user's word.

use super::{
    theme::{self, Theme},
    thumbnail::{self, Thumbnail},
    widgets::Button,
    words,
};
use crate::{
    engine::embed::Link,
    session::{Action, Item, Question, Session, Verb},
};
use egui::accesskit::{Live, Role};
use egui::{
    Align, Align2, Area, Frame, Id, Key, Label, Layout, Margin, Modifiers, Order, Popup, Pos2, Rect, RichText,
    ScrollArea, TextEdit, Ui, vec2,
};
use std::path::Path;

/// What was typed so far, and for which question.
#[derive(Default)]
pub(super) struct Card {
    asked: Option<Question>,
    path: String,
    /// The text field is still to take the focus.
    is_new: bool,
    thumbnail: Thumbnail,
}

/// From the lower edge of the canvas: the line of the zoom buttons stays free.
const ABOVE: f32 = 52.0;
/// Room for the zoom buttons on that line.
const ZOOM_BUTTONS: f32 = 300.0;
/// With less room the answers go below what is asked.
const ONE_LINE: f32 = 400.0;
const PADDING: i8 = 12;
const BAR_PADDING: i8 = 6;

impl Card {
    /// Shows the question over `canvas`, if there is one.
    pub(super) fn card_ui(
        &mut self,
        ui: &Ui,
        canvas: Rect,
        session: &Session,
        home: Option<&Path>,
        actions: &mut Vec<Action>,
    ) {
        let question = session.question();
        if self.asked.as_ref() != question {
            self.asked = question.cloned();
            self.path = match question {
                Some(Question::SavePath { suggested, .. }) => default_path(home, suggested),
                _ => String::new(),
            };
            self.is_new = true;
        }
        if !matches!(question, Some(Question::Copied { .. })) {
            self.thumbnail.forget();
        }
        let Some(question) = question else { return };
        let (width, place, pivot, padding) = place_of(question, canvas);
        let area = Area::new(Id::unique("question")).order(Order::Foreground).constrain(false).fade_in(false);
        let area = area.fixed_pos(place).pivot(pivot);
        let (role, name) = match question {
            Question::Copied { .. } => (Role::Status, "Copied image"),
            _ => (Role::Alert, "Question"),
        };
        area.role(role).accessible_name(name).show(ui.ctx(), |ui| {
            let margin = Margin::same(padding);
            let frame = Frame::popup(ui.style()).inner_margin(margin).corner_radius(theme::PRIMARY_RADIUS);
            frame.show(ui, |ui| {
                ui.set_width(width - margin.sum().x - 2.0);
                match question {
                    Question::Reload { names } => reload_ui(ui, names, actions),
                    Question::Copied { id, name, size, format, count } => {
                        let what = format!("{} {}", words::pixels(*size), format.label());
                        let item = session.items().iter().find(|it| it.id() == *id);
                        let words = |fits: &dyn Fn(&str) -> bool| copied_words(name.as_deref(), &what, *count, fits);
                        self.copied_ui(ui, item, words, actions);
                    }
                    Question::Page { name, images } => page_ui(ui, name, images, actions),
                    Question::Links { links, host, n_other_hosts } => {
                        links_ui(ui, links.len(), host, *n_other_hosts, actions);
                    }
                    Question::OpenPath { why } => self.path_ui(ui, why, "Open", home, actions),
                    Question::SavePath { why, .. } => self.path_ui(ui, why, "Save", home, actions),
                }
            });
        });
        self.is_new = false;
    }

    /// Takes the Esc key when nothing above the card wants it.
    pub(super) fn escape(&self, ui: &Ui, question: Option<&Question>, actions: &mut Vec<Action>) {
        let is_covered = Popup::is_any_open(ui.ctx()) || ui.ctx().memory(|it| it.top_modal_layer().is_some());
        let verb = match question {
            _ if is_covered => return,
            None => return,
            Some(Question::Reload { .. }) => Verb::KeepOld,
            Some(Question::Copied { .. }) => Verb::LeaveCopied,
            Some(
                Question::Page { .. } | Question::Links { .. } | Question::OpenPath { .. } | Question::SavePath { .. },
            ) => Verb::Cancel,
        };
        if ui.input_mut(|it| it.consume_key(Modifiers::NONE, Key::Escape)) {
            actions.push(verb.into());
        }
    }

    /// What was copied elsewhere: a word in passing, which interrupts nobody.
    fn copied_ui(
        &mut self,
        ui: &mut Ui,
        item: Option<&Item>,
        words: impl Fn(&dyn Fn(&str) -> bool) -> String,
        actions: &mut Vec<Action>,
    ) {
        let has_picture = item.is_some_and(|it| self.thumbnail.prepare(ui, it));
        let answers = [(Verb::ShowCopied, "Show"), (Verb::LeaveCopied, "Dismiss")];
        bar_ui(ui, has_picture.then_some(&self.thumbnail), words, Live::Polite, &answers, actions);
    }

    fn path_ui(&mut self, ui: &mut Ui, why: &str, verb: &str, home: Option<&Path>, actions: &mut Vec<Action>) {
        told(ui, why);
        ui.add_space(theme::ROW_GAP - 2.0);
        let is_roomy = ui.available_width() >= ONE_LINE;
        ui.horizontal_wrapped(|ui| {
            let (answer, cancel) = (Button::new(verb), Button::new("Cancel").key("Esc"));
            let gaps = 2.0 * ui.spacing().item_spacing.x;
            let beside = if is_roomy { answer.width(ui) + cancel.width(ui) + gaps } else { 0.0 };
            let room = (ui.available_width() - beside).floor();
            let margin = Margin::symmetric(8, 5);
            ui.visuals_mut().selection.stroke = Theme::of(ui).focus();
            let field = TextEdit::singleline(&mut self.path)
                .hint_text("/folder/image.png")
                .desired_width(room)
                .margin(margin)
                .min_size(vec2(0.0, theme::FIELD_HEIGHT));
            let field = ui.add(field).accessible_name("Path of the file");
            if self.is_new {
                field.request_focus();
            }
            let is_entered = field.lost_focus() && ui.input(|it| it.key_pressed(Key::Enter));
            let is_pressed = ui.add(answer).clicked();
            if (is_entered || is_pressed) && !self.path.trim().is_empty() {
                actions.push(Action::PathTyped(expanded(&self.path, home)));
            }
            if ui.add(cancel).clicked() {
                actions.push(Verb::Cancel.into());
            }
        });
    }
}

/// Width, place and padding of the card over `canvas`.
fn place_of(question: &Question, canvas: Rect) -> (f32, Pos2, Align2, i8) {
    match question {
        // Beside the zoom buttons, where nothing is covered.
        Question::Reload { .. } | Question::Copied { .. } if canvas.width() >= theme::CARD + ZOOM_BUTTONS => {
            let corner = canvas.right_bottom() - vec2(theme::LINE_MARGIN, theme::CORNER_AIR);
            (theme::CARD, corner, Align2::RIGHT_BOTTOM, BAR_PADDING)
        }
        _ => {
            let place = egui::pos2(canvas.center().x, canvas.bottom() - ABOVE);
            let width = theme::CARD.min(canvas.width() - 2.0 * theme::LINE_MARGIN);
            (width, place, Align2::CENTER_BOTTOM, PADDING)
        }
    }
}

fn reload_ui(ui: &mut Ui, names: &[String], actions: &mut Vec<Action>) {
    let answers = [(Verb::Reload, "Reload"), (Verb::ReloadAlways, "Always reload"), (Verb::KeepOld, "Keep")];
    let said = |fits: &dyn Fn(&str) -> bool| changed_words(names, fits);
    bar_ui(ui, None, said, Live::Assertive, &answers, actions).on_hover_text(names.join("\n"));
}

/// On one line where there is room: what happened on the left, the answers on the right. Esc gives the last.
fn bar_ui(
    ui: &mut Ui,
    thumbnail: Option<&Thumbnail>,
    said: impl Fn(&dyn Fn(&str) -> bool) -> String,
    live: Live,
    answers: &[(Verb, &'static str)],
    actions: &mut Vec<Action>,
) -> egui::Response {
    let button = |verb: Verb, words: &'static str| {
        let button = Button::new(words).tip(verb.tooltip());
        if answers.last().is_some_and(|it| it.0 == verb) { button.key("Esc") } else { button }
    };
    let mut buttons_ui = |ui: &mut Ui| {
        for (verb, words) in answers {
            if ui.add(button(*verb, words)).clicked() {
                actions.push((*verb).into());
            }
        }
    };
    let gap = ui.spacing().item_spacing.x;
    let picture = thumbnail.map_or(0.0, |_| thumbnail::SIDE + gap);
    let text_ui = |ui: &mut Ui, room: f32| {
        let text = said(&|it| text_width(ui, it) <= room - picture);
        if let Some(thumbnail) = thumbnail {
            thumbnail.thumbnail_ui(ui);
        }
        told_as(ui, &text, live)
    };
    if ui.available_width() < ONE_LINE {
        let room = f32::INFINITY;
        let label = if thumbnail.is_some() { ui.horizontal(|ui| text_ui(ui, room)).inner } else { text_ui(ui, room) };
        ui.horizontal_wrapped(buttons_ui);
        return label;
    }
    let layout = Layout::left_to_right(Align::Center);
    ui.horizontal(|ui| {
        let buttons: f32 = answers.iter().map(|(verb, words)| button(*verb, words).width(ui) + gap).sum();
        let room = ui.available_width() - buttons;
        let label = ui.allocate_ui_with_layout(vec2(room, theme::BUTTON_HEIGHT), layout, |ui| {
            ui.set_min_width(room);
            if thumbnail.is_none() {
                ui.add_space(gap);
            }
            text_ui(ui, room - gap)
        });
        buttons_ui(ui);
        label.inner
    })
    .inner
}

/// The images of a page, each a button that fetches it.
fn page_ui(ui: &mut Ui, name: &str, images: &[Link], actions: &mut Vec<Action>) {
    let room = ui.available_width() - 2.0 * f32::from(PADDING);
    let fits = |it: &str| text_width(ui, it) <= room;
    let said = |name: &str| format!("{name} is a page; which of its images?");
    told(ui, &said(&words::middle(name, |it| fits(&said(it)))));
    ui.add_space(theme::ROW_GAP - 2.0);
    ScrollArea::vertical().max_height(theme::DETAILS_HEIGHT.min(ui.ctx().content_rect().height() / 2.0)).show(
        ui,
        |ui| {
            for (index, image) in images.iter().enumerate() {
                let text = format!("{} · {}", image.file_name(), image.host());
                let text = words::middle(&text, |it| text_width(ui, it) <= room);
                if ui.add(Button::new(&text).tip(image.as_str())).clicked() {
                    actions.push(Action::Take(index));
                }
            }
        },
    );
    ui.add_space(theme::ROW_GAP - 2.0);
    ui.horizontal_wrapped(|ui| {
        if 1 < images.len() && ui.add(Button::new(Verb::TakeAll.label()).tip(Verb::TakeAll.tooltip())).clicked() {
            actions.push(Verb::TakeAll.into());
        }
        if ui.add(Button::new("Cancel").key("Esc")).clicked() {
            actions.push(Verb::Cancel.into());
        }
    });
}

/// Many links, fetched together or not at all.
fn links_ui(ui: &mut Ui, n_links: usize, host: &str, n_other_hosts: usize, actions: &mut Vec<Action>) {
    told(ui, &fetch_words(n_links, host, n_other_hosts));
    ui.add_space(theme::ROW_GAP - 2.0);
    ui.horizontal_wrapped(|ui| {
        if ui.add(Button::new("Fetch all").tip(Verb::TakeAll.tooltip())).clicked() {
            actions.push(Verb::TakeAll.into());
        }
        if ui.add(Button::new("Cancel").key("Esc")).clicked() {
            actions.push(Verb::Cancel.into());
        }
    });
}

/// `Fetch 23 images from example.org and 2 other hosts?`
fn fetch_words(n_links: usize, host: &str, n_other_hosts: usize) -> String {
    let others = match n_other_hosts {
        0 => String::new(),
        more => format!(" and {}", words::counted(more as u64, "other host")),
    };
    format!("Fetch {} from {host}{others}?", words::counted(n_links as u64, "image"))
}

/// `sunset.jpg changed on disk`; long names lose their middle.
fn changed_words(names: &[String], fits: impl Fn(&str) -> bool) -> String {
    let said = |name: &str| format!("{name} changed on disk");
    match names {
        [name] => said(&words::middle(name, |it| fits(&said(it)))),
        _ => said(&words::counted(names.len() as u64, "image")),
    }
}

/// `Copied image: sunset.jpg, 8 × 6 JPEG`; long names lose their middle.
fn copied_words(name: Option<&str>, what: &str, count: usize, fits: impl Fn(&str) -> bool) -> String {
    if 1 < count {
        return words::counted(count as u64, "copied image");
    }
    let said = |name: &str| format!("Copied image: {name}, {what}");
    name.map_or_else(|| format!("Copied image: {what}"), |it| said(&words::middle(it, |it| fits(&said(it)))))
}

fn text_width(ui: &Ui, text: &str) -> f32 {
    ui.painter().layout_no_wrap(text.to_owned(), theme::body(), Theme::of(ui).text).size().x
}

/// The sentence of the card, said aloud when it appears.
fn told(ui: &mut Ui, text: &str) -> egui::Response {
    told_as(ui, text, Live::Assertive)
}

fn told_as(ui: &mut Ui, text: &str, live: Live) -> egui::Response {
    let ink = Theme::of(ui).text;
    let label = ui.add(Label::new(RichText::new(text).font(theme::body()).color(ink)).wrap());
    ui.ctx().accesskit_node_builder(label.id, |node| node.set_live(live));
    label
}

/// The suggested name in the home folder, which is written short.
fn default_path(home: Option<&Path>, suggested: &str) -> String {
    if home.is_some() { format!("~/{suggested}") } else { suggested.to_owned() }
}

/// `~` and `~/` stand for the home folder, as in a shell.
fn expanded(typed: &str, home: Option<&Path>) -> String {
    let typed = typed.trim();
    let below = if typed == "~" { Some("") } else { typed.strip_prefix("~/") };
    match (below, home) {
        // A second slash would begin anew at the root.
        (Some(rest), Some(home)) => home.join(rest.trim_start_matches('/')).to_string_lossy().into_owned(),
        _ => typed.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{changed_words, copied_words, default_path, expanded, fetch_words};
    use std::path::Path;

    #[test]
    fn what_changed_is_named_as_far_as_there_is_room() {
        let names = |list: &[&str]| list.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        let at_most = |limit: usize| move |text: &str| text.chars().count() <= limit;
        assert_eq!(changed_words(&names(&["a.png"]), at_most(40)), "a.png changed on disk");
        assert_eq!(changed_words(&names(&["photograph-0042.jpg"]), at_most(28)), "photo…42.jpg changed on disk");
        assert_eq!(changed_words(&names(&["a.png", "b.png"]), at_most(40)), "2 images changed on disk");
    }

    #[test]
    fn what_was_copied_is_named_or_counted() {
        let at_most = |limit: usize| move |text: &str| text.chars().count() <= limit;
        let what = "8 × 6 PNG";
        assert_eq!(copied_words(None, what, 1, at_most(5)), "Copied image: 8 × 6 PNG");
        assert_eq!(copied_words(Some("a.png"), what, 1, at_most(40)), "Copied image: a.png, 8 × 6 PNG");
        assert_eq!(
            copied_words(Some("photograph-0042.png"), what, 1, at_most(36)),
            "Copied image: photo…2.png, 8 × 6 PNG"
        );
        assert_eq!(copied_words(Some("a.png"), what, 3, at_most(40)), "3 copied images");
    }

    #[test]
    fn whoever_is_asked_knows_how_much_and_from_where() {
        assert_eq!(fetch_words(5, "example.org", 0), "Fetch 5 images from example.org?");
        assert_eq!(fetch_words(1_200, "example.org", 1), "Fetch 1,200 images from example.org and 1 other host?");
        assert_eq!(fetch_words(23, "example.org", 2), "Fetch 23 images from example.org and 2 other hosts?");
    }

    #[test]
    fn the_home_folder_is_written_short() {
        let home = Some(Path::new("/home/me"));
        assert_eq!(expanded(" ~/a b.png ", home), "/home/me/a b.png");
        assert_eq!(expanded("/tmp/~/a.png", home), "/tmp/~/a.png");
        assert_eq!(expanded("~//a.png", home), "/home/me/a.png");
        assert_eq!(expanded("~", home), "/home/me/", "a folder, as the slash says");
        assert_eq!(expanded("~you/a.png", home), "~you/a.png");
        assert_eq!(expanded("~/a.png", None), "~/a.png");
        assert_eq!(expanded(&default_path(home, "a.png"), home), "/home/me/a.png");
        assert_eq!(default_path(None, "a.png"), "a.png");
    }
}
