//! The helper's side: builds its walls, says that it is ready, and decodes and encodes until the
//! program ends.

use super::{
    Priority, Transport, check,
    protocol::{Answer, EncodeOrder, Facts, Fault, Layout, Order, Outcome, Picture, Task, VERSION, Warning},
    streams, system,
    wire::{Asked, Mouth},
};
use crate::engine::{
    self, Bytes, Cancel, EngineError, Limits, Raster, Source, Tools,
    decode::{DecodeOptions, Decoder, Fonts, Glimpse, Lent, Memory},
    embed,
    encode::{self, Encoder as _, Made},
    recipe::{OutputSpec, ProfilePolicy},
};
use std::{
    alloc::{Layout as Block, handle_alloc_error},
    error::Error as _,
    io,
    panic::{self, AssertUnwindSafe},
    path::PathBuf,
    process,
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
};

/// Decoders of nested documents recurse; address space costs nothing until it is used.
const STACK_BYTES: usize = 64 << 20;
/// Behind the window, whose helper this is, and behind every other program.
const BEHIND_OTHERS: Priority = Priority(10);

/// What a helper is given.
pub struct Service {
    /// Through what it talks to the program.
    pub transport: Transport,
    /// Does it leave the processors to whoever else needs them?
    pub is_gentle: bool,
    /// Makes the pixels.
    pub decoder: Box<dyn Decoder + Send>,
    /// Fonts for text in SVG.
    pub fonts: Fonts,
    /// Where those lie: the only folders that are read.
    pub font_folders: Vec<PathBuf>,
    /// Gives freed memory back, after each order.
    pub tidy: fn(),
}

/// Serves until the program ends, and this process with it.
///
/// # Errors
/// When the walls cannot be built at all, or there is no program to talk to.
pub fn serve(service: &Service) -> io::Result<()> {
    // First, since threads inherit it.
    if service.is_gentle {
        system::be_gentle(BEHIND_OTHERS);
    }
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let mut missing = system::before_threads(&service.font_folders);
    let (mut ear, mouth) = match service.transport {
        Transport::Native => system::ends()?,
        Transport::Streams => streams::ends(),
    };
    let pool =
        rayon::ThreadPoolBuilder::new().num_threads(cores).stack_size(STACK_BYTES).build().map_err(io::Error::other)?;
    let (orders, inbox) = mpsc::channel();
    thread::Builder::new().name("ear".to_owned()).spawn(move || {
        while let Ok(asked) = ear.hear() {
            if orders.send(asked).is_err() {
                break;
            }
        }
        // The program has ended; whatever is being decoded is for nobody.
        end();
    })?;
    missing.extend(system::after_threads());
    let desk = Desk { mouth: Mutex::new(mouth), inbox: Mutex::new(inbox) };
    desk.say(&Answer::Ready { version: VERSION, missing })?;
    pool.install(|| {
        // Nothing but an order can come while nothing was asked for.
        while let Some(asked) = desk.next() {
            match asked {
                Asked::Work(order, source) => work(&desk, service, &order, source)?,
                Asked::Encode(order, pixels) => encode(&desk, order, pixels)?,
                Asked::Memory(_) => break,
            }
            (service.tidy)();
        }
        Ok(())
    })
}

#[expect(clippy::disallowed_methods, reason = "the main thread may be in a decoder that never comes back")]
fn end() -> ! {
    process::exit(0)
}

/// Where requests come in and answers go out.
struct Desk {
    mouth: Mutex<Box<dyn Mouth>>,
    inbox: Mutex<mpsc::Receiver<Asked>>,
}

impl Desk {
    fn say(&self, answer: &Answer) -> io::Result<()> {
        self.mouth.lock().unwrap_or_else(PoisonError::into_inner).say(answer)
    }

    fn next(&self) -> Option<Asked> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
    }

    /// Memory for pixels, where it can be lent.
    fn borrow(&self, bytes: usize) -> Option<Box<dyn Lent>> {
        if !self.mouth.lock().unwrap_or_else(PoisonError::into_inner).carries_memory() {
            return None;
        }
        self.say(&Answer::Lend { bytes: bytes as u64 }).ok()?;
        match self.next()? {
            // Lent, but more than may be mapped: as when a decoder finds no room for its own.
            Asked::Memory(room) => {
                let no_room = |_| handle_alloc_error(Block::array::<u8>(bytes).unwrap_or(Block::new::<u8>()));
                Some(room.open(bytes).unwrap_or_else(no_room))
            }
            Asked::Work(..) | Asked::Encode(..) => None,
        }
    }

    /// Sees to it that the program has these bytes.
    fn hand_over(&self, bytes: &[u8]) -> io::Result<()> {
        match self.borrow(bytes.len()) {
            Some(mut memory) => (*memory).as_mut().copy_from_slice(bytes),
            None => self.mouth.lock().unwrap_or_else(PoisonError::into_inner).send_pixels(bytes)?,
        }
        Ok(())
    }
}

