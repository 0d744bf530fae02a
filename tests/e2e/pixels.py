#!/usr/bin/python3
"""What Pillow, which is not ours, draws and reads.

draw PATH [SCALE]   the test picture: four fields, the last of them translucent
read PATH           `40x30 RRGGBBAA RRGGBBAA RRGGBBAA RRGGBBAA`: size and the middle of each field
grab PATH L,T,R,B   that part of the screen
"""

import os
import sys

from PIL import Image, ImageGrab

FIELDS = [(200, 30, 40, 255), (20, 160, 60, 255), (30, 60, 210, 255), (255, 0, 255, 128)]


def draw(path, scale=1):
    width, height = 40 * scale, 30 * scale
    picture = Image.new("RGBA", (width, height))
    for field, colour in enumerate(FIELDS):
        left, top = field % 2 * width // 2, field // 2 * height // 2
        picture.paste(colour, (left, top, left + width // 2, top + height // 2))
    picture.save(path)


def read(path):
    picture = Image.open(path)
    picture.load()
    picture = picture.convert("RGBA")
    width, height = picture.size
    places = [(x * width // 4, y * height // 4) for y in (1, 3) for x in (1, 3)]
    words = ["%02x%02x%02x%02x" % picture.getpixel(place) for place in places]
    print(f"{width}x{height}", *words)


def grab(path, box):
    bbox = tuple(int(side) for side in box.split(","))
    ImageGrab.grab(bbox, xdisplay=os.environ["DISPLAY"]).convert("RGB").save(path)


if __name__ == "__main__":
    verb, path, *rest = sys.argv[1:]
    if verb == "draw":
        draw(path, *map(int, rest))
    elif verb == "read":
        read(path)
    else:
        grab(path, *rest)
