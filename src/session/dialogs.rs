//! Dialogs and what stands in for them where there are none.

use super::{Effect, Kind, Question, Session, Underway, absorb::file_name, notice::capitalized};
use crate::{
    engine::{embed::Link, naming},
    jobs::{Errand, Intake, Ticket, ports::DialogError},
};
use std::path::{Path, PathBuf};

impl Session {
    pub(super) fn open_dialog(&mut self) -> Vec<Effect> {
        if self.is_dialog_open {
            self.say(Kind::Plain, "A dialog is open already", None);
            return vec![];
        }
        self.take_back_path();
        self.is_dialog_open = true;
        vec![Effect::OpenDialog]
    }

    pub(super) fn files_chosen(&mut self, paths: Result<Vec<PathBuf>, DialogError>) -> Vec<Effect> {
        self.is_dialog_open = false;
        match paths {
            Ok(paths) => self.open(paths.into_iter().map(Intake::Path).collect()),
            Err(error) => {
                self.ask_for_path(Question::OpenPath { why: capitalized(&error.to_string()) }, None);
                vec![]
            }
        }
    }

    /// The dialog asked before it gave the name of an existing file; a name that we complete
    /// ourselves was never asked about.
    pub(super) fn save_chosen(&mut self, ticket: Ticket, path: Result<Option<PathBuf>, DialogError>) -> Vec<Effect> {
        self.is_dialog_open = false;
        match path {
            Ok(Some(chosen)) => {
                let Some(path) = self.path_to_save(ticket, &chosen) else { return vec![] };
                let consented = path == chosen;
                self.save(ticket, path, consented)
            }
            Ok(None) => {
                self.underway.remove(&ticket);
                vec![]
            }
            Err(error) => {
                let Some(Underway::Save { suggested, .. }) = self.underway.get(&ticket) else { return vec![] };
                let (why, suggested) = (capitalized(&error.to_string()), suggested.clone());
                self.ask_for_path(Question::SavePath { why, suggested }, Some(ticket));
                vec![]
            }
        }
    }

    /// The answer to a question for a path. Nobody was asked about replacing what is there.
    pub(super) fn path_typed(&mut self, text: &str) -> Vec<Effect> {
        let text = text.trim();
        if text.is_empty() {
            return vec![];
        }
        match self.questions.path.take() {
            None => vec![],
            Some((Question::SavePath { suggested, .. }, Some(ticket))) => {
                // What has no last name, such as `..`, is a folder, too.
                let is_folder = text.ends_with(std::path::is_separator) || Path::new(text).file_name().is_none();
                let typed = if is_folder { Path::new(text).join(suggested) } else { PathBuf::from(text) };
                let Some(path) = self.path_to_save(ticket, &typed) else { return vec![] };
                self.save(ticket, path, false)
            }
            Some(_) => {
                let is_link = Link::is_meant(text);
                self.open(vec![if is_link { Intake::Link(text.to_owned()) } else { Intake::Path(PathBuf::from(text)) }])
            }
        }
    }

    /// Takes a question for a path back; says whether there was one.
    pub(super) fn take_back_path(&mut self) -> bool {
        let Some((_, ticket)) = self.questions.path.take() else { return false };
        if let Some(ticket) = ticket {
            self.underway.remove(&ticket);
        }
        true
    }

    fn ask_for_path(&mut self, question: Question, save: Option<Ticket>) {
        self.take_back_path();
        self.questions.path = Some((question, save));
    }

    /// With the extension of the format that is saved.
    fn path_to_save(&self, ticket: Ticket, chosen: &Path) -> Option<PathBuf> {
        let Some(Underway::Save { format, .. }) = self.underway.get(&ticket) else { return None };
        Some(naming::with_extension_enforced(chosen, format.extensions()))
    }

    fn save(&mut self, ticket: Ticket, path: PathBuf, consented: bool) -> Vec<Effect> {
        let Some(Underway::Save { name, bytes, .. }) = self.underway.get_mut(&ticket) else { return vec![] };
        *name = file_name(&path);
        vec![Effect::Errand(ticket, Errand::Save { path, consented, bytes: bytes.clone() })]
    }
}
