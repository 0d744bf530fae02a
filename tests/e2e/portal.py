#!/usr/bin/python3
"""A desktop portal with settings that are told to it.

portal.py serve KIND SCHEME   says `ready`; KIND is `new`, `old` (without ReadOne) or `deaf`
portal.py set SCHEME          changes the colour scheme of the one that serves
"""

import sys

from gi.repository import Gio, GLib

NAME = "org.freedesktop.portal.Desktop"
PATH = "/org/freedesktop/portal/desktop"
SETTINGS = "org.freedesktop.portal.Settings"
APPEARANCE = "org.freedesktop.appearance"
READ_ONE = """<method name="ReadOne">
    <arg name="namespace" type="s" direction="in"/><arg name="key" type="s" direction="in"/>
    <arg name="value" type="v" direction="out"/>
</method>"""
INTERFACES = """<node><interface name="org.freedesktop.portal.Settings">
    {read_one}
    <method name="Read">
        <arg name="namespace" type="s" direction="in"/><arg name="key" type="s" direction="in"/>
        <arg name="value" type="v" direction="out"/>
    </method>
    <method name="Set"><arg name="scheme" type="u" direction="in"/></method>
    <signal name="SettingChanged">
        <arg name="namespace" type="s"/><arg name="key" type="s"/><arg name="value" type="v"/>
    </signal>
</interface></node>"""

bus = Gio.bus_get_sync(Gio.BusType.SESSION)


def serve(kind, scheme):
    def called(connection, _sender, path, interface, method, arguments, invocation):
        nonlocal scheme
        if kind == "deaf":
            return
        if method == "Set":
            (scheme,) = arguments.unpack()
            news = GLib.Variant("(ssv)", (APPEARANCE, "color-scheme", GLib.Variant("u", scheme)))
            connection.emit_signal(None, path, interface, "SettingChanged", news)
            invocation.return_value(None)
        elif arguments.unpack() != (APPEARANCE, "color-scheme"):
            invocation.return_dbus_error("org.freedesktop.portal.Error.NotFound", "no such setting")
        elif method == "ReadOne":
            invocation.return_value(GLib.Variant("(v)", (GLib.Variant("u", scheme),)))
        else:
            invocation.return_value(GLib.Variant("(v)", (GLib.Variant("v", GLib.Variant("u", scheme)),)))

    xml = INTERFACES.format(read_one="" if kind == "old" else READ_ONE)
    bus.register_object(PATH, Gio.DBusNodeInfo.new_for_xml(xml).interfaces[0], called, None, None)
    Gio.bus_own_name_on_connection(
        bus, NAME, Gio.BusNameOwnerFlags.NONE, lambda *_: print("ready", flush=True), None
    )
    GLib.MainLoop().run()


if sys.argv[1] == "serve":
    serve(sys.argv[2], int(sys.argv[3]))
else:
    scheme = GLib.Variant("(u)", (int(sys.argv[2]),))
    bus.call_sync(NAME, PATH, SETTINGS, "Set", scheme, None, Gio.DBusCallFlags.NONE, 10_000)
