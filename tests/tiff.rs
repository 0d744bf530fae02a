//! TIFFs made by hand, by TIFF 6.0: samples of many widths, strips, tiles, planes and meanings.

#[cfg(test)]
mod tiff {
    use inlaid::engine::{
        Cancel, Decoded, EngineError, Gamut, Limits, Source, Tools, Warning,
        decode::{DecodeOptions, Fonts, decode},
    };

    /// Tags with their values, all of type LONG or SHORT, and the strips behind them.
    #[derive(Clone)]
    struct File {
        tags: Vec<(u16, u16, Vec<u32>)>,
        strips: Vec<Vec<u8>>,
    }

    const SHORT: u16 = 3;
    const LONG: u16 = 4;

    impl File {
        fn new(size: [u32; 2], photometric: u32, bits: &[u32], strips: &[&[u8]]) -> Self {
            let mut file = Self { tags: vec![], strips: strips.iter().map(|it| it.to_vec()).collect() };
            file.set(256, &[size[0]]).set(257, &[size[1]]).set(258, bits).set(259, &[1]);
            file.set(262, &[photometric]).set(277, &[bits.len() as u32]);
            file
        }

        fn set(&mut self, tag: u16, values: &[u32]) -> &mut Self {
            self.tags.retain(|it| it.0 != tag);
            self.tags.push((tag, SHORT, values.to_vec()));
            self
        }

        /// Little-endian; offsets and lengths of the strips are filled in.
        fn bytes(&self) -> Vec<u8> {
            let is_tiled = self.tags.iter().any(|it| it.0 == 322);
            let (offsets, lengths) = if is_tiled { (324, 325) } else { (273, 279) };
            let mut tags = self.tags.clone();
            tags.push((lengths, LONG, self.strips.iter().map(|it| it.len() as u32).collect()));
            tags.push((offsets, LONG, vec![0; self.strips.len()]));
            tags.sort();
            let mut values_at = 8 + 2 + 12 * tags.len() + 4;
            let length = |tag: &(u16, u16, Vec<u32>)| tag.2.len() * if tag.1 == SHORT { 2 } else { 4 };
            let outside: usize = tags.iter().map(length).filter(|it| 4 < *it).sum();
            let mut at = values_at + outside;
            for tag in tags.iter_mut().filter(|it| it.0 == offsets) {
                tag.2.clear();
                for strip in &self.strips {
                    tag.2.push(at as u32);
                    at += strip.len();
                }
            }
            let mut file = b"II*\0\x08\0\0\0".to_vec();
            file.extend((tags.len() as u16).to_le_bytes());
            let mut values = vec![];
            for tag in &tags {
                let bytes: Vec<u8> = match tag.1 {
                    SHORT => tag.2.iter().flat_map(|it| (*it as u16).to_le_bytes()).collect(),
                    _ => tag.2.iter().flat_map(|it| it.to_le_bytes()).collect(),
                };
                file.extend(tag.0.to_le_bytes());
                file.extend(tag.1.to_le_bytes());
                file.extend((tag.2.len() as u32).to_le_bytes());
                if bytes.len() <= 4 {
                    file.extend(&bytes);
                    file.extend(vec![0; 4 - bytes.len()]);
                } else {
                    file.extend((values_at as u32).to_le_bytes());
                    values_at += bytes.len();
                    values.extend(bytes);
                }
            }
            file.extend([0; 4]);
            file.extend(values);
            self.strips.iter().for_each(|strip| file.extend(strip));
            file
        }

        fn decoded(&self) -> Result<Decoded, EngineError> {
            let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
            let source = Source::new("it.tif", self.bytes());
            decode(&source, &DecodeOptions::default(), Tools::new(&limits, &fonts, &cancel))
        }

        #[track_caller]
        fn is(&self, rgb: &[u8]) -> Decoded {
            let decoded = self.decoded().unwrap();
            let rgba = decoded.raster.to_rgba8();
            let found: Vec<u8> = rgba.as_chunks::<4>().0.iter().flat_map(|pixel| &pixel[..3]).copied().collect();
            assert_eq!(found, rgb);
            decoded
        }
    }

