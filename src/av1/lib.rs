//! Planes to an AV1 still picture, by rav1e.
//!
//! A package of its own since rav1e is generic: whoever calls it compiles it, a minute of processor time,
//! and that shall not be with every change of the program.

use rav1e::{
    color::{ChromaSampling, ColorDescription, ColorPrimaries, MatrixCoefficients, TransferCharacteristics},
    prelude::{
        BlockSize, Config, Context, EncoderConfig, EncoderStatus, Frame, PartitionRange, PixelRange,
        PredictionModesSetting, SceneDetectionSpeed, SpeedSettings,
    },
};

/// So many pixels are worth a tile of their own, which is a piece that a core can work on. Such
/// tiles cost a photo nothing and a screenshot 1.5 %.
const PIXELS_A_TILE: usize = 256 * 256;
/// More would serve no machine that people have.
const MOST_TILES: usize = 32;

/// The planes of one frame. Samples have full range: 0 to the largest of their depth.
#[derive(Debug)]
pub struct Planes {
    /// Width and height in pixels.
    pub size: [usize; 2],
    /// Bits a sample: 8 or 10.
    pub depth: u8,
    /// How the colour planes lie to the first.
    pub chroma: Chroma,
    /// One plane or three, row by row without padding.
    pub planes: Vec<Vec<u16>>,
}

/// The resolution of the colour planes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chroma {
    /// There are none (4:0:0).
    None,
    /// One sample for four pixels (4:2:0), the mean of theirs.
    Half,
    /// A sample for each pixel (4:4:4).
    Full,
}

impl Chroma {
    /// Pixels a sample, across as well as down.
    pub fn step(self) -> usize {
        if self == Self::Half { 2 } else { 1 }
    }
}

/// The numbers by which ITU-T H.273 names colours: primaries, transfer, matrix.
pub type Cicp = [u16; 3];

/// An error of the encoder.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// How a picture is coded.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// 1 to 100, hardly any loss.
    pub quality: u8,
    /// 1 to 10, the quickest.
    pub speed: u8,
    /// Is it no photo? Most of what was drawn has neighbours of the same colour.
    pub is_drawn: bool,
    /// What the colours mean; nothing is said of transparency.
    pub cicp: Option<Cicp>,
}

/// Codes one picture: the open bitstream units. It cannot be stopped half way.
///
/// # Errors
/// What the encoder says.
pub fn encode(planes: &Planes, wish: Wish) -> Result<Vec<u8>, Cause> {
    let config = Config::new().with_encoder_config(encoder_config(planes, wish));
    // Samples of 16 bits hold those of 8 as well. With a second type the whole encoder would be
    // compiled twice.
    coded(config.new_context()?, planes)
}

fn coded(mut context: Context<u16>, planes: &Planes) -> Result<Vec<u8>, Cause> {
    let mut frame = context.new_frame();
    fill(&mut frame, planes);
    context.send_frame(frame)?;
    context.flush();
    let mut data = vec![];
    loop {
        match context.receive_packet() {
            Ok(packet) => data.extend(packet.data),
            // Taken in, not yet given out.
            Err(EncoderStatus::Encoded) => {}
            Err(EncoderStatus::LimitReached) => return Ok(data),
            Err(status) => return Err(status.into()),
        }
    }
}

fn fill(frame: &mut Frame<u16>, planes: &Planes) {
    for (index, (target, source)) in frame.planes.iter_mut().zip(&planes.planes).enumerate() {
        let width = if 0 < index { planes.size[0].div_ceil(planes.chroma.step()) } else { planes.size[0] };
        for (target, source) in target.mut_slice(Default::default()).rows_iter_mut().zip(source.chunks(width)) {
            for (target, source) in target.iter_mut().zip(source) {
                *target = *source;
            }
        }
    }
}

