//! The window: draws the session, edits recipes, pushes actions.
//!
//! [`theme`] is the only file that names a colour or a spacing. The parts listed here know nothing
//! of the session: they take what they show and hand back what was done to it.

pub mod canvas;
pub mod empty;
pub mod grammar;
pub mod overlay;
pub mod theme;
pub mod widgets;
pub mod words;
