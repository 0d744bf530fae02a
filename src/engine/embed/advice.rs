//! What is worth knowing of a text before it is pasted.

use super::Embed;

/// One piece of advice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advice {
    /// In a few words.
    pub text: &'static str,
    /// Why.
    pub reason: &'static str,
    /// Where that stands.
    pub source: &'static str,
    /// So many characters would be fine; `None`: nothing is wrong.
    pub fits: Option<u64>,
}

/// What a stylesheet or a page bears, in characters.
const HEAVY: usize = 10_000;
/// Files of fewer bytes are inlined by Vite, and by webpack, which takes twice as many.
const INLINED: usize = 4_096;

const STYLESHEET: Advice = Advice {
    text: "Heavy for a stylesheet: better as a file",
    reason: "A page is not shown before its stylesheet has come; a file is loaded beside it and kept",
    source: "https://css-tricks.com/data-uris/",
    fits: Some(HEAVY as u64),
};
const PAGE: Advice = Advice {
    text: "Heavy for a page: better as a file",
    reason: "What stands in the page comes again with each page; a file is loaded beside it and kept",
    source: "https://developer.mozilla.org/docs/Web/URI/Reference/Schemes/data",
    fits: Some(HEAVY as u64),
};
const BUNDLER: Advice = Advice {
    text: "As a file, Vite and webpack would inline it, too",
    reason: "Vite inlines files below 4,096 bytes and webpack up to 8,096, so that the source stays readable",
    source: "https://vite.dev/config/build-options.html#build-assetsinlinelimit",
    fits: None,
};
pub(in crate::engine) const MAIL: Advice = Advice {
    text: "In e-mails, Gmail and Outlook drop it",
    reason: "They show no data URLs; attach the picture or link to it",
    source: "https://www.caniemail.com/features/image-base64/",
    fits: None,
};
pub(in crate::engine) const README: Advice = Advice {
    text: "GitHub drops it from a README: save a file",
    reason: "Its Markdown shows images of http and https and of files beside it, and no data URLs",
    source: "https://github.com/github/markup/issues/270",
    fits: None,
};

/// What to say of a text in this form: so many characters, made of so many bytes.
pub fn advice(embed: Embed, n_characters: usize, n_bytes: usize) -> Option<Advice> {
    let is_heavy = HEAVY < n_characters;
    match embed {
        Embed::DataUrl | Embed::Css if is_heavy => Some(STYLESHEET),
        Embed::Html if is_heavy => Some(PAGE),
        Embed::DataUrl | Embed::Css if n_bytes < INLINED => Some(BUNDLER),
        Embed::Html => Some(MAIL),
        Embed::Base64 | Embed::DataUrl | Embed::Css => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Embed, advice};

    #[test]
    fn the_heaviest_matter_is_said() {
        let fits = |embed, n_characters, n_bytes| advice(embed, n_characters, n_bytes).map(|it| it.fits);
        assert_eq!(fits(Embed::Css, 10_001, 7_480), Some(Some(10_000)));
        assert_eq!(fits(Embed::Css, 10_000, 7_480), None);
        assert_eq!(fits(Embed::DataUrl, 5_600, 4_095), Some(None));
        assert_eq!(fits(Embed::DataUrl, 5_600, 4_096), None);
        assert_eq!(fits(Embed::Html, 5_600, 4_096), Some(None));
        assert_eq!(fits(Embed::Html, 50_000, 40_000), Some(Some(10_000)));
        assert_eq!(fits(Embed::Base64, 50_000, 40_000), None);
    }
}
