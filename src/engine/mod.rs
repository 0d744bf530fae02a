//! Pure image pipeline: bytes in, pixels, bytes and text out.
//!
//! **Invariant:** no toolkit, no threads of its own, no files, no network, no clock, no
//! globals. Fonts come in as a parameter, time is measured by whoever implements
//! [`Observer`], and rayon appears only as a data-parallel map.

pub mod bytes;
pub mod cancel;
pub mod decode;
pub mod details;
pub mod edit;
pub mod embed;
pub mod encode;
pub mod error;
pub mod format;
pub mod limits;
pub mod metadata;
pub mod naming;
pub mod options;
mod original;
pub mod pipeline;
pub mod race;
pub mod raster;
pub mod recipe;
pub mod score;
pub mod source;
pub mod target;
mod vector;

pub use self::{
    bytes::Bytes,
    cancel::Cancel,
    details::{Chroma, Details, Gamut, Metadata, MetadataKind},
    encode::Encoded,
    error::{EngineError, Warning},
    format::Format,
    limits::Limits,
    metadata::KeptMetadata,
    pipeline::{Cache, Observer, Product, Stage, Tools},
    raster::{Layout, Raster},
    recipe::Recipe,
    source::{Decoded, Facts, Source},
};
