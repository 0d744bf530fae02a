//! All before the table of contents (ISO/IEC 18181-1 annexes D and F).

use super::bits::Bits;

/// What the headers tell.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    pub(super) size: [u32; 2],
    pub(super) is_grey: bool,
    /// 16 bits a sample, not 8?
    pub(super) is_wide: bool,
    pub(super) has_alpha: bool,
    /// Sides of groups are 128 times two to this power.
    pub(super) group_shift: u32,
    /// Does a profile follow the metadata?
    pub(super) has_profile: bool,
}

impl Header {
    /// The side of a group in pixels.
    pub(super) fn group_side(self) -> usize {
        128 << self.group_shift
    }

    /// How many groups there are.
    pub(super) fn groups(self) -> usize {
        self.size.iter().map(|&it| (it as usize).div_ceil(self.group_side())).product()
    }

    /// How many groups eight times as wide and high.
    pub(super) fn large_groups(self) -> usize {
        self.size.iter().map(|&it| (it as usize).div_ceil(8 * self.group_side())).product()
    }

    /// Signature, size and metadata up to where a profile comes.
    pub(super) fn write(self, out: &mut Bits) {
        out.put(16, 0x0aff);
        size(self.size, out);
        // Not all as usual; orientation and the like are.
        out.put(2, 0);
        depth(self.is_wide, out);
        // Do values fit into 16 bits on the way?
        out.flag(!self.is_wide);
        out.put(2, self.has_alpha.into());
        if self.has_alpha && self.is_wide {
            // Not as usual: as large as the colours, nameless, straight.
            out.put(3, 0);
            depth(true, out);
            out.put(5, 0);
        } else if self.has_alpha {
            out.put(1, 1);
        }
        // Not XYB.
        out.put(1, 0);
        if self.has_profile {
            // Not as usual, a profile, of red, green and blue.
            out.put(4, 0b10);
        } else if self.is_grey {
            // Not as usual, no profile, grey, D65, no gamma, the curve of sRGB, relative colorimetric.
            out.put(2, 0);
            out.put(2, 1);
            out.put(2, 1);
            out.put(1, 0);
            out.put(6, 2 | 11 << 2);
            out.put(2, 1);
        } else {
            out.put(1, 1);
        }
        // No extensions, transforms as usual.
        out.put(3, 0b100);
    }

    /// The header of the one frame up to its table of contents.
    pub(super) fn write_frame(self, out: &mut Bits) {
        let alphas = u32::from(self.has_alpha);
        // A frame not as usual: shown, modular, no flags, no YCbCr, not enlarged, nor is its alpha.
        out.put(9, 0b1000);
        out.put(2 * alphas, 0);
        // The size of groups, one pass, as large as the picture.
        out.put(2, self.group_shift);
        out.put(3, 0);
        // It replaces what is there, alpha too, and is the last.
        out.put(2 + 2 * alphas, 0);
        out.put(1, 1);
        // No name, no filters, no extensions.
        out.put(10, 0);
    }
}

/// Width to height, by the standard's numbers from one on.
const RATIOS: [[u64; 2]; 7] = [[1, 1], [12, 10], [4, 3], [3, 2], [16, 9], [5, 4], [2, 1]];

/// The sides, of up to 2³⁰ pixels.
fn size([width, height]: [u32; 2], out: &mut Bits) {
    let of_eights = |it: u32| it.is_multiple_of(8) && it <= 256;
    let ratio = RATIOS.iter().position(|&[across, down]| u64::from(width) == u64::from(height) * across / down);
    let is_small = of_eights(height) && (ratio.is_some() || of_eights(width));
    let side = |side: u32, out: &mut Bits| {
        if is_small { out.put(5, side / 8 - 1) } else { out.select(side, [(9, 1), (13, 1), (18, 1), (30, 1)]) }
    };
    out.flag(is_small);
    side(height, out);
    out.put(3, ratio.map_or(0, |it| it as u32 + 1));
    if ratio.is_none() {
        side(width, out);
    }
}

/// Whole samples of 16 bits, or of 8.
fn depth(is_wide: bool, out: &mut Bits) {
    if is_wide {
        out.put(9, 15 << 3 | 3 << 1);
    } else {
        out.put(3, 0);
    }
}
