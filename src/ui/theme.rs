//! Colours, sizes and type: the only file that names them.
//!
//! A view asks for a [`Theme`] by what the colour means and never by what it looks like; the same
//! tokens feed the toolkit's own widgets, so that a menu or a tooltip matches what we draw.

use egui::epaint::{Margin, Shadow};
use egui::style::{Selection, WidgetVisuals, Widgets};
use egui::{
    Color32, Context, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Stroke, TextStyle, Ui, Visuals,
};
use std::sync::Arc;

/// Height of the line with the names and the ways in.
pub const TOP_LINE: f32 = 40.0;
/// Height of the line with notices and measured times.
pub const STATUS_LINE: f32 = 28.0;
/// Width of the panel with the decisions.
pub const INSPECTOR: f32 = 316.0;
/// Windows narrower than this get the inspector as a drawer.
pub const DRAWER_BELOW: f32 = 760.0;
/// Air around the panel's content, and between the groups in it.
pub const PANEL_MARGIN: f32 = 14.0;
/// Between the groups of a panel.
pub const GROUP_GAP: f32 = 14.0;
/// Between the controls of one row.
pub const ROW_GAP: f32 = 6.0;
/// Between presets, so that one row holds them.
pub const CHIP_GAP: f32 = 4.0;
/// From the edge of a line to its content.
pub const LINE_MARGIN: f32 = 12.0;
/// Height of buttons.
pub const BUTTON_HEIGHT: f32 = 26.0;
/// Height of fields and segmented controls.
pub const FIELD_HEIGHT: f32 = 28.0;
/// Height of the one primary button.
pub const PRIMARY_HEIGHT: f32 = 36.0;
/// Nothing that can be pressed is lower than this.
pub const HIT_HEIGHT: f32 = 24.0;
/// Around the picture when it is fitted.
pub const PICTURE_AIR: f32 = 24.0;
/// Below a button in the lower corner of the canvas.
pub const CORNER_AIR: f32 = 5.0;
/// Width of the sheet with the settings.
pub const SETTINGS_SHEET: f32 = 560.0;
/// Width of the sheets that only tell something.
pub const TELLING_SHEET: f32 = 500.0;
/// Width of the card with a question, at most.
pub const CARD: f32 = 520.0;
/// Width of the details of a notice, at most.
pub const DETAILS: f32 = 440.0;
/// Height of a list of causes, at most; then it scrolls.
pub const DETAILS_HEIGHT: f32 = 280.0;
/// The window is never smaller.
pub const LEAST_WINDOW: [f32; 2] = [560.0, 420.0];
/// Size of the frame that asks for a picture.
pub const DROP_FRAME: [f32; 2] = [640.0, 380.0];
/// Corners of fields and buttons.
pub const RADIUS: u8 = 6;
/// Corners of the primary button.
pub const PRIMARY_RADIUS: u8 = 8;
/// Corners of the drop frame.
pub const FRAME_RADIUS: f32 = 18.0;
/// Corners of what lies inside a field or button.
pub const INNER_RADIUS: u8 = 5;
/// Thickness of the ring around the focused widget.
pub const FOCUS_RING: f32 = 2.0;
/// The longest any movement takes, in seconds.
pub const MOTION: f32 = 0.12;
/// The part of the canvas that stays visible under the drag overlay.
pub const DIMMED: f32 = 0.6;

/// Colours by what they mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Theme {
    /// Under the picture.
    pub canvas: Color32,
    /// Under the controls.
    pub panel: Color32,
    /// Inside fields.
    pub field: Color32,
    /// A button at rest.
    pub button: Color32,
    /// A button under the pointer.
    pub button_hovered: Color32,
    /// A button held down.
    pub button_pressed: Color32,
    /// A button at rest that stands on the canvas.
    pub raised: Color32,
    /// Between panels, around fields.
    pub line: Color32,
    /// Where a line must be seen: the drop frame, the empty part of a bar.
    pub strong_line: Color32,
    /// Text.
    pub text: Color32,
    /// Secondary text.
    pub weak: Color32,
    /// Decoration and duplicates only: it has not the contrast of text.
    pub faint: Color32,
    /// What is chosen, what is to be pressed, what has the focus.
    pub accent: Color32,
    /// The ground of what is chosen.
    pub accent_field: Color32,
    /// Text on a ground of [`Theme::accent`].
    pub on_accent: Color32,
    /// The primary button under the pointer.
    pub accent_hovered: Color32,
    /// Success.
    pub good: Color32,
    /// Worth a second look.
    pub warning: Color32,
    /// Failure.
    pub bad: Color32,
    /// The measured part of a bar that is not chosen.
    pub bar: Color32,
    /// Ground of labels that lie on pictures, whatever the theme.
    pub label: Color32,
    /// Text of labels that lie on pictures.
    pub on_label: Color32,
    /// The same for numbers that belong to earlier settings.
    pub on_label_muted: Color32,
    /// Line and handle that part original and result, and the handle of sliders.
    pub handle: Color32,
    /// Around the divider, so that it is seen on white.
    pub handle_shade: Color32,
    /// Signs and rims on a handle.
    pub on_handle: Color32,
    /// The two colours of the checkerboard under transparency.
    pub checks: [Color32; 2],
}

