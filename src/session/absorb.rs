//! Answers in, effects out; one named function each.

use super::{
    Action, Deferred, Effect, Item, ItemId, Kind, Session, Underway,
    item::{Progress, same_but_effort},
    links::Way,
    notice::{capitalized, causes, failure, not_shown},
    results::Excess,
};
use crate::{
    engine::{
        Recipe, Source,
        embed::{Embed, Grouped},
        target::destinations::Unit,
    },
    jobs::{
        Event, Glimpsed, Intake, JobError, Loaded, Packed, Rendered, Ticket,
        ports::{Drag, News, Pasted, Stay},
    },
    settings::Reload,
};
use std::path::{Path, PathBuf};

impl Session {
    /// Takes an answer in; one that nobody waits for any more is dropped.
    pub fn absorb(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Received { ticket, received } => self.more_has_come(ticket, received),
            Event::Read { ticket, source } => self.bytes_are_there(ticket, source),
            Event::Glimpsed { ticket, glimpsed } => self.glimpse_is_there(ticket, glimpsed),
            Event::Loaded { ticket, result } => self.load_ended(ticket, result),
            Event::Encoded { ticket, packed } => self.bytes_were_made(ticket, *packed),
            Event::Rendered { ticket, result } => self.render_ended(ticket, result),
            Event::Judged { ticket, recipe, result } => {
                self.look_was_judged(ticket, recipe, result);
                vec![]
            }
            Event::Raced { ticket, recipe, result } => {
                self.row_came_in(ticket, recipe, result);
                vec![]
            }
            Event::Compressed { ticket, result } => {
                self.text_was_compressed(ticket, result.ok());
                vec![]
            }
            Event::Pasted(result) => self.clipboard_was_read(result),
            // The window's own business.
            Event::PastedText(_) => vec![],
            Event::Copied { ticket, result } => self.copy_ended(ticket, result),
            Event::Saved { ticket, result } => self.save_ended(ticket, result),
            Event::NotKept(error) => self.settings_not_kept(&error),
            Event::FilesChosen(paths) => self.files_chosen(paths),
            Event::SaveChosen { ticket, path } => self.save_chosen(ticket, path),
            Event::News(news) => self.news_came(news),
        }
    }

    fn loading(&mut self, ticket: Ticket) -> Option<&mut Item> {
        self.items.iter_mut().find(|it| matches!(it.progress, Progress::Loading(own) if own == ticket))
    }

    fn bytes_are_there(&mut self, ticket: Ticket, source: Source) -> Vec<Effect> {
        if let Some(id) = self.rereading(ticket) {
            return self.reread_bytes_are_there(id, &source);
        }
        if let Some(item) = self.loading(ticket) {
            source.name().clone_into(&mut item.name);
            // Pasted pixels and texts need not be kept beside their bytes.
            if !item.intake.is_named() {
                item.intake = Intake::Known(source.clone());
            }
            item.source = Some(source);
        }
        vec![]
    }

    fn glimpse_is_there(&mut self, ticket: Ticket, glimpsed: Glimpsed) -> Vec<Effect> {
        if let Some(item) = self.loading(ticket).filter(|it| it.original.is_none()) {
            item.glimpsed = Some(glimpsed);
        }
        vec![]
    }

    fn load_ended(&mut self, ticket: Ticket, result: Result<Box<Loaded>, JobError>) -> Vec<Effect> {
        if let Some(id) = self.rereading(ticket) {
            return self.reread_ended(id, result);
        }
        let Some(item) = self.loading(ticket) else { return vec![] };
        let id = item.id;
        match result {
            Ok(loaded) => {
                item.progress = Progress::Done;
                let mut effects = self.adopt(id, *loaded);
                effects.extend(self.after_reading(id, false));
                effects.extend(self.replaces(id));
                self.tell_of_copied(id);
                effects
            }
            Err(error) => self.load_failed(id, &error),
        }
    }

    fn load_failed(&mut self, id: ItemId, error: &JobError) -> Vec<Effect> {
        if let JobError::Page(page) = error
            && !page.images.is_empty()
        {
            self.page_was_found(id, page);
            return vec![];
        }
        if self.drop_unreadable_copied(id, error) {
            return vec![];
        }
        let heeds_changes = self.preferences.reload != Reload::Never;
        let Some(item) = self.item_mut(id) else { return vec![] };
        item.progress = Progress::Failed(error.to_string());
        item.is_generous |= error.is_out_of_budget();
        let mut effects: Vec<Effect> = item.let_go().into_iter().collect();
        item.forget_measured();
        (item.source, item.facts, item.glimpsed, item.received) = (None, None, None, None);
        if item.is_outdated && heeds_changes {
            effects.extend(self.after_reading(id, false));
            return effects;
        }
        let (text, is_named) = (failure(&item.name, error), item.intake.is_named());
        // The failure of a picture that nobody looks at moves nothing, now or later.
        let before = if self.selected == Some(id) { self.before.take() } else { None };
        self.say_unopened(id, text, causes(error));
        self.deferred.take_if(|it| it.item == id);
        if before.is_some() {
            self.selected = before;
        }
        // The bytes of what was pasted are the same the next time, so there is nothing to retry.
        if !is_named && !error.is_out_of_budget() {
            self.items.retain(|it| it.id != id);
            self.history.forget(id);
            if self.selected == Some(id) {
                self.selected = self.items.last().map(Item::id);
            }
        }
        effects
    }

    /// The bytes of a result are there, and with them all numbers; what they look like follows under
    /// the same ticket. Bytes that were overtaken are stale, but newer than those that there are.
    fn bytes_were_made(&mut self, ticket: Ticket, packed: Packed) -> Vec<Effect> {
        let Some((newest, id)) = self.rendering else { return vec![] };
        let is_newest = ticket == newest;
        if !is_newest && !self.overtaken.contains(&ticket) {
            return vec![];
        }
        let Some(item) = self.item_mut(id) else { return vec![] };
        let mut smaller = None;
        if is_newest {
            item.refused = None;
            item.weigh(&packed.product.recipe, packed.product.encoded.bytes.len());
            smaller = item.current().and_then(|it| search_paid(it, &packed));
        }
        item.take_bytes(ticket, packed);
        if let Some(text) = smaller.filter(|_| self.selected == Some(id) && !self.has_bad_news()) {
            self.say(Kind::Plain, text, None);
        }
        if is_newest { self.deliver(id) } else { vec![] }
    }

    fn render_ended(&mut self, ticket: Ticket, result: Result<Box<Rendered>, JobError>) -> Vec<Effect> {
        if self.overtaken.contains(&ticket) {
            return self.overtaken_ended(ticket, result);
        }
        let Some((_, id)) = self.rendering.take_if(|(own, _)| *own == ticket) else { return vec![] };
        self.overtaken.clear();
        let Some(item) = self.item_mut(id) else { return vec![] };
        let Some((_, recipe)) = item.asked.take() else { return vec![] };
        let has_bytes = item.result.as_ref().is_some_and(|it| it.ticket == ticket);
        match result {
            Ok(rendered) => {
                item.refused = None;
                item.weigh(&recipe, rendered.packed.product.encoded.bytes.len());
                item.take_result(ticket, *rendered);
                self.deliver(id)
            }
            Err(error) if error.is_cancelled() => vec![],
            Err(error) if has_bytes => self.preview_failed(id, recipe, &error),
            Err(error) => {
                item.refused = Some((recipe, error.to_string()));
                // The search for smaller bytes is a gift; without it the quick result stands.
                if item.current().is_some() {
                    return self.deliver(id);
                }
                let text = failure(&item.name, &error);
                self.deferred.take_if(|it| it.item == id);
                self.say(Kind::Bad, text, causes(&error));
                vec![]
            }
        }
    }

    /// The bytes are there and stay. That they cannot be shown is said once, not again of the small
    /// ones after the quick ones.
    fn preview_failed(&mut self, id: ItemId, recipe: Recipe, error: &JobError) -> Vec<Effect> {
        let Some(item) = self.item_mut(id) else { return vec![] };
        let is_said = item.unseen.as_ref().is_some_and(|(known, _)| same_but_effort(known, &recipe));
        let (text, why) = (not_shown(&item.name, error), error.to_string());
        item.unseen = Some((recipe, why));
        if !is_said {
            self.say(Kind::Bad, text, causes(error));
        }
        self.deliver(id)
    }

    /// Shows what was asked for while the newest request is still being carried out.
    fn overtaken_ended(&mut self, ticket: Ticket, result: Result<Box<Rendered>, JobError>) -> Vec<Effect> {
        self.overtaken.retain(|other| *other != ticket);
        let Some(item) = self.rendering.and_then(|(_, id)| self.item_mut(id)) else { return vec![] };
        // Whatever went wrong, the newest request will tell.
        let Ok(rendered) = result else { return vec![] };
        item.take_result(ticket, *rendered);
        self.overtaken.retain(|other| ticket < *other);
        vec![]
    }

    /// Does what was asked for before the result was there. Who waits for the result gets the
    /// small one, not the quick one, unless the search for it takes long.
    pub(super) fn deliver(&mut self, id: ItemId) -> Vec<Effect> {
        let Some(Deferred { verb, .. }) = self.deferred.filter(|it| it.item == id) else { return vec![] };
        let is_settled =
            self.item(id).is_some_and(|it| it.is_ready(verb) && (it.next_bytes().is_none() || it.is_search_long()));
        if !is_settled {
            return vec![];
        }
        self.deferred = None;
        self.hand_out(id, verb)
    }

    fn clipboard_was_read(&mut self, result: Result<Pasted, JobError>) -> Vec<Effect> {
        match result {
            Ok(pasted) => self.take_in(pasted, Way::Pasted),
            Err(error) => {
                self.say(Kind::Bad, capitalized(&error.to_string()), causes(&error));
                vec![]
            }
        }
    }

    /// What hovers is the window's affair.
    fn drag_came(&mut self, drag: Drag) -> Vec<Effect> {
        match drag {
            Drag::Dropped(Ok(pasted)) => self.take_dropped(pasted),
            Drag::Dropped(Err(error)) => {
                self.say(Kind::Bad, capitalized(&error.to_string()), None);
                vec![]
            }
            Drag::Over(_) | Drag::At(_) | Drag::Coming | Drag::Gone => vec![],
        }
    }

    pub(super) fn take_in(&mut self, pasted: Pasted, way: Way) -> Vec<Effect> {
        match pasted {
            Pasted::Files(paths) => self.act(Action::Open(paths.into_iter().map(Intake::Path).collect())),
            Pasted::List(list) => self.list_came(list),
            Pasted::Encoded(bytes) => self.act(Action::Open(vec![Intake::Known(Source::new(way.name(), bytes))])),
            Pasted::Text(text) => self.act(Action::Open(vec![Intake::Text(text)])),
            Pasted::Found(finds) => self.images_were_found(finds, way),
        }
    }

    fn copy_ended(&mut self, ticket: Ticket, result: Result<Stay, JobError>) -> Vec<Effect> {
        let Some(underway) = self.underway.remove(&ticket) else { return vec![] };
        match result {
            Ok(stay) => {
                self.n_copies += 1;
                let until = if stay == Stay::WithWindow { " · until this window is closed" } else { "" };
                self.say(Kind::Good, copied(&underway) + until, None);
            }
            Err(error) => self.say(Kind::Bad, capitalized(&error.to_string()), causes(&error)),
        }
        vec![]
    }

    fn save_ended(&mut self, ticket: Ticket, result: Result<PathBuf, JobError>) -> Vec<Effect> {
        let Some(Underway::Save { name, .. }) = self.underway.remove(&ticket) else { return vec![] };
        match result {
            Ok(path) => self.say(Kind::Good, format!("Saved {}", file_name(&path)), None),
            Err(error) => self.say(Kind::Bad, failure(&name, &error), causes(&error)),
        }
        vec![]
    }

    fn settings_not_kept(&mut self, error: &JobError) -> Vec<Effect> {
        self.say(Kind::Bad, failure("Settings", error), causes(error));
        vec![]
    }

    /// Colours and motion are the window's affair.
    fn news_came(&mut self, news: News) -> Vec<Effect> {
        match news {
            News::HandedOver(intakes) => self.open(intakes),
            News::Changed(path) => self.file_changed(&path),
            News::Drag(drag) => self.drag_came(drag),
            News::Copied(pasted) => self.image_was_copied(pasted),
            News::NotWatched(why) => self.clipboard_not_watched(&why),
            News::NotBrowsed { address, why } => {
                self.say(Kind::Bad, format!("No browser could be opened ({why}); the page is {address}"), None);
                vec![]
            }
            News::Scheme(_) | News::ReducedMotion(_) => vec![],
        }
    }
}

