//! The controls, from top to bottom in the order of the decisions: size, format, quality,
//! embedding, and the one button that copies.

mod aim;
mod codec;
mod embed;
mod format;
mod ground;
mod guard;
mod outlets;
mod quality;
mod size;

use super::{regions::part, theme, theme::Theme};
use crate::{
    session::{Action, Item, Session, Status},
    settings::Disclosed,
};
use egui::{Color32, Frame, Margin, Rect, ScrollArea, Ui, vec2};

/// What the inspector remembers between frames.
#[derive(Debug)]
pub(super) struct Inspector {
    size: size::SizeControls,
    copied: outlets::Copied,
    /// Which disclosures are open.
    pub(super) disclosed: Disclosed,
}

impl Inspector {
    pub(super) fn new(disclosed: Disclosed) -> Self {
        Self { size: size::SizeControls::default(), copied: outlets::Copied::default(), disclosed }
    }

    /// Shows the controls over the whole of `ui`; `grabs_focus` brings the keyboard to the first.
    pub(super) fn inspector_ui(
        &mut self,
        ui: &mut Ui,
        session: &mut Session,
        grabs_focus: bool,
        actions: &mut Vec<Action>,
    ) {
        let margin = theme::PANEL_MARGIN;
        let rect = ui.max_rect();
        let (groups, outlets) = rect.split_top_bottom_at_y(rect.bottom() - outlets::HEIGHT - 2.0 * margin);
        let is_cut_off = part(ui, "groups", groups, Color32::TRANSPARENT, |ui| {
            let scrolled = ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                let margins = Margin { bottom: 0, ..Margin::same(margin as i8) };
                Frame::NONE.inner_margin(margins).show(ui, |ui| {
                    ui.spacing_mut().item_spacing.y = theme::ROW_GAP;
                    self.groups_ui(ui, session, grabs_focus, actions);
                });
            });
            scrolled.content_size.y - scrolled.state.clamped_offset().y > scrolled.inner_rect.height() + 1.0
        });
        if is_cut_off {
            // More of the controls is below.
            ui.painter().hline(outlets.x_range(), outlets.top() + 0.5, Theme::of(ui).outline());
        }
        part(ui, "outlets", outlets, Color32::TRANSPARENT, |ui| {
            Frame::NONE.inner_margin(Margin::same(margin as i8)).show(ui, |ui| {
                self.copied.outlets_ui(ui, session, actions);
            });
        });
    }

    fn groups_ui(&mut self, ui: &mut Ui, session: &mut Session, grabs_focus: bool, actions: &mut Vec<Action>) {
        let embed = &mut session.defaults.embed.clone();
        let (compressed, mut measures) = (embed::Compressed::of(session), false);
        let (units, aims) = (session.preferences.units, session.defaults.aims);
        if let Some(item) = session.selected_mut() {
            self.size.size_ui(ui, item, units, &mut self.disclosed.size, grabs_focus);
            ui.add_space(theme::GROUP_GAP - theme::ROW_GAP);
            format::format_ui(ui, item, units, *embed, &mut self.disclosed, actions);
            if !item.recipe.output.untouched {
                ui.add_space(theme::GROUP_GAP - theme::ROW_GAP);
                aim::aim_ui(ui, item, &aims);
                format::background_ui(ui, item);
            }
            ui.add_space(theme::GROUP_GAP - theme::ROW_GAP);
            measures = embed::embed_ui(ui, item, embed, compressed, units);
        }
        session.defaults.embed = *embed;
        if measures {
            session.measure_compressed();
        }
    }

    /// The one button that copies, in the lower right corner of `canvas`: for windows where the
    /// controls are out of sight.
    pub(super) fn corner_ui(&mut self, ui: &mut Ui, canvas: Rect, session: &Session, actions: &mut Vec<Action>) {
        let width = self.copied.primary_width(ui, session);
        let size = vec2(width, theme::PRIMARY_HEIGHT);
        let corner = canvas.right_bottom() - vec2(theme::LINE_MARGIN, theme::CORNER_AIR);
        part(ui, "corner", Rect::from_min_max(corner - size, corner), Color32::TRANSPARENT, |ui| {
            self.copied.primary_ui(ui, session, actions);
        });
    }
}

/// Are there controls to show for this picture?
pub(super) fn has_controls(item: &Item) -> bool {
    !matches!(item.status(), Status::Failed(_))
}
