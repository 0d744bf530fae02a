//! What is drawn: the panels around the canvas. Reads the session, edits the selected recipe,
//! pushes verbs.

use super::{
    about::about_ui,
    canvas::{Canvas, CanvasInput, Picture},
    drawer::Drawer,
    empty,
    facts::facts_ui,
    help::keys_ui,
    inspector::{self, Inspector},
    menu::Entry,
    overlay::{self, Hovering},
    preferences::preferences_ui,
    pyramid::Pyramid,
    question::Card,
    regions::{Regions, is_narrow, part},
    sheet::{Sheet, Sheets},
    status::StatusLine,
    theme::{self, Theme},
    top_bar::{ABOUT, DrawerSwitch, Pressed, top_bar_ui},
    widgets::Button,
    words,
};
use crate::{
    engine::recipe::Sizing,
    jobs::{Received, Trace, ports::Painted},
    session::{Action, Item, ItemId, Preview, Question, Session, Status, Verb, capitalized},
    settings::{Disclosed, Units},
};
use egui::{Context, Key, Modifiers, Popup, Pos2, Rect, RichText, Ui, vec2};
use std::{path::PathBuf, sync::Arc};

/// What the window remembers between frames that is nobody else's business.
pub(super) struct View {
    canvas: Canvas,
    shown: Option<ItemId>,
    inspector: Inspector,
    status: StatusLine,
    drawer: Drawer,
    sheets: Sheets,
    card: Card,
    home: Option<PathBuf>,
    units: Units,
    /// A text field had the keyboard at the end of the last frame.
    was_typing: bool,
    loading_since: Option<f64>,
    trace: Trace,
    marked: Marked,
}

/// What of the selected picture was told to the trace.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Marked {
    glimpse: bool,
    original: bool,
    /// The bytes whose numbers are shown, and the result's picture, by their place in memory.
    numbers: Option<usize>,
    result: Option<usize>,
}

/// A spinner that comes and goes at once is only unrest.
const SPINNER_AFTER_SECS: f64 = 0.15;

impl View {
    /// A window with these disclosures open; `home` is what `~/` stands for. The trace hears what has
    /// come to the screen.
    pub(super) fn new(disclosed: Disclosed, home: Option<PathBuf>, trace: Trace) -> Self {
        Self {
            canvas: Canvas::default(),
            shown: None,
            inspector: Inspector::new(disclosed),
            status: StatusLine::default(),
            drawer: Drawer::default(),
            sheets: Sheets::default(),
            card: Card::default(),
            home,
            units: Units::default(),
            was_typing: false,
            loading_since: None,
            trace,
            marked: Marked::default(),
        }
    }

    /// The same for another window, to which nothing of the old one's textures is of use.
    pub(super) fn anew(&self) -> Self {
        Self::new(self.disclosed(), self.home.clone(), self.trace.clone())
    }

    /// Which disclosures are open.
    pub(super) fn disclosed(&self) -> Disclosed {
        self.inspector.disclosed
    }

    /// Is something open that keeps the keys from the window?
    pub(super) fn is_covered(&self) -> bool {
        self.sheets.open().is_some()
    }

    /// Opens the settings, or closes them.
    pub(super) fn toggle_settings(&mut self, ctx: &Context) {
        self.sheets.toggle(ctx, Sheet::Settings);
    }

