//! The marker segments of an everyday JPEG: its frame, and its scans one by one (ITU-T T.81 annex B).

use super::huffman::Table;

/// What holds for the whole picture.
pub(in crate::engine) struct Frame {
    pub(in crate::engine) width: u32,
    pub(in crate::engine) height: u32,
    pub(in crate::engine) is_progressive: bool,
    /// Red, green and blue instead of luma and chroma.
    pub(in crate::engine) is_rgb: bool,
    /// The largest sampling factors, in blocks a coded unit.
    pub(in crate::engine) widest: u32,
    pub(in crate::engine) tallest: u32,
    /// Coded units in a row, and rows of them.
    pub(in crate::engine) units_across: u32,
    pub(in crate::engine) units_down: u32,
    /// One, or three.
    pub(in crate::engine) components: Vec<Component>,
}

/// One component.
pub(in crate::engine) struct Component {
    id: u8,
    /// Blocks in a coded unit.
    pub(in crate::engine) across: u32,
    pub(in crate::engine) down: u32,
    /// Samples that belong to the picture.
    pub(in crate::engine) width: u32,
    pub(in crate::engine) height: u32,
    /// Which quantisation table is its.
    table: u8,
    /// In the order in which coefficients are stored; known from its first scan on.
    pub(in crate::engine) quantisation: Option<[u16; 64]>,
}

impl Frame {
    /// Of a sequential picture whose first component has a sample for each pixel; the others have
    /// one for as many as `shared` says, across and down. Each has its quantisation table, in the
    /// order in which coefficients are stored.
    pub(in crate::engine) fn sequential([width, height]: [u32; 2], shared: [u32; 2], tables: &[[u16; 64]]) -> Self {
        let [widest, tallest] = shared;
        let component = |(at, table): (u8, &[u16; 64])| {
            let [across, down] = if at == 0 { shared } else { [1, 1] };
            Component {
                id: at + 1,
                across,
                down,
                width: (width * across).div_ceil(widest),
                height: (height * down).div_ceil(tallest),
                table: at.min(1),
                quantisation: Some(*table),
            }
        };
        Self {
            width,
            height,
            is_progressive: false,
            is_rgb: false,
            widest,
            tallest,
            units_across: width.div_ceil(8 * widest),
            units_down: height.div_ceil(8 * tallest),
            components: (0..).zip(tables).map(component).collect(),
        }
    }
}

/// One scan with the tables that hold for it.
pub(super) struct Scan {
    pub(super) parts: Vec<Part>,
    /// The first and the last coefficient.
    pub(super) band: [usize; 2],
    /// Are bits added to what earlier scans have brought?
    pub(super) refines: bool,
    /// So many bits are left to later scans.
    pub(super) low: u32,
    /// In coded units; 0: none.
    pub(super) restart_interval: u32,
    /// Where the coded bits begin.
    pub(super) bits_at: usize,
}

/// What a scan holds of one component.
pub(super) struct Part {
    /// Which component.
    pub(super) component: usize,
    pub(super) means: Option<Table>,
    pub(super) details: Option<Table>,
}

/// Counts of codes by length, and their symbols.
type Codes = ([u8; 16], Vec<u8>);

/// Walks from scan to scan.
pub(super) struct Segments<'a> {
    bytes: &'a [u8],
    at: usize,
    quantisation: [Option<[u16; 64]>; 4],
    means: [Option<Codes>; 4],
    details: [Option<Codes>; 4],
    restart_interval: u32,
    has_jfif: bool,
    adobe_transform: Option<u8>,
    frame: Option<Frame>,
}

