//! The program's decoder: hands pictures to helpers, and decodes here only when there is none.

use super::{
    ARGUMENT, Early, GENTLY, Program, Transport,
    budget::Allowance,
    check::Believed,
    child::Failure,
    pool::{NoHelper, Pool},
    protocol::Task,
    system,
};
use crate::engine::{
    Decoded, EngineError, Format, Limits, Source, Tools, Warning,
    decode::{DecodeOptions, Decoder, Direct, Glimpse},
    recipe::ProfilePolicy,
};
use std::{io, sync::Arc};

/// Where pictures are decoded. Clones share the helpers.
#[derive(Clone)]
pub struct Decoders(Option<Arc<Pool>>);

impl Decoders {
    /// In this process, for bytes that are trusted and for tests of what comes after.
    pub fn direct() -> Self {
        Self(None)
    }

    /// In helpers that are this executable, of which one may be there already; gentle ones, where
    /// somebody looks at a window meanwhile.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn contained(limits: &Limits, early: Option<Early>, is_gentle: bool) -> io::Result<Self> {
        let transport = Transport::Native;
        let mut arguments = vec![ARGUMENT.into(), transport.id().into()];
        arguments.extend(is_gentle.then(|| GENTLY.into()));
        let program = Program { path: system::own_executable(), arguments, transport };
        Ok(Self(Some(Arc::new(Pool::new(program, *limits, early)?))))
    }

    /// In helpers that are another executable.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn contained_in(program: Program, limits: &Limits) -> io::Result<Self> {
        Ok(Self(Some(Arc::new(Pool::new(program, *limits, None)?))))
    }

    /// From now on so many helpers shall be ready.
    pub fn want(&self, n: usize) {
        if let Some(pool) = &self.0 {
            pool.want(n);
        }
    }

    /// The decoder for a picture that may take so much.
    pub fn within(&self, allowance: Allowance) -> Contained {
        Contained { decoders: self.clone(), allowance }
    }

    /// How many helpers wait for work.
    pub fn idle(&self) -> usize {
        self.0.as_ref().map_or(0, |pool| pool.idle())
    }

    /// How many helpers are decoding now.
    pub fn at_work(&self) -> usize {
        self.0.as_ref().map_or(0, |pool| pool.at_work())
    }
}

/// So many helpers may be killed over one picture by somebody else, as by a system out of memory.
const MOST_KILLED: usize = 2;

/// Decodes in helpers, within an allowance.
pub struct Contained {
    decoders: Decoders,
    allowance: Allowance,
}

/// Whether a helper did it.
enum Way {
    Contained(Believed),
    /// It has to be done here, for this reason.
    Here(Option<String>),
}

impl Contained {
    /// Has a helper do it. One that somebody killed has proved nothing: another one tries.
    fn ask(&self, task: Task, source: &Source, tools: Tools<'_>) -> Result<Way, EngineError> {
        let Some(pool) = &self.decoders.0 else { return Ok(Way::Here(None)) };
        for _ in 0..MOST_KILLED {
            let mut child = match pool.take(tools.cancel) {
                Ok(child) => child,
                Err(NoHelper::Cancelled) => return Err(EngineError::Cancelled),
                Err(NoHelper::NotStarted(why)) => return Ok(Way::Here(Some(why))),
            };
            let result = child.work(task, source, tools.limits, self.allowance, tools.cancel);
            let is_usable = matches!(result, Ok(_) | Err(Failure::Refused(_)));
            pool.give_back(child, is_usable);
            match result {
                Ok(believed) => return Ok(Way::Contained(believed)),
                Err(Failure::Refused(error) | Failure::Over(error)) => return Err(error),
                Err(Failure::Killed) => {}
            }
        }
        Err(EngineError::DecoderCrashed)
    }
}

/// May a damaged file of this format end the process? The decoder of AV1 cannot unwind.
fn ends_the_process(format: Format) -> bool {
    matches!(format, Format::Avif | Format::Heic)
}

impl Decoder for Contained {
    fn decode(&self, source: &Source, options: &DecodeOptions, tools: Tools<'_>) -> Result<Decoded, EngineError> {
        let keeps_profile = options.profile == ProfilePolicy::Keep;
        let task = Task::Decode { keeps_profile, vector_size: options.vector_size, enough: options.enough };
        let result = self.ask(task, source, tools);
        system::let_handle_go(source.bytes());
        match result? {
            Way::Contained(Believed::Decoded(decoded)) => Ok(decoded),
            Way::Contained(_) => Err(EngineError::DecoderCrashed),
            Way::Here(Some(why)) if let Some(format) = source.format().filter(|it| ends_the_process(*it)) => {
                let cause = format!("it is decoded in a helper only, and none could be started ({why})");
                Err(EngineError::UnsupportedFeature { format, cause: cause.into() })
            }
            Way::Here(why) => {
                let mut decoded = Direct.decode(source, options, tools)?;
                decoded.facts.warnings.extend(why.map(|why| Warning::NotContained { why }));
                Ok(decoded)
            }
        }
    }

    fn measure(&self, source: &Source, tools: Tools<'_>) -> Result<[u32; 2], EngineError> {
        match self.ask(Task::Measure, source, tools)? {
            Way::Contained(Believed::Size(size)) => Ok(size),
            Way::Contained(_) => Err(EngineError::DecoderCrashed),
            Way::Here(_) => Direct.measure(source, tools),
        }
    }

    fn glimpse(&self, source: &Source, tools: Tools<'_>) -> Result<Option<Glimpse>, EngineError> {
        match self.ask(Task::Glimpse, source, tools)? {
            Way::Contained(Believed::Glimpsed(glimpse)) => Ok(glimpse),
            Way::Contained(_) => Err(EngineError::DecoderCrashed),
            Way::Here(_) => Direct.glimpse(source, tools),
        }
    }
}
