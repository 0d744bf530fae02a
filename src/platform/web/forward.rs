//! The way of `http:` links through a proxy for HTTP: it is asked for the whole address (RFC 9112 §3.2.2), as
//! browsers do it, since many a proxy lets tunnels lead to nothing but the port of `https:`. For everything else
//! ureq knows the way.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ureq::{
    Error, Proxy, ProxyProtocol,
    http::uri::{Authority, Uri},
    unversioned::transport::{
        Buffers, ConnectionDetails, Connector, DefaultConnector, NextTimeout, TcpConnector, Transport,
    },
};

/// Connects to a proxy that is asked for whole addresses, and otherwise as ureq does it.
#[derive(Debug, Default)]
pub(super) struct Forwarding {
    others: DefaultConnector,
    plain: TcpConnector,
}

/// Is this proxy asked for the whole address of such a link?
fn is_forwarding(proxy: &Proxy, is_secure: bool) -> bool {
    !is_secure && proxy.protocol() == ProxyProtocol::Http
}

/// What a proxy that is asked for the whole address is told of who asks (RFC 9110 §11.7.2, RFC 7617).
pub(super) fn credentials(proxy: &Proxy, is_secure: bool) -> Option<String> {
    let (name, password) = (proxy.username(), proxy.password());
    let is_wanted = is_forwarding(proxy, is_secure) && (name.is_some() || password.is_some());
    let pair = format!("{}:{}", name.unwrap_or_default(), password.unwrap_or_default());
    is_wanted.then(|| format!("Basic {}", STANDARD.encode(pair)))
}

impl Connector for Forwarding {
    type Out = Box<dyn Transport>;

    fn connect(&self, details: &ConnectionDetails<'_>, chained: Option<()>) -> Result<Option<Self::Out>, Error> {
        let Some(proxy) = details.config.proxy().filter(|it| is_forwarding(it, details.needs_tls())) else {
            return self.others.connect(details, chained);
        };
        let to_proxy = ConnectionDetails {
            uri: proxy.uri(),
            addrs: details.resolver.resolve(proxy.uri(), details.config, details.timeout)?,
            config: details.config,
            request_level: details.request_level,
            resolver: details.resolver,
            now: details.now,
            timeout: details.timeout,
            current_time: details.current_time.clone(),
            run_connector: details.run_connector.clone(),
            register_shutdown: details.register_shutdown.clone(),
        };
        let place = place_of(details.uri);
        let connected = self.plain.connect(&to_proxy, None::<()>)?;
        Ok(connected.map(|proxy| Box::new(Forwarded { proxy, place }) as Box<dyn Transport>))
    }
}

/// What stands before the path in the whole address.
fn place_of(uri: &Uri) -> String {
    let authority = uri.authority().map(Authority::as_str).unwrap_or_default();
    format!("http://{authority}")
}

/// A connection to a proxy.
#[derive(Debug)]
struct Forwarded<T> {
    proxy: T,
    place: String,
}

const METHOD: &[u8] = b"GET ";

impl<T: Transport> Transport for Forwarded<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.proxy.buffers()
    }

    /// A request without content is its head alone, and that fits.
    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let output = self.proxy.buffers().output();
        let begin = METHOD.len();
        let is_head = output.get(..amount).is_some_and(|it| it.starts_with(METHOD) && it.get(begin) == Some(&b'/'));
        if !is_head {
            return self.proxy.transmit_output(amount, timeout);
        }
        let longer = amount + self.place.len();
        if output.len() < longer {
            return Err(Error::Other("the link is too long for a proxy".into()));
        }
        output.copy_within(begin..amount, begin + self.place.len());
        if let Some(gap) = output.get_mut(begin..begin + self.place.len()) {
            gap.copy_from_slice(self.place.as_bytes());
        }
        self.proxy.transmit_output(longer, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.proxy.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.proxy.is_open()
    }
}
