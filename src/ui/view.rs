//! What is drawn: the panels around the canvas. Reads the session, edits the selected recipe,
//! pushes verbs.

use super::{
    canvas::{Canvas, CanvasInput, Picture},
    empty, help,
    inspector::{self, Inspector},
    overlay,
    pyramid::Pyramid,
    status::StatusLine,
    theme::{self, Theme},
    top_bar::top_bar_ui,
    widgets::Button,
    words,
};
use crate::{
    jobs::{Rendered, Trace, ports::Painted},
    session::{Action, Item, ItemId, Session, Status, Verb, capitalized},
};
use egui::{CentralPanel, Frame, Margin, Panel, RichText, Ui};

/// What the window remembers between frames that is nobody else's business.
#[derive(Default)]
pub(super) struct View {
    canvas: Canvas,
    shown: Option<ItemId>,
    inspector: Inspector,
    status: StatusLine,
    is_help_open: bool,
    loading_since: Option<f64>,
    trace: Trace,
    marked: Marked,
}

/// What of the selected picture was told to the trace.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Marked {
    glimpse: bool,
    original: bool,
    /// The result's bytes, by their place in memory.
    result: Option<usize>,
}

/// A spinner that comes and goes at once is only unrest.
const SPINNER_AFTER_SECS: f64 = 0.15;

impl View {
    /// A view that tells the trace what has come to the screen.
    pub(super) fn tracing(trace: &Trace) -> Self {
        Self { trace: trace.clone(), ..Self::default() }
    }

    pub(super) fn window_ui(&mut self, ui: &mut Ui, session: &mut Session, actions: &mut Vec<Action>) {
        let line = |ui: &Ui| {
            Frame::NONE.fill(Theme::of(ui).panel).inner_margin(Margin::symmetric(theme::LINE_MARGIN as i8, 0))
        };
        Panel::top("top line").exact_size(theme::TOP_LINE).resizable(false).frame(line(ui)).show(ui, |ui| {
            top_bar_ui(ui, session, &mut self.is_help_open, actions);
        });
        Panel::bottom("status line").exact_size(theme::STATUS_LINE).resizable(false).frame(line(ui)).show(ui, |ui| {
            self.status.status_ui(ui, session, actions);
        });
        if session.selected().is_some_and(inspector::has_controls) {
            let frame = Frame::NONE.fill(Theme::of(ui).panel);
            Panel::right("inspector").exact_size(theme::INSPECTOR).resizable(false).frame(frame).show(ui, |ui| {
                self.inspector.inspector_ui(ui, session, actions);
            });
        }
        let frame = Frame::NONE.fill(Theme::of(ui).canvas);
        CentralPanel::default().frame(frame).show(ui, |ui| {
            let area = ui.max_rect();
            self.content_ui(ui, session, actions);
            if let Some(hovering) = hovering(ui) {
                overlay::show(ui, area, hovering);
            }
        });
        help::help_ui(ui.ctx(), &mut self.is_help_open);
    }

    fn content_ui(&mut self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
        let Some(item) = session.selected() else {
            self.forget_pictures();
            empty_ui(ui, actions);
            return;
        };
        if self.shown != Some(item.id()) {
            self.forget_pictures();
            self.canvas.reset_view();
            self.shown = Some(item.id());
        }
        match item.status() {
            Status::Failed(why) => failed_ui(ui, item, why, actions),
            Status::Loading if item.glimpsed().is_none() => self.loading_ui(ui, item),
            Status::Loading | Status::Ready => self.canvas_ui(ui, item),
        }
    }

    fn forget_pictures(&mut self) {
        self.shown = None;
        self.loading_since = None;
        self.canvas.forget_pictures();
        self.marked = Marked::default();
    }

    fn canvas_ui(&mut self, ui: &mut Ui, item: &Item) {
        let original = match (item.original(), item.glimpsed()) {
            (Some(original), _) => picture(&original.painted, original.decoded.facts.size),
            (None, Some(glimpsed)) => picture(&glimpsed.painted, glimpsed.size),
            (None, None) => None,
        };
        let result = item.result().and_then(|result| picture(&result.painted, result.product.encoded.size));
        let labels = [original_label(item), item.result().map(|it| result_label(item, it)).unwrap_or_default()];
        let input = CanvasInput {
            original,
            result,
            sizing: item.recipe.edits.size,
            original_label: &labels[0],
            result_label: &labels[1],
            stale: item.fresh().is_none(),
            page: None,
        };
        self.canvas.show(ui, &input);
        self.mark(item);
    }

