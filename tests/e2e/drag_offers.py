#!/usr/bin/python3
"""A window to drag from that offers more than files, as GTK does it, and not always to the end.

drag_offers.py MANNER KIND=FILE...   says `ready`, `begin`, `data KIND`, and `end` after `failed` if it was refused
    plain    gives what it offers
    moves    the same, but not as a copy
    stalls   gives nothing and goes on running
    dies     ends instead of giving
"""

import os
import sys
import time

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("Gdk", "3.0")
from gi.repository import Gdk, Gtk  # noqa: E402

manner, *offers = sys.argv[1:]
contents = dict(offer.rsplit("=", 1) for offer in offers)
window = Gtk.Window(title="drag source")
button = Gtk.Button(label="Drag me")
window.add(button)
window.set_default_size(200, 200)
targets = [Gtk.TargetEntry.new(kind, 0, index) for index, kind in enumerate(contents)]
action = Gdk.DragAction.MOVE if manner == "moves" else Gdk.DragAction.COPY
button.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, targets, action)


def give(_widget, _context, selection, _info, _time):
    kind = selection.get_target().name()
    print("data", kind, flush=True)
    if manner == "stalls":
        time.sleep(600)
    if manner == "dies":
        os._exit(0)
    with open(contents[kind], "rb") as file:
        selection.set(selection.get_target(), 8, file.read())


button.connect("drag-begin", lambda *_: print("begin", flush=True))
button.connect("drag-data-get", give)
button.connect("drag-failed", lambda *_: print("failed", flush=True))
button.connect("drag-end", lambda *_: print("end", flush=True))
window.connect("map-event", lambda *_: print("ready", flush=True))
window.show_all()
window.move(1300, 300)
Gtk.main()
