//! What is dragged over the window, and what was already asked of its source.

use crate::{
    engine::embed::images_in_text,
    jobs::{
        guard,
        ports::{ClipboardError, Dragged, DropError, Pasted},
    },
    platform::clipboard::offers::{Fault, Offers, dropped, foreseen},
};
use std::collections::HashMap;

/// Asks the source for one kind; `None` when it has nothing of it after all.
pub(super) type Ask<'a> = &'a mut dyn FnMut(&str) -> Result<Option<Vec<u8>>, Fault>;

/// A drag from its entering to its end.
pub(super) struct Carried {
    /// What it can be had as.
    kinds: Vec<String>,
    /// What a drop would bring, once that was looked at.
    foreseen: Option<Vec<Dragged>>,
    /// Of texts, some of which are asked for more than once.
    contents: HashMap<String, Option<Vec<u8>>>,
    /// After the first fault nothing more is asked: a source that was silent once would be waited for
    /// again with each kind.
    fault: Option<String>,
}

impl Carried {
    pub(super) fn new(kinds: Vec<String>) -> Self {
        Self { kinds, foreseen: None, contents: HashMap::new(), fault: None }
    }

    /// What a drop would bring, and whether that is told for the first time; nothing when it is to be
    /// refused.
    pub(super) fn foreseen(&mut self, ask: Ask<'_>) -> (Vec<Dragged>, bool) {
        if let Some(foreseen) = &self.foreseen {
            return (foreseen.clone(), false);
        }
        let mut asking = Asking { carried: self, ask };
        let foreseen = guard(|| Ok::<_, DropError>(foreseen(&mut asking))).unwrap_or_default();
        self.foreseen = Some(foreseen.clone());
        (foreseen, true)
    }

    /// What is dropped: all of it or nothing.
    ///
    /// # Errors
    /// [`DropError`].
    pub(super) fn dropped(&mut self, ask: Ask<'_>) -> Result<Pasted, DropError> {
        let mut asking = Asking { carried: self, ask };
        let pasted = guard(|| {
            dropped(&mut asking).map_err(|error| match error {
                ClipboardError::Empty => DropError::Empty,
                ClipboardError::Confidential => DropError::Confidential,
                ClipboardError::Unavailable(why) => DropError::Unavailable(why),
            })
        })?;
        match pasted {
            Pasted::Text(text) => guard(|| images_in_text(&text).map(Pasted::Found).map_err(DropError::Text)),
            other => Ok(other),
        }
    }
}

/// A drag whose source is asked.
struct Asking<'a> {
    carried: &'a mut Carried,
    ask: Ask<'a>,
}

impl Offers for Asking<'_> {
    fn kinds(&self) -> &[String] {
        &self.carried.kinds
    }

    fn take(&mut self, kind: &str) -> Result<Option<Vec<u8>>, Fault> {
        if let Some(content) = self.carried.contents.get(kind) {
            return Ok(content.clone());
        }
        if let Some(fault) = &self.carried.fault {
            return Err(fault.as_str().into());
        }
        match (self.ask)(kind) {
            Ok(content) => {
                if kind.starts_with("text/") {
                    self.carried.contents.insert(kind.to_owned(), content.clone());
                }
                Ok(content)
            }
            Err(fault) => {
                self.carried.fault = Some(fault.to_string());
                Err(fault)
            }
        }
    }
}
