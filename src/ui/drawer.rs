//! The controls as a drawer over the canvas, in windows too narrow for a place of their own.

use super::theme::Theme;
use egui::accesskit::Role;
use egui::{Area, Context, Id, Key, Modifiers, Order, Popup, Rect, Response, Ui};

/// Whether the drawer is open, and where the keyboard was before.
#[derive(Debug, Default)]
pub(super) struct Drawer {
    opened: Option<Opened>,
}

#[derive(Debug)]
struct Opened {
    /// What had the focus.
    before: Option<Id>,
    /// The drawer takes the focus in its second pass: in the first it is only measured.
    n_passes: u8,
}

impl Drawer {
    pub(super) fn is_open(&self) -> bool {
        self.opened.is_some()
    }

    /// Opens or closes, as its switch and its key ask for.
    pub(super) fn toggle(&mut self, ctx: &Context, switch: &Response) {
        if self.is_open() {
            self.close(ctx, switch.id);
        } else {
            self.opened = Some(Opened { before: ctx.memory(egui::Memory::focused), n_passes: 0 });
        }
        ctx.request_repaint();
    }

    /// There is no drawer any more: the window is wide, or the picture is gone.
    pub(super) fn forget(&mut self) {
        self.opened = None;
    }

    fn close(&mut self, ctx: &Context, otherwise: Id) {
        if let Some(opened) = self.opened.take() {
            ctx.memory_mut(|it| it.request_focus(opened.before.unwrap_or(otherwise)));
        }
    }

    /// Shows the open drawer; `content` is told whether it is to take the focus. Esc, the switch
    /// and a press elsewhere close it.
    pub(super) fn show(&mut self, ctx: &Context, rect: Rect, switch: &Response, content: impl FnOnce(&mut Ui, bool)) {
        let Some(opened) = &mut self.opened else { return };
        let grabs_focus = opened.n_passes == 1;
        if opened.n_passes == 0 {
            ctx.request_repaint();
        }
        opened.n_passes = opened.n_passes.saturating_add(1).min(2);
        let id = Id::unique("drawer");
        let has_popup = Popup::is_any_open(ctx);
        let area = Area::new(id).order(Order::Middle).fixed_pos(rect.min).constrain(false).fade_in(false);
        area.role(Role::Region).accessible_name("Controls of the result").show(ctx, |ui| {
            ui.set_min_size(rect.size());
            ui.set_max_size(rect.size());
            // A click between the controls is not one on what lies below.
            ui.interact(rect, id.with("ground"), egui::Sense::CLICK | egui::Sense::DRAG);
            let theme = Theme::of(ui);
            ui.painter().add(ui.visuals().popup_shadow.as_shape(rect, 0.0));
            ui.painter().rect_filled(rect, 0.0, theme.panel);
            ui.painter().vline(rect.left() + 0.5, rect.y_range(), theme.outline());
            content(ui, grabs_focus);
        });
        let pressed = ctx.input(|it| it.pointer.any_pressed().then(|| it.pointer.interact_pos()).flatten());
        // What lies above the window, such as a question, is not elsewhere.
        let is_above = |at| ctx.layer_id_at(at).is_some_and(|it| it.order >= Order::Foreground);
        let is_outside = pressed.is_some_and(|at| !rect.contains(at) && !switch.rect.contains(at) && !is_above(at));
        let is_covered = ctx.memory(|it| it.top_modal_layer().is_some());
        if is_outside && !has_popup && !is_covered {
            self.opened = None;
        } else if !has_popup && !is_covered && ctx.input_mut(|it| it.consume_key(Modifiers::NONE, Key::Escape)) {
            self.close(ctx, switch.id);
        }
    }
}