fn encoder_config(planes: &Planes, Wish { quality, speed, is_drawn, cicp }: Wish) -> EncoderConfig {
    let [width, height] = planes.size;
    let quantizer = quantizer(quality);
    EncoderConfig {
        width,
        height,
        bit_depth: planes.depth.into(),
        chroma_sampling: match planes.chroma {
            Chroma::None => ChromaSampling::Cs400,
            Chroma::Half => ChromaSampling::Cs420,
            Chroma::Full => ChromaSampling::Cs444,
        },
        pixel_range: PixelRange::Full,
        color_description: cicp.and_then(description),
        still_picture: true,
        quantizer: quantizer.into(),
        min_quantizer: quantizer,
        // A matter of the picture alone: with the cores of the machine, its bytes would depend on them.
        tiles: (width * height / PIXELS_A_TILE).clamp(1, MOST_TILES),
        speed_settings: settings(speed, is_drawn),
        ..EncoderConfig::default()
    }
}

/// Of the numbers that we use.
fn description([primaries, transfer, matrix]: Cicp) -> Option<ColorDescription> {
    Some(ColorDescription {
        color_primaries: match primaries {
            1 => ColorPrimaries::BT709,
            2 => ColorPrimaries::Unspecified,
            _ => return None,
        },
        transfer_characteristics: match transfer {
            13 => TransferCharacteristics::SRGB,
            2 => TransferCharacteristics::Unspecified,
            _ => return None,
        },
        matrix_coefficients: match matrix {
            6 => MatrixCoefficients::BT601,
            _ => return None,
        },
    })
}

/// The step between coded values, 0 to 255: about as much is seen to be lost as in a JPEG of that
/// quality (the curve is that of ravif).
fn quantizer(quality: u8) -> u8 {
    let share = f32::from(quality.clamp(1, 100)) / 100.0;
    let step = match share {
        it if 0.82 <= it => (1.0 - it) * 2.6,
        it if 0.25 < it => 0.875 - 0.5 * it,
        it => 1.0 - it,
    };
    // 0 to 252.45.
    (step * 255.0).round() as u8
}

/// rav1e's settings of that speed, without what only moving pictures need, and changed where
/// that was measured to pay in SSIMULACRA2 for bytes (a photo and a screenshot of 0.25 megapixels
/// at a score of 84):
///
/// * all transforms instead of a reduced set: −1 % for a photo, −15 % for a screenshot;
/// * trying out transforms: −1 % and −40 %, three times as slow, and so from speed 7 down only
///   for what was drawn;
/// * blocks of 8 to 32 pixels instead of 8 to 64: at most 2 % lost, a quarter of the time saved, while
///   16 pixels would lose 3 to 12 % (two pictures of a megapixel, four qualities); of 4 pixels for what
///   was drawn: −10 %;
/// * blocks joined from the smallest up: −4 % for a screenshot and for smooth shades, in no more time;
/// * the filter that restores edges (CDEF): −2 %, and the other loop filter nothing;
/// * complex predictions: nothing for a third of the time, and so only at speed 1.
fn settings(speed: u8, is_drawn: bool) -> SpeedSettings {
    let mut settings = SpeedSettings::from_preset(speed.clamp(1, 10));
    settings.multiref = false;
    settings.rdo_lookahead_frames = 1;
    settings.scene_detection_mode = SceneDetectionSpeed::None;
    settings.motion.include_near_mvs = false;
    settings.motion.use_satd_subpel = false;
    settings.transform.reduced_tx_set = false;
    settings.transform.rdo_tx_decision = speed <= 4 || is_drawn && speed <= 7;
    settings.cdef = speed <= 6;
    settings.lrf = speed <= 2;
    settings.prediction.prediction_modes =
        if speed <= 1 { PredictionModesSetting::ComplexAll } else { PredictionModesSetting::Simple };
    settings.partition.encode_bottomup = speed <= 6;
    let smallest = match speed {
        ..=3 => BlockSize::BLOCK_4X4,
        4..=6 if is_drawn => BlockSize::BLOCK_4X4,
        4..=9 => BlockSize::BLOCK_8X8,
        _ => BlockSize::BLOCK_16X16,
    };
    let largest = match speed {
        ..=3 => BlockSize::BLOCK_64X64,
        4..=9 => BlockSize::BLOCK_32X32,
        _ => BlockSize::BLOCK_16X16,
    };
    settings.partition.partition_range = PartitionRange::new(smallest, largest);
    settings
}
