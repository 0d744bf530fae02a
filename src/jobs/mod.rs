//! Work beside the window: saving.

pub mod guard;
pub mod save;
