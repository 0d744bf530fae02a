//! What jobs need of the operating system, as traits small enough to fake.

use super::{guard::Crashed, request::Intake};
use crate::engine::{
    Encoded, Raster,
    embed::{Finds, Listed, SnippetFacts, TextError},
};
use std::{any::Any, path::PathBuf, sync::Arc};

/// What a clipboard held, or what was dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pasted {
    /// Copied files.
    Files(Vec<PathBuf>),
    /// Files and links, in the order in which they were listed.
    List(Vec<Listed>),
    /// An encoded picture.
    Encoded(Vec<u8>),
    /// Images whose bytes or addresses are written in a text.
    Found(Finds),
    /// Text of any other kind.
    Text(String),
}

/// A result that goes to the clipboard as an image.
#[derive(Clone, Debug)]
pub struct CopiedImage {
    /// The bytes and what they are.
    pub encoded: Encoded,
    /// What they decode back to.
    pub pixels: Raster,
    /// The name that a file of it would have.
    pub file_name: String,
    /// What an HTML element of it says.
    pub facts: SnippetFacts,
}

/// Why the clipboard could not be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClipboardError {
    /// Nothing that could be an image, a file or a text.
    #[error("the clipboard holds no image, file, link, data URL or base64")]
    Empty,
    /// Its owner says that it is nobody else's business, as password managers do.
    #[error("the clipboard is marked as confidential, so it was left alone; copy the image again")]
    Confidential,
    /// There is no clipboard to talk to.
    #[error("the clipboard cannot be reached ({0}); try again, or save the image instead")]
    Unavailable(String),
}

/// How long what was copied can be pasted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stay {
    /// Until something else is copied.
    #[default]
    Lasting,
    /// No longer than the window is open.
    WithWindow,
}

/// The system's clipboard. Used from one thread only, and only when the user asks.
pub trait Clipboard: Send {
    /// What is there: files before encoded pictures before pixels before text.
    ///
    /// # Errors
    /// [`ClipboardError`].
    fn read(&mut self) -> Result<Pasted, ClipboardError>;

    /// The text that is there.
    ///
    /// # Errors
    /// [`ClipboardError`].
    fn read_text(&mut self) -> Result<String, ClipboardError>;

    /// Offers a text.
    ///
    /// # Errors
    /// [`ClipboardError`]; the old content stays.
    fn write_text(&mut self, text: String) -> Result<(), ClipboardError>;

    /// Offers a picture in as many kinds as the system allows, but never as text.
    ///
    /// # Errors
    /// [`ClipboardError`]; the old content stays.
    fn write_image(&mut self, image: &CopiedImage) -> Result<(), ClipboardError>;

    /// How long what was written last stays.
    fn stay(&self) -> Stay {
        Stay::default()
    }
}

/// An open dialog; calling it waits for the answer, on a thread that may.
pub type Pending<T> = Box<dyn FnOnce() -> T + Send>;

/// Why no dialog was shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DialogError {
    /// Nothing on this system shows dialogs.
    #[error(
        "no file dialog can be shown, because this system has neither a desktop portal nor zenity; \
         type the path instead"
    )]
    Missing,
    /// Something does, but not now.
    #[error("the file dialog could not be shown ({0}); type the path instead")]
    Unavailable(String),
}

impl From<Crashed> for DialogError {
    fn from(_: Crashed) -> Self {
        Self::Unavailable("it crashed".to_owned())
    }
}

/// What became of the dialog for opening; no files when it was cancelled.
pub type FilesChosen = Result<Vec<PathBuf>, DialogError>;

/// What became of the dialog for saving; no file when it was cancelled.
pub type SaveChosen = Result<Option<PathBuf>, DialogError>;

/// The system's file dialogs. Asked on the main thread, answered on another.
pub trait Dialogs {
    /// Shows a dialog for opening files; an empty answer means that it was cancelled.
    fn open_files(&self) -> Pending<FilesChosen>;

    /// Shows a dialog for saving one file; it asks before it returns the name of an existing one.
    /// `extension` comes without a dot.
    fn save_file(&self, suggested_name: &str, extension: &str) -> Pending<SaveChosen>;
}

/// The desktop's colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Light on dark.
    Dark,
    /// Dark on light.
    Light,
}

