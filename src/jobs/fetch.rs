//! Links: what fetching needs of the network, what can go wrong, and the lane on which it is done.
//!
//! Nothing is fetched but what the user pasted, dropped, typed or chose. What arrives is told apart by
//! its content: an image goes on to the load lane, a page is answered with the images that it names.

use super::{
    JobError, Shared,
    guard::guard,
    request::{Event, Intake, LoadRequest},
};
use crate::engine::{
    Bytes, Cancel, EngineError, Format, Source,
    embed::{Link, LinkError, images_of_page, is_page},
};
use std::{
    cell::Cell,
    fmt,
    time::{Duration, Instant},
};

/// Progress is told no more often.
const TOLD_EVERY: Duration = Duration::from_millis(100);

/// How much of a link's content has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// Bytes that have come, unpacked where they were sent packed.
    pub bytes: u64,
    /// Bytes that were announced, if it is known how many there will be.
    pub of: Option<u64>,
}

/// What a fetch obeys and tells.
pub struct FetchOrder<'a> {
    /// Most bytes that are taken, unpacked or not.
    pub max_bytes: u64,
    /// Obeyed within a tenth of a second, whatever the server does.
    pub cancel: &'a Cancel,
    /// Hears now and then how far it has come.
    pub progress: &'a dyn Fn(Received),
}

/// What was behind a link.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// All of it.
    pub bytes: Bytes,
    /// Where it was in the end.
    pub link: Link,
    /// What the server calls it, if it says.
    pub name: Option<String>,
}

/// The network; reached for one link at a time, and only when the user asks.
pub trait Web: Send + Sync {
    /// Fetches what is behind a link: all of it or nothing. Waits.
    ///
    /// # Errors
    /// [`FetchError`].
    fn fetch(&self, link: &Link, order: &FetchOrder<'_>) -> Result<Fetched, FetchError>;
}

/// Why there is nothing of a link. The texts read well after a picture's name and a colon.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// It cannot be followed at all.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// No such host, or no name server to ask.
    #[error("the address of {0} could not be found; check the link and the network connection")]
    HostUnknown(String),
    /// Nobody there who answers.
    #[error("{host} could not be reached ({why}); check the network connection or try again later")]
    Unreachable {
        /// The host.
        host: String,
        /// What the system says.
        why: String,
    },
    /// No encryption that could be trusted.
    #[error("there is no secure connection to {host} ({why}), so nothing was fetched from it")]
    Tls {
        /// The host.
        host: String,
        /// What is wrong with it.
        why: String,
    },
    /// The proxy of the environment.
    #[error("the proxy set in the environment does not serve this link ({0}); correct http_proxy or https_proxy")]
    Proxy(String),
    /// Nothing came for a while.
    #[error("{host} sent nothing for {seconds} seconds; try again later")]
    Silent {
        /// The host.
        host: String,
        /// For how long.
        seconds: u64,
    },
    /// It came too slowly.
    #[error("{host} did not send all of it within {minutes} minutes; try again later")]
    Slow {
        /// The host.
        host: String,
        /// How long was waited.
        minutes: u64,
    },
    /// An answer without content: the three digits of RFC 9110 §15.
    #[error("{host} {} ({status})", status_words(*.status))]
    Refused {
        /// The host.
        host: String,
        /// Its status code.
        status: u16,
    },
    /// Every address was only that of another.
    #[error("the link leads on and on, more than {0} times; copy the address of the image itself")]
    Circle(u32),
    /// From `https:` to `http:`.
    #[error("the link leads from a secure address to an insecure one on {0}, which was not followed")]
    Downgrade(String),
    /// To where only this computer, or nobody, leads.
    #[error("the link leads on to an address that is not followed: {0}")]
    LeadsAstray(LinkError),
    /// More than anything that would be read.
    #[error("{}", too_large(*.megabytes, *.limit_megabytes))]
    TooLarge {
        /// Announced size in MB (1 MB = 1,000,000 bytes), if it was announced.
        megabytes: Option<u64>,
        /// The limit in MB.
        limit_megabytes: u64,
    },
    /// The connection ended too soon.
    #[error("{host} broke off before the end, so nothing was kept; try again")]
    BrokenOff {
        /// The host.
        host: String,
    },
    /// Not what HTTP allows.
    #[error("what {host} sends is no proper HTTP ({why})")]
    Garbled {
        /// The host.
        host: String,
        /// Which rule it breaks.
        why: String,
    },
    /// Packed in a way that was not asked for.
    #[error("{host} sends it packed as {coding}, which was not asked for")]
    Packed {
        /// The host.
        host: String,
        /// The name of the way (RFC 9110 §8.4.1).
        coding: String,
    },
    /// An answer with nothing in it.
    #[error("{0} sent nothing; copy the address of the image itself")]
    Empty(String),
    /// Here, not there.
    #[error("it could not be fetched ({0})")]
    Local(String),
    /// Somebody asked to stop.
    #[error("cancelled")]
    Cancelled,
}

