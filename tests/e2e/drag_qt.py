#!/usr/bin/python3
"""A window to drag from, as Qt does it.

drag_qt.py WHAT=VALUE...   says `ready`, `begin`, and `end copy` or `end refused`
    image=PATH    its pixels, in every format that Qt can write
    url=ADDRESS   a file or a link
    html=TEXT     a piece of a page
"""

import os
import sys

os.environ["QT_QPA_PLATFORM"] = "wayland" if os.environ.get("WAYLAND_DISPLAY") else "xcb"

from PyQt5.QtCore import QMimeData, Qt, QTimer, QUrl  # noqa: E402
from PyQt5.QtGui import QDrag, QImage  # noqa: E402
from PyQt5.QtWidgets import QApplication, QLabel  # noqa: E402


class Source(QLabel):
    is_dragging = False

    def mousePressEvent(self, event):
        event.accept()

    def mouseMoveEvent(self, _event):
        if self.is_dragging:
            return
        self.is_dragging = True
        data, urls = QMimeData(), []
        for offer in sys.argv[1:]:
            what, _, value = offer.partition("=")
            if what == "image":
                data.setImageData(QImage(value))
            if what == "url":
                urls.append(QUrl(value))
            if what == "html":
                data.setHtml(value)
        if urls:
            data.setUrls(urls)
        drag = QDrag(self)
        drag.setMimeData(data)
        print("begin", flush=True)
        action = drag.exec_(Qt.CopyAction)
        print("end", "copy" if action == Qt.CopyAction else "refused", flush=True)
        self.is_dragging = False


application = QApplication(sys.argv[:1])
window = Source("Drag me")
window.setWindowTitle("drag source")
window.setGeometry(1300, 300, 200, 200)
window.show()
QTimer.singleShot(0, lambda: print("ready", flush=True))
application.exec_()
