//! A desk with a compositor of Wayland instead of an X server: sway, and weston, which lets no
//! program without the focus look at the clipboard.

use super::access::nodes;
use super::desk::{Desk, PROGRAM, script, wait_for};
use std::{
    fs,
    io::BufRead as _,
    os::unix::{
        fs::{MetadataExt as _, PermissionsExt as _, chown},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// `nobody`: sway does not run for the administrator.
const USER: u32 = 65_534;
const SWAY_CONFIG: &str = "xwayland disable\noutput * resolution 1600x900\ndefault_border none\n";
/// Windows stand where a pointer can aim at them, as on a desk with an X server.
const SWAY_PLACES: &str = "focus_follows_mouse no\nmouse_warping none
for_window [app_id=\"^dev.inlaid.Inlaid$\"] floating enable, resize set 1180 760, move absolute position 0 0
for_window [title=\"^drag source$\"] floating enable, move absolute position 1300 300
for_window [app_id=\"^chrome-\"] floating enable, resize set 400 800, move absolute position 1190 0
for_window [app_id=\"^thunar$\"] floating enable, move absolute position 1190 100
";
/// What a desk of another user must be able to read.
const SCRIPTS: [&str; 8] = [
    "atspi.py",
    "clipboard.py",
    "drag_offers.py",
    "drag_qt.py",
    "drag_source.py",
    "ext_data_control.py",
    "pixels.py",
    "probe.py",
];

/// So many are started until one has a pointer.
const WESTONS: usize = 8;
/// So long a pointer may take to be seen.
const POINTER_PATIENCE: Duration = Duration::from_secs(10);
/// Nothing of weston's own where a press could start a program.
const WESTON_CONFIG: &str = "[shell]\npanel-position=none\n";

/// Every window of weston fills the screen, and when one is closed the one below has the focus again.
pub(crate) const KIOSK: &str = "--shell=kiosk-shell.so";
/// Windows of weston lie where they like.
pub(crate) const DESKTOP: &str = "--shell=desktop-shell.so";

/// Where the windows of a desk are.
pub(crate) struct Compositor {
    /// Its socket, once there is one.
    name: Option<String>,
    /// Whoever works at the desk, if that is not who runs the tests.
    user: Option<u32>,
    /// The X server that it draws on and has pointer and keyboard from, if it is not without all that.
    screen: Option<String>,
}

impl Compositor {
    pub(crate) fn lead_to<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        if let Some(user) = self.user {
            command.uid(user).gid(user);
        }
        // Unless it goes another way.
        if command.get_envs().all(|(name, _)| name != "WAYLAND_DISPLAY") {
            command.env("WAYLAND_DISPLAY", self.name.as_deref().unwrap_or_default());
        }
        command.env("WLR_LIBINPUT_NO_DEVICES", "1").env("WLR_RENDERER", "pixman");
        command.env_remove("SWAYSOCK").env_remove("WAYLAND_SOCKET");
        match (&self.name, &self.screen) {
            // Before it has a socket it is the compositor itself that is started.
            (None, Some(screen)) => command.env("DISPLAY", screen).env("WLR_BACKENDS", "x11"),
            _ => command.env_remove("DISPLAY").env("WLR_BACKENDS", "headless"),
        }
    }
}

impl Desk {
    /// A desk with sway, if end-to-end tests are wanted.
    pub(crate) fn open_sway(test: &str) -> Option<Self> {
        let mut desk = Self::furnished(test)?;
        let config = desk.folder.path().join("sway.conf");
        fs::write(&config, SWAY_CONFIG).unwrap();
        desk.enter("sway", &["--config", config.to_str().unwrap()]);
        // Without a keyboard at its seat a window would hear of the first one only after its first keys.
        desk.start_tool("wtype", &["-s", "3600000"]);
        Some(desk)
    }

    /// A desk with sway on the screen of an X server, whose pointer is at hand, if end-to-end tests are
    /// wanted.
    pub(crate) fn open_sway_on_screen(test: &str) -> Option<Self> {
        let mut desk = Self::furnished(test)?;
        desk.start_screen(&["-ac"]);
        let config = desk.folder.path().join("sway.conf");
        fs::write(&config, format!("{SWAY_CONFIG}{SWAY_PLACES}")).unwrap();
        desk.enter("sway", &["--config", config.to_str().unwrap()]);
        Some(desk)
    }

    /// A desk with weston, if end-to-end tests are wanted.
    pub(crate) fn open_weston(test: &str) -> Option<Self> {
        let mut desk = Self::furnished(test)?;
        desk.enter("weston", &["--backend=headless-backend.so", "--use-pixman", "--width=1600", "--height=900"]);
        Some(desk)
    }

    /// A desk with weston on the screen of an X server, whose keyboard and pointer are at hand, if end-to-end
    /// tests are wanted.
    pub(crate) fn open_weston_on_screen(test: &str, shell: &str) -> Option<Self> {
        // Now and then weston keeps its pointer in a corner for good. Where every window fills the screen, a press
        // there does as well, and without one there is no pointer to be seen.
        for _ in 0..WESTONS {
            let desk = Self::try_weston_on_screen(test, shell)?;
            if shell == KIOSK || desk.has_pointer() {
                return Some(desk);
            }
        }
        panic!("the pointer of weston stays in its corner");
    }

    /// Does what is seen of the pointer follow it, there and back?
    fn has_pointer(&self) -> bool {
        let look = |x: &str| {
            self.pointer(&["mousemove", x, "300"]);
            self.screen([280, 280, 340, 340])
        };
        let end = Instant::now() + POINTER_PATIENCE;
        while Instant::now() < end {
            // It adds up moves, from wherever it thought the pointer was; in the corners both are held up.
            self.pointer(&["mousemove", "1599", "899", "mousemove", "0", "0"]);
            let without = look("900");
            if look("300") != without && look("900") == without {
                return true;
            }
        }
        false
    }

    fn try_weston_on_screen(test: &str, shell: &str) -> Option<Self> {
        let mut desk = Self::furnished(test)?;
        desk.start_screen(&["-ac"]);
        let config = desk.folder.path().join("weston.ini");
        fs::write(&config, WESTON_CONFIG).unwrap();
        let config = format!("--config={}", config.display());
        let size = ["--width=1600", "--height=900", &config];
        desk.enter("weston", &[&["--backend=x11-backend.so", "--use-pixman", shell], &size[..]].concat());
        let window = wait_for("weston's window", || desk.xdotool(&["search", "--onlyvisible", "--class", "weston"]));
        desk.pointer(&["windowmove", &window, "0", "0", "windowfocus", &window]);
        Some(desk)
    }

    fn enter(&mut self, program: &str, args: &[&str]) {
        let folder = self.folder.path().to_owned();
        let is_administrator = fs::metadata(&folder).unwrap().uid() == 0;
        let user = is_administrator.then_some(USER);
        let screen = self.screen_name();
        // The folder of the sources may be closed to others.
        for name in SCRIPTS {
            fs::copy(script(name), folder.join(name)).unwrap();
        }
        fs::copy(PROGRAM, folder.join("inlaid")).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        self.compositor = Some(Compositor { name: None, user, screen: screen.clone() });
        for name in ["config", "home", "run", "pictures"] {
            self.give(&folder.join(name));
        }
        let mut compositor = Command::new(program);
        self.start(compositor.args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()));
        let name = wait_for(program, || self.runtime_names().into_iter().find(|it| is_socket(it)));
        self.compositor = Some(Compositor { name: Some(name), user, screen });
    }

    /// From now on the program meets the compositor with a newer data-control; everybody else does not.
    pub(crate) fn renew_data_control(&mut self) {
        let name = self.compositor.as_ref().and_then(|it| it.name.clone()).expect("there is a compositor");
        let [newer, behind] = ["wayland-newer", &name].map(|it| self.runtime_folder().join(it));
        let script = self.script("ext_data_control.py");
        let said = self.start_python(&script, &[newer.to_str().unwrap(), behind.to_str().unwrap()]).lines().next();
        assert_eq!(said.unwrap().unwrap(), "ready");
        self.set("WAYLAND_DISPLAY", &newer);
    }

    /// Gives a folder to whoever works at the desk.
    pub(crate) fn give(&self, folder: &Path) {
        let user = self.compositor.as_ref().and_then(|it| it.user);
        chown(folder, user, user).unwrap();
    }

    fn runtime_names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.runtime_folder()).unwrap();
        entries.map(|it| it.unwrap().file_name().into_string().unwrap()).collect()
    }

    /// The program, where whoever works at the desk can start it.
    pub(crate) fn program(&self) -> PathBuf {
        if self.compositor.is_some() { self.folder.path().join("inlaid") } else { PROGRAM.into() }
    }

    /// A script of ours, where whoever works at the desk can read it.
    pub(crate) fn script(&self, name: &str) -> PathBuf {
        let copied = self.folder.path().join(name);
        if copied.exists() { copied } else { script(name) }
    }

    /// The titles of our windows on sway. Weston does not tell; the bus of screen readers does.
    pub(crate) fn titles(&self) -> Vec<String> {
        if !self.is_sway() {
            let names = nodes(self).into_iter().map(|it| it.name);
            return names.filter(|it| it.ends_with("Inlaid")).collect();
        }
        let windows = self.windows_of_sway().into_iter().filter(|it| it["app_id"] == "dev.inlaid.Inlaid");
        windows.filter_map(|it| it["name"].as_str().map(str::to_owned)).collect()
    }

    /// What sway has a place for.
    pub(crate) fn windows_of_sway(&self) -> Vec<serde_json::Value> {
        let tree = self.sway(&["--type", "get_tree", "--raw"]);
        let mut nodes: Vec<serde_json::Value> = vec![serde_json::from_str(&tree).unwrap()];
        let mut all = vec![];
        while let Some(node) = nodes.pop() {
            let below = ["nodes", "floating_nodes"].into_iter().filter_map(|it| node[it].as_array());
            nodes.extend(below.flatten().cloned());
            all.push(node);
        }
        all
    }

    fn focus_on_sway(&self) {
        self.sway(&["[app_id=dev.inlaid.Inlaid] focus"]);
    }

    fn is_sway(&self) -> bool {
        self.runtime_names().iter().any(|it| it.starts_with("sway-ipc."))
    }

    /// The socket on which sway can be talked to: `sway-ipc.USER.PROCESS.sock`.
    fn sway_socket(&self) -> String {
        self.runtime_names().into_iter().find(|it| it.starts_with("sway-ipc.")).expect("sway runs")
    }

    /// Ends sway without a farewell.
    pub(crate) fn end_sway(&self) {
        let socket = self.sway_socket();
        self.output_of(10, "kill", &["-KILL", socket.split('.').nth(2).unwrap()]);
    }

    /// Says something to sway.
    pub(crate) fn sway(&self, words: &[&str]) -> String {
        let ipc = self.runtime_folder().join(self.sway_socket());
        self.output_of(10, "swaymsg", &[&["--socket", ipc.to_str().unwrap()], words].concat())
    }

    /// Presses keys such as `ctrl+shift+c`: on sway in our window, on weston in the one that has the focus.
    pub(crate) fn type_keys(&self, keys: &str) {
        if !self.is_sway() {
            // The press of a button gives the focus to the window below, here where it does nothing else.
            return self.pointer(&["mousemove", "700", "8", "click", "1", "key", keys]);
        }
        self.focus_on_sway();
        let (modifiers, key) = keys.rsplit_once('+').map_or((vec![], keys), |(it, key)| (it.split('+').collect(), key));
        let held = modifiers.iter().flat_map(|it| ["-M", it]);
        let let_go = modifiers.iter().flat_map(|it| ["-m", it]);
        self.output_of(10, "wtype", &held.chain(["-k", key]).chain(let_go).collect::<Vec<_>>());
    }
}

fn is_socket(name: &str) -> bool {
    name.starts_with("wayland-") && Path::new(name).extension().is_none()
}
