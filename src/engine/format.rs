//! Every image format and every fact about it, one row a format.
//!
//! The table is read by sniffing, the encoder, the dialogs, the settings file and the
//! window; nothing else in the program knows an extension or a MIME type.

/// An image format. The order is the one shown to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the labels of the table say what each is")]
pub enum Format {
    WebP,
    Avif,
    Jpeg,
    Png,
    Gif,
    JpegXl,
    Svg,
    Ico,
    Bmp,
    Tiff,
    Tga,
    Qoi,
    Pnm,
    Dds,
    Hdr,
    OpenExr,
    Farbfeld,
    Heic,
    Psd,
}

/// One row of the table.
struct Row {
    /// Stable id for arguments and the settings file; never renamed.
    id: &'static str,
    label: &'static str,
    mime: &'static str,
    /// The first is the one given to new files.
    extensions: &'static [&'static str],
    reads: bool,
    writes: bool,
    /// Can hold transparency when written.
    alpha: bool,
    /// Has a lossy mode with a quality from 1 to 100.
    quality: bool,
    /// Can be written without loss.
    lossless: bool,
    /// Can hold an ICC profile when written.
    profile: bool,
    /// Every current browser shows it.
    web: bool,
    /// The longest side that can be written, in pixels.
    max_side: u32,
}

const ANY_SIDE: u32 = i32::MAX as u32;

/// A format that is only recognised, so that it can be refused by name.
const KNOWN: Row = Row {
    id: "",
    label: "",
    mime: "",
    extensions: &[],
    reads: false,
    writes: false,
    alpha: false,
    quality: false,
    lossless: false,
    profile: false,
    web: false,
    max_side: ANY_SIDE,
};
/// A format that is read, not written.
const INPUT: Row = Row { reads: true, ..KNOWN };
/// A format that is written without loss, alpha included.
const OUTPUT: Row = Row { writes: true, alpha: true, lossless: true, ..INPUT };

const WEBP: Row = Row {
    id: "webp",
    label: "WebP",
    mime: "image/webp",
    extensions: &["webp"],
    quality: true,
    profile: true,
    web: true,
    max_side: 16_383,
    ..OUTPUT
};
const JPEG: Row = Row {
    id: "jpeg",
    label: "JPEG",
    mime: "image/jpeg",
    extensions: &["jpg", "jpeg", "jpe", "jfif"],
    quality: true,
    alpha: false,
    lossless: false,
    profile: true,
    web: true,
    max_side: 65_500,
    ..OUTPUT
};
const PNG: Row = Row {
    id: "png",
    label: "PNG",
    mime: "image/png",
    extensions: &["png", "apng"],
    profile: true,
    web: true,
    ..OUTPUT
};
const GIF: Row = Row {
    id: "gif",
    label: "GIF",
    mime: "image/gif",
    extensions: &["gif"],
    lossless: false,
    web: true,
    max_side: 65_535,
    ..OUTPUT
};
/// Written from drawings only; see [`Format::is_vector`].
const SVG: Row =
    Row { id: "svg", label: "SVG", mime: "image/svg+xml", extensions: &["svg", "svgz"], web: true, ..OUTPUT };
const ICO: Row = Row {
    id: "ico",
    label: "ICO",
    mime: "image/x-icon",
    extensions: &["ico", "cur"],
    web: true,
    max_side: 256,
    ..OUTPUT
};
const BMP: Row = Row { id: "bmp", label: "BMP", mime: "image/bmp", extensions: &["bmp", "dib"], web: true, ..OUTPUT };
const TIFF: Row =
    Row { id: "tiff", label: "TIFF", mime: "image/tiff", extensions: &["tiff", "tif"], profile: true, ..OUTPUT };
const TGA: Row = Row {
    id: "tga",
    label: "TGA",
    mime: "image/x-tga",
    extensions: &["tga", "icb", "vda", "vst"],
    max_side: 65_535,
    ..OUTPUT
};
const QOI: Row = Row { id: "qoi", label: "QOI", mime: "image/qoi", extensions: &["qoi"], ..OUTPUT };
const PNM: Row = Row {
    id: "pnm",
    label: "PNM",
    mime: "image/x-portable-anymap",
    extensions: &["pnm", "ppm", "pgm", "pbm", "pam", "pfm"],
    ..INPUT
};
const DDS: Row = Row { id: "dds", label: "DDS", mime: "image/vnd-ms.dds", extensions: &["dds"], ..INPUT };
const HDR: Row = Row { id: "hdr", label: "Radiance HDR", mime: "image/vnd.radiance", extensions: &["hdr"], ..INPUT };
const OPEN_EXR: Row = Row { id: "exr", label: "OpenEXR", mime: "image/x-exr", extensions: &["exr"], ..INPUT };
const FARBFELD: Row = Row { id: "farbfeld", label: "farbfeld", mime: "image/x-farbfeld", extensions: &["ff"], ..INPUT };
const AVIF: Row = Row {
    id: "avif",
    label: "AVIF",
    mime: "image/avif",
    extensions: &["avif"],
    quality: true,
    lossless: false,
    profile: true,
    web: true,
    // The longest that libavif reads, and with it most browsers.
    max_side: 32_768,
    ..OUTPUT
};
/// Only where its codec was built in.
const HEIC: Row = Row {
    id: "heic",
    label: "HEIC",
    mime: "image/heic",
    extensions: &["heic", "heif"],
    reads: cfg!(feature = "heic"),
    ..KNOWN
};
const JPEG_XL: Row =
    Row { id: "jxl", label: "JPEG XL", mime: "image/jxl", extensions: &["jxl"], profile: true, ..OUTPUT };
