#!/usr/bin/python3
"""Moves the pointer over the window at regular moments: probe.py FILE

FILE gets a line a move: when it was sent, in microseconds since 1970.
"""

import itertools
import sys
import time

from Xlib import X, display
from Xlib.ext import xtest

PERIOD = 0.05
# On the canvas of a window at the upper left corner, beside everything that can be pressed.
PLACES = [(600, 620), (606, 624)]


def main(path):
    server = display.Display()
    due = time.time()
    with open(path, "w") as file:
        for x, y in itertools.cycle(PLACES):
            due += PERIOD
            time.sleep(max(due - time.time(), 0))
            sent = time.time()
            xtest.fake_input(server, X.MotionNotify, x=x, y=y)
            server.sync()
            print(round(sent * 1e6), file=file, flush=True)
            due = max(due, sent)


main(sys.argv[1])
