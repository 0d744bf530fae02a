//! Photoshop documents made by hand, by Adobe's Photoshop File Formats Specification.

#[cfg(test)]
mod psd {
    use inlaid::engine::{
        Cancel, Decoded, EngineError, Gamut, Limits, Source, Tools, Warning,
        decode::{DecodeOptions, Fonts, decode},
    };

    /// A document of 2 × 1 pixels.
    #[derive(Clone, Default)]
    struct Document {
        large: bool,
        channels: u8,
        depth: u8,
        mode: u8,
        palette: Vec<u8>,
        resources: Vec<(u16, Vec<u8>)>,
        layers: i16,
        compression: u8,
        data: Vec<u8>,
    }

    impl Document {
        fn new(mode: u8, channels: u8, depth: u8, data: &[u8]) -> Self {
            Self { mode, channels, depth, data: data.to_vec(), ..Self::default() }
        }

        fn length(&self, bytes: usize) -> Vec<u8> {
            if self.large { (bytes as u64).to_be_bytes().to_vec() } else { (bytes as u32).to_be_bytes().to_vec() }
        }

        fn bytes(&self) -> Vec<u8> {
            let mut file = b"8BPS\0".to_vec();
            file.extend([1 + u8::from(self.large), 0, 0, 0, 0, 0, 0, 0, self.channels]);
            file.extend([0, 0, 0, 1, 0, 0, 0, 2, 0, self.depth, 0, self.mode]);
            file.extend((self.palette.len() as u32).to_be_bytes());
            file.extend(&self.palette);
            let resource = |(id, data): &(u16, Vec<u8>)| {
                let mut bytes = [&b"8BIM"[..], &id.to_be_bytes(), &[0, 0], &(data.len() as u32).to_be_bytes()].concat();
                bytes.extend(data);
                bytes.extend(vec![0; data.len() % 2]);
                bytes
            };
            let resources: Vec<u8> = self.resources.iter().flat_map(resource).collect();
            file.extend((resources.len() as u32).to_be_bytes());
            file.extend(resources);
            let layers = [self.length(2), self.layers.to_be_bytes().to_vec()].concat();
            file.extend(self.length(layers.len()));
            file.extend(layers);
            file.extend([0, self.compression]);
            file.extend(&self.data);
            file
        }

        fn decoded(&self) -> Result<Decoded, EngineError> {
            let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
            let source = Source::new("it.psd", self.bytes());
            decode(&source, &DecodeOptions::default(), Tools::new(&limits, &fonts, &cancel))
        }

        #[track_caller]
        fn is(&self, rgba: [u8; 8]) -> Decoded {
            let decoded = self.decoded().unwrap();
            assert_eq!(decoded.raster.size(), [2, 1]);
            assert_eq!(decoded.raster.to_rgba8(), rgba);
            decoded
        }
    }

    fn zipped(data: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(vec![], flate2::Compression::default());
        std::io::Write::write_all(&mut encoder, data).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn every_mode_is_shown() {
        // Set bits are black; the rest of the byte is padding.
        Document::new(0, 1, 1, &[0b0111_1111]).is([255, 255, 255, 255, 0, 0, 0, 255]);
        Document::new(1, 1, 8, &[0, 200]).is([0, 0, 0, 255, 200, 200, 200, 255]);
        Document::new(8, 1, 8, &[0, 200]).is([0, 0, 0, 255, 200, 200, 200, 255]);
        Document::new(3, 3, 8, &[1, 2, 3, 4, 5, 6]).is([1, 3, 5, 255, 2, 4, 6, 255]);
        // 0x8080 of 0xffff is 128.5 of 255.
        let deep = Document::new(3, 3, 16, &[0, 0, 0xff, 0xff, 0x80, 0x80, 0, 0, 0xff, 0xff, 0, 0]);
        assert_eq!(deep.is([0, 128, 255, 255, 255, 0, 0, 255]).facts.depth, 16);
        // Stored inks are inverted: all of cyan, and nothing.
        let inks = Document::new(4, 4, 8, &[0, 255, 255, 255, 255, 255, 255, 255]);
        assert_eq!(inks.is([0, 255, 255, 255, 255, 255, 255, 255]).facts.gamut, Gamut::Cmyk);
        Document::new(9, 3, 8, &[255, 0, 128, 128, 128, 128]).is([255, 255, 255, 255, 0, 0, 0, 255]);
        let light = [1.0_f32, 0.0, 0.0, 0.0, 0.0, 1.0].map(f32::to_be_bytes).concat();
        Document::new(3, 3, 32, &light).is([255, 0, 0, 255, 0, 0, 255, 255]);
        let mut indexed = Document::new(2, 1, 8, &[1, 2]);
        indexed.palette = vec![0; 768];
        (indexed.palette[1], indexed.palette[256 + 1], indexed.palette[512 + 2]) = (10, 20, 30);
        indexed.is([10, 20, 0, 255, 0, 0, 30, 255]);
        indexed.resources = vec![(1047, vec![0, 2])];
        indexed.is([10, 20, 0, 255, 0, 0, 30, 0]);
        let multichannel = Document::new(7, 3, 8, &[0; 6]).decoded();
        assert!(matches!(multichannel, Err(EngineError::UnsupportedFeature { .. })));
    }

    #[test]
    fn every_compression_is_unpacked() {
        let plain = Document::new(3, 3, 8, &[1, 2, 3, 4, 5, 5]);
        let shown = [1, 3, 5, 255, 2, 4, 5, 255];
        plain.is(shown);
        let lengths = [0, 3, 0, 3, 0, 2];
        let rows = [1, 1, 2, 1, 3, 4, 0xff, 5];
        Document { compression: 1, data: [&lengths[..], &rows].concat(), ..plain.clone() }.is(shown);
        let lengths = [0, 0, 0, 3, 0, 0, 0, 3, 0, 0, 0, 2];
        Document { large: true, compression: 1, data: [&lengths[..], &rows].concat(), ..plain.clone() }.is(shown);
        Document { compression: 2, data: zipped(&plain.data), ..plain.clone() }.is(shown);
        Document { compression: 3, data: zipped(&[1, 1, 3, 1, 5, 0]), ..plain.clone() }.is(shown);
        let cut = Document { data: vec![1, 2, 3], ..plain.clone() }.is([1, 3, 0, 255, 2, 0, 0, 255]);
        assert!(cut.facts.warnings.contains(&Warning::Truncated));
        assert!(Document { data: vec![], ..plain }.decoded().is_err());
    }

    #[test]
    fn only_a_negative_count_of_layers_makes_the_extra_channel_an_alpha() {
        let mut document = Document::new(3, 4, 8, &[200, 2, 200, 4, 200, 6, 128, 255]);
        document.is([200, 200, 200, 255, 2, 4, 6, 255]);
        document.layers = -1;
        document.is([200, 200, 200, 128, 2, 4, 6, 255]);
        // Laid upon white by hand: (200 − 127) × 255 ÷ 128 = 145.4.
        let name: Vec<u8> = "Adobe Photoshop".encode_utf16().flat_map(u16::to_be_bytes).collect();
        document.resources = vec![(1057, [&[0, 0, 0, 1, 1, 0, 0, 0, 15][..], &name].concat())];
        document.is([145, 145, 145, 128, 2, 4, 6, 255]);
        document.resources[0].1[4] = 0;
        let why = document.decoded().unwrap_err();
        assert!(std::error::Error::source(&why).unwrap().to_string().contains("Maximize Compatibility"));
    }
}
