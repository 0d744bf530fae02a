//! The headers that libaom's own build makes.

use std::{env, fmt::Write as _, fs, io, path::Path};

/// What libaom has for each function, as its own scripts say.
const TABLE: &str = include_str!("rtcd.txt");

/// What a processor must have for some files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// Nothing in particular.
    Plain,
    /// An extension of x86-64, by the name that libaom's functions end with.
    X86(&'static str),
    /// What every arm64 has.
    Neon,
}

/// Ends of functions' and files' names, the least first. Every x86-64 has the first.
const X86: [&str; 7] = ["sse2", "sse3", "ssse3", "sse4_1", "sse4_2", "avx", "avx2"];

impl Level {
    /// Where its files lie, below the folders that processors have files of their own in.
    pub(crate) fn folder(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::X86(_) => Some("x86"),
            Self::Neon => Some("arm"),
        }
    }

    /// Is a file of this name, of its folder, compiled for it?
    pub(crate) fn owns(self, stem: &str) -> bool {
        let ends: &[&str] = match self {
            Self::Plain => return true,
            Self::X86("sse4_1") => &["_sse4_1", "_sse41", "_sse4"],
            Self::X86("sse4_2") => &["_sse4_2", "_sse42"],
            Self::X86(name) => return stem.strip_suffix(name).is_some_and(|it| it.ends_with('_')),
            // Newer extensions, which are not switched on.
            Self::Neon => return !["_dotprod", "_i8mm", "_sve", "_sve2", "_crc32"].iter().any(|it| stem.ends_with(it)),
        };
        ends.iter().any(|it| stem.ends_with(it))
    }

    /// How gcc and clang are told.
    pub(crate) fn flag(self) -> Option<String> {
        match self {
            Self::X86(name) => Some(format!("-m{}", name.replace('_', "."))),
            Self::Plain | Self::Neon => None,
        }
    }

    /// How Microsoft's compiler is told, which knows the others always.
    pub(crate) fn msvc_flag(self) -> Option<&'static str> {
        match self {
            Self::X86("avx") => Some("/arch:AVX"),
            Self::X86("avx2") => Some("/arch:AVX2"),
            _ => None,
        }
    }
}

/// What the library is built for.
#[derive(Debug)]
pub(crate) struct Platform {
    processor: Processor,
    is_big_endian: bool,
    is_windows: bool,
    /// Are the parts in assembly built as well?
    pub(crate) has_assembly: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Processor {
    X86,
    Arm,
    /// Any other, and those whose compiler may know other names.
    Any,
}

impl Platform {
    /// Of what cargo builds for.
    pub(crate) fn of_target() -> Self {
        let said = |name: &str| env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
        let processor = match (said("ARCH").as_str(), said("ENV").as_str()) {
            ("x86_64", _) => Processor::X86,
            ("aarch64", "msvc") => Processor::Any,
            ("aarch64", _) => Processor::Arm,
            _ => Processor::Any,
        };
        Self {
            processor,
            is_big_endian: said("ENDIAN") == "big",
            is_windows: said("OS") == "windows",
            has_assembly: cfg!(feature = "nasm") && processor == Processor::X86,
        }
    }

    /// The levels that files are compiled for.
    pub(crate) fn levels(&self) -> Vec<Level> {
        let own = match self.processor {
            Processor::X86 => X86.map(Level::X86).to_vec(),
            Processor::Arm => vec![Level::Neon],
            Processor::Any => vec![],
        };
        [vec![Level::Plain], own].concat()
    }
}

/// Writes all of them into a folder.
pub(crate) fn write(folder: &Path, platform: &Platform, version: &str) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let facts = facts(platform);
    let defines: String = facts.iter().map(|(name, value)| format!("#define {name} {value}\n")).collect();
    let equals: String = facts.iter().map(|(name, value)| format!("{name} equ {value}\n")).collect();
    fs::write(folder.join("aom_config.h"), defines)?;
    fs::write(folder.join("aom_config.asm"), equals)?;
    fs::write(folder.join("aom_version.h"), versions(version))?;
    for part in TABLE.split("\n= ").skip(1) {
        let (name, lines) = part.split_once('\n').unwrap_or((part, ""));
        fs::write(folder.join(format!("{name}.h")), choices(name, lines, platform))?;
    }
    Ok(())
}

