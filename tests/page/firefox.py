"""Firefox as Debian has it, which Playwright does not drive: WebDriver BiDi over a websocket."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

EXECUTABLE = shutil.which("firefox-esr") or shutil.which("firefox")
SECONDS = 60


class Firefox:
    """A window of Firefox, with what its pages say in the console.

    Args:
        profile: an empty folder for it.
        size: of the window's inside, in CSS pixels.
    """

    def __init__(self, profile: Path, size: tuple[int, int] = (1200, 760)) -> None:
        from websockets.sync.client import connect

        profile.mkdir()
        self.said: list[str] = []
        self._numbers = itertools.count(1)
        self._open = ExitStack()
        log = profile / "log"
        command = [str(EXECUTABLE), "--headless", "--no-remote", "--remote-debugging-port", "0"]
        with log.open("w") as out:
            self._process = subprocess.Popen(
                [*command, "--profile", str(profile)], stdout=out, stderr=out
            )
        try:
            reached = connect(f"{_address(log)}/session", max_size=None)
            self._socket = self._open.enter_context(reached)
            self.ask("session.new", capabilities={})
            self.ask("session.subscribe", events=["log.entryAdded"])
            self._window = self.ask("browsingContext.getTree")["contexts"][0]["context"]
            shape = {"width": size[0], "height": size[1]}
            self.ask("browsingContext.setViewport", context=self._window, viewport=shape)
        except BaseException:
            self._process.kill()
            self._process.wait()
            raise

    def close(self) -> None:
        self._open.close()
        self._process.terminate()
        self._process.wait(20)

    def ask(self, method: str, **parameters: Any) -> Any:
        """Have a command of BiDi done; give its result."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            told = json.loads(self._socket.recv(SECONDS))
            if told.get("method") == "log.entryAdded" and told["params"]["level"] != "info":
                self.said.append(told["params"]["text"] or str(told["params"]))
            if told.get("id") == number:
                assert told["type"] == "success", f"{method}: {told.get('message')}"
                return told["result"]

    def open(self, address: str) -> None:
        self.ask("browsingContext.navigate", context=self._window, url=address, wait="complete")

    def read(self, expression: str) -> Any:
        """Give the value of an expression in the page, as JSON holds it."""
        place = {"context": self._window}
        source = f"JSON.stringify({expression})"
        told = self.ask("script.evaluate", expression=source, target=place, awaitPromise=True)
        assert told["type"] == "success", told
        return json.loads(told["result"].get("value", "null"))

    def until(self, true: Callable[[], Any], seconds: float = 30) -> Any:
        end = time.monotonic() + seconds
        while not (value := true()):
            assert time.monotonic() < end, self.read("document.body.innerText")[:1500]
            time.sleep(0.05)
        return value

    def point(self, x: float, y: float, *, click: bool = False) -> None:
        """Move the pointer to a spot of the window, and press it there."""
        steps = [{"type": "pointerMove", "x": round(x), "y": round(y)}]
        if click:
            steps += [{"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp")]
        self._act({"type": "pointer", "id": "mouse", "actions": steps})

    def type(self, keys: str) -> None:
        steps = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self._act({"type": "key", "id": "keyboard", "actions": steps})

    def click(self, selector: str) -> None:
        """Press the middle of an element."""
        find = f"document.querySelector({json.dumps(selector)}).getBoundingClientRect()"
        box = self.read(find)
        self.point(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, click=True)

    def _act(self, source: dict[str, Any]) -> None:
        self.ask("input.performActions", context=self._window, actions=[source])


def _address(log: Path) -> str:
    """Where a starting Firefox listens, as it says itself."""
    end = time.monotonic() + SECONDS
    while not (found := re.search(r"BiDi listening on (ws://\S+)", log.read_text())):
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.05)
    return found[1]
