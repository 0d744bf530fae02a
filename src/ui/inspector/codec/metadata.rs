//! Which parts of the source's metadata the result carries: a chip for each that there is.

use super::caption;
use crate::{
    engine::{Details, KeptMetadata, MetadataKind},
    settings::Units,
    ui::{facts::density, theme, widgets::chip, words},
};
use egui::Ui;

/// Is there anything that could be kept?
pub(super) fn is_there(details: &Details) -> bool {
    details.density.is_some() || details.metadata.iter().any(|it| KEPT.contains(&it.kind))
}

/// The kinds that can be kept.
const KEPT: [MetadataKind; 4] = [MetadataKind::Exif, MetadataKind::Xmp, MetadataKind::Comment, MetadataKind::Text];

pub(super) fn metadata_ui(ui: &mut Ui, details: &Details, keep: &mut KeptMetadata, units: Units) {
    let weight = |kinds: &[MetadataKind]| {
        let parts = details.metadata.iter().filter(|it| kinds.contains(&it.kind));
        let bytes = parts.map(|it| it.bytes).fold(0, u64::saturating_add);
        (0 < bytes).then(|| words::bytes(bytes, units))
    };
    let has_position = details.metadata.iter().any(|it| it.kind == MetadataKind::Gps);
    let exif_tip = if has_position {
        "What the camera noted, the position where the picture was taken included"
    } else {
        "What the camera noted"
    };
    caption(ui, "Keep metadata");
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = theme::CHIP_GAP;
        let mut part = |name: &str, value: Option<String>, tip: &str, is_kept: &mut bool| {
            if let Some(value) = value {
                *is_kept ^= chip(ui, &format!("{name} · {value}"), *is_kept).on_hover_text(tip).clicked();
            }
        };
        part("EXIF", weight(&[MetadataKind::Exif]), exif_tip, &mut keep.exif);
        part("XMP", weight(&[MetadataKind::Xmp]), "What editors and archives noted", &mut keep.xmp);
        part("Density", details.density.map(density), "Pixels an inch, for print", &mut keep.density);
        let texts = weight(&[MetadataKind::Comment, MetadataKind::Text]);
        part("Comments", texts, "Texts about the picture", &mut keep.comments);
    });
}
