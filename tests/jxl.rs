//! JPEG XL: small pictures that libjxl has coded without loss, and what we write.

#[cfg(test)]
mod jxl {
    use ::jxl::api::{JxlColorProfile, JxlDecoder, JxlDecoderOptions};
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    use inlaid::engine::{
        Cancel, Decoded, EngineError, Format, Gamut, Layout, Limits, Raster, Source, Tools,
        decode::{DecodeOptions, Fonts, decode},
        encode,
        recipe::{Effort, OutputSpec, ProfilePolicy},
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

    /// Samples of 16 bits by Knuth's MMIX generator.
    fn noise() -> impl FnMut() -> u16 {
        let mut state = 1_u64;
        move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 48) as u16
        }
    }

    fn raster([width, height]: [u32; 2], layout: Layout, samples: Vec<u16>) -> Raster {
        let raster = if layout.is_wide() {
            Raster::from_samples16(width, height, layout, samples)
        } else {
            Raster::from_samples8(width, height, layout, samples.iter().map(|it| *it as u8).collect())
        };
        raster.unwrap()
    }

    /// How many bytes it takes.
    #[track_caller]
    fn comes_back(raster: &Raster, effort: Effort, what: &str) -> usize {
        let spec = OutputSpec { effort, ..OutputSpec::new(Format::JpegXl) };
        let result = encode::encode(raster, &spec, &Cancel::default()).unwrap();
        assert_eq!(result.warnings, [], "{what}");
        let found = decoded(result.bytes.to_vec(), &Limits::default()).unwrap();
        assert_eq!((found.facts.gamut, found.raster.layout()), (Gamut::Srgb, raster.layout()), "{what}");
        assert!(found.raster.bytes() == raster.bytes(), "{what}");
        result.bytes.len()
    }

    /// The sample at a place of a channel.
    type Sample<'a> = &'a dyn Fn(usize, usize, usize) -> u16;

    const LAYOUTS: [Layout; 4] = [Layout::Rgb8, Layout::Rgba8, Layout::Rgb16, Layout::Rgba16];
    const EFFORTS: [Effort; 3] = [Effort::Fast, Effort::Normal, Effort::Best];

    #[test]
    fn what_we_write_is_read_back_exactly() {
        let mut sample = noise();
        // Beyond 1,024 pixels there are several groups, beyond 8,192 several large ones.
        let sizes = [[1, 1], [1, 9], [1, 300], [2, 2], [17, 3], [300, 70], [2_400, 1], [3, 1_030], [8_200, 2]];
        for size in sizes {
            for layout in LAYOUTS {
                let n = size.iter().product::<u32>() as usize * layout.channels();
                let (noisy, flat) = (std::iter::repeat_with(&mut sample).take(n), std::iter::repeat_n(513, n));
                for samples in [noisy.collect::<Vec<u16>>(), flat.collect()] {
                    let raster = raster(size, layout, samples);
                    for effort in EFFORTS {
                        comes_back(&raster, effort, &format!("{size:?} {layout:?} {effort:?}"));
                    }
                }
            }
        }
    }

    #[test]
    fn pictures_of_every_kind_are_read_back_exactly() {
        let size = [257_u16, 90];
        let [width, height] = size.map(usize::from);
        let mut sample = noise();
        let tile: Vec<u16> = std::iter::repeat_with(|| sample() % 5 * 51).take(19 * 23).collect();
        let kinds: [(&str, Sample<'_>); 6] = [
            ("shades", &|x, y, channel| (x * x / 90 + y * (channel + 1)) as u16 * 40),
            ("grey", &|x, y, _| (x * 3 + y * y) as u16),
            ("sparse values", &|x, y, channel| ((x / 7 + y / 5 + channel) % 9) as u16 * 28),
            ("few colours that come again", &|x, y, channel| tile[y % 19 * 23 + x % 23] ^ channel as u16),
            ("transparent pixels of any colour", &|x, y, channel| if channel == 3 { 0 } else { (x ^ y) as u16 }),
            ("extremes", &|x, y, channel| if (x * 5 + y * 3 + channel) % 7 < 3 { u16::MAX } else { 0 }),
        ];
        for (what, of) in kinds {
            for layout in LAYOUTS {
                let channels = layout.channels();
                let at = |at: usize| of(at / channels % width, at / channels / width, at % channels);
                let raster = raster(size.map(u32::from), layout, (0..width * height * channels).map(at).collect());
                let sizes = EFFORTS.map(|it| comes_back(&raster, it, &format!("{what} {layout:?} {it:?}")));
                assert!(sizes[1] <= sizes[0] + sizes[0] / 50, "{what} {layout:?}: {sizes:?}");
            }
        }
    }

    #[test]
    fn what_comes_again_takes_next_to_nothing() {
        let mut sample = noise();
        // A text of 40 letters, each 8 pixels wide, over and over.
        let letter: Vec<u16> = std::iter::repeat_with(|| sample() % 2 * 255).take(40 * 8 * 12).collect();
        let at = |at: usize| {
            let (x, y) = (at / 3 % 640, at / 3 / 640);
            letter[y % 12 * 320 + (x + y / 12 * 24) % 320]
        };
        let repeated = raster([640, 240], Layout::Rgb8, (0..640 * 240 * 3).map(at).collect());
        let bytes = comes_back(&repeated, Effort::Normal, "text");
        // One line of letters is 3,840 bits.
        assert!(bytes < 4_000, "{bytes}");
    }

    #[test]
    fn the_bytes_do_not_depend_on_the_number_of_threads() {
        let at = |at: usize| ((at * at / 700) ^ (at / 3_600)) as u16;
        let shades = raster([1_200, 12], Layout::Rgb8, (0..1_200 * 12 * 3).map(at).collect());
        for effort in EFFORTS {
            let spec = OutputSpec { effort, ..OutputSpec::new(Format::JpegXl) };
            let [one, three] = [1, 3].map(|threads| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                pool.install(|| encode::encode(&shades, &spec, &Cancel::default()).unwrap().bytes)
            });
            assert!(one == three, "{effort:?}");
        }
    }

    #[test]
    fn a_profile_travels() {
        let profile = moxcms::ColorProfile::new_display_p3().encode().unwrap();
        // A list of tags that leads nowhere, and no list at all.
        let mut long = profile.clone();
        long.resize(70_001, 7);
        let broken = [&profile[..128], &[u8::MAX; 9]].concat();
        for (profile, layout) in [(&profile, Layout::Rgb8), (&long, Layout::Rgba16), (&broken, Layout::Rgb8)] {
            let grey = raster([9, 5], layout, vec![70; 9 * 5 * layout.channels()]);
            let raster = grey.with_profile(Some(profile.as_slice().into()));
            let result = encode::encode(&raster, &OutputSpec::new(Format::JpegXl), &Cancel::default()).unwrap();
            assert_eq!(result.warnings, []);
            let mut decoder = JxlDecoder::new(JxlDecoderOptions::default());
            decoder.process(&mut &result.bytes[..], None, None).unwrap();
            let found = decoder.embedded_color_profile();
            assert!(matches!(found, Some(JxlColorProfile::Icc(it)) if it == profile), "{} bytes", profile.len());
            // The values are as they were.
            let options = DecodeOptions { profile: ProfilePolicy::Keep, ..DecodeOptions::default() };
            let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
            let tools = Tools::new(&limits, &fonts, &cancel);
            let kept = decode(&Source::new("it.jxl", result.bytes.to_vec()), &options, tools).unwrap();
            assert!(kept.raster.bytes() == raster.bytes());
        }
    }

    #[test]
    fn a_cancelled_one_is_not_written() {
        let cancel = Cancel::default();
        cancel.cancel();
        let flat = raster([90, 90], Layout::Rgb8, vec![7; 90 * 90 * 3]);
        let result = encode::encode(&flat, &OutputSpec::new(Format::JpegXl), &cancel);
        assert!(matches!(result, Err(EngineError::Cancelled)));
    }
}
