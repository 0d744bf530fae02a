#!/usr/bin/python3
"""What others make of colours: Chromium, and Pillow with littleCMS.

make DIR [PROFILES]   draws patches whose colour space is stated in every way a PNG has; prints paths
browse FOLDER         of the pictures named in FOLDER/list, `ORIGINAL OURS` a line, how far ours is from
                      what Chromium shows: a line `BROWSER-DIFFERENCE CMS-DIFFERENCE PATH` each, the
                      means over all channels, `-` where the other one does not tell
"""

import glob
import io
import os
import struct
import subprocess
import sys
import zlib

from PIL import Image, ImageChops, ImageCms, ImageOps, ImageStat

WIDTH, HEIGHT = 128, 64
GAP = 8
# Colour primaries and transfer characteristics (ITU-T H.273).
CODE_POINTS = [(1, 13), (12, 13), (9, 13), (9, 14), (1, 1), (6, 6), (5, 5), (1, 4), (12, 8), (9, 16), (9, 18), (12, 16), (22, 13)]
GAMMAS = [100000, 45455, 55555, 62500, 30000]
# x and y of white, red, green and blue, times 100,000: Adobe RGB.
ADOBE = [31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000]


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def patches(path, extra, depth):
    most = (1 << depth) - 1
    rows = bytearray()
    for y in range(HEIGHT):
        rows.append(0)
        for x in range(WIDTH):
            for share in (x // 8 / 15, y // 8 / 7, (x // 16 + y // 16) % 5 / 4):
                rows += struct.pack(">H" if depth == 16 else "B", round(share * most))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, depth, 2, 0, 0, 0)
    parts = [chunk(b"IHDR", header), extra, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + b"".join(parts))
    print(path)


def make(folder, profiles):
    for depth in (8, 16):
        for primaries, transfer in CODE_POINTS:
            name = f"cicp-{primaries}-{transfer}-{depth}.png"
            patches(os.path.join(folder, name), chunk(b"cICP", bytes([primaries, transfer, 0, 1])), depth)
    for gamma in GAMMAS:
        stated = chunk(b"gAMA", struct.pack(">I", gamma))
        patches(os.path.join(folder, f"gamma-{gamma}.png"), stated, 8)
    stated = chunk(b"gAMA", struct.pack(">I", 45455)) + chunk(b"cHRM", struct.pack(">8I", *ADOBE))
    patches(os.path.join(folder, "gamma-primaries.png"), stated, 8)
    for profile in sorted(glob.glob(os.path.join(profiles, "*.icc"))) if profiles else []:
        name = os.path.splitext(os.path.basename(profile))[0]
        if "Grey" not in name:
            body = b"x\0\0" + zlib.compress(open(profile, "rb").read())
            patches(os.path.join(folder, f"icc-{name}.png"), chunk(b"iCCP", body), 8)


def over_white(picture):
    ground = Image.new("RGBA", picture.size, (255, 255, 255, 255))
    ground.alpha_composite(picture.convert("RGBA"))
    return ground.convert("RGB")


def difference(one, other):
    if one.size != other.size:
        return 255.0
    means = ImageStat.Stat(ImageChops.difference(one, other)).mean
    return sum(means) / len(means)


def managed(path):
    """Through littleCMS, relative colorimetric without black point compensation."""
    picture = Image.open(path)
    profile = picture.info.get("icc_profile")
    picture = ImageOps.exif_transpose(picture)
    if not profile or picture.mode not in ("RGB", "CMYK", "L"):
        return None
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    srgb = ImageCms.createProfile("sRGB")
    intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
    try:
        return ImageCms.profileToProfile(picture, source, srgb, renderingIntent=intent, outputMode="RGB")
    except ImageCms.PyCMSError:
        return None


def shown(folder, pairs):
    """What Chromium shows of each original, and how large."""
    pictures, top = [], 0
    for original, ours in pairs:
        width, height = ours.size
        style = f"position:absolute;left:0;top:{top}px;width:{width}px;height:{height}px;image-rendering:pixelated"
        pictures.append((f'<img src="file://{original}" style="{style}">', (0, top, width, top + height)))
        top += height + GAP
    page, screenshot = os.path.join(folder, "page.html"), os.path.join(folder, "screenshot.png")
    with open(page, "w") as file:
        file.write("<!doctype html><body style='margin:0;background:#fff'>" + "".join(it[0] for it in pictures))
    widest = max(ours.size[0] for _, ours in pairs)
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars"]
    flags += ["--force-color-profile=srgb", f"--user-data-dir={folder}/profile", f"--window-size={max(widest, 500)},{top}"]
    subprocess.run(["chromium", *flags, f"--screenshot={screenshot}", f"file://{page}"], check=True, capture_output=True, timeout=120)
    screen = Image.open(screenshot).convert("RGB")
    return [screen.crop(box) for _, box in pictures]


def browse(folder):
    with open(os.path.join(folder, "list")) as file:
        lines = [line.rstrip("\n").split("\t") for line in file]
    pairs = [(original, over_white(Image.open(ours))) for original, ours in lines]
    seen = [(original, ours) for original, ours in pairs if not original.endswith(BLIND)]
    screens = dict(zip((original for original, _ in seen), shown(folder, seen)))
    for original, ours in pairs:
        browser = f"{difference(ours, screens[original]):.3f}" if original in screens else "-"
        try:
            other = managed(original)
        except (OSError, ValueError):
            other = None
        cms = f"{difference(ours, other):.3f}" if other else "-"
        print(browser, cms, original)


# Chromium does not show these as their profile says.
BLIND = ("ycck.jpg",)

if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else None)
    else:
        browse(sys.argv[2])