impl Theme {
    /// On dark ground.
    pub const DARK: Self = Self {
        canvas: hex(0x17181B),
        panel: hex(0x1F2125),
        field: hex(0x15161A),
        button: hex(0x2A2D33),
        button_hovered: hex(0x32353C),
        button_pressed: hex(0x24272C),
        raised: hex(0x2A2D33),
        line: hex(0x2D3036),
        strong_line: hex(0x3A3E46),
        text: hex(0xE7E8EA),
        weak: hex(0x9A9FA8),
        faint: hex(0x6C717B),
        accent: hex(0x8FAAFF),
        accent_field: hex(0x27345F),
        on_accent: hex(0x101320),
        accent_hovered: hex(0xA3B9FF),
        good: hex(0x6FCF97),
        warning: hex(0xE0B05C),
        bad: hex(0xFF7B72),
        bar: hex(0x6C717B),
        checks: [hex(0x2B2D32), hex(0x36383E)],
        label: Color32::from_rgba_unmultiplied_const(12, 13, 15, 217),
        on_label: hex(0xF2F3F5),
        on_label_muted: hex(0xA8ACB4),
        handle: hex(0xFFFFFF),
        handle_shade: Color32::from_black_alpha(64),
        on_handle: hex(0x1C1F24),
    };

    /// On light ground.
    pub const LIGHT: Self = Self {
        canvas: hex(0xEEF0F3),
        panel: hex(0xFFFFFF),
        field: hex(0xF5F6F8),
        button: hex(0xECEEF2),
        button_hovered: hex(0xE4E7ED),
        button_pressed: hex(0xD8DCE4),
        raised: hex(0xFFFFFF),
        line: hex(0xE1E4E9),
        strong_line: hex(0xCFD4DC),
        text: hex(0x1C1F24),
        weak: hex(0x5C6470),
        faint: hex(0x8B93A0),
        accent: hex(0x3557D6),
        accent_field: hex(0xDFE6FF),
        on_accent: hex(0xFFFFFF),
        accent_hovered: hex(0x2A49BE),
        good: hex(0x177D45),
        warning: hex(0x9A6700),
        bad: hex(0xC9302C),
        bar: hex(0x8B93A0),
        checks: [hex(0xFFFFFF), hex(0xDDE0E5)],
        // What lies on pictures has to be seen on any of them and is the same in both.
        ..Self::DARK
    };

    /// The theme in which this part of the window is drawn.
    pub fn of(ui: &Ui) -> &'static Self {
        Self::when(ui.visuals().dark_mode)
    }

    /// The dark or the light theme.
    pub const fn when(dark: bool) -> &'static Self {
        if dark { &Self::DARK } else { &Self::LIGHT }
    }

    /// The line between panels and around fields.
    pub fn outline(&self) -> Stroke {
        Stroke::new(1.0, self.line)
    }

    /// The ring around the focused widget.
    pub fn focus(&self) -> Stroke {
        Stroke::new(FOCUS_RING, self.accent)
    }

    /// What lies over the window under a sheet.
    pub fn backdrop(&self) -> Color32 {
        Color32::from_black_alpha(112)
    }

    /// What lies over the canvas while something is dragged over the window.
    pub fn veil(&self) -> Color32 {
        self.canvas.gamma_multiply(1.0 - DIMMED)
    }
}

/// White, one of the grounds under transparency.
pub const WHITE: Color32 = Color32::WHITE;
/// Black, one of the grounds under transparency.
pub const BLACK: Color32 = Color32::BLACK;

/// A colour of the picture's world (a chosen background, a page), as stored in a recipe.
pub const fn srgb([red, green, blue]: [u8; 3]) -> Color32 {
    Color32::from_rgb(red, green, blue)
}

const fn hex(rgb: u32) -> Color32 {
    let [_, red, green, blue] = rgb.to_be_bytes();
    Color32::from_rgb(red, green, blue)
}

/// Text: 13 points.
pub fn body() -> FontId {
    FontId::new(13.0, FontFamily::Proportional)
}

/// Text that stands out: 13 points semibold.
pub fn strong() -> FontId {
    FontId::new(13.0, semibold())
}

/// Secondary text: 12 points.
pub fn secondary() -> FontId {
    FontId::new(12.0, FontFamily::Proportional)
}

/// The heading of a group: 11 points semibold.
pub fn section() -> FontId {
    FontId::new(11.0, semibold())
}

/// Keys and notes beside something larger: 11 points.
pub fn note() -> FontId {
    FontId::new(11.0, FontFamily::Proportional)
}

/// The headline of the empty window: 19 points semibold.
pub fn headline() -> FontId {
    FontId::new(19.0, semibold())
}

/// Strings that are pasted: 11.5 points, every character equally wide.
pub fn mono() -> FontId {
    FontId::new(11.5, FontFamily::Monospace)
}

const REGULAR: &str = "Inter";
const SEMIBOLD: &str = "Inter SemiBold";

fn semibold() -> FontFamily {
    FontFamily::Name(SEMIBOLD.into())
}

