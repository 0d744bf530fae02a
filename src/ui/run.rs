//! Opens the real window, and opens it again when the graphics driver has lost it.

use super::{
    berth::Berth,
    shell::{Shell, World},
    theme,
};
use crate::{
    engine::Limits,
    helper::Decoders,
    jobs::{Intake, Trace, error::system_words},
    platform::{
        Doorbell, SystemClipboard, SystemDialogs, SystemOutside, SystemWeb, WindowLink, drops_on, give_back_memory,
        home_folder, read_settings, settings_file, system_fonts,
    },
    session::Action,
    settings::{Settings, WindowPlace},
};
use eframe::{CreationContext, NativeOptions, icon_data};
use egui::ViewportBuilder;
use std::{
    io,
    sync::Arc,
    time::{Duration, Instant},
};

/// The application id: Wayland's `app_id`, X11's `WM_CLASS`, the desktop file's name.
pub const APP_ID: &str = "dev.inlaid.Inlaid";

const FIRST_SIZE: [f32; 2] = [1180.0, 760.0];

/// A window that is lost more often than this is not opened again.
const MAX_LOSSES: usize = 3;
const LOSSES_WITHIN: Duration = Duration::from_secs(60);

/// Shows the window with these pictures until it is closed. Later starts ring at the door; the
/// trace hears of every frame.
///
/// # Errors
/// A sentence for the user when there is no display or no OpenGL.
pub fn run(intakes: Vec<Intake>, doorbell: Doorbell, trace: Trace) -> Result<(), String> {
    let settings = Settings::parse(&read_settings());
    let mut place = settings.values.window;
    let limits = Limits::default();
    let link = WindowLink::default();
    let world = World {
        clipboard: Box::new(SystemClipboard::of(link.clone())),
        dialogs: Box::new(SystemDialogs),
        outside: Box::new(SystemOutside::new(doorbell)),
        home: home_folder(),
        decoders: Decoders::contained(&limits, None, true).map_err(|error| system_words(&error))?,
        fonts: system_fonts(),
        web: Arc::new(SystemWeb::default()),
        limits,
        settings,
        settings_file: settings_file(),
        tidy: Arc::new(give_back_memory),
        trace,
    };
    let first = if intakes.is_empty() { vec![] } else { vec![Action::Open(intakes)] };
    let mut parts = Some((world, first));
    let (berth, mut losses) = (Berth::default(), Losses::default());
    loop {
        let parts = parts.take();
        let create = |cc: &CreationContext<'_>| -> Result<Box<dyn eframe::App>, _> {
            let shell = || match parts {
                Some((world, first)) => Shell::new(&cc.egui_ctx, world, first),
                None => Err(io::Error::other("the window was lost before it was shown")),
            };
            let mut window = berth.window(&cc.egui_ctx, shell)?;
            window.listen_for_drops(drops_on(cc, &link));
            Ok(Box::new(window) as Box<dyn eframe::App>)
        };
        let Err(error) = eframe::run_native("Inlaid", options(place), Box::new(create)) else { return Ok(()) };
        if !(is_lost(&error) && berth.was_shown() && losses.is_borne(Instant::now())) {
            return Err(format!(
                "the window could not be opened ({error}); a display and OpenGL are needed, and on Linux the \
                 libraries that the README names"
            ));
        }
        log::warn!("the window was lost: {error}");
        place = berth.place().or(place);
    }
}

/// Is it the drawing that failed, and not the display or the app?
fn is_lost(error: &eframe::Error) -> bool {
    matches!(error, eframe::Error::Glutin(_) | eframe::Error::OpenGL(_) | eframe::Error::NoGlutinConfigs(..))
}

/// When the window was lost.
#[derive(Default)]
struct Losses(Vec<Instant>);

impl Losses {
    /// Counts one more; `false` when it is one too many.
    fn is_borne(&mut self, now: Instant) -> bool {
        self.0.retain(|before| now.duration_since(*before) < LOSSES_WITHIN);
        self.0.push(now);
        self.0.len() <= MAX_LOSSES
    }
}

fn options(place: Option<WindowPlace>) -> NativeOptions {
    NativeOptions {
        viewport: viewport(place),
        // The toolkit would read the clipboard on the UI thread.
        clipboard_shortcuts: false,
        // The display outlives the app, which has threads on it.
        run_and_return: true,
        ..NativeOptions::default()
    }
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

#[cfg(test)]
mod tests {
    use super::{Duration, Instant, Losses};

    #[test]
    fn a_window_that_is_lost_again_and_again_is_given_up() {
        let (mut losses, begin) = (Losses::default(), Instant::now());
        let at = |seconds: u64| begin + Duration::from_secs(seconds);
        assert!([0, 1, 2].iter().all(|it| losses.is_borne(at(*it))));
        assert!(!losses.is_borne(at(3)));
        let mut losses = Losses::default();
        assert!([0, 30, 59, 61, 95].iter().all(|it| losses.is_borne(at(*it))), "never four within a minute");
    }
}