/// What to say when bytes that were shown are replaced by smaller ones, after a search long enough
/// for somebody to have looked at the old number.
fn search_paid(before: &Packed, after: &Packed) -> Option<String> {
    const LONG_MILLIS: f64 = 1_000.0;
    let [old, new] = [before, after].map(|it| &it.product);
    let is_better = same_but_effort(&old.recipe, &new.recipe) && old.recipe != new.recipe;
    let [old_bytes, new_bytes] = [old, new].map(|it| it.encoded.bytes.len());
    let percent = old_bytes.saturating_sub(new_bytes) * 100 / old_bytes.max(1);
    let was_long = after.millis.encode.is_some_and(|it| LONG_MILLIS <= it);
    (is_better && was_long && 0 < percent).then(|| format!("{} is now {percent} % smaller", new.encoded.format.label()))
}

fn copied(underway: &Underway) -> String {
    match underway {
        Underway::Text { embed, chars, over } => {
            let what = match embed {
                Embed::DataUrl => "data URL",
                Embed::Base64 => "base64",
                Embed::Html => "HTML",
                Embed::Css => "CSS",
            };
            let over = match over {
                Some(Excess { count, unit: Unit::Characters }) => {
                    format!(", {} over the budget", Grouped(*count as usize))
                }
                other => beyond(*other),
            };
            format!("Copied {what} · {} characters{over}", Grouped(*chars))
        }
        Underway::Image { name, format, size: [width, height], over } => {
            format!("Copied {name} as {} · {width} × {height}{}", format.label(), beyond(*over))
        }
        Underway::Save { name, .. } => format!("Copied {name}"),
    }
}

/// By how much a copy is over its budget, at the end of a sentence.
fn beyond(over: Option<Excess>) -> String {
    over.map(|it| format!(", {} {} over the budget", Grouped(it.count as usize), it.unit.id())).unwrap_or_default()
}

pub(super) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
