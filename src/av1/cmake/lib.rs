//! Stands in for the crate of this name, as far as the build script of `libaom-sys` calls it: builds
//! libaom with the C compiler alone, where its own build asks for cmake, perl and nasm.
//!
//! What cmake and perl do there is to write a few headers. One says what is built; the others, which function of
//! several a processor is given. They are written here, from `rtcd.txt`, which `rtcd.py` made from theirs.

#![expect(clippy::print_stderr, clippy::disallowed_methods, reason = "so a build script says that it failed")]

mod headers;

use headers::{Level, Platform};
use std::{
    env,
    error::Error,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

type Cause = Box<dyn Error>;

/// The version that `rtcd.txt` and the lists below were made for.
const VERSION: &str = "3.11.0";

/// Folders whose files belong to every build.
const FOLDERS: [&str; 13] = [
    "aom/src",
    "aom_dsp",
    "aom_dsp/flow_estimation",
    "aom_mem",
    "aom_scale",
    "aom_scale/generic",
    "aom_util",
    "av1",
    "av1/common",
    "av1/encoder",
    "common",
    "third_party/fastfeat",
    "third_party/vector",
];
/// Folders below which a processor has files of its own.
const BY_PROCESSOR: [&str; 4] = ["aom_dsp", "aom_dsp/flow_estimation", "av1/common", "av1/encoder"];
/// Files of these folders that are for decoding, for measuring, or for what is not switched on.
const LEFT_OUT: [&str; 35] = [
    "args",
    "av1_config",
    "av1_dx_iface",
    "av1_temporal_denoiser",
    "av1_temporal_denoiser_neon",
    "av1_temporal_denoiser_sse2",
    "binary_codes_reader",
    "bitreader",
    "blockiness",
    "butteraugli",
    "cdef_block_ssse3",
    "debug_util",
    "deltaq4_model",
    "entdec",
    "fastssim",
    "hash_arm_crc32",
    "ivfdec",
    "ivfenc",
    "md5_utils",
    "obudec",
    "optical_flow",
    "psnrhvs",
    "rawenc",
    "saliency_map",
    "sparse_linear_solver",
    "thirdpass",
    "tools_common",
    "tune_butteraugli",
    "tune_vmaf",
    "video_reader",
    "video_writer",
    "vmaf",
    "warnings",
    "y4menc",
    "y4minput",
];
/// Files that call what is written in assembly.
const WITH_ASSEMBLY: [&str; 7] = [
    "aom_subpixel_8t_intrin_avx2",
    "aom_subpixel_8t_intrin_ssse3",
    "highbd_convolve_avx2",
    "highbd_convolve_sse2",
    "highbd_variance_sse2",
    "subtract_avx2",
    "variance_ssse3",
];
/// Functions of those files that others call.
const MISSED: [&str; 2] = ["aom_highbd_10_sub_pixel_variance8x16", "aom_highbd_10_sub_pixel_variance8x8"];

/// A library that is to be built.
#[derive(Debug)]
pub struct Config {
    source: PathBuf,
}

impl Config {
    /// The library whose sources lie there.
    pub fn new(source: impl AsRef<Path>) -> Self {
        let package = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
        Self { source: package.join(source) }
    }

    /// Is what it is: nothing but the encoder is built, for every choice.
    pub fn define(&mut self, _key: impl AsRef<OsStr>, _value: impl AsRef<OsStr>) -> &mut Self {
        self
    }

    /// Cargo's own profile says how to optimise.
    pub fn profile(&mut self, _name: &str) -> &mut Self {
        self
    }

    /// Cargo's target says for what to build.
    pub fn configure_arg(&mut self, _arg: impl AsRef<OsStr>) -> &mut Self {
        self
    }

    /// As [`Self::configure_arg`].
    pub fn cflag(&mut self, _flag: impl AsRef<OsStr>) -> &mut Self {
        self
    }

    /// There is no C++ in what is built.
    pub fn cxxflag(&mut self, _flag: impl AsRef<OsStr>) -> &mut Self {
        self
    }

    /// Builds the library and says where it is: `lib` holds it. Ends the process when it cannot be built.
    pub fn build(&mut self) -> PathBuf {
        self.built().unwrap_or_else(|error| {
            eprintln!("libaom is not built: {error}");
            std::process::exit(1)
        })
    }

    fn built(&self) -> Result<PathBuf, Cause> {
        let version = env::var("CARGO_PKG_VERSION")?;
        if !version.ends_with(VERSION) {
            return Err(format!("{version} is not {VERSION}, for which this was made").into());
        }
        let out = PathBuf::from(env::var("OUT_DIR")?);
        let platform = Platform::of_target();
        headers::write(&out.join("include/config"), &platform, VERSION)?;
        let mut objects = vec![];
        for level in platform.levels() {
            let files = self.files(level)?;
            if !files.is_empty() {
                objects.extend(self.compiler(&out, level).files(files).try_compile_intermediates()?);
            }
        }
        if platform.has_assembly {
            objects.extend(self.assembled(&out)?);
        }
        fs::create_dir_all(out.join("lib"))?;
        let mut library = cc::Build::new();
        library.cargo_metadata(false).out_dir(out.join("lib")).objects(objects).try_compile("aom")?;
        Ok(out)
    }

    fn compiler(&self, out: &Path, level: Level) -> cc::Build {
        let mut compiler = cc::Build::new();
        compiler.cargo_metadata(false).warnings(false).out_dir(out.join("objects"));
        compiler.include(&self.source).include(out.join("include"));
        compiler.define("NDEBUG", None).define("_WIN32_WINNT", "0x0A00");
        if !cfg!(feature = "nasm") {
            for name in MISSED {
                compiler.define(&format!("{name}_sse2"), &*format!("{name}_c"));
            }
        }
        if compiler.get_compiler().is_like_msvc() {
            level.msvc_flag().map(|it| compiler.flag(it));
        } else {
            // As in its own build; POSIX is asked for beside the language.
            compiler.std("gnu99");
            level.flag().map(|it| compiler.flag(it));
        }
        compiler
    }

    /// The files that need what this level of processors has.
    fn files(&self, level: Level) -> Result<Vec<PathBuf>, Cause> {
        let folders: Vec<PathBuf> = match level.folder() {
            None => FOLDERS.iter().map(|it| self.source.join(it)).collect(),
            Some(own) => BY_PROCESSOR.iter().map(|it| self.source.join(it).join(own)).collect(),
        };
        let is_wanted = |path: &PathBuf| {
            let stem = path.file_stem().and_then(OsStr::to_str).unwrap_or_default();
            level.owns(stem) && !LEFT_OUT.contains(&stem) && (cfg!(feature = "nasm") || !WITH_ASSEMBLY.contains(&stem))
        };
        let mut files = vec![];
        for folder in folders {
            files.extend(listed(&folder, "c")?.into_iter().filter(is_wanted));
        }
        files.sort();
        Ok(files)
    }

    /// The parts written in assembly, for x86-64.
    fn assembled(&self, out: &Path) -> Result<Vec<PathBuf>, Cause> {
        let format = match env::var("CARGO_CFG_TARGET_OS").as_deref() {
            Ok("windows") => "win64",
            Ok("macos") => "macho64",
            _ => "elf64",
        };
        let mut objects = vec![];
        for folder in BY_PROCESSOR {
            for path in listed(&self.source.join(folder).join("x86"), "asm")? {
                let object = out.join("objects").join(path.with_extension("asm.o").file_name().unwrap_or_default());
                let mut nasm = Command::new("nasm");
                nasm.arg("-f").arg(format).arg("-o").arg(&object).arg(&path);
                // A folder is known by the slash behind it.
                for folder in [&self.source, &out.join("include")] {
                    nasm.arg("-I").arg(folder.join(""));
                }
                if !nasm.status().map_err(|error| format!("nasm, which the feature needs: {error}"))?.success() {
                    return Err(format!("nasm does not assemble {}", path.display()).into());
                }
                objects.push(object);
            }
        }
        Ok(objects)
    }
}

/// The files of a folder with such an end; none where there is no folder.
fn listed(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, Cause> {
    let mut files = vec![];
    if folder.is_dir() {
        for entry in fs::read_dir(folder)? {
            files.push(entry?.path());
        }
    }
    files.retain(|it| it.extension().is_some_and(|it| it == extension));
    Ok(files)
}
