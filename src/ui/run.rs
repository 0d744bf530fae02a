//! Opens the real window.

use super::{
    shell::{Shell, World},
    theme,
};
use crate::{
    engine::Limits,
    jobs::Intake,
    platform::{
        Doorbell, SystemClipboard, SystemDialogs, SystemOutside, home_folder, read_settings, settings_file,
        system_fonts,
    },
    session::Action,
    settings::{Settings, WindowPlace},
};
use eframe::{NativeOptions, icon_data};
use egui::ViewportBuilder;

/// The application id: Wayland's `app_id`, X11's `WM_CLASS`, the desktop file's name.
pub const APP_ID: &str = "dev.inlaid.Inlaid";

const FIRST_SIZE: [f32; 2] = [1180.0, 760.0];

/// Shows the window with these pictures until it is closed. Later starts ring at the door.
///
/// # Errors
/// A sentence for the user when there is no display or no OpenGL.
pub fn run(intakes: Vec<Intake>, doorbell: Doorbell) -> Result<(), String> {
    let settings = Settings::parse(&read_settings());
    let options = NativeOptions {
        viewport: viewport(settings.values.window),
        // The toolkit would read the clipboard on the UI thread.
        clipboard_shortcuts: false,
        ..NativeOptions::default()
    };
    let create = move |cc: &eframe::CreationContext<'_>| -> Result<Box<dyn eframe::App>, _> {
        let world = World {
            clipboard: Box::new(SystemClipboard::default()),
            dialogs: Box::new(SystemDialogs),
            outside: Box::new(SystemOutside::new(doorbell)),
            home: home_folder(),
            fonts: system_fonts(),
            limits: Limits::default(),
            settings,
            settings_file: settings_file(),
        };
        let first = if intakes.is_empty() { vec![] } else { vec![Action::Open(intakes)] };
        Ok(Box::new(Shell::new(&cc.egui_ctx, world, first)?) as Box<dyn eframe::App>)
    };
    eframe::run_native("Inlaid", options, Box::new(create)).map_err(|error| {
        format!(
            "the window could not be opened ({error}); a display and OpenGL are needed, and on Linux the libraries \
             that the README names"
        )
    })
}

fn viewport(place: Option<WindowPlace>) -> ViewportBuilder {
    let builder = ViewportBuilder::default()
        .with_app_id(APP_ID)
        .with_title("Inlaid")
        .with_min_inner_size(theme::LEAST_WINDOW)
        .with_inner_size(place.map_or(FIRST_SIZE, |it| it.size))
        .with_maximized(place.is_some_and(|it| it.maximized));
    let builder = match place.and_then(|it| it.position) {
        Some(position) => builder.with_position(position),
        None => builder,
    };
    match icon_data::from_png_bytes(include_bytes!("../../assets/icon-256.png")) {
        Ok(icon) => builder.with_icon(icon),
        Err(error) => {
            log::warn!("no window icon: {error}");
            builder
        }
    }
}
