//! The proxies of the environment, by the rules of curl: the small names before the large ones, that of
//! the scheme before `all_proxy`, and `no_proxy` for the hosts that are reached directly.

use crate::{engine::embed::Link, jobs::fetch::FetchError};
use ureq::Proxy;

/// The proxies for both schemes, as they are written.
#[derive(Clone, Debug, Default)]
pub(super) struct Proxies {
    http: Option<String>,
    https: Option<String>,
    direct: Vec<String>,
}

impl Proxies {
    pub(super) fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let named = |name: &str| [name.to_owned(), name.to_uppercase()].iter().find_map(|it| variable(it));
        let proxy = |name: &str| named(name).or_else(|| named("all_proxy")).filter(|it| !it.trim().is_empty());
        let direct = named("no_proxy").unwrap_or_default();
        let direct = direct.split(|it: char| it == ',' || it.is_whitespace()).filter(|it| !it.is_empty());
        Self {
            http: proxy("http_proxy"),
            https: proxy("https_proxy"),
            direct: direct.map(str::to_ascii_lowercase).collect(),
        }
    }

    /// The proxy for this link, if it is not reached directly.
    ///
    /// # Errors
    /// [`FetchError::Proxy`] when what is written is no proxy.
    pub(super) fn of(&self, link: &Link) -> Result<Option<Proxy>, FetchError> {
        let written = if link.is_secure() { &self.https } else { &self.http };
        let Some(written) = written.as_deref().filter(|_| !self.is_direct(link.host())) else { return Ok(None) };
        // What is written may hold a password, and is not repeated.
        let wrong = |_| FetchError::Proxy("it is no address of a proxy".to_owned());
        Proxy::new(written.trim()).map(Some).map_err(wrong)
    }

    /// A name stands for the hosts below it, too.
    fn is_direct(&self, host: &str) -> bool {
        let host = host.trim_matches(['[', ']', '.']);
        self.direct.iter().any(|it| {
            let name = it.trim_start_matches('*').trim_matches(['[', ']', '.']);
            it == "*" || host == name || !name.is_empty() && host.strip_suffix(name).is_some_and(|it| it.ends_with('.'))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Proxies;
    use crate::engine::embed::Link;

    fn chosen(environment: &[(&str, &str)], link: &str) -> Option<String> {
        let variable = |name: &str| environment.iter().find(|(own, _)| *own == name).map(|(_, it)| (*it).to_owned());
        let proxy = Proxies::from_environment(variable).of(&Link::parse(link).unwrap()).unwrap();
        proxy.map(|it| format!("{}:{}", it.host(), it.port()))
    }

    #[test]
    fn each_scheme_has_its_proxy() {
        let both = [("http_proxy", "http://plain:3128"), ("HTTPS_PROXY", "secure:8080"), ("ALL_PROXY", "socks5://all")];
        assert_eq!(chosen(&both, "http://example.org/").as_deref(), Some("plain:3128"));
        assert_eq!(chosen(&both, "https://example.org/").as_deref(), Some("secure:8080"));
        assert_eq!(chosen(&both[2..], "https://example.org/").as_deref(), Some("all:1080"));
        assert_eq!(chosen(&[("http_proxy", "a:1"), ("HTTP_PROXY", "b:2")], "http://c/").as_deref(), Some("a:1"));
        assert_eq!(chosen(&both[..1], "https://example.org/"), None);
        assert_eq!(chosen(&[("http_proxy", ""), ("all_proxy", "a:1")], "http://b/"), None, "none was wanted");
    }

    #[test]
    fn some_hosts_are_reached_directly() {
        let direct = |list: &str, host: &str| {
            chosen(&[("all_proxy", "a:1"), ("no_proxy", list)], &format!("http://{host}/")).is_none()
        };
        for (list, host, is_direct) in [
            ("example.org", "example.org", true),
            ("example.org", "www.example.org", true),
            (".example.org", "example.org", true),
            ("*.example.org", "www.example.org", true),
            ("example.org", "notexample.org", false),
            ("localhost, 127.0.0.1", "127.0.0.1", true),
            ("::1", "[::1]", true),
            ("[::1]", "[::1]:8080", true),
            ("*", "example.org", true),
            ("", "example.org", false),
            (".", "example.org", false),
            ("EXAMPLE.org", "Example.ORG", true),
        ] {
            assert_eq!(direct(list, host), is_direct, "{list:?} {host}");
        }
    }

    #[test]
    fn a_password_is_not_repeated() {
        let proxies = Proxies::from_environment(|_| Some("gopher://me:secret@host".to_owned()));
        let why = proxies.of(&Link::parse("http://example.net/").unwrap()).unwrap_err().to_string();
        assert!(!why.contains("secret"), "{why}");
    }
}
