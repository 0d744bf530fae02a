//! The headless face: arguments → recipe → engine → files, standard output, report.
//!
//! [`parse`] turns arguments into a [`Command`] with everything settled: what is wrong with
//! them is found before anything is read or written. [`convert`] then carries it out.

mod aims;
mod args;
mod codec;
mod input;
mod output;
mod plan;
mod progress;
mod report;
mod run;
mod values;

/// The first argument of a start without a window.
pub const CONVERT: &str = "convert";

pub use self::{
    args::{Answer, Command, parse},
    plan::Config,
    run::convert,
};
