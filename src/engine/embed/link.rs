//! Links to images: which are followed, what they lead on to, and the name of what is behind them.

use super::percent_decoded;
use std::{fmt, path::PathBuf};
use url::Url;

/// An `http:` or `https:` address as a browser reads it (URL standard), without a fragment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Link(Url);

/// An entry of a list such as `text/uri-list` (RFC 2483 §5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listed {
    /// A file on this machine.
    File(PathBuf),
    /// A link, perhaps badly written.
    Link(String),
}

/// Why a link is not followed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// No address at all.
    #[error("this is no address that can be followed; copy the link again as a whole")]
    Malformed,
    /// `file:`, `ftp:`, `javascript:` and others.
    #[error("only http and https links are followed, not {0} ones")]
    OtherScheme(String),
    /// `https://name:password@host/`.
    #[error("the link holds a name or a password, which are never sent; take them out of it")]
    Credentials,
}

impl Link {
    /// Is this text meant as a link, well written or not?
    pub fn is_meant(text: &str) -> bool {
        let begins = |scheme: &str| text.get(..scheme.len()).is_some_and(|it| it.eq_ignore_ascii_case(scheme));
        begins("http://") || begins("https://")
    }

    /// Reads a whole address.
    ///
    /// # Errors
    /// [`LinkError`].
    pub fn parse(text: &str) -> Result<Self, LinkError> {
        Self::checked(Url::parse(text.trim()))
    }

    /// Where a reference within what is behind this link leads: another address, or a part of one.
    ///
    /// # Errors
    /// [`LinkError`].
    pub fn join(&self, reference: &str) -> Result<Self, LinkError> {
        Self::checked(self.0.join(reference.trim()))
    }