/// Lends a decoder the program's memory, and remembers where it lies.
struct Lender<'a> {
    desk: &'a Desk,
    address: Mutex<Option<usize>>,
}

impl Memory for Lender<'_> {
    fn lend(&self, bytes: usize) -> Option<Box<dyn Lent>> {
        let lent = self.desk.borrow(bytes)?;
        *self.address.lock().unwrap_or_else(PoisonError::into_inner) = Some((*lent).as_ref().as_ptr().addr());
        Some(lent)
    }
}

impl Lender<'_> {
    /// Sees to it that the program has the pixels; afterwards this process has them no more.
    fn hand_over(&self, raster: Raster) -> io::Result<Picture> {
        let lent = *self.address.lock().unwrap_or_else(PoisonError::into_inner);
        let (size, layout, bytes) = (raster.size(), raster.layout(), raster.bytes());
        if lent != Some(bytes.as_ptr().addr()) {
            self.desk.hand_over(bytes)?;
        }
        let profile = raster.profile().map(|it| it.to_vec());
        drop(raster);
        Ok(Picture { size, layout: layout.into(), profile })
    }
}

/// What came of an order.
enum Product {
    Decoded(engine::Decoded),
    Size([u32; 2]),
    Glimpsed(Option<Glimpse>),
    Compressed(usize),
}

/// Carries an order out and says what came of it.
///
/// # Errors
/// When the program is gone, or a decoder panicked: nobody trusts what it left behind.
fn work(desk: &Desk, service: &Service, order: &Order, source: Bytes) -> io::Result<()> {
    let limits =
        Limits { max_pixels: order.max_pixels, max_bytes: order.max_bytes, max_source_bytes: order.max_source_bytes };
    let (source, cancel) = (Source::new("", source), Cancel::default());
    let lender = Lender { desk, address: Mutex::default() };
    let tools = Tools { memory: &lender, ..Tools::new(&limits, &service.fonts, &cancel) };
    let result = panic::catch_unwind(AssertUnwindSafe(|| perform(&*service.decoder, order.task, &source, tools)));
    let outcome = match result {
        Err(_payload) => {
            desk.say(&Answer::Done(Err(Fault::Crashed)))?;
            return Err(io::Error::other("a decoder panicked"));
        }
        Ok(Err(error)) => Err(fault(&error)),
        Ok(Ok(Product::Decoded(decoded))) => {
            let facts = facts(decoded.facts);
            Ok(Outcome::Decoded(lender.hand_over(decoded.raster)?, facts))
        }
        Ok(Ok(Product::Size(size))) => Ok(Outcome::Size(size)),
        Ok(Ok(Product::Compressed(bytes))) => Ok(Outcome::Compressed { bytes: bytes as u64 }),
        Ok(Ok(Product::Glimpsed(None))) => Ok(Outcome::Glimpsed(None)),
        Ok(Ok(Product::Glimpsed(Some(glimpse)))) => {
            Ok(Outcome::Glimpsed(Some((lender.hand_over(glimpse.raster)?, glimpse.size))))
        }
    };
    desk.say(&Answer::Done(outcome))
}

/// Encodes a picture and says what came of it.
///
/// # Errors
/// When the program is gone, or an encoder panicked.
fn encode(desk: &Desk, order: EncodeOrder, pixels: Bytes) -> io::Result<()> {
    let EncodeOrder { wish, picture, .. } = order;
    let spec = OutputSpec::from(wish);
    let raster = raster(picture, pixels).ok_or(io::ErrorKind::InvalidData)?;
    let work = || encode::Direct.bytes(&raster, &spec, &Cancel::default());
    let outcome = match panic::catch_unwind(AssertUnwindSafe(work)) {
        Err(_payload) => {
            desk.say(&Answer::Done(Err(Fault::Crashed)))?;
            return Err(io::Error::other("an encoder panicked"));
        }
        Ok(Err(error)) => Err(Fault::NotEncoded { cause: causes(&error) }),
        Ok(Ok(Made { bytes, .. })) => {
            desk.hand_over(&bytes)?;
            Ok(Outcome::Encoded { bytes: bytes.len() as u64 })
        }
    };
    desk.say(&Answer::Done(outcome))
}

