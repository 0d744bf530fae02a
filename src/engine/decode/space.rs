//! What stored values mean: by an embedded profile, by code points of a standard, or by a gamma
//! and primaries that were measured.

use moxcms::{
    Chromaticity, CicpColorPrimaries, CicpProfile, ColorPrimaries, ColorProfile, LocalizableString, MatrixCoefficients,
    ProfileText, ToneReprCurve, TransferCharacteristics,
};
use std::sync::Arc;

/// The colour space of stored values, as the file states it.
#[derive(Clone, Debug, Default)]
pub(super) enum Space {
    /// Nothing is said: sRGB.
    #[default]
    Unstated,
    /// An embedded ICC profile.
    Icc(Vec<u8>),
    /// Code points.
    Cicp(Cicp),
    /// A gamma, and perhaps primaries.
    Measured(Measured),
}

/// Code points of ITU-T H.273: colour primaries (table 2) and transfer characteristics (table 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cicp {
    pub(super) primaries: u16,
    pub(super) transfer: u16,
    /// The brightest light of the picture, in cd/m² (CTA-861.3: MaxCLL); `None` where it is not said.
    pub(super) brightest: Option<u32>,
}

/// What the chunks gAMA and cHRM of a PNG say (PNG third edition §11.3.2.1 and §11.3.2.2).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Measured {
    /// Light is the stored value to the power of this.
    pub(super) exponent: f64,
    /// x and y of white, red, green and blue; `None`: those of sRGB.
    pub(super) primaries: Option<[[f64; 2]; 4]>,
}

/// A space that can be calculated with.
pub(super) struct Described {
    pub(super) profile: ColorProfile,
    /// The profile as it is embedded when the values are kept.
    pub(super) icc: Arc<[u8]>,
    pub(super) light: Light,
    /// The brightest light, in cd/m², where that is said.
    pub(super) brightest: Option<u32>,
}

/// Where white lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Light {
    /// At the highest stored value.
    Relative,
    /// Far below: SMPTE ST 2084.
    Pq,
    /// Below: ARIB STD-B67.
    Hlg,
}

const UNSPECIFIED: u16 = 2;
const BT709: u16 = 1;
const SRGB: u16 = 13;
/// BT.709, BT.601 and both of BT.2020: one curve.
const VIDEO: [u16; 4] = [1, 6, 14, 15];
const PQ: u16 = 16;
const HLG: u16 = 18;

impl Space {
    /// Of a profile that may be missing.
    pub(super) fn of_icc(icc: Option<Vec<u8>>) -> Self {
        icc.filter(|it| !it.is_empty()).map_or(Self::Unstated, Self::Icc)
    }

    /// What to calculate with; `None` where nothing is to be done.
    ///
    /// # Errors
    /// Says why it cannot be calculated with.
    pub(super) fn describe(&self) -> Result<Option<Described>, String> {
        match self {
            Self::Unstated => Ok(None),
            Self::Icc(icc) => {
                let profile =
                    ColorProfile::new_from_slice(icc).map_err(|cause| format!("it cannot be read ({cause:?})"))?;
                let light = match profile.cicp.map(|it| it.transfer_characteristics) {
                    Some(TransferCharacteristics::Smpte2084) => Light::Pq,
                    Some(TransferCharacteristics::Hlg) => Light::Hlg,
                    _ => Light::Relative,
                };
                Ok(Some(Described { profile, icc: icc.as_slice().into(), light, brightest: None }))
            }
            Self::Cicp(cicp) => cicp.describe(),
            Self::Measured(measured) => measured.describe(),
        }
    }
}

impl Cicp {
    /// Unspecified parts are those of sRGB.
    fn specified(self) -> Self {
        let or = |value, other| if value == UNSPECIFIED || value == 0 { other } else { value };
        Self { primaries: or(self.primaries, BT709), transfer: or(self.transfer, SRGB), ..self }
    }

