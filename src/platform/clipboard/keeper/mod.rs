//! The keeper: another process of this executable, without a window, that owns the clipboard and
//! hands out what was copied, however much it is and however long the window has been gone. It ends
//! by itself when something else is copied.
//!
//! ```text
//! window                                keeper
//!   order + bytes ──── its input ────▶  owns the clipboard, says so
//!   input stays open                    serves: bytes, PNG, HTML, a file, each when it is asked for
//!   window ends ────── end of input ─▶  X11: offers all to a clipboard manager, if there is one
//!                                       something else is copied: removes its file and ends
//! ```
//!
//! The managers of Wayland take what they want when it is copied.

pub(super) mod folder;
mod handoff;
pub(super) mod pipes;
pub(super) mod stock;
mod wayland;
mod x11;

use super::{NO_DISPLAY, has_x11, is_wayland, offers::Fault};
use crate::{
    engine::{Bytes, Format, embed::SnippetFacts},
    helper::own_executable,
    jobs::{error::system_words, ports::ClipboardError},
};
use serde::{Deserialize, Serialize};
use std::{
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    os::unix::process::CommandExt as _,
    process::{Child, ChildStdin, Command, ExitCode, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};
use stock::Stock;

/// The first argument of a keeper; not one that people would use.
pub const ARGUMENT: &str = "--clipboard-keeper";

/// So long a keeper may take for each piece of what it is given, and then to own the clipboard.
const PATIENCE: Duration = Duration::from_secs(10);
const PIECE_BYTES: usize = 1 << 20;
/// What a keeper says when it owns the clipboard; anything else is why it does not.
const KEPT: &str = "kept";
/// Longer orders are none of ours.
const MOST_ORDER_BYTES: u32 = 1 << 20;

/// Does the compositor let programs without the focus copy?
pub(super) fn has_data_control() -> bool {
    wayland::Compositor::connect().is_ok()
}

/// Makes a PNG of encoded bytes, if that can be done.
pub type PngMaker = Box<dyn Fn(&[u8]) -> Option<Vec<u8>>>;

/// What is copied; its bytes follow.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Order {
    what: What,
    n_bytes: u64,
}

#[derive(Debug, Serialize, Deserialize)]
enum What {
    /// In UTF-8.
    Text,
    Image {
        format: String,
        file_name: String,
        size: [u32; 2],
        density: u32,
        alt: String,
    },
}

impl Order {
    pub(super) fn text(text: &str) -> Self {
        Self { what: What::Text, n_bytes: text.len() as u64 }
    }

    pub(super) fn image(bytes: &Bytes, format: Format, file_name: &str, facts: &SnippetFacts) -> Self {
        let SnippetFacts { size, density, alt } = facts.clone();
        let (format, file_name) = (format.id().to_owned(), file_name.to_owned());
        Self { what: What::Image { format, file_name, size, density, alt }, n_bytes: bytes.len() as u64 }
    }
}

/// The keeper that was started last. It goes on when this is dropped.
#[derive(Default)]
pub(super) struct Keeper {
    /// Held open as long as the window is there.
    input: Option<ChildStdin>,
    /// Those that have not been seen to end.
    running: Vec<Child>,
}

impl Keeper {
    /// Has this kept from now on, instead of what was before.
    ///
    /// # Errors
    /// [`ClipboardError::Unavailable`] when no keeper can be started or it cannot own the clipboard.
    pub(super) fn keep(&mut self, order: &Order, bytes: &Bytes) -> Result<(), ClipboardError> {
        let unavailable = |why: Fault| ClipboardError::Unavailable(why.to_string());
        self.running.retain_mut(|it| !matches!(it.try_wait(), Ok(Some(_))));
        let mut child = start().map_err(unavailable)?;
        match handed_over(&mut child, order, bytes, PATIENCE) {
            Ok(input) => {
                // Only now: the one before must not think that the window has gone while it owns.
                self.input = Some(input);
                self.running.push(child);
                Ok(())
            }
            Err(why) => {
                // One that is gone already need not be ended.
                child.kill().ok();
                child.wait().ok();
                Err(unavailable(why))
            }
        }
    }
}

fn start() -> Result<Child, Fault> {
    let mut command = Command::new(own_executable());
    // Where the window was started is nothing to stay in.
    command.arg(ARGUMENT).current_dir("/").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    // What the terminal sends to the window is not meant for it.
    let unstarted = |why| format!("its helper cannot be started: {}", system_words(&why));
    Ok(command.process_group(0).spawn().map_err(unstarted)?)
}

