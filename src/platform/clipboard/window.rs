//! The clipboard through the window's own data device, where the compositor lets nobody near it but the
//! window that has the focus. What is copied so goes with the window.

use super::{
    keeper::{
        Order, folder,
        pipes::{LAST_PATIENCE, PATIENCE, Pipes},
        stock::Stock,
    },
    made_of,
    offers::{Fault, Offers},
};
use crate::{
    engine::{Format, Raster},
    platform::wayland::{Line, Outlet, Wanted, read_patiently},
};
use std::{
    io::{self, PipeReader, Read as _},
    os::fd::AsFd as _,
    sync::mpsc,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// So long the end waits for whoever still hands out: a file that was made for others is removed by then.
const FAREWELL: Duration = Duration::from_millis(300);
const GLANCE: Duration = Duration::from_millis(2);

/// What the window is offered.
pub(super) struct WindowOffers {
    line: Line,
    /// By its number; none when there is nothing on the clipboard.
    offer: Option<u64>,
    kinds: Vec<String>,
}

impl WindowOffers {
    /// # Errors
    /// When the window does not have the focus, or has ended.
    pub(super) fn new(line: Line) -> Result<Self, Fault> {
        let (offer, kinds) = line.selection()?.unzip();
        Ok(Self { line, offer, kinds: kinds.unwrap_or_default() })
    }
}

impl Offers for WindowOffers {
    fn kinds(&self) -> &[String] {
        &self.kinds
    }

    fn take(&mut self, kind: &str) -> Result<Option<Vec<u8>>, Fault> {
        let Some(offer) = self.offer else { return Ok(None) };
        read_patiently(self.line.receive(offer, kind)?).map(Some)
    }
}

/// Hands out what was copied, each copy on a thread of its own until something else is copied.
#[derive(Default)]
pub(super) struct Owner {
    threads: Vec<JoinHandle<()>>,
}

impl Owner {
    /// Has the window own this from now on. A PNG is made of the pixels when somebody asks for one.
    ///
    /// # Errors
    /// When the window does not have the focus, has ended, or the compositor does not let it.
    pub(super) fn own(
        &mut self,
        line: Line,
        order: Order,
        bytes: Vec<u8>,
        pixels: Option<Raster>,
    ) -> Result<(), Fault> {
        self.threads.retain(|it| !it.is_finished());
        let (answer, answers) = mpsc::channel();
        let hand_out = move || {
            let png = Box::new(move |_: &[u8]| made_of(pixels.as_ref()?, Format::Png));
            let begun = Stock::new(order, bytes, png).and_then(|stock| Ok((begun(&line, &stock)?, stock)));
            // The line leads to a window that need not be there any more.
            drop(line);
            match begun {
                Ok((wanted, stock)) => {
                    answer.send(Ok(())).ok();
                    folder::sweep();
                    hand_out(stock, wanted).unwrap_or_else(|why| log::warn!("what was copied is gone: {why}"));
                }
                Err(why) => drop(answer.send(Err(why))),
            }
        };
        self.threads.push(thread::Builder::new().name("copied".to_owned()).spawn(hand_out)?);
        answers.recv()?
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        let deadline = Instant::now() + FAREWELL;
        while self.threads.iter().any(|it| !it.is_finished()) && Instant::now() < deadline {
            thread::park_timeout(GLANCE);
        }
    }
}

/// What is asked for, and the ear that hears of it.
type Counter = (mpsc::Receiver<Wanted>, PipeReader);

fn begun(line: &Line, stock: &Stock) -> Result<Counter, Fault> {
    let (wants, wanted) = mpsc::channel();
    let (ear, wake) = io::pipe()?;
    let kinds = stock.kinds().into_iter().map(str::to_owned).collect();
    line.own(kinds, Outlet::new(wants, wake))?;
    Ok((wanted, ear))
}

/// Hands out until something else is copied or the window is closed, and whoever is taking has taken all.
fn hand_out(mut stock: Stock, (wanted, mut ear): Counter) -> Result<(), Fault> {
    let mut pipes = Pipes::default();
    loop {
        match wanted.try_recv() {
            Ok(Wanted { kind, pipe }) => {
                let Some(bytes) = stock.content(&kind) else { continue };
                pipes.add(pipe, bytes).unwrap_or_else(|why| log::warn!("{kind} is not handed out: {why}"));
            }
            Err(mpsc::TryRecvError::Disconnected) => break,
            Err(mpsc::TryRecvError::Empty) => {
                // Each byte comes after what it stands for.
                if pipes.send(ear.as_fd(), PATIENCE)? && ear.read(&mut [0; 64])? == 0 {
                    break;
                }
            }
        }
    }
    stock.forget_file();
    let (silence, _voice) = io::pipe()?;
    while !pipes.is_empty() {
        pipes.send(silence.as_fd(), LAST_PATIENCE)?;
    }
    Ok(())
}
