//! Results to where they belong, in the order of the inputs.
//!
//! Results come here one after the other, so that what two inputs may both want, a file name or
//! standard output, has one order. Three things are never written over: an input, what this
//! run has written, and (without `--force`) anything else.

use super::{
    input::{FileId, Input},
    plan::{Config, Target},
    values::Form,
};
use crate::{
    engine::{Bytes, Cancel, EngineError, Format, embed::Snippet, naming},
    jobs::{
        JobError,
        error::system_words,
        save::{SaveError, save},
    },
};
use std::{
    collections::{HashMap, HashSet},
    ffi::OsStr,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::{PoisonError, RwLock},
};

/// What is written.
#[derive(Debug)]
pub(super) enum Payload {
    Bytes(Bytes),
    Text(Snippet),
}

/// A finished result on its way out.
#[derive(Debug)]
pub(super) struct Parcel {
    pub(super) payload: Payload,
    pub(super) format: Format,
    /// Width and height in pixels.
    pub(super) size: [u32; 2],
}

/// Why a result was not written.
#[derive(Debug, thiserror::Error)]
pub(super) enum Undelivered {
    #[error("{target}: {}", save_words(.error))]
    Save { target: String, error: SaveError },
    #[error("{target}: is one of the inputs, which are never replaced")]
    IsInput { target: String },
    #[error("{target}: was made from {by} just now; give them different names or folders")]
    Taken { target: String, by: String },
    #[error("standard output: {}", system_words(.0))]
    Stdout(#[source] io::Error),
    #[error(transparent)]
    Job(#[from] JobError),
}

impl Undelivered {
    /// Has the reader of standard output gone?
    pub(super) fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Stdout(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

/// [`SaveError`] in words, with the option that helps.
fn save_words(error: &SaveError) -> String {
    match error {
        SaveError::Exists => "exists already; --force replaces it".to_owned(),
        other => other.to_string(),
    }
}

/// Taken for reading while a file is written; whoever holds it for writing knows that none is.
pub(super) type SaveGate = RwLock<()>;

/// Brings results out.
pub(super) struct Outlet<'a> {
    config: &'a Config,
    cancel: &'a Cancel,
    gate: &'a SaveGate,
    inputs: HashSet<FileId>,
    /// What this run wrote, with the name of the input it was made from.
    written: HashMap<FileId, String>,
}

impl<'a> Outlet<'a> {
    pub(super) fn new(config: &'a Config, cancel: &'a Cancel, gate: &'a SaveGate) -> Self {
        let inputs = config.inputs.iter().filter_map(|it| it.identity.clone()).collect();
        Self { config, cancel, gate, inputs, written: HashMap::new() }
    }

    /// Writes one result; the answer is the name of the place for the report.
    pub(super) fn deliver(&mut self, input: &Input, parcel: &Parcel) -> Result<String, Undelivered> {
        if self.config.goes_to_stdout(input) {
            print(&parcel.payload).map_err(Undelivered::Stdout)?;
            return Ok("-".to_owned());
        }
        let path = self.path_for(input, parcel);
        let target = path.display().to_string();
        if let Some(id) = FileId::of(&path) {
            if self.inputs.contains(&id) {
                return Err(Undelivered::IsInput { target });
            }
            if let Some(by) = self.written.get(&id) {
                return Err(Undelivered::Taken { target, by: by.clone() });
            }
        }
        self.save(&path, &parcel.payload).map_err(|error| match error {
            JobError::Save(error) => Undelivered::Save { target: target.clone(), error },
            other => other.into(),
        })?;
        if let Some(id) = FileId::of(&path) {
            self.written.insert(id, input.name.clone());
        }
        Ok(target)
    }

    fn save(&self, path: &Path, payload: &Payload) -> Result<(), JobError> {
        let _saving = self.gate.read().unwrap_or_else(PoisonError::into_inner);
        // Whoever interrupts raises the flag first and then waits at the gate.
        self.cancel.check().map_err(|_it_is_cancelled| EngineError::Cancelled)?;
        if let Target::Folder(folder) = &self.config.target {
            fs::create_dir_all(folder).map_err(SaveError::from)?;
        }
        match payload {
            Payload::Bytes(bytes) => save(path, bytes, self.config.replace)?,
            Payload::Text(text) => save(path, text.to_string().as_bytes(), self.config.replace)?,
        }
        Ok(())
    }

    fn path_for(&self, input: &Input, parcel: &Parcel) -> PathBuf {
        let folder = match &self.config.target {
            Target::File(path) => return path.clone(),
            Target::Folder(folder) => folder.as_path(),
            // What is no file has no neighbours and goes to the current folder.
            Target::Natural | Target::Stdout => input.path().and_then(Path::parent).unwrap_or(Path::new("")),
        };
        let extension = match self.config.form {
            Form::File => parcel.format.extension(),
            Form::Text(embed) => embed.extension(),
        };
        let named = |size: &str| {
            let mut name = input.stem();
            for part in [size, ".", extension] {
                name.push(OsStr::new(part));
            }
            folder.join(name)
        };
        let plain = named("");
        if input.identity.is_some() && FileId::of(&plain) == input.identity {
            named(&naming::sized_stem("", parcel.size))
        } else {
            plain
        }
    }
}

/// A file as it is, a text followed by a line end.
fn print(payload: &Payload) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match payload {
        Payload::Bytes(bytes) => out.write_all(bytes)?,
        Payload::Text(text) => writeln!(out, "{text}")?,
    }
    out.flush()
}
