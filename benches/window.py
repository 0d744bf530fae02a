#!/usr/bin/python3
"""Measures the real window by the trace that it writes: benches/window.py [PROGRAM]

Starts a display without a screen (Xvfb, software OpenGL) and, in it, the program: a start, the drop
of a 24-megapixel JPEG, a drag of the quality slider, a 100-megapixel JPEG that is panned, idleness
and memory. Every figure comes from the trace or from /proc. Needs Xvfb, openbox, xdotool, Pillow and
GTK, as the end-to-end tests do.
"""

import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time

from PIL import Image, ImageDraw

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "../target/release/inlaid"))
RUNS = 5
# Left end, right end and height of the slider, where the settings file below puts the window.
QUALITY = (890, 1150, 400)


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


class Desk:
    """A display, a window manager, a home."""

    def __init__(self):
        self.folder = tempfile.mkdtemp()
        read, write = os.pipe()
        command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1600x900x24", "-noreset", "-nolisten", "tcp"]
        self.children = [subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)]
        with os.fdopen(read) as pipe:
            display = ":" + pipe.readline().strip()
        config = os.path.join(self.folder, "inlaid")
        os.mkdir(config)
        with open(os.path.join(config, "settings.json"), "w") as file:
            place = {"width": 1180, "height": 760, "x": 0, "y": 0, "maximized": False}
            json.dump({"format": "jpeg", "window": place}, file)
        self.env = dict(os.environ, DISPLAY=display, LIBGL_ALWAYS_SOFTWARE="1", XDG_CONFIG_HOME=self.folder)
        self.env.update(XDG_RUNTIME_DIR=self.folder, NO_AT_BRIDGE="1", HOME=self.folder)
        for name in ["WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS"]:
            self.env.pop(name, None)
        self.spawn("openbox", stdout=subprocess.DEVNULL)
        time.sleep(0.5)

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


class Program:
    """The program with a trace."""

    def __init__(self, desk, *inputs):
        self.trace = tempfile.mktemp(suffix=".json", dir=desk.folder)
        self.desk = desk
        self.started = time.time() * 1e6
        self.child = desk.spawn(PROGRAM, "--trace", self.trace, *inputs, stdout=subprocess.DEVNULL)

    def entries(self):
        try:
            with open(self.trace) as file:
                return json.loads(file.read().rstrip().rstrip(",") + "]")
        except (FileNotFoundError, json.JSONDecodeError):
            return []

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
        """When the frame in which something was marked was over, in microseconds."""
        frames = [it for it in self.entries() if it["name"] == "frame" and it["ts"] <= entry["ts"]]
        return frames[-1]["ts"] + frames[-1]["dur"] if frames else entry["ts"]

    def frames(self, since):
        return [it["dur"] / 1000 for it in self.entries() if it["name"] == "frame" and it["ts"] >= since]

    def ticks(self):
        with open(f"/proc/{self.child.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    def memory(self):
        """Private memory in megabytes: what files are mapped to is not ours."""
        with open(f"/proc/{self.child.pid}/status") as file:
            return int(re.search(r"RssAnon:\s+(\d+)", file.read())[1]) / 1000

    def end(self):
        self.child.kill()
        self.child.wait()


def drop(desk, path):
    """Drags a file onto the window from another one, as file managers do."""
    script = os.path.join(HERE, "../tests/e2e/drag_source.py")
    source = desk.spawn("/usr/bin/python3", "-u", script, "1250", "100", path, stdout=subprocess.PIPE, text=True)
    source.stdout.readline()
    time.sleep(1)
    desk.xdotool("mousemove", 1350, 230, "mousedown", 1)
    for x in range(1340, 500, -60):
        desk.xdotool("mousemove", x, 300)
    time.sleep(0.3)
    desk.xdotool("mouseup", 1)
    return source


def starts(desk):
    times = []
    for _ in range(RUNS):
        program = Program(desk)
        shown = program.wait("first frame shown")
        times.append((shown["ts"] - program.started) / 1000)
        program.end()
    return times


def large_picture(desk, path):
    """Drop, slider, idleness, memory."""
    report = {}
    program = Program(desk)
    program.wait("first frame shown")
    time.sleep(1)
    empty = program.memory()
    source = drop(desk, path)
    asked = program.wait("load asked for")
    report["first pixels"] = (program.shown(program.wait("first pixels")) - asked["ts"]) / 1000
    report["full preview"] = (program.shown(program.wait("full preview")) - asked["ts"]) / 1000
    program.rest()
    source.kill()
    report["longest frame while it loads"] = max(program.frames(asked["ts"]))
    report["memory above the empty window, MB"] = program.memory() - empty
    before = program.ticks()
    time.sleep(5)
    report["processor ticks in five idle seconds"] = program.ticks() - before
    size(desk)
    program.rest()
    report["slider to result beyond the encoder"], report["longest frame of the slider's drag"] = slide(desk, program)
    report["memory after that, MB"] = program.memory() - empty
    program.end()
    return report


def size(desk):
    """1200 pixels wide: the third of the presets."""
    desk.xdotool("mousemove", 1014, 143, "click", 1)


def slide(desk, program):
    left, right, y = QUALITY
    since = time.time() * 1e6
    desk.xdotool("mousemove", left, y, "mousedown", 1)
    for x in range(left, right, 4):
        desk.xdotool("mousemove", x, y)
        time.sleep(0.03)
    desk.xdotool("mouseup", 1)
    program.rest()
    late = []
    entries = program.entries()
    for at, entry in enumerate(entries):
        if entry["name"] != "result shown" or entry["ts"] < since:
            continue
        # The newest request whose encoding had ended before.
        encoded = [it for it in entries[:at] if it["name"] == "encode" and it["ts"] + it["dur"] <= entry["ts"]]
        asked = [it for it in entries[:at] if it["name"] == "render asked for" and it["ts"] <= encoded[-1]["ts"]]
        late.append((program.shown(entry) - asked[-1]["ts"] - encoded[-1]["dur"]) / 1000)
    return sorted(late)[len(late) // 2], max(program.frames(since))


def pan(desk, path):
    program = Program(desk, path)
    program.wait("full preview", seconds=120)
    program.rest()
    since = time.time() * 1e6
    desk.xdotool("mousemove", 300, 300, "key", "1")
    time.sleep(0.5)
    for _ in range(3):
        desk.xdotool("mousemove", 100, 150, "mousedown", 1)
        for step in range(40):
            desk.xdotool("mousemove", 100 + 15 * step, 150 + 10 * step)
        desk.xdotool("mouseup", 1)
    program.rest()
    longest = max(program.frames(since))
    program.end()
    return longest


def main():
    desk = Desk()
    try:
        small, large = os.path.join(desk.folder, "photo24.jpg"), os.path.join(desk.folder, "photo100.jpg")
        photo(small, 6000, 4000)
        photo(large, 12000, 8400)
        # The second frame begins once the events that came before it were read: drops, too.
        print(f"start to the first frame, and to ready for drops, ms: {', '.join(f'{it:.0f}' for it in starts(desk))}")
        for name, value in large_picture(desk, small).items():
            print(f"24 megapixels, {name}: {value:.1f}")
        print(f"100 megapixels, longest frame while panned, ms: {pan(desk, large):.1f}")
    finally:
        desk.close()


main()
