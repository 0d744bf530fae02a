//! The window: draws the session, edits recipes, pushes actions.
//!
//! [`theme`] is the only file that names a colour or a spacing. `canvas`, `empty`, `overlay`,
//! `grammar`, `words` and `widgets` know nothing of the session: they take what they show and
//! hand back what was done to it. The others draw the session; `shell` alone carries out effects.

pub mod canvas;
pub mod empty;
mod frames;
pub mod grammar;
mod help;
mod inspector;
mod intake;
pub mod overlay;
pub mod pyramid;
mod run;
pub mod shell;
mod status;
pub mod theme;
mod top_bar;
mod view;
pub mod widgets;
pub mod words;

pub use self::run::{APP_ID, run};