/// Gives a keeper what it is to keep, until it says what has become of it. It is waited for as long as it goes on
/// taking.
fn handed_over(child: &mut Child, order: &Order, bytes: &Bytes, patience: Duration) -> Result<ChildStdin, Fault> {
    let (mut input, output) = child.stdin.take().zip(child.stdout.take()).ok_or("its helper has no ears")?;
    let order = postcard::to_allocvec(order)?;
    let head = [&u32::try_from(order.len())?.to_le_bytes()[..], &order].concat();
    let bytes = bytes.clone();
    // A pipe is written to without a limit, so another thread does it; it ends when the keeper is ended. For each
    // piece that is taken it says nothing, and then the answer.
    let (sender, said) = mpsc::channel();
    let talk = move || {
        for piece in [&*head].into_iter().chain(bytes.chunks(PIECE_BYTES)) {
            // Who takes no more may still say why.
            if input.write_all(piece).is_err() || sender.send(None).is_err() {
                break;
            }
        }
        let mut answer = String::new();
        let read = BufReader::new(output).read_line(&mut answer).map(|_| (input, answer));
        // Nobody listens any more when it took too long.
        sender.send(Some(read)).ok();
    };
    thread::Builder::new().name("keeper's answer".to_owned()).spawn(talk)?;
    loop {
        let Some(answer) = said.recv_timeout(patience).map_err(|_silence| "its helper does not answer")? else {
            continue;
        };
        let (input, answer) = answer?;
        return match answer.trim() {
            KEPT => Ok(input),
            "" => Err("its helper has ended".into()),
            why => Err(why.into()),
        };
    }
}

/// Keeps what the input holds until something else is copied; for the other process.
pub fn keep_clipboard(png: PngMaker) -> ExitCode {
    let mut output = io::stdout();
    let mut say = |words: &str| writeln!(output, "{words}").and_then(|()| output.flush());
    let begun = received().and_then(|(order, bytes)| owned(Stock::new(order, bytes, png)?));
    let served = match begun {
        Ok(serve) => say(KEPT).map_err(Fault::from).and_then(|()| {
            folder::sweep();
            serve()
        }),
        // Whoever does not hear it hears the end.
        Err(why) => say(&why.to_string()).map_err(Fault::from).and(Err(why)),
    };
    if let Err(why) = &served {
        log::warn!("the clipboard is no longer kept: {why}");
    }
    if served.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Hands out until something else is copied.
type Serve = Box<dyn FnOnce() -> Result<(), Fault>>;

/// Becomes the owner. Where the compositor lets no program copy that has no window, the X server
/// beside it may: what is copied there, compositors pass on.
fn owned(stock: Stock) -> Result<Serve, Fault> {
    if is_wayland() {
        match wayland::Compositor::connect() {
            Ok(compositor) => {
                let server = compositor.own(stock)?;
                return Ok(Box::new(|| server.serve()));
            }
            Err(why) if !has_x11() => return Err(why),
            Err(why) => log::info!("the clipboard of X11 is used: {why}"),
        }
    }
    if !has_x11() {
        return Err(NO_DISPLAY.into());
    }
    let server = x11::Server::new(stock)?;
    let (window, kinds) = (server.window(), server.lasting_kinds());
    Ok(Box::new(move || {
        thread::Builder::new().name("hand-over".to_owned()).spawn(move || {
            wait_for_end_of_input();
            handoff::hand_over(window, &kinds);
        })?;
        server.serve()
    }))
}

fn received() -> Result<(Order, Vec<u8>), Fault> {
    let mut input = io::stdin().lock();
    let mut length = [0; 4];
    input.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length);
    if MOST_ORDER_BYTES < length {
        return Err("the order is too long".into());
    }
    let mut order = vec![];
    (&mut input).take(length.into()).read_to_end(&mut order)?;
    let order: Order = postcard::from_bytes(&order)?;
    let mut bytes = vec![];
    (&mut input).take(order.n_bytes).read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < order.n_bytes {
        return Err("the order breaks off".into());
    }
    Ok((order, bytes))
}

/// Nothing else comes; a fault is an end too.
fn wait_for_end_of_input() {
    io::copy(&mut io::stdin().lock(), &mut io::sink()).ok();
}

#[cfg(test)]
mod tests {
    use super::{Order, What, handed_over};
    use crate::engine::Bytes;
    use std::{
        process::{Command, Stdio},
        time::Duration,
    };

    /// More than a pipe has room for, to a program that stands in for the keeper.
    fn fed(script: &str, patience: Duration) -> Result<(), String> {
        let bytes = Bytes::from(vec![7; 4_000_000]);
        let order = Order { what: What::Text, n_bytes: bytes.len() as u64 };
        let mut child = Command::new("sh");
        let mut child = child.args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let handed = handed_over(&mut child, &order, &bytes, patience);
        child.kill().unwrap();
        child.wait().unwrap();
        handed.map(drop).map_err(|it| it.to_string())
    }

    #[test]
    fn a_keeper_that_hangs_is_given_up_even_while_it_is_fed() {
        let silence = Err("its helper does not answer".to_owned());
        let soon = Duration::from_millis(200);
        assert_eq!(fed("exec sleep 600", soon), silence);
        assert_eq!(fed("head -c 3000000 > /dev/null; exec sleep 600", soon), silence);
        assert_eq!(fed("head -c 4000000 > /dev/null; exec sleep 600", soon), silence);
    }

    #[test]
    fn a_keeper_says_what_has_become_of_its_order() {
        let patience = Duration::from_secs(60);
        assert_eq!(fed("head -c 4000000 > /dev/null; echo kept; exec sleep 600", patience), Ok(()));
        assert_eq!(fed("head -c 100 > /dev/null; echo no room", patience), Err("no room".to_owned()));
        assert_eq!(fed("head -c 100 > /dev/null", patience), Err("its helper has ended".to_owned()));
    }
}
