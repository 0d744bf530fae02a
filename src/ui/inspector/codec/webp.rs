//! What can be asked of a WebP.

use super::{Amount, one_of};
use crate::engine::{
    options::{WebPOptions, webp},
    recipe::OutputSpec,
};
use egui::Ui;

pub(super) fn webp_ui(ui: &mut Ui, output: &mut OutputSpec) {
    let is_lossless = output.is_lossless();
    let options = &mut output.codec.webp;
    if is_lossless {
        let tip = "100 keeps every pixel; 60 is smaller and hardly to be told apart";
        amount(ui, "Nearness to the pixels", tip, *webp::NEARNESSES.end(), &mut options.nearness);
    } else {
        let tip = "How close transparency is kept; 100 is without loss";
        amount(ui, "Alpha quality", tip, *webp::ALPHA_QUALITIES.end(), &mut options.alpha_quality);
        let tip = "Sharper edges between strong colours; slower to make. Auto: where the picture asks for it";
        let choices = [(None, "Auto"), (Some(true), "On"), (Some(false), "Off")];
        one_of(ui, "Sharp colour edges", tip, &mut options.sharp_yuv, &choices);
    }
    method_ui(ui, options);
}

fn method_ui(ui: &mut Ui, options: &mut WebPOptions) {
    let methods = [None, Some(0), Some(1), Some(2), Some(3), Some(4), Some(5), Some(6)];
    let labels = ["Auto", "0", "1", "2", "3", "4", "5", "6"];
    let choices: Vec<(Option<u8>, &str)> = methods.into_iter().zip(labels).collect();
    let tip = "From fast to small: how long to search; Auto takes 2 while you choose, 4 for a quality and 6 for a look or a budget";
    one_of(ui, "Search", tip, &mut options.method, &choices);
}

/// From 0 to `most`, which is also what a double click brings back.
fn amount(ui: &mut Ui, name: &str, tip: &str, most: u8, value: &mut u8) {
    let mut number = i32::from(*value);
    Amount { name, range: 0..=most.into(), reset: most.into() }.captioned(ui, tip, &mut number);
    // Kept to its range, which fits into a byte.
    *value = number.clamp(0, most.into()) as u8;
}
