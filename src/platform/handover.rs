//! The message with which a second start of the program hands its inputs to the first.
//!
//! A greeting that holds the version, the number of inputs, then each with its kind, its length
//! and its bytes. Whatever comes in is checked against limits before memory is taken for it.

use crate::jobs::Intake;
use std::{
    io::{self, ErrorKind, Read},
    path::{Path, PathBuf},
};

/// Begins every message and is the whole answer. The last byte is the version.
pub(super) const GREETING: [u8; 8] = *b"INLAID\x00\x01";

const MAX_INPUTS: usize = 10_000;
const MAX_BYTES: usize = 64_000_000;

const PATH: u8 = 0;
const TEXT: u8 = 1;
const LINK: u8 = 2;

/// The message for these inputs; `None` when only their own process can read them, or when they
/// are too many.
pub(super) fn message(intakes: &[Intake]) -> Option<Vec<u8>> {
    let mut message = GREETING.to_vec();
    message.extend(u32::try_from(intakes.len()).ok()?.to_le_bytes());
    for intake in intakes {
        let (kind, bytes) = match intake {
            // The other process stands in another folder.
            Intake::Path(path) => (PATH, path_to_bytes(&std::path::absolute(path).ok()?)?),
            Intake::Text(text) => (TEXT, text.clone().into_bytes()),
            Intake::Link(text) => (LINK, text.clone().into_bytes()),
            Intake::StandardInput | Intake::Known(_) => return None,
        };
        message.push(kind);
        message.extend(u32::try_from(bytes.len()).ok()?.to_le_bytes());
        message.extend(bytes);
    }
    (intakes.len() <= MAX_INPUTS && message.len() <= MAX_BYTES).then_some(message)
}

/// Reads a message, and no further.
///
/// # Errors
/// What reading says, and `InvalidData` for anything that [`message`] does not write.
pub(super) fn read(mut from: impl Read) -> io::Result<Vec<Intake>> {
    let mut greeting = [0; GREETING.len()];
    from.read_exact(&mut greeting)?;
    if greeting != GREETING {
        return Err(invalid("another version, or no message of ours"));
    }
    let n_inputs = read_number(&mut from)?;
    if MAX_INPUTS < n_inputs {
        return Err(invalid("too many inputs"));
    }
    let mut left = MAX_BYTES;
    let mut intakes = vec![];
    for _ in 0..n_inputs {
        let mut kind = [0];
        from.read_exact(&mut kind)?;
        let length = read_number(&mut from)?;
        left = left.checked_sub(length).ok_or_else(|| invalid("too many bytes"))?;
        // Grows with what really comes, whatever the length says.
        let mut bytes = vec![];
        from.by_ref().take(length as u64).read_to_end(&mut bytes)?;
        if bytes.len() < length {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        intakes.push(intake(kind, bytes)?);
    }
    Ok(intakes)
}

fn intake([kind]: [u8; 1], bytes: Vec<u8>) -> io::Result<Intake> {
    match kind {
        PATH => path_from_bytes(&bytes)
            .filter(|it| it.is_absolute())
            .map(Intake::Path)
            .ok_or_else(|| invalid("a path that is none")),
        TEXT => String::from_utf8(bytes).ok().map(Intake::Text).ok_or_else(|| invalid("a text that is none")),
        LINK => String::from_utf8(bytes).ok().map(Intake::Link).ok_or_else(|| invalid("a link that is none")),
        _ => Err(invalid("an input of an unknown kind")),
    }
}

fn read_number(from: &mut impl Read) -> io::Result<usize> {
    let mut bytes = [0; 4];
    from.read_exact(&mut bytes)?;
    usize::try_from(u32::from_le_bytes(bytes)).map_err(io::Error::other)
}

fn invalid(what: &'static str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, what)
}

#[cfg(unix)]
fn path_to_bytes(path: &Path) -> Option<Vec<u8>> {
    use std::os::unix::ffi::OsStrExt as _;
    Some(path.as_os_str().as_bytes().to_vec())
}

#[cfg(unix)]
fn path_from_bytes(bytes: &[u8]) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt as _;
    // What no system call would take.
    (!bytes.contains(&0)).then(|| std::ffi::OsStr::from_bytes(bytes).into())
}

#[cfg(windows)]
fn path_to_bytes(path: &Path) -> Option<Vec<u8>> {
    use std::os::windows::ffi::OsStrExt as _;
    Some(path.as_os_str().encode_wide().flat_map(u16::to_le_bytes).collect())
}

