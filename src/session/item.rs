//! One picture: what is known of it, what is wanted and what was made of it.

use super::{
    Effect, Outlet,
    history::Wanted,
    race::Race,
    reload::Reread,
    results::{Made, Preview},
};
use crate::{
    engine::{
        Decoded, Facts, Format, Recipe, Source,
        edit::geometry,
        embed::{Embed, Snippet, SnippetFacts, snippet},
        encode::is_stoppable,
        naming,
        race::{Entrant, Readers},
        recipe::{Effort, OutputSpec},
    },
    jobs::{Glimpsed, Intake, Millis, Packed, Received, Ticket, ports::Painted},
};
use std::path::Path;

/// Names a picture as long as the program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ItemId(pub(super) u64);

/// From this on the search for small bytes takes longer than anybody waits for a copy, where its
/// encoder is one of the slow ones.
pub(super) const LONG_SEARCH_PIXELS: u64 = 2_000_000;

/// A picture of the list.
pub struct Item {
    pub(super) id: ItemId,
    pub(super) name: String,
    pub(super) intake: Intake,
    pub(super) progress: Progress,
    pub(super) received: Option<Received>,
    pub(super) source: Option<Source>,
    pub(super) facts: Option<Facts>,
    pub(super) glimpsed: Option<Glimpsed>,
    pub(super) original: Option<Original>,
    pub(super) asked: Option<(Ticket, Recipe)>,
    pub(super) result: Option<Made>,
    pub(super) preview: Option<Preview>,
    pub(super) pinned: Option<Preview>,
    pub(super) refused: Option<(Recipe, String)>,
    /// Bytes that could not be decoded back, by their recipe, and why.
    pub(super) unseen: Option<(Recipe, String)>,
    pub(super) weights: Vec<(Recipe, usize)>,
    pub(super) race: Race,
    pub(super) millis: Millis,
    /// Its file is being read again beside what is shown.
    pub(super) reread: Option<Reread>,
    /// Its file has changed, and nobody has looked at that yet.
    pub(super) is_outdated: bool,
    /// It ran out of time or memory once, and may take more the next time.
    pub(super) is_generous: bool,
    /// What was wanted when edits were noted last.
    pub(super) noted: Wanted,
    /// What the user wants; edited in place by the views.
    pub recipe: Recipe,
    /// Pixels a CSS pixel in snippets, at least 1; edited in place by the views.
    pub density: u32,
    /// The format that does best is chosen by itself, among those that these readers know; edited in
    /// place by the views.
    pub auto: Option<Readers>,
    /// The formats beyond the usual ones are looked at, so they race as well; edited in place by the views.
    pub shows_others: bool,
}

/// How far loading has come.
pub(super) enum Progress {
    /// A load was asked for; for a picture whose pixels were let go, a second time.
    Loading(Ticket),
    /// Loaded, or loaded once and its pixels let go.
    Done,
    /// Not readable; the sentence says why.
    Failed(String),
}

/// The pixels of the source.
#[derive(Clone)]
pub struct Original {
    /// Upright sRGB.
    pub decoded: Decoded,
    /// The same, ready for the screen.
    pub painted: Painted,
}

/// Pixels that nobody looks at any more. To free many of them takes longer than a frame may.
pub struct Discarded {
    _original: Option<Original>,
    _result: Option<Made>,
    _preview: Option<Preview>,
    _pinned: Option<Preview>,
}

impl std::fmt::Debug for Discarded {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Discarded")
    }
}

/// What the window shows for a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status<'a> {
    /// Reading or decoding.
    Loading,
    /// The pixels are there.
    Ready,
    /// Not readable; the sentence says why.
    Failed(&'a str),
}

impl Item {
    pub(super) fn new(id: ItemId, intake: Intake, ticket: Ticket, recipe: Recipe) -> Self {
        Self {
            id,
            name: intake.name(),
            intake,
            progress: Progress::Loading(ticket),
            received: None,
            source: None,
            facts: None,
            glimpsed: None,
            original: None,
            asked: None,
            result: None,
            preview: None,
            pinned: None,
            refused: None,
            unseen: None,
            weights: vec![],
            race: Race::default(),
            millis: Millis::default(),
            reread: None,
            is_outdated: false,
            is_generous: false,
            noted: Wanted { recipe: recipe.clone(), density: 1 },
            recipe,
            density: 1,
            auto: None,
            shows_others: false,
        }
    }

