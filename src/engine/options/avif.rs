//! Options of the AVIF encoder.

use super::Subsampling;

/// What can be asked of an AVIF.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct AvifOptions {
    /// How little the encoder searches, from 1 (slow, small) to 10 (quick, as 9 is); others count
    /// as the nearest. `None`: by the effort. A quick effort is always quick.
    pub speed: Option<u8>,
    /// The depth of the coded samples.
    pub depth: AvifDepth,
    /// The resolution of colour. 4:2:2 needs a profile of AV1 that few readers have, so it is
    /// coded as 4:4:4.
    pub chroma: Subsampling,
    /// The quality of transparency, 1 to 100; others count as the nearest. `None`: that of the
    /// colours.
    pub alpha_quality: Option<u8>,
}

/// Bits a coded sample.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum AvifDepth {
    /// What is smaller at the same look, which is ten bits.
    #[default]
    Auto,
    /// 8 bits, for readers that know no more.
    Eight,
    /// 10 bits: smoother and smaller, also for pictures of 8 bits.
    Ten,
}
