"""Makes rtcd.txt from what libaom's own build writes, when libaom is updated.

    cmake LIBAOM -DENABLE_NASM=1 -DAOM_TARGET_CPU=x86_64 ...; make aom     in X86
    cmake LIBAOM -DAOM_TARGET_CPU=arm64 -DCONFIG_RUNTIME_CPU_DETECT=0 ...  in ARM
    python3 rtcd.py X86 ARM > rtcd.txt

each with -DCONFIG_AV1_DECODER=0 -DENABLE_DOCS=0 -DENABLE_EXAMPLES=0 -DENABLE_TESTS=0 -DENABLE_TOOLS=0.
It stops where a header does not follow the rules by which headers.rs writes them.
"""

import pathlib
import re
import subprocess
import sys

# As WITH_ASSEMBLY in lib.rs.
WITH_ASSEMBLY = """aom_subpixel_8t_intrin_avx2 aom_subpixel_8t_intrin_ssse3 highbd_convolve_avx2 highbd_convolve_sse2
highbd_variance_sse2 subtract_avx2 variance_ssse3""".split()


def symbols(folder):
    """The functions that are written in assembly, or in files that call some that are."""
    objects = [*folder.rglob("*.asm.o"), *(it for name in WITH_ASSEMBLY for it in folder.rglob(f"{name}.c.o"))]
    listed = subprocess.run(["nm", *objects], capture_output=True, text=True, check=True).stdout
    return {line.split()[2] for line in listed.splitlines() if " T " in line}


def functions(text):
    """Of a header: each function's type and parameters, the ends of its names, and the one that is certain."""
    start = text.index('extern "C" {')
    for block in text[start : text.index("#ifdef RTCD_C", start)].split("\n\n"):
        lines = block.strip().splitlines()
        last = re.match(r"#define (\w+) (\w+)$|RTCD_EXTERN .*?\(\*(\w+)\)\(.*\);$", lines[-1] if lines else "")
        if not last:
            continue
        name = last[1] or last[3]
        found = [re.match(rf"(.*?)\b{name}_(\w+)\((.*)\);$", line) for line in lines[:-1]]
        certain = last[2] or re.search(rf"^ +{name} = (\w+);", text, re.M)[1]
        yield name, (found[0][1].strip(), found[0][3]), [it[2] for it in found], certain.removeprefix(f"{name}_")


def main():
    x86, arm = map(pathlib.Path, sys.argv[1:])
    assembly = symbols(x86)
    print("# libaom 3.11.0: which functions it has several of, by processor.")
    print('# A header begins with "= name"; "> " is a line of its own text. Then: type|parameters|x86-64|arm64|names.')
    print('# "!" is one that needs assembly.')
    for header in ("aom_dsp_rtcd", "aom_scale_rtcd", "av1_rtcd"):
        texts = [(it / "config" / f"{header}.h").read_text() for it in (x86, arm)]
        texts = [re.sub(r",\n\s+", ", ", it) for it in texts]
        own = texts[0][texts[0].index("#define RTCD_EXTERN extern\n#endif\n") + 34 :]
        own = re.sub(r"/\*.*?\*/|#if CONFIG_NN_V2.*?#endif[^\n]*", "", own[: own.index("#ifdef __cplusplus")], flags=re.S)
        print(f"= {header}", *(f"> {line}" for line in own.splitlines() if line.strip()), sep="\n")
        groups = {}
        for (name, what, ends, certain), (same, like, others, _) in zip(*map(functions, texts), strict=True):
            assert (name, what) == (same, like), name
            assert certain == [it for it in ends if it in ("c", "sse2")][-1], name
            marked = [f"!{it}" if f"{name}_{it}" in assembly else it for it in ends if it != "c"]
            key = "|".join([*what, " ".join(marked), " ".join(it for it in others if it != "c")])
            groups.setdefault(key, []).append(name)
        for key, names in groups.items():
            print(f"{key}|{' '.join(names)}")


main()