fn status_words(status: u16) -> &'static str {
    match status {
        401 | 403 | 407 => "does not show it to everybody; save the image in a browser and open the file",
        404 | 410 => "has nothing at this address; check the link",
        429 => "was asked too often; try again later",
        500.. => "has a fault of its own; try again later",
        _ => "does not send it; save the image in a browser and open the file",
    }
}

fn too_large(megabytes: Option<u64>, limit: u64) -> String {
    match megabytes {
        Some(size) => format!("it has {size} MB, more than the limit of {limit} MB"),
        None => format!("it is larger than the limit of {limit} MB"),
    }
}

/// A page where an image was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The images that it names, best first; perhaps none.
    pub images: Vec<Link>,
}

impl std::error::Error for Page {}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.images.is_empty() {
            return f.write_str("this is a page without images; copy the address of the image itself");
        }
        f.write_str("this is a page, no image; choose one of those that it names:")?;
        self.images.iter().try_for_each(|it| write!(f, " {it}"))
    }
}

/// Fetches an image.
///
/// # Errors
/// [`JobError::Fetch`], [`JobError::Page`], and [`EngineError::Cancelled`].
pub fn fetch(web: &dyn Web, text: &str, order: &FetchOrder<'_>) -> Result<Source, JobError> {
    order.cancel.check()?;
    let link = Link::parse(text).map_err(FetchError::from)?;
    let fetched = web.fetch(&link, order).map_err(|error| match error {
        FetchError::Cancelled => EngineError::Cancelled.into(),
        other => JobError::from(other),
    })?;
    if Format::sniff(&fetched.bytes).is_none() && is_page(&fetched.bytes) {
        return Err(Page { images: images_of_page(&fetched.bytes, &fetched.link) }.into());
    }
    let name = fetched.name.unwrap_or_else(|| link.file_name());
    Ok(Source::new(name, fetched.bytes))
}

/// Works until the backlog is closed.
pub(super) fn run(shared: &Shared) {
    while let Some((request, cancel)) = shared.fetches.take() {
        let LoadRequest { ticket, intake, allowance } = request;
        let Intake::Link(text) = intake else { continue };
        let start = Instant::now();
        let told = Cell::new(start);
        let progress = |received: Received| {
            if TOLD_EVERY <= told.get().elapsed() {
                told.set(Instant::now());
                shared.send(Event::Received { ticket, received });
            }
        };
        let order = FetchOrder { max_bytes: shared.limits.max_source_bytes, cancel: &cancel, progress: &progress };
        let result = guard(|| fetch(&*shared.web, &text, &order));
        shared.trace.span("fetch", "fetch", start, start.elapsed(), &[("ticket", ticket.number())]);
        match result {
            Ok(source) => {
                let intake = Intake::Known(source);
                shared.loads.put((LoadRequest { ticket, intake, allowance }, cancel));
            }
            Err(error) => shared.send(Event::Loaded { ticket, result: Err(error) }),
        }
    }
}
