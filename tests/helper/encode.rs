//! What cannot be stopped is encoded in a helper, and a cancel ends that.

use super::{lives::children, lives::is_alone, lives::wait_until, real};
use inlaid::{
    engine::{
        Cancel, EngineError, Format, Layout, Limits, Raster, Tools,
        decode::Fonts,
        embed::{Snippet, base64},
        encode::{self, Encoder as _, encode_by, is_stoppable},
        options::{AvifDepth, JpegOptions, Subsampling},
        recipe::{Effort, OutputSpec},
    },
    helper::{Allowance, Decoders, Program, Transport},
};
use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

/// Noise, which no encoder is quick with.
fn noise(width: u32, height: u32, layout: Layout) -> Raster {
    let mut state = 1_u64;
    let mut sample = || {
        // Knuth's MMIX generator.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 48) as u16
    };
    let n = width as usize * height as usize * layout.channels();
    let raster = if layout.is_wide() {
        Raster::from_samples16(width, height, layout, (0..n).map(|_| sample()).collect())
    } else {
        Raster::from_samples8(width, height, layout, (0..n).map(|_| sample() as u8).collect())
    };
    raster.unwrap()
}

/// Wishes that no encoder can be stopped at.
fn unstoppable() -> Vec<OutputSpec> {
    let png = |effort| OutputSpec { effort, ..OutputSpec::new(Format::Png) };
    let mut avif = OutputSpec { quality: 60, effort: Effort::Fast, ..OutputSpec::new(Format::Avif) };
    let exact = OutputSpec { lossless: true, ..OutputSpec::new(Format::WebP) };
    let mut near = OutputSpec { effort: Effort::Best, ..exact.clone() };
    near.codec.webp.nearness = 60;
    let quick = OutputSpec { effort: Effort::Fast, ..exact.clone() };
    let mut all =
        vec![png(Effort::Normal), png(Effort::Best), exact, quick, near, OutputSpec::new(Format::JpegXl), avif.clone()];
    avif.codec.avif.depth = AvifDepth::Eight;
    (avif.codec.avif.chroma, avif.codec.avif.alpha_quality) = (Subsampling::Half, Some(90));
    all.push(avif);
    assert!(!all.iter().any(is_stoppable));
    all
}

#[test]
fn a_helper_makes_the_very_bytes_that_are_made_here() {
    let profile = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    for decoders in [real(Transport::Native), real(Transport::Streams)] {
        let helper = decoders.within(Allowance::default());
        for layout in [Layout::Rgb8, Layout::Rgba8, Layout::Rgb16, Layout::Rgba16] {
            for size in [[1, 1], [31, 7]] {
                let plain = noise(size[0], size[1], layout);
                for raster in [plain.clone().with_profile(Some(profile.as_slice().into())), plain] {
                    for spec in unstoppable() {
                        let (there, _) = encode_by(&helper, &raster, &spec, &Cancel::default()).unwrap();
                        let here = encode::encode(&raster, &spec, &Cancel::default()).unwrap();
                        let what = format!("{:?} {layout:?} {size:?}", spec.format);
                        assert!(there.bytes == here.bytes && there.size == size, "{what}");
                        assert_eq!(there.warnings, here.warnings, "{what}");
                        let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
                        let tools = Tools::new(&limits, &fonts, &cancel);
                        let [there, here]: [Raster; 2] = [
                            helper.decode_back(&there, &spec, tools).unwrap(),
                            encode::Direct.decode_back(&here, &spec, tools).unwrap(),
                        ];
                        assert!(there.bytes() == here.bytes() && there.size() == size, "{what}");
                    }
                }
            }
        }
        assert!(0 < decoders.idle(), "no helper was asked");
    }
}

/// Kept JPEGs of every kind.
fn kept_jpegs() -> Vec<OutputSpec> {
    let kept = |effort, jpeg| {
        let mut spec = OutputSpec { quality: 70, effort, ..OutputSpec::new(Format::Jpeg) };
        spec.codec.jpeg = jpeg;
        spec
    };
    let usual = JpegOptions::default();
    let mut all = vec![kept(Effort::Best, usual.clone())];
    for subsampling in [Subsampling::Auto, Subsampling::Full, Subsampling::HalfAcross, Subsampling::Half] {
        all.push(kept(Effort::Normal, JpegOptions { subsampling, ..usual.clone() }));
    }
    all.push(kept(Effort::Normal, JpegOptions { progressive: false, ..usual.clone() }));
    all.push(kept(Effort::Normal, JpegOptions { trellis: false, ..usual }));
    assert!(!all.iter().any(is_stoppable));
    all
}

