//! That everything can be read, by the formula of the standard.

use super::{Color32, Theme, fonts};

/// Relative luminance of an opaque colour (WCAG 2.2).
fn luminance(color: Color32) -> f64 {
    let linear = |channel: u8| {
        let share = f64::from(channel) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(color.r()) + 0.7152 * linear(color.g()) + 0.0722 * linear(color.b())
}

/// Contrast ratio (WCAG 2.2).
fn contrast(one: Color32, other: Color32) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn the_formula_agrees_with_the_standard() {
    assert!((contrast(Color32::BLACK, Color32::WHITE) - 21.0).abs() < 1e-9);
    // The well-known grey that just passes on white.
    assert!((contrast(Color32::from_gray(0x76), Color32::WHITE) - 4.54).abs() < 0.01);
}

#[test]
fn text_can_be_read_on_every_ground_it_stands_on() {
    for (name, theme) in [("dark", Theme::DARK), ("light", Theme::LIGHT)] {
        let grounds = [theme.canvas, theme.panel, theme.field, theme.button, theme.button_hovered, theme.raised];
        for (at, ground) in grounds.into_iter().enumerate() {
            for (what, ink) in [("text", theme.text), ("weak", theme.weak)] {
                let ratio = contrast(ink, ground);
                assert!(ratio >= 4.5, "{name}: {what} on ground {at}: {ratio:.2}");
            }
        }
        for (what, ink, ground) in [
            ("text on chosen", theme.text, theme.accent_field),
            ("chosen", theme.accent, theme.accent_field),
            ("primary", theme.on_accent, theme.accent),
            ("primary, hovered", theme.on_accent, theme.accent_hovered),
            ("good", theme.good, theme.panel),
            ("warning", theme.warning, theme.panel),
            ("bad", theme.bad, theme.panel),
            ("bad on canvas", theme.bad, theme.canvas),
        ] {
            let ratio = contrast(ink, ground);
            assert!(ratio >= 4.5, "{name}: {what}: {ratio:.2}");
        }
    }
}

#[test]
fn labels_can_be_read_on_any_picture() {
    for picture in [Color32::WHITE, Color32::BLACK] {
        let ground = picture.blend(Theme::DARK.label);
        for ink in [Theme::DARK.on_label, Theme::DARK.on_label_muted] {
            assert!(contrast(ink, ground) >= 4.5, "{picture:?} {ink:?}");
        }
    }
}

#[test]
fn digits_are_equally_wide() {
    use egui::epaint::text::{Fonts, TextOptions};
    let mut fonts = Fonts::new(TextOptions::default(), fonts());
    let mut view = fonts.with_pixels_per_point(1.0);
    for font in [super::body(), super::strong(), super::mono()] {
        let zero = view.glyph_width(&font, '0');
        assert!(zero > 0.0);
        for digit in '1'..='9' {
            assert!((view.glyph_width(&font, digit) - zero).abs() < 1e-4, "{font:?} {digit}");
        }
    }
}
