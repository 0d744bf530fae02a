//! Where the app waits between two windows: pictures, settings and work under way outlive a
//! window that the graphics driver has lost.

use super::shell::Shell;
use crate::{jobs::ports::Drops, settings::WindowPlace};
use egui::{Context, Ui};
use std::{cell::RefCell, io, rc::Rc};

/// The place where a window leaves its app when it goes.
#[derive(Clone, Default)]
pub struct Berth(Rc<RefCell<Moored>>);

#[derive(Default)]
struct Moored {
    shell: Option<Shell>,
    was_shown: bool,
}

impl Berth {
    /// A window with the app that waits here, or else with a new one.
    ///
    /// # Errors
    /// Those of making a new one.
    pub fn window(&self, ctx: &Context, new: impl FnOnce() -> io::Result<Shell>) -> io::Result<Window> {
        let waiting = self.0.borrow_mut().shell.take();
        let shell = match waiting {
            Some(mut shell) => {
                shell.move_to(ctx);
                shell
            }
            None => new()?,
        };
        Ok(Window { shell: Some(shell), n_frames: 0, berth: self.clone() })
    }

    /// Has there been a window that was drawn? A driver that never could is not worth another try.
    pub fn was_shown(&self) -> bool {
        self.0.borrow().was_shown
    }

    /// Where the window was that the waiting app had.
    pub fn place(&self) -> Option<WindowPlace> {
        self.0.borrow().shell.as_ref()?.place()
    }
}

/// The app as the toolkit gets it.
pub struct Window {
    /// There until the end.
    shell: Option<Shell>,
    n_frames: u64,
    berth: Berth,
}

impl Window {
    /// The app in it; for tests of the whole window.
    pub fn shell(&self) -> Option<&Shell> {
        self.shell.as_ref()
    }

    /// Listens for drops in this place, for as long as the window is there.
    pub fn listen_for_drops(&mut self, drops: Option<Box<dyn Drops>>) {
        if let Some(shell) = &mut self.shell {
            shell.listen_for_drops(drops);
        }
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        self.listen_for_drops(None);
        let mut moored = self.berth.0.borrow_mut();
        moored.shell = self.shell.take();
        // The second frame comes after the first was put on the screen.
        moored.was_shown |= 1 < self.n_frames;
    }
}

impl eframe::App for Window {
    fn logic(&mut self, ctx: &Context, frame: &mut eframe::Frame) {
        if let Some(shell) = &mut self.shell {
            shell.logic(ctx, frame);
        }
    }

    fn ui(&mut self, ui: &mut Ui, frame: &mut eframe::Frame) {
        self.n_frames += 1;
        if let Some(shell) = &mut self.shell {
            shell.ui(ui, frame);
        }
    }

    fn raw_input_hook(&mut self, ctx: &Context, raw_input: &mut egui::RawInput) {
        if let Some(shell) = &mut self.shell {
            shell.raw_input_hook(ctx, raw_input);
        }
    }

    fn on_exit(&mut self, gl: Option<&eframe::glow::Context>) {
        if let Some(shell) = &mut self.shell {
            shell.on_exit(gl);
        }
    }
}
