//! The tags and texts of an SVG, one behind the other and each as it is written: what is not
//! changed goes on byte for byte.

/// A piece of the document. One after the other they are the whole text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::engine) struct Piece<'a> {
    /// As it is written.
    pub(in crate::engine) text: &'a str,
    pub(in crate::engine) token: Token<'a>,
}

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::engine) enum Token<'a> {
    /// `<?…?>`.
    Instruction,
    /// A document type without declarations of its own.
    DocumentType,
    Comment,
    /// `<![CDATA[…]]>`.
    Data,
    Text,
    Open(Tag<'a>),
    /// The name in `</name>`.
    Close(&'a str),
}

/// A start tag.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::engine) struct Tag<'a> {
    /// With its prefix.
    pub(super) name: &'a str,
    /// As they are written.
    attributes: &'a str,
    /// `<name/>`.
    pub(super) is_empty: bool,
}

/// An attribute of a start tag.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::engine) struct Attribute<'a> {
    /// With its prefix.
    pub(super) name: &'a str,
    /// As it is written, character references and all.
    pub(super) value: &'a str,
    /// What stands around the value: `"` or `'`.
    pub(super) quote: char,
}

/// All pieces; `None` for what is not well-formed, and for declarations of entities.
pub(in crate::engine) fn pieces(text: &str) -> Option<Vec<Piece<'_>>> {
    let mut pieces = vec![];
    let mut depth = 0_usize;
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (before, markup) = rest.split_at_checked(at)?;
        if !before.is_empty() {
            pieces.push(Piece { text: before, token: Token::Text });
        }
        let length = markup_length(markup)?;
        let (markup, after) = markup.split_at_checked(length)?;
        rest = after;
        let token = token(markup)?;
        match token {
            Token::Open(Tag { is_empty: false, .. }) => depth += 1,
            Token::Close(_) => depth = depth.checked_sub(1)?,
            _ => {}
        }
        pieces.push(Piece { text: markup, token });
    }
    if !rest.is_empty() {
        pieces.push(Piece { text: rest, token: Token::Text });
    }
    (depth == 0).then_some(pieces)
}

/// How long the markup is with which the text begins.
fn markup_length(text: &str) -> Option<usize> {
    let end = |sign: &str| text.find(sign).map(|at| at + sign.len());
    if text.starts_with("<!--") {
        text.get(4..)?.find("-->").map(|at| at + 7)
    } else if text.starts_with("<![CDATA[") {
        end("]]>")
    } else if text.starts_with("<?") {
        end("?>")
    } else {
        // A `>` may stand within quotes.
        let mut quote = None;
        for (at, sign) in text.char_indices() {
            match (quote, sign) {
                (None, '"' | '\'') => quote = Some(sign),
                (None, '>') => return Some(at + 1),
                (Some(open), _) if open == sign => quote = None,
                _ => {}
            }
        }
        None
    }
}

fn token(markup: &str) -> Option<Token<'_>> {
    let plain =
        [("<!--", Token::Comment), ("<![CDATA[", Token::Data), ("<?", Token::Instruction), ("<!", Token::DocumentType)];
    if let Some((_, token)) = plain.into_iter().find(|(start, _)| markup.starts_with(start)) {
        return (token != Token::DocumentType || !markup.contains('[')).then_some(token);
    }
    let inner = markup.strip_prefix('<')?.strip_suffix('>')?;
    if let Some(name) = inner.strip_prefix('/') {
        return Some(Token::Close(name.trim_end()));
    }
    let (inner, is_empty) = inner.strip_suffix('/').map_or((inner, false), |it| (it, true));
    let end = inner.find(|it: char| it.is_ascii_whitespace()).unwrap_or(inner.len());
    let (name, attributes) = inner.split_at_checked(end)?;
    let tag = Tag { name, attributes, is_empty };
    // Whatever cannot be read as attributes is not well-formed.
    (!name.is_empty() && tag.attributes().all(|it| it.is_some())).then_some(Token::Open(tag))
}