/// Makes the toolkit look and behave as the rest: fonts, both styles, following the system.
pub fn install(ctx: &Context) {
    ctx.set_fonts(fonts());
    for theme in [egui::Theme::Dark, egui::Theme::Light] {
        ctx.style_mut_of(theme, |style| restyle(style, theme == egui::Theme::Dark));
    }
    ctx.options_mut(|options| {
        options.theme_preference = egui::ThemePreference::System;
        options.fallback_theme = egui::Theme::Dark;
        // Ctrl with + and − would scale the window; they zoom the picture.
        options.zoom_with_keyboard = false;
    });
}

/// Movements end at once, or take [`MOTION`] at most.
pub fn set_reduced_motion(ctx: &Context, is_reduced: bool) {
    ctx.data_mut(|it| it.insert_temp(reduced_motion(), is_reduced));
    ctx.all_styles_mut(|style| style.animation_time = if is_reduced { 0.0 } else { MOTION });
}

/// Does the system ask for less motion?
pub fn is_motion_reduced(ctx: &Context) -> bool {
    ctx.data(|it| it.get_temp(reduced_motion())).unwrap_or_default()
}

fn reduced_motion() -> egui::Id {
    egui::Id::unique("reduced motion")
}

/// Inter before the toolkit's own fonts, which stay as fallbacks for other scripts and signs.
fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let regular = FontData::from_static(include_bytes!("../../assets/fonts/Inter-Regular.otf"));
    let bold = FontData::from_static(include_bytes!("../../assets/fonts/Inter-SemiBold.otf"));
    fonts.font_data.insert(REGULAR.to_owned(), Arc::new(regular));
    fonts.font_data.insert(SEMIBOLD.to_owned(), Arc::new(bold));
    let proportional = fonts.families.entry(FontFamily::Proportional).or_default();
    let fallbacks = proportional.clone();
    proportional.insert(0, REGULAR.to_owned());
    let bold_first = [SEMIBOLD.to_owned(), REGULAR.to_owned()].into_iter().chain(fallbacks).collect();
    fonts.families.insert(semibold(), bold_first);
    fonts
}

fn restyle(style: &mut egui::Style, dark: bool) {
    style.visuals = visuals(dark);
    style.text_styles = [
        (TextStyle::Body, body()),
        (TextStyle::Button, body()),
        (TextStyle::Small, secondary()),
        (TextStyle::Heading, headline()),
        (TextStyle::Monospace, mono()),
    ]
    .into();
    style.animation_time = MOTION;
    style.interaction.selectable_labels = false;
    style.interaction.multi_widget_text_select = false;
    let spacing = &mut style.spacing;
    spacing.item_spacing = egui::vec2(ROW_GAP, ROW_GAP);
    spacing.button_padding = egui::vec2(10.0, 4.0);
    spacing.interact_size = egui::vec2(HIT_HEIGHT, BUTTON_HEIGHT);
    spacing.menu_margin = Margin::same(6);
    spacing.window_margin = Margin::same(14);
    spacing.tooltip_width = 320.0;
    // Over the margin, so that nothing moves aside when it appears.
    spacing.scroll = egui::style::ScrollStyle { floating_allocated_width: 0.0, ..egui::style::ScrollStyle::thin() };
}

fn visuals(dark: bool) -> Visuals {
    let theme = Theme::when(dark);
    let base = if dark { Visuals::dark() } else { Visuals::light() };
    Visuals {
        weak_text_color: Some(theme.weak),
        widgets: widgets(theme),
        selection: Selection { bg_fill: theme.accent_field, stroke: Stroke::new(1.0, theme.text) },
        hyperlink_color: theme.accent,
        faint_bg_color: theme.field,
        extreme_bg_color: theme.field,
        text_edit_bg_color: Some(theme.field),
        code_bg_color: theme.field,
        warn_fg_color: theme.warning,
        error_fg_color: theme.bad,
        window_corner_radius: CornerRadius::same(10),
        window_fill: theme.panel,
        window_stroke: Stroke::new(1.0, theme.strong_line),
        window_shadow: shadow(24),
        popup_shadow: shadow(12),
        menu_corner_radius: CornerRadius::same(PRIMARY_RADIUS),
        panel_fill: theme.panel,
        interact_cursor: None,
        ..base
    }
}

fn shadow(blur: u8) -> Shadow {
    Shadow { offset: [0, 4], blur, spread: 0, color: Color32::from_black_alpha(72) }
}

fn widgets(theme: &Theme) -> Widgets {
    let state = |fill: Color32, outline: Stroke| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: outline,
        corner_radius: CornerRadius::same(RADIUS),
        fg_stroke: Stroke::new(1.0, theme.text),
        expansion: 0.0,
    };
    Widgets {
        noninteractive: state(theme.panel, theme.outline()),
        inactive: state(theme.button, Stroke::NONE),
        hovered: state(theme.button_hovered, Stroke::NONE),
        active: state(theme.button_pressed, theme.focus()),
        open: state(theme.button_hovered, Stroke::NONE),
    }
}

#[cfg(test)]
mod tests;
