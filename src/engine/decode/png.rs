//! What a PNG says about its colours, besides an embedded profile.

use super::{
    frames::Chunks,
    space::{Cicp, Measured, Space},
};

/// The colour space by the order of precedence of PNG third edition §4.3: cICP, iCCP, sRGB, and
/// last gAMA with cHRM. `icc` is the profile that the decoder has found.
pub(super) fn space(bytes: &[u8], icc: Option<Vec<u8>>) -> Space {
    let mut stated = Stated::default();
    for (kind, body) in Chunks::of_png(bytes) {
        match &kind {
            b"cICP" => stated.cicp = stated.cicp.or(cicp(body)),
            b"cLLI" => stated.brightest = stated.brightest.or(brightest(body)),
            b"sRGB" => stated.is_srgb = true,
            b"gAMA" => stated.exponent = stated.exponent.or(exponent(body)),
            b"cHRM" => stated.primaries = stated.primaries.or(primaries(body)),
            // They stand before the pixels or mean nothing.
            b"IDAT" => break,
            _ => {}
        }
    }
    match (stated.cicp, Space::of_icc(icc), stated) {
        (Some(cicp), _, stated) => Space::Cicp(Cicp { brightest: stated.brightest, ..cicp }),
        (None, Space::Icc(icc), _) => Space::Icc(icc),
        (None, _, Stated { is_srgb: false, exponent: Some(exponent), primaries, .. }) => {
            Space::Measured(Measured { exponent, primaries })
        }
        _ => Space::Unstated,
    }
}

#[derive(Default)]
struct Stated {
    cicp: Option<Cicp>,
    /// In cd/m².
    brightest: Option<u32>,
    is_srgb: bool,
    exponent: Option<f64>,
    primaries: Option<[[f64; 2]; 4]>,
}

/// RGB is never stored as anything else in a PNG, and always in full range.
fn cicp(body: &[u8]) -> Option<Cicp> {
    match *body {
        [primaries, transfer, 0, 1] => {
            Some(Cicp { primaries: primaries.into(), transfer: transfer.into(), brightest: None })
        }
        _ => None,
    }
}

/// The brightest light, in tenths of thousandths of cd/m² (PNG third edition §11.3.2.8); 0: unknown.
fn brightest(body: &[u8]) -> Option<u32> {
    let brightest = u32::from_be_bytes(*body.first_chunk()?) / 10_000;
    (brightest != 0).then_some(brightest)
}

/// Both chunks hold numbers times 100,000.
const SCALE: f64 = 100_000.0;

fn exponent(body: &[u8]) -> Option<f64> {
    let gamma = u32::from_be_bytes(*body.first_chunk()?);
    (gamma != 0).then(|| SCALE / f64::from(gamma))
}

fn primaries(body: &[u8]) -> Option<[[f64; 2]; 4]> {
    let numbers = body.as_chunks::<4>().0.iter().map(|it| f64::from(u32::from_be_bytes(*it)) / SCALE);
    let numbers: Vec<f64> = numbers.collect();
    match *numbers {
        [wx, wy, rx, ry, gx, gy, bx, by] => Some([[wx, wy], [rx, ry], [gx, gy], [bx, by]]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Space, space};

    fn png(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
        for (kind, body) in chunks {
            bytes.extend((body.len() as u32).to_be_bytes());
            bytes.extend(*kind);
            bytes.extend(*body);
            bytes.extend([0; 4]);
        }
        bytes
    }

    #[test]
    fn the_strongest_statement_holds() {
        let cicp = (b"cICP", &[12, 13, 0, 1][..]);
        let gamma = (b"gAMA", &100_000_u32.to_be_bytes()[..]);
        let srgb = (b"sRGB", &[0][..]);
        let icc = Some(vec![1]);
        let file = png(&[gamma, srgb, cicp]);
        assert!(matches!(space(&file, icc.clone()), Space::Cicp(it) if it.primaries == 12 && it.transfer == 13));
        assert!(matches!(space(&png(&[gamma, srgb]), icc), Space::Icc(_)));
        assert!(matches!(space(&png(&[gamma, srgb]), None), Space::Unstated));
        assert!(matches!(space(&png(&[gamma]), None), Space::Measured(it) if it.exponent == 1.0));
        assert!(matches!(space(&png(&[(b"IDAT", &[]), gamma]), None), Space::Unstated), "too late");
        assert!(matches!(space(&png(&[(b"gAMA", &[0; 4])]), None), Space::Unstated), "nothing is light to the power ∞");
        assert!(matches!(space(&png(&[(b"cICP", &[12, 13, 9, 1])]), None), Space::Unstated), "not RGB");
    }
}
