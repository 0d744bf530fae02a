//! The program's decoder, and its encoder where one cannot be stopped: hands pictures to helpers,
//! and does it here only when there is none.

use super::{
    ARGUMENT, Early, GENTLY, Program, Transport,
    budget::Allowance,
    check::Believed,
    child::{Child, Failure},
    pool::{NoHelper, Pool},
    protocol::{EncodeOrder, Picture, Task},
    system,
    wishes::Wish,
};
use crate::engine::{
    Bytes, Cancel, Decoded, Encoded, EngineError, Format, Limits, Raster, Source, Tools, Warning,
    decode::{DecodeOptions, Decoder, Direct, Glimpse},
    embed::Snippet,
    encode::{self, Encoder, Made, is_stoppable},
    recipe::{OutputSpec, ProfilePolicy},
};
use std::{io, sync::Arc};

/// Where pictures are decoded, and encoded where that cannot be stopped. Clones share the helpers.
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

/// Decodes in helpers, within an allowance, and encodes in them what could not be stopped here.
pub struct Contained {
    decoders: Decoders,
    allowance: Allowance,
}

/// Whether a helper did it.
enum Way<T> {
    Contained(T),
    /// It has to be done here, for this reason.
    Here(Option<String>),
}

impl Contained {
    fn ask(&self, task: Task, source: &Source, tools: Tools<'_>) -> Result<Way<Believed>, EngineError> {
        self.have(tools.cancel, |child| child.work(task, source, tools.limits, self.allowance, tools.cancel))
    }

    /// Has a helper do it. One that somebody killed has proved nothing: another one tries.
    fn have<T>(&self, cancel: &Cancel, work: impl Fn(&mut Child) -> Result<T, Failure>) -> Result<Way<T>, EngineError> {
        let Some(pool) = &self.decoders.0 else { return Ok(Way::Here(None)) };
        for _ in 0..MOST_KILLED {
            let mut child = match pool.take(cancel) {
                Ok(child) => child,
                Err(NoHelper::Cancelled) => return Err(EngineError::Cancelled),
                Err(NoHelper::NotStarted(why)) => return Ok(Way::Here(Some(why))),
            };
            let result = work(&mut child);
            let is_usable = matches!(result, Ok(_) | Err(Failure::Refused(_)));
            pool.give_back(child, is_usable);
            match result {
                Ok(done) => return Ok(Way::Contained(done)),
                Err(Failure::Refused(error) | Failure::Over(error)) => return Err(error),
                Err(Failure::Killed) => {}
            }
        }
        Err(EngineError::DecoderCrashed)
    }
}

/// Shorter texts are compressed in less time than a cancel may take.
const SOON_COMPRESSED: usize = 8_000;

impl Contained {
    /// How long a text is as brotli, which cannot be stopped.
    ///
    /// # Errors
    /// [`EngineError::Cancelled`], [`EngineError::DecoderCrashed`].
    pub fn compressed(&self, text: &Snippet, cancel: &Cancel) -> Result<usize, EngineError> {
        let here = || Ok(text.brotli(cancel)?.len());
        if self.decoders.0.is_none() || text.chars() < SOON_COMPRESSED {
            return here();
        }
        let (source, limits) = (Source::new("text", text.to_string().into_bytes()), Limits::default());
        let way = self.have(cancel, |child| child.work(Task::Compress, &source, &limits, self.allowance, cancel));
        match way? {
            Way::Contained(Believed::Compressed(bytes)) => Ok(bytes),
            Way::Contained(_) => Err(EngineError::DecoderCrashed),
            Way::Here(_) => here(),
        }
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

/// JPEGs of so few pixels are encoded in less time than a cancel may take.
const SOON_ENCODED: u64 = 100_000;

/// Does encoding end soon after a cancel, by itself or because it is stopped?
fn is_soon_done(spec: &OutputSpec, [width, height]: [u32; 2]) -> bool {
    is_stoppable(spec) || spec.format == Format::Jpeg && u64::from(width) * u64::from(height) <= SOON_ENCODED
}

impl Encoder for Contained {
    fn bytes(&self, raster: &Raster, spec: &OutputSpec, cancel: &Cancel) -> Result<Made, EngineError> {
        let (format, limits) = (spec.format, Limits::default());
        if self.decoders.0.is_none() || is_soon_done(spec, raster.size()) {
            return encode::Direct.bytes(raster, spec, cancel);
        }
        // Once: every helper that tries is handed the same memory.
        let pixels = shared(raster, cancel)?;
        let way = self.have(cancel, |child| {
            let wish = Wish::of(spec).ok_or(Failure::Refused(EngineError::Unwritable { format }))?;
            let profile = raster.profile().map(|it| it.to_vec());
            let picture = Picture { size: raster.size(), layout: raster.layout().into(), profile };
            let order = EncodeOrder { wish, picture, pixel_bytes: pixels.len() as u64 };
            child.encode(order, &pixels, format, &limits, cancel)
        });
        match way {
            Ok(Way::Contained(bytes)) => Ok(bytes.into()),
            // Then it cannot be stopped, which is better than not being done.
            Ok(Way::Here(_)) => encode::Direct.bytes(raster, spec, cancel),
            Err(EngineError::DecoderCrashed | EngineError::OutOfMemory { .. }) => {
                Err(EngineError::Encode { format, cause: "the encoder crashed, or there was not enough memory".into() })
            }
            Err(error) => Err(error),
        }
    }

    fn decode_back(&self, encoded: &Encoded, spec: &OutputSpec, tools: Tools<'_>) -> Result<Raster, EngineError> {
        if is_soon_done(spec, encoded.size) {
            return encode::Direct.decode_back(encoded, spec, tools);
        }
        // What a helper made is looked at in a helper, whoever may have taken that over.
        let task = Task::Decode { keeps_profile: false, vector_size: None, enough: None };
        let result = Source::new("result", encoded.bytes.clone());
        match self.ask(task, &result, tools)? {
            Way::Contained(Believed::Decoded(decoded)) => Ok(decoded.raster),
            Way::Contained(_) => Err(EngineError::DecoderCrashed),
            // None could be started then either, so it was made here.
            Way::Here(_) => encode::Direct.decode_back(encoded, spec, tools),
        }
    }
}

/// The pixels where other processes can read them.
fn shared(raster: &Raster, cancel: &Cancel) -> Result<Bytes, EngineError> {
    /// Stops in between, since many pixels take longer to copy than a cancel may wait.
    struct Watched<'a>(&'a [u8], &'a Cancel);

    impl io::Read for Watched<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            if self.1.is_cancelled() { Err(io::ErrorKind::Other.into()) } else { self.0.read(into) }
        }
    }

    let pixels = raster.bytes();
    let copied = system::read_shared(&mut Watched(pixels, cancel), pixels.len() as u64);
    cancel.check()?;
    copied.map_err(|_no_memory| EngineError::OutOfMemory { limit_megabytes: pixels.len() as u64 / 1_000_000 })
}
