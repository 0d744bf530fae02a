//! A desk for the session: what the shell does after every step, and answers as the jobs give them.

use inlaid::{
    engine::{Decoded, Encoded, Facts, Format, Layout, Product, Raster, Recipe, Source, embed},
    jobs::{Errand, Event, Intake, Loaded, Millis, Packed, RaceRequest, RenderRequest, Rendered, Ticket, ports::News},
    session::{Action, Effect, Item, Kind, Session},
};
use std::{path::PathBuf, sync::Arc};

pub(crate) const SIZE: [u32; 2] = [8, 6];

/// What the files of the tests hold, unless a test says otherwise.
pub(crate) const BYTES: &[u8] = b"\x89PNG\r\n\x1a\n";

pub(crate) fn raster() -> Raster {
    Raster::from_samples8(SIZE[0], SIZE[1], Layout::Rgb8, vec![7; 8 * 6 * 3]).unwrap()
}

pub(crate) fn decoded() -> Decoded {
    let facts = Facts {
        format: Format::Png,
        stored_size: SIZE,
        size: SIZE,
        orientation: 1,
        frames: Some(1),
        profile_name: None,
        gamut: Default::default(),
        details: Default::default(),
        depth: 8,
        has_alpha: false,
        warnings: vec![],
    };
    Decoded { raster: raster(), facts }
}

pub(crate) fn loaded(name: &str) -> Box<Loaded> {
    loaded_from(Source::new(name, BYTES))
}

pub(crate) fn loaded_from(source: Source) -> Box<Loaded> {
    Box::new(Loaded { source, decoded: decoded(), painted: Arc::new(()), millis: Millis::default() })
}

pub(crate) fn rendered(recipe: &Recipe, bytes: &[u8]) -> Box<Rendered> {
    Box::new(Rendered { packed: *packed(recipe, bytes), preview: raster(), painted: Arc::new(()) })
}

pub(crate) fn packed(recipe: &Recipe, bytes: &[u8]) -> Box<Packed> {
    let encoded = Encoded { format: recipe.output.format, bytes: bytes.into(), size: SIZE, warnings: vec![] };
    let product = Product { recipe: recipe.clone(), encoded, preview: None, found: None, warnings: vec![] };
    Box::new(Packed { product, texts: embed::Texts::of(recipe.output.format, bytes), millis: Millis::default() })
}

pub(crate) fn file(name: &str) -> Intake {
    Intake::Path(PathBuf::from("/pictures").join(name))
}

/// A session that carries out reconciliation after every step, as the shell does.
#[derive(Default)]
pub(crate) struct Desk {
    pub(crate) session: Session,
    /// What was asked to be watched, each time.
    pub(crate) watched: Vec<Vec<PathBuf>>,
    /// The races that were asked for, and stopped (`None`).
    pub(crate) races: Vec<Option<RaceRequest>>,
}

impl Desk {
    pub(crate) fn act(&mut self, action: impl Into<Action>) -> Vec<Effect> {
        let effects = self.session.act(action.into());
        self.settle(effects)
    }

    pub(crate) fn absorb(&mut self, event: Event) -> Vec<Effect> {
        let effects = self.session.absorb(event);
        self.settle(effects)
    }

    /// A frame without a gesture; which files are watched and what is raced is kept aside, and nobody looks at
    /// discarded pixels.
    pub(crate) fn settle(&mut self, mut effects: Vec<Effect>) -> Vec<Effect> {
        effects.extend(self.session.reconcile());
        self.session.note_edits(false);
        effects.retain_mut(|effect| match effect {
            Effect::Watch(files) => {
                self.watched.push(std::mem::take(files));
                false
            }
            Effect::Race(request) => {
                self.races.push(Some(request.clone()));
                false
            }
            Effect::CancelRace => {
                self.races.push(None);
                false
            }
            Effect::Discard(_) => false,
            _ => true,
        });
        effects
    }

    /// An edit by a view, and the frame that follows.
    pub(crate) fn edit(&mut self, edit: impl FnOnce(&mut Item)) -> Vec<Effect> {
        edit(self.session.selected_mut().unwrap());
        self.settle(vec![])
    }

    /// The system says that a file was written.
    pub(crate) fn change(&mut self, name: &str) -> Vec<Effect> {
        let Intake::Path(path) = file(name) else { panic!("a file") };
        self.absorb(Event::News(News::Changed(path)))
    }

    /// The same, and the file holds this now.
    pub(crate) fn change_to(&mut self, name: &str, bytes: &[u8]) {
        let effects = self.change(name);
        let ticket = effects.iter().find_map(|it| match it {
            Effect::Load(request) => Some(request.ticket),
            _ => None,
        });
        self.absorb(Event::Read { ticket: ticket.unwrap(), source: Source::new(name, bytes) });
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        self.session.items().iter().map(Item::name).collect()
    }

    pub(crate) fn open(&mut self, names: &[&str]) -> Vec<Ticket> {
        let effects = self.act(Action::Open(names.iter().map(|it| file(it)).collect()));
        effects
            .iter()
            .map(|it| match it {
                Effect::Load(request) => request.ticket,
                other => panic!("{other:?}"),
            })
            .collect()
    }

    /// A picture that is loaded; returns the render that was asked for.
    pub(crate) fn load(&mut self, name: &str) -> RenderRequest {
        let ticket = self.open(&[name])[0];
        let effects = self.absorb(Event::Loaded { ticket, result: Ok(loaded(name)) });
        only_render(effects)
    }

    /// Answers a render and the search for smaller bytes that follows it.
    pub(crate) fn finish(&mut self, request: &RenderRequest, bytes: &[u8]) -> Vec<Effect> {
        let answer = |request: &RenderRequest| Event::Rendered {
            ticket: request.ticket,
            result: Ok(rendered(&request.recipe, bytes)),
        };
        let (renders, mut others) = split(self.absorb(answer(request)));
        for next in renders {
            let (renders, more) = split(self.absorb(answer(&next)));
            assert!(renders.is_empty(), "{renders:?}");
            others.extend(more);
        }
        others
    }

    pub(crate) fn says(&self) -> (Kind, &str) {
        let notice = self.session.notice().unwrap();
        (notice.kind, &notice.text)
    }

    pub(crate) fn selected(&self) -> &str {
        self.session.selected().unwrap().name()
    }
}

pub(crate) fn split(effects: Vec<Effect>) -> (Vec<RenderRequest>, Vec<Effect>) {
    let mut renders = vec![];
    let mut others = vec![];
    for effect in effects {
        match effect {
            Effect::Render(request) => renders.push(request),
            other => others.push(other),
        }
    }
    (renders, others)
}

pub(crate) fn only_render(effects: Vec<Effect>) -> RenderRequest {
    let (mut renders, others) = split(effects);
    assert!(others.is_empty() && renders.len() == 1, "{renders:?} {others:?}");
    renders.remove(0)
}

pub(crate) fn copied_text(effects: &[Effect]) -> (Ticket, String) {
    let [Effect::Errand(ticket, Errand::CopyText(snippet))] = effects else { panic!("{effects:?}") };
    (*ticket, snippet.to_string())
}
