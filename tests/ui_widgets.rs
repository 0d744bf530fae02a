//! The controls as people and assistive technology meet them: by name, pointer and keyboard.

#![expect(clippy::unwrap_used, reason = "in a test a surprise is a failure")]

use eframe::egui::{self, Event, Key, Modifiers, MouseWheelUnit, Ui, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use inlaid::engine::{Layout, Raster};
use inlaid::ui::canvas::{Canvas, CanvasInput, Ground, Picture, Zoom};
use inlaid::ui::widgets::{
    Button, FormatRow, Icon, IconButton, NumberField, Slider, chip, disclosure, format_rows, menu_item, segmented,
};
use inlaid::ui::{empty, pyramid::Pyramid, theme};
use std::{sync::Arc, time::Duration};

/// A window of the size of the design, with our theme.
fn window<'a, State: 'a>(show: impl FnMut(&mut Ui, &mut State) + 'a, state: State) -> Harness<'a, State> {
    let mut harness = Harness::builder()
        .with_size(vec2(864.0, 692.0))
        // Short steps, so that two quick clicks are a double click.
        .with_step_dt(0.05)
        .with_max_steps(60)
        .with_context_setup(theme::install)
        .build_ui_state(show, state);
    harness.run();
    harness
}

#[test]
fn a_button_is_pressed_by_pointer_and_keyboard_and_is_high_enough() {
    let mut window = window(
        |ui, presses: &mut u32| {
            *presses += u32::from(ui.add(Button::new("Save…").key("Ctrl S").tip("Save the picture")).clicked());
        },
        0,
    );
    let button = window.get_by_label("Save…");
    assert!(button.rect().height() >= 24.0);
    button.click();
    window.run();
    assert_eq!(*window.state(), 1);
    for key in [Key::Enter, Key::Space] {
        window.get_by_label("Save…").focus();
        window.run();
        window.key_press(key);
        window.run();
    }
    assert_eq!(*window.state(), 3);
}

#[test]
fn a_segmented_control_is_one_stop_and_moves_by_arrows() {
    let options = [('a', "Quality"), ('b', "Same look"), ('c', "Budget")];
    let mut window = window(
        move |ui, value: &mut char| {
            segmented(ui, "Aim for", value, &options);
            _ = ui.add(Button::new("After"));
        },
        'b',
    );
    let widths = ["Quality", "Same look", "Budget"].map(|it| window.get_by_label(it).rect().width());
    assert!(widths.iter().all(|it| (it - widths[0]).abs() < 0.5), "{widths:?}");
    window.get_by_label("Budget").click();
    window.run();
    assert_eq!(*window.state(), 'c');
    window.key_press(Key::Tab);
    window.run();
    assert!(window.get_by_label("Budget").is_focused());
    window.key_press(Key::ArrowRight);
    window.run();
    assert_eq!(*window.state(), 'a');
    assert!(window.get_by_label("Quality").is_focused());
    window.key_press(Key::ArrowLeft);
    window.run();
    window.key_press(Key::ArrowLeft);
    window.run();
    assert_eq!(*window.state(), 'b');
    window.key_press(Key::Tab);
    window.run();
    assert!(window.get_by_label("After").is_focused());
    assert!(window.query_by_label("Aim for").is_some());
}

#[test]
fn the_formats_are_chosen_by_click_and_arrow_and_tell_their_bytes() {
    let mut window = window(
        |ui, chosen: &mut usize| {
            let row = |label, bytes| FormatRow { label, bytes: Some(bytes), share: Some(0.5), ..FormatRow::default() };
            format_rows(ui, "Format", chosen, &[row("WebP", "38.4 KB"), row("JPEG", "57.1 KB"), row("PNG", "1.31 MB")]);
        },
        0,
    );
    let row = window.get_by_label("JPEG");
    assert_eq!(row.accesskit_node().description().as_deref(), Some("57.1 KB"));
    row.click();
    window.run();
    assert_eq!(*window.state(), 1);
    window.get_by_label("JPEG").focus();
    window.run();
    window.key_press(Key::ArrowDown);
    window.run();
    assert_eq!(*window.state(), 2);
    window.key_press(Key::Home);
    window.run();
    assert_eq!(*window.state(), 0);
}

/// How long the window would wait before it draws again by itself.
fn repaint_delay<State>(window: &Harness<'_, State>) -> Option<Duration> {
    window.output().viewport_output.values().map(|it| it.repaint_delay).min()
}

#[test]
fn a_row_that_works_moves_unless_that_is_not_wanted() {
    let mut window = Harness::builder().with_context_setup(theme::install).build_ui(|ui| {
        let row = FormatRow { label: "WebP", working: true, ..FormatRow::default() };
        format_rows(ui, "Format", &mut 0, &[row]);
    });
    window.run_steps(4);
    assert!(repaint_delay(&window) < Some(Duration::from_secs(1)));
    theme::set_reduced_motion(&window.ctx, true);
    window.run_steps(4);
    assert_eq!(repaint_delay(&window), Some(Duration::MAX));
}

#[test]
fn a_disclosure_opens_by_click_and_key_and_says_so() {
    let mut window = window(
        |ui, is_open: &mut bool| {
            disclosure(ui, "Advanced size settings", "Advanced", is_open);
        },
        false,
    );
    let is_expanded = |window: &Harness<'_, bool>| {
        window.get_by_label("Advanced size settings").accesskit_node().data().is_expanded()
    };
    assert_eq!(is_expanded(&window), Some(false));
    window.get_by_label("Advanced size settings").click();
    window.run();
    assert!(*window.state());
    assert_eq!(is_expanded(&window), Some(true));
    window.get_by_label("Advanced size settings").focus();
    window.run();
    window.key_press(Key::Enter);
    window.run();
    assert!(!*window.state());
}

#[test]
fn a_field_keeps_to_its_range_but_leaves_what_is_typed_alone() {
    let show = |ui: &mut Ui, commits: &mut Vec<String>| {
        commits.extend(NumberField::new("Quality", "", "99").range(1..=100).show(ui));
    };
    let mut window = window(show, vec![]);
    window.get_by_label("Quality").click();
    window.run();
    window.key_press_modifiers(Modifiers::SHIFT, Key::ArrowUp);
    window.run();
    assert_eq!(*window.state(), ["100"]);
    window.event(Event::Text("0".to_owned()));
    window.run();
    assert_eq!(window.get_by_label("Quality").value().as_deref(), Some("0"), "still being typed");
    assert_eq!(*window.state(), ["100"]);
}

#[test]
fn a_menu_item_that_can_do_nothing_is_not_pressed() {
    let show = |ui: &mut Ui, presses: &mut u32| {
        *presses += u32::from(menu_item(ui, "Undo", "Ctrl Z", false).clicked());
        *presses += u32::from(menu_item(ui, "Redo", "", true).clicked());
    };
    let mut window = window(show, 0);
    window.get_by_label("Undo").click();
    window.run();
    assert_eq!(*window.state(), 0);
    window.get_by_label("Redo").click();
    window.run();
    assert_eq!(*window.state(), 1);
}

#[test]
fn a_chip_and_an_icon_button_say_their_names() {
    let mut window = window(
        |ui, (chosen, locked): &mut (bool, bool)| {
            *chosen |= chip(ui, "1920", *chosen).clicked();
            *locked ^= ui.add(IconButton::new(Icon::Locked, "Keep the ratio").on(*locked)).clicked();
        },
        (false, true),
    );
    window.get_by_label("1920").click();
    window.run();
    window.get_by_label("Keep the ratio").click();
    window.run();
    assert_eq!(*window.state(), (true, false));
}

#[derive(Default)]
struct Fields {
    width: String,
    commits: Vec<String>,
}

fn fields<'a>() -> Harness<'a, Fields> {
    let show = |ui: &mut Ui, fields: &mut Fields| {
        if let Some(text) = NumberField::new("Width", "W", &fields.width).show(ui) {
            fields.commits.push(text.clone());
            fields.width = text;
        }
        _ = ui.add(Button::new("After"));
    };
    window(show, Fields { width: "1200".to_owned(), commits: Vec::new() })
}

fn type_text(window: &mut Harness<'_, Fields>, text: &str) {
    window.event(Event::Text(text.to_owned()));
    window.run();
}

#[test]
fn a_click_selects_all_and_enter_commits() {
    let mut window = fields();
    window.get_by_label("Width").click();
    window.run();
    type_text(&mut window, "600x4");
    type_text(&mut window, "00");
    assert!(window.state().commits.is_empty(), "typing is free");
    window.key_press(Key::Enter);
    window.run();
    assert_eq!(window.state().commits, ["600x400"]);
}

#[test]
fn tab_commits_and_moves_on_and_escape_reverts() {
    let mut window = fields();
    window.key_press(Key::Tab);
    window.run();
    assert!(window.get_by_label("Width").is_focused());
    type_text(&mut window, "50%");
    window.key_press(Key::Tab);
    window.run();
    assert_eq!(window.state().commits, ["50%"]);
    assert!(window.get_by_label("After").is_focused());

    window.get_by_label("Width").click();
    window.run();
    type_text(&mut window, "999");
    window.key_press(Key::Escape);
    window.run();
    assert_eq!(window.state().commits, ["50%"]);
    assert_eq!(window.get_by_label("Width").value().as_deref(), Some("50%"));
}

#[test]
fn leaving_a_field_untouched_commits_nothing() {
    let mut window = fields();
    window.get_by_label("Width").click();
    window.run();
    window.key_press(Key::Enter);
    window.run();
    assert!(window.state().commits.is_empty());
}

#[test]
fn arrows_step_a_number_by_one_or_ten() {
    let mut window = fields();
    window.get_by_label("Width").click();
    window.run();
    window.key_press(Key::ArrowUp);
    window.run();
    window.key_press_modifiers(Modifiers::SHIFT, Key::ArrowDown);
    window.run();
    assert_eq!(window.state().commits, ["1201", "1191"]);
    assert!(window.get_by_label("Width").is_focused());
    assert_eq!(window.get_by_label("Width").value().as_deref(), Some("1191"));
}

#[test]
fn a_slider_moves_by_keys_pointer_and_assistance_and_resets() {
    let show = |ui: &mut Ui, value: &mut i32| {
        Slider::new("Quality", 1..=100).reset(80).show(ui, value);
    };
    let mut window = window(show, 50);
    let slider = window.get_by_label("Quality");
    let place = slider.rect();
    assert!(place.height() >= 24.0);
    slider.focus();
    window.run();
    window.key_press(Key::ArrowRight);
    window.run();
    window.key_press_modifiers(Modifiers::SHIFT, Key::ArrowLeft);
    window.run();
    assert_eq!(*window.state(), 41);
    window.get_by_label("Quality").increment_accesskit();
    window.run();
    assert_eq!(*window.state(), 42);
    window.get_by_label("Quality").set_value_accesskit(400.0);
    window.run();
    assert_eq!(*window.state(), 100);
    window.drag_at(place.left_center());
    window.run();
    assert_eq!(*window.state(), 1, "the value follows while the button is down");
    window.hover_at(place.right_center());
    window.run();
    assert_eq!(*window.state(), 100);
    window.drop_at(place.center());
    window.run();
    for _ in 0..2 {
        window.drag_at(place.left_center());
        window.drop_at(place.left_center());
    }
    window.run();
    assert_eq!(*window.state(), 80);
}

#[test]
fn the_empty_window_offers_two_ways_in() {
    let mut window = window(|ui, chosen: &mut Vec<empty::Chosen>| empty::show(ui, chosen), Vec::new());
    window.get_by_label("Drop an image anywhere");
    window.get_by_label("Open…").click();
    window.run();
    window.get_by_label("Paste").click();
    window.run();
    assert_eq!(*window.state(), [empty::Chosen::Open, empty::Chosen::Paste]);
}

#[test]
fn the_wheel_steps_only_a_field_with_the_focus() {
    let mut window = fields();
    let notch = Event::MouseWheel {
        unit: MouseWheelUnit::Line,
        delta: vec2(0.0, 1.0),
        phase: egui::TouchPhase::Move,
        modifiers: Modifiers::NONE,
        source: egui::MouseWheelSource::Unknown,
    };
    let at = window.get_by_label("Width").rect().center();
    window.hover_at(at);
    window.run();
    window.event(notch.clone());
    window.run();
    assert!(window.state().commits.is_empty());
    window.get_by_label("Width").click();
    window.run();
    window.event(notch);
    window.run();
    assert_eq!(window.state().commits, ["1201"]);
}

#[derive(Default)]
struct Preview {
    canvas: Canvas,
    text: String,
}

/// A picture four times as large as the window, its result half of that.
fn preview<'a>() -> Harness<'a, Preview> {
    let show = |ui: &mut Ui, preview: &mut Preview| {
        if !preview.text.is_empty() {
            ui.add(egui::TextEdit::singleline(&mut preview.text).hint_text("Note"));
        }
        let gray = Raster::from_samples8(32, 32, Layout::Rgb8, vec![128; 32 * 32 * 3]).unwrap();
        let picture = |size| Picture { pyramid: Arc::new(Pyramid::new(&gray)), size };
        let input = CanvasInput {
            original: Some(picture([3456, 2768])),
            result: Some(picture([1728, 1384])),
            original_label: "Original · 5.20 MB",
            result_label: "WebP 78 · 38.4 KB · −99 %",
            ..CanvasInput::default()
        };
        preview.canvas.show(ui, &input);
    };
    window(show, Preview::default())
}

fn scale(window: &Harness<'_, Preview>) -> Option<f32> {
    match window.state().canvas.view.zoom {
        Zoom::Fit => None,
        Zoom::Scale(scale) => Some(scale),
    }
}

#[test]
fn the_buttons_of_the_canvas_zoom_and_change_the_ground() {
    let mut window = preview();
    assert_eq!(scale(&window), None);
    window.get_by_label("100 %").click();
    window.run();
    assert_eq!(scale(&window), Some(1.0));
    window.get_by_label("Zoom in").click();
    window.run();
    assert_eq!(scale(&window), Some(1.5));
    window.get_by_label("Zoom out").click();
    window.run();
    assert_eq!(scale(&window), Some(1.0));
    window.get_by_label("Fit").click();
    window.run();
    assert_eq!(scale(&window), None);
    window.get_by_label("Ground under transparency").click();
    window.run();
    assert_eq!(window.state().canvas.ground, Ground::White);
}

#[test]
fn the_keys_of_the_canvas_zoom_and_pan() {
    let mut window = preview();
    window.key_press(Key::Num1);
    window.run();
    assert_eq!(scale(&window), Some(1.0));
    window.key_press_modifiers(Modifiers::SHIFT, Key::ArrowRight);
    window.run();
    assert!(window.state().canvas.view.pan.x < -10.0);
    window.key_press(Key::Minus);
    window.run();
    assert_eq!(scale(&window), Some(0.67));
    window.key_press(Key::Plus);
    window.run();
    assert_eq!(scale(&window), Some(1.0));
    window.key_press(Key::Num0);
    window.run();
    assert_eq!(scale(&window), None);
}

#[test]
fn a_text_field_keeps_its_keys() {
    let mut window = preview();
    window.state_mut().text = "x".to_owned();
    window.run();
    window.get_by_role(egui::accesskit::Role::TextInput).focus();
    window.run();
    window.key_press(Key::Num1);
    window.run();
    assert_eq!(scale(&window), None);
}

#[test]
fn the_wheel_zooms_and_a_drag_pans() {
    let mut window = preview();
    let at = egui::pos2(200.0, 200.0);
    window.hover_at(at);
    window.run();
    window.event(Event::MouseWheel {
        unit: MouseWheelUnit::Line,
        delta: vec2(0.0, 12.0),
        phase: egui::TouchPhase::Move,
        modifiers: Modifiers::NONE,
        source: egui::MouseWheelSource::Unknown,
    });
    window.run();
    let zoomed = scale(&window).expect("the wheel zooms");
    assert!(zoomed > 1.0, "{zoomed}");
    let before = window.state().canvas.view.pan;
    window.drag_at(at);
    window.run();
    window.hover_at(at + vec2(60.0, 40.0));
    window.run();
    window.drop_at(at + vec2(60.0, 40.0));
    window.run();
    let moved = window.state().canvas.view.pan - before;
    assert!((moved - vec2(60.0, 40.0)).length() < 1.0, "{moved:?}");
}

#[test]
fn the_divider_moves_by_drag_and_arrow_and_cycles() {
    let name = "Divider between original and result";
    let mut window = preview();
    let handle = window.get_by_label(name).rect();
    // Near the line is near enough.
    window.drag_at(handle.center() + vec2(8.0, 100.0));
    window.run();
    window.hover_at(handle.center() + vec2(-150.0, 100.0));
    window.run();
    window.drop_at(handle.center() + vec2(-150.0, 100.0));
    window.run();
    let dragged = window.state().canvas.split;
    assert!(dragged > 0.2 && dragged < 0.4, "{dragged}");
    assert_eq!(scale(&window), None, "the picture stays");
    window.get_by_label(name).focus();
    window.run();
    window.key_press(Key::ArrowRight);
    window.run();
    assert!((window.state().canvas.split - dragged - 0.02).abs() < 1e-4);
    window.state_mut().canvas.split = 0.5;
    window.run();
    for _ in 0..2 {
        window.drag_at(handle.center());
        window.drop_at(handle.center());
    }
    window.run();
    assert_eq!(window.state().canvas.split, 1.0);
}

#[test]
fn space_held_shows_the_original_alone() {
    let name = "Divider between original and result";
    let mut window = preview();
    window.key_down(Key::Space);
    window.run();
    assert!(window.query_by_label(name).is_none());
    window.key_up(Key::Space);
    window.run();
    window.get_by_label(name);
}
