//! A sheet over the dimmed window: settings, keys, facts, about. The keyboard stays on it while it is
//! open and returns to where it was.

use super::theme::{self, Theme};
use super::widgets::{Icon, IconButton};
use egui::accesskit::Role;
use egui::{
    Align, Context, FocusDirection, Frame, Id, Key, Layout, Margin, Modal, Modifiers, RichText, ScrollArea, Ui, vec2,
};

/// Which sheet is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sheet {
    /// What the program remembers of the user's wishes.
    Settings,
    /// The list of keys.
    Keys,
    /// What is known of the selected picture.
    Facts,
    /// Name, version, licence.
    About,
}

/// The sheets of the window, of which one at most is open.
#[derive(Default)]
pub(super) struct Sheets {
    open: Option<Opened>,
    /// What gets the focus back, once the sheet no longer keeps it from others.
    returning: Option<(Id, u8)>,
}

struct Opened {
    sheet: Sheet,
    /// What had the focus before.
    before: Option<Id>,
    n_frames: u8,
}

/// Room left around a sheet in a low window.
const AIR: f32 = 32.0;
const HEADER: f32 = 44.0;
/// What an arrow key moves a long sheet by.
const STEP: f32 = 48.0;

impl Sheets {
    /// The sheet that is open.
    pub(super) fn open(&self) -> Option<Sheet> {
        self.open.as_ref().map(|it| it.sheet)
    }

    /// Shows a sheet; the one that is open already is closed instead.
    pub(super) fn toggle(&mut self, ctx: &Context, sheet: Sheet) {
        let before = self.open.as_ref().map_or_else(|| ctx.memory(egui::Memory::focused), |it| it.before);
        if self.open() == Some(sheet) {
            self.close(ctx);
        } else {
            self.open = Some(Opened { sheet, before, n_frames: 0 });
        }
        ctx.request_repaint();
    }

    fn close(&mut self, ctx: &Context) {
        self.returning = self.open.take().and_then(|it| it.before).map(|it| (it, 0));
        ctx.request_repaint();
    }

    /// Brings the focus back after a sheet was closed; called at the end of every frame.
    pub(super) fn settle(&mut self, ctx: &Context) {
        match &mut self.returning {
            // The sheet keeps the focus from others in the frame after its last.
            Some((_, n_frames @ 0)) => {
                *n_frames = 1;
                ctx.request_repaint();
            }
            Some((before, _)) => {
                ctx.memory_mut(|it| it.request_focus(*before));
                self.returning = None;
            }
            None => {}
        }
    }

    /// Shows the open sheet with this content.
    pub(super) fn show(&mut self, ctx: &Context, title: &str, width: f32, content: impl FnOnce(&mut Ui)) {
        let Some(opened) = &mut self.open else { return };
        // What lies below gives the focus up one frame after the sheet has appeared.
        if opened.n_frames == 1 {
            ctx.memory_mut(|it| {
                it.stop_text_input();
                if let Some(focused) = it.focused() {
                    it.surrender_focus(focused);
                }
                it.move_focus(FocusDirection::Next);
            });
        }
        opened.n_frames = opened.n_frames.saturating_add(1).min(2);
        if opened.n_frames < 2 {
            ctx.request_repaint();
        }
        let id = Id::unique("sheet");
        let room = ctx.content_rect().size() - vec2(AIR, AIR);
        let area = Modal::default_area(id).default_size(room).role(Role::Dialog).accessible_name(title.to_owned());
        let theme = Theme::when(ctx.global_style().visuals.dark_mode);
        let frame = Frame::popup(&ctx.global_style()).inner_margin(Margin::ZERO).corner_radius(10.0);
        let modal = Modal::new(id).area(area).frame(frame).backdrop_color(theme.backdrop()).show(ctx, |ui| {
            ui.set_width(width.min(room.x));
            // It grows with its content, not only as far as it was before.
            ui.set_max_height(room.y);
            let mut is_closed = false;
            // Drawn last, so that the Tab key comes to the close button last.
            let (header, _) = ui.allocate_exact_size(vec2(ui.available_width(), HEADER), egui::Sense::hover());
            body(ui, room.y - HEADER, content);
            let header = header.shrink2(vec2(theme::PANEL_MARGIN, 0.0));
            ui.scope_builder(egui::UiBuilder::new().max_rect(header), |ui| is_closed = header_ui(ui, title));
            is_closed
        });
        if modal.inner || modal.should_close() {
            self.close(ctx);
        }
    }
}

fn header_ui(ui: &mut Ui, title: &str) -> bool {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let is_closed = ui.add(IconButton::new(Icon::Close, "Close").key("Esc")).clicked();
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let heading = ui.label(RichText::new(title).font(theme::strong()).color(Theme::of(ui).text));
            ui.ctx().accesskit_node_builder(heading.id, |node| {
                node.set_role(Role::Heading);
                node.set_label(title);
            });
        });
        is_closed
    })
    .inner
}

/// The content, which scrolls when the window is low.
fn body(ui: &mut Ui, height: f32, content: impl FnOnce(&mut Ui)) {
    ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show(ui, |ui| {
        let margin = theme::PANEL_MARGIN as i8;
        Frame::NONE.inner_margin(Margin { top: 0, ..Margin::same(margin) }).show(ui, |ui| {
            ui.set_width(ui.available_width());
            content(ui);
            scroll_by_keys(ui);
        });
    });
}

/// What is left of the keys when no control wanted them.
pub(super) fn scroll_by_keys(ui: &mut Ui) {
    let count = |key| ui.input_mut(|it| it.count_and_consume_key(Modifiers::NONE, key)) as f32;
    let steps = count(Key::PageUp) * 4.0 - count(Key::PageDown) * 4.0;
    if steps != 0.0 {
        ui.scroll_with_delta(vec2(0.0, steps * STEP));
    }
}
