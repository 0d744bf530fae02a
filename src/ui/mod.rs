//! The window: draws the session, edits recipes, pushes actions.
//!
//! [`theme`] is the only file that names a colour or a spacing. `canvas`, `empty`, `overlay`,
//! `grammar`, `words` and `widgets` know nothing of the session: they take what they show and
//! hand back what was done to it. The others draw the session; `shell` alone carries out effects.
//! `regions` places the parts of the window; over them lie, from below, the `drawer`, the `question`
//! and the `sheet`s, and Esc closes them from above.

mod about;
pub mod berth;
pub mod canvas;
mod drawer;
pub mod empty;
mod facts;
mod frames;
pub mod grammar;
mod help;
mod inspector;
mod intake;
mod menu;
pub mod overlay;
mod preferences;
pub mod pyramid;
mod question;
mod regions;
mod run;
mod sheet;
pub mod shell;
mod status;
mod surroundings;
pub mod theme;
mod thumbnail;
mod top_bar;
mod view;
pub mod widgets;
pub mod words;

pub use self::run::{APP_ID, run};