impl<'a> Tag<'a> {
    /// Its attributes; `None` and an end where something else stands.
    pub(super) fn attributes(&self) -> impl Iterator<Item = Option<Attribute<'a>>> + use<'a> {
        let mut rest = self.attributes.trim_ascii();
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let next = attribute(rest);
            rest = next.map_or("", |(_, after)| after.trim_ascii_start());
            Some(next.map(|(attribute, _)| attribute))
        })
    }

    /// Those attributes that can be read, which in a [`Token`] are all.
    pub(super) fn all(&self) -> impl Iterator<Item = Attribute<'a>> + use<'a> {
        self.attributes().flatten()
    }

    /// Does it hold a script, or an attribute that does?
    pub(super) fn has_script(&self) -> bool {
        let runs = |it: Attribute<'_>| it.name.starts_with("on") || it.value.trim_start().starts_with("javascript:");
        split(self.name).1 == "script" || self.all().any(runs)
    }

    /// The value of the attribute of this name.
    pub(super) fn value(&self, name: &str) -> Option<&'a str> {
        self.all().find(|it| it.name == name).map(|it| it.value)
    }
}

/// The attribute with which the text begins, and what follows.
fn attribute(text: &str) -> Option<(Attribute<'_>, &str)> {
    let (name, rest) = text.split_once('=')?;
    let name = name.trim_ascii_end();
    let rest = rest.trim_ascii_start();
    let quote = rest.chars().next().filter(|it| matches!(it, '"' | '\''))?;
    let (value, rest) = rest.get(1..)?.split_once(quote)?;
    let is_name =
        !name.is_empty() && !name.contains(|it: char| it.is_ascii_whitespace() || matches!(it, '"' | '\'' | '<'));
    is_name.then_some((Attribute { name, value, quote }, rest))
}

/// Is it an XML declaration?
pub(super) fn is_declaration(instruction: &str) -> bool {
    instruction.strip_prefix("<?xml").is_some_and(|it| it.starts_with(|it: char| it == '?' || it.is_ascii_whitespace()))
}

/// Prefix and local name; an empty prefix where there is none.
pub(super) fn split(name: &str) -> (&str, &str) {
    name.split_once(':').unwrap_or(("", name))
}

/// Appends a start tag with these attributes.
pub(super) fn push_tag<'a>(
    to: &mut String,
    tag: &Tag<'_>,
    attributes: impl IntoIterator<Item = (&'a str, &'a str, char)>,
) {
    to.push('<');
    to.push_str(tag.name);
    for (name, value, quote) in attributes {
        to.push(' ');
        to.push_str(name);
        to.push('=');
        to.push(quote);
        to.push_str(value);
        to.push(quote);
    }
    to.push_str(if tag.is_empty { "/>" } else { ">" });
}

#[cfg(test)]
mod tests {
    use super::{Token, pieces};

    #[test]
    fn all_pieces_are_told_apart() {
        let text = "<?xml?><!DOCTYPE svg><svg a='>' b = \"'\"><!-- <a> --><![CDATA[<x>]]>t<g/></svg >\n";
        let found = pieces(text).unwrap();
        let whole: String = found.iter().map(|it| it.text).collect();
        assert_eq!(whole, text);
        let tokens: Vec<Token<'_>> = found.iter().map(|it| it.token).collect();
        use Token::*;
        let [Instruction, DocumentType, Open(svg), Comment, Data, Text, Open(g), Close("svg"), Text] = tokens[..]
        else {
            panic!("{tokens:?}");
        };
        let attributes: Vec<_> = svg.all().map(|it| (it.name, it.value, it.quote)).collect();
        assert_eq!((svg.name, g.name, g.is_empty, g.all().count()), ("svg", "g", true, 0));
        assert_eq!(attributes, [("a", ">", '\''), ("b", "'", '"')]);
    }

    #[test]
    fn what_is_not_well_formed_is_left_alone() {
        for text in [
            "<svg",
            "<svg>",
            "</svg>",
            "<svg a></svg>",
            "<svg a=b/>",
            "<svg a='/>",
            "<!-- ",
            "<!DOCTYPE svg [<!ENTITY a 'b'>]><svg/>",
        ] {
            assert_eq!(pieces(text), None, "{text}");
        }
    }
}