/// One of the things that hang under the pointer, as far as it can be told before they are dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dragged {
    /// A file.
    File(PathBuf),
    /// A link.
    Link,
    /// A picture.
    Image,
    /// A text, or a piece of a page, in which there may be images.
    Text,
}

/// A place in the window, from the upper left corner of its inner area.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Spot {
    /// In physical pixels.
    Pixels([i32; 2]),
    /// In pixels of the desktop, before it enlarges them.
    Logical([f32; 2]),
}

/// What becomes of a drag over the window.
#[derive(Clone, Debug)]
pub enum Drag {
    /// It would be taken if it were dropped now; never empty.
    Over(Vec<Dragged>),
    /// The pointer is here. Where the system does not tell, it is not known.
    At(Spot),
    /// It was dropped and is on its way.
    Coming,
    /// It has left, or is nothing that would be taken.
    Gone,
    /// It is here, or why not.
    Dropped(Result<Pasted, DropError>),
}

/// Why nothing was taken of what was dropped.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DropError {
    /// Nothing that could be an image, a file or a text.
    #[error("what was dropped holds no image, file, link, data URL or base64, so nothing was taken")]
    Empty,
    /// A text without an image.
    #[error("nothing was taken of the dropped text: {0}")]
    Text(#[source] TextError),
    /// Its source says that it is nobody else's business.
    #[error("what was dropped is marked as confidential, so it was left alone; drop the image itself")]
    Confidential,
    /// Its source broke off.
    #[error("what was dropped did not arrive ({0}); drop it again, or copy it and paste")]
    Unavailable(String),
}

impl From<Crashed> for DropError {
    fn from(error: Crashed) -> Self {
        Self::Unavailable(error.to_string())
    }
}

/// A place for drops of which the toolkit does not hear. Ends when it is let go.
pub trait Drops {
    /// Begins to tell of drags; called once, returns at once.
    fn listen(&mut self, tell: Tell);
}

/// What the system tells without being asked.
#[derive(Clone, Debug)]
pub enum News {
    /// The colours that the user prefers; `None` for no preference.
    Scheme(Option<Scheme>),
    /// Does the user want less motion?
    ReducedMotion(bool),
    /// This watched file was written, or put in the place of another, and has come to rest. The
    /// path is the one under which it is watched.
    Changed(PathBuf),
    /// A second start of the program leaves these to the window that is open; none when it only
    /// wants to be seen.
    HandedOver(Vec<Intake>),
    /// Something is dragged over the window.
    Drag(Drag),
    /// Another program has copied an image, while that is watched: [`Pasted::Files`], [`Pasted::Encoded`] or
    /// [`Pasted::Found`], in which no link is. The clipboard was not touched.
    Copied(Pasted),
    /// The user's browser could not be started to show a page.
    NotBrowsed {
        /// The page.
        address: String,
        /// Why.
        why: String,
    },
    /// The clipboard is not watched any more though it was asked for, and this is why.
    NotWatched(String),
}

/// Takes news; called from threads of whoever tells.
pub type Tell = Arc<dyn Fn(News) + Send + Sync>;

/// The system around the window, as far as it speaks up by itself.
pub trait Outside: Send {
    /// Begins to tell; called once, returns at once: what waits, waits on a thread of its own.
    fn listen(&mut self, tell: Tell);

    /// These files are watched from now on, and no others. Returns at once.
    fn watch(&mut self, files: Vec<PathBuf>);

    /// Does this system tell when something is copied?
    fn can_watch_clipboard(&self) -> bool {
        false
    }

    /// Tells from now on of images that other programs copy, or no longer. Returns at once.
    fn watch_clipboard(&mut self, _is_wanted: bool) {}

    /// Shows a page in the user's browser. Returns at once.
    fn browse(&mut self, _address: String) {}
}

/// A picture made ready for the screen by the window's own [`Painter`]; jobs only carry it.
pub type Painted = Arc<dyn Any + Send + Sync>;

/// Makes a [`Painted`] of a raster, on a worker thread.
pub type Painter = Arc<dyn Fn(&Raster) -> Painted + Send + Sync>;

/// Wakes the window after an event; called from worker threads.
pub type Waker = Arc<dyn Fn() + Send + Sync>;

/// Gives memory that was freed back to the system; called from a worker that has nothing to do.
pub type Tidy = Arc<dyn Fn() + Send + Sync>;
