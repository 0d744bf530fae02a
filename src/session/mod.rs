//! What the app knows and what it wants next. No toolkit, no threads, no I/O.
//!
//! Three kinds of change, never mixed: the views edit an item's recipe in place; verbs come in
//! as [`Action`]s; answers come in as [`Event`](crate::jobs::Event)s with a ticket, and one whose ticket is no
//! longer wanted is dropped. [`Session::reconcile`] compares what is wanted with what was asked
//! for and asks for exactly what differs.

mod absorb;
mod act;
mod action;
mod clipboard_watch;
mod compressed;
mod dialogs;
mod history;
mod item;
mod links;
mod notice;
mod question;
mod race;
mod reconcile;
mod reload;
mod replace;
mod results;

pub use self::{
    action::{Action, Key, Shortcut, Verb},
    clipboard_watch::ClipboardWatch,
    item::{Discarded, Item, ItemId, Original, Status},
    notice::{Kind, Notice, capitalized},
    question::Question,
    race::{Row, USUAL},
    results::Preview,
};

use self::{
    history::History,
    notice::{Unopened, not_copied},
    question::Questions,
    results::Excess,
};
use crate::{
    engine::{
        Bytes, Format, Recipe, Source,
        embed::{Embed, Snippet},
        naming,
        recipe::Defaults,
        target::Aim,
    },
    helper::Allowance,
    jobs::{Errand, LoadRequest, RaceRequest, RenderRequest, Ticket, ports::CopiedImage},
    settings::{Preferences, Start},
};
use std::{
    collections::{BTreeSet, HashMap},
    path::PathBuf,
};

/// Work for whoever owns the threads and the system.
#[derive(Debug)]
pub enum Effect {
    /// Queue a load.
    Load(LoadRequest),
    /// Load this one before the others.
    PreferLoad(Ticket),
    /// Nobody wants this load any more.
    CancelLoad(Ticket),
    /// Render this and cancel what is being rendered.
    Render(RenderRequest),
    /// Cancel what is being rendered.
    CancelRender,
    /// See what other formats make of a picture, and stop the race that runs.
    Race(RaceRequest),
    /// Stop the race that runs.
    CancelRace,
    /// Measure this text where it travels compressed, and stop measuring another.
    Compress(Ticket, Snippet),
    /// Stop measuring a text.
    CancelCompress,
    /// Nobody looks at this source any more: what is known of its pixels may go.
    LetGo(Source),
    /// Free these pixels, on a thread that nobody waits for.
    Discard(Box<Discarded>),
    /// Queue an errand.
    Errand(Ticket, Errand),
    /// Show the dialog for opening.
    OpenDialog,
    /// Show the dialog for saving.
    SaveDialog {
        /// Comes back with the answer.
        ticket: Ticket,
        /// The name to begin with.
        suggested_name: String,
        /// Of the format, without a dot.
        extension: &'static str,
    },
    /// Watch these files from now on, and no others.
    Watch(Vec<PathBuf>),
    /// Tell of images that other programs copy, or no longer.
    WatchClipboard(bool),
}

/// Something asked for before the result was ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Deferred {
    item: ItemId,
    verb: Outlet,
}

/// A way out for a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outlet {
    Text(Embed),
    Image,
    Save,
}

/// What an errand was for, so that its answer can be put into words.
#[derive(Clone, Debug)]
enum Underway {
    Text {
        embed: Embed,
        chars: usize,
        over: Option<Excess>,
    },
    Image {
        name: String,
        format: Format,
        size: [u32; 2],
        over: Option<Excess>,
    },
    /// The dialog is open, or the file is being written.
    Save {
        name: String,
        /// The name that was suggested.
        suggested: String,
        format: Format,
        bytes: Bytes,
    },
}

