//! What can be asked of an AVIF.

use super::{caption, one_of};
use crate::{
    engine::options::{AvifDepth, AvifOptions, Subsampling},
    ui::widgets::Slider,
};
use egui::Ui;

/// The speed that results are made with when nobody chose one.
const USUAL_SPEED: u8 = 6;

pub(super) fn avif_ui(ui: &mut Ui, quality: u8, options: &mut AvifOptions) {
    let resolutions = [(Subsampling::Auto, "Auto"), (Subsampling::Full, "4:4:4"), (Subsampling::Half, "4:2:0")];
    let tip = "Full resolution keeps text and coloured edges sharp, and is about as large; a quarter takes less time";
    one_of(ui, "Colour resolution", tip, &mut options.chroma, &resolutions);
    let tip = "10 bits are smoother and a little smaller; few readers want 8";
    let depths = [(AvifDepth::Auto, "Auto"), (AvifDepth::Eight, "8 bits"), (AvifDepth::Ten, "10 bits")];
    one_of(ui, "Depth", tip, &mut options.depth, &depths);
    speed_ui(ui, &mut options.speed);
    alpha_ui(ui, quality, &mut options.alpha_quality);
}

fn speed_ui(ui: &mut Ui, chosen: &mut Option<u8>) {
    let mut speed = i32::from(chosen.unwrap_or(USUAL_SPEED));
    caption(ui, &format!("Speed {speed} of 10"));
    let slider = Slider::new("Speed", 1..=10).reset(USUAL_SPEED.into());
    let response = slider.show(ui, &mut speed).on_hover_text("Slower is smaller; a double click returns to 6");
    if response.changed() {
        // The slider keeps to its range, which fits into a byte.
        *chosen = Some(speed.clamp(1, 10) as u8).filter(|it| *it != USUAL_SPEED);
    }
}

fn alpha_ui(ui: &mut Ui, quality: u8, chosen: &mut Option<u8>) {
    let own = Some(chosen.unwrap_or(quality));
    let tip = "Transparency can have a quality of its own";
    one_of(ui, "Transparency", tip, chosen, &[(None, "As the colours"), (own, "Of its own")]);
    if let Some(own) = chosen {
        let mut quality = i32::from(*own);
        caption(ui, &format!("Quality of transparency {quality}"));
        Slider::new("Quality of transparency", 1..=100).reset(i32::from(*own)).show(ui, &mut quality);
        *own = quality.clamp(1, 100) as u8;
    }
}
