"""What other programs see in files of ours.

decoders.py compare FOLDER
    FOLDER/list has a line for each file: its name, a raw RGBA file, width, height, bits a channel.
    Says for each decoder that knows the file: its name, the file's, the largest and the mean
    difference in steps of 255. Colours are multiplied by alpha: what is clear has none.
decoders.py tag FILE...
    Gives each file an orientation, a position, a comment, a name and a density, as far as it can
    hold them.
decoders.py told FILE...
    Says what a file tells: its name, then of orientation, position, comment, name, density and XMP
    what there is.
"""

import json
import os
import subprocess
import sys

from PIL import Image

sys.path.insert(0, os.path.dirname(__file__))
import colour

# The one that is named by its full path is the real one.
MAGICK = "/usr/bin/convert"
# What Pillow 9 does not know.
BEYOND_PILLOW = (".qoi", ".avif", ".jxl", ".svg")
# What Debian's ImageMagick does not know, or asks another program of this list for.
BEYOND_MAGICK = (".qoi", ".avif", ".jxl", ".svg")
WEB = (".png", ".jpg", ".webp", ".gif", ".ico", ".bmp", ".avif")


def run(*args):
    return subprocess.run(args, check=True, capture_output=True, timeout=60).stdout


def extension(path):
    return os.path.splitext(path)[1]


def by_pillow(path, size, bits):
    # Pillow knows 16 bits only of grey.
    if bits == 16 or path.endswith(BEYOND_PILLOW):
        return None
    picture = Image.open(path)
    return picture.convert("RGBA").tobytes()


def by_magick(path, size, bits):
    if path.endswith(BEYOND_MAGICK):
        return None
    kind = {".tga": "tga:", ".ico": "ico:"}.get(extension(path), "")
    return run(MAGICK, kind + path, "-depth", str(bits), "-endian", "MSB", "rgba:-")


def by_its_own(path, size, bits):
    """The decoder of those who made the format."""
    to = path + ".png"
    if path.endswith(".webp"):
        run("dwebp", "-quiet", path, "-o", to)
    elif path.endswith(".avif"):
        run("avifdec", path, to)
    elif path.endswith(".jxl"):
        run("djxl", path, to)
    else:
        return None
    return run(MAGICK, to, "-depth", str(bits), "-endian", "MSB", "rgba:-")


def premultiplied(data, bits):
    step = bits // 8
    most = (1 << bits) - 1
    values = [int.from_bytes(data[at : at + step], "big") for at in range(0, len(data), step)]
    result = []
    for at in range(0, len(values), 4):
        alpha = values[at + 3]
        result += [it * alpha * 255 / most / most for it in values[at : at + 3]] + [alpha * 255 / most]
    return result


def differences(one, other, bits):
    if one is None or len(one) != len(other):
        return 255.0, 255.0
    pairs = zip(premultiplied(one, bits), premultiplied(other, bits))
    apart = [abs(a - b) for a, b in pairs]
    return max(apart), sum(apart) / len(apart)


def compare(folder):
    with open(os.path.join(folder, "list")) as file:
        lines = [line.rstrip("\n").split("\t") for line in file]
    for_browser = []
    for name, raw, width, height, bits in lines:
        path, size, bits = os.path.join(folder, name), (int(width), int(height)), int(bits)
        with open(os.path.join(folder, raw), "rb") as file:
            wanted = file.read()
        for decoder in (by_pillow, by_magick, by_its_own):
            seen = decoder(path, size, bits)
            if seen is not None:
                print(decoder.__name__, name, *("%.3f" % it for it in differences(seen, wanted, bits)))
        if path.endswith(WEB):
            narrow = wanted if bits == 8 else wanted[::2]
            for_browser.append((name, path, colour.over_white(Image.frombytes("RGBA", size, narrow))))
    screens = colour.shown(folder, [(path, ours) for _, path, ours in for_browser])
    for (name, _, ours), screen in zip(for_browser, screens):
        largest = max(high for _, high in colour.ImageChops.difference(ours, screen).getextrema())
        print("by_browser", name, "%.3f" % largest, "%.3f" % colour.difference(ours, screen))


def tag(paths):
    for path in paths:
        tags = ["-GPSLatitude=48.1", "-GPSLatitudeRef=N", "-Orientation#=6", "-Artist=Kilroy", "-XMP-dc:Creator=Kilroy"]
        tags += ["-XMP-exif:GPSLatitude=48.1", "-XMP-tiff:Orientation#=6", "-Comment=Kilroy"]
        tags += ["-XResolution=300", "-YResolution=300", "-ResolutionUnit=inches"]
        if path.endswith(".tiff"):
            tags += ["-ImageDescription=Kilroy"]
        if path.endswith(".gif"):
            tags = ["-Comment=Kilroy", "-XMP-dc:Creator=Kilroy"]
        if path.endswith(".png"):
            tags += ["-PNG:PixelsPerUnitX=11811", "-PNG:PixelsPerUnitY=11811", "-PNG:PixelUnits=meters"]
        if path.endswith(".jpg"):
            tags += ["-JFIF:XResolution=300", "-JFIF:YResolution=300", "-JFIF:ResolutionUnit=inches"]
        run("exiftool", "-q", "-m", "-overwrite_original", *tags, path)


def told(paths):
    for path in paths:
        # exiftool does not know these.
        if path.endswith((".tga", ".qoi")):
            with open(path, "rb") as file:
                print(os.path.basename(path), *(["name"] if b"Kilroy" in file.read() else []))
            continue
        found = json.loads(run("exiftool", "-json", "-G1", "-n", "-a", path))[0]
        ours = {"File": "Comment", "GIF": "Comment", "PNG": "Comment"}
        words = []
        for key, value in found.items():
            group, _, name = key.rpartition(":")
            if name == "Orientation":
                words.append(f"orientation={value}")
            elif name.startswith("GPSLatitude") and "Ref" not in name:
                words.append("position")
            elif "Kilroy" in str(value):
                words.append("comment" if ours.get(group) == name or name == "ImageDescription" else "name")
            elif group.startswith("XMP") and name not in ("XMPToolkit",):
                words.append("xmp")
            elif (group, name) in (("JFIF", "XResolution"), ("IFD0", "XResolution")) and value == 300:
                words.append("density")
            elif (group, name) == ("PNG-pHYs", "PixelsPerUnitX") and value == 11811:
                words.append("density")
        print(os.path.basename(path), *sorted(set(words)))


if __name__ == "__main__":
    if sys.argv[1] == "compare":
        compare(sys.argv[2])
    elif sys.argv[1] == "tag":
        tag(sys.argv[2:])
    else:
        told(sys.argv[2:])
