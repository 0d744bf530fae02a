#!/usr/bin/python3
"""What a page in Chromium is given that asks for the clipboard: chromium.py PROFILE PAGE

Says what the function `taken` of the page says, after the permission was granted that people grant by a click.
"""

import json
import os
import subprocess
import sys

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--remote-debugging-pipe"]
# The browser reads what it is told from 3 and answers on 4.
ASK, ANSWER = 3, 4


class Browser:
    def __init__(self, profile, page):
        told, tell = os.pipe()
        hear, said = os.pipe()

        def furnish():
            # Neither end may be lost when the other takes its number.
            ends = os.dup(told), os.dup(said)
            os.dup2(ends[0], ASK)
            os.dup2(ends[1], ANSWER)

        command = ["chromium", *FLAGS, f"--user-data-dir={profile}", page]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(command, preexec_fn=furnish, close_fds=False, **quiet)
        os.close(told)
        os.close(said)
        self.tell, self.hear, self.rest, self.number = tell, hear, b"", 0

    def call(self, method, session=None, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params} | ({"sessionId": session} if session else {})
        os.write(self.tell, json.dumps(message).encode() + b"\0")
        while True:
            while b"\0" not in self.rest:
                more = os.read(self.hear, 1 << 20)
                if not more:
                    sys.exit("the browser has ended")
                self.rest += more
            line, _, self.rest = self.rest.partition(b"\0")
            answer = json.loads(line)
            if answer.get("id") == self.number:
                if "error" in answer:
                    sys.exit(f"{method}: {answer['error']}")
                return answer["result"]


def main(profile, page):
    browser = Browser(profile, page)
    try:
        browser.call("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
        pages = []
        while not pages:
            targets = browser.call("Target.getTargets")["targetInfos"]
            pages = [it["targetId"] for it in targets if it["type"] == "page" and it["url"] == page]
        session = browser.call("Target.attachToTarget", targetId=pages[0], flatten=True)["sessionId"]
        browser.call("Emulation.setFocusEmulationEnabled", session, enabled=True)
        asked = {"expression": "taken()", "awaitPromise": True, "returnByValue": True}
        answer = browser.call("Runtime.evaluate", session, **asked)
        print(answer["result"].get("value", answer))
    finally:
        browser.process.kill()
        browser.process.wait()


main(*sys.argv[1:])
