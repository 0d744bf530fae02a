//! The verbs: everything the user can do once, each with its words and its keys.

use super::ItemId;
use crate::jobs::Intake;

/// A verb with what it applies to.
#[derive(Clone, Debug)]
pub enum Action {
    /// Add these pictures.
    Open(Vec<Intake>),
    /// Show this picture.
    Select(ItemId),
    /// The answer to a question for a path.
    PathTyped(String),
    /// Open this image of the page that is asked about, counted from 0.
    Take(usize),
    /// One of the verbs that need no more than a key.
    Do(Verb),
}

impl From<Verb> for Action {
    fn from(verb: Verb) -> Self {
        Self::Do(verb)
    }
}

/// A verb that needs nothing but a click or a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the words of the table say what each does")]
pub enum Verb {
    Open,
    Paste,
    Copy,
    CopyImage,
    CopyText,
    Save,
    Remove,
    RemoveAll,
    Previous,
    Next,
    First,
    Last,
    Retry,
    UseUntouched,
    Encode,
    Undo,
    Redo,
    Reload,
    ReloadAlways,
    KeepOld,
    TakeAll,
    WatchClipboard,
    ShowCopied,
    LeaveCopied,
    Settings,
    Cancel,
    Dismiss,
}

/// A key of the window, without a toolkit's name for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A letter, upper case.
    Letter(char),
    /// Delete.
    Delete,
    /// Arrow to the left.
    Left,
    /// Arrow to the right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Escape.
    Escape,
    /// The comma.
    Comma,
}

/// A key with its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortcut {
    /// Ctrl, or Cmd on macOS.
    pub command: bool,
    /// Shift.
    pub shift: bool,
    /// The key.
    pub key: Key,
}

const fn plain(key: Key) -> Shortcut {
    Shortcut { command: false, shift: false, key }
}

const fn command(letter: char) -> Shortcut {
    Shortcut { command: true, shift: false, key: Key::Letter(letter) }
}

const fn command_shift(letter: char) -> Shortcut {
    Shortcut { command: true, shift: true, key: Key::Letter(letter) }
}

impl Verb {
    /// Every verb, in the order of the key list.
    pub const ALL: &[Self] = &[
        Self::Open,
        Self::Paste,
        Self::Copy,
        Self::CopyImage,
        Self::CopyText,
        Self::Save,
        Self::Remove,
        Self::RemoveAll,
        Self::Previous,
        Self::Next,
        Self::First,
        Self::Last,
        Self::Retry,
        Self::UseUntouched,
        Self::Encode,
        Self::Undo,
        Self::Redo,
        Self::Reload,
        Self::ReloadAlways,
        Self::KeepOld,
        Self::TakeAll,
        Self::WatchClipboard,
        Self::ShowCopied,
        Self::LeaveCopied,
        Self::Settings,
        Self::Cancel,
        Self::Dismiss,
    ];

