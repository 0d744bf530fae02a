//! Another size for a drawing, and a ground: what it says of its own size is changed, or it is put
//! into a drawing around it.

use super::{
    markup::{Piece, Tag, Token, push_tag},
    numbers::rounded,
};
use crate::engine::edit::Geometry;
use std::str::FromStr as _;
use svgtypes::{Length, LengthUnit};

/// What is made of the drawing's own size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Frame {
    /// Width and height of the drawing itself in CSS pixels, rounded.
    pub(super) natural: [u32; 2],
    /// The size wanted.
    pub(super) geometry: Geometry,
    /// What is laid under it.
    pub(super) background: Option<[u8; 3]>,
}

/// Digits behind the point of what is stated in pixels.
const DIGITS: u8 = 6;

impl Frame {
    /// Does the drawing stay as it is?
    pub(super) fn is_idle(&self) -> bool {
        let Geometry { scaled, canvas, .. } = self.geometry;
        scaled == self.natural && canvas == self.natural && self.background.is_none()
    }

    /// Is it enough to state another size? Then both sides grow alike, as far as whole pixels can,
    /// and nothing is cut off or added.
    fn is_simple(&self, root: &Tag<'_>) -> bool {
        let Geometry { scaled, canvas, .. } = self.geometry;
        let ([width, height], [wide, high]) = (self.natural.map(f64::from), scaled.map(f64::from));
        let is_alike = (wide * height / width - high).abs() <= 1.0 || (high * width / height - wide).abs() <= 1.0;
        scaled == canvas && self.background.is_none() && is_alike && root.value("preserveAspectRatio").is_none()
    }
}

