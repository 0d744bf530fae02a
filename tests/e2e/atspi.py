#!/usr/bin/python3
"""What a screen reader does: meets the window on the accessibility bus.

wake             says that there is a screen reader
list             every node of the window, one a line: role, name, value, states, place (left, top, width and
                 height on the screen), description, parted by tabs; a line break in one of them is \\n
press NAME       the first action of that control
set NAME VALUE   the value of that control
hear             says `ready`, and for a while what is announced, line by line
"""

import sys
import time

from gi.repository import Gio, GLib

LAUNCHER = ("org.a11y.Bus", "/org/a11y/bus")
ROOT = "/org/a11y/atspi/accessible/root"
PROPERTIES = "org.freedesktop.DBus.Properties"
ATSPI = "org.a11y.atspi."
# Of AT-SPI's numbers those that concern us.
ROLES = {
    6: "canvas", 16: "dialog", 23: "frame", 29: "label", 33: "menu", 35: "menu item", 39: "panel", 43: "button",
    44: "radio button", 48: "scroll bar", 49: "scroll pane", 50: "separator", 51: "slider", 61: "text", 88: "link",
    62: "toggle button", 64: "tool tip", 69: "window", 79: "entry", 83: "heading", 101: "notification",
    110: "landmark", 116: "static",
}  # fmt: skip
STATES = {"checked": 4, "enabled": 8, "expanded": 10, "focusable": 11, "focused": 12, "pressed": 20, "showing": 25}
PATIENCE = 25
CALL_MILLIS = 5000


class Bus:
    def __init__(self):
        (address,) = call(Gio.bus_get_sync(Gio.BusType.SESSION), *LAUNCHER, "org.a11y.Bus", "GetAddress")
        flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
        self.connection = Gio.DBusConnection.new_for_address_sync(address, flags)

    def call(self, node, interface, method, arguments=None):
        return call(self.connection, *node, interface, method, arguments)

    def get(self, node, interface, name):
        arguments = GLib.Variant("(ss)", (ATSPI + interface, name))
        return self.call(node, PROPERTIES, "Get", arguments)[0]

    def children(self, node):
        return self.call(node, ATSPI + "Accessible", "GetChildren")[0]

    def window(self):
        """Our window, as soon as it is there with something in it."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                for app in self.children((ATSPI + "Registry", ROOT)):
                    if self.get(app, "Accessible", "Name") == "inlaid":
                        for window in self.children(app):
                            if self.children(window):
                                return window
            except GLib.Error:
                # The program is not yet done with making itself known.
                pass
            time.sleep(0.1)
        raise SystemExit("the window is not on the accessibility bus")

    def below(self, node):
        """Everything below, in the order of reading."""
        for child in self.children(node):
            yield child
            yield from self.below(child)

    def list(self):
        end = time.monotonic() + PATIENCE
        while True:
            try:
                window = self.window()
                lines = [self.described(it) for it in [window, *self.below(window)]]
                break
            except GLib.Error:
                # Something went away while it was looked at.
                if end < time.monotonic():
                    raise
        for line in lines:
            print("\t".join(line).replace("\n", "\\n"))

    def described(self, node):
        (number,) = self.call(node, ATSPI + "Accessible", "GetRole")
        (bits,) = self.call(node, ATSPI + "Accessible", "GetState")
        bits = bits[0] | bits[1] << 32
        states = [name for name, bit in STATES.items() if bits >> bit & 1]
        interfaces = self.call(node, ATSPI + "Accessible", "GetInterfaces")[0]
        value = ""
        if ATSPI + "Value" in interfaces:
            value = "%g" % self.get(node, "Value", "CurrentValue")
        elif ATSPI + "Text" in interfaces:
            value = self.call(node, ATSPI + "Text", "GetText", GLib.Variant("(ii)", (0, -1)))[0]
        place = ""
        if ATSPI + "Component" in interfaces:
            # On the screen.
            (extents,) = self.call(node, ATSPI + "Component", "GetExtents", GLib.Variant("(u)", (0,)))
            place = " ".join(map(str, extents))
        name, more = [self.get(node, "Accessible", it) for it in ("Name", "Description")]
        return ROLES.get(number, str(number)), name, value, " ".join(states), place, more

    def control(self, name, interface):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                for node in self.below(self.window()):
                    if self.get(node, "Accessible", "Name") == name:
                        if ATSPI + interface in self.call(node, ATSPI + "Accessible", "GetInterfaces")[0]:
                            return node
            except GLib.Error:
                # Something went away while it was looked at.
                pass
            time.sleep(0.1)
        raise SystemExit(f"there is no {name} with {interface}")


def wake():
    """Tells the programs that somebody listens: only then they make themselves known."""
    status = GLib.Variant("(ssv)", ("org.a11y.Status", "IsEnabled", GLib.Variant("b", True)))
    session = Gio.bus_get_sync(Gio.BusType.SESSION)
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return call(session, *LAUNCHER, PROPERTIES, "Set", status)
        except GLib.Error:
            if end < time.monotonic():
                raise
            time.sleep(0.1)


def call(connection, name, path, interface, method, arguments=None):
    flags = Gio.DBusCallFlags.NONE
    return connection.call_sync(name, path, interface, method, arguments, None, flags, CALL_MILLIS, None).unpack()


def hear(bus):
    def announced(_connection, _sender, _path, _interface, _signal, parameters):
        print(parameters.unpack()[3], flush=True)

    bus.window()
    kind = ATSPI + "Event.Object"
    bus.connection.signal_subscribe(None, kind, "Announcement", None, None, Gio.DBusSignalFlags.NONE, announced)
    loop = GLib.MainLoop()
    GLib.timeout_add_seconds(2 * PATIENCE, loop.quit)
    # The bus has the rule before it answers.
    bus.children((ATSPI + "Registry", ROOT))
    print("ready", flush=True)
    loop.run()


def main(verb, *words):
    if verb == "wake":
        wake()
        return
    bus = Bus()
    if verb == "list":
        bus.list()
    elif verb == "press":
        arguments = GLib.Variant("(i)", (0,))
        assert bus.call(bus.control(words[0], "Action"), ATSPI + "Action", "DoAction", arguments)[0]
    elif verb == "set":
        value = GLib.Variant("(ssv)", (ATSPI + "Value", "CurrentValue", GLib.Variant("d", float(words[1]))))
        bus.call(bus.control(words[0], "Value"), PROPERTIES, "Set", value)
    else:
        hear(bus)


main(*sys.argv[1:])
