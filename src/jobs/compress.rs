//! Measures how long a text is where it travels compressed, among what nobody waits for.

use super::{
    Jobs, guard,
    request::{Event, Ticket},
};
use crate::{
    engine::{Cancel, embed::Snippet},
    helper::Allowance,
};

impl Jobs {
    /// Measures this text instead of the one before.
    pub fn compress(&mut self, ticket: Ticket, text: Snippet) {
        self.cancel_compress();
        let cancel = Cancel::default();
        self.compressing = Some(cancel.clone());
        let shared = self.shared.clone();
        self.shared.race_pool.spawn(move || {
            let result = guard(|| Ok(shared.decoders.within(Allowance::default()).compressed(&text, &cancel)?));
            if !cancel.is_cancelled() {
                shared.send(Event::Compressed { ticket, result });
            }
        });
    }

    /// Nobody asks for that any more.
    pub fn cancel_compress(&mut self) {
        self.compressing.take().into_iter().for_each(|it| it.cancel());
    }
}
