//! What segmented controls and lists have in common: one of several is chosen.
//!
//! The group is one stop of the Tab key, at what is chosen; the arrows move the choice, as in
//! every desktop's radio groups.

use egui::accesskit::Role;
use egui::{EventFilter, Id, Key, Modifiers, Rect, Response, Sense, Ui, WidgetInfo};

/// One of several, at this place.
pub(super) struct Member<'a> {
    pub(super) rect: Rect,
    pub(super) label: &'a str,
    pub(super) chosen: bool,
    /// Reached by Tab: what is chosen, or the first when nothing is.
    pub(super) stop: bool,
}

impl Member<'_> {
    /// Lets the member be pressed and names it.
    pub(super) fn interact(&self, ui: &Ui, id: Id) -> Response {
        // Everything can be pressed, only the stop takes the focus.
        let sense = if self.stop { Sense::click() } else { Sense::CLICK };
        let response = ui.interact(self.rect, id, sense);
        let (label, chosen) = (self.label, self.chosen);
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, ui.is_enabled(), chosen, label));
        response
    }
}

/// Names the group; its members follow in the same `ui`.
pub(super) fn name_group(ui: &Ui, name: &str) {
    ui.ctx().accesskit_node_builder(ui.unique_id(), |node| {
        node.set_role(Role::RadioGroup);
        node.set_label(name);
    });
}

/// Where the arrow keys move the choice, when the focus is on it; the focus goes along.
///
/// To be asked before the members are shown: only the one that is shown as the stop keeps the focus.
pub(super) fn arrow(ui: &Ui, group: Id, chosen: usize, count: usize) -> Option<usize> {
    let focused = group.with(chosen);
    if !ui.memory(|it| it.has_focus(focused)) || count == 0 {
        return None;
    }
    let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|it| it.set_focus_lock_filter(focused, filter));
    let pressed = |keys: [Key; 2]| ui.input_mut(|it| keys.into_iter().any(|key| it.consume_key(Modifiers::NONE, key)));
    let last = count - 1;
    let wanted = if pressed([Key::ArrowLeft, Key::ArrowUp]) {
        chosen.checked_sub(1).unwrap_or(last)
    } else if pressed([Key::ArrowRight, Key::ArrowDown]) {
        if chosen < last { chosen + 1 } else { 0 }
    } else if pressed([Key::Home, Key::PageUp]) {
        0
    } else if pressed([Key::End, Key::PageDown]) {
        last
    } else {
        chosen
    };
    (wanted != chosen).then(|| {
        ui.memory_mut(|it| it.request_focus(group.with(wanted)));
        wanted
    })
}
