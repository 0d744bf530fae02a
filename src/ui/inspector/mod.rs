//! The controls, from top to bottom in the order of the decisions: size, format, quality,
//! embedding, and the one button that copies.

mod embed;
mod format;
mod outlets;
mod size;

use super::theme;
use crate::session::{Action, Item, Session, Status};
use egui::{Panel, ScrollArea, Ui};

/// What the inspector remembers between frames.
#[derive(Debug)]
pub(super) struct Inspector {
    is_locked: bool,
    is_more_open: bool,
    copied: outlets::Copied,
}

impl Default for Inspector {
    fn default() -> Self {
        Self { is_locked: true, is_more_open: false, copied: outlets::Copied::default() }
    }
}

impl Inspector {
    pub(super) fn inspector_ui(&mut self, ui: &mut Ui, session: &mut Session, actions: &mut Vec<Action>) {
        let margin = theme::PANEL_MARGIN as i8;
        let frame = egui::Frame::NONE.inner_margin(egui::Margin::symmetric(margin, margin));
        Panel::bottom("outlets").frame(frame).show_separator_line(false).resizable(false).show(ui, |ui| {
            self.copied.outlets_ui(ui, session, actions);
        });
        egui::CentralPanel::default().frame(egui::Frame::NONE).show(ui, |ui| {
            ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                egui::Frame::NONE.inner_margin(egui::Margin { bottom: 0, ..egui::Margin::same(margin) }).show(
                    ui,
                    |ui| {
                        ui.spacing_mut().item_spacing.y = theme::ROW_GAP;
                        self.groups_ui(ui, session, actions);
                    },
                );
            });
        });
    }

    fn groups_ui(&mut self, ui: &mut Ui, session: &mut Session, actions: &mut Vec<Action>) {
        let embed = &mut session.defaults.embed.clone();
        if let Some(item) = session.selected_mut() {
            size::size_ui(ui, item, &mut self.is_locked);
            ui.add_space(theme::GROUP_GAP - theme::ROW_GAP);
            format::format_ui(ui, item, &mut self.is_more_open, actions);
            ui.add_space(theme::GROUP_GAP - theme::ROW_GAP);
            embed::embed_ui(ui, item, embed);
        }
        session.defaults.embed = *embed;
    }
}

/// Are there controls to show for this picture?
pub(super) fn has_controls(item: &Item) -> bool {
    !matches!(item.status(), Status::Failed(_))
}