    pub(super) fn window_ui(
        &mut self,
        ui: &mut Ui,
        session: &mut Session,
        drag: Option<(Hovering, Option<Pos2>)>,
        actions: &mut Vec<Action>,
    ) {
        let ctx = ui.ctx().clone();
        self.units = session.preferences.units;
        let had_popup = self.keys(ui, session.question(), actions);
        let has_controls = session.selected().is_some_and(inspector::has_controls);
        let has_drawer = has_controls && is_narrow(ui.max_rect());
        let has_panel = has_controls && !has_drawer;
        let regions = Regions::of(ui.max_rect(), has_panel);
        let theme = Theme::of(ui);
        let switch = has_drawer.then(|| DrawerSwitch { is_open: self.drawer.is_open() });
        let pressed = part(ui, "top line", regions.top, theme.panel, |ui| top_bar_ui(ui, session, switch, actions));
        if has_panel {
            part(ui, "inspector", regions.inspector, theme.panel, |ui| {
                self.inspector.inspector_ui(ui, session, false, actions);
            });
        }
        self.drawer_ui(&ctx, &regions, &pressed, session, actions);
        part(ui, "canvas", regions.canvas, theme.canvas, |ui| {
            // The invitation of the empty window would stand behind the answer to it.
            if drag.is_none() || session.selected().is_some() {
                self.content_ui(ui, session, actions);
            }
            drag_ui(ui, regions.canvas, session, drag);
        });
        if has_drawer && !self.drawer.is_open() {
            self.inspector.corner_ui(ui, regions.canvas, session, actions);
        }
        if !self.is_covered() {
            let seen = if self.drawer.is_open() { regions.beside_drawer() } else { regions.canvas };
            self.card.card_ui(ui, seen, session, self.home.as_deref(), actions);
        }
        let status = regions.status.shrink2(vec2(theme::LINE_MARGIN, 0.0));
        ui.painter().rect_filled(regions.status, 0.0, theme.panel);
        part(ui, "status line", status, theme.panel, |ui| self.status.status_ui(ui, session, actions));
        regions.lines(ui, has_panel);
        self.sheets.settle(&ctx);
        self.sheets_ui(&ctx, &pressed, session, actions);
        if had_popup {
            // The popup has had its Esc.
            ctx.input_mut(|it| it.consume_key(Modifiers::NONE, Key::Escape));
        }
        self.was_typing = ctx.text_edit_focused();
    }

    /// The keys of what is open. Esc closes one thing at a time: the text field before the menu
    /// before the sheet before the question before the drawer. Says whether a popup is to have it.
    fn keys(&mut self, ui: &Ui, question: Option<&Question>, actions: &mut Vec<Action>) -> bool {
        let ctx = ui.ctx();
        let is_typing = ctx.text_edit_focused();
        let asked = ctx.input_mut(|it| {
            it.consume_key(Modifiers::NONE, Key::F1)
                || (!is_typing && it.consume_key(Modifiers::NONE, Key::Questionmark))
        });
        if asked {
            self.sheets.toggle(ctx, Sheet::Keys);
        }
        let asks_for_path = matches!(question, Some(Question::OpenPath { .. } | Question::SavePath { .. }));
        if self.was_typing && !is_typing && (!asks_for_path || self.is_covered()) {
            ctx.input_mut(|it| it.consume_key(Modifiers::NONE, Key::Escape));
        }
        if Popup::is_any_open(ctx) {
            return true;
        }
        if !self.is_covered() {
            self.card.escape(ui, question, actions);
        }
        false
    }

    fn drawer_ui(
        &mut self,
        ctx: &Context,
        regions: &Regions,
        pressed: &Pressed,
        session: &mut Session,
        actions: &mut Vec<Action>,
    ) {
        let Some(switch) = &pressed.switch else {
            self.drawer.forget();
            return;
        };
        if switch.clicked() || ctx.input_mut(|it| it.consume_key(Modifiers::NONE, Key::F9)) {
            self.drawer.toggle(ctx, switch);
        }
        let Self { drawer, inspector, .. } = self;
        drawer.show(ctx, regions.inspector, switch, |ui, grabs_focus| {
            inspector.inspector_ui(ui, session, grabs_focus, actions);
        });
    }

    fn sheets_ui(&mut self, ctx: &Context, pressed: &Pressed, session: &mut Session, actions: &mut Vec<Action>) {
        match pressed.entry {
            Some(Entry::Sheet(sheet)) => self.sheets.toggle(ctx, sheet),
            Some(Entry::Verb(verb)) => actions.push(verb.into()),
            None => {}
        }
        match self.sheets.open() {
            Some(Sheet::Settings) => {
                let mut wants_keys = false;
                self.sheets.show(ctx, "Settings", theme::SETTINGS_SHEET, |ui| {
                    wants_keys = preferences_ui(ui, &mut session.preferences, &session.defaults);
                });
                if wants_keys {
                    self.sheets.toggle(ctx, Sheet::Keys);
                }
            }
            Some(Sheet::Keys) => self.sheets.show(ctx, "Keys", theme::TELLING_SHEET, keys_ui),
            Some(Sheet::Facts) => self.sheets.show(ctx, ABOUT, theme::TELLING_SHEET, |ui| {
                if let Some(item) = session.selected() {
                    facts_ui(ui, item, session.preferences.units);
                }
            }),
            Some(Sheet::About) => self.sheets.show(ctx, "About Inlaid", theme::TELLING_SHEET, about_ui),
            None => {}
        }
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
        let pinned = item.pinned();
        let original = match (item.original(), item.glimpsed()) {
            _ if pinned.is_some() => pinned.and_then(|it| picture(&it.painted, it.raster.size())),
            (Some(original), _) => picture(&original.painted, original.decoded.facts.size),
            (None, Some(glimpsed)) => picture(&glimpsed.painted, glimpsed.size),
            (None, None) => None,
        };
        let preview = item.preview();
        let left = pinned.map_or_else(|| original_label(item, self.units), |it| result_label(it, self.units));
        let labels = [left, preview.map(|it| result_label(it, self.units)).unwrap_or_default()];
        // Both were made at the size wanted.
        let sizing = pinned.map(|_| Sizing::default());
        let input = CanvasInput {
            original,
            result: preview.and_then(|it| picture(&it.painted, it.raster.size())),
            sizing: sizing.or(preview.map(|it| it.recipe.edits.size)).unwrap_or(item.recipe.edits.size),
            original_label: &labels[0],
            result_label: &labels[1],
            stale: item.fresh_preview().is_none(),
            page: None,
        };
        self.canvas.show(ui, &input);
        self.mark(item);
    }

