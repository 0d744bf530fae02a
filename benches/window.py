#!/usr/bin/python3
"""Measures the real window by the trace that it writes: benches/window.py [PROGRAM]

Starts a display without a screen (Xvfb, software OpenGL) and, in it, the program: a start, the drop
of a 24-megapixel JPEG, steps and drags of the quality slider, a 100-megapixel JPEG that is panned,
idleness and memory. Every figure comes from the trace or from /proc. Needs Xvfb, openbox, xdotool,
Pillow and GTK, as the end-to-end tests do.
"""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tests/e2e"))
from stage import RELEASE, Desk, Program, drag, photo  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else RELEASE
RUNS = 5
STEPS = 11
# Left end, right end and height of the slider, where the settings files below put the window.
QUALITY = {"JPEG, 24 megapixels": (890, 1095, 427), "JPEG, 1200 × 800": (890, 1095, 427), "WebP, 1200 × 800": (890, 1095, 461)}


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
    source.kill()
    program.rest()
    for name in ["first pixels", "full preview"]:
        report[name + ", ms"] = (program.shown(program.wait(name)) - asked["ts"]) / 1000
    report["longest frame while it loads, ms"] = max(program.frames(asked["ts"]))
    report["... on the processor at most, ms"] = max(program.processor(asked["ts"]))
    report["memory above the empty window, MB"] = program.memory() - empty
    before = program.ticks()
    time.sleep(5)
    report["processor ticks in five idle seconds"] = program.ticks() - before
    report.update(steps(desk, program, "JPEG, 24 megapixels"))
    report.update(slide(desk, program, "JPEG, 24 megapixels"))
    program.rest()
    size(desk)
    program.rest()
    report.update(steps(desk, program, "JPEG, 1200 × 800"))
    report.update(slide(desk, program, "JPEG, 1200 × 800"))
    # The race of the formats goes on for a while.
    program.rest()
    report["memory after that, MB"] = program.memory() - empty
    program.end()
    return report


def webp(desk, path):
    """The slider in the format of the first start."""
    program = Program(desk, path, program=PROGRAM)
    program.wait("full preview")
    size(desk)
    program.rest()
    report = steps(desk, program, "WebP, 1200 × 800")
    report.update(slide(desk, program, "WebP, 1200 × 800"))
    program.end()
    return report


def size(desk):
    """1200 pixels wide: the third of the presets."""
    desk.xdotool("mousemove", 1014, 143, "click", 1)


def steps(desk, program, what):
    """The medians of what single steps take to the numbers and to the picture besides encoding."""
    left, right, y = QUALITY[what]
    parts = {"encoding": [], "to the numbers, beyond that": [], "to the picture, beyond that": []}
    for at in range(STEPS):
        # Past the quality of the start, whose result is remembered.
        since, n_shown = time.time() * 1e6, program.count("result shown")
        desk.xdotool("mousemove", (left + right) // 2 + 5 * at, y, "mousedown", 1)
        # So long that no frame of letting go comes in between.
        time.sleep(0.4)
        desk.xdotool("mouseup", 1)
        # The quick result and the small one.
        program.wait("result shown", n_shown + 2)
        # The race of the formats goes on for longer; the next step breaks it off, as a user's does.
        time.sleep(1.5)
        entries = [it for it in program.entries() if it["ts"] >= since]

        def first(name, begin):
            return next((it for it in entries if it["name"] == name and it["ts"] >= begin), None)

        asked = first("render asked for", since)
        # The encoder may begin before it is written down that it was asked to.
        encoded = first("encode", asked["ts"] - 1000)
        # The race may have made this very result before.
        if encoded is None:
            continue
        made = encoded["ts"] + encoded["dur"]
        beyond = asked["ts"] + encoded["dur"]
        parts["encoding"].append(encoded["dur"])
        parts["to the numbers, beyond that"].append(program.shown(first("numbers shown", made)) - beyond)
        parts["to the picture, beyond that"].append(program.shown(first("result shown", made)) - beyond)
    return {f"a step of the slider ({what}), {part}, ms": median(times) / 1000 for part, times in parts.items()}


def median(values):
    return sorted(values)[len(values) // 2]


def slide(desk, program, what):
    """Results a second while the slider moves, and the longest frame."""
    left, right, y = QUALITY[what]
    since = time.time() * 1e6
    desk.xdotool("mousemove", left, y, "mousedown", 1)
    for _ in range(3):
        for x in [*range(left, (left + right) // 2, 4), *range((left + right) // 2, left, -4)]:
            desk.xdotool("mousemove", x, y)
            time.sleep(0.03)
    until = time.time() * 1e6
    desk.xdotool("mouseup", 1)
    time.sleep(3)
    n_shown = sum(it["name"] == "result shown" and since <= it["ts"] <= until for it in program.entries())
    return {
        f"pictures a second while the slider is dragged ({what})": n_shown / (until - since) * 1e6,
        f"longest frame while the slider is dragged ({what}), ms": max(program.frames(since)),
        f"... of that and what came in, on the processor at most ({what}), ms": max(program.processor(since)),
    }


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
    longest = max(program.frames(since)), max(program.processor(since))
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
        desk.settle(1180, 760, format="webp")
        for name, value in webp(desk, small).items():
            print(f"24 megapixels, {name}: {value:.1f}")
        longest, ran = pan(desk, large)
        print(f"100 megapixels, longest frame while panned, and on the processor at most, ms: {longest:.1f}, {ran:.1f}")
    finally:
        desk.close()


main()
