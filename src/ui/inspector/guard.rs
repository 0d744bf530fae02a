//! The question before a size that would take a lot of memory; until it is answered the old size
//! stays in force.

use crate::{
    engine::{edit::geometry, recipe::Sizing},
    session::{Item, ItemId},
    settings::Units,
    ui::{
        theme::{self, Theme},
        widgets::command_chip,
        words,
    },
};
use egui::{RichText, Ui, accesskit::Live};

/// Pixels above so many bytes are asked about first.
const HEAVY_BYTES: u64 = 1_000_000_000;
const BYTES_A_PIXEL: u64 = 4;

/// The size that waits for the user's word.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Guard {
    waiting: Option<(ItemId, Sizing)>,
}

/// A picture as the guard has to know it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Natural {
    pub(super) size: [u32; 2],
    pub(super) is_vector: bool,
}

impl Natural {
    /// What a sizing makes of it.
    fn made(self, sizing: &Sizing) -> [u32; 2] {
        geometry(self.size, sizing, self.is_vector).canvas
    }
}

fn bytes([width, height]: [u32; 2]) -> u64 {
    (u64::from(width) * u64::from(height)).saturating_mul(BYTES_A_PIXEL)
}

/// Has this step to be asked about? What was heavy before and does not get heavier has not.
fn is_asked_about(before: [u32; 2], wanted: [u32; 2]) -> bool {
    HEAVY_BYTES.max(bytes(before)) < bytes(wanted)
}

impl Guard {
    /// Takes a heavy change back until it is agreed to; `before` was in force before the controls
    /// were shown.
    pub(super) fn hold_back(&mut self, item: &mut Item, natural: Natural, before: Sizing) {
        let id = item.id();
        let sizing = &mut item.recipe.edits.size;
        let is_other = self.waiting.is_some_and(|(of, _)| of != id);
        if *sizing == before && !is_other {
            return;
        }
        // Another picture, or another size wanted since.
        self.waiting = None;
        if *sizing != before && is_asked_about(natural.made(&before), natural.made(sizing)) {
            self.waiting = Some((id, *sizing));
            *sizing = before;
        }
    }

    /// Asks, if there is something to ask.
    pub(super) fn guard_ui(&mut self, ui: &mut Ui, item: &mut Item, natural: Natural, units: Units) {
        let Some((id, wanted)) = self.waiting else { return };
        if id != item.id() {
            return;
        }
        let sizing = &mut item.recipe.edits.size;
        let [size, kept] = [&wanted, &*sizing].map(|it| natural.made(it));
        let [width, height] = size.map(|it| words::thousands(it.into()));
        let text = format!("{width} × {height} pixels need {}", words::bytes(bytes(size), units));
        let text = RichText::new(text).font(theme::secondary()).color(Theme::of(ui).warning);
        let label = ui.add(egui::Label::new(text).wrap());
        ui.ctx().accesskit_node_builder(label.id, |node| node.set_live(Live::Assertive));
        ui.horizontal(|ui| {
            if command_chip(ui, "Use anyway").clicked() {
                *sizing = wanted;
                self.waiting = None;
            }
            if command_chip(ui, &format!("Keep {}", words::pixels(kept))).clicked() {
                self.waiting = None;
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::is_asked_about;

    #[test]
    fn only_what_gets_heavier_than_a_gigabyte_is_asked_about() {
        // 20,000 × 12,500 × 4 = 1,000,000,000.
        assert!(!is_asked_about([100, 100], [20_000, 12_500]));
        assert!(is_asked_about([100, 100], [20_000, 12_501]));
        assert!(is_asked_about([20_000, 13_000], [20_000, 13_001]));
        assert!(!is_asked_about([20_000, 13_001], [20_000, 13_000]));
        assert!(is_asked_about([1, 1], [u32::MAX, u32::MAX / 4]));
        // 2³¹ × 2³¹ × 4 is 2⁶⁴, which is one more than the largest number there is.
        assert!(is_asked_about([1, 1], [1 << 31, 1 << 31]));
    }
}
