//! The network, for links alone: HTTP and HTTPS by ureq, each link on a thread of its own that is left
//! behind when nobody waits for it any more.
//!
//! * Only `http:` and `https:`, also after a redirection; at most ten of these. Browsers go from `https:`
//!   to `http:` when an address was typed and refuse it for the images of a page; here it is refused,
//!   since whoever copied a secure address was promised that nobody changes what is behind it.
//! * No cookies, no names, no passwords, no referrer; the agent says who it is.
//! * Whom to trust says the system (its certificates, with those of a company).
//! * Every wait has an end, and what comes is counted, packed or not, before memory is taken for it.

mod forward;
mod proxy;
mod trouble;

use self::{
    forward::{Forwarding, credentials},
    proxy::Proxies,
    trouble::{Trouble, Where},
};
use crate::{
    engine::{
        Format,
        embed::{Link, name_in_disposition},
    },
    helper::read_shared,
    jobs::{
        fetch::{FetchError, FetchOrder, Fetched, Received, Web},
        hush_this_thread,
    },
};
use std::{
    io::{self, Read},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};
use ureq::{
    Agent, Body,
    http::{Response, StatusCode, header},
    tls::{RootCerts, TlsConfig},
    unversioned::resolver::DefaultResolver,
};

/// So often a link may lead on, as in ureq and half as often as in browsers.
const MOST_REDIRECTIONS: u32 = 10;

/// A cancel is obeyed within this time.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// How long a server is waited for.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For its address, and once more for a connection.
    pub connect: Duration,
    /// For the next byte.
    pub silence: Duration,
    /// For everything together.
    pub total: Duration,
}

impl Default for Patience {
    /// 15 seconds, 30 seconds and 15 minutes, in which a gigabyte comes through 9 Mbit/s.
    fn default() -> Self {
        Self { connect: Duration::from_secs(15), silence: Duration::from_secs(30), total: Duration::from_secs(15 * 60) }
    }
}

/// The system's network.
#[derive(Clone, Copy, Debug)]
pub struct SystemWeb {
    patience: Patience,
    variable: fn(&str) -> Option<String>,
}

impl Default for SystemWeb {
    /// With the patience for people, and the proxies of the environment.
    fn default() -> Self {
        Self::new(Patience::default(), |name| std::env::var(name).ok())
    }
}

impl SystemWeb {
    /// Waits so long, and learns of proxies from variables such as `https_proxy`.
    pub fn new(patience: Patience, variable: fn(&str) -> Option<String>) -> Self {
        Self { patience, variable }
    }
}

impl Web for SystemWeb {
    fn fetch(&self, link: &Link, order: &FetchOrder<'_>) -> Result<Fetched, FetchError> {
        let begin = Instant::now();
        let agent = agent(self.patience);
        let count = Arc::new(Count::default());
        let trip = Trip {
            agent: agent.clone(),
            proxies: Proxies::from_environment(self.variable),
            patience: self.patience,
            max_bytes: order.max_bytes,
            count: count.clone(),
        };
        let (sender, answer) = mpsc::channel();
        let first = link.clone();
        let work = move || {
            hush_this_thread();
            // Nobody listens when the fetch was cancelled.
            sender.send(trip.follow(first)).ok();
        };
        let started = thread::Builder::new().name("link".to_owned()).spawn(work);
        started.map_err(|error| FetchError::Local(error.to_string()))?;
        let mut told = Received::default();
        loop {
            match answer.recv_timeout(LOOK_EVERY) {
                Ok(result) => return result,
                Err(RecvTimeoutError::Disconnected) => return Err(FetchError::Local("it crashed".to_owned())),
                Err(RecvTimeoutError::Timeout) => {}
            }
            if order.cancel.is_cancelled() {
                count.is_over.store(true, Ordering::Relaxed);
                agent.shutdown();
                return Err(FetchError::Cancelled);
            }
            if self.patience.total <= begin.elapsed() {
                count.is_over.store(true, Ordering::Relaxed);
                agent.shutdown();
                let minutes = self.patience.total.as_secs().div_ceil(60);
                return Err(FetchError::Slow { host: link.host().to_owned(), minutes });
            }
            let received = count.received();
            if received != told {
                (order.progress)(received);
                told = received;
            }
        }
    }
}

/// An agent for one link.
fn agent(patience: Patience) -> Agent {
    let mimes = Format::readable().map(Format::mime);
    let accept = mimes.chain(["*/*;q=0.1"]).collect::<Vec<_>>().join(", ");
    let config = Agent::config_builder()
        .tls_config(TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build())
        // Chosen for each address anew.
        .proxy(None)
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .user_agent(concat!("Inlaid/", env!("CARGO_PKG_VERSION")))
        .accept(accept)
        .accept_encoding("gzip")
        .timeout_resolve(Some(patience.connect))
        .timeout_connect(Some(patience.connect))
        .timeout_recv_response(Some(patience.silence))
        .timeout_per_read(Some(patience.silence))
        .timeout_per_write(Some(patience.silence))
        .build();
    Agent::with_parts(config, Forwarding::default(), DefaultResolver::default())
}

