//! How long the text is where it travels compressed: asked for by the user, and known of one text only.

use super::{Effect, Item, ItemId, Session};
use crate::{
    engine::{
        Recipe,
        embed::{Embed, Snippet},
    },
    jobs::Ticket,
};

/// What a text is made of.
#[derive(Clone, PartialEq)]
struct Wish {
    item: ItemId,
    recipe: Recipe,
    embed: Embed,
    density: u32,
}

/// What was asked for, and what came of it.
pub(super) struct Compressed {
    wish: Wish,
    /// The text that is or was measured.
    asked: Option<(Ticket, Snippet)>,
    bytes: Option<usize>,
}

impl Compressed {
    fn is_underway(&self) -> bool {
        self.asked.is_some() && self.bytes.is_none()
    }
}

impl Session {
    /// Measures the text that would be pasted now.
    pub fn measure_compressed(&mut self) {
        if let Some(wish) = self.wish_of_text().filter(|it| !self.is_compressed_wanted(it)) {
            self.compressed = Some(Compressed { wish, asked: None, bytes: None });
        }
    }

    /// Was it asked how long the text is where it travels compressed?
    pub fn is_compressed_awaited(&self) -> bool {
        self.compressed.as_ref().is_some_and(|it| it.bytes.is_none())
    }

    /// Bytes of the text that would be pasted now where it travels compressed, once they were measured.
    pub fn compressed(&self) -> Option<usize> {
        self.compressed.as_ref()?.bytes
    }

    fn is_compressed_wanted(&self, wish: &Wish) -> bool {
        self.compressed.as_ref().is_some_and(|it| it.wish == *wish)
    }

    fn wish_of_text(&self) -> Option<Wish> {
        let item = self.selected()?;
        let (recipe, embed, density) = (item.recipe.clone(), self.defaults.embed, item.density);
        Some(Wish { item: item.id, recipe, embed, density })
    }

    /// The text that stays, if nothing else is set.
    fn settled_text(&self) -> Option<Snippet> {
        let item = self.selected().filter(|it| it.next_bytes().is_none() || it.is_search_long())?;
        Some(item.snippet(self.defaults.embed, Item::fresh(item)?))
    }

    /// Asks for what is wanted, or lets go of what is known of a text that is not pasted any more.
    pub(super) fn ask_for_compressed(&mut self) -> Option<Effect> {
        let known = self.compressed.as_ref()?;
        let was_underway = known.is_underway();
        if self.wish_of_text().is_none_or(|it| it != known.wish) {
            self.compressed = None;
            return was_underway.then_some(Effect::CancelCompress);
        }
        let text = self.settled_text()?;
        let is_asked = |it: &Compressed| it.asked.as_ref().is_some_and(|(_, asked)| *asked == text);
        if self.compressed.as_ref().is_some_and(is_asked) {
            return None;
        }
        let ticket = self.tickets.draw();
        let known = self.compressed.as_mut()?;
        (known.asked, known.bytes) = (Some((ticket, text.clone())), None);
        Some(Effect::Compress(ticket, text))
    }

    /// Without a number it can be asked for again.
    pub(super) fn text_was_compressed(&mut self, ticket: Ticket, n_bytes: Option<usize>) {
        let is_asked = |it: &&mut Compressed| it.asked.as_ref().is_some_and(|(own, _)| *own == ticket);
        let Some(known) = self.compressed.as_mut().filter(is_asked) else { return };
        known.bytes = n_bytes;
        if n_bytes.is_none() {
            self.compressed = None;
        }
    }
}
