#!/usr/bin/python3
"""Other programs at the clipboard.

own MODE KIND=FILE ...   owns it until something else is copied; says "ready"
    plain     answers as asked, what is large in pieces
    tells     the same, and says `asked KIND` each time
    silent    never answers
    dies      ends after the first piece
    stalls    sends the first piece and no other
    confuses  says that it has the kinds and refuses each
    slow      on Wayland: answers in pieces with pauses, for longer than one pause may take
manage                   on X11: is a manager, which takes over what its owner says when it goes, and has it until
                         something else is copied; says "ready", and then `saved KIND...`
several KIND=OUT ...     on X11: takes all of these with one question (MULTIPLE); says `taken KIND` or `refused KIND`
stall KIND               on X11: takes one piece of this and no other; says "stalled"
gtk KIND OUT             what GTK is given of a kind
gtk-image                what GTK makes of the image: `40x30 RRGGBBAA` and the pixel in the middle of its first field
qt KIND OUT              what Qt is given of a kind
qt-image                 what Qt makes of the image, in the same words
qt-text                  what Qt makes of the text
qt-kinds                 the kinds that Qt sees, one a line
noise SIDE OUT           a PNG of so many pixels a side that does not shrink, and its pixels beside it
same OUT PIXELS          are these the pixels of that picture?
"""

import os
import random
import socket
import struct
import sys
import time
import zlib

PIECE = 200_000


def own(mode, offers):
    contents = {}
    for offer in offers:
        kind, _, path = offer.rpartition("=")
        with open(path, "rb") as file:
            contents[kind] = file.read()
    own_wayland(mode, contents) if os.environ.get("WAYLAND_DISPLAY") else own_x11(mode, contents)