/// How much has come, for whoever waits on another thread.
#[derive(Debug, Default)]
struct Count {
    bytes: AtomicU64,
    /// 0 when nothing was announced.
    of: AtomicU64,
    /// Nobody waits any more. A connection that was shut down still yields what goes on coming.
    is_over: AtomicBool,
}

impl Count {
    fn received(&self) -> Received {
        let of = self.of.load(Ordering::Relaxed);
        Received { bytes: self.bytes.load(Ordering::Relaxed), of: (of != 0).then_some(of) }
    }
}

/// The way from a link to its content.
struct Trip {
    agent: Agent,
    proxies: Proxies,
    patience: Patience,
    max_bytes: u64,
    count: Arc<Count>,
}

impl Trip {
    fn follow(&self, first: Link) -> Result<Fetched, FetchError> {
        let mut link = first;
        for _ in 0..=MOST_REDIRECTIONS {
            let response = self.ask(&link)?;
            match next(&link, &response)? {
                Some(target) => link = target,
                None => return self.content(link, response),
            }
        }
        Err(FetchError::Circle(MOST_REDIRECTIONS))
    }

    /// The beginning of an answer.
    fn ask(&self, link: &Link) -> Result<Response<Body>, FetchError> {
        let proxy = self.proxies.of(link)?;
        let place = Where { host: link.host(), is_proxied: proxy.is_some(), patience: self.patience };
        let request = self.agent.get(link.as_str());
        let answer = match proxy {
            Some(proxy) => {
                let credentials = credentials(&proxy, link.is_secure()).into_iter();
                let request = credentials.fold(request, |it, value| it.header(header::PROXY_AUTHORIZATION, value));
                request.config().proxy(Some(proxy)).build().call()
            }
            None => request.call(),
        };
        let response = answer.map_err(|error| Trouble::Before(error).at(&place))?;
        if place.is_proxied && response.status() == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
            return Err(FetchError::Proxy("it wants a name and a password".to_owned()));
        }
        Ok(response)
    }

    /// All that follows.
    fn content(&self, link: Link, response: Response<Body>) -> Result<Fetched, FetchError> {
        let host = || link.host().to_owned();
        if !response.status().is_success() {
            return Err(FetchError::Refused { host: host(), status: response.status().as_u16() });
        }
        let text = |name| response.headers().get(name).map(|it| String::from_utf8_lossy(it.as_bytes()).into_owned());
        // What was asked for is unpacked already, and not named any more.
        if let Some(coding) = text(header::CONTENT_ENCODING).filter(|it| !it.eq_ignore_ascii_case("identity")) {
            return Err(FetchError::Packed { host: host(), coding });
        }
        let name = text(header::CONTENT_DISPOSITION).and_then(|it| name_in_disposition(&it));
        let body = response.into_body();
        let announced = body.content_length();
        if announced.is_some_and(|it| self.max_bytes < it) {
            return Err(self.too_large(announced));
        }
        self.count.of.store(announced.unwrap_or(0), Ordering::Relaxed);
        let mut counted = Counted { from: body.into_reader(), count: &self.count, fault: None };
        let read = read_shared(&mut counted, self.max_bytes.saturating_add(1));
        if let Some(fault) = counted.fault {
            let place = Where { host: link.host(), is_proxied: false, patience: self.patience };
            return Err(Trouble::Within(fault).at(&place));
        }
        let bytes = read.map_err(|error| FetchError::Local(error.to_string()))?;
        match bytes.len() as u64 {
            0 => Err(FetchError::Empty(host())),
            length if self.max_bytes < length => Err(self.too_large(None)),
            length if announced.is_some_and(|it| length < it) => Err(FetchError::BrokenOff { host: host() }),
            _ => Ok(Fetched { bytes, link, name }),
        }
    }

    fn too_large(&self, bytes: Option<u64>) -> FetchError {
        let megabytes = bytes.map(|it| it.div_ceil(1_000_000));
        FetchError::TooLarge { megabytes, limit_megabytes: self.max_bytes / 1_000_000 }
    }
}

/// Where an answer leads on to, if it does (RFC 9110 §15.4).
fn next(link: &Link, response: &Response<Body>) -> Result<Option<Link>, FetchError> {
    if ![301, 302, 303, 307, 308].contains(&response.status().as_u16()) {
        return Ok(None);
    }
    let Some(location) = response.headers().get(header::LOCATION) else { return Ok(None) };
    let target = link.join(&String::from_utf8_lossy(location.as_bytes())).map_err(FetchError::LeadsAstray)?;
    if link.is_secure() && !target.is_secure() {
        return Err(FetchError::Downgrade(target.host().to_owned()));
    }
    Ok(Some(target))
}

/// Counts what is read, and keeps what went wrong.
struct Counted<'a, R> {
    from: R,
    count: &'a Count,
    fault: Option<io::Error>,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.count.is_over.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        match self.from.read(buffer) {
            Ok(length) => {
                self.count.bytes.fetch_add(length as u64, Ordering::Relaxed);
                Ok(length)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                let kind = error.kind();
                self.fault = Some(error);
                Err(kind.into())
            }
        }
    }
}
