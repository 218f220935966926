"""Chromium and Firefox without a window, for tests: a file is opened, asked, photographed and printed, with no network.

Chromium is spoken to in its own protocol (CDP), Firefox in WebDriver BiDi; both over a socket on loopback.
"""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from websockets.sync.client import ClientConnection, connect

_NOWHERE: Final = "127.0.0.1:9"  # where nobody listens: every request to a network fails
_WAIT: Final = 60.0


class Browser:
    """What both have in common. `errors`: what the page complained of; `requests`: what it asked for, since it was opened."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._number = 0
        self.errors: list[str] = []
        self.requests: list[str] = []

    def _ask(self, method: str, params: dict[str, Any], **more: str) -> dict[str, Any]:
        """One command, and its answer; what is told meanwhile is noted."""
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": params, **more}))
        while True:
            told = json.loads(self._socket.recv(timeout=_WAIT))
            if told.get("id") == self._number:
                if "error" in told:
                    raise RuntimeError(f"{method}: {told}")
                return dict(told["result"])
            self._note(told.get("method", ""), told.get("params", {}))

    def _note(self, method: str, params: dict[str, Any]) -> None:
        raise NotImplementedError

    def open(self, file: Path, width: int = 1366, height: int = 768, clock: str = "") -> None:
        """Open a page and wait until it says that it is ready. clock: what the reader's clock shows, ISO; "" what it is."""
        self.errors.clear()
        self.requests.clear()
        self._open(file.as_uri(), width, height, _CLOCK.replace("$", clock) if clock else "")
        self.wait_for("document.body && document.body.getAttribute('data-ready') === 'yes'")

    def open_again(self) -> None:
        """Open the same page once more: what was chosen in it is gone."""
        self._evaluate("document.body.removeAttribute('data-ready'); location.reload(); ''")
        self.wait_for("document.body && document.body.getAttribute('data-ready') === 'yes'")

    def wait_for(self, condition: str) -> None:
        """Wait until the page says so."""
        until = time.monotonic() + _WAIT
        while not self.tell(condition):
            if time.monotonic() > until:
                raise TimeoutError(f"{condition}: {self.errors}")
            time.sleep(0.02)

    def _open(self, address: str, width: int, height: int, before: str) -> None:
        raise NotImplementedError

    def tell(self, expression: str) -> Any:
        """What an expression comes to in the page, as JSON has it."""
        return json.loads(self._evaluate(f"JSON.stringify(({expression}) || null)") or "null")

    def _evaluate(self, expression: str) -> str:
        raise NotImplementedError

    def picture(self) -> bytes:
        """A PNG of what is to be seen."""
        raise NotImplementedError

    def printed(self) -> bytes:
        """The page on A4, a PDF."""
        raise NotImplementedError


# A page that has this run first believes that it is then.
_CLOCK: Final = """(function () { var real = Date, now = new real("$").getTime();
function Then() { return arguments.length ? new (Function.prototype.bind.apply(real, [null].concat([].slice.call(arguments))))() : new real(now); }
Then.prototype = real.prototype; Then.now = function () { return now; }; Then.UTC = real.UTC; Then.parse = real.parse; Date = Then; })();"""


