"""An opened page, and what tests ask of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlparse
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Locator, Page

PIXELS = """canvas => {
  const {width, height} = canvas
  return [width, height, ...canvas.getContext('2d').getImageData(0, 0, width, height).data]
}"""


SMALLER = """canvas => {
  const small = document.createElement('canvas')
  small.width = 120
  small.height = 80
  const to = small.getContext('2d')
  to.drawImage(canvas, 0, 0, 120, 80)
  return [120, 80, ...to.getImageData(0, 0, 120, 80).data]
}"""


class Opened:
    """A page in a window of its own; closing it fails where it complained or went astray."""

    def __init__(
        self,
        browser: Browser,
        address: str,
        *,
        size: tuple[int, int] = (1200, 760),
        dark: bool = False,
        touch: bool = False,
        ready: bool = True,
        tolerant: bool = False,
    ) -> None:
        self.context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            has_touch=touch,
            reduced_motion="reduce",
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.complaints: list[str] = []
        self.tolerant = tolerant
        self.home = urlparse(address).netloc
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self._went(request.url))
        self.page.goto(address)
        if ready:
            self.until(lambda: self.marks("decoder ready") > 0)

    def close(self) -> None:
        self.context.close()
        if self.complaints and not self.tolerant:
            raise AssertionError("the page complained:\n" + "\n".join(self.complaints))

    def until(self, true: Callable[[], Any], seconds: float = 20) -> Any:
        """Wait until something holds. (Playwright's own waiting needs eval, which is banned.)"""
        end = time.monotonic() + seconds
        while not (value := true()):
            assert time.monotonic() < end, f"never came true; the page says:\n{self.text()[:1500]}"
            self.page.wait_for_timeout(40)
        return value

    def marks(self, name: str) -> int:
        return self.page.evaluate(f"performance.getEntriesByName('{name}').length")

    def text(self) -> str:
        return self.page.inner_text("body")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def choose(self, label: str, value: str) -> None:
        self.page.get_by_label(label, exact=True).select_option(value)

    # The plot

    @property
    def plot(self) -> Locator:
        return self.page.locator("[data-space]")

    def box(self) -> dict[str, float]:
        box = self.plot.bounding_box()
        assert box is not None
        return box

    def spot(self, x: float, y: float) -> tuple[float, float]:
        """A place in the plot, from 0 to 1 across it, in pixels of the window."""
        box = self.box()
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    def point(self, x: float, y: float) -> None:
        """Move the pointer there, and wait for the image."""
        before = self.link().get("code")
        self.page.mouse.move(*self.spot(x, y))
        self.until(lambda: self.link().get("code") != before)
        self.page.wait_for_timeout(200)

    def link(self) -> dict[str, str]:
        """What the address says of the view."""
        parts = parse_qs(urlparse(self.page.url).fragment)
        return {key: values[0] for key, values in parts.items()}

    def code(self) -> NDArray[np.float64]:
        """The code that is decoded, as the address has it."""
        return np.array([float(value) for value in self.link()["code"].split(",")])

    def pixels(self, canvas: Locator, script: str = PIXELS) -> NDArray[np.uint8]:
        """The pixels (H, W, 4) of a two-dimensional canvas."""
        width, height, *data = canvas.evaluate(script)
        return np.array(data, dtype=np.uint8).reshape(height, width, 4)

    def hero(self) -> NDArray[np.uint8]:
        """The decoded image (H, W), grey."""
        return self.pixels(self.page.locator("[data-hero] canvas"))[:, :, 0]

    def layer(self, name: str) -> NDArray[np.uint8]:
        """What is painted on a layer of the plot, "back" or "front", reduced to (80, 120, 4)."""
        number = {"back": 0, "front": 2}[name]
        return self.pixels(self.plot.locator("canvas").nth(number), SMALLER)

    def picture(self) -> NDArray[np.int64]:
        """A screenshot of the plot (H, W, 3)."""
        import io

        from PIL import Image

        self.page.wait_for_timeout(150)
        return np.asarray(Image.open(io.BytesIO(self.plot.screenshot())).convert("RGB"), np.int64)

    def drawn(self) -> list[tuple[str, str]]:
        """The sign and the colour of every point that is drawn, in their order."""
        with self.page.expect_download() as download:
            self.choose("save the view", "svg")
        uses = ElementTree.parse(download.value.path()).iter("{http://www.w3.org/2000/svg}use")
        return [(use.attrib["href"], use.attrib["fill"]) for use in uses]

    def _hear(self, message: ConsoleMessage) -> None:
        # These two are about the tests' own screenshots and reading of pixels.
        ours = "GPU stall" in message.text or "willReadFrequently" in message.text
        if message.type in ("error", "warning") and not ours:
            self.complaints.append(message.text)

    def _went(self, url: str) -> None:
        parts = urlparse(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != self.home:
            self.complaints.append(f"asked {url}")


Opener = Callable[..., Opened]
