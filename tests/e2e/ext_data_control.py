#!/usr/bin/python3
"""Stands between a compositor and its clients and gives wlr-data-control the name of ext-data-control.

ext_data_control.py SOCKET COMPOSITORS-SOCKET   says `ready` when clients can come

Both protocols say the same in the same numbers (wayland-protocols, staging/ext-data-control), so whoever
speaks the newer one is understood by a compositor that knows only the older one.
"""

import os
import socket
import struct
import sys
import threading

OLD, NEW = b"zwlr_data_control_manager_v1", b"ext_data_control_manager_v1"
# Most descriptors that go with one message of the system.
MOST_FILES = 253
DISPLAY, GET_REGISTRY = 1, 1
GLOBAL, BIND = 0, 0


def string(text):
    text += b"\0"
    return struct.pack("=I", len(text)) + text + b"\0" * (-len(text) % 4)


def renamed(message, old, new):
    """The message, in which the interface stands after one number."""
    (sender, head) = struct.unpack_from("=II", message)
    (length,) = struct.unpack_from("=I", message, 12)
    if message[16 : 16 + length] != old + b"\0":
        return message
    rest = message[16 + (length + 3) // 4 * 4 :]
    body = message[8:12] + string(new) + rest
    return struct.pack("=II", sender, (8 + len(body)) << 16 | head & 0xFFFF) + body


class Passage:
    """What one client says and hears."""

    def __init__(self, client, compositor):
        self.registries = set()
        self.threads = [
            threading.Thread(target=self.carry, args=(client, compositor, self.asked)),
            threading.Thread(target=self.carry, args=(compositor, client, self.told)),
        ]
        for thread in self.threads:
            thread.start()

    def asked(self, message):
        (receiver, head) = struct.unpack_from("=II", message)
        if (receiver, head & 0xFFFF) == (DISPLAY, GET_REGISTRY):
            self.registries.add(struct.unpack_from("=I", message, 8)[0])
        is_bind = receiver in self.registries and head & 0xFFFF == BIND
        return renamed(message, NEW, OLD) if is_bind else message

    def told(self, message):
        (sender, head) = struct.unpack_from("=II", message)
        is_global = sender in self.registries and head & 0xFFFF == GLOBAL
        return renamed(message, OLD, NEW) if is_global else message

    def carry(self, source, target, change):
        rest, files = b"", []
        try:
            while True:
                piece, new_files, _, _ = socket.recv_fds(source, 1 << 16, MOST_FILES)
                if not piece:
                    break
                rest, files = rest + piece, files + new_files
                whole = b""
                while 8 <= len(rest) and (size := struct.unpack_from("=I", rest, 4)[0] >> 16) <= len(rest):
                    whole, rest = whole + change(rest[:size]), rest[size:]
                if not whole:
                    continue
                # A few at a time, each with at least a byte.
                sent = socket.send_fds(target, [whole], files) if files else target.send(whole)
                target.sendall(whole[sent:])
                for file in files:
                    os.close(file)
                files = []
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


path, behind = sys.argv[1:]
listener = socket.socket(socket.AF_UNIX)
listener.bind(path)
listener.listen()
print("ready", flush=True)
while True:
    client, _ = listener.accept()
    compositor = socket.socket(socket.AF_UNIX)
    compositor.connect(behind)
    Passage(client, compositor)