    fn describe(self) -> Result<Option<Described>, String> {
        let cicp = self.specified();
        if (cicp.primaries, cicp.transfer) == (BT709, SRGB) {
            return Ok(None);
        }
        let unknown = || format!("its code points {} and {} are not known", cicp.primaries, cicp.transfer);
        let code = |value: u16| u8::try_from(value).map_err(|_too_large| unknown());
        let color_primaries = CicpColorPrimaries::try_from(code(cicp.primaries)?).map_err(|_unknown| unknown())?;
        let transfer_characteristics =
            TransferCharacteristics::try_from(code(cicp.transfer)?).map_err(|_unknown| unknown())?;
        let mut profile = ColorProfile::new_from_cicp(CicpProfile {
            color_primaries,
            transfer_characteristics,
            matrix_coefficients: MatrixCoefficients::Identity,
            full_range: true,
        });
        let light = match cicp.transfer {
            PQ => Light::Pq,
            HLG => Light::Hlg,
            _ => Light::Relative,
        };
        if profile.red_trc.is_none() {
            return Err(unknown());
        }
        if VIDEO.contains(&cicp.transfer) {
            // The standard states what a camera does; a screen answers with this (ITU-R BT.1886).
            profile.cicp = None;
            set_curves(&mut profile, 2.4);
        }
        profile.description = Some(named(&cicp.name()));
        let icc = written(&profile)?;
        Ok(Some(Described { profile, icc, light, brightest: cicp.brightest }))
    }

    /// As people call it.
    fn name(self) -> String {
        let primaries = match self.primaries {
            1 => "BT.709",
            5..=7 => "BT.601",
            9 => "BT.2020",
            11 => "DCI-P3",
            12 if self.transfer == SRGB => return "Display P3".to_owned(),
            12 => "P3",
            22 => "EBU 3213",
            _ => "other primaries",
        };
        let transfer = match self.transfer {
            it if VIDEO.contains(&it) => return primaries.to_owned(),
            4 => "gamma 2.2",
            5 => "gamma 2.8",
            8 => "linear",
            13 => "sRGB curve",
            16 => "PQ",
            18 => "HLG",
            _ => "other curve",
        };
        format!("{primaries} {transfer}")
    }
}

impl Measured {
    /// Software that knows nothing but sRGB writes this gamma, and nothing else, for want of a
    /// better one; browsers take it for sRGB.
    fn stands_for_srgb(self) -> bool {
        (self.exponent - 2.2).abs() < 5e-3 && self.primaries.is_none()
    }

    fn describe(self) -> Result<Option<Described>, String> {
        if self.stands_for_srgb() {
            return Ok(None);
        }
        let mut profile = ColorProfile::new_srgb();
        profile.cicp = None;
        if let Some([white, red, green, blue]) = self.primaries {
            let [red, green, blue] = [red, green, blue].map(|[x, y]| Chromaticity::new(x as f32, y as f32));
            let white = Chromaticity::new(white[0] as f32, white[1] as f32);
            let is_sane = [white, red, green, blue].iter().all(|it| 0.0 <= it.x && 0.0 < it.y && it.x + it.y <= 1.001);
            if !is_sane {
                return Err("its primaries are no colours".to_owned());
            }
            profile.update_rgb_colorimetry(white.to_xyyb(), ColorPrimaries { red, green, blue });
        }
        set_curves(&mut profile, self.exponent as f32);
        let primaries = if self.primaries.is_some() { " with primaries of its own" } else { "" };
        profile.description = Some(named(&format!("gamma {:.2}{primaries}", self.exponent)));
        let icc = written(&profile)?;
        Ok(Some(Described { profile, icc, light: Light::Relative, brightest: None }))
    }
}

fn set_curves(profile: &mut ColorProfile, exponent: f32) {
    let curve = ToneReprCurve::Parametric(vec![exponent]);
    profile.red_trc = Some(curve.clone());
    profile.green_trc = Some(curve.clone());
    profile.blue_trc = Some(curve);
}

/// The first of January 2000, as the header of a profile has it (ICC.1 §4.2).
const SOME_DATE: [u8; 12] = [0x07, 0xd0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0];

/// The profile as it is embedded, without the time at which that was: one picture makes one file.
fn written(profile: &ColorProfile) -> Result<Arc<[u8]>, String> {
    let mut icc = profile.encode().map_err(|cause| format!("it cannot be written ({cause:?})"))?;
    if let Some(date) = icc.get_mut(24..36) {
        date.copy_from_slice(&SOME_DATE);
    }
    Ok(icc.into())
}

/// A description in English.
pub(super) fn named(name: &str) -> ProfileText {
    ProfileText::Localizable(vec![LocalizableString::new("en".to_owned(), "US".to_owned(), name.to_owned())])
}
