//! A colour profile (ICC.1:2022), in the words that ISO/IEC 18181-1 annex E has for it: what most profiles have in
//! common is not written out.

use super::{
    bits::Bits,
    entropy::{self, Token},
};

/// The header of a profile.
const HEADER: usize = 128;
/// Contexts, by the two bytes before.
const CONTEXTS: usize = 41;
/// Tags that have numbers, from four on; the ones before stand for several.
const TAGS: [&[u8; 4]; 17] = [
    b"cprt", b"wtpt", b"bkpt", b"rXYZ", b"gXYZ", b"bXYZ", b"kXYZ", b"rTRC", b"gTRC", b"bTRC", b"kTRC", b"chad",
    b"desc", b"chrm", b"dmnd", b"dmdd", b"lumi",
];
/// Tags whose data have twenty bytes.
const SHORT: [&[u8; 4]; 7] = [b"rXYZ", b"gXYZ", b"bXYZ", b"kXYZ", b"wtpt", b"bkpt", b"lumi"];
/// Kinds of data that have numbers, from sixteen on.
const KINDS: [&[u8; 4]; 8] = [b"XYZ ", b"desc", b"text", b"mluc", b"para", b"curv", b"sf32", b"gbd "];
/// Commands: bytes as they are, three numbers after their kind.
const AS_IS: u8 = 1;
const XYZ: u8 = 10;
const FIRST_KIND: u8 = 16;

/// The profile as the decoder reads it.
pub(super) fn write(profile: &[u8], out: &mut Bits) {
    let coded = coded(profile);
    // 64 bits in the standard's way; the last of its four holds twelve bits and then eight at a time.
    let n = coded.len() as u32;
    out.put(2, 3);
    out.put(12, n & 0xfff);
    for shift in [12, 20].into_iter().take_while(|&it| n >> it != 0) {
        out.flag(true);
        out.put(8, n >> shift & 0xff);
    }
    out.flag(false);
    let tokens: Vec<Token> =
        coded.iter().enumerate().map(|(at, &it)| Token::literal(context(&coded[..at]), it.into())).collect();
    entropy::write(&tokens, CONTEXTS, out);
}

/// By what a byte is coded after these.
fn context(before: &[u8]) -> u16 {
    let [.., two, one] = *before else { return 0 };
    if before.len() <= HEADER {
        return 0;
    }
    let of_one = match one {
        b'a'..=b'z' | b'A'..=b'Z' => 0,
        b'0'..=b'9' | b'.' | b',' => 1,
        0..=1 => 2 + u16::from(one),
        2..=15 => 4,
        241..=254 => 5,
        255 => 6,
        _ => 7,
    };
    let of_two = match two {
        b'a'..=b'z' | b'A'..=b'Z' => 0,
        b'0'..=b'9' | b'.' | b',' => 1,
        0..=15 => 2,
        241..=255 => 3,
        _ => 4,
    };
    1 + of_one + 8 * of_two
}

/// Sizes, commands, and the data that these need.
fn coded(profile: &[u8]) -> Vec<u8> {
    let (header, rest) = profile.split_at(HEADER.min(profile.len()));
    let (mut commands, mut data) = (vec![], vec![]);
    for (at, byte) in header.iter().enumerate() {
        data.push(byte.wrapping_sub(usual(at, header, profile.len() as u32)));
    }
    if profile.len() != header.len() {
        let rest = tags(rest, &mut commands, &mut data);
        contents(rest, &mut commands, &mut data);
    }
    let mut out = vec![];
    varint(profile.len(), &mut out);
    varint(commands.len(), &mut out);
    out.extend(commands);
    out.extend(data);
    out
}

/// What stands there in the header of most profiles.
fn usual(at: usize, header: &[u8], size: u32) -> u8 {
    let of = |word: &[u8], from: usize| word.get(at - from).copied().unwrap_or(0);
    let makers: [&[u8; 4]; 4] = [b"APPL", b"MSFT", b"SGI ", b"SUNW"];
    match at {
        0..=3 => of(&size.to_be_bytes(), 0),
        8 => 4,
        12..=23 => of(b"mntrRGB XYZ ", 12),
        36..=39 => of(b"acsp", 36),
        41..=43 => {
            // Two letters tell those apart that begin with S.
            let known = header.get(40..at.min(42)).unwrap_or(&[]);
            let is_told = known != b"S";
            let maker = makers.into_iter().find(|it| it.starts_with(known));
            maker.filter(|_| is_told).map_or(0, |it| of(it, 40))
        }
        70 => 246,
        71 => 214,
        73 => 1,
        78 => 211,
        79 => 45,
        80..=83 => header.get(at - 76).copied().unwrap_or(0),
        _ => 0,
    }
}

