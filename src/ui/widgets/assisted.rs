//! Numbers that assistive technology may set or step.

use egui::accesskit::{Action, ActionData};
use egui::{Response, Ui};

/// Says that the number of this control lies between the `ends` and may be set and stepped.
pub(in crate::ui) fn offer_number(ui: &Ui, response: &Response, [least, most]: [f64; 2], step: f64) {
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_min_numeric_value(least);
        node.set_max_numeric_value(most);
        node.set_numeric_value_step(step);
        for action in [Action::SetValue, Action::Increment, Action::Decrement] {
            node.add_action(action);
        }
    });
}

/// What assistive technology makes of `number` in this frame; the caller keeps it between the ends.
pub(in crate::ui) fn assisted_number(ui: &Ui, response: &Response, number: f64, step: f64) -> f64 {
    ui.input(|it| {
        let count = |action| it.num_accesskit_action_requests(response.id, action) as f64;
        let stepped = number + step * (count(Action::Increment) - count(Action::Decrement));
        let set = it.accesskit_action_requests(response.id, Action::SetValue).filter_map(|it| match it.data {
            Some(ActionData::NumericValue(value)) if value.is_finite() => Some(value),
            _ => None,
        });
        set.last().unwrap_or(stepped)
    })
}