def own_wayland(mode, contents):
    """By wlr-data-control, in the words that go over the wire."""
    server = socket.socket(socket.AF_UNIX)
    server.connect(os.path.join(os.environ["XDG_RUNTIME_DIR"], os.environ["WAYLAND_DISPLAY"]))
    DISPLAY, REGISTRY, SYNC, SEAT, MANAGER, SOURCE, DEVICE, SECOND_SYNC = range(1, 9)

    def words(*values):
        return struct.pack(f"{len(values)}I", *values)

    def string(text):
        data = text.encode() + b"\0"
        return words(len(data)) + data + bytes(-len(data) % 4)

    def request(target, code, body):
        server.sendall(words(target, (8 + len(body)) << 16 | code) + body)

    def read_string(body, at):
        (length,) = struct.unpack_from("I", body, at)
        return body[at + 4 : at + 3 + length].decode(), at + 4 + (length + 3) // 4 * 4

    def events():
        data, pipes = b"", []
        while True:
            more, new, _, _ = socket.recv_fds(server, 65536, 20)
            if not more:
                return
            data, pipes = data + more, pipes + new
            while 8 <= len(data):
                target, head = struct.unpack_from("II", data)
                if len(data) < head >> 16:
                    break
                yield target, head & 0xFFFF, data[8 : head >> 16], pipes
                data = data[head >> 16 :]

    request(DISPLAY, 1, words(REGISTRY))
    request(DISPLAY, 0, words(SYNC))
    names, kept = {}, []
    for target, code, body, pipes in events():
        if target == REGISTRY and code == 0:
            names[read_string(body, 4)[0]] = struct.unpack_from("I", body)[0]
        elif target == SYNC:
            for name, number in [("wl_seat", SEAT), ("zwlr_data_control_manager_v1", MANAGER)]:
                request(REGISTRY, 0, words(names[name]) + string(name) + words(1, number))
            request(MANAGER, 0, words(SOURCE))
            for kind in contents:
                request(SOURCE, 0, string(kind))
            request(MANAGER, 1, words(DEVICE, SEAT))
            request(DEVICE, 0, words(SOURCE))
            request(DISPLAY, 0, words(SECOND_SYNC))
        elif target == SECOND_SYNC:
            print("ready", flush=True)
        elif target == SOURCE and code == 1:
            return
        elif target == SOURCE:
            pipe = pipes.pop(0)
            content = contents[read_string(body, 0)[0]]
            if mode == "tells":
                print("asked", read_string(body, 0)[0], flush=True)
            if mode == "confuses":
                os.close(pipe)
                continue
            if mode == "silent":
                kept.append(pipe)
                continue
            length = len(content) // 2 if mode in ["dies", "stalls"] else len(content)
            step = -(-length // 8) if mode == "slow" else 1 << 20
            os.set_blocking(pipe, True)
            for at in range(0, length, step):
                piece = content[at : min(at + step, length)]
                while piece:
                    piece = piece[os.write(pipe, piece) :]
                if mode == "slow":
                    time.sleep(1)
            if mode == "dies":
                return
            if mode == "stalls":
                kept.append(pipe)
            else:
                os.close(pipe)


class X11:
    """A window, which takes what others own, and owns."""

    def __init__(self):
        from Xlib import X, display

        self.X, self.server = X, display.Display()
        root = self.server.screen().root
        self.window = root.create_window(0, 0, 1, 1, 0, X.CopyFromParent, event_mask=X.PropertyChangeMask)
        self.atom = self.server.intern_atom

    def own(self, selection):
        self.window.set_selection_owner(self.atom(selection), self.X.CurrentTime)
        self.server.sync()

    def answer(self, request, done):
        from Xlib.protocol import event

        place = request.property if done else self.X.NONE
        notice = event.SelectionNotify(
            time=request.time, requestor=request.requestor, selection=request.selection, target=request.target, property=place
        )
        request.requestor.send_event(notice)
        self.server.flush()

    def heard(self, kind, is_it):
        while True:
            it = self.server.next_event()
            if it.type == kind and is_it(it):
                return it

    def ask(self, target, place):
        """Has the owner of the clipboard put that there?"""
        self.window.convert_selection(self.atom("CLIPBOARD"), target, place, self.X.CurrentTime)
        self.server.flush()
        return self.heard(self.X.SelectionNotify, lambda it: it.target == target).property != self.X.NONE

    def take(self, place):
        found = self.window.get_full_property(place, self.X.AnyPropertyType)
        self.window.delete_property(place)
        self.server.flush()
        return found.property_type, bytes(found.value)

    def pieces(self, place):
        """What was put there, in as many pieces as it comes in (ICCCM 2.7.2)."""
        kind, piece = self.take(place)
        if kind != self.atom("INCR"):
            yield piece
            return
        while True:
            self.heard(self.X.PropertyNotify, lambda it: it.atom == place and it.state == self.X.PropertyNewValue)
            _, piece = self.take(place)
            if not piece:
                return
            yield piece

    def serve(self, contents, mode):
        from Xlib import X, Xatom

        rest = {}
        while True:
            it = self.server.next_event()
            if it.type == X.SelectionClear:
                return
            if it.type == X.SelectionRequest and mode != "silent":
                content = contents.get(it.target)
                if mode == "tells":
                    print("asked", self.server.get_atom_name(it.target), flush=True)
                if it.target == self.atom("TARGETS"):
                    it.requestor.change_property(it.property, Xatom.ATOM, 32, [self.atom("TARGETS"), *contents])
                    self.answer(it, True)
                elif content is None or mode == "confuses":
                    self.answer(it, False)
                elif len(content) <= PIECE:
                    it.requestor.change_property(it.property, it.target, 8, content)
                    self.answer(it, True)
                else:
                    it.requestor.change_attributes(event_mask=X.PropertyChangeMask)
                    it.requestor.change_property(it.property, self.atom("INCR"), 32, [len(content)])
                    rest[it.requestor.id, it.property] = (it.requestor, it.target, content, 0)
                    self.answer(it, True)
            elif it.type == X.PropertyNotify and it.state == X.PropertyDelete and (it.window.id, it.atom) in rest:
                requestor, target, content, at = rest.pop((it.window.id, it.atom))
                if 0 < at and mode == "dies":
                    return
                if 0 < at and mode == "stalls":
                    continue
                piece = content[at : at + PIECE]
                requestor.change_property(it.atom, target, 8, piece)
                if piece:
                    rest[it.window.id, it.atom] = (requestor, target, content, at + PIECE)
            self.server.flush()


def own_x11(mode, contents):
    owner = X11()
    contents = {owner.atom(kind): content for kind, content in contents.items()}
    owner.own("CLIPBOARD")
    print("ready", flush=True)
    owner.serve(contents, mode)


def manage():
    manager = X11()
    manager.own("CLIPBOARD_MANAGER")
    print("ready", flush=True)
    save, place = manager.atom("SAVE_TARGETS"), manager.atom("SAVED")
    request = manager.heard(manager.X.SelectionRequest, lambda it: it.target == save)
    kinds = request.requestor.get_full_property(request.property, manager.X.AnyPropertyType).value
    contents = {kind: b"".join(manager.pieces(place)) for kind in kinds if manager.ask(kind, place)}
    manager.own("CLIPBOARD")
    manager.answer(request, True)
    print("saved", *map(manager.server.get_atom_name, contents), flush=True)
    manager.serve(contents, "plain")


def several(wishes):
    taker = X11()
    places = {kind: taker.atom(f"PLACE {index}") for index, kind in enumerate(wishes)}
    pairs, multiple = taker.atom("PAIRS"), taker.atom("MULTIPLE")
    listed = [atom for kind, place in places.items() for atom in (taker.atom(kind), place)]
    taker.window.change_property(pairs, taker.atom("ATOM_PAIR"), 32, listed)
    if not taker.ask(multiple, pairs):
        sys.exit("it does not answer several questions at once")
    answers = taker.window.get_full_property(pairs, taker.X.AnyPropertyType).value[1::2]
    for (kind, path), place in zip(wishes.items(), answers):
        if place == taker.X.NONE:
            print("refused", kind)
            continue
        with open(path, "wb") as file:
            file.writelines(taker.pieces(place))
        print("taken", kind)


def stall(kind):
    taker = X11()
    place = taker.atom("PLACE")
    if not taker.ask(taker.atom(kind), place):
        sys.exit("it is refused")
    next(taker.pieces(place))
    print("stalled", flush=True)
    time.sleep(600)


def gtk_clipboard():
    import gi

    gi.require_version("Gtk", "3.0")
    from gi.repository import Gdk, Gtk

    if os.environ.get("WAYLAND_DISPLAY"):
        # There the clipboard is told to whoever has the focus.
        window = Gtk.Window()
        window.present()
        while not window.is_active():
            Gtk.main_iteration()
    return Gdk, Gtk.Clipboard.get(Gdk.SELECTION_CLIPBOARD)


def gtk(kind, path):
    Gdk, clipboard = gtk_clipboard()
    found = clipboard.wait_for_contents(Gdk.Atom.intern(kind, False))
    with open(path, "wb") as file:
        file.write(found.get_data() if found else b"")


def gtk_image():
    _, clipboard = gtk_clipboard()
    image = clipboard.wait_for_image()
    width, height = image.get_width(), image.get_height()
    at = height // 4 * image.get_rowstride() + width // 4 * image.get_n_channels()
    pixel = image.get_pixels()[at : at + 3]
    print(f"{width}x{height} {pixel.hex()}")


def qt_clipboard():
    from PyQt5.QtCore import QEventLoop
    from PyQt5.QtWidgets import QApplication, QWidget

    is_wayland = bool(os.environ.get("WAYLAND_DISPLAY"))
    os.environ["QT_QPA_PLATFORM"] = "wayland" if is_wayland else "xcb"
    # As long as it is there the clipboard is.
    application = QApplication(["reader"])
    clipboard = application.clipboard()
    if is_wayland:
        # It is shown to whoever has the focus.
        application.window = QWidget()
        application.window.show()
        end = time.monotonic() + 20
        while time.monotonic() < end and not (clipboard.mimeData() and clipboard.mimeData().formats()):
            application.processEvents(QEventLoop.AllEvents, 100)
    return application, clipboard


def qt(kind, path):
    _application, clipboard = qt_clipboard()
    with open(path, "wb") as file:
        file.write(bytes(clipboard.mimeData().data(kind)))


def qt_image():
    _application, clipboard = qt_clipboard()
    image = clipboard.image()
    width, height = image.width(), image.height()
    pixel = image.pixelColor(width // 4, height // 4)
    print(f"{width}x{height} {pixel.red():02x}{pixel.green():02x}{pixel.blue():02x}")


def qt_text():
    _application, clipboard = qt_clipboard()
    print(clipboard.text(), end="")


def qt_kinds():
    _application, clipboard = qt_clipboard()
    print("\n".join(clipboard.mimeData().formats()))


def noise(side, path):
    side = int(side)
    pixels = random.Random(7).randbytes(side * side * 3)
    rows = b"".join(b"\0" + pixels[at : at + side * 3] for at in range(0, len(pixels), side * 3))

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)))
        file.write(chunk(b"IDAT", zlib.compress(rows, 0)) + chunk(b"IEND", b""))
    with open(path + ".pixels", "wb") as file:
        file.write(pixels)


def same(path, pixels):
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None
    with open(pixels, "rb") as file:
        print("same" if Image.open(path).convert("RGB").tobytes() == file.read() else "others")


match sys.argv[1:]:
    case ["own", mode, *offers]:
        own(mode, offers)
    case ["manage"]:
        manage()
    case ["several", *wishes]:
        several(dict(wish.split("=", 1) for wish in wishes))
    case ["stall", kind]:
        stall(kind)
    case ["gtk", kind, path]:
        gtk(kind, path)
    case ["gtk-image"]:
        gtk_image()
    case ["qt", kind, path]:
        qt(kind, path)
    case ["qt-image"]:
        qt_image()
    case ["qt-text"]:
        qt_text()
    case ["qt-kinds"]:
        qt_kinds()
    case ["noise", side, path]:
        noise(side, path)
    case ["same", path, pixels]:
        same(path, pixels)
    case _:
        sys.exit(__doc__)