/// The list of tags, if it is one; what is left after it.
fn tags<'a>(rest: &'a [u8], commands: &mut Vec<u8>, data: &mut Vec<u8>) -> &'a [u8] {
    let list = rest.split_first_chunk::<4>().and_then(|(n, rest)| {
        let n = u32::from_be_bytes(*n) as usize;
        let list = rest.get(..n.checked_mul(12)?)?;
        let (tags, _) = list.as_chunks::<12>();
        let end = |it: &[u8; 12]| u64::from(word(it, 4)) + u64::from(word(it, 8));
        // The decoder takes no others.
        tags.iter().all(|it| end(it) <= (HEADER + 4 + rest.len()) as u64).then_some((tags, &rest[list.len()..]))
    });
    let Some((tags, after)) = list else {
        commands.push(0);
        return rest;
    };
    varint(tags.len() + 1, commands);
    let (mut start, mut size) = ((HEADER + 12 * tags.len()) as u32, 0);
    for tag in tags {
        let (from, length) = (word(tag, 4), word(tag, 8));
        let known = TAGS.iter().position(|&it| tag.starts_with(it));
        let expected = if SHORT.iter().any(|&it| tag.starts_with(it)) { 20 } else { size };
        let (is_apart, is_sized) = (from != start + size, length != expected);
        let number = known.map_or(1, |at| at as u8 + 4);
        commands.push(number | u8::from(is_apart) << 6 | u8::from(is_sized) << 7);
        if known.is_none() {
            data.extend(&tag[..4]);
        }
        if is_apart {
            varint(from as usize, commands);
        }
        if is_sized {
            varint(length as usize, commands);
        }
        (start, size) = (from, length);
    }
    commands.push(0);
    after
}

/// What the tags lead to.
fn contents(rest: &[u8], commands: &mut Vec<u8>, data: &mut Vec<u8>) {
    let mut at = 0;
    let mut plain = 0;
    while at < rest.len() {
        let kind = rest[at..].get(..8).filter(|it| it[4..] == [0; 4]).and_then(|it| {
            let number = KINDS.iter().position(|&kind| it.starts_with(kind))?;
            let is_xyz = number == 0 && at + 20 <= rest.len();
            Some(if is_xyz { (XYZ, 20) } else { (FIRST_KIND + number as u8, 8) })
        });
        let Some((command, length)) = kind else {
            at += 1;
            continue;
        };
        as_is(&rest[plain..at], commands, data);
        commands.push(command);
        data.extend(&rest[at + 8..at + length]);
        at += length;
        plain = at;
    }
    as_is(&rest[plain..], commands, data);
}

fn as_is(bytes: &[u8], commands: &mut Vec<u8>, data: &mut Vec<u8>) {
    if !bytes.is_empty() {
        commands.push(AS_IS);
        varint(bytes.len(), commands);
        data.extend(bytes);
    }
}

/// Four bytes, the highest first.
fn word(tag: &[u8; 12], at: usize) -> u32 {
    tag[at..].first_chunk::<4>().map_or(0, |it| u32::from_be_bytes(*it))
}

/// Seven bits in each byte, the lowest first, until one has its highest bit unset.
fn varint(mut value: usize, out: &mut Vec<u8>) {
    while 0x7f < value {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::coded;

    #[test]
    fn what_most_profiles_have_is_not_written_out() {
        let mut profile = vec![0; 128];
        profile[..4].copy_from_slice(&[0, 0, 0, 128 + 4 + 12 + 20]);
        profile[12..24].copy_from_slice(b"mntrRGB XYZ ");
        profile[8] = 4;
        profile[36..44].copy_from_slice(b"acspAPPL");
        profile[68..80].copy_from_slice(b"\0\0\xf6\xd6\0\x01\0\0\0\0\xd3\x2d");
        // One tag, the white point, right behind the list, D50.
        profile.extend(b"\0\0\0\x01wtpt\0\0\0\x90\0\0\0\x14XYZ \0\0\0\0\0\0\xf6\xd6\0\x01\0\0\0\0\xd3\x2d");
        let coded = coded(&profile);
        // Sizes; one tag, the place of which is told, no more; three numbers.
        assert_eq!(coded[..9], [164, 1, 6, 2, 5 | 64, 0x90, 1, 0, 10]);
        let told: Vec<u8> = coded[9..9 + 128].iter().copied().filter(|&it| it != 0).collect();
        assert_eq!((told, &coded[9 + 128..]), (vec![b'A'], &profile[128 + 4 + 12 + 8..]));
    }
}