impl<'a> Segments<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            at: 2,
            quantisation: [None; 4],
            means: Default::default(),
            details: Default::default(),
            restart_interval: 0,
            has_jfif: false,
            adobe_transform: None,
            frame: None,
        }
    }

    /// The frame, once a scan has been met.
    pub(super) fn into_frame(self) -> Option<Frame> {
        self.frame
    }

    /// Does the picture come in this one scan?
    pub(super) fn is_whole(&self, scan: &Scan) -> bool {
        self.frame.as_ref().is_some_and(|it| !it.is_progressive && it.components.len() == scan.parts.len())
    }

    /// The next scan; the inner `None` is the end of the picture, the outer one stands for a file
    /// that is not of the everyday kind.
    pub(super) fn next_scan(&mut self) -> Option<Option<Scan>> {
        let bytes = self.bytes;
        loop {
            // Any number of fill bytes may stand before a marker, and the bits of a scan that was
            // not read: among those, 0xff is followed by zero or is a restart marker.
            while bytes.get(self.at)? != &0xff || matches!(bytes.get(self.at + 1)?, 0 | 0xff | 0xd0..=0xd7) {
                self.at += 1;
            }
            let marker = *bytes.get(self.at + 1)?;
            if matches!(marker, 0x01 | 0xd8) {
                self.at += 2;
                continue;
            }
            if marker == 0xd9 {
                return Some(None);
            }
            let length = usize::from(u16::from_be_bytes(*bytes.get(self.at + 2..)?.first_chunk()?));
            let body = bytes.get(self.at + 4..self.at + 2 + length)?;
            self.at += 2 + length;
            match marker {
                0xda => return self.scan(body).map(Some),
                0xdb => self.read_quantisation(body)?,
                0xc4 => self.read_codes(body)?,
                0xdd => self.restart_interval = u16::from_be_bytes(*body.first_chunk()?).into(),
                0xc0..=0xc2 if self.frame.is_none() => self.frame = Some(self.read_frame(body, marker == 0xc2)?),
                0xe0 => self.has_jfif |= body.starts_with(b"JFIF\0"),
                0xee if body.starts_with(b"Adobe") => self.adobe_transform = body.get(11).copied(),
                0xc0..=0xcf | 0xdc => return None,
                _ => {}
            }
        }
    }

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

    fn read_frame(&self, body: &[u8], is_progressive: bool) -> Option<Frame> {
        let [8, h1, h0, w1, w0, count @ (1 | 3), ..] = *body else { return None };
        let [width, height] = [[w1, w0], [h1, h0]].map(|it| u32::from(u16::from_be_bytes(it)));
        let described = body.get(6..)?.as_chunks::<3>().0.get(..usize::from(count))?;
        // A component on its own is coded block by block, whatever its factors.
        let factors = |it: u8| if count == 1 { [1, 1] } else { [u32::from(it >> 4), u32::from(it & 15)] };
        let [widest, tallest] = [0, 1].map(|axis| described.iter().map(|it| factors(it[1])[axis]).max());
        let (widest, tallest) = (widest?, tallest?);
        let component = |&[id, packed, table]: &[u8; 3]| {
            let [across, down] = factors(packed);
            let is_even = (1..=4).contains(&across) && (1..=4).contains(&down);
            (is_even && widest.is_multiple_of(across) && tallest.is_multiple_of(down)).then(|| Component {
                id,
                across,
                down,
                width: (width * across).div_ceil(widest),
                height: (height * down).div_ceil(tallest),
                table,
                quantisation: None,
            })
        };
        let components = described.iter().map(component).collect::<Option<Vec<_>>>()?;
        (width != 0 && height != 0).then(|| Frame {
            width,
            height,
            is_progressive,
            is_rgb: false,
            widest,
            tallest,
            units_across: width.div_ceil(8 * widest),
            units_down: height.div_ceil(8 * tallest),
            components,
        })
    }

    /// The scan with this header, whose bits follow.
    fn scan(&mut self, header: &[u8]) -> Option<Scan> {
        let frame = self.frame.as_mut()?;
        frame.is_rgb = match self.adobe_transform {
            Some(transform) => transform == 0,
            None => !self.has_jfif && frame.components.iter().map(|it| it.id).eq(*b"RGB"),
        };
        let (count, selectors) = header.split_first()?;
        let count = usize::from(*count);
        let [start, end, bits] = *selectors.get(2 * count..)?.first_chunk()?;
        let (band, high, low) = ([start, end].map(usize::from), bits >> 4, u32::from(bits & 15));
        let is_expected = match (frame.is_progressive, band) {
            (false, [0, 63]) => bits == 0,
            (true, [0, 0]) => true,
            (true, [start, end]) => start != 0 && start <= end && end < 64 && count == 1,
            _ => false,
        };
        let (is_first, is_even) = (high == 0, low <= 13 && (high == 0 || u32::from(high) == low + 1));
        if !is_expected || !is_even || !matches!(count, 1..=3) {
            return None;
        }
        let mut parts = vec![];
        for &[id, tables] in selectors.as_chunks::<2>().0.iter().take(count) {
            let component = frame.components.iter().position(|it| it.id == id)?;
            if parts.iter().any(|it: &Part| it.component == component) {
                return None;
            }
            let own = frame.components.get_mut(component)?;
            if own.quantisation.is_none() {
                own.quantisation = Some((*self.quantisation.get(usize::from(own.table))?)?);
            }
            let table = |codes: &[Option<Codes>; 4], at: u8| {
                let (counts, symbols) = codes.get(usize::from(at))?.as_ref()?;
                Table::new(counts, symbols)
            };
            let means = if band[0] == 0 && is_first { Some(table(&self.means, tables >> 4)?) } else { None };
            let details = if band[1] != 0 { Some(table(&self.details, tables & 15)?) } else { None };
            parts.push(Part { component, means, details });
        }
        let (restart_interval, bits_at) = (self.restart_interval, self.at);
        Some(Scan { parts, band, refines: !is_first, low, restart_interval, bits_at })
    }
}
