#!/usr/bin/python3
"""Measures the real window by the trace that it writes: benches/window.py [PROGRAM]

Starts a display without a screen (Xvfb, software OpenGL) and, in it, the program: a start, the drop
of a 24-megapixel JPEG, a drag of the quality slider, a 100-megapixel JPEG that is panned, idleness
and memory. Every figure comes from the trace or from /proc. Needs Xvfb, openbox, xdotool, Pillow and
GTK, as the end-to-end tests do.
"""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tests/e2e"))
from stage import RELEASE, Desk, Program, drag, photo  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else RELEASE
RUNS = 5
# Left end, right end and height of the slider, where the settings file below puts the window.
QUALITY = (890, 1095, 428)


def starts(desk):
    times = []
    for _ in range(RUNS):
        program = Program(desk, program=PROGRAM)
        shown = program.wait("first frame shown")
        times.append((shown["ts"] - program.started) / 1000)
        program.end()
    return times


def large_picture(desk, path):
    """Drop, slider, idleness, memory."""
    report = {}
    program = Program(desk, program=PROGRAM)
    program.wait("first frame shown")
    time.sleep(1)
    empty = program.memory()
    source = drag(desk, path)
    desk.xdotool("mouseup", 1)
    asked = program.wait("load asked for")
    report["first pixels"] = (program.shown(program.wait("first pixels")) - asked["ts"]) / 1000
    report["full preview"] = (program.shown(program.wait("full preview")) - asked["ts"]) / 1000
    source.kill()
    program.rest()
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
    if not late:
        raise SystemExit("the slider is not where it is expected")
    return sorted(late)[len(late) // 2], max(program.frames(since))


def pan(desk, path):
    program = Program(desk, path, program=PROGRAM)
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
    desk.settle(1180, 760, format="jpeg")
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
