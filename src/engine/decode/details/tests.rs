//! Files made by hand, byte by byte as their standards have it.

use super::{find, of_svg};
use crate::engine::{
    Details, Format,
    details::{Chroma, MOST_FRAMES, MOST_PARTS, MetadataKind},
};

fn parts(details: &Details) -> Vec<(&'static str, u64)> {
    details.metadata.iter().map(|it| (it.kind.id(), it.bytes)).collect()
}

fn png(chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, body) in chunks {
        bytes.extend((body.len() as u32).to_be_bytes());
        bytes.extend(*kind);
        bytes.extend(body);
        bytes.extend([0; 4]);
    }
    bytes
}

/// Little-endian Exif of 300 × 150 dpi, with a position of one entry whose value lies outside, and
/// a thumbnail of five bytes.
fn exif() -> Vec<u8> {
    let mut bytes = b"II\x2a\0\x08\0\0\0".to_vec();
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()].concat()
    };
    // At 8: four entries and the offset of the next directory, 54 bytes.
    bytes.extend(4_u16.to_le_bytes());
    bytes.extend(entry(282, 5, 1, 110));
    bytes.extend(entry(283, 5, 1, 118));
    bytes.extend(entry(296, 3, 1, 2));
    bytes.extend(entry(34853, 4, 1, 62));
    bytes.extend(80_u32.to_le_bytes());
    // At 62: the position, 18 bytes; at 80: the thumbnail's directory, 30 bytes.
    bytes.extend(1_u16.to_le_bytes());
    bytes.extend(entry(2, 5, 3, 126));
    bytes.extend(0_u32.to_le_bytes());
    bytes.extend(2_u16.to_le_bytes());
    bytes.extend(entry(513, 4, 1, 150));
    bytes.extend(entry(514, 4, 1, 5));
    bytes.extend(0_u32.to_le_bytes());
    // At 110 and 118 the density, at 126 three fractions, at 150 the thumbnail.
    for number in [300_u32, 1, 300, 2] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend([0; 24]);
    bytes.extend(b"thumb");
    bytes
}

#[test]
fn png_chunks() {
    let metre = |x: u32, y: u32| [&x.to_be_bytes()[..], &y.to_be_bytes(), &[1]].concat();
    let file = png(&[
        (b"IHDR", vec![0, 0, 0, 1, 0, 0, 0, 1, 8, 3, 0, 0, 0]),
        // 11,811 pixels a metre are 299.9994 an inch.
        (b"pHYs", metre(11_811, 5_906)),
        (b"iCCP", b"name\0\0packed".to_vec()),
        (b"tEXt", b"Title\0hello".to_vec()),
        (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x/>".to_vec()),
        (b"zTXt", b"Raw profile type iptc\0\0....".to_vec()),
        (b"eXIf", exif()),
        (b"prVt", vec![0; 7]),
        (b"IDAT", vec![0; 9]),
    ]);
    let details = find(Format::Png, &file);
    assert_eq!(details.density, Some([30_000, 15_001]), "the chunk's own, not that of Exif");
    assert_eq!(
        parts(&details),
        [
            ("icc", 6),
            ("text", 11),
            ("xmp", 4),
            ("iptc", 27),
            ("exif", exif().len() as u64),
            // By hand: an entry of 12 bytes and three fractions of 8.
            ("gps", 36),
            ("thumbnail", 5),
            ("other", 7)
        ]
    );
    assert_eq!((details.codec, details.loops, details.palette), (None, None, true));
}

#[test]
fn apng_delays() {
    let plays = |times: u32| [&9_u32.to_be_bytes()[..], &times.to_be_bytes()].concat();
    let control = |part: u16, of: u16| [&[0; 20][..], &part.to_be_bytes(), &of.to_be_bytes(), &[0; 2]].concat();
    let idat = || (b"IDAT", vec![]);
    let file = png(&[(b"acTL", plays(3)), (b"fcTL", control(1, 3)), idat(), (b"fcTL", control(5, 0))]);
    let details = find(Format::Png, &file);
    // A third of a second; five hundredths, because 0 stands for 100.
    assert_eq!((details.delays, details.loops), (vec![333, 50], Some(3)));
    let still = find(Format::Png, &png(&[(b"acTL", plays(0)), (b"fcTL", control(1, 3)), idat()]));
    assert_eq!((still.delays, still.loops), (vec![], None), "one frame");
    let late =
        find(Format::Png, &png(&[idat(), (b"acTL", plays(0)), (b"fcTL", control(1, 3)), (b"fcTL", control(1, 3))]));
    assert_eq!((late.delays, late.loops), (vec![], None), "no animation");
}

fn jpeg(segments: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8];
    for (marker, body) in segments {
        bytes.extend([0xff, *marker]);
        bytes.extend((body.len() as u16 + 2).to_be_bytes());
        bytes.extend(body);
    }
    bytes.extend([0xff, 0xda, 0, 2]);
    bytes
}

