//! The thread that watches: waits for the word that something was copied, looks at it, and tells of images.

use super::{wayland, x11};
use crate::{
    engine::embed::Find,
    jobs::{
        JobError, guard,
        ports::{News, Pasted, Tell},
    },
    platform::clipboard::{self, NO_DISPLAY, has_x11, is_wayland, offers::Fault},
};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
};
use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io::PipeReader,
    os::fd::{AsFd as _, BorrowedFd},
};

/// Tells until the other end of `ending` is closed.
pub(super) fn watch(ending: &PipeReader, tell: &Tell) {
    let mut latest = Latest::default();
    let mut look = || {
        let copied = guard(|| Ok::<_, JobError>(clipboard::copied())).ok().flatten();
        let is_told = latest.is_new(copied.as_ref()) && !is_closed(ending);
        if let Some(copied) = copied.filter(|_| is_told) {
            tell(News::Copied(copied));
        }
    };
    if let Err(why) = watch_selection(ending, &mut look) {
        tell(News::NotWatched(why.to_string()));
    }
}

/// Looks whenever the clipboard gets another owner.
///
/// # Errors
/// When nobody tells, or no longer.
fn watch_selection(ending: &PipeReader, look: &mut dyn FnMut()) -> Result<(), Fault> {
    if is_wayland() {
        match wayland::Selection::connect() {
            Ok(selection) => return selection.watch(ending, look),
            Err(why) if !has_x11() => return Err(why),
            Err(why) => log::info!("the clipboard of X11 is watched: {why}"),
        }
    }
    if !has_x11() {
        return Err(NO_DISPLAY.into());
    }
    x11::watch(ending, look)
}

/// Waits until there is something to hear; `false` when the end is wanted.
///
/// # Errors
/// Those of waiting.
pub(super) fn hears(ear: BorrowedFd<'_>, ending: &PipeReader) -> Result<bool, Fault> {
    let mut ears = [ear, ending.as_fd()].map(|it| PollFd::from_borrowed_fd(it, PollFlags::IN));
    loop {
        match poll(&mut ears, None) {
            Ok(_) => break,
            Err(Errno::INTR) => {}
            Err(why) => return Err(why.into()),
        }
    }
    let [_, end] = &ears;
    Ok(end.revents().is_empty())
}

fn is_closed(ending: &PipeReader) -> bool {
    let mut ears = [PollFd::from_borrowed_fd(ending.as_fd(), PollFlags::IN)];
    poll(&mut ears, Some(&Timespec::default())).is_ok_and(|n_ready| 0 < n_ready)
}

/// What was copied last, by its fingerprint; nothing when that was no image.
#[derive(Default)]
struct Latest(Option<u64>);

impl Latest {
    /// Is this something else than what came before it? Some programs copy the same twice, and clipboard
    /// managers what others have copied.
    fn is_new(&mut self, copied: Option<&Pasted>) -> bool {
        let print = copied.map(print_of);
        let before = std::mem::replace(&mut self.0, print);
        print.is_some() && print != before
    }
}

fn print_of(copied: &Pasted) -> u64 {
    let mut hasher = DefaultHasher::new();
    match copied {
        Pasted::Files(paths) => paths.hash(&mut hasher),
        Pasted::Encoded(bytes) => bytes.hash(&mut hasher),
        Pasted::Found(finds) => finds.images.iter().for_each(|find| match find {
            Find::Bytes(bytes) => bytes.hash(&mut hasher),
            Find::Link(link) => link.hash(&mut hasher),
        }),
        Pasted::List(_) | Pasted::Text(_) => {}
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::{Latest, Pasted, hears, is_closed};
    use std::{io, os::fd::AsFd as _};

    #[test]
    fn the_same_image_twice_in_a_row_is_one() {
        let mut latest = Latest::default();
        let [one, two] = [1, 2].map(|it| Pasted::Encoded(vec![it]));
        let files = Pasted::Files(vec!["/a.png".into()]);
        let copied = [Some(&one), Some(&one), Some(&two), Some(&one), None, Some(&one), Some(&files), Some(&files)];
        let is_new = copied.map(|it| latest.is_new(it));
        assert_eq!(is_new, [true, false, true, true, false, true, true, false]);
    }

    #[test]
    fn the_end_is_heard_before_anything_else() {
        let ((ear, mouth), (ending, end)) = (io::pipe().unwrap(), io::pipe().unwrap());
        assert!(!is_closed(&ending));
        drop(mouth);
        assert!(hears(ear.as_fd(), &ending).unwrap());
        drop(end);
        assert!(is_closed(&ending) && !hears(ear.as_fd(), &ending).unwrap());
    }
}
