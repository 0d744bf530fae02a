//! A desk of one's own: an X server without a screen, a window manager, a home, the program. Or with
//! a compositor of Wayland, see `compositor.rs`.

use super::{compositor::Compositor, evidence::belongs, machine};
use std::{
    fs,
    io::{self, BufRead, BufReader, Write as _},
    os::unix::{fs::PermissionsExt as _, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Output, Stdio},
    sync::{Mutex, MutexGuard, PoisonError},
    thread::sleep,
    time::{Duration, Instant},
};

/// The program itself.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_inlaid");
/// How long anything may take before it counts as not happening; generous, since the machine
/// may be busy and OpenGL runs in software.
const PATIENCE: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_millis(50);
/// The system's, which is the one with the libraries.
const PYTHON: &str = "/usr/bin/python3";

/// One at a time: two windows drawn in software on a small machine only slow each other down.
static TURN: Mutex<()> = Mutex::new(());

/// The whole setting of one test; everything in it ends with it.
pub(crate) struct Desk {
    pub(crate) folder: tempfile::TempDir,
    display: String,
    /// Instead of the X server.
    pub(crate) compositor: Option<Compositor>,
    processes: Vec<Process>,
    window: Option<(String, u32)>,
    /// Is there a bus of our own?
    has_bus: bool,
    /// What the program finds in its environment beside the rest.
    environment: Vec<(&'static str, PathBuf)>,
    _turn: MutexGuard<'static, ()>,
}

/// A child with its own group, so that what it starts goes with it.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let group = format!("-{}", self.0.id());
        Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status().ok();
        self.0.wait().ok();
    }
}

impl Drop for Desk {
    /// The last first, so that the server outlives its clients.
    fn drop(&mut self) {
        while self.processes.pop().is_some() {}
    }
}

/// Says that something was not tested; past the harness, which keeps what a passing test prints.
pub(crate) fn left_out(what: &str) {
    io::stderr().write_all(format!("left out: {what}\n").as_bytes()).unwrap();
}

/// Looks until there is something to see.
pub(crate) fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(Instant::now() < end, "waited in vain for {what}");
        sleep(PAUSE);
    }
}

/// The output of a tool that must have succeeded.
fn succeeded(program: &str, args: &[&str], output: Output) -> String {
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{program} {args:?}: {} {complaint}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

/// Where a script of ours is.
pub(crate) fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e").join(name)
}

/// Everything is allowed, and no services are known that could be started.
const BUS_CONFIG: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>ADDRESS</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>"#;

impl Desk {
    /// A desk with a window manager, if end-to-end tests are wanted.
    pub(crate) fn open(test: &str) -> Option<Self> {
        let mut desk = Self::furnished(test)?;
        desk.start_screen(&[]);
        desk.start(Command::new("openbox").stdout(Stdio::null()).stderr(Stdio::null()));
        wait_for("the window manager", || desk.xdotool(&["get_num_desktops"]));
        Some(desk)
    }