/// A frame header with these identifiers and sampling factors.
fn frame(components: &[(u8, u8)]) -> Vec<u8> {
    let mut body = vec![8, 0, 16, 0, 16, components.len() as u8];
    components.iter().for_each(|(id, sides)| body.extend([*id, *sides, 0]));
    body
}

#[test]
fn jpeg_coding() {
    let coding = |marker: u8, components: &[(u8, u8)], adobe: Option<u8>| {
        let adobe = adobe.map(|it| (0xee, [&b"Adobe\0d\0\0\0\0"[..], &[it]].concat()));
        let segments: Vec<_> = adobe.into_iter().chain([(marker, frame(components))]).collect();
        let details = find(Format::Jpeg, &jpeg(&segments));
        (details.codec.unwrap_or_default(), details.chroma.map(Chroma::label))
    };
    let three = |sides: u8| [(1, sides), (2, 0x11), (3, 0x11)];
    for (marker, process) in
        [(0xc0, "baseline"), (0xc1, "extended"), (0xc2, "progressive"), (0xc3, "lossless"), (0xc9, "arithmetic")]
    {
        assert_eq!(coding(marker, &three(0x22), None), (process.to_owned(), Some("4:2:0")));
    }
    for (sides, label) in [(0x11, "4:4:4"), (0x21, "4:2:2"), (0x12, "4:4:0"), (0x41, "4:1:1"), (0x42, "4:1:0")] {
        assert_eq!(coding(0xc0, &three(sides), None).1, Some(label));
    }
    assert_eq!(coding(0xc0, &[(1, 0x22)], None).1, Some("4:0:0"));
    assert_eq!(coding(0xc0, &[(1, 0x22), (2, 0x22), (3, 0x22)], None).1, Some("4:4:4"), "the same for all");
    assert_eq!(coding(0xc0, &[(1, 0x22), (2, 0x11), (3, 0x21)], None).1, None, "two kinds");
    assert_eq!(coding(0xc0, &three(0x22), Some(0)).1, None, "red, green and blue");
    assert_eq!(coding(0xc0, &[(b'R', 0x11), (b'G', 0x11), (b'B', 0x11)], None).1, None);
    let four = [(1, 0x22), (2, 0x11), (3, 0x11), (4, 0x22)];
    assert_eq!((coding(0xc0, &four, Some(2)).1, coding(0xc0, &four, Some(0)).1), (Some("4:2:0"), None));
    assert_eq!(coding(0xc0, &[(1, 0x22), (2, 0), (3, 0)], None).1, None, "nothing is divided by nothing");
}

/// A resource of Photoshop without a name.
fn resource(id: u16, data: &[u8]) -> Vec<u8> {
    let pad = if data.len().is_multiple_of(2) { &[][..] } else { &[0] };
    [b"8BIM", &id.to_be_bytes()[..], &[0, 0], &(data.len() as u32).to_be_bytes(), data, pad].concat()
}

#[test]
fn jpeg_segments() {
    let with = |head: &[u8], rest: &[u8]| [head, rest].concat();
    let resources = [resource(1028, b"iptc!"), resource(1061, &[0; 16]), resource(1036, b"small")].concat();
    let (first, second) = resources.split_at(7);
    let file = jpeg(&[
        (0xe0, with(b"JFIF\0\x01\x02\x02", &[0, 100, 0, 50, 1, 2, 0, 0, 0, 0, 0, 0])),
        (0xe1, with(b"Exif\0\0", &exif())),
        (0xe1, with(b"http://ns.adobe.com/xap/1.0/\0", b"<xmp/>")),
        (0xe1, with(b"http://ns.adobe.com/xmp/extension/\0", &[b'x'; 44])),
        (0xe2, with(b"ICC_PROFILE\0\x01\x02", b"icc")),
        (0xe2, with(b"ICC_PROFILE\0\x02\x02", b"more")),
        // A resource may go on in the next segment.
        (0xed, with(b"Photoshop 3.0\0", first)),
        (0xed, with(b"Photoshop 3.0\0", second)),
        (0xfe, b"a comment".to_vec()),
        (0xc0, frame(&[(1, 0x11)])),
    ]);
    let details = find(Format::Jpeg, &file);
    // 100 and 50 a centimetre; Exif says 300 × 150.
    assert_eq!(details.density, Some([25_400, 12_700]));
    assert_eq!(
        parts(&details),
        [
            ("thumbnail", 6),
            ("xmp", 10),
            ("icc", 7),
            ("comment", 9),
            ("exif", exif().len() as u64),
            ("gps", 36),
            ("thumbnail", 5),
            ("iptc", 5),
            ("thumbnail", 5),
            ("photoshop", 16)
        ]
    );
    let alone = find(Format::Jpeg, &jpeg(&[(0xe1, with(b"Exif\0\0", &exif()))]));
    assert_eq!(alone.density, Some([30_000, 15_000]));
}

