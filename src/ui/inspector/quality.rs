//! What the user sets when nothing else is aimed for: a number, without loss or with a palette.

use super::codec::{Amount, amount_ui};
use crate::{
    engine::{
        Format,
        options::{PaletteOptions, PngColours, palette, webp},
        recipe::{DEFAULT_QUALITY, OutputSpec},
    },
    ui::{
        theme::{self, Theme},
        widgets::segmented,
    },
};
use egui::{RichText, Ui};

/// The controls of the chosen format; `has_palette` says that the source has one.
pub(super) fn quality_ui(ui: &mut Ui, output: &mut OutputSpec, has_palette: bool) {
    match output.format {
        Format::Png => png_ui(ui, output, has_palette),
        Format::Gif => palette_ui(ui, &mut output.codec.gif),
        format if !format.has_quality() => {
            note_ui(ui, "Without loss");
        }
        _ => number_ui(ui, output),
    }
}

fn number_ui(ui: &mut Ui, output: &mut OutputSpec) {
    if output.format.has_lossless() {
        segmented(ui, "Kind of compression", &mut output.lossless, &[(false, "Lossy"), (true, "Lossless")]);
    }
    if output.is_lossless() {
        let is_near = output.format == Format::WebP && output.codec.webp.nearness < *webp::NEARNESSES.end();
        note_ui(ui, if is_near { "Nearly without loss" } else { "Without loss" });
        return;
    }
    let mut quality = i32::from(output.quality);
    let amount = Amount { name: "Quality", range: 1..=100, reset: DEFAULT_QUALITY.into() };
    amount_ui(ui, &amount, &mut quality);
    // Kept to its range, which fits into a byte.
    output.quality = quality.clamp(1, 100) as u8;
}

fn note_ui(ui: &mut Ui, text: &str) {
    ui.label(RichText::new(text).font(theme::secondary()).color(Theme::of(ui).weak));
}

/// All colours or a palette; as the source, where that has one.
fn png_ui(ui: &mut Ui, output: &mut OutputSpec, has_palette: bool) {
    let colours = output.codec.png.colours;
    let options =
        [(PngColours::AsSource, "As source"), (PngColours::All, "Lossless"), (PngColours::Palette, "Palette")];
    // Without a palette in the source these two are the same.
    let is_same = !has_palette && colours == PngColours::AsSource;
    let mut shown = if is_same { PngColours::All } else { colours };
    let options = options.get(usize::from(!has_palette)..).unwrap_or_default();
    if segmented(ui, "Colours of the PNG", &mut shown, options).changed() {
        output.codec.png.colours = shown;
    }
    match output.codec.png.colours {
        PngColours::Palette => {}
        PngColours::AsSource if has_palette => note_ui(ui, "256 colours if resized"),
        PngColours::AsSource | PngColours::All => note_ui(ui, "Without loss"),
    }
    if shown == PngColours::Palette {
        palette_ui(ui, &mut output.codec.png.palette);
    }
}

fn palette_ui(ui: &mut Ui, options: &mut PaletteOptions) {
    let defaults = PaletteOptions::default();
    let (least, most) = (*palette::COLOURS.start(), *palette::COLOURS.end());
    let mut colours = i32::from(options.colours);
    let tip = "Fewer are smaller; a picture that has no more keeps its own";
    let amount = Amount { name: "Colours", range: least.into()..=most.into(), reset: defaults.colours.into() };
    amount.captioned(ui, tip, &mut colours);
    // Kept to its range, which fits.
    options.colours = colours.clamp(least.into(), most.into()) as u16;
    let most = *palette::DITHERING.end();
    let mut dithering = i32::from(options.dithering);
    let tip = "Mixes smooth shades from dots of the colours there are; with none they become steps";
    let amount = Amount { name: "Dithering", range: 0..=most.into(), reset: defaults.dithering.into() };
    amount.captioned(ui, tip, &mut dithering);
    options.dithering = dithering.clamp(0, most.into()) as u8;
}
