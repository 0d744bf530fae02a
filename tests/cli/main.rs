//! The real binary, run headless over generated pictures: every rule of its command line.
//!
//! Results are judged by another decoder (the `image` crate) and by what lies on the disk.

#![expect(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod aims;
mod codec;
mod metadata;
mod output;
mod process;
mod report;
mod usage;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use std::{
    fs,
    io::{Cursor, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};
use tempfile::TempDir;

/// A folder of its own in which the program runs.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("temporary folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a picture with a gradient, so that sizes and turns show.
    fn picture(&self, name: &str, width: u32, height: u32, format: ImageFormat) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, encoded(width, height, format)).expect("written");
        path
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_inlaid"));
        command.current_dir(self.0.path()).env_remove("RUST_LOG").arg("convert").args(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn start(&self, args: &[&str]) -> Child {
        self.command(args).spawn().expect("started")
    }

    fn run(&self, args: &[&str]) -> Output {
        self.run_with(args, b"")
    }

    fn run_with(&self, args: &[&str], stdin: &[u8]) -> Output {
        let mut child = self.start(args);
        let mut pipe = child.stdin.take().expect("a pipe");
        // A program that refuses its arguments does not read.
        pipe.write_all(stdin).ok();
        drop(pipe);
        child.wait_with_output().expect("ended")
    }

    /// Runs and asserts that all went well and nothing was complained about.
    fn done(&self, args: &[&str]) -> String {
        let output = self.run(args);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && errors.is_empty(), "{args:?}: {:?}: {errors}", output.status.code());
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// All names in the folder, sorted, hidden ones too.
    fn names(&self) -> Vec<String> {
        names_in(self.0.path())
    }
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("readable folder");
    let mut names: Vec<_> = entries.map(|it| it.expect("entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// A gradient as a file.
fn encoded(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let shade = |at: u32, of: u32| (at * 255 / of.max(1)) as u8;
    let picture = RgbImage::from_fn(width, height, |x, y| Rgb([shade(x, width), shade(y, height), 90]));
    written(&picture.into(), format)
}

/// A clear picture as PNG: red, and without any cover on its left half.
fn half_clear(width: u32, height: u32) -> Vec<u8> {
    let cover = |x| if x < width / 2 { 0 } else { 255 };
    written(&RgbaImage::from_fn(width, height, |x, _| Rgba([255, 0, 0, cover(x)])).into(), ImageFormat::Png)
}

fn written(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(vec![]);
    picture.write_to(&mut bytes, format).expect("encoded");
    bytes.into_inner()
}

/// What another decoder sees in a file.
fn seen(path: &Path) -> (ImageFormat, DynamicImage) {
    seen_in(&fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

fn seen_in(bytes: &[u8]) -> (ImageFormat, DynamicImage) {
    let format = image::guess_format(bytes).expect("a known format");
    (format, image::load_from_memory(bytes).expect("decodable"))
}

/// Format, width and height of a file.
fn kind(path: &Path) -> (ImageFormat, u32, u32) {
    let (format, picture) = seen(path);
    (format, picture.width(), picture.height())
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("ended by itself")
}

/// The lines on standard error, each of which must be one of our own.
fn complaints(output: &Output) -> Vec<String> {
    let text = String::from_utf8(output.stderr.clone()).expect("UTF-8");
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    assert!(lines.iter().all(|it| it.starts_with("inlaid: ")), "{text}");
    lines
}

/// Asserts one complaint that holds these words, and the exit status.
fn assert_fault(output: &Output, status: i32, words: &[&str]) {
    let lines = complaints(output);
    assert_eq!((code(output), lines.len()), (status, 1), "{lines:?}");
    for word in words {
        assert!(lines[0].contains(word), "{word}: {lines:?}");
    }
}