class Chromium(Browser):
    """Chromium, by CDP."""

    def __init__(self, socket: ClientConnection) -> None:
        super().__init__(socket)
        target = self._ask("Target.createTarget", {"url": "about:blank"})["targetId"]
        self._session = self._ask("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        self._before = ""
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._do(f"{domain}.enable")

    def _do(self, method: str, **params: Any) -> dict[str, Any]:
        return self._ask(method, params, sessionId=self._session)

    def _note(self, method: str, params: dict[str, Any]) -> None:
        if method == "Runtime.exceptionThrown":
            self.errors.append(json.dumps(params["exceptionDetails"], ensure_ascii=False))
        elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
            self.errors.append(json.dumps(params["args"], ensure_ascii=False))
        elif method == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.errors.append(params["entry"]["text"])
        elif method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])

    def _open(self, address: str, width: int, height: int, before: str) -> None:
        if self._before:
            self._do("Page.removeScriptToEvaluateOnNewDocument", identifier=self._before)
        self._before = self._do("Page.addScriptToEvaluateOnNewDocument", source=before)["identifier"] if before else ""
        self._do(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 700
        )
        self._do("Page.navigate", url=address)

    def _evaluate(self, expression: str) -> str:
        found = self._do("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in found:
            raise RuntimeError(json.dumps(found, ensure_ascii=False))
        return str(found["result"].get("value", ""))

    def picture(self) -> bytes:
        return base64.b64decode(self._do("Page.captureScreenshot", format="png")["data"])

    def printed(self) -> bytes:
        found = self._do("Page.printToPDF", printBackground=False, preferCSSPageSize=True)
        return base64.b64decode(found["data"])


class Firefox(Browser):
    """Firefox, by WebDriver BiDi."""

    def __init__(self, socket: ClientConnection) -> None:
        super().__init__(socket)
        self._ask("session.new", {"capabilities": {}})
        self._context = self._ask("browsingContext.getTree", {})["contexts"][0]["context"]
        self._ask("session.subscribe", {"events": ["log.entryAdded", "network.beforeRequestSent"]})
        self._before = ""

    def _note(self, method: str, params: dict[str, Any]) -> None:
        if method == "log.entryAdded" and params["level"] in ("error", "warn"):
            self.errors.append(str(params["text"]))
        elif method == "network.beforeRequestSent":
            self.requests.append(params["request"]["url"])

    def _open(self, address: str, width: int, height: int, before: str) -> None:
        if self._before:
            self._ask("script.removePreloadScript", {"script": self._before})
        function = {"functionDeclaration": f"() => {{ {before} }}"}
        self._before = self._ask("script.addPreloadScript", function)["script"] if before else ""
        viewport = {"width": width, "height": height}
        self._ask("browsingContext.setViewport", {"context": self._context, "viewport": viewport})
        self._ask("browsingContext.navigate", {"context": self._context, "url": address, "wait": "complete"})

    def _evaluate(self, expression: str) -> str:
        params = {"expression": expression, "target": {"context": self._context}, "awaitPromise": False}
        found = self._ask("script.evaluate", params)
        if found["type"] == "exception":
            raise RuntimeError(json.dumps(found, ensure_ascii=False))
        return str(found["result"].get("value", ""))

    def picture(self) -> bytes:
        return base64.b64decode(self._ask("browsingContext.captureScreenshot", {"context": self._context})["data"])

    def printed(self) -> bytes:
        params = {"context": self._context, "page": {"width": 21.0, "height": 29.7}, "background": False}
        return base64.b64decode(self._ask("browsingContext.print", params)["data"])


@contextmanager
def chromium(folder: Path) -> Iterator[Browser]:
    """Chromium at work, with its own things in `folder`."""
    program = (
        shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome") or "chromium"
    )
    command = [
        program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-extensions",
        f"--proxy-server={_NOWHERE}", "--remote-debugging-port=0", f"--user-data-dir={folder}", "about:blank",
    ]  # fmt: skip
    with _started(command, folder, r"DevTools listening on (ws://\S+)") as socket:
        yield Chromium(socket)


_PREFERENCES: Final = {
    "network.proxy.type": 1, "network.proxy.http": "127.0.0.1", "network.proxy.http_port": 9, "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9, "browser.shell.checkDefaultBrowser": False, "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.enabled": False, "browser.startup.page": 0, "browser.aboutwelcome.enabled": False,
}  # fmt: skip


@contextmanager
def firefox(folder: Path) -> Iterator[Browser]:
    """Firefox at work, with its profile in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in _PREFERENCES.items())
    (folder / "user.js").write_text("".join(lines), encoding="utf-8")
    program = shutil.which("firefox-esr") or shutil.which("firefox") or "firefox-esr"
    command = [
        program,
        "--headless",
        "--no-remote",
        "--remote-debugging-port=0",
        "--profile",
        str(folder),
        "about:blank",
    ]
    with _started(command, folder, r"WebDriver BiDi listening on (ws://\S+)", "/session") as socket:
        yield Firefox(socket)


@contextmanager
def _started(command: list[str], folder: Path, says: str, path: str = "") -> Iterator[ClientConnection]:
    """The program at work, with a socket to the address that it says; it is ended with all that it started."""
    folder.mkdir(parents=True, exist_ok=True)
    said = folder / "said.txt"
    with said.open("wb") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=stream, stdin=subprocess.DEVNULL)
        try:
            until = time.monotonic() + _WAIT
            while not (found := re.search(says, said.read_text("utf-8", "replace"))):
                if process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"{command[0]}: {said.read_text('utf-8', 'replace')[-2000:]}")
                time.sleep(0.05)
            with connect(found[1] + path, max_size=None, ping_interval=None) as socket:
                yield socket
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(20)
