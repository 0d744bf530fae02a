//! The errand lane: clipboard transfers and files, in order, never dropped.

use super::{
    JobError, Shared,
    guard::guard,
    ports::{Clipboard, Pasted},
    request::{Errand, Event, Ticket},
    save::{Replace, SaveError, save},
};
use crate::engine::embed::images_in_text;
use std::{
    path::{Path, PathBuf},
    sync::mpsc,
};

/// Works until the sender is gone. The clipboard is dropped at the end, which lets it hand
/// its content over to a clipboard manager.
pub(super) fn run(shared: &Shared, errands: &mpsc::Receiver<(Ticket, Errand)>, mut clipboard: Box<dyn Clipboard>) {
    for (ticket, errand) in errands {
        if let Some(event) = carry_out(ticket, errand, &mut *clipboard) {
            shared.send(event);
        }
    }
}

fn carry_out(ticket: Ticket, errand: Errand, clipboard: &mut dyn Clipboard) -> Option<Event> {
    match errand {
        Errand::Paste => Some(Event::Pasted(guard(|| Ok(recognised(clipboard.read()?))))),
        Errand::PasteText => Some(Event::PastedText(guard(|| Ok(clipboard.read_text()?)))),
        Errand::CopyText(snippet) => {
            let mut write = || clipboard.write_text(snippet.to_string()).map(|()| clipboard.stay());
            Some(Event::Copied { ticket, result: guard(|| Ok(write()?)) })
        }
        Errand::CopyImage(image) => {
            let mut write = || clipboard.write_image(&image).map(|()| clipboard.stay());
            Some(Event::Copied { ticket, result: guard(|| Ok(write()?)) })
        }
        Errand::Save { path, consented, bytes } => {
            let replace = if consented { Replace::Allowed } else { Replace::Never };
            Some(Event::Saved { ticket, result: guard(|| save_chosen(path, &bytes, replace)) })
        }
        Errand::Keep { path, text } => guard(|| keep(&path, &text)).err().map(Event::NotKept),
    }
}

/// The images in a text; a text without any is kept, to be told about.
fn recognised(pasted: Pasted) -> Pasted {
    match pasted {
        Pasted::Text(text) => images_in_text(&text).map_or(Pasted::Text(text), Pasted::Found),
        other => other,
    }
}

fn save_chosen(path: PathBuf, bytes: &[u8], replace: Replace) -> Result<PathBuf, JobError> {
    save(&path, bytes, replace)?;
    Ok(path)
}

fn keep(path: &Path, text: &str) -> Result<(), JobError> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(SaveError::from)?;
    }
    Ok(save(path, text.as_bytes(), Replace::Allowed)?)
}