#[test]
fn gif_blocks() {
    let control = |hundredths: u8| [&b"\x21\xf9\x04\0"[..], &[hundredths, 0, 0, 0]].concat();
    let frame = || b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x4c\x01\0".to_vec();
    let head = b"GIF89a\x01\0\x01\0\0\0\0".to_vec();
    let loops = |times: u8| [&b"\x21\xff\x0bNETSCAPE2.0\x03\x01"[..], &[times, 0, 0]].concat();
    let comment = b"\x21\xfe\x05hello\x03you\0".to_vec();
    let mut trailer = vec![1_u8];
    trailer.extend((0..=255).rev());
    trailer.push(0);
    let xmp = [&b"\x21\xff\x0bXMP DataXMP<x:xmpmeta/>"[..], &trailer].concat();
    let file = [head.clone(), loops(2), comment, xmp, control(7), frame(), frame(), control(200), frame()].concat();
    let details = find(Format::Gif, &file);
    assert_eq!((&details.delays[..], details.loops), (&[70, 0, 2_000][..], Some(3)));
    assert_eq!(parts(&details), [("comment", 8), ("xmp", 12)]);
    let for_ever = find(Format::Gif, &[head.clone(), loops(0), frame(), frame()].concat());
    assert_eq!((for_ever.delays, for_ever.loops), (vec![0, 0], Some(0)));
    let once = find(Format::Gif, &[head.clone(), frame(), frame()].concat());
    assert_eq!(once.loops, Some(1));
    let still = find(Format::Gif, &[head, loops(0), frame()].concat());
    assert_eq!((still.delays, still.loops), (vec![], None));
}

#[test]
fn webp_chunks() {
    let riff = |chunks: &[(&[u8; 4], Vec<u8>)]| {
        let mut bytes = b"RIFF\0\0\0\0WEBP".to_vec();
        for (kind, body) in chunks {
            bytes.extend(*kind);
            bytes.extend((body.len() as u32).to_le_bytes());
            bytes.extend(body);
            bytes.extend(vec![0; body.len() % 2]);
        }
        bytes
    };
    let lossy = find(Format::WebP, &riff(&[(b"VP8 ", vec![1]), (b"EXIF", exif()), (b"XMP ", b"xmp".to_vec())]));
    assert_eq!((lossy.codec.as_deref(), lossy.chroma), (Some("VP8"), Some(Chroma::Yuv420)));
    assert_eq!(parts(&lossy), [("exif", exif().len() as u64), ("gps", 36), ("thumbnail", 5), ("xmp", 3)]);
    assert_eq!(lossy.density, Some([30_000, 15_000]));
    let frame = |millis: u32| [&[0; 12][..], &millis.to_le_bytes()[..3], &[0], b"VP8L\x02\0\0\0ab"].concat();
    let file = riff(&[
        (b"ICCP", vec![0; 5]),
        (b"ANIM", vec![0, 0, 0, 0, 4, 0]),
        (b"ANMF", frame(40)),
        (b"ANMF", frame(70_000)),
    ]);
    let moving = find(Format::WebP, &file);
    assert_eq!((moving.codec.as_deref(), moving.chroma), (Some("VP8L"), None));
    assert_eq!((&moving.delays[..], moving.loops), (&[40, 70_000][..], Some(4)));
    assert_eq!(parts(&moving), [("icc", 5)]);
}