    /// The words on its button and in the key list.
    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "Open…",
            Self::Paste => "Paste",
            Self::Copy => "Copy",
            Self::CopyImage => "Copy image",
            Self::CopyText => "Copy text",
            Self::Save => "Save…",
            Self::Remove => "Remove",
            Self::RemoveAll => "Remove all",
            Self::Previous => "Previous image",
            Self::Next => "Next image",
            Self::First => "First image",
            Self::Last => "Last image",
            Self::Retry => "Retry",
            Self::UseUntouched => "Use the original",
            Self::Encode => "Encode again",
            Self::Undo => "Undo",
            Self::Redo => "Redo",
            Self::Reload => "Reload",
            Self::ReloadAlways => "Always reload",
            Self::KeepOld => "Keep the old image",
            Self::TakeAll => "Take all",
            Self::WatchClipboard => "Watch clipboard",
            Self::ShowCopied => "Show the copied image",
            Self::LeaveCopied => "Leave the copied image in the list",
            Self::Settings => "Settings…",
            Self::Cancel => "Cancel",
            Self::Dismiss => "Dismiss",
        }
    }

    /// What it does, in a sentence for the tooltip and the key list.
    pub fn tooltip(self) -> &'static str {
        match self {
            Self::Open => "Open image files",
            Self::Paste => "Paste an image, files, a link, a data URL, base64, SVG, HTML or CSS",
            Self::Copy => "Copy the result as chosen under Embed as",
            Self::CopyImage => "Copy the result as an image, for programs that take one",
            Self::CopyText => "Copy the text as chosen under Embed as",
            Self::Save => "Save the result to a file",
            Self::Remove => "Remove this image from the window; the file stays",
            Self::RemoveAll => "Remove all images from the window; the files stay",
            Self::Previous => "Show the image before this one",
            Self::Next => "Show the image after this one",
            Self::First => "Show the first image",
            Self::Last => "Show the last image",
            Self::Retry => "Read the image once more",
            Self::UseUntouched => "Use the source's own bytes, its metadata included",
            Self::Encode => "Encode the image instead of using the source's bytes",
            Self::Undo => "Take back the last change of settings, or bring back what was removed",
            Self::Redo => "Do again what was taken back",
            Self::Reload => "Read the file again; the settings stay",
            Self::ReloadAlways => "Read files again whenever they change, without asking",
            Self::KeepOld => "Leave the image as it was read",
            Self::TakeAll => "Fetch every image that is listed",
            Self::WatchClipboard => "Load images as other programs copy them; the clipboard stays as it is",
            Self::ShowCopied => "Look at the image that was copied last",
            Self::LeaveCopied => "Go on with this image; what was copied stays in the list",
            Self::Settings => "Change how the program looks and works",
            Self::Cancel => "Cancel what was asked for",
            Self::Dismiss => "Take the message away",
        }
    }

    /// Its keys; the first is shown.
    pub fn shortcuts(self) -> &'static [Shortcut] {
        const OPEN: &[Shortcut] = &[command('O')];
        const PASTE: &[Shortcut] = &[command('V')];
        const COPY: &[Shortcut] = &[command('C')];
        const COPY_IMAGE: &[Shortcut] = &[command_shift('C')];
        const SAVE: &[Shortcut] = &[command('S')];
        const REMOVE: &[Shortcut] = &[command('W'), plain(Key::Delete)];
        const REMOVE_ALL: &[Shortcut] = &[command_shift('W')];
        const PREVIOUS: &[Shortcut] = &[plain(Key::Left)];
        const NEXT: &[Shortcut] = &[plain(Key::Right)];
        const FIRST: &[Shortcut] = &[plain(Key::Home)];
        const LAST: &[Shortcut] = &[plain(Key::End)];
        const UNDO: &[Shortcut] = &[command('Z')];
        const REDO: &[Shortcut] = &[command_shift('Z'), command('Y')];
        const SETTINGS: &[Shortcut] = &[Shortcut { command: true, shift: false, key: Key::Comma }];
        const CANCEL: &[Shortcut] = &[plain(Key::Escape)];
        match self {
            Self::Open => OPEN,
            Self::Paste => PASTE,
            Self::Copy => COPY,
            Self::CopyImage => COPY_IMAGE,
            Self::Save => SAVE,
            Self::Remove => REMOVE,
            Self::RemoveAll => REMOVE_ALL,
            Self::Previous => PREVIOUS,
            Self::Next => NEXT,
            Self::First => FIRST,
            Self::Last => LAST,
            Self::Undo => UNDO,
            Self::Redo => REDO,
            Self::Settings => SETTINGS,
            Self::Cancel => CANCEL,
            Self::CopyText
            | Self::Retry
            | Self::UseUntouched
            | Self::Encode
            | Self::Reload
            | Self::ReloadAlways
            | Self::KeepOld
            | Self::TakeAll
            | Self::WatchClipboard
            | Self::ShowCopied
            | Self::LeaveCopied
            | Self::Dismiss => &[],
        }
    }
}

impl Shortcut {
    /// The keys in words: `Ctrl Shift C`, with the name of the command key given.
    pub fn words(self, command_key: &str) -> String {
        let key = match self.key {
            Key::Letter(letter) => letter.to_string(),
            Key::Delete => "Delete".to_owned(),
            Key::Left => "←".to_owned(),
            Key::Right => "→".to_owned(),
            Key::Home => "Home".to_owned(),
            Key::End => "End".to_owned(),
            Key::Escape => "Esc".to_owned(),
            Key::Comma => ",".to_owned(),
        };
        let command = if self.command { format!("{command_key} ") } else { String::new() };
        let shift = if self.shift { "Shift " } else { "" };
        format!("{command}{shift}{key}")
    }
}

#[cfg(test)]
mod tests {
    use super::Verb;

    #[test]
    fn no_two_verbs_share_a_key() {
        let all: Vec<_> = Verb::ALL.iter().flat_map(|it| it.shortcuts()).collect();
        for (index, shortcut) in all.iter().enumerate() {
            assert!(!all[..index].contains(shortcut), "{shortcut:?}");
        }
    }
}
