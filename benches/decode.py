#!/usr/bin/python3
"""Decoding beside the C libraries, as Pillow calls them: benches/decode.py PHOTO [ROUNDS]

Writes PHOTO in every format that Pillow writes, and lets both decode it to pixels, in turns; the
fastest of all rounds counts. Build first: cargo bench --bench decode --no-run. Needs Pillow with
pillow-heif and pillow-jxl-plugin (libjpeg-turbo, zlib, libwebp, libavif, libheif, libjxl, libtiff).
"""

import glob
import os
import subprocess
import sys
import tempfile
import time

from PIL import Image

try:
    import pillow_heif
    import pillow_jxl  # noqa: F401

    pillow_heif.register_heif_opener()
except ImportError:
    pass

Image.MAX_IMAGE_PIXELS = None
HERE = os.path.dirname(os.path.abspath(__file__))
FORMATS = {
    "JPEG 4:2:0": ("jpg", dict(quality=85, subsampling="4:2:0")),
    "JPEG 4:4:4": ("jpg", dict(quality=92, subsampling="4:4:4")),
    "JPEG, progressive": ("jpg", dict(quality=85, progressive=True)),
    "PNG": ("png", {}),
    "WebP": ("webp", dict(quality=80)),
    "WebP, lossless": ("webp", dict(lossless=True)),
    "GIF": ("gif", {}),
    "BMP": ("bmp", {}),
    "TGA, RLE": ("tga", dict(compression="tga_rle")),
    "PPM": ("ppm", {}),
    "TIFF": ("tiff", {}),
    "TIFF, LZW": ("tiff", dict(compression="tiff_lzw")),
    "TIFF, deflate": ("tiff", dict(compression="tiff_adobe_deflate")),
    "AVIF": ("avif", dict(quality=70, speed=8)),
    "HEIC": ("heic", dict(quality=70)),
    "JPEG XL": ("jxl", dict(quality=85)),
    "JPEG XL, lossless": ("jxl", dict(lossless=True)),
}


def program():
    found = [it for it in glob.glob(f"{HERE}/../target/release/deps/decode-*") if "." not in os.path.basename(it)]
    return max(found, key=os.path.getmtime)


def written(folder, photo):
    files = {}
    for index, (name, (extension, options)) in enumerate(FORMATS.items()):
        path = os.path.join(folder, f"{index}.{extension}")
        try:
            photo.save(path, **options)
        except (KeyError, ValueError, OSError) as why:
            print(f"{name} is left out: {why}", file=sys.stderr)
            continue
        files[name] = path
    return files


def peer(path):
    start = time.perf_counter()
    with Image.open(path) as picture:
        picture.convert("RGB")
    return (time.perf_counter() - start) * 1000


def main():
    photo = Image.open(sys.argv[1]).convert("RGB")
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    with tempfile.TemporaryDirectory() as folder:
        files = written(folder, photo)
        ours, theirs = {}, {}
        for _ in range(rounds):
            for name, path in files.items():
                output = subprocess.run([program(), "2", path], check=True, capture_output=True, text=True).stdout
                ours[name] = min(ours.get(name, 1e9), float(output.split("\t")[0]))
                theirs[name] = min(theirs.get(name, 1e9), peer(path), peer(path))
        print(f"| {photo.width} × {photo.height} | ours, ms | theirs, ms | ratio |\n|---|---|---|---|")
        for name in files:
            print(f"| {name} | {ours[name]:.0f} | {theirs[name]:.0f} | {ours[name] / theirs[name]:.2f} |")


main()