#[test]
fn heif_boxes() {
    let boxed = |kind: &[u8; 4], body: &[u8]| [&(body.len() as u32 + 8).to_be_bytes()[..], kind, body].concat();
    let full = |kind: &[u8; 4], version: u8, body: &[u8]| boxed(kind, &[&[version, 0, 0, 0], body].concat());
    let info =
        |id: u8, kind: &[u8; 4], mime: &[u8]| full(b"infe", 2, &[&[0, id, 0, 0], &kind[..], b"\0", mime].concat());
    let infos = [info(1, b"av01", b""), info(2, b"Exif", b""), info(3, b"mime", b"application/rdf+xml\0")].concat();
    let exif = [&[0, 0, 0, 0][..], &exif()].concat();
    let inner = [&exif[..], b"<xmp/>"].concat();
    // Offsets and lengths of four bytes, in the box of data.
    let place = |id: u8, at: usize, length: usize| {
        [&[0, id, 0, 1, 0, 0, 0, 1][..], &(at as u32).to_be_bytes(), &(length as u32).to_be_bytes()].concat()
    };
    let places = [&[0x44, 0, 0, 2][..], &place(2, 0, exif.len()), &place(3, exif.len(), 6)].concat();
    let config = |flags: u8| boxed(b"av1C", &[0x81, 0, flags, 0]);
    // Of three properties the second and the third are the primary item's.
    let properties = [config(0x1c), config(0x0c), boxed(b"colr", b"profABCD")].concat();
    let links = full(b"ipma", 0, &[0, 0, 0, 1, 0, 1, 2, 0x82, 3]);
    let meta = [
        full(b"pitm", 0, &[0, 1]),
        full(b"iinf", 0, &[&[0, 3], &infos[..]].concat()),
        full(b"iloc", 1, &places),
        boxed(b"iprp", &[boxed(b"ipco", &properties), links].concat()),
        boxed(b"idat", &inner),
    ]
    .concat();
    let file = [boxed(b"ftyp", b"avif\0\0\0\0mif1"), full(b"meta", 0, &meta)].concat();
    let details = find(Format::Avif, &file);
    assert_eq!((details.codec.as_deref(), details.chroma), (Some("AV1"), Some(Chroma::Yuv420)));
    assert_eq!(parts(&details), [("icc", 4), ("exif", 155), ("gps", 36), ("thumbnail", 5), ("xmp", 6)]);

    // Profile 2 of AV1 has nothing but 4:2:2 below twelve bits, whatever the other flags say.
    let odd = boxed(b"iprp", &boxed(b"ipco", &boxed(b"av1C", &[0x81, 0x40, 0, 0])));
    assert_eq!(find(Format::Avif, &full(b"meta", 0, &odd)).chroma, Some(Chroma::Yuv422));

    // Items that claim pieces without size cost nothing.
    let endless = [&[0, 0, 0xff, 0xff][..], &[0, 2, 0, 0, 0, 0, 0xff, 0xff].repeat(9_000)].concat();
    let bomb = [full(b"iinf", 0, &[&[0, 3], &infos[..]].concat()), full(b"iloc", 1, &endless)].concat();
    assert_eq!(parts(&find(Format::Heic, &full(b"meta", 0, &bomb))), []);
}

#[test]
fn jxl_boxes() {
    let boxed = |kind: &[u8; 4], body: &[u8]| [&(body.len() as u32 + 8).to_be_bytes()[..], kind, body].concat();
    let exif = [&[0, 0, 0, 0][..], &exif()].concat();
    let file = [
        boxed(b"JXL ", b"\r\n\x87\n"),
        boxed(b"Exif", &exif),
        boxed(b"brob", b"xml compressed"),
        boxed(b"jumb", b"trust"),
        // To the end of the file.
        b"\0\0\0\0jxlc\xff\x0a".to_vec(),
    ]
    .concat();
    let details = find(Format::JpegXl, &file);
    assert_eq!(parts(&details), [("exif", 155), ("gps", 36), ("thumbnail", 5), ("xmp", 10), ("other", 5)]);
    assert_eq!(find(Format::JpegXl, b"\xff\x0a12345678"), Details::default());
}

#[test]
fn psd_resources() {
    // 72.5 pixels an inch as 16.16 numbers, both ways.
    let density = [0, 72, 0x80, 0, 0, 1, 0, 1, 0, 72, 0x80, 0, 0, 1, 0, 1];
    let resources = [resource(1005, &density), resource(1039, b"icc"), resource(1060, b"<x/>")].concat();
    let psd = |version: u8| {
        let layers = if version == 2 { vec![0; 8] } else { vec![0; 4] };
        let head = [b"8BPS\0", &[version][..], &[0; 24]].concat();
        [head, (resources.len() as u32).to_be_bytes().to_vec(), resources.clone(), layers, vec![0, 1]].concat()
    };
    for version in [1, 2] {
        let details = find(Format::Psd, &psd(version));
        assert_eq!((details.density, details.codec.as_deref()), (Some([7_250; 2]), Some("PackBits")));
        assert_eq!(parts(&details), [("icc", 3), ("xmp", 4)]);
    }
}

