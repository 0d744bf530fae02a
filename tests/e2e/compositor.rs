//! A desk with a compositor of Wayland instead of an X server: sway, and weston, which lets no
//! program without the focus look at the clipboard.

use super::desk::{Desk, PROGRAM, script, wait_for};
use std::{
    fs,
    os::unix::{
        fs::{MetadataExt as _, PermissionsExt as _, chown},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// `nobody`: sway does not run for the administrator.
const USER: u32 = 65_534;
const SWAY_CONFIG: &str = "xwayland disable\noutput * resolution 1600x900\ndefault_border none\n";
/// What a desk of another user must be able to read.
const SCRIPTS: [&str; 3] = ["atspi.py", "clipboard.py", "pixels.py"];

/// Where the windows of a desk are.
pub(crate) struct Compositor {
    /// Its socket, once there is one.
    name: Option<String>,
    /// Whoever works at the desk, if that is not who runs the tests.
    user: Option<u32>,
}

impl Compositor {
    pub(crate) fn lead_to<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        if let Some(user) = self.user {
            command.uid(user).gid(user);
        }
        command.env("WAYLAND_DISPLAY", self.name.as_deref().unwrap_or_default());
        command.env("WLR_BACKENDS", "headless").env("WLR_LIBINPUT_NO_DEVICES", "1").env("WLR_RENDERER", "pixman");
        command.env_remove("DISPLAY").env_remove("SWAYSOCK").env_remove("WAYLAND_SOCKET")
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

    /// A desk with weston, if end-to-end tests are wanted.
    pub(crate) fn open_weston(test: &str) -> Option<Self> {
        let mut desk = Self::furnished(test)?;
        desk.enter("weston", &["--backend=headless-backend.so", "--use-pixman", "--width=1600", "--height=900"]);
        Some(desk)
    }

    fn enter(&mut self, program: &str, args: &[&str]) {
        let folder = self.folder.path().to_owned();
        let is_administrator = fs::metadata(&folder).unwrap().uid() == 0;
        let user = is_administrator.then_some(USER);
        // The folder of the sources may be closed to others.
        for name in SCRIPTS {
            fs::copy(script(name), folder.join(name)).unwrap();
        }
        fs::copy(PROGRAM, folder.join("inlaid")).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        self.compositor = Some(Compositor { name: None, user });
        for name in ["config", "home", "run", "pictures"] {
            self.give(&folder.join(name));
        }
        let mut compositor = Command::new(program);
        self.start(compositor.args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()));
        let name = wait_for(program, || self.runtime_names().into_iter().find(|it| is_socket(it)));
        self.compositor = Some(Compositor { name: Some(name), user });
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

    /// The titles of our windows on sway.
    pub(crate) fn titles(&self) -> Vec<String> {
        let ipc = self.runtime_names().into_iter().find(|it| it.starts_with("sway-ipc.")).expect("sway runs");
        let ipc = self.runtime_folder().join(ipc);
        let tree = self.output_of(10, "swaymsg", &["--socket", ipc.to_str().unwrap(), "--type", "get_tree", "--raw"]);
        let mut nodes: Vec<serde_json::Value> = vec![serde_json::from_str(&tree).unwrap()];
        let mut titles = vec![];
        while let Some(node) = nodes.pop() {
            nodes.extend(node["nodes"].as_array().into_iter().flatten().cloned());
            if node["app_id"] == "dev.inlaid.Inlaid" {
                titles.extend(node["name"].as_str().map(str::to_owned));
            }
        }
        titles
    }

    /// Presses keys such as `ctrl+shift+c` in the window that has the focus.
    pub(crate) fn type_keys(&self, keys: &str) {
        let (modifiers, key) = keys.rsplit_once('+').map_or((vec![], keys), |(it, key)| (it.split('+').collect(), key));
        let held = modifiers.iter().flat_map(|it| ["-M", it]);
        let let_go = modifiers.iter().flat_map(|it| ["-m", it]);
        self.output_of(10, "wtype", &held.chain(["-k", key]).chain(let_go).collect::<Vec<_>>());
    }
}

fn is_socket(name: &str) -> bool {
    name.starts_with("wayland-") && Path::new(name).extension().is_none()
}
