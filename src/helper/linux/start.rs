//! Starting a helper: as a program of its own, or as a copy of this process that is just beginning.

use super::socket::Near;
use crate::helper::{
    Early, Program, Split,
    wire::{Connection, Process},
};
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
use std::{
    fs::File,
    io,
    os::{fd::OwnedFd, unix::net::UnixStream, unix::process::ExitStatusExt as _},
    process::{Command, ExitStatus, Stdio},
};

/// The variables by which fonts are found.
const FOR_FONTS: &[&str] = &["FONTCONFIG_FILE", "HOME", "LANG", "XDG_CONFIG_HOME", "XDG_DATA_HOME"];

/// Starts a helper whose standard input is a socket. It goes with the thread that calls.
///
/// # Errors
/// When it cannot be started.
pub(in crate::helper) fn start(program: &Program) -> io::Result<Connection> {
    let (ours, theirs) = UnixStream::pair()?;
    let (words, pen) = io::pipe()?;
    let mut command = Command::new(&program.path);
    command.args(&program.arguments);
    // It needs to find fonts, and nothing else.
    command.env_clear().envs(std::env::vars_os().filter(|(name, _)| FOR_FONTS.iter().any(|it| name == it)));
    command.stdin(OwnedFd::from(theirs)).stdout(Stdio::null()).stderr(pen);
    let process = command.spawn()?;
    connection(ours, File::from(OwnedFd::from(words)), Box::new(process))
}

fn connection(socket: UnixStream, words: File, process: Box<dyn Process>) -> io::Result<Connection> {
    let answers = Box::new(socket.try_clone()?);
    Ok(Connection { process, speaker: Box::new(Near(socket)), answers, last_words: Box::new(words) })
}

/// Splits a helper off this process, without starting a program again. It goes with the thread
/// that calls.
///
/// To be called where a program begins, while it has a single thread; with more, nothing is split.
///
/// # Errors
/// Those of the system.
pub(in crate::helper) fn split() -> io::Result<Split> {
    if std::fs::read_dir("/proc/self/task")?.count() != 1 {
        return Ok(Split::Program(None));
    }
    let (ours, theirs) = UnixStream::pair()?;
    let (words, pen) = io::pipe()?;
    let nothing = File::options().write(true).open("/dev/null")?;
    if let Some(child) = fork()? {
        let connection = connection(ours, File::from(OwnedFd::from(words)), Box::new(child))?;
        return Ok(Split::Program(Some(Early(connection))));
    }
    rustix::stdio::dup2_stdin(&theirs)?;
    rustix::stdio::dup2_stdout(&nothing)?;
    rustix::stdio::dup2_stderr(&pen)?;
    Ok(Split::Helper)
}

/// Splits this process; `None` in the new one.
#[expect(unsafe_code, reason = "a foreign function; the proof stands at the call")]
fn fork() -> io::Result<Option<Offshoot>> {
    // SAFETY: fork(2) copies only the thread that calls it. What is unsound about that are locks
    // and other states that threads which are not copied had left in the middle; the caller has
    // seen that there is no other thread, so whatever this one does afterwards it may do in
    // either process.
    let id = unsafe { libc::fork() };
    match id {
        0 => Ok(None),
        id => Pid::from_raw(id)
            .filter(|_| 0 < id)
            .map(|id| Some(Offshoot { id, status: None }))
            .ok_or_else(io::Error::last_os_error),
    }
}

/// A process that was split off.
struct Offshoot {
    id: Pid,
    /// How it ended: the system tells that once.
    status: Option<ExitStatus>,
}

impl Offshoot {
    fn ask(&mut self, options: WaitOptions) -> Option<ExitStatus> {
        if self.status.is_none()
            && let Ok(Some((_, status))) = waitpid(Some(self.id), options)
        {
            self.status = Some(ExitStatus::from_raw(status.as_raw()));
        }
        self.status
    }
}

impl Process for Offshoot {
    fn id(&self) -> u32 {
        self.id.as_raw_nonzero().get().unsigned_abs()
    }

    fn kill(&mut self) {
        // Once its end was told, its number may be another's.
        if self.status.is_none() {
            kill_process(self.id, Signal::KILL).ok();
        }
    }

    fn try_wait(&mut self) -> Option<ExitStatus> {
        self.ask(WaitOptions::NOHANG)
    }

    fn wait(&mut self) -> Option<ExitStatus> {
        self.ask(WaitOptions::empty())
    }
}