#[test]
fn svg_text() {
    let xmp = "<x:xmpmeta xmlns:x='adobe:ns:meta/'/>";
    let text = format!(
        "<!--one--><svg><style><![CDATA[<!--not-->]]></style><s:metadata id='a'>{xmp}</s:metadata><metadata/>\
         <metadata>abc</metadata><!--three--></svg>"
    );
    assert_eq!(parts(&of_svg(&text)), [("comment", 8), ("xmp", xmp.len() as u64), ("other", 3)]);
    assert_eq!(of_svg("<metadata>"), Details::default());
    assert_eq!(of_svg(&"<".repeat(200_000)), Details::default());
}

#[test]
fn exr_attributes() {
    let attribute = |name: &str, kind: &str, value: &[u8]| {
        [name.as_bytes(), b"\0", kind.as_bytes(), b"\0", &(value.len() as u32).to_le_bytes(), value].concat()
    };
    let file = [
        b"\x76\x2f\x31\x01\x02\0\0\0".to_vec(),
        attribute("compression", "compression", &[4]),
        attribute("xDensity", "float", &100_f32.to_le_bytes()),
        attribute("pixelAspectRatio", "float", &2_f32.to_le_bytes()),
        attribute("comments", "string", b"hello"),
        attribute("owner", "string", b"me"),
        vec![0],
    ]
    .concat();
    let details = find(Format::OpenExr, &file);
    assert_eq!((details.codec.as_deref(), details.density), (Some("PIZ"), Some([10_000, 20_000])));
    assert_eq!(parts(&details), [("comment", 5), ("text", 2)]);
}

#[test]
fn short_headers() {
    let bmp = |size: u8, scheme: u8| {
        let mut bytes = vec![0; 54];
        bytes[14] = size;
        bytes[30] = scheme;
        // 2,835 pixels a metre are 72.009 an inch.
        bytes[38..42].copy_from_slice(&2_835_u32.to_le_bytes());
        bytes[42..46].copy_from_slice(&2_835_u32.to_le_bytes());
        let details = find(Format::Bmp, &bytes);
        (details.codec.unwrap_or_default(), details.density)
    };
    let dense = Some([7_201; 2]);
    assert_eq!(bmp(40, 0), ("uncompressed".to_owned(), dense));
    assert_eq!(bmp(40, 1), ("RLE8".to_owned(), dense));
    assert_eq!(bmp(64, 4), ("RLE24".to_owned(), dense));
    assert_eq!(bmp(12, 7), ("uncompressed".to_owned(), None), "there is nothing but sides");

    let codec = |format, bytes: &[u8]| find(format, bytes).codec;
    assert_eq!(codec(Format::Tga, &[0, 0, 10]).as_deref(), Some("RLE"));
    assert_eq!(codec(Format::Tga, &[0, 0, 2]).as_deref(), Some("uncompressed"));
    let dds = |flags: u8, code: &[u8; 4]| {
        let mut bytes = vec![0; 148];
        bytes[80] = flags;
        bytes[84..88].copy_from_slice(code);
        bytes[128] = 98;
        codec(Format::Dds, &bytes).unwrap_or_default()
    };
    assert_eq!([dds(4, b"DXT5"), dds(4, b"DX10"), dds(0x41, &[0; 4])], ["DXT5", "BC7", "uncompressed"]);
}

#[test]
fn lists_end_somewhere() {
    let comments = b"\x21\xfe\x01a\0".repeat(MOST_PARTS + 7);
    let frames = b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\0".repeat(MOST_FRAMES + 7);
    let details = find(Format::Gif, &[&b"GIF89a\x01\0\x01\0\0\0\0"[..], &comments, &frames].concat());
    assert_eq!((details.metadata.len(), details.delays.len()), (MOST_PARTS, MOST_FRAMES));
    assert!(details.metadata.iter().all(|it| it.kind == MetadataKind::Comment));
}

#[test]
fn files_cut_anywhere_say_what_is_left() {
    for format in Format::ALL {
        for head in [&exif()[..], b"MM\0\x2b\0\x08\0\0\xff\xff\xff\xff\xff\xff\xff\xff", &[0xff; 200], &[0; 200]] {
            for length in 0..=head.len() {
                let details = find(*format, &head[..length]);
                assert!(details.metadata.len() < 10, "{format:?} {details:?}");
            }
        }
    }
}

/// A file may name one block of Exif a thousand times; it is looked into once.
#[test]
fn the_first_block_of_exif_counts() {
    let block = exif();
    let one = [&(block.len() as u32 + 12).to_be_bytes()[..], b"Exif\0\0\0\0", &block].concat();
    let details = find(Format::JpegXl, &one.repeat(3));
    assert_eq!(parts(&details), [("exif", 155), ("gps", 36), ("thumbnail", 5), ("exif", 155), ("exif", 155)]);
}