#[test]
fn a_kept_jpeg_is_made_there_unless_it_is_small() {
    let profile: Arc<[u8]> = moxcms::ColorProfile::new_display_p3().encode().unwrap().into();
    let colours = noise(400, 300, Layout::Rgb8);
    let greys = colours.bytes().chunks(3).flat_map(|it| [it[0]; 3]).collect();
    let grey = Raster::from_samples8(400, 300, Layout::Rgb8, greys).unwrap();
    let profiled = colours.clone().with_profile(Some(profile.clone()));
    let (all, limits, fonts, cancel) = (kept_jpegs(), Limits::default(), Fonts::default(), Cancel::default());
    for decoders in [real(Transport::Native), real(Transport::Streams)] {
        let helper = decoders.within(Allowance::default());
        encode_by(&helper, &noise(31, 7, Layout::Rgb8), &OutputSpec::new(Format::Jpeg), &cancel).unwrap();
        assert_eq!(decoders.idle(), 0, "a helper was asked for a small one");
        for (name, raster, specs) in
            [("colours", &colours, &all[..]), ("grey", &grey, &all[..2]), ("with a profile", &profiled, &all[..2])]
        {
            for spec in specs {
                let what = format!("{name}, {:?}, {:?}", spec.effort, spec.codec.jpeg);
                let (there, seen) = encode_by(&helper, raster, spec, &cancel).unwrap();
                let here = encode::encode(raster, spec, &cancel).unwrap();
                assert!(there.bytes == here.bytes && there.size == [400, 300] && seen.is_none(), "{what}");
                let holds_profile = there.bytes.windows(profile.len()).any(|it| *it == *profile);
                assert_eq!(holds_profile, raster.profile().is_some(), "{what}");
                let tools = Tools::new(&limits, &fonts, &cancel);
                let [there, here]: [Raster; 2] = [
                    helper.decode_back(&there, spec, tools).unwrap(),
                    encode::Direct.decode_back(&here, spec, tools).unwrap(),
                ];
                assert!(there.bytes() == here.bytes() && there.size() == [400, 300], "{what}");
            }
        }
        assert!(0 < decoders.idle(), "no helper was asked");
    }
}

/// Base64 of noise, which takes brotli long.
fn text(n_bytes: u32) -> Snippet {
    let body: String = base64(noise(n_bytes / 300, 100, Layout::Rgb8).bytes()).to_string();
    Snippet { before: "url(\"é".to_owned(), body: body.into(), after: "\")".to_owned() }
}

#[test]
fn a_text_is_as_long_compressed_there_as_here() {
    let (short, long) = (text(300), text(60_000));
    for decoders in [real(Transport::Native), real(Transport::Streams)] {
        let helper = decoders.within(Allowance::default());
        for text in [&short, &long] {
            let here = text.brotli(&Cancel::default()).unwrap().len();
            assert_eq!(helper.compressed(text, &Cancel::default()).unwrap(), here);
        }
        assert!(0 < decoders.idle(), "no helper was asked");
    }
}

#[test]
fn without_a_helper_it_is_encoded_here() {
    let program = Program { path: "/no/such/program".into(), arguments: vec![], transport: Transport::Native };
    let helper = Decoders::contained_in(program, &Limits::default()).unwrap().within(Allowance::default());
    let raster = noise(9, 9, Layout::Rgb8);
    let spec = OutputSpec { effort: Effort::Fast, ..OutputSpec::new(Format::Avif) };
    let (encoded, _) = encode_by(&helper, &raster, &spec, &Cancel::default()).unwrap();
    assert_eq!(encoded.bytes, encode::encode(&raster, &spec, &Cancel::default()).unwrap().bytes);
    let long = text(30_000);
    let here = long.brotli(&Cancel::default()).unwrap().len();
    assert_eq!(helper.compressed(&long, &Cancel::default()).unwrap(), here);
    let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
    let seen = helper.decode_back(&encoded, &spec, Tools::new(&limits, &fonts, &cancel)).unwrap();
    assert_eq!(seen.size(), [9, 9]);
}

/// What a cancel may take on a busy machine; on an idle one the limit is 50 ms.
const PATIENCE: Duration = Duration::from_millis(500);

#[test]
fn a_cancel_frees_the_cores() {
    if !is_alone("encode", "a_cancel_frees_the_cores") {
        return;
    }
    let decoders = real(Transport::Native);
    decoders.want(1);
    wait_until("there is no helper", || decoders.idle() == 1);
    let (raster, text) = (noise(3000, 2000, Layout::Rgb8), text(6_000_000));
    let best = |format| OutputSpec { effort: Effort::Best, ..OutputSpec::new(format) };
    let specs = [best(Format::Png), best(Format::Avif), best(Format::Jpeg)];
    for spec in specs.iter().map(Some).chain([None]) {
        let name = spec.map_or("brotli", |it| it.format.label());
        wait_until("there is no helper", || decoders.idle() == 1);
        let [worker] = children("self")[..] else { panic!("one helper") };
        let cancel = Cancel::default();
        let (stopped, ended) = thread::scope(|scope| {
            let work = scope.spawn(|| {
                let helper = decoders.within(Allowance::default());
                let result = match spec {
                    Some(spec) => encode_by(&helper, &raster, spec, &cancel).map(drop),
                    None => helper.compressed(&text, &cancel).map(drop),
                };
                (result, Instant::now())
            });
            wait_until("nobody works", || decoders.at_work() == 1 && 20 < cpu_ticks(worker));
            let stopped = Instant::now();
            cancel.cancel();
            wait_until("it works on", || !children("self").contains(&worker));
            let gone = stopped.elapsed();
            assert!(gone < PATIENCE, "{name} worked on for {gone:?}");
            let (result, ended) = work.join().unwrap();
            assert!(matches!(result, Err(EngineError::Cancelled)));
            (stopped, ended)
        });
        let held = ended - stopped;
        assert!(held < PATIENCE, "{name} held the lane for {held:?}");
        println!("{name}: the lane was free after {held:?}");
    }
}

/// What a process has had of the processors, in hundredths of a second.
fn cpu_ticks(pid: i32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    // User and system time are fields 14 and 15 (proc(5)); the third follows the name.
    let fields = after_name.split_whitespace().skip(11).take(2);
    fields.map(|it| it.parse::<u64>().unwrap()).sum()
}