/// The picture of an order; `None` when the pixels are not those that it speaks of.
fn raster(picture: Picture, pixels: Bytes) -> Option<Raster> {
    let ([width, height], layout) = (picture.size, check::layout(picture.layout));
    let raster = if layout.is_wide() && bytemuck::try_cast_slice::<u8, u16>(&pixels).is_err() {
        // What came through a stream lies anywhere.
        Raster::from_samples16(width, height, layout, bytemuck::pod_collect_to_vec(&pixels))
    } else {
        Raster::from_storage(width, height, layout, Arc::new(pixels))
    };
    raster.map(|it| it.with_profile(picture.profile.map(Arc::from)))
}

fn perform(decoder: &dyn Decoder, task: Task, source: &Source, tools: Tools<'_>) -> Result<Product, EngineError> {
    Ok(match task {
        Task::Decode { keeps_profile, vector_size, enough } => {
            let profile = if keeps_profile { ProfilePolicy::Keep } else { ProfilePolicy::default() };
            Product::Decoded(decoder.decode(source, &DecodeOptions { profile, vector_size, enough }, tools)?)
        }
        Task::Measure => Product::Size(decoder.measure(source, tools)?),
        Task::Glimpse => Product::Glimpsed(decoder.glimpse(source, tools)?),
        Task::Compress => Product::Compressed(embed::brotli([source.bytes()], tools.cancel)?.len()),
    })
}

fn facts(facts: engine::Facts) -> Facts {
    let engine::Facts { stored_size, size, orientation, frames, profile_name, depth, gamut, details, .. } = facts;
    let warnings = facts.warnings.into_iter().filter_map(warning).collect();
    let (gamut, details) = (gamut.into(), (*details).into());
    Facts { stored_size, size, orientation, frames, profile_name, depth, gamut, details, warnings }
}

/// The others come of editing and encoding.
fn warning(warning: engine::Warning) -> Option<Warning> {
    match warning {
        engine::Warning::FramesDropped { frames } => Some(Warning::FramesDropped { frames }),
        engine::Warning::ProfileIgnored { why } => Some(Warning::ProfileIgnored { why }),
        engine::Warning::Truncated => Some(Warning::Truncated),
        _ => None,
    }
}

fn fault(error: &EngineError) -> Fault {
    match error {
        EngineError::NotAnImage => Fault::NotAnImage,
        EngineError::Empty => Fault::Empty,
        EngineError::Unreadable { .. } => Fault::Unreadable,
        EngineError::UnsupportedFeature { .. } => Fault::UnsupportedFeature { cause: causes(error) },
        EngineError::NoPixels { width, height } => Fault::NoPixels { width: *width, height: *height },
        EngineError::TooManyPixels { width, height, limit_megapixels } => {
            Fault::TooManyPixels { width: *width, height: *height, limit_megapixels: *limit_megapixels }
        }
        EngineError::TooMuchMemory { needed_megabytes, limit_megabytes } => {
            Fault::TooMuchMemory { needed_megabytes: *needed_megabytes, limit_megabytes: *limit_megabytes }
        }
        EngineError::TooComplex { what, .. } => Fault::TooComplex { what: what.clone().into_owned() },
        // Decoding gives no others.
        _ => Fault::Damaged { cause: causes(error) },
    }
}

/// Why, and why that.
fn causes(error: &EngineError) -> String {
    let mut texts: Vec<String> = vec![];
    let mut next = error.source();
    while let Some(cause) = next {
        texts.push(cause.to_string());
        next = cause.source();
    }
    texts.join(": ")
}

impl From<engine::Layout> for Layout {
    fn from(layout: engine::Layout) -> Self {
        match layout {
            engine::Layout::Rgb8 => Self::Rgb8,
            engine::Layout::Rgba8 => Self::Rgba8,
            engine::Layout::Rgb16 => Self::Rgb16,
            engine::Layout::Rgba16 => Self::Rgba16,
        }
    }
}
