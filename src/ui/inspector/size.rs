//! Size: two fields, the lock between them, presets, and how the picture meets the box.

use super::{
    ground::ground_ui,
    guard::{Guard, Natural},
};
use crate::{
    engine::{
        Format,
        edit::geometry,
        recipe::{Fit, Resample, Sizing, Want},
    },
    session::Item,
    settings::Units,
    ui::{
        grammar::{self, TypedSize},
        theme::{self, Theme},
        widgets::{Icon, IconButton, NumberField, chip, disclosing_note, heading, heading_with, segmented},
        words,
    },
};
use egui::{RichText, Ui};

const PRESETS: [u32; 4] = [1920, 1200, 512, 64];
const HALF: u32 = 500_000;
const LOCK_WIDTH: f32 = 29.0;
const TIMES_WIDTH: f32 = 8.0;

/// What the size controls remember between frames.
#[derive(Debug)]
pub(super) struct SizeControls {
    is_locked: bool,
    guard: Guard,
}

impl Default for SizeControls {
    fn default() -> Self {
        Self { is_locked: true, guard: Guard::default() }
    }
}

impl SizeControls {
    pub(super) fn size_ui(
        &mut self,
        ui: &mut Ui,
        item: &mut Item,
        units: Units,
        is_advanced: &mut bool,
        grabs_focus: bool,
    ) {
        let Some(facts) = item.facts() else {
            heading(ui, "Size", None);
            return;
        };
        let natural = Natural { size: facts.size, is_vector: facts.format == Format::Svg };
        let result = item.result_size().unwrap_or(natural.size);
        let before = item.recipe.edits.size;
        let note = note(&before, natural.size, result);
        heading_with(ui, "Size", None, |ui| {
            disclosing_note(ui, "Advanced size settings", &note, is_advanced)
                .on_hover_text("How the image meets the box, and how its pixels are averaged");
        });
        self.fields_ui(ui, &mut item.recipe.edits.size, result, natural.size, grabs_focus);
        self.guard.hold_back(item, natural, before);
        self.guard.guard_ui(ui, item, natural, units);
        let before = item.recipe.edits.size;
        presets_ui(ui, item, natural);
        if item.is_held_back() || item.recipe.edits.size.upscale {
            enlarge_ui(ui, &mut item.recipe.edits.size, natural.size);
        }
        self.guard.hold_back(item, natural, before);
        if *is_advanced {
            advanced_ui(ui, item);
        }
    }

    fn fields_ui(&mut self, ui: &mut Ui, size: &mut Sizing, result: [u32; 2], natural: [u32; 2], grabs_focus: bool) {
        let is_locked = &mut self.is_locked;
        ui.horizontal(|ui| {
            let gaps = 3.0 * ui.spacing().item_spacing.x;
            let width = ((ui.available_width() - LOCK_WIDTH - TIMES_WIDTH - gaps) / 2.0).floor();
            let [wide, high] = result.map(|it| it.to_string());
            if let Some(text) =
                NumberField::new("Width in pixels", "W", &wide).width(width).grab_focus(grabs_focus).show(ui)
            {
                typed(size, &text, 0, result, natural, *is_locked);
            }
            let times = RichText::new("×").font(theme::secondary()).color(Theme::of(ui).weak);
            ui.add_sized([TIMES_WIDTH, theme::FIELD_HEIGHT], egui::Label::new(times));
            if let Some(text) = NumberField::new("Height in pixels", "H", &high).width(width).show(ui) {
                typed(size, &text, 1, result, natural, *is_locked);
            }
            let (icon, name) = if *is_locked {
                (Icon::Locked, "Width and height keep the ratio")
            } else {
                (Icon::Unlocked, "Width and height are free")
            };
            if ui.add(IconButton::new(icon, name).on(*is_locked)).clicked() {
                *is_locked = !*is_locked;
                if let (true, Want::Box(width, _)) = (*is_locked, size.want) {
                    size.want = Want::Width(width);
                }
            }
        });
    }
}

/// What is true of the size, on the right of the heading.
fn note(size: &Sizing, natural: [u32; 2], result: [u32; 2]) -> String {
    match (size.want, size.fit) {
        _ if result == natural => "original".to_owned(),
        (Want::Box(..), Fit::Cover) => "fill the box".to_owned(),
        (Want::Box(..), Fit::Stretch) => "stretch".to_owned(),
        (Want::Box(..), Fit::Pad) => "pad".to_owned(),
        (Want::Box(..), Fit::Inside) => "fit inside".to_owned(),
        _ => {
            let percent = f64::from(result[0]) / f64::from(natural[0].max(1)) * 100.0;
            let decimals = usize::from(percent < 10.0);
            format!("{percent:.decimals$} %")
        }
    }
}

