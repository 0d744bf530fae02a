//! The marker segments of an everyday JPEG before its first scan (ITU-T T.81 annex B).

use super::huffman::Table;

/// What is needed to read the first scan.
pub(super) struct Frame {
    pub(super) width: u32,
    pub(super) height: u32,
    /// Does the first scan hold nothing but the means of blocks?
    pub(super) is_progressive: bool,
    /// So many bits of the means are left to later scans.
    pub(super) approximation: u32,
    /// Red, green and blue instead of luma and chroma.
    pub(super) is_rgb: bool,
    /// The largest sampling factors, in blocks a coded unit.
    pub(super) widest: u32,
    pub(super) tallest: u32,
    /// Coded units in a row, and rows of them.
    pub(super) units_across: u32,
    pub(super) units_down: u32,
    /// In coded units; 0: none.
    pub(super) restart_interval: u32,
    /// Where the coded bits begin.
    pub(super) scan_at: usize,
    /// One, or three.
    pub(super) components: Vec<Component>,
}

/// One component with the tables that its blocks are coded with.
pub(super) struct Component {
    /// Blocks in a coded unit.
    pub(super) across: u32,
    pub(super) down: u32,
    /// In the order in which coefficients are stored.
    pub(super) quantisation: [u16; 64],
    pub(super) means: Table,
    pub(super) details: Table,
}

/// Counts of codes by length, and their symbols.
type Codes = ([u8; 16], Vec<u8>);

#[derive(Default)]
struct Segments<'a> {
    quantisation: [Option<[u16; 64]>; 4],
    means: [Option<Codes>; 4],
    details: [Option<Codes>; 4],
    restart_interval: u32,
    has_jfif: bool,
    adobe_transform: Option<u8>,
    frame: Option<(u8, &'a [u8])>,
}

impl Frame {
    /// Reads up to the first scan; `None` for a file that is not of the everyday kind.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut segments = Segments::default();
        let mut at = 2;
        loop {
            // Any number of fill bytes may stand before a marker.
            while bytes.get(at)? != &0xff || matches!(bytes.get(at + 1)?, 0 | 0xff) {
                at += 1;
            }
            let marker = *bytes.get(at + 1)?;
            if matches!(marker, 0x01 | 0xd0..=0xd8) {
                at += 2;
                continue;
            }
            let length = usize::from(u16::from_be_bytes(*bytes.get(at + 2..)?.first_chunk()?));
            let body = bytes.get(at + 4..at + 2 + length)?;
            at += 2 + length;
            match marker {
                0xda => return segments.frame(body, at),
                0xdb => segments.read_quantisation(body)?,
                0xc4 => segments.read_codes(body)?,
                0xdd => segments.restart_interval = u16::from_be_bytes(*body.first_chunk()?).into(),
                0xc0..=0xc2 => segments.frame = Some((marker, body)),
                0xe0 => segments.has_jfif |= body.starts_with(b"JFIF\0"),
                0xee if body.starts_with(b"Adobe") => segments.adobe_transform = body.get(11).copied(),
                0xc3..=0xcf | 0xd9 => return None,
                _ => {}
            }
        }
    }
}

impl Segments<'_> {
    fn read_quantisation(&mut self, mut body: &[u8]) -> Option<()> {
        while let Some((head, rest)) = body.split_first() {
            let step = 1 + usize::from(head >> 4 != 0);
            let values = rest.get(..64 * step)?;
            let mut table = [0; 64];
            for (to, from) in table.iter_mut().zip(values.chunks_exact(step)) {
                *to = from.iter().fold(0, |all, byte| (all << 8) | u16::from(*byte));
            }
            *self.quantisation.get_mut(usize::from(head & 15))? = Some(table);
            body = rest.get(64 * step..)?;
        }
        Some(())
    }

    fn read_codes(&mut self, mut body: &[u8]) -> Option<()> {
        while let Some((head, rest)) = body.split_first() {
            let counts = *rest.first_chunk::<16>()?;
            let n_symbols: usize = counts.iter().map(|it| usize::from(*it)).sum();
            let symbols = rest.get(16..16 + n_symbols)?;
            let tables = if head >> 4 == 0 { &mut self.means } else { &mut self.details };
            *tables.get_mut(usize::from(head & 15))? = Some((counts, symbols.to_vec()));
            body = rest.get(16 + n_symbols..)?;
        }
        Some(())
    }

    /// Everything for the scan with this header, whose bits begin at `scan_at`.
    fn frame(&self, scan: &[u8], scan_at: usize) -> Option<Frame> {
        let (marker, frame) = self.frame?;
        let [8, h1, h0, w1, w0, count @ (1 | 3), ..] = *frame else { return None };
        let (width, height) = (u16::from_be_bytes([w1, w0]), u16::from_be_bytes([h1, h0]));
        let is_progressive = marker == 0xc2;
        let count = usize::from(count);
        let (first, selectors) = scan.split_first()?;
        let [start, end, bits] = *selectors.get(2 * count..)?.first_chunk()?;
        let is_expected = if is_progressive { end == 0 && bits >> 4 == 0 } else { end == 63 && bits == 0 };
        if usize::from(*first) != count || start != 0 || !is_expected || width == 0 || height == 0 {
            return None;
        }
        let described = frame.get(6..)?.as_chunks::<3>().0.iter().zip(selectors.as_chunks::<2>().0);
        let components = described.take(count).map(|(frame, scan)| self.component(*frame, *scan, count == 1));
        let components: Vec<Component> = components.collect::<Option<_>>()?;
        let ids = frame.get(6..)?.as_chunks::<3>().0.iter().take(count).map(|it| it[0]);
        let is_rgb = match self.adobe_transform {
            Some(transform) => transform == 0,
            None => !self.has_jfif && ids.eq(*b"RGB"),
        };
        let widest = components.iter().map(|it| it.across).max()?;
        let tallest = components.iter().map(|it| it.down).max()?;
        let is_even = components.iter().all(|it| widest.is_multiple_of(it.across) && tallest.is_multiple_of(it.down));
        (components.len() == count && is_even).then(|| Frame {
            width: width.into(),
            height: height.into(),
            is_progressive,
            approximation: u32::from(bits & 15),
            is_rgb,
            widest,
            tallest,
            units_across: u32::from(width).div_ceil(8 * widest),
            units_down: u32::from(height).div_ceil(8 * tallest),
            restart_interval: self.restart_interval,
            scan_at,
            components,
        })
    }

    /// The component of these three bytes of the frame's and two of the scan's header.
    fn component(&self, frame: [u8; 3], scan: [u8; 2], is_alone: bool) -> Option<Component> {
        let table = |codes: &[Option<Codes>; 4], at: u8| {
            let (counts, symbols) = codes.get(usize::from(at))?.as_ref()?;
            Table::new(counts, symbols)
        };
        let [id, factors, quantisation] = frame;
        // A component on its own is coded block by block, whatever its factors.
        let (across, down) = if is_alone { (1, 1) } else { (u32::from(factors >> 4), u32::from(factors & 15)) };
        if id != scan[0] || !(1..=4).contains(&across) || !(1..=4).contains(&down) {
            return None;
        }
        let quantisation = (*self.quantisation.get(usize::from(quantisation))?)?;
        // A first scan of a progressive file has no details.
        let means = table(&self.means, scan[1] >> 4)?;
        let details = table(&self.details, scan[1] & 15).or_else(|| Table::new(&[0; 16], &[]))?;
        Some(Component { across, down, quantisation, means, details })
    }
}