const PSD: Row =
    Row { id: "psd", label: "PSD", mime: "image/vnd.adobe.photoshop", extensions: &["psd", "psb"], ..INPUT };

impl Format {
    /// Every format, in the order shown to people.
    pub const ALL: &[Self] = &[
        Self::WebP,
        Self::Avif,
        Self::Jpeg,
        Self::Png,
        Self::Gif,
        Self::JpegXl,
        Self::Svg,
        Self::Ico,
        Self::Bmp,
        Self::Tiff,
        Self::Tga,
        Self::Qoi,
        Self::Pnm,
        Self::Dds,
        Self::Hdr,
        Self::OpenExr,
        Self::Farbfeld,
        Self::Heic,
        Self::Psd,
    ];

    const fn row(self) -> &'static Row {
        match self {
            Self::WebP => &WEBP,
            Self::Avif => &AVIF,
            Self::Jpeg => &JPEG,
            Self::Png => &PNG,
            Self::Gif => &GIF,
            Self::JpegXl => &JPEG_XL,
            Self::Svg => &SVG,
            Self::Ico => &ICO,
            Self::Bmp => &BMP,
            Self::Tiff => &TIFF,
            Self::Tga => &TGA,
            Self::Qoi => &QOI,
            Self::Pnm => &PNM,
            Self::Dds => &DDS,
            Self::Hdr => &HDR,
            Self::OpenExr => &OPEN_EXR,
            Self::Farbfeld => &FARBFELD,
            Self::Heic => &HEIC,
            Self::Psd => &PSD,
        }
    }

    /// Formats that can be read, in the order shown to people.
    pub fn readable() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|it| it.can_read())
    }

    /// Formats in which any picture can be written, in the order shown to people.
    pub fn writable() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|it| it.can_write() && !it.is_vector())
    }

    /// Does it hold a drawing? One can be made into pixels, and never the other way.
    pub fn is_vector(self) -> bool {
        self == Self::Svg
    }

    /// Stable id for arguments, reports and the settings file.
    pub fn id(self) -> &'static str {
        self.row().id
    }

    /// The format with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.id() == id)
    }

    /// The format that owns this extension, given without a dot; upper and lower case alike.
    pub fn from_extension(extension: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.extensions().iter().any(|own| own.eq_ignore_ascii_case(extension)))
    }

    /// The name as its makers write it.
    pub fn label(self) -> &'static str {
        self.row().label
    }

    /// The MIME type (RFC 6838), as browsers know it.
    pub fn mime(self) -> &'static str {
        self.row().mime
    }

    /// File-name extensions without a dot; the first is given to new files.
    pub fn extensions(self) -> &'static [&'static str] {
        self.row().extensions
    }

    /// The extension given to new files, without a dot.
    pub fn extension(self) -> &'static str {
        self.extensions().first().copied().unwrap_or_default()
    }

    /// Can this version read it?
    pub fn can_read(self) -> bool {
        self.row().reads
    }

    /// Can this version write it?
    pub fn can_write(self) -> bool {
        self.row().writes
    }

    /// Can it hold transparency when written?
    pub fn has_alpha(self) -> bool {
        self.row().alpha
    }

    /// Has it a lossy mode with a quality?
    pub fn has_quality(self) -> bool {
        self.row().quality
    }

    /// Can it be written without loss?
    pub fn has_lossless(self) -> bool {
        self.row().lossless
    }

    /// Can it hold an ICC profile when written?
    pub fn has_profile(self) -> bool {
        self.row().profile
    }

    /// Does every current browser show it?
    pub fn is_web(self) -> bool {
        self.row().web
    }

    /// The longest side that can be written, in pixels.
    pub fn max_side(self) -> u32 {
        self.row().max_side
    }

    /// What the content is; extensions and MIME types are never believed.
    ///
    /// TGA has no magic number and comes last, by the plausibility of its header.
    pub fn sniff(bytes: &[u8]) -> Option<Self> {
        super::decode::sniff(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::Format;
    use std::collections::HashSet;

    #[test]
    fn ids_labels_and_extensions_are_unique() {
        let mut seen = HashSet::new();
        for format in Format::ALL {
            assert!(seen.insert(format.id()), "{format:?}");
            for extension in format.extensions() {
                // An id may be its own extension.
                assert!(*extension == format.id() || seen.insert(extension), "{format:?} {extension}");
            }
            assert_eq!(Format::from_id(format.id()), Some(*format));
            assert_eq!(Format::from_extension(&format.extension().to_uppercase()), Some(*format));
        }
    }

    #[test]
    fn what_is_written_can_be_read_back() {
        for format in Format::writable() {
            assert!(format.can_read(), "{format:?} could not be previewed");
            assert!(format.has_quality() || format.has_lossless() || format == Format::Gif, "{format:?}");
        }
    }
}
