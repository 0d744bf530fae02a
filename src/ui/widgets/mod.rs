//! The controls of the window. Each paints itself from the theme, is at least
//! [`theme::HIT_HEIGHT`](super::theme::HIT_HEIGHT) high, works from the keyboard and has a name
//! for those who do not see it.

mod assisted;
mod button;
mod chip;
mod choice;
mod disclosure;
mod format_rows;
mod heading;
mod icon;
mod link;
mod menu_item;
mod notice;
mod number;
mod paint;
mod pairs;
mod segmented;
mod slider;

pub use button::Button;
pub use chip::{chip, command_chip};
pub use disclosure::{disclosing_note, disclosure};
pub use format_rows::{FormatRow, format_rows};
pub use heading::{heading, heading_with};
pub use icon::{Icon, IconButton};
pub use link::{link, text_button};
pub use menu_item::menu_item;
pub use notice::notice;
pub use number::NumberField;
pub use pairs::pairs;
pub use segmented::segmented;
pub use slider::Slider;

pub(super) use assisted::{assisted_number, offer_number};
pub(super) use paint::{dashed_frame, focus_frame, picture_glyph};
