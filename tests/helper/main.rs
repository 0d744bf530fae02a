//! Helpers: what they decode, what they cannot do, and what becomes of those that die.

#![expect(clippy::panic, clippy::unwrap_used, reason = "in a test a surprise is a failure")]

#[cfg(target_os = "linux")]
mod encode;
#[cfg(target_os = "linux")]
mod evil;
#[cfg(target_os = "linux")]
mod lives;

use inlaid::{
    engine::{
        Cancel, Decoded, EngineError, Limits, Source, Tools,
        decode::{DecodeOptions, Decoder as _, Fonts, decode},
        recipe::ProfilePolicy,
    },
    helper::{ARGUMENT, Allowance, Decoders, Program, Transport},
};
use std::{fs, path::Path};

/// The real program as a helper.
pub(crate) fn real(transport: Transport) -> Decoders {
    let arguments = vec![ARGUMENT.into(), transport.id().into()];
    let program = Program { path: env!("CARGO_BIN_EXE_inlaid").into(), arguments, transport };
    Decoders::contained_in(program, &Limits::default()).unwrap()
}

/// Decodes in a helper.
pub(crate) fn contained(
    decoders: &Decoders,
    source: &Source,
    options: &DecodeOptions,
    cancel: &Cancel,
) -> Result<Decoded, EngineError> {
    let (limits, fonts) = (Limits::default(), Fonts::default());
    decoders.within(Allowance::default()).decode(source, options, Tools::new(&limits, &fonts, cancel))
}

fn examples() -> Vec<Source> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/small");
    let mut folders = vec![folder];
    let mut sources = vec![];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_none_or(|it| it != "tsv" && it != "txt" && it != "md") {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                sources.push(Source::new(name, fs::read(path).unwrap()));
            }
        }
    }
    sources.sort_by(|a, b| a.name().cmp(b.name()));
    assert!(20 < sources.len(), "the examples were not found");
    sources
}

/// A helper gives the very pixels, facts and errors that decoding here gives.
#[test]
fn what_comes_out_is_what_comes_out_here() {
    let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
    let tools = Tools::new(&limits, &fonts, &cancel);
    for decoders in [real(Transport::Native), real(Transport::Streams)] {
        let mut n_decoded = 0;
        for source in examples() {
            for profile in [ProfilePolicy::default(), ProfilePolicy::Keep] {
                let options = DecodeOptions { profile, ..DecodeOptions::default() };
                let name = source.name();
                match (contained(&decoders, &source, &options, &cancel), decode(&source, &options, tools)) {
                    (Ok(there), Ok(here)) => {
                        n_decoded += 1;
                        assert_eq!(there.facts, here.facts, "{name}");
                        assert!(there.raster.bytes() == here.raster.bytes(), "{name}: other pixels");
                        assert_eq!(there.raster.layout(), here.raster.layout(), "{name}");
                        assert_eq!(there.raster.profile(), here.raster.profile(), "{name}");
                    }
                    (Err(there), Err(here)) => assert_eq!(there.to_string(), here.to_string(), "{name}"),
                    (there, here) => panic!("{name}: {:?} there, {:?} here", there.err(), here.err()),
                }
            }
        }
        assert!(20 < n_decoded, "hardly anything was decoded");
    }
}

#[test]
fn a_drawing_is_measured_and_drawn_at_the_size_asked_for() {
    let svg = br#"<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><rect width="40" height="30" fill="red"/></svg>"#;
    let source = Source::new("a.svg", svg);
    for decoders in [real(Transport::Native), real(Transport::Streams)] {
        let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
        let decoder = decoders.within(Allowance::default());
        assert_eq!(decoder.measure(&source, Tools::new(&limits, &fonts, &cancel)).unwrap(), [40, 30]);
        let options = DecodeOptions { vector_size: Some([80, 60]), ..DecodeOptions::default() };
        let drawn = contained(&decoders, &source, &options, &cancel).unwrap();
        assert_eq!((drawn.raster.size(), drawn.facts.size), ([80, 60], [40, 30]));
        assert!(drawn.raster.bytes().chunks(3).all(|it| it == [255, 0, 0]));
        // Ten thousand megapixels, were it drawn at its own size.
        let huge = br#"<svg xmlns="http://www.w3.org/2000/svg" width="100000" height="100000"/>"#;
        let drawn = contained(&decoders, &Source::new("b.svg", huge), &options, &cancel).unwrap();
        assert_eq!((drawn.raster.size(), drawn.facts.size), ([80, 60], [100_000, 100_000]));
    }
}

/// Where no helper can be started, the picture is decoded here, and that is said.
#[test]
fn without_a_helper_it_is_decoded_here_and_said() {
    let program = Program { path: "/no/such/program".into(), arguments: vec![], transport: Transport::Native };
    let decoders = Decoders::contained_in(program, &Limits::default()).unwrap();
    let svg = br#"<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"/>"#;
    let source = Source::new("a.svg", svg);
    for _ in 0..2 {
        let decoded = contained(&decoders, &source, &DecodeOptions::default(), &Cancel::default()).unwrap();
        let warnings: Vec<String> = decoded.facts.warnings.iter().map(ToString::to_string).collect();
        assert_eq!(warnings.len(), 1);
        assert!(warnings[0].contains("inside the program") && warnings[0].contains("No such file"), "{warnings:?}");
    }
    // A decoder that cannot unwind would take the program down.
    let avif = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/small/avif/420.avif")).unwrap();
    let avif = Source::new("a.avif", avif);
    let refused = contained(&decoders, &avif, &DecodeOptions::default(), &Cancel::default());
    assert!(matches!(refused, Err(EngineError::UnsupportedFeature { .. })));
    assert!(contained(&real(Transport::Native), &avif, &DecodeOptions::default(), &Cancel::default()).is_ok());
    // A program that is no helper ends at once.
    let program = Program { path: "/bin/true".into(), arguments: vec![], transport: Transport::Native };
    let decoders = Decoders::contained_in(program, &Limits::default()).unwrap();
    let decoded = contained(&decoders, &source, &DecodeOptions::default(), &Cancel::default()).unwrap();
    assert_eq!(decoded.facts.warnings.len(), 1);
}