    /// Tells the trace what has just come to the screen.
    fn mark(&mut self, item: &Item) {
        let [original, result] = self.canvas.is_whole();
        let now = Marked {
            glimpse: original || self.marked.glimpse,
            original: original && item.original().is_some(),
            result: item.result().filter(|_| result).map(|it| it.product.encoded.bytes.as_ptr().addr()),
        };
        let before = std::mem::replace(&mut self.marked, now);
        for (is_new, name) in [
            (now.glimpse && !before.glimpse, "first pixels"),
            (now.original && !before.original, "full preview"),
            (now.result.is_some() && now.result != before.result, "result shown"),
        ] {
            if is_new {
                self.trace.mark("window", name);
            }
        }
    }

    fn loading_ui(&mut self, ui: &mut Ui, item: &Item) {
        let now = ui.input(|it| it.time);
        let left = *self.loading_since.get_or_insert(now) + SPINNER_AFTER_SECS - now;
        if 0.0 < left {
            ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(left));
            return;
        }
        ui.vertical_centered(|ui| {
            ui.add_space(ui.available_height() / 2.0 - 40.0);
            ui.add(egui::Spinner::new().color(Theme::of(ui).accent));
            let bytes = item.source().map(|it| format!(" · {}", words::bytes(it.bytes().len() as u64)));
            let text = format!("{}{}", item.name(), bytes.unwrap_or_default());
            ui.label(RichText::new(text).font(theme::secondary()).color(Theme::of(ui).weak));
        });
    }
}

fn picture(painted: &Painted, size: [u32; 2]) -> Option<Picture> {
    painted.clone().downcast::<Pyramid>().ok().map(|pyramid| Picture { pyramid, size })
}

fn original_label(item: &Item) -> String {
    let bytes = item.source().map(|it| words::bytes(it.bytes().len() as u64)).unwrap_or_default();
    format!("Original · {bytes}")
}

/// `WebP 78 · 38.4 KB · −99 %`, as measured.
fn result_label(item: &Item, rendered: &Rendered) -> String {
    let (output, encoded) = (&rendered.product.recipe.output, &rendered.product.encoded);
    let name = match output {
        it if it.untouched => format!("Untouched {}", encoded.format.label()),
        it if it.format.has_quality() && !it.is_lossless() => format!("{} {}", it.format.label(), it.quality),
        it => it.format.label().to_owned(),
    };
    let bytes = encoded.bytes.len() as u64;
    let saving = item.source().and_then(|it| words::saving(it.bytes().len() as u64, bytes));
    [Some(name), Some(words::bytes(bytes)), saving].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn empty_ui(ui: &mut Ui, actions: &mut Vec<Action>) {
    let mut chosen = vec![];
    empty::show(ui, &mut chosen);
    actions.extend(chosen.into_iter().map(|it| match it {
        empty::Chosen::Open => Verb::Open.into(),
        empty::Chosen::Paste => Verb::Paste.into(),
    }));
}

fn failed_ui(ui: &mut Ui, item: &Item, why: &str, actions: &mut Vec<Action>) {
    ui.vertical_centered(|ui| {
        ui.set_max_width(ui.available_width().min(520.0));
        ui.add_space(ui.available_height() / 2.0 - 60.0);
        let theme = Theme::of(ui);
        ui.label(RichText::new(item.name()).font(theme::headline()).color(theme.text));
        ui.label(RichText::new(capitalized(why)).font(theme::body()).color(theme.bad));
        ui.add_space(theme::GROUP_GAP);
        let (retry, remove) = (Button::new(Verb::Retry.label()), Button::new(Verb::Remove.label()));
        let width = retry.width(ui) + remove.width(ui) + ui.spacing().item_spacing.x;
        ui.allocate_ui(egui::vec2(width, theme::BUTTON_HEIGHT), |ui| {
            ui.horizontal(|ui| {
                for (verb, button) in [(Verb::Retry, retry), (Verb::Remove, remove)] {
                    if ui.add(button.tip(verb.tooltip())).clicked() {
                        actions.push(verb.into());
                    }
                }
            });
        });
    });
}

/// What hangs over the window, if anything does.
fn hovering(ui: &Ui) -> Option<overlay::Hovering> {
    ui.input(|it| match it.raw.hovered_files.len() {
        0 => None,
        count => Some(overlay::Hovering::Images(count)),
    })
}