    /// Its name in the list.
    pub fn id(&self) -> ItemId {
        self.id
    }

    /// The file's name, or a name like "pasted image".
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file it came from, as it was opened.
    pub(super) fn file(&self) -> Option<&Path> {
        match &self.intake {
            Intake::Path(path) => Some(path),
            Intake::Text(_) | Intake::Link(_) | Intake::StandardInput | Intake::Known(_) => None,
        }
    }

    /// The untouched bytes, as soon as they were read.
    pub fn source(&self) -> Option<&Source> {
        self.source.as_ref()
    }

    /// How much has come of what is behind its link, until all of it is there.
    pub fn received(&self) -> Option<Received> {
        self.received.filter(|_| self.source.is_none())
    }

    /// What decoding found out.
    pub fn facts(&self) -> Option<&Facts> {
        self.facts.as_ref()
    }

    /// What the picture looks like, while its pixels are still being decoded.
    pub fn glimpsed(&self) -> Option<&Glimpsed> {
        self.glimpsed.as_ref()
    }

    /// The source's pixels.
    pub fn original(&self) -> Option<&Original> {
        self.original.as_ref()
    }

    /// Is there what goes out this way, or is it known that there will be nothing?
    pub(super) fn is_ready(&self, outlet: Outlet) -> bool {
        let is_seen = || self.pixels_of_result().is_some() || self.unseen().is_some();
        self.fresh().is_some() && (outlet != Outlet::Image || is_seen())
    }

    /// Remembers what the bytes of a recipe weigh.
    pub(super) fn weigh(&mut self, recipe: &Recipe, n_bytes: usize) {
        self.weights.retain(|(known, _)| !same_but_effort(known, recipe));
        self.weights.push((recipe.clone(), n_bytes));
    }

    /// Why the recipe cannot be carried out, if it cannot.
    pub fn refusal(&self) -> Option<&str> {
        self.refused_now().filter(|_| !self.is_reloading())
    }

    fn refused_now(&self) -> Option<&str> {
        let refused = self.refused.as_ref().filter(|(recipe, _)| same_but_effort(recipe, &self.recipe));
        refused.filter(|_| self.current().is_none()).map(|(_, why)| why.as_str())
    }

    /// Is the changed file being loaded, while what it held before is shown?
    pub fn is_reloading(&self) -> bool {
        self.reread.as_ref().is_some_and(|it| it.is_agreed)
    }

    /// Measured bytes of a format under the present settings, if it was tried.
    pub fn weight(&self, entrant: Entrant) -> Option<usize> {
        let mut wanted = self.recipe.clone();
        wanted.output = entrant.of_wish(&wanted.output);
        self.weights.iter().rev().find(|(recipe, _)| same_but_effort(recipe, &wanted)).map(|(_, bytes)| *bytes)
    }

    /// Measured durations; where a stage was not run again, the last ones.
    pub fn millis(&self) -> Millis {
        self.millis
    }

