//! What can be asked of a JPEG.

use super::one_of;
use crate::engine::options::{JpegOptions, Subsampling};
use egui::Ui;

pub(super) fn jpeg_ui(ui: &mut Ui, options: &mut JpegOptions) {
    let resolutions = [
        (Subsampling::Auto, "Auto"),
        (Subsampling::Full, "4:4:4"),
        (Subsampling::HalfAcross, "4:2:2"),
        (Subsampling::Half, "4:2:0"),
    ];
    let tip = "Full resolution keeps text and coloured edges sharp; a quarter is smaller and looks the same in photos";
    one_of(ui, "Colour resolution", tip, &mut options.subsampling, &resolutions);
    let tip = "Progressive is smaller and appears before it is whole; few old readers want baseline";
    one_of(ui, "Order", tip, &mut options.progressive, &[(true, "Progressive"), (false, "Baseline")]);
    let tip = "Chooses each value by what it costs and shows: smaller, but slower to make";
    one_of(ui, "Trellis quantisation", tip, &mut options.trellis, &[(true, "On"), (false, "Off")]);
}