/// The state of the app.
pub struct Session {
    items: Vec<Item>,
    selected: Option<ItemId>,
    /// Where the selection returns to when the picture opened last cannot be read.
    before: Option<ItemId>,
    next_id: u64,
    tickets: Ticket,
    rendering: Option<(Ticket, ItemId)>,
    /// Quick renders of the same picture that a newer request has overtaken; what comes of them
    /// is stale, but newer than what is shown.
    overtaken: Vec<Ticket>,
    racing: Option<race::Asked>,
    compressed: Option<compressed::Compressed>,
    deferred: Option<Deferred>,
    underway: HashMap<Ticket, Underway>,
    is_dialog_open: bool,
    notice: Option<Notice>,
    n_notices: u64,
    n_copies: u64,
    questions: Questions,
    history: History,
    watched: BTreeSet<PathBuf>,
    clipboard_watch: ClipboardWatch,
    /// Copied by other programs, and still being read.
    copied_elsewhere: Vec<ItemId>,
    /// New pictures, and those in whose place they come once they are read.
    replacing: Vec<(ItemId, ItemId)>,
    /// The picture in whose place what is dropped comes, as the window says while it hangs over it; set
    /// by the view.
    pub dropped_onto: Option<ItemId>,
    /// What new pictures start with; edited in place by the views.
    pub defaults: Defaults,
    /// What the settings window changes; edited in place by it.
    pub preferences: Preferences,
}

impl Default for Session {
    fn default() -> Self {
        Self::new(Defaults::default(), Preferences::default())
    }
}

impl Session {
    /// An empty session that starts new pictures with these.
    pub fn new(defaults: Defaults, preferences: Preferences) -> Self {
        Self {
            items: vec![],
            selected: None,
            before: None,
            next_id: 0,
            tickets: Ticket::default(),
            rendering: None,
            overtaken: vec![],
            racing: None,
            compressed: None,
            deferred: None,
            underway: HashMap::new(),
            is_dialog_open: false,
            notice: None,
            n_notices: 0,
            n_copies: 0,
            questions: Questions::default(),
            history: History::new(defaults.embed),
            watched: BTreeSet::new(),
            clipboard_watch: ClipboardWatch::default(),
            copied_elsewhere: vec![],
            replacing: vec![],
            dropped_onto: None,
            defaults,
            preferences,
        }
    }

    /// Every picture, in the order in which they came.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The picture being looked at.
    pub fn selected(&self) -> Option<&Item> {
        self.item(self.selected?)
    }

    /// The picture being looked at, for views that edit its recipe.
    pub fn selected_mut(&mut self) -> Option<&mut Item> {
        let id = self.selected?;
        self.item_mut(id)
    }

    /// The place of the selected picture in the list, from 0.
    pub fn selected_index(&self) -> Option<usize> {
        let id = self.selected?;
        self.items.iter().position(|it| it.id == id)
    }

    /// What there is to say.
    pub fn notice(&self) -> Option<&Notice> {
        self.notice.as_ref()
    }

    /// What waits for the user's word.
    pub fn question(&self) -> Option<&Question> {
        self.questions.first()
    }

    /// Grows each time the clipboard has accepted something.
    pub fn n_copies(&self) -> u64 {
        self.n_copies
    }

    /// Will a copy be made as soon as the selected picture's result is ready?
    pub fn is_copy_deferred(&self) -> bool {
        self.is_promised(|it| it != Outlet::Save)
    }

    /// Will the selected picture be saved as soon as its result is ready?
    pub fn is_save_deferred(&self) -> bool {
        self.is_promised(|it| it == Outlet::Save)
    }

    fn is_promised(&self, matches: impl Fn(Outlet) -> bool) -> bool {
        self.deferred.is_some_and(|it| Some(it.item) == self.selected && matches(it.verb))
    }

    /// The window's title.
    pub fn title(&self) -> String {
        match (self.items.len(), self.selected()) {
            (0, _) | (_, None) => "Inlaid".to_owned(),
            (1, Some(item)) => format!("{} — Inlaid", item.name),
            (n_items, Some(_)) => format!("{n_items} images — Inlaid"),
        }
    }

