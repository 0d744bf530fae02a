//! Options of the JPEG encoder. Huffman codes are always made for the picture.

/// What can be asked of a JPEG.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct JpegOptions {
    /// The resolution of colour.
    pub subsampling: Subsampling,
    /// Coded in scans that refine each other: smaller, and shown before it is whole.
    pub progressive: bool,
    /// Coefficients are chosen by what they cost and show (mozjpeg's trellis): smaller.
    pub trellis: bool,
}

impl Default for JpegOptions {
    fn default() -> Self {
        Self { subsampling: Subsampling::default(), progressive: true, trellis: true }
    }
}

/// Chroma subsampling: how many pixels share a colour, while each keeps its brightness.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Subsampling {
    /// As the picture and the quality ask for.
    #[default]
    Auto,
    /// 4:4:4, a colour for each pixel.
    Full,
    /// 4:2:2, one for two side by side.
    HalfAcross,
    /// 4:2:0, one for four.
    Half,
}