    #[test]
    fn samples_of_any_width() {
        File::new([3, 1], 1, &[2], &[&[0b0011_0100]]).is(&[0, 0, 0, 255, 255, 255, 85, 85, 85]);
        File::new([2, 1], 0, &[4], &[&[0x0f]]).is(&[255, 255, 255, 0, 0, 0]);
        // 0xfff, 0x000 and 0x808 (2,056 × 255 ÷ 4,095 = 128.03) in twelve bits each.
        let deep = File::new([3, 1], 1, &[12], &[&[0xff, 0xf0, 0x00, 0x80, 0x80]]);
        assert_eq!(deep.is(&[255, 255, 255, 0, 0, 0, 128, 128, 128]).facts.depth, 12);
        let wide = [u32::MAX, 0, 0x8080_8080].map(u32::to_le_bytes).concat();
        File::new([1, 1], 2, &[32, 32, 32], &[&wide]).is(&[255, 0, 128]);
        // Linear light: 0.21586 is 128 of 255, 1 is white (IEC 61966-2-1).
        let mut light = File::new([2, 1], 1, &[64], &[&[0.215_86_f64, 1.0].map(f64::to_le_bytes).concat()]);
        light.set(339, &[3]).is(&[128, 128, 128, 255, 255, 255]);
        let mut half = File::new([2, 1], 1, &[16], &[&[0x00, 0x3c, 0x00, 0x00]]);
        half.set(339, &[3]).is(&[255, 255, 255, 0, 0, 0]);
        let mut signed = File::new([2, 1], 1, &[8], &[&[100, 0x9c]]);
        signed.set(339, &[2]).is(&[100, 100, 100, 0, 0, 0]);
        assert!(File::new([1, 1], 2, &[5, 6, 5], &[&[0; 2]]).decoded().is_err());
    }

    #[test]
    fn strips_tiles_and_planes() {
        let mut strips = File::new([1, 3], 1, &[8], &[&[1, 2], &[3]]);
        strips.set(278, &[2]).is(&[1, 1, 1, 2, 2, 2, 3, 3, 3]);
        let mut planes = File::new([2, 1], 2, &[8, 8, 8], &[&[1, 2], &[3, 4], &[5, 6]]);
        planes.set(284, &[2]).is(&[1, 3, 5, 2, 4, 6]);
        // What of a tile lies outside of the picture is padding.
        let mut tiles = File::new([3, 1], 1, &[8], &[&[1, 2, 0, 0], &[3, 9, 9, 9]]);
        tiles.set(322, &[2]).set(323, &[2]).is(&[1, 1, 1, 2, 2, 2, 3, 3, 3]);
        let mut reversed = File::new([2, 1], 1, &[4], &[&[0x0f_u8.reverse_bits()]]);
        reversed.set(266, &[2]).is(&[0, 0, 0, 255, 255, 255]);
        let cut = File::new([2, 1], 1, &[8], &[&[7]]).is(&[7, 7, 7, 0, 0, 0]);
        assert!(cut.facts.warnings.contains(&Warning::Truncated));
        assert!(File::new([2, 1], 1, &[8], &[&[]]).decoded().is_err());
    }

    #[test]
    fn meanings() {
        // One Cb and one Cr for four pixels: JFIF by hand, 1.402 × (228 − 128) = 140.2.
        let mut ycbcr = File::new([2, 2], 6, &[8, 8, 8], &[&[0, 50, 100, 115, 128, 228]]);
        ycbcr.set(530, &[2, 2]).is(&[140, 0, 0, 190, 0, 50, 240, 29, 100, 255, 44, 115]);
        let inks = File::new([2, 1], 5, &[8; 4], &[&[255, 0, 0, 0, 0, 0, 0, 0]]);
        assert_eq!(inks.is(&[0, 255, 255, 255, 255, 255]).facts.gamut, Gamut::Cmyk);
        File::new([2, 1], 8, &[8; 3], &[&[255, 0, 0, 0, 0, 0]]).is(&[255, 255, 255, 0, 0, 0]);
        File::new([2, 1], 9, &[8; 3], &[&[255, 128, 128, 0, 128, 128]]).is(&[255, 255, 255, 0, 0, 0]);
        let mut palette = File::new([2, 1], 3, &[1], &[&[0b0100_0000]]);
        palette.set(320, &[0, 0xff00, 0x1200, 0, 0, 0x8000]).is(&[0, 0x12, 0, 255, 0, 128]);
        // 100 of 200 is half of the light: multiplied into the colour, or not, or not an alpha.
        let mut alpha = File::new([1, 1], 2, &[8; 4], &[&[100, 0, 200, 200]]);
        let rgba = |file: &File| file.decoded().unwrap().raster.to_rgba8();
        assert_eq!(rgba(alpha.set(338, &[1])), [128, 0, 255, 200]);
        assert_eq!(rgba(alpha.set(338, &[2])), [100, 0, 200, 200]);
        assert_eq!(rgba(alpha.set(338, &[0])), [100, 0, 200, 255]);
        let raw = File::new([1, 1], 32_803, &[8], &[&[0]]).decoded().unwrap_err();
        assert!(std::error::Error::source(&raw).unwrap().to_string().contains("sensor"));
    }
}
