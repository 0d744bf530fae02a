//! JPEG XL: small pictures that libjxl has coded without loss, and what we write.

#[cfg(test)]
mod jxl {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    use inlaid::engine::{
        Cancel, Decoded, EngineError, Format, Gamut, Layout, Limits, Raster, Source, Tools,
        decode::{DecodeOptions, Fonts, decode},
        encode,
        recipe::OutputSpec,
    };

    const RGB: &str = "/woIQBAJCAABAHwASxiLFcIJeE7EvwsEAWCVcYCSrv6XTY53FNF7Aw80AQ==";
    const RGBA: &str = "/woIQLASCAAQAJQASxiLFcIJeE57uAtIAQBL+IDqXmr9oVUhMrzk/D0G9JNOPKIjAA==";
    const GREY: &str = "/woIQBAUNwIIAAEAPABLGIsVwkkn4J0A3L/Sgww=";

    fn decoded(bytes: Vec<u8>, limits: &Limits) -> Result<Decoded, EngineError> {
        let (fonts, cancel) = (Fonts::default(), Cancel::default());
        decode(&Source::new("it.jxl", bytes), &DecodeOptions::default(), Tools::new(limits, &fonts, &cancel))
    }

    #[track_caller]
    fn is(base64: &str, rgba: &[u8]) {
        let bytes = BASE64_STANDARD.decode(base64).unwrap();
        let boxed = |kind: &[u8; 4], body: &[u8]| [&(body.len() as u32 + 8).to_be_bytes()[..], kind, body].concat();
        let signature = boxed(b"JXL ", b"\r\n\x87\n");
        // A codestream may stand alone or in a container, there in pieces too.
        let (first, second) = bytes.split_at(11);
        let first = boxed(b"jxlp", &[&[0, 0, 0, 0], first].concat());
        let second = boxed(b"jxlp", &[&[0x80, 0, 0, 1], second].concat());
        let container = [signature, boxed(b"ftyp", b"jxl \0\0\0\0jxl "), first, second].concat();
        for file in [bytes, container] {
            let decoded = decoded(file, &Limits::default()).unwrap();
            assert_eq!((decoded.facts.format, decoded.facts.size, decoded.facts.depth), (Format::JpegXl, [3, 2], 8));
            assert_eq!(decoded.raster.to_rgba8(), rgba);
        }
    }

    #[test]
    fn values_are_exact() {
        let opaque =
            [1, 2, 3, 255, 200, 100, 50, 255, 255, 255, 255, 255, 0, 0, 0, 255, 10, 20, 30, 255, 40, 50, 60, 255];
        is(RGB, &opaque);
        let grey = [0, 128, 255, 7, 8, 9].map(|grey| [grey, grey, grey, 255]);
        is(GREY, grey.as_flattened());
        let bytes = BASE64_STANDARD.decode(RGBA).unwrap();
        let rgba = decoded(bytes, &Limits::default()).unwrap().raster.to_rgba8();
        let wanted = [1, 2, 3, 4, 200, 100, 50, 128, 255, 0, 255, 255, 0, 0, 0, 0, 10, 20, 30, 40, 40, 50, 60, 70];
        let pairs = rgba.as_chunks::<4>().0.iter().zip(wanted.as_chunks::<4>().0);
        // The encoder does not keep what nobody can see.
        assert!(pairs.filter(|(_, wanted)| wanted[3] != 0).all(|(found, wanted)| found == wanted), "{rgba:?}");
    }

    #[test]
    fn what_is_cut_or_too_large_is_refused() {
        let bytes = BASE64_STANDARD.decode(RGB).unwrap();
        for length in 2..bytes.len() - 1 {
            if let Ok(it) = decoded(bytes[..length].to_vec(), &Limits::default()) {
                assert_eq!(it.facts.size, it.raster.size(), "cut to {length}");
            }
        }
        let few = Limits { max_pixels: 5, ..Limits::default() };
        assert!(matches!(decoded(bytes.clone(), &few), Err(EngineError::TooManyPixels { .. })));
        let little = Limits { max_bytes: 5, ..Limits::default() };
        assert!(matches!(
            decoded(bytes, &little),
            Err(EngineError::TooMuchMemory { .. } | EngineError::TooComplex { .. })
        ));
    }

    #[test]
    fn what_we_write_is_read_back_exactly() {
        let mut noise = 1_u64;
        let mut sample = || {
            // Knuth's MMIX generator.
            noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (noise >> 48) as u16
        };
        // Beyond 256 pixels there are several groups.
        for [width, height] in [[1, 1], [1, 9], [1, 300], [2, 2], [17, 3], [2_400, 1], [300, 270]] {
            for layout in [Layout::Rgb8, Layout::Rgba8, Layout::Rgb16, Layout::Rgba16] {
                let n = width as usize * height as usize * layout.channels();
                let (noisy, flat) = (std::iter::repeat_with(&mut sample).take(n), std::iter::repeat_n(513, n));
                for samples in [noisy.collect::<Vec<u16>>(), flat.collect()] {
                    let raster = if layout.is_wide() {
                        Raster::from_samples16(width, height, layout, samples)
                    } else {
                        Raster::from_samples8(width, height, layout, samples.iter().map(|it| *it as u8).collect())
                    };
                    let raster = raster.unwrap();
                    let what = format!("{width} × {height} {layout:?}");
                    let result = encode::encode(&raster, &OutputSpec::new(Format::JpegXl), &Cancel::default()).unwrap();
                    assert_eq!(result.warnings, [], "{what}");
                    let found = decoded(result.bytes.to_vec(), &Limits::default()).unwrap();
                    assert_eq!((found.facts.gamut, found.raster.layout()), (Gamut::Srgb, layout), "{what}");
                    assert!(found.raster.bytes() == raster.bytes(), "{what}");
                }
            }
        }
    }
}