    /// What decoding a picture may cost.
    fn allowance(&self, is_generous: bool) -> Allowance {
        Allowance { memory_mb: self.preferences.memory_mb, is_generous }
    }

    fn item(&self, id: ItemId) -> Option<&Item> {
        self.items.iter().find(|it| it.id == id)
    }

    fn item_mut(&mut self, id: ItemId) -> Option<&mut Item> {
        self.items.iter_mut().find(|it| it.id == id)
    }

    /// A failure stays until it is replaced by what the user does.
    fn has_bad_news(&self) -> bool {
        self.notice.as_ref().is_some_and(|it| it.kind == Kind::Bad)
    }

    fn say(&mut self, kind: Kind, text: impl Into<String>, details: Option<String>) {
        self.n_notices += 1;
        let (serial, text, unopened) = (self.n_notices, text.into(), Unopened::default());
        self.notice = Some(Notice { serial, kind, text, details, unopened });
    }

    /// What a new picture starts with.
    fn first_recipe(&self) -> Recipe {
        let mut recipe = Recipe::new(self.defaults.format);
        (recipe.output.quality, recipe.output.lossless) = (self.defaults.quality, self.defaults.lossless);
        recipe.output.aim = self.defaults.aims.aim(self.defaults.aims.kind);
        if let Start::Fixed { format, quality } = self.preferences.start {
            // A quality is only read where pixels may be lost, and nothing else is aimed for.
            (recipe.output.format, recipe.output.quality, recipe.output.lossless) = (format, quality, false);
            recipe.output.aim = Aim::Quality;
        }
        recipe.edits.size.fit = self.defaults.fit;
        recipe
    }

    /// Hands a finished result to the world.
    fn hand_out(&mut self, id: ItemId, outlet: Outlet) -> Vec<Effect> {
        if outlet == Outlet::Save && self.is_dialog_open {
            self.say(Kind::Plain, "A dialog is open already", None);
            return vec![];
        }
        let ticket = self.tickets.draw();
        let Some(item) = self.item(id) else { return vec![] };
        let Some(packed) = item.fresh() else { return vec![] };
        let (underway, effect) = match outlet {
            Outlet::Text(embed) => {
                let snippet = item.snippet(embed, packed);
                let (chars, over) = (snippet.chars(), item.excess(Some(snippet.chars())));
                (Underway::Text { embed, chars, over }, Effect::Errand(ticket, Errand::CopyText(snippet)))
            }
            Outlet::Image => {
                let Some(pixels) = item.fresh_pixels() else { return self.cannot_copy(id) };
                let encoded = packed.product.encoded.clone();
                let (format, size) = (encoded.format, pixels.size());
                let file_name = naming::suggested(&item.name, format.extension(), encoded.size);
                let (pixels, facts) = (pixels.clone(), item.snippet_facts(encoded.size));
                let image = CopiedImage { encoded, pixels, file_name, facts };
                let underway = Underway::Image { name: item.name.clone(), format, size, over: item.excess(None) };
                (underway, Effect::Errand(ticket, Errand::CopyImage(Box::new(image))))
            }
            Outlet::Save => {
                let encoded = &packed.product.encoded;
                let extension = encoded.format.extension();
                let suggested_name = naming::suggested(&item.name, extension, encoded.size);
                let (name, format, bytes) = (item.name.clone(), encoded.format, encoded.bytes.clone());
                let underway = Underway::Save { name, suggested: suggested_name.clone(), format, bytes };
                self.take_back_path();
                self.is_dialog_open = true;
                (underway, Effect::SaveDialog { ticket, suggested_name, extension })
            }
        };
        self.underway.insert(ticket, underway);
        vec![effect]
    }

    /// The pixels of a result that cannot be decoded back cannot be copied either.
    fn cannot_copy(&mut self, id: ItemId) -> Vec<Effect> {
        let item = self.item(id);
        if let Some(text) = item.and_then(|it| Some(not_copied(&it.name, it.unseen()?))) {
            self.say(Kind::Bad, text, None);
        }
        vec![]
    }
}