fn versions(version: &str) -> String {
    let [major, minor, patch] = [0, 1, 2].map(|it| version.split('.').nth(it).unwrap_or("0"));
    format!(
        "#define VERSION_MAJOR {major}\n#define VERSION_MINOR {minor}\n#define VERSION_PATCH {patch}\n\
         #define VERSION_EXTRA \"\"\n\
         #define VERSION_PACKED ((VERSION_MAJOR << 16) | (VERSION_MINOR << 8) | (VERSION_PATCH))\n\
         #define VERSION_STRING_NOSP \"v{version}\"\n#define VERSION_STRING \" v{version}\"\n"
    )
}

/// What is built.
const ON: [&str; 7] = [
    "CONFIG_AV1_ENCODER",
    "CONFIG_AV1_HIGHBITDEPTH",
    "CONFIG_DISABLE_FULL_PIXEL_SPLIT_8X8",
    "CONFIG_MULTITHREAD",
    "CONFIG_OS_SUPPORT",
    "CONFIG_PIC",
    "CONFIG_QUANT_MATRIX",
];

/// What is not: other processors, decoding, measuring, experiments.
const OFF: [&str; 47] = [
    "AOM_ARCH_PPC",
    "AOM_ARCH_X86",
    "CONFIG_ACCOUNTING",
    "CONFIG_ANALYZER",
    "CONFIG_AV1_DECODER",
    "CONFIG_AV1_TEMPORAL_DENOISING",
    "CONFIG_BITRATE_ACCURACY",
    "CONFIG_BITRATE_ACCURACY_BL",
    "CONFIG_BITSTREAM_DEBUG",
    "CONFIG_COEFFICIENT_RANGE_CHECKING",
    "CONFIG_COLLECT_COMPONENT_TIMING",
    "CONFIG_COLLECT_PARTITION_STATS",
    "CONFIG_COLLECT_RD_STATS",
    "CONFIG_CWG_C013",
    "CONFIG_DEBUG",
    "CONFIG_DENOISE",
    "CONFIG_ENTROPY_STATS",
    "CONFIG_EXCLUDE_SIMD_MISMATCH",
    "CONFIG_FPMT_TEST",
    "CONFIG_GCOV",
    "CONFIG_GPROF",
    "CONFIG_INSPECTION",
    "CONFIG_INTERNAL_STATS",
    "CONFIG_INTER_STATS_ONLY",
    "CONFIG_LIBVMAF_PSNR_PEAK",
    "CONFIG_LIBYUV",
    "CONFIG_MISMATCH_DEBUG",
    "CONFIG_NN_V2",
    "CONFIG_NORMAL_TILE_MODE",
    "CONFIG_OPTICAL_FLOW_API",
    "CONFIG_OUTPUT_FRAME_SIZE",
    "CONFIG_PARTITION_SEARCH_ORDER",
    "CONFIG_RATECTRL_LOG",
    "CONFIG_RD_COMMAND",
    "CONFIG_RD_DEBUG",
    "CONFIG_REALTIME_ONLY",
    "CONFIG_RT_ML_PARTITIONING",
    "CONFIG_SALIENCY_MAP",
    "CONFIG_SHARED",
    "CONFIG_SIZE_LIMIT",
    "CONFIG_SPEED_STATS",
    "CONFIG_SVT_AV1",
    "CONFIG_TFLITE",
    "CONFIG_THREE_PASS",
    "CONFIG_TUNE_BUTTERAUGLI",
    "CONFIG_TUNE_VMAF",
    "CONFIG_WEBM_IO",
];

/// Extensions that not every arm64 has, and of others.
const NEWER_ARM: [&str; 6] =
    ["HAVE_ARM_CRC32", "HAVE_NEON_DOTPROD", "HAVE_NEON_I8MM", "HAVE_SVE", "HAVE_SVE2", "HAVE_VSX"];
/// Extensions of x86-64; the processor is asked for them.
const X86_PARTS: [&str; 9] = [
    "HAVE_AVX",
    "HAVE_AVX2",
    "HAVE_MMX",
    "HAVE_SSE",
    "HAVE_SSE2",
    "HAVE_SSE3",
    "HAVE_SSE4_1",
    "HAVE_SSE4_2",
    "HAVE_SSSE3",
];

