//! The top line: which picture, what is known of it, the ways in, and what else there is.

use super::{
    facts::facts_words,
    intake::key_words,
    menu::{Entry, menu_ui},
    sheet::Sheet,
    theme::{self, Theme},
    widgets::{Button, Icon, IconButton, notice},
    words,
};
use crate::{
    session::{Action, Item, Session, Verb},
    settings::Units,
};
use egui::{Align, FontId, Layout, Rect, Response, RichText, Ui, UiBuilder, vec2};

/// Room for the facts before the name is shortened, in points.
const NAME_SHARE: f32 = 0.45;
const GAP: f32 = 10.0;

/// The switch of the drawer, where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DrawerSwitch {
    pub(super) is_open: bool,
}

/// What was pressed that the session knows nothing of.
#[derive(Default)]
pub(super) struct Pressed {
    pub(super) entry: Option<Entry>,
    /// The switch of the drawer, where it is shown.
    pub(super) switch: Option<Response>,
}

/// The name of the facts, which lead to a sheet with all of them.
pub(super) const ABOUT: &str = "About this picture";
/// What the drawer holds: the name of its switch.
const DRAWER: &str = "Size and format";

pub(super) fn top_bar_ui(
    ui: &mut Ui,
    session: &Session,
    drawer: Option<DrawerSwitch>,
    actions: &mut Vec<Action>,
) -> Pressed {
    let line = ui.max_rect().shrink2(vec2(theme::LINE_MARGIN, 0.0));
    let with_keys = line.width() + 2.0 * theme::LINE_MARGIN >= theme::DRAWER_BELOW;
    let right = right_width(ui, session, drawer.is_some(), with_keys);
    let (left, right) = line.split_left_right_at_x(line.right() - right);
    let asks_for_facts = side(ui, left.with_max_x(left.right() - GAP), |ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        ui.label(RichText::new("Inlaid").font(theme::strong()).color(Theme::of(ui).text));
        session.selected().is_some_and(|item| item_ui(ui, item, session.preferences.units))
    });
    side(ui, right, |ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        if session.selected().is_some() {
            steps_ui(ui, session, actions);
            ways_in_ui(ui, with_keys, actions);
        }
        let switch = drawer.map(|it| ui.add(IconButton::new(Icon::Sliders, DRAWER).key("F9").on(it.is_open)));
        let entry = menu_ui(ui, session).or(asks_for_facts.then_some(Entry::Sheet(Sheet::Facts)));
        Pressed { switch, entry }
    })
}

fn side<R>(ui: &mut Ui, rect: Rect, show: impl FnOnce(&mut Ui) -> R) -> R {
    let builder = UiBuilder::new().max_rect(rect).layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(builder, show).inner
}

/// How wide the right side is: it is measured first, because the keyboard meets it left to right.
fn right_width(ui: &Ui, session: &Session, has_switch: bool, with_keys: bool) -> f32 {
    let mut widths = vec![IconButton::WIDTH; 1 + usize::from(has_switch)];
    if session.selected().is_some() {
        for (verb, text) in WAYS_IN {
            let key = key_words(ui.ctx(), verb);
            let button = Button::new(text);
            widths.push(if with_keys { button.key(&key) } else { button }.width(ui));
        }
        if let Some(place) = place_words(session) {
            widths.extend([STEPS[0].1, STEPS[1].1].map(|it| Button::new(it).width(ui)));
            widths.push(text_width(ui, &place, theme::secondary()));
        }
    }
    (widths.iter().sum::<f32>() + GAP * (widths.len() - 1) as f32).ceil()
}

const WAYS_IN: [(Verb, &str); 2] = [(Verb::Open, "Open"), (Verb::Paste, "Paste")];
const STEPS: [(Verb, &str); 2] = [(Verb::Previous, "‹"), (Verb::Next, "›")];

fn ways_in_ui(ui: &mut Ui, with_keys: bool, actions: &mut Vec<Action>) {
    for (verb, text) in WAYS_IN {
        let key = key_words(ui.ctx(), verb);
        let tip = format!("{} ({key})", verb.tooltip());
        let button = Button::new(text);
        let button = if with_keys { button.key(&key).tip(verb.tooltip()) } else { button.tip(&tip) };
        if ui.add(button).clicked() {
            actions.push(verb.into());
        }
    }
}

/// `2 of 3`, among several.
fn place_words(session: &Session) -> Option<String> {
    let (index, n_items) = (session.selected_index()?, session.items().len());
    (1 < n_items).then(|| format!("{} of {n_items}", index + 1))
}

/// Where among several, with the way to the neighbours.
fn steps_ui(ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
    let Some(place) = place_words(session) else { return };
    for (verb, text) in STEPS {
        if verb == Verb::Next {
            ui.label(RichText::new(&place).font(theme::secondary()).color(Theme::of(ui).weak));
        }
        let button = ui.add(Button::new(text));
        button.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, verb.label()));
        let tip = format!("{} ({})", verb.label(), key_words(ui.ctx(), verb));
        if button.on_hover_text(tip).clicked() {
            actions.push(verb.into());
        }
    }
}

/// Name and facts; says whether more of them is asked for.
fn item_ui(ui: &mut Ui, item: &Item, units: Units) -> bool {
    let theme = Theme::of(ui);
    let room = ui.available_width();
    let facts = facts_words(item, units);
    // What the facts do not need is the name's.
    let beside = text_width(ui, &facts, theme::secondary()) + ui.spacing().item_spacing.x;
    let name_room = (room - beside).max(room * NAME_SHARE);
    let name = words::middle(item.name(), |it| text_width(ui, it, theme::body()) <= name_room);
    let label = ui.label(RichText::new(&name).font(theme::body()).color(theme.text));
    if name != item.name() {
        label.on_hover_text(item.name());
    }
    if facts.is_empty() {
        return false;
    }
    let pressable = notice(ui, &facts, theme.weak, true);
    ui.ctx().accesskit_node_builder(pressable.id, |node| {
        node.set_label(ABOUT);
        node.set_description(facts);
    });
    let bytes = item.source().map(|it| format!(": {}", words::exact_bytes(it.bytes().len() as u64)));
    pressable.on_hover_text(format!("{ABOUT}{}", bytes.unwrap_or_default())).clicked()
}

fn text_width(ui: &Ui, text: &str, font: FontId) -> f32 {
    ui.painter().layout_no_wrap(text.to_owned(), font, Theme::of(ui).text).size().x
}