#[cfg(windows)]
fn path_from_bytes(bytes: &[u8]) -> Option<PathBuf> {
    use std::os::windows::ffi::OsStringExt as _;
    let (pairs, rest) = bytes.as_chunks::<2>();
    let wide: Vec<u16> = pairs.iter().map(|it| u16::from_le_bytes(*it)).collect();
    (rest.is_empty() && !wide.contains(&0)).then(|| std::ffi::OsString::from_wide(&wide).into())
}

#[cfg(not(any(unix, windows)))]
fn path_to_bytes(path: &Path) -> Option<Vec<u8>> {
    path.to_str().map(|it| it.as_bytes().to_vec())
}

#[cfg(not(any(unix, windows)))]
fn path_from_bytes(bytes: &[u8]) -> Option<PathBuf> {
    str::from_utf8(bytes).ok().map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::{GREETING, MAX_BYTES, MAX_INPUTS, message, read};
    use crate::jobs::Intake;
    use std::io;

    fn names(intakes: &[Intake]) -> Vec<String> {
        intakes.iter().map(|it| format!("{it:?}")).collect()
    }

    /// A message by hand: so many inputs announced, then each as kind, announced length, bytes.
    fn forged(count: u32, inputs: &[(u8, u32, &[u8])]) -> Vec<u8> {
        let mut bytes = b"INLAID\x00\x01".to_vec();
        bytes.extend(count.to_le_bytes());
        for (kind, length, content) in inputs {
            bytes.push(*kind);
            bytes.extend(length.to_le_bytes());
            bytes.extend(*content);
        }
        bytes
    }

    #[test]
    fn what_is_said_is_understood() {
        let here = std::env::current_dir().unwrap();
        let link = || Intake::Link("https://example.org/".to_owned());
        let said = [Intake::Path("a b/ä.png".into()), Intake::Text("data:,x".to_owned()), link()];
        let heard = read(&*message(&said).unwrap()).unwrap();
        assert_eq!(
            names(&heard),
            names(&[Intake::Path(here.join("a b").join("ä.png")), Intake::Text("data:,x".to_owned()), link()]),
            "absolute, since the other stands in another folder"
        );
        assert!(read(&*message(&[]).unwrap()).unwrap().is_empty());
    }

    #[test]
    #[cfg(unix)]
    fn names_that_are_no_text_arrive() {
        use std::os::unix::ffi::OsStringExt as _;
        let path = std::path::PathBuf::from(std::ffi::OsString::from_vec(b"/tmp/\xff\xfe.png".to_vec()));
        let said = [Intake::Path(path)];
        assert_eq!(names(&read(&*message(&said).unwrap()).unwrap()), names(&said));
    }

    #[test]
    fn what_only_this_process_can_read_is_not_handed_over() {
        assert!(message(&[Intake::Path("/a".into()), Intake::StandardInput]).is_none());
        assert!(message(&vec![Intake::Text(String::new()); MAX_INPUTS + 1]).is_none());
        assert!(message(&[Intake::Text("x".repeat(MAX_BYTES))]).is_none());
    }

    #[test]
    #[cfg(unix)]
    fn nonsense_is_refused() {
        let good = forged(2, &[(0, 4, b"/a b"), (1, 2, b"ok")]);
        assert_eq!(names(&read(&*good).unwrap()), names(&[Intake::Path("/a b".into()), Intake::Text("ok".to_owned())]));
        for end in 0..good.len() {
            assert!(read(&good[..end]).is_err(), "cut at {end}");
        }
        for (bad, why) in [
            (b"INLAID\x00\x02\0\0\0\0".to_vec(), "another version"),
            (forged(10_001, &[]), "too many inputs"),
            (forged(1, &[(0, 1, b"a")]), "a relative path"),
            (forged(1, &[(0, 3, b"/\0a")]), "a path with a zero"),
            (forged(1, &[(1, 2, b"\xff\xfe")]), "no text"),
            (forged(1, &[(7, 0, b"")]), "an unknown kind"),
            (forged(1, &[(1, 64_000_001, b"")]), "more than the limit"),
            (forged(3, &[(1, 1, b"x"), (1, 63_999_999, &[b'y'; 63_999_999]), (1, 1, b"z")]), "more in sum"),
        ] {
            assert!(read(&*bad).is_err(), "{why}");
        }
    }

    /// Announces much and sends for ever; whoever believes it runs out of memory.
    #[test]
    fn nothing_is_read_beyond_the_message() {
        let message = forged(1, &[(1, 3, b"abc")]);
        let mut stream = io::Read::chain(&*message, io::repeat(7));
        assert_eq!(names(&read(&mut stream).unwrap()), names(&[Intake::Text("abc".to_owned())]));
        assert_eq!(GREETING.len(), 8);
    }
}