/// What is built: the encoder, for threads, without what measures and experiments.
fn facts(platform: &Platform) -> Vec<(&'static str, u8)> {
    let [x86, arm] = [Processor::X86, Processor::Arm].map(|it| u8::from(platform.processor == it));
    let posix = u8::from(!platform.is_windows);
    let mut facts = vec![
        ("AOM_ARCH_AARCH64", arm),
        ("AOM_ARCH_ARM", arm),
        ("AOM_ARCH_X86_64", x86),
        ("CONFIG_BIG_ENDIAN", platform.is_big_endian.into()),
        ("CONFIG_GCC", posix),
        ("CONFIG_MAX_DECODE_PROFILE", 2),
        ("CONFIG_RUNTIME_CPU_DETECT", x86),
        ("DECODE_HEIGHT_LIMIT", 0),
        ("DECODE_WIDTH_LIMIT", 0),
        ("FORCE_HIGHBITDEPTH_DECODING", 0),
        ("HAVE_FEXCEPT", posix),
        ("HAVE_NEON", arm),
        ("HAVE_PTHREAD_H", posix),
        ("HAVE_UNISTD_H", posix),
        ("HAVE_WXWIDGETS", 0),
        ("STATIC_LINK_JXL", 0),
    ];
    facts.extend(ON.map(|it| (it, 1)));
    facts.extend(OFF.map(|it| (it, 0)));
    facts.extend(NEWER_ARM.map(|it| (it, 0)));
    facts.extend(X86_PARTS.map(|it| (it, x86)));
    facts
}

/// The header that says which function is taken: a name for the only one, or for the best that
/// every such processor has; a pointer, set when the program starts, where there may be better.
fn choices(header: &str, lines: &str, platform: &Platform) -> String {
    let (mut text, mut setup) = (String::new(), String::new());
    for line in lines.lines() {
        if let Some(own) = line.strip_prefix("> ") {
            text.push_str(own);
            text.push('\n');
            continue;
        }
        let [result, parameters, x86, arm, names] = parts(line);
        let known: Vec<&str> = match platform.processor {
            Processor::X86 => x86.split(' ').filter_map(|it| available(it, platform.has_assembly)).collect(),
            Processor::Arm => arm.split(' ').filter(|it| !it.is_empty()).collect(),
            Processor::Any => vec![],
        };
        let is_optional = |it: &&str| platform.processor == Processor::X86 && *it != "sse2";
        let base = known.iter().rfind(|it| !is_optional(it)).copied().unwrap_or("c");
        let better: Vec<&str> = known.iter().copied().filter(|it| is_optional(it)).collect();
        for name in names.split(' ') {
            for end in ["c"].iter().chain(&known) {
                writeln!(text, "{result} {name}_{end}({parameters});").unwrap_or_default();
            }
            if better.is_empty() {
                writeln!(text, "#define {name} {name}_{base}").unwrap_or_default();
                continue;
            }
            writeln!(text, "RTCD_EXTERN {result} (*{name})({parameters});").unwrap_or_default();
            writeln!(setup, "  {name} = {name}_{base};").unwrap_or_default();
            for end in &better {
                let flag = end.to_uppercase();
                writeln!(setup, "  if (flags & HAS_{flag}) {name} = {name}_{end};").unwrap_or_default();
            }
        }
    }
    let asked = if platform.processor == Processor::X86 {
        "#include \"aom_ports/x86.h\"\nstatic void setup_rtcd_internal(void) {\n  int flags = x86_simd_caps();\n  (void)flags;\n"
    } else {
        "static void setup_rtcd_internal(void) {\n"
    };
    let guard = header.to_uppercase();
    format!(
        "#ifndef {guard}_H_\n#define {guard}_H_\n#ifdef RTCD_C\n#define RTCD_EXTERN\n#else\n#define RTCD_EXTERN extern\n\
         #endif\n{text}void {header}(void);\n#include \"config/aom_config.h\"\n#ifdef RTCD_C\n{asked}{setup}}}\n#endif\n\
         #endif\n"
    )
}

fn parts(line: &str) -> [&str; 5] {
    let mut parts = line.split('|');
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}

/// One of those of x86-64, unless it needs assembly that is not there.
fn available(end: &str, has_assembly: bool) -> Option<&str> {
    let end = match end.strip_prefix('!') {
        Some(_) if !has_assembly => return None,
        Some(end) => end,
        None => end,
    };
    (!end.is_empty()).then_some(end)
}