/// The document at its new size; `None` when it has no root.
pub(super) fn framed(pieces: &[Piece<'_>], frame: &Frame) -> Option<String> {
    let text = |pieces: &[Piece<'_>]| pieces.iter().map(|it| it.text).collect::<String>();
    let at = pieces.iter().position(|it| matches!(it.token, Token::Open(_)))?;
    let Token::Open(root) = pieces.get(at)?.token else { return None };
    let end = if root.is_empty { at } else { pieces.iter().rposition(|it| matches!(it.token, Token::Close(_)))? };
    let natural = exact(&root).unwrap_or(frame.natural.map(f64::from));
    let (before, inner, after) = (pieces.get(..at)?, pieces.get(at + 1..=end)?, pieces.get(end + 1..)?);
    let (before, inner, after) = (text(before), text(inner), text(after));
    Some(if frame.is_idle() {
        text(pieces)
    } else if frame.is_simple(&root) {
        let root = resized(&root, natural, frame.geometry.canvas.map(|it| it.to_string()));
        format!("{before}{root}{inner}{after}")
    } else {
        let root = resized(&root, natural, natural.map(|it| rounded(it, DIGITS)));
        format!("{before}{}{root}{inner}</svg>{after}", around(frame, natural))
    })
}

/// Width and height that the root states, in CSS pixels (CSS Values 3 §6.2).
fn exact(root: &Tag<'_>) -> Option<[f64; 2]> {
    let side = |name| {
        let length = Length::from_str(root.value(name)?.trim()).ok()?;
        let pixels = match length.unit {
            LengthUnit::None | LengthUnit::Px => 1.0,
            LengthUnit::In => 96.0,
            LengthUnit::Cm => 96.0 / 2.54,
            LengthUnit::Mm => 96.0 / 25.4,
            LengthUnit::Pt => 96.0 / 72.0,
            LengthUnit::Pc => 16.0,
            _ => return None,
        };
        Some(length.number * pixels).filter(|it| it.is_finite() && 0.0 < *it)
    };
    Some([side("width")?, side("height")?])
}

/// The root's start tag with another size, and with the view that it had without saying so.
fn resized(root: &Tag<'_>, natural: [f64; 2], [width, height]: [String; 2]) -> String {
    let [wide, high] = natural.map(|it| rounded(it, DIGITS));
    let view = format!("0 0 {wide} {high}");
    let style = root.value("style").map(without_size);
    let mut attributes: Vec<(&str, &str, char)> = vec![];
    for it in root.all() {
        match it.name {
            // They say nothing of a root, and all of what is within another.
            "width" | "height" | "x" | "y" => {}
            "style" => attributes.extend(style.as_deref().map(|value| (it.name, value, it.quote))),
            _ => attributes.push((it.name, it.value, it.quote)),
        }
    }
    attributes.extend([("width", width.as_str(), '"'), ("height", height.as_str(), '"')]);
    if root.value("viewBox").is_none() {
        attributes.push(("viewBox", &view, '"'));
    }
    let mut tag = String::new();
    push_tag(&mut tag, root, attributes);
    tag
}

/// Declarations of a size would win over attributes.
fn without_size(style: &str) -> String {
    let is_size = |it: &str| it.split_once(':').is_some_and(|(name, _)| matches!(name.trim(), "width" | "height"));
    style.split(';').filter(|it| !is_size(it)).collect::<Vec<_>>().join(";")
}

/// The start of a drawing that shows a part of another, or more than it, on a ground.
fn around(frame: &Frame, natural: [f64; 2]) -> String {
    let Geometry { scaled, canvas, .. } = frame.geometry;
    let side = |scaled: u32, canvas: u32, natural: f64| {
        let step = natural / f64::from(scaled);
        // Whole pixels, as pictures of pixels are cut and padded.
        let start = if canvas < scaled { f64::from((scaled - canvas) / 2) } else { -f64::from((canvas - scaled) / 2) };
        (rounded(start * step, DIGITS), rounded(f64::from(canvas) * step, DIGITS))
    };
    let ([left, top], [across, down], [wide, high]) = (scaled, canvas, natural);
    let ((x, width), (y, height)) = (side(left, across, wide), side(top, down, high));
    let ground = frame.background.map(|[r, g, b]| {
        format!(r##"<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="#{r:02x}{g:02x}{b:02x}"/>"##)
    });
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{across}" height="{down}" viewBox="{x} {y} {width} {height}" preserveAspectRatio="none">{}"#,
        ground.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::{Frame, framed};
    use crate::engine::{
        edit::geometry,
        recipe::{Fit, Sizing, Want},
        vector::markup::pieces,
    };

    fn at(text: &str, natural: [u32; 2], want: Want, fit: Fit, background: Option<[u8; 3]>) -> String {
        let geometry = geometry(natural, &Sizing { want, fit, upscale: false }, true);
        framed(&pieces(text).unwrap(), &Frame { natural, geometry, background }).unwrap()
    }

    #[test]
    fn a_size_is_stated_and_the_view_stays() {
        let inside = |text, natural, want| at(text, natural, want, Fit::Inside, None);
        for (before, natural, want, after) in [
            (
                "<svg width='10' height='20'><g/></svg>",
                [10, 20],
                Want::Width(30),
                r#"<svg width="30" height="60" viewBox="0 0 10 20"><g/></svg>"#,
            ),
            ("<svg viewBox='1 2 3 4'/>", [3, 4], Want::Height(8), r#"<svg viewBox='1 2 3 4' width="6" height="8"/>"#),
            // 1 in is 96 px; half of it.
            (
                "<svg width='1in' height='1in'/>",
                [96, 96],
                Want::Scale(500_000),
                r#"<svg width="48" height="48" viewBox="0 0 96 96"/>"#,
            ),
            (
                "<svg style='width:5px;color:red' width='1' height='1'/>",
                [5, 5],
                Want::Width(2),
                r#"<svg style='color:red' width="2" height="2" viewBox="0 0 1 1"/>"#,
            ),
            ("<?a?><svg width='10' height='20'/>\n", [10, 20], Want::Original, "<?a?><svg width='10' height='20'/>\n"),
        ] {
            assert_eq!(inside(before, natural, want), after);
        }
    }

    #[test]
    fn what_is_cut_padded_or_stretched_is_framed() {
        let drawing = "<svg width='10' height='20' x='3'/>";
        let head = r#"<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40""#;
        let inner = r#"<svg width="10" height="20" viewBox="0 0 10 20"/></svg>"#;
        for (fit, background, view, ground) in [
            // Four times as large, then 20 of 80 cut off above and below: 5 of 20.
            (Fit::Cover, None, "0 5 10 10", ""),
            // Twice as large, then 10 on either side: 5 of 10.
            (
                Fit::Pad,
                Some([255, 0, 16]),
                "-5 0 20 20",
                r##"<rect x="-5" y="0" width="20" height="20" fill="#ff0010"/>"##,
            ),
            (Fit::Stretch, None, "0 0 10 20", ""),
        ] {
            let wanted = format!(r#"{head} viewBox="{view}" preserveAspectRatio="none">{ground}{inner}"#);
            assert_eq!(at(drawing, [10, 20], Want::Box(40, 40), fit, background), wanted);
        }
    }
}