    /// What the window shows.
    pub fn status(&self) -> Status<'_> {
        match &self.progress {
            Progress::Failed(why) => Status::Failed(why),
            Progress::Loading(_) if self.original.is_none() => Status::Loading,
            Progress::Loading(_) | Progress::Done => {
                if self.original.is_some() {
                    Status::Ready
                } else {
                    Status::Loading
                }
            }
        }
    }

    /// Is a result being made?
    pub fn is_working(&self) -> bool {
        self.asked.is_some() || self.is_reloading()
    }

    /// The result's size in pixels under the present recipe.
    pub fn result_size(&self) -> Option<[u32; 2]> {
        let facts = self.facts.as_ref()?;
        Some(geometry(facts.size, &self.recipe.edits.size, facts.format == Format::Svg).canvas)
    }

    /// Was a larger picture asked for than is allowed without enlarging?
    pub fn is_held_back(&self) -> bool {
        let wanted = |facts: &Facts| geometry(facts.size, &self.recipe.edits.size, facts.format == Format::Svg);
        self.facts.as_ref().is_some_and(|facts| wanted(facts).held_back)
    }

    /// The text to paste for a result of this picture.
    pub fn snippet(&self, embed: Embed, packed: &Packed) -> Snippet {
        let encoded = &packed.product.encoded;
        snippet(embed, encoded.format, &packed.texts, &self.snippet_facts(encoded.size))
    }

    /// What an element of HTML says of a result of this size.
    pub(super) fn snippet_facts(&self, size: [u32; 2]) -> SnippetFacts {
        let has_own_name = self.intake.is_named();
        let alt = if has_own_name { naming::alternative_text(&self.name) } else { String::new() };
        SnippetFacts { size, density: self.density.max(1), alt }
    }

    /// The recipe to ask for next: that of the bytes there are until it is known what they look
    /// like, then that of the next bytes.
    pub(super) fn next_recipe(&self) -> Option<Recipe> {
        self.original.as_ref()?;
        let is_seen = self.pixels_of_result().is_some() || self.unseen().is_some();
        match self.current() {
            Some(current) if !is_seen => Some(current.product.recipe.clone()),
            _ => self.next_bytes(),
        }
    }

    /// The recipe of the bytes to make next: first the quick ones, then, undisturbed, the small ones.
    pub(super) fn next_bytes(&self) -> Option<Recipe> {
        self.original.as_ref()?;
        let (mut quick, mut small) = (self.recipe.clone(), self.recipe.clone());
        quick.output.effort = Effort::Fast;
        small.output.effort = Effort::Normal;
        let has = |wanted: &Recipe| {
            self.made().is_some_and(|it| it.product.recipe == *wanted)
                || self.refused.as_ref().is_some_and(|(recipe, _)| recipe == wanted)
        };
        if self.refused_now().is_some() || has(&small) || self.recipe.output.untouched && has(&quick) {
            return None;
        }
        if has(&quick) { Some(small) } else { Some(quick) }
    }

    /// Does the search for small bytes take so long that who waits for a result gets the quick one?
    pub(super) fn is_search_long(&self) -> bool {
        let small = OutputSpec { effort: Effort::Normal, ..self.recipe.output.clone() };
        let [width, height] = self.result_size().unwrap_or_default().map(u64::from);
        // Those of JPEG and WebP take a fifth of the others' time.
        let is_slow = !is_stoppable(&small) && !matches!(small.format, Format::Jpeg | Format::WebP);
        is_slow && LONG_SEARCH_PIXELS < width * height
    }

    /// Bytes of memory held for the screen and for editing, roughly.
    pub(super) fn held_bytes(&self) -> u64 {
        let original = self.original.as_ref().map(|it| &it.decoded.raster);
        let [preview, pinned] = [&self.preview, &self.pinned].map(|it| it.as_ref().map(|it| &it.raster));
        // The smaller versions for the screen take a third of that once more.
        [original, preview, pinned].into_iter().flatten().map(|it| it.byte_len() as u64 / 3 * 4).sum()
    }

    /// Lets go of what can be made again from the bytes.
    #[must_use]
    pub(super) fn let_go(&mut self) -> Option<Effect> {
        self.asked = None;
        let (original, result, preview) = (self.original.take(), self.result.take(), self.preview.take());
        let is_nothing = original.is_none() && result.is_none() && preview.is_none();
        let pixels = Discarded { _original: original, _result: result, _preview: preview, _pinned: self.pinned.take() };
        (!is_nothing).then(|| Effect::Discard(Box::new(pixels)))
    }

    /// Forgets what was measured on other bytes than those to come.
    pub(super) fn forget_measured(&mut self) {
        self.weights.clear();
        self.forget_race();
        (self.refused, self.unseen, self.asked) = (None, None, None);
    }
}

/// Equal apart from how long the encoder may search, which the user does not set.
pub(super) fn same_but_effort(a: &Recipe, b: &Recipe) -> bool {
    let mut a = a.clone();
    a.output.effort = b.output.effort;
    a == *b
}
