//! What headers say, as it crosses the border between program and helper.

use crate::engine::{self, details};
use serde::{Deserialize, Serialize};

/// An enumeration of the engine, which knows nothing of messages, variant by variant.
macro_rules! mirrored {
    ($name:ident: $($variant:ident)*) => {
        #[doc = concat!("As [`details::", stringify!($name), "`].")]
        #[derive(Clone, Copy, Debug, Serialize, Deserialize)]
        pub(super) enum $name {
            $($variant),*
        }

        impl From<details::$name> for $name {
            fn from(it: details::$name) -> Self {
                match it {
                    $(details::$name::$variant => Self::$variant),*
                }
            }
        }

        impl From<$name> for details::$name {
            fn from(it: $name) -> Self {
                match it {
                    $($name::$variant => Self::$variant),*
                }
            }
        }
    };
}

mirrored!(Gamut: Srgb Wide Hdr Cmyk);
mirrored!(Chroma: Yuv400 Yuv410 Yuv411 Yuv420 Yuv422 Yuv440 Yuv444);
mirrored!(MetadataKind: Icc Exif Gps Xmp Iptc Photoshop Comment Text Thumbnail Other);

/// As [`engine::Details`].
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Details {
    pub(super) codec: Option<String>,
    pub(super) palette: bool,
    pub(super) chroma: Option<Chroma>,
    pub(super) density: Option<[u32; 2]>,
    pub(super) delays: Vec<u32>,
    pub(super) loops: Option<u32>,
    /// The kind of each part and its weight in bytes.
    pub(super) metadata: Vec<(MetadataKind, u64)>,
}

impl From<engine::Details> for Details {
    fn from(it: engine::Details) -> Self {
        let engine::Details { codec, palette, chroma, density, delays, loops, metadata } = it;
        let metadata = metadata.into_iter().map(|it| (it.kind.into(), it.bytes)).collect();
        Self { codec, palette, chroma: chroma.map(Into::into), density, delays, loops, metadata }
    }
}

impl From<Details> for engine::Details {
    fn from(it: Details) -> Self {
        let Details { codec, palette, chroma, density, delays, loops, metadata } = it;
        let metadata =
            metadata.into_iter().map(|(kind, bytes)| engine::Metadata { kind: kind.into(), bytes }).collect();
        Self { codec, palette, chroma: chroma.map(Into::into), density, delays, loops, metadata }
    }
}
