//! A helper that was taken over: it does what its bytes say, not what they show.
//!
//! It is this test program, started once more for the one test [`process`].

use super::contained;
use inlaid::{
    engine::{
        Cancel, Decoded, EngineError, Facts, Format, Layout, Limits, Raster, Source, Tools,
        decode::{DecodeOptions, Decoder, Direct, Fonts, Glimpse, Lent},
    },
    helper::{Allowance, Decoders, Program, Service, Transport, serve},
};
use rustix::io::write;
use std::{
    env, fs, io,
    net::{TcpListener, TcpStream},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

/// Among the arguments it makes a helper of this program; as a filter it matches no other test.
const MARK: &str = "an evil helper";

/// Bytes that are taken for a PNG, and what the helper shall do.
const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

fn decoders() -> Decoders {
    let arguments = ["--exact", "evil::process", "--nocapture", MARK].map(Into::into).to_vec();
    let program = Program { path: env::current_exe().unwrap(), arguments, transport: Transport::Native };
    Decoders::contained_in(program, &Limits::default()).unwrap()
}

fn wish(deed: &str) -> Source {
    Source::new(deed, [SIGNATURE, deed.as_bytes()].concat())
}

fn done(decoders: &Decoders, deed: &str) -> Result<Decoded, EngineError> {
    contained(decoders, &wish(deed), &DecodeOptions::default(), &Cancel::default())
}

/// What the helper says of its deed.
fn told(decoders: &Decoders, deed: &str) -> String {
    match done(decoders, deed) {
        Err(EngineError::TooComplex { what, .. }) => what.into_owned(),
        other => panic!("{deed}: {other:?}"),
    }
}

/// The helper's side.
#[test]
fn process() {
    if !env::args().any(|it| it == MARK) {
        return;
    }
    let service = Service {
        transport: Transport::Native,
        is_gentle: false,
        decoder: Box::new(Evil),
        fonts: Fonts::default(),
        font_folders: vec![PathBuf::from("/usr/share/fonts")],
        tidy: || (),
    };
    serve(&service).unwrap();
}

struct Evil;

impl Decoder for Evil {
    fn decode(&self, source: &Source, options: &DecodeOptions, tools: Tools<'_>) -> Result<Decoded, EngineError> {
        let deed = String::from_utf8_lossy(&source.bytes()[SIGNATURE.len()..]).into_owned();
        let (verb, object) = deed.split_once(' ').unwrap_or((&deed, ""));
        match verb {
            "overflow" => Ok(picture(vec![overflow(0); 3], [1, 1])),
            "allocate" => Ok(picture(vec![1; object.parse().unwrap()], [1, 1])),
            "loop" => loop {
                std::hint::spin_loop();
            },
            "panic" => panic!("as asked for"),
            "abort" => std::process::abort(),
            "quit" => quit(),
            "say" => {
                let bytes: Vec<u8> = object.split(' ').map(|it| it.parse().unwrap()).collect();
                write(io::stdin(), &bytes).unwrap();
                loop {
                    thread::park();
                }
            }
            "lie" => Ok(Decoded { facts: facts([9, 9]), ..picture(vec![0; 3], [1, 1]) }),
            "keep" => Ok(kept(tools)),
            "honest" => Ok(picture(vec![1, 2, 3], [1, 1])),
            "real" => Direct.decode(source, options, tools),
            _ => Err(EngineError::TooComplex { format: Format::Png, what: attempt(verb, object).into() }),
        }
    }

    fn measure(&self, _: &Source, _: Tools<'_>) -> Result<[u32; 2], EngineError> {
        Err(EngineError::NotAnImage)
    }

    fn glimpse(&self, source: &Source, tools: Tools<'_>) -> Result<Option<Glimpse>, EngineError> {
        self.decode(source, &DecodeOptions::default(), tools).map(|_| None)
    }
}

#[expect(clippy::disallowed_methods, reason = "it is what an evil decoder might do")]
fn quit() -> ! {
    std::process::exit(0)
}

/// Something that is not decoding, and what the system says to it.
fn attempt(verb: &str, object: &str) -> String {
    let result = match verb {
        "open" => fs::File::open(object).map(drop),
        "list" => fs::read_dir(object).map(drop),
        "write" => fs::write(object, "taken over"),
        "delete" => fs::remove_file(object),
        "connect" => TcpStream::connect(object).map(drop),
        "listen" => TcpListener::bind("127.0.0.1:0").map(drop),
        "pair" => UnixStream::pair().map(drop),
        "start" => Command::new(object).spawn().map(drop),
        "signal" => rustix::process::kill_process(
            rustix::process::Pid::from_raw(object.parse().unwrap()).unwrap(),
            rustix::process::Signal::TERM,
        )
        .map_err(Into::into),
        "thread" => thread::Builder::new().spawn(|| ()).map(|it| it.join().unwrap()),
        _ => panic!("{verb}"),
    };
    result.map_or_else(|error| format!("{:?}", error.kind()), |()| "done".to_owned())
}

fn overflow(depth: u64) -> u8 {
    let room = std::hint::black_box([depth; 1024]);
    if depth == u64::MAX { 0 } else { overflow(depth + 1).wrapping_add(room[7] as u8) }
}

fn facts(size: [u32; 2]) -> Facts {
    Facts {
        format: Format::Png,
        stored_size: size,
        size,
        orientation: 1,
        frames: Some(1),
        profile_name: None,
        gamut: Default::default(),
        details: Default::default(),
        depth: 8,
        has_alpha: false,
        warnings: vec![],
    }
}

fn picture(samples: Vec<u8>, size: [u32; 2]) -> Decoded {
    Decoded { raster: Raster::from_samples8(size[0], size[1], Layout::Rgb8, samples).unwrap(), facts: facts(size) }
}

/// Pixels in memory that stays writable after they were handed over.
fn kept(tools: Tools<'_>) -> Decoded {
    struct Kept(Box<dyn Lent>);
    impl AsRef<[u8]> for Kept {
        fn as_ref(&self) -> &[u8] {
            (*self.0).as_ref()
        }
    }
    static KEPT: Mutex<Vec<Arc<Kept>>> = Mutex::new(vec![]);
    let memory = Arc::new(Kept(tools.memory.lend(3).unwrap()));
    KEPT.lock().unwrap().push(memory.clone());
    Decoded { raster: Raster::from_storage(1, 1, Layout::Rgb8, memory).unwrap(), facts: facts([1, 1]) }
}

#[test]
fn nothing_outside_can_be_reached() {
    let decoders = decoders();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine");
    fs::write(&file, "mine").unwrap();
    let told = |verb: &str, object: &Path| told(&decoders, &format!("{verb} {}", object.display()));
    for secret in [Path::new("/etc/passwd"), Path::new("/proc/self/environ"), &file] {
        assert_eq!(told("open", secret), "PermissionDenied", "{}", secret.display());
    }
    assert_eq!(told("list", Path::new("/")), "PermissionDenied");
    assert_eq!(told("list", Path::new("/usr/share/fonts")), "done");
    assert_eq!(told("write", &folder.path().join("new")), "PermissionDenied");
    assert_eq!(told("write", &file), "PermissionDenied");
    assert_eq!(told("delete", &file), "PermissionDenied");
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    assert_eq!(told("connect", Path::new(&listener.local_addr().unwrap().to_string())), "PermissionDenied");
    assert_eq!(told("listen", Path::new("")), "PermissionDenied");
    assert_eq!(told("pair", Path::new("")), "PermissionDenied");
    assert_eq!(told("start", Path::new("/bin/true")), "PermissionDenied");
    assert_eq!(told("signal", Path::new(&std::process::id().to_string())), "PermissionDenied");
    // What decoders need is there.
    assert_eq!(told("thread", Path::new("")), "done");
    assert_eq!(done(&decoders, "honest").unwrap().raster.bytes(), [1, 2, 3]);
}

#[test]
fn each_death_ends_as_the_right_sentence() {
    let decoders = decoders();
    let crashed = "the decoder crashed; the file is probably damaged";
    for (deed, sentence) in [
        ("allocate 100000000000", "the decoder needs more than 2 GB"),
        ("overflow", crashed),
        ("panic", crashed),
        ("abort", crashed),
        ("quit", crashed),
    ] {
        assert_eq!(done(&decoders, deed).unwrap_err().to_string(), sentence, "{deed}");
        assert_eq!(done(&decoders, "honest").unwrap().raster.bytes(), [1, 2, 3], "after {deed}");
    }
    // 1.5 GB are within the limit; the address space of what is not used counts, too.
    assert!(matches!(done(&decoders, "allocate 1500000000"), Err(EngineError::DecoderCrashed)), "no such picture");
}

#[test]
fn who_loops_runs_out_of_time() {
    let begun = Instant::now();
    assert_eq!(done(&decoders(), "loop").unwrap_err().to_string(), "the decoder ran out of time after 10 s");
    assert!(Duration::from_secs(10) <= begun.elapsed());
}

#[test]
fn a_glimpse_is_not_waited_for() {
    let (decoders, limits, fonts, cancel) = (decoders(), Limits::default(), Fonts::default(), Cancel::default());
    let tools = Tools::new(&limits, &fonts, &cancel);
    let glimpsed = decoders.within(Allowance::default()).glimpse(&wish("loop"), tools);
    assert_eq!(glimpsed.unwrap_err().to_string(), "the decoder ran out of time after 2 s");
    assert_eq!(done(&decoders, "honest").unwrap().raster.bytes(), [1, 2, 3]);
}

#[test]
fn lies_are_found_out() {
    let decoders = decoders();
    let crashed = |deed: &str| {
        assert!(matches!(done(&decoders, deed), Err(EngineError::DecoderCrashed)), "{deed}");
        assert_eq!(done(&decoders, "honest").unwrap().raster.bytes(), [1, 2, 3], "after {deed}");
    };
    crashed("lie");
    crashed("keep");
    // By hand, after the four bytes of the length: the variant of the answer, then its fields.
    for (lie, bytes) in [
        ("no message", "255 255 255 255"),
        ("no such answer", "1 0 0 0 9"),
        ("ready once more", "3 0 0 0 0 1 0"),
        ("lend nothing", "2 0 0 0 1 0"),
        ("lend more than there is", "11 0 0 0 1 255 255 255 255 255 255 255 255 255 1"),
        ("pixels without an end", "6 0 0 0 2 255 255 255 255 127"),
        ("a size nobody asked for", "5 0 0 0 3 0 1 5 5"),
        // The sizes, the layout, no profile; both sizes again, upright, not counted, no name, 8 bits, no warnings.
        ("a picture without pixels", "16 0 0 0 3 0 0 1 1 0 0 1 1 1 1 1 0 0 8 0"),
        ("no glimpse was asked for", "4 0 0 0 3 0 2 0"),
    ] {
        assert!(!lie.is_empty());
        crashed(&format!("say {bytes}"));
    }
}

#[test]
fn a_cancel_ends_the_helper() {
    let decoders = decoders();
    assert!(done(&decoders, "honest").is_ok());
    let cancel = Cancel::default();
    let result = thread::scope(|scope| {
        let work = scope.spawn(|| contained(&decoders, &wish("loop"), &DecodeOptions::default(), &cancel));
        while decoders.at_work() == 0 {
            thread::yield_now();
        }
        cancel.cancel();
        work.join().unwrap()
    });
    assert!(matches!(result, Err(EngineError::Cancelled)));
    assert_eq!(decoders.at_work(), 0);
    assert!(done(&decoders, "honest").is_ok());
}

#[test]
fn the_second_try_may_take_more() {
    let (decoders, limits, fonts, cancel) = (decoders(), Limits::default(), Fonts::default(), Cancel::default());
    let tools = Tools::new(&limits, &fonts, &cancel);
    let error = |is_generous| {
        let allowance = Allowance { memory_mb: 250, is_generous };
        let source = wish("allocate 1300000000");
        decoders.within(allowance).decode(&source, &DecodeOptions::default(), tools).unwrap_err().to_string()
    };
    // 500 MB, then four times as much: there the picture is only not what it says it is.
    assert_eq!(error(false), "the decoder needs more than 500 MB");
    assert_eq!(error(true), "the decoder crashed; the file is probably damaged");
}
