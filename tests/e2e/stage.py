"""A display without a screen, a window manager, a home, and in it the program with a trace.

For the scripts that measure the window and take its picture; the tests have a desk of their own.
"""

import json
import os
import random
import re
import shutil
import subprocess
import tempfile
import time

from PIL import Image, ImageDraw

HERE = os.path.dirname(os.path.abspath(__file__))
RELEASE = os.path.join(HERE, "../../target/release/inlaid")


def photo(path, width, height):
    """A gradient, shapes, lines and the noise of a sensor."""
    random.seed(3)
    ramp = Image.linear_gradient("L").resize((width, height))
    picture = Image.merge("RGB", (ramp.point(lambda v: 255 - v // 2), ramp.point(lambda v: 140 + v // 4), ramp))
    draw = ImageDraw.Draw(picture)
    for _ in range(400):
        x, y, side = random.randrange(width), random.randrange(height), random.randrange(20, width // 12)
        draw.ellipse([x, y, x + side, y + side // 2], fill=tuple(random.randrange(30, 230) for _ in range(3)))
    for _ in range(3000):
        x, y = random.randrange(width), random.randrange(height)
        ends = [x, y, x + random.randrange(-200, 200), y + random.randrange(-200, 200)]
        draw.line(ends, fill=tuple(random.randrange(256) for _ in range(3)), width=random.randrange(1, 6))
    noise = Image.effect_noise((width // 2, height // 2), 28).resize((width, height), Image.BICUBIC)
    Image.blend(picture, Image.merge("RGB", (noise,) * 3), 0.18).save(path, quality=92)


def landscape(path, width, height):
    """Ridges before a sunset, for pictures that people look at; transparent sky when it is a PNG."""
    random.seed(11)
    is_clear = path.endswith(".png")
    sky = Image.new("RGBA", (1, 6))
    for row, colour in enumerate([(38, 42, 92), (92, 62, 128), (196, 92, 110), (246, 150, 96), (255, 196, 120), (255, 224, 170)]):
        sky.putpixel((0, row), (*colour, 0 if is_clear else 255))
    picture = sky.resize((width, height), Image.BICUBIC)
    draw = ImageDraw.Draw(picture)
    side, sun = height // 9, (int(width * 0.68), int(height * 0.46))
    draw.ellipse([sun[0] - side, sun[1] - side, sun[0] + side, sun[1] + side], fill=(255, 240, 205, 255))
    ridges = [((0.55, 0.07), (150, 84, 120)), ((0.66, 0.08), (98, 60, 104)), ((0.79, 0.07), (52, 38, 74)), ((0.9, 0.05), (24, 20, 42))]
    for (base, rise), colour in ridges:
        steps, heights = 14, [random.uniform(-1, 1) for _ in range(16)]
        outline = []
        for x in range(0, width + 1, max(1, width // 400)):
            at = x / width * steps
            share = at - int(at)
            share = share * share * (3 - 2 * share)
            wave = heights[int(at)] * (1 - share) + heights[int(at) + 1] * share
            outline.append((x, height * (base - rise * wave) + random.uniform(-1, 1) * height / 500))
        draw.polygon([*outline, (width, height), (0, height)], fill=(*colour, 255))
    if is_clear:
        picture.save(path)
        return
    grain = Image.merge("RGB", (Image.effect_noise((width, height), 24),) * 3)
    Image.blend(picture.convert("RGB"), grain, 0.06).save(path, quality=94)


class Desk:
    """A display, a window manager, a home."""

    def __init__(self, screen="1600x900", scale=1.0):
        self.folder = tempfile.mkdtemp()
        read, write = os.pipe()
        command = ["Xvfb", "-displayfd", str(write), "-screen", "0", screen + "x24", "-noreset", "-nolisten", "tcp"]
        self.children = [subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)]
        with os.fdopen(read) as pipe:
            display = ":" + pipe.readline().strip()
        os.mkdir(os.path.join(self.folder, "inlaid"))
        self.env = dict(os.environ, DISPLAY=display, LIBGL_ALWAYS_SOFTWARE="1", XDG_CONFIG_HOME=self.folder)
        self.env.update(XDG_RUNTIME_DIR=self.folder, NO_AT_BRIDGE="1", HOME=self.folder)
        self.env.update(WINIT_X11_SCALE_FACTOR=str(scale))
        for name in ["WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS"]:
            self.env.pop(name, None)
        self.spawn("openbox", stdout=subprocess.DEVNULL)
        time.sleep(0.5)

    def settle(self, width, height, **settings):
        """What the program remembers: a window of this size at the upper left corner, and so on."""
        place = {"width": width, "height": height, "x": 0, "y": 0, "maximized": False}
        with open(os.path.join(self.folder, "inlaid", "settings.json"), "w") as file:
            json.dump({"window": place, **settings}, file)

    def spawn(self, *command, **others):
        child = subprocess.Popen(command, env=self.env, stderr=subprocess.DEVNULL, **others)
        self.children.append(child)
        return child

    def xdotool(self, *args):
        words = ["timeout", "10", "xdotool", *map(str, args)]
        return subprocess.run(words, env=self.env, capture_output=True, text=True).stdout.strip()

    def close(self):
        for child in reversed(self.children):
            child.kill()
            child.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Program:
    """The program with a trace."""

    def __init__(self, desk, *inputs, program=RELEASE, **others):
        self.trace = tempfile.mktemp(suffix=".json", dir=desk.folder)
        self.desk = desk
        self.started = time.time() * 1e6
        self.child = desk.spawn(program, "--new-window", "--trace", self.trace, *inputs, **others)

    def entries(self):
        """What stands in the trace by now; a line may be half written."""
        try:
            with open(self.trace) as file:
                lines = file.read().split("\n")[1:-1]
        except FileNotFoundError:
            return []
        return [json.loads(line.rstrip(",")) for line in lines]

    def wait(self, name, count=1, seconds=60):
        """The entry of this name, the `count`th."""
        end = time.time() + seconds
        while time.time() < end:
            found = [it for it in self.entries() if it["name"] == name]
            if len(found) >= count:
                return found[count - 1]
            time.sleep(0.02)
        raise SystemExit(f"waited in vain for {name}")

    def rest(self, seconds=6):
        """Waits until nothing more is written: for as long as an encoder may say nothing."""
        length = -1
        while length != (length := len(self.entries())):
            time.sleep(seconds)

    def count(self, name):
        return sum(it["name"] == name for it in self.entries())

    def shown(self, entry):
        """When the frame in which something was marked was over, in microseconds.

        A frame is written when the next one begins, so this is asked once the window is at rest.
        """
        frames = [it for it in self.entries() if it["name"] == "frame" and it["ts"] <= entry["ts"]]
        return max(frames[-1]["ts"] + frames[-1]["dur"], entry["ts"]) if frames else entry["ts"]

    def frames(self, since):
        return [it["dur"] / 1000 for it in self.entries() if it["name"] == "frame" and it["ts"] >= since]

    def processor(self, since):
        """For how long the window's thread had a processor in each frame, and for what came in until the next."""
        return [it["args"]["processor_ms"] for it in self.entries() if it["name"] == "frame" and it["ts"] >= since]

    def ticks(self):
        with open(f"/proc/{self.child.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    def memory(self):
        """Memory in megabytes, its own and what it shares with its helpers: what files are mapped to is not ours."""
        with open(f"/proc/{self.child.pid}/status") as file:
            status = file.read()
        return sum(int(re.search(kind + r":\s+(\d+)", status)[1]) for kind in ["RssAnon", "RssShmem"]) / 1000

    def end(self):
        self.child.kill()
        self.child.wait()


def drag(desk, path, x=1250):
    """Drags a file over the window from another one, as file managers do."""
    script = os.path.join(HERE, "drag_source.py")
    source = desk.spawn("/usr/bin/python3", "-u", script, str(x), "100", path, stdout=subprocess.PIPE, text=True)
    source.stdout.readline()
    time.sleep(1)
    desk.xdotool("mousemove", x + 100, 230, "mousedown", 1)
    for step in range(x + 90, 400, -60):
        desk.xdotool("mousemove", step, 300)
    time.sleep(0.3)
    return source
