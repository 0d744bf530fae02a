//! Suggested file names.