    fn checked(url: Result<Url, url::ParseError>) -> Result<Self, LinkError> {
        let mut url = url.map_err(|_which_rule_does_not_help| LinkError::Malformed)?;
        if !["http", "https"].contains(&url.scheme()) {
            return Err(LinkError::OtherScheme(url.scheme().to_owned()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(LinkError::Credentials);
        }
        url.set_fragment(None);
        Ok(Self(url))
    }

    /// The address, in ASCII.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The host, in ASCII, an IPv6 address in its brackets.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// Is it an `https:` address?
    pub fn is_secure(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// The last part of the path, as a file of it would be called; the host when the path has none.
    pub fn file_name(&self) -> String {
        let last = self.0.path().rsplit('/').find(|it| !it.is_empty()).unwrap_or_default();
        let name = plain_name(&String::from_utf8_lossy(&percent_decoded(last)));
        if name.is_empty() { self.host().to_owned() } else { name }
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a link that may be written badly is called.
pub fn name_of_link(text: &str) -> String {
    Link::parse(text).map_or_else(|_| plain_name(text.trim_end_matches('/')), |it| it.file_name())
}

/// The file's name in a header (RFC 6266): `filename*` in UTF-8 before `filename`.
pub fn name_in_disposition(header: &str) -> Option<String> {
    let value = |name: &str| parameters(header).into_iter().find(|(own, _)| own == name).map(|(_, value)| value);
    let extended = value("filename*").and_then(|it| {
        let (charset, rest) = it.split_once('\'')?;
        let (_language, coded) = rest.split_once('\'')?;
        let bytes = percent_decoded(coded);
        charset.eq_ignore_ascii_case("utf-8").then(|| String::from_utf8_lossy(&bytes).into_owned())
    });
    extended.or_else(|| value("filename")).map(|it| plain_name(&it)).filter(|it| !it.is_empty())
}

/// The parameters behind the first semicolon, their names in lower case; quotes are taken away.
fn parameters(header: &str) -> Vec<(String, String)> {
    let (mut parts, mut is_quoted, mut is_escaped) = (vec![String::new()], false, false);
    for sign in header.chars() {
        let part = parts.last_mut();
        match sign {
            _ if is_escaped => {
                is_escaped = false;
                part.into_iter().for_each(|it| it.push(sign));
            }
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            ';' if !is_quoted => parts.push(String::new()),
            _ => part.into_iter().for_each(|it| it.push(sign)),
        }
    }
    let pair = |part: &String| {
        let (name, value) = part.split_once('=')?;
        Some((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
    };
    parts.iter().skip(1).filter_map(pair).collect()
}

/// What others call a file, fit to be shown on one line and without a folder.
fn plain_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    if name == "." || name == ".." {
        return String::new();
    }
    name.chars().map(|it| if it.is_control() { char::REPLACEMENT_CHARACTER } else { it }).collect()
}

#[cfg(test)]
mod tests {
    use super::{Link, LinkError, name_in_disposition, name_of_link};

    #[test]
    fn only_addresses_of_the_web_are_links() {
        let link = |text: &str| Link::parse(text).map(|it| it.to_string());
        assert_eq!(link(" HTTP://Example.org:80/a b?x=1#part\n").as_deref(), Ok("http://example.org/a%20b?x=1"));
        // RFC 3492 §7.1 has no such name; IANA's test domain for Japanese (RFC 5891) does.
        assert_eq!(link("https://例え.テスト/").as_deref(), Ok("https://xn--r8jz45g.xn--zckzah/"));
        for text in ["", "example.org/a.png", "http://", "https://[::1", "//example.org/a"] {
            assert_eq!(link(text), Err(LinkError::Malformed), "{text:?}");
        }
        for text in ["file:///etc/passwd", "ftp://example.org/a", "javascript:alert(1)", "data:,x"] {
            assert!(matches!(link(text), Err(LinkError::OtherScheme(_))), "{text:?}");
        }
        assert_eq!(link("https://me:secret@example.org/"), Err(LinkError::Credentials));
        assert_eq!(link("https://me@example.org/"), Err(LinkError::Credentials));
    }

    #[test]
    fn references_lead_where_browsers_go() {
        // RFC 3986 §5.4.1.
        let base = Link::parse("http://a/b/c/d;p?q").unwrap();
        for (reference, target) in [
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("/g", "http://a/g"),
            ("//g", "http://g/"),
            ("?y", "http://a/b/c/d;p?y"),
            ("../../g", "http://a/g"),
            ("", "http://a/b/c/d;p?q"),
        ] {
            assert_eq!(base.join(reference).unwrap().as_str(), target, "{reference:?}");
        }
        assert_eq!(base.join("file:///etc/passwd"), Err(LinkError::OtherScheme("file".to_owned())));
        assert_eq!(base.join("//me:secret@g"), Err(LinkError::Credentials));
    }

    #[test]
    fn a_link_names_what_is_behind_it() {
        for (text, name) in [
            ("https://example.org/a/sun%20set.jpg?size=2#x", "sun set.jpg"),
            ("https://example.org/a/b/", "b"),
            ("https://example.org", "example.org"),
            ("https://example.org/..%2f..%2fetc%2fpasswd", "passwd"),
            ("https://example.org/%0a%20", "example.org"),
            ("https://example.org/a%00b", "a\u{fffd}b"),
            ("https://example.org/%E5%B1%B1.png", "山.png"),
            ("http://", "http:"),
        ] {
            assert_eq!(name_of_link(text), name, "{text}");
        }
    }

    #[test]
    fn a_header_names_a_file() {
        // RFC 6266 §5 and RFC 8187 §3.2.3.
        for (header, name) in [
            ("Attachment; filename=example.html", Some("example.html")),
            ("INLINE; FILENAME= \"an example.html\"", Some("an example.html")),
            ("attachment; filename*= UTF-8''%e2%82%ac%20rates", Some("€ rates")),
            ("attachment; filename=\"EURO rates\"; filename*=utf-8''%e2%82%ac%20rates", Some("€ rates")),
            ("attachment; filename=\"a;b \\\"c\\\".png\"", Some("a;b \"c\".png")),
            ("attachment; filename=\"../../.bashrc\"", Some(".bashrc")),
            ("attachment; filename=\"..\"", None),
            ("attachment", None),
            ("filename=a.png", None),
        ] {
            assert_eq!(name_in_disposition(header).as_deref(), name, "{header}");
        }
    }
}
