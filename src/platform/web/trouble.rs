//! What ureq says, put into our words.

use super::Patience;
use crate::jobs::{error::system_words, fetch::FetchError};
use std::io::{self, ErrorKind};
use ureq::{Error, Timeout};

/// What went wrong, and when.
pub(super) enum Trouble {
    /// Before there was an answer.
    Before(Error),
    /// While the content came.
    Within(io::Error),
}

/// Where it went wrong.
pub(super) struct Where<'a> {
    pub(super) host: &'a str,
    pub(super) is_proxied: bool,
    pub(super) patience: Patience,
}

impl Trouble {
    pub(super) fn at(self, place: &Where<'_>) -> FetchError {
        match self {
            Self::Before(error) => place.words(error, true),
            Self::Within(error) => place.words(error.into(), false),
        }
    }
}

impl Where<'_> {
    fn words(&self, error: Error, is_before: bool) -> FetchError {
        let host = || self.host.to_owned();
        match error {
            Error::HostNotFound | Error::Timeout(Timeout::Resolve) if self.is_proxied => {
                FetchError::Proxy("its address could not be found".to_owned())
            }
            Error::HostNotFound | Error::Timeout(Timeout::Resolve) => FetchError::HostUnknown(host()),
            Error::Timeout(Timeout::Connect) => self.unreachable("no answer".to_owned()),
            Error::Timeout(_) => FetchError::Silent { host: host(), seconds: self.patience.silence.as_secs().max(1) },
            Error::Rustls(error) => self.insecure(&error.to_string()),
            Error::Tls(why) => self.insecure(why),
            Error::ConnectProxyFailed(why) => FetchError::Proxy(one_line(&why)),
            Error::InvalidProxyUrl => FetchError::Proxy("it is no address of a proxy".to_owned()),
            Error::Io(error) => self.io_words(&error, is_before),
            Error::BodyStalled => FetchError::BrokenOff { host: host() },
            Error::Decompress(..) => FetchError::Garbled { host: host(), why: "it cannot be unpacked".to_owned() },
            other => FetchError::Garbled { host: host(), why: one_line(&other.to_string()) },
        }
    }

    fn io_words(&self, error: &io::Error, is_before: bool) -> FetchError {
        match error.kind() {
            _ if is_before && is_of_resolver(error) => self.words(Error::HostNotFound, true),
            // What rustls has to say comes as such.
            ErrorKind::InvalidData if is_before => self.insecure(&error.to_string()),
            ErrorKind::InvalidData | ErrorKind::InvalidInput => {
                FetchError::Garbled { host: self.host.to_owned(), why: one_line(&error.to_string()) }
            }
            ErrorKind::UnexpectedEof
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
            | ErrorKind::NotConnected => FetchError::BrokenOff { host: self.host.to_owned() },
            ErrorKind::TimedOut | ErrorKind::WouldBlock => {
                let seconds = self.patience.silence.as_secs().max(1);
                FetchError::Silent { host: self.host.to_owned(), seconds }
            }
            _ => self.unreachable(system_words(error)),
        }
    }

    fn unreachable(&self, why: String) -> FetchError {
        if self.is_proxied {
            return FetchError::Proxy(why);
        }
        FetchError::Unreachable { host: self.host.to_owned(), why }
    }

    fn insecure(&self, why: &str) -> FetchError {
        FetchError::Tls { host: self.host.to_owned(), why: tls_words(why) }
    }
}

/// The standard library has no kind of its own for what a resolver says.
fn is_of_resolver(error: &io::Error) -> bool {
    // WSAHOST_NOT_FOUND to WSANO_DATA.
    const OF_WINDOWS: std::ops::RangeInclusive<i32> = 11_001..=11_004;
    let is_of_windows = cfg!(windows) && error.raw_os_error().is_some_and(|it| OF_WINDOWS.contains(&it));
    is_of_windows || error.to_string().starts_with("failed to lookup address information")
}

/// What is wrong with a certificate or with what comes instead of one.
fn tls_words(why: &str) -> String {
    let known = [
        ("UnknownIssuer", "nobody who is trusted vouches for it"),
        ("CaUsedAsEndEntity", "nobody who is trusted vouches for it"),
        ("NotValidForName", "its certificate is for another host"),
        ("not valid for name", "its certificate is for another host"),
        ("xpired", "its certificate has expired"),
        ("NotValidYet", "its certificate is not valid yet; is the clock right?"),
        ("not valid yet", "its certificate is not valid yet; is the clock right?"),
        ("evoked", "its certificate was revoked"),
        ("invalid peer certificate", "its certificate is not in order"),
        ("InvalidContentType", "it does not answer in TLS"),
    ];
    known.iter().find(|(sign, _)| why.contains(sign)).map_or_else(|| one_line(why), |(_, words)| (*words).to_owned())
}

/// Servers have a say in some of it.
fn one_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    line.chars().take(200).map(|it| if it.is_control() { char::REPLACEMENT_CHARACTER } else { it }).collect()
}

#[cfg(test)]
mod tests {
    use super::{one_line, tls_words};

    #[test]
    fn what_is_wrong_with_a_certificate_is_said_without_codes() {
        // As rustls 0.23 writes them.
        for (why, words) in [
            ("invalid peer certificate: UnknownIssuer", "nobody who is trusted vouches for it"),
            (
                "invalid peer certificate: certificate expired: verification time 17 (UNIX)",
                "its certificate has expired",
            ),
            ("invalid peer certificate: Other(OtherError(\"x\"))", "its certificate is not in order"),
            ("received corrupt message of type InvalidContentType", "it does not answer in TLS"),
            ("peer is incompatible: NoCipherSuitesInCommon", "peer is incompatible: NoCipherSuitesInCommon"),
        ] {
            assert_eq!(tls_words(why), words);
        }
    }

    #[test]
    fn servers_cannot_write_lines_of_their_own() {
        assert_eq!(one_line("a\u{1b}[2J\nb"), "a\u{fffd}[2J");
        assert_eq!(one_line(&"x".repeat(1_000)).len(), 200);
    }
}