/// Takes over what was typed into the width (`side` 0) or height (1) field.
fn typed(size: &mut Sizing, text: &str, side: usize, result: [u32; 2], natural: [u32; 2], is_locked: bool) {
    let box_with = |value: u32| if side == 0 { (value, result[1]) } else { (result[0], value) };
    let want = match grammar::size(text) {
        Some(TypedSize::Side(value)) if is_locked => {
            if side == 0 {
                Want::Width(value)
            } else {
                Want::Height(value)
            }
        }
        Some(TypedSize::Side(value)) => {
            let (width, height) = box_with(value);
            Want::Box(width, height)
        }
        Some(TypedSize::Box(width, height)) => Want::Box(width, height),
        Some(TypedSize::Scale(millionths)) => Want::Scale(millionths),
        Some(TypedSize::Width(width)) => Want::Width(width),
        Some(TypedSize::Height(height)) => Want::Height(height),
        // What cannot be read changes nothing; the field shows the old value again.
        None => return,
    };
    let is_same = matches!(want, Want::Box(width, height) if [width, height] == natural);
    size.want = if is_same { Want::Original } else { want };
    size.upscale = false;
}

fn presets_ui(ui: &mut Ui, item: &mut Item, natural: Natural) {
    let Natural { size: natural, is_vector } = natural;
    let size = &mut item.recipe.edits.size;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = theme::CHIP_GAP;
        if chip(ui, "Original", size.want == Want::Original).on_hover_text(words::pixels(natural)).clicked() {
            size.want = Want::Original;
        }
        for side in PRESETS {
            let want = Want::Box(side, side);
            let preset = Sizing { want, fit: Fit::Inside, upscale: false };
            // A preset that would change nothing is not offered.
            let is_idle = geometry(natural, &preset, is_vector).canvas == natural;
            if is_idle && size.want != want {
                continue;
            }
            let is_chosen = size.want == want && size.fit == Fit::Inside;
            let hint = format!("Fit inside {side} × {side} pixels");
            if chip(ui, &side.to_string(), is_chosen).on_hover_text(hint).clicked() {
                (size.want, size.fit) = (want, Fit::Inside);
            }
        }
        if chip(ui, "50 %", size.want == Want::Scale(HALF)).clicked() {
            size.want = Want::Scale(HALF);
        }
    });
}

/// Nothing is enlarged unless it is asked for.
fn enlarge_ui(ui: &mut Ui, size: &mut Sizing, natural: [u32; 2]) {
    ui.horizontal(|ui| {
        let text = if size.upscale {
            "Enlarged beyond its pixels".to_owned()
        } else {
            format!("Only {} pixels are there", words::pixels(natural))
        };
        ui.label(RichText::new(text).font(theme::secondary()).color(Theme::of(ui).warning));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if chip(ui, "Enlarge", size.upscale).clicked() {
                size.upscale = !size.upscale;
            }
        });
    });
}

/// What few need to change: how the picture meets a box, how pixels are averaged, and what is beside a padded
/// picture.
fn advanced_ui(ui: &mut Ui, item: &mut Item) {
    if matches!(item.recipe.edits.size.want, Want::Box(..)) {
        let fits = [(Fit::Inside, "Inside"), (Fit::Cover, "Cover"), (Fit::Stretch, "Stretch"), (Fit::Pad, "Pad")];
        segmented(ui, "Fit", &mut item.recipe.edits.size.fit, &fits);
    }
    caption(ui, "Pixels are averaged in");
    let lights = [(Resample::Linear, "Linear light"), (Resample::Srgb, "Stored values")];
    segmented(ui, "Pixels are averaged in", &mut item.recipe.edits.resample, &lights).on_hover_text(
        "Linear light averages as eyes do; most tools average stored values, which darkens fine patterns",
    );
    let size = item.recipe.edits.size;
    if matches!(size.want, Want::Box(..)) && size.fit == Fit::Pad {
        caption(ui, "Beside the image");
        let can_be_none = item.recipe.output.format.has_alpha();
        ground_ui(ui, "Colour beside the image", can_be_none, &mut item.recipe.edits.background);
    }
}

fn caption(ui: &mut Ui, text: &str) {
    ui.label(RichText::new(text).font(theme::secondary()).color(Theme::of(ui).weak));
}
