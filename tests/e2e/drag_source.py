#!/usr/bin/python3
"""A window to drag files from, as file managers offer them.

drag_source.py X Y PATH...   says `ready`, `begin`, `data`, and `end` or `failed`
"""

import sys

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("Gdk", "3.0")
from gi.repository import Gdk, GLib, Gtk  # noqa: E402

x, y, *paths = sys.argv[1:]
window = Gtk.Window(title="drag source")
button = Gtk.Button(label="Drag me")
window.add(button)
window.set_default_size(200, 200)
button.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
button.drag_source_add_uri_targets()


def give(_widget, _context, selection, _info, _time):
    print("data", flush=True)
    selection.set_uris([GLib.filename_to_uri(path, None) for path in paths])


button.connect("drag-begin", lambda *_: print("begin", flush=True))
button.connect("drag-data-get", give)
button.connect("drag-failed", lambda *_: print("failed", flush=True))
button.connect("drag-end", lambda *_: print("end", flush=True))
window.connect("map-event", lambda *_: print("ready", flush=True))
window.show_all()
window.move(int(x), int(y))
Gtk.main()