    /// An X server without a screen.
    pub(crate) fn start_screen(&mut self, args: &[&str]) {
        let mut server = Command::new("Xvfb");
        server.args(["-displayfd", "1", "-screen", "0", "1600x900x24", "-noreset", "-nolisten", "tcp"]).args(args);
        server.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0);
        server.env("HOME", self.home());
        let mut server = Process(server.spawn().expect("Xvfb starts"));
        let mut number = String::new();
        BufReader::new(server.0.stdout.take().unwrap()).read_line(&mut number).unwrap();
        self.display = format!(":{}", number.trim().parse::<u32>().expect("Xvfb names its display"));
        self.processes.push(server);
    }

    /// The X server, if there is one.
    pub(crate) fn screen_name(&self) -> Option<String> {
        (!self.display.is_empty()).then(|| self.display.clone())
    }

    /// A desk without a display, if end-to-end tests are wanted.
    pub(crate) fn furnished(test: &str) -> Option<Self> {
        if std::env::var_os("INLAID_E2E").is_none_or(|it| it.is_empty() || it == "0") {
            left_out(&format!("{test} (INLAID_E2E=1 runs it in a real window without a screen)"));
            return None;
        }
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = tempfile::tempdir().unwrap();
        for name in ["config", "home", "run", "pictures"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        // As the session makes it: nobody else may enter.
        fs::set_permissions(folder.path().join("run"), fs::Permissions::from_mode(0o700)).unwrap();
        Some(Self {
            folder,
            display: String::new(),
            compositor: None,
            processes: vec![],
            window: None,
            has_bus: false,
            environment: vec![],
            _turn: turn,
        })
    }

    /// The folder that everything started here calls home.
    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// A path in the folder for pictures.
    pub(crate) fn picture(&self, name: &str) -> PathBuf {
        self.folder.path().join("pictures").join(name)
    }

    pub(crate) fn settings_file(&self) -> PathBuf {
        self.folder.path().join("config/inlaid/settings.json")
    }

    /// What the program remembers from an earlier start. The window stands at a known place, so
    /// that others can aim at it.
    pub(crate) fn remember(&self, format: &str) {
        let window = r#"{ "width": 1180, "height": 760, "x": 0, "y": 0, "maximized": false }"#;
        self.write_settings(&format!(r#"{{ "format": "{format}", "window": {window} }}"#));
    }

    pub(crate) fn write_settings(&self, text: &str) {
        let folder = self.settings_file().parent().unwrap().to_owned();
        fs::create_dir_all(&folder).unwrap();
        fs::write(self.settings_file(), text).unwrap();
        self.give(&folder);
    }

    /// The environment of this desk, and nothing of the developer's own session.
    fn furnish<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let place = |name: &str| self.folder.path().join(name);
        match &self.compositor {
            Some(compositor) => compositor.lead_to(command),
            None => command.env("DISPLAY", &self.display).env_remove("WAYLAND_DISPLAY"),
        };
        command
            .env("HOME", place("home"))
            .env("XDG_CONFIG_HOME", place("config"))
            .env("XDG_RUNTIME_DIR", place("run"))
            // Without a bus there is no portal, and dialogs come from zenity.
            .env("DBUS_SESSION_BUS_ADDRESS", self.bus_address())
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env("NO_AT_BRIDGE", "1")
            .env("LC_ALL", "C.UTF-8")
            // All servers are on this machine.
            .env("no_proxy", "*")
            .env_remove("XAUTHORITY")
            .current_dir(place("home"))
    }

    fn bus_address(&self) -> String {
        let name = if self.has_bus { "run/bus" } else { "run/none" };
        format!("unix:path={}", self.folder.path().join(name).display())
    }

    /// A session bus of our own, on which nothing is started by itself.
    pub(crate) fn start_bus(&mut self) {
        self.has_bus = true;
        let config = self.folder.path().join("bus.conf");
        let address = self.bus_address();
        fs::write(&config, BUS_CONFIG.replace("ADDRESS", &address)).unwrap();
        let mut daemon = Command::new("dbus-daemon");
        daemon.args(["--nofork", "--config-file", config.to_str().unwrap()]);
        self.start(daemon.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()));
        wait_for("the bus", || self.folder.path().join("run/bus").exists().then_some(()));
    }

    /// The bus on which programs meet a screen reader, and the word that there is one.
    pub(crate) fn start_accessibility(&mut self) {
        self.start_bus();
        let mut launcher = Command::new("/usr/libexec/at-spi-bus-launcher");
        launcher.arg("--launch-immediately").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        // There is no service that would remember settings.
        self.start(launcher.env("GSETTINGS_BACKEND", "memory"));
        self.python("atspi.py", &["wake"]);
    }

    /// From now on the program finds no other programs, such as zenity.
    pub(crate) fn hide_programs(&mut self) {
        self.set("PATH", &self.folder.path().join("home"));
    }

    /// From now on the program finds this in its environment.
    pub(crate) fn set(&mut self, name: &'static str, value: &Path) {
        self.environment.push((name, value.to_owned()));
    }

    /// Starts something that runs until the end of the test; returns its place in the list.
    pub(crate) fn start(&mut self, command: &mut Command) -> usize {
        self.furnish(command).process_group(0);
        let name = command.get_program().to_owned();
        self.processes.push(Process(command.spawn().unwrap_or_else(|it| panic!("{name:?}: {it}"))));
        self.processes.len() - 1
    }

    /// Runs a tool to its end, which may not be far.
    pub(crate) fn run(&self, seconds: u32, program: &str, args: &[&str]) -> Output {
        let mut command = Command::new("timeout");
        command.args(["--kill-after=2", &seconds.to_string(), program]).args(args).stdin(Stdio::null());
        self.furnish(&mut command).output().unwrap_or_else(|it| panic!("{program}: {it}"))
    }

    /// The same in some folder.
    pub(crate) fn run_in(&self, folder: &Path, seconds: u32, program: &str, args: &[&str]) -> Output {
        let folder = format!("--chdir={}", folder.display());
        self.run(seconds, "env", &[&[folder.as_str(), program], args].concat())
    }

    /// The same with a tool for the X server, which may lie below a compositor.
    fn run_on_screen(&self, program: &str, args: &[&str]) -> Output {
        let display = format!("DISPLAY={}", self.display);
        self.run(10, "env", &[&[display.as_str(), program], args].concat())
    }

    /// The output of a tool that must succeed.
    pub(crate) fn output_of(&self, seconds: u32, program: &str, args: &[&str]) -> String {
        succeeded(program, args, self.run(seconds, program, args))
    }

    /// The first line of what xdotool says, if it has something to say.
    pub(crate) fn xdotool(&self, args: &[&str]) -> Option<String> {
        let output = self.run_on_screen("xdotool", args);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let line = text.lines().next().unwrap_or_default().to_owned();
        (output.status.success() && !line.is_empty()).then_some(line)
    }

    /// xdotool where silence is success.
    pub(crate) fn pointer(&self, args: &[&str]) {
        succeeded("xdotool", args, self.run_on_screen("xdotool", args));
    }

    /// The program in a focused window with this title.
    pub(crate) fn launch(&mut self, inputs: &[&Path], title: &str) {
        self.launch_with(inputs, title, Stdio::null());
    }

    /// The same, with standard input in our hands.
    pub(crate) fn launch_listening(&mut self, inputs: &[&Path], title: &str) -> ChildStdin {
        let index = self.launch_with(inputs, title, Stdio::piped());
        self.processes[index].0.stdin.take().unwrap()
    }

    fn launch_with(&mut self, inputs: &[&Path], title: &str, stdin: Stdio) -> usize {
        let index = self.begin(inputs, stdin);
        self.find_window();
        self.wait_for_title(title);
        index
    }

    /// The program, wherever its window will be.
    pub(crate) fn begin(&mut self, inputs: &[&Path], stdin: Stdio) -> usize {
        let mut program = Command::new(self.program());
        program.envs(self.environment.iter().map(|(name, value)| (name, value)));
        let index = self.start(program.args(inputs).stdin(stdin));
        self.window = Some((String::new(), self.processes[index].0.id()));
        index
    }

    /// Finds the window of the program that was launched, and gives it the focus.
    pub(crate) fn find_window(&mut self) {
        if self.compositor.is_some() {
            // A new window has the focus.
            return;
        }
        let window = wait_for("the window", || self.windows().into_iter().next());
        self.focus(&window);
        self.window = Some((window, self.window().1));
    }

    /// The program once more, beside the one that was launched.
    pub(crate) fn start_program(&mut self, args: &[&str]) {
        self.start(Command::new(PROGRAM).args(args).stdin(Stdio::null()));
    }

    /// The program once more, with so many files that it hands to the window; until it has.
    pub(crate) fn hand_over(&self, files: &[PathBuf]) {
        let mut command = Command::new("timeout");
        command.args(["20", PROGRAM]).args(files).stdin(Stdio::null());
        let output = self.furnish(command.envs(self.environment.iter().map(|it| (it.0, &it.1)))).output().unwrap();
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{}: {complaint}", output.status);
    }

    /// The windows of the program that can be seen.
    pub(crate) fn windows(&self) -> Vec<String> {
        let output = self.run(10, "xdotool", &["search", "--onlyvisible", "--class", "dev.inlaid.Inlaid"]);
        String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
    }

    /// Sends a signal to the program that was launched.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.window().1.to_string();
        self.output_of(10, "kill", &[&format!("-{name}"), &id]);
    }

    /// From now on the program can start no others.
    pub(crate) fn forbid_processes(&self) {
        let id = self.window().1.to_string();
        self.output_of(10, "prlimit", &["--pid", &id, "--nproc=1:1"]);
    }

    pub(crate) fn focus(&self, window: &str) {
        wait_for("the focus", || {
            self.run(10, "xdotool", &["windowactivate", window]);
            (self.xdotool(&["getwindowfocus"])? == window).then_some(())
        });
    }

    fn window(&self) -> &(String, u32) {
        self.window.as_ref().expect("the program was launched")
    }

    pub(crate) fn wait_for_title(&self, title: &str) {
        let (window, _) = self.window();
        let mut last = None;
        let end = Instant::now() + PATIENCE;
        while last.as_deref() != Some(title) {
            assert!(Instant::now() < end, "the title is {last:?}, not {title:?}");
            last = match &self.compositor {
                Some(_) => self.titles().into_iter().next(),
                None => self.xdotool(&["getwindowname", window]),
            };
            sleep(PAUSE);
        }
    }

    /// Presses keys in our window.
    pub(crate) fn press(&self, keys: &str) {
        if self.compositor.is_some() {
            return self.type_keys(keys);
        }
        let (window, _) = self.window();
        self.focus(window);
        self.pointer(&["key", keys]);
    }

    /// Another client becomes the owner of the clipboard and stays it.
    pub(crate) fn offer(&mut self, kind: &str, content: &[u8]) {
        let (program, args) = match &self.compositor {
            Some(_) => ("wl-copy", vec!["--foreground", "--type", kind]),
            None => ("xclip", vec!["-selection", "clipboard", "-in", "-quiet", "-target", kind]),
        };
        let mut owner = Command::new(program);
        let owner = owner.args(args).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let index = self.start(owner);
        self.processes[index].0.stdin.take().unwrap().write_all(content).unwrap();
        wait_for("the offer", || self.offered().lines().any(|it| it == kind).then_some(()));
    }

    /// The kinds of content on the clipboard, one a line.
    pub(crate) fn offered(&self) -> String {
        let kinds = match &self.compositor {
            Some(_) => self.run(10, "wl-paste", &["--list-types"]).stdout,
            None => self.clipboard("TARGETS"),
        };
        String::from_utf8_lossy(&kinds).into_owned()
    }

    /// What another client reads from the clipboard.
    pub(crate) fn clipboard(&self, kind: &str) -> Vec<u8> {
        match &self.compositor {
            Some(_) => self.run(60, "wl-paste", &["--no-newline", "--type", kind]).stdout,
            None => self.run(60, "xclip", &["-selection", "clipboard", "-out", "-target", kind]).stdout,
        }
    }

    /// The text that another client reads, as soon as there is one.
    pub(crate) fn copied_text(&self) -> String {
        wait_for("a copied text", || {
            let text = String::from_utf8(self.clipboard("UTF8_STRING")).ok()?;
            (!text.is_empty()).then_some(text)
        })
    }

    /// The same, once it is a text of ours and nobody else's.
    pub(crate) fn copied_text_of_ours(&self) -> String {
        wait_for("our text", || (!self.keepers().is_empty()).then_some(()));
        self.copied_text()
    }

    /// The processes that keep the clipboard of this desk.
    pub(crate) fn keepers(&self) -> Vec<u32> {
        let home = self.home();
        let is_keeper = |id: &u32| {
            let folder = PathBuf::from(format!("/proc/{id}"));
            let words = fs::read(folder.join("cmdline")).unwrap_or_default();
            words.split(|it| *it == 0).any(|it| it == b"--clipboard-keeper") && belongs(&folder, &home)
        };
        let entries = fs::read_dir("/proc").unwrap().flatten();
        entries.filter_map(|it| it.file_name().to_str()?.parse().ok()).filter(is_keeper).collect()
    }

    /// The folder that lasts as long as the session.
    pub(crate) fn runtime_folder(&self) -> PathBuf {
        self.folder.path().join("run")
    }

    /// Starts another program that runs until the end of the test.
    pub(crate) fn start_tool(&mut self, program: &str, args: &[&str]) {
        let mut tool = Command::new(program);
        self.start(tool.args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()));
    }

    /// What the screen shows; `left, top, right, bottom` in pixels.
    pub(crate) fn screen(&self, [left, top, right, bottom]: [i32; 4]) -> Vec<u8> {
        let path = self.picture("screen.ppm");
        let corners = [left, top, right, bottom].map(|it| it.to_string()).join(",");
        // A busy server may keep one client waiting for long.
        let script = self.script("pixels.py");
        let args = [script.to_str().unwrap(), "grab", path.to_str().unwrap(), &corners];
        wait_for("a look at the screen", || self.run_on_screen(PYTHON, &args).status.success().then_some(()));
        fs::read(path).unwrap()
    }

    /// Something for people to look at, beside the other products of the build.
    fn kept(name: &str) -> PathBuf {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("e2e");
        fs::create_dir_all(&folder).unwrap();
        folder.join(name)
    }

    /// Keeps a report.
    pub(crate) fn keep(&self, name: &str, content: &[u8]) {
        fs::write(Self::kept(name), content).unwrap();
    }

    /// A picture of the window.
    pub(crate) fn keep_screenshot(&self, name: &str) {
        let path = Self::kept(name);
        // With the frame that openbox draws around the place of `remember`.
        self.python("pixels.py", &["grab", path.to_str().unwrap(), "0,0,1182,785"]);
    }

    /// Runs one of our scripts to its end.
    pub(crate) fn python(&self, script: &str, args: &[&str]) -> String {
        let script = self.script(script);
        self.output_of(30, PYTHON, &[&[script.to_str().unwrap()], args].concat())
    }

    /// Starts a script that runs on; gives what it says, line by line.
    pub(crate) fn start_python(&mut self, script: &Path, args: &[&str]) -> impl BufRead + use<> {
        let mut python = Command::new(PYTHON);
        let index = self.start(python.arg("-u").arg(script).args(args).stdin(Stdio::null()).stdout(Stdio::piped()));
        BufReader::new(self.processes[index].0.stdout.take().unwrap())
    }

    /// Starts a script for the X server, which may lie below a compositor.
    pub(crate) fn start_python_on_screen(&mut self, script: &Path, args: &[&str]) {
        let display = format!("DISPLAY={}", self.display);
        self.start_tool("env", &[&[display.as_str(), PYTHON, script.to_str().unwrap()], args].concat());
    }

    /// Processor time that the program has used so far, in clock ticks.
    pub(crate) fn ticks(&self) -> u64 {
        machine::ticks(Path::new(&format!("/proc/{}", self.window().1))).unwrap()
    }

    /// The program's exit status, as soon as it has ended.
    pub(crate) fn wait_for_end(&mut self) -> Option<i32> {
        let id = self.window().1;
        let process = self.processes.iter_mut().find(|it| it.0.id() == id).unwrap();
        wait_for("the end", || process.0.try_wait().unwrap()).code()
    }

    /// Is the program still there?
    pub(crate) fn is_alive(&mut self) -> bool {
        let id = self.window().1;
        self.processes.iter_mut().any(|it| it.0.id() == id && it.0.try_wait().unwrap().is_none())
    }
}