    /// Tells the trace what has just come to the screen.
    fn mark(&mut self, item: &Item) {
        let [original, result] = self.canvas.is_whole();
        let now = Marked {
            glimpse: self.canvas.is_begun(),
            original: original && item.original().is_some(),
            numbers: item.result().map(|it| it.product.encoded.bytes.as_ptr().addr()),
            result: item.preview().filter(|_| result).map(|it| Arc::as_ptr(&it.painted).addr()),
        };
        let before = std::mem::replace(&mut self.marked, now);
        for (is_new, name) in [
            (now.glimpse && !before.glimpse, "first pixels"),
            (now.original && !before.original, "full preview"),
            (now.numbers.is_some() && now.numbers != before.numbers, "numbers shown"),
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
            if !theme::is_motion_reduced(ui.ctx()) {
                ui.add(egui::Spinner::new().color(Theme::of(ui).accent));
            }
            let bytes = item.source().map(|it| words::bytes(it.bytes().len() as u64, self.units));
            let bytes = bytes.or_else(|| item.received().map(|it| received_words(it, self.units)));
            let text = format!("{}{}", item.name(), bytes.map(|it| format!(" · {it}")).unwrap_or_default());
            ui.label(RichText::new(text).font(theme::secondary()).color(Theme::of(ui).weak));
        });
    }
}

/// What hangs over the window, and what a drop would do: add to the list, or replace the picture looked at.
fn drag_ui(ui: &Ui, canvas: Rect, session: &mut Session, drag: Option<(Hovering, Option<Pos2>)>) {
    let Some((hovering, pointer)) = drag else {
        session.dropped_onto = None;
        return;
    };
    // What was said last holds until it is here.
    if hovering.is_coming {
        overlay::show(ui, canvas, hovering);
        return;
    }
    let looked_at = session.selected().filter(|_| hovering.is_one()).map(|it| (it.id(), it.name().to_owned()));
    session.dropped_onto = match (looked_at, pointer) {
        (Some((id, name)), Some(pointer)) => overlay::choice(ui, canvas, hovering, &name, pointer).then_some(id),
        _ => {
            overlay::show(ui, canvas, hovering);
            None
        }
    };
}

fn picture(painted: &Painted, size: [u32; 2]) -> Option<Picture> {
    painted.clone().downcast::<Pyramid>().ok().map(|pyramid| Picture { pyramid, size })
}

/// `1.31 MB of 38.4 MB`, as far as it is known how much there will be.
fn received_words(received: Received, units: Units) -> String {
    let here = words::bytes(received.bytes, units);
    received.of.map_or_else(|| here.clone(), |it| format!("{here} of {}", words::bytes(it, units)))
}

fn original_label(item: &Item, units: Units) -> String {
    let bytes = item.source().map(|it| words::bytes(it.bytes().len() as u64, units)).unwrap_or_default();
    format!("Original · {bytes}")
}

/// `WebP 78 · 38.4 KB · −99 %`, as measured on the bytes that are seen.
fn result_label(seen: &Preview, units: Units) -> String {
    let name = match &seen.spec {
        it if it.untouched => format!("Untouched {}", seen.format.label()),
        it if it.format.has_quality() && !it.is_lossless() => format!("{} {}", it.format.label(), it.quality),
        it => it.format.label().to_owned(),
    };
    let bytes = seen.n_bytes as u64;
    let saving = words::saving(seen.of.bytes().len() as u64, bytes);
    [Some(name), Some(words::bytes(bytes, units)), saving].into_iter().flatten().collect::<Vec<_>>().join(" · ")
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
