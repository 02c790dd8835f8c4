"""The explorer in headless Chromium: first draw, ready to decode, decoding, frames, bytes.

    latentscape export runs/vae bundle --format bundle
    python benchmarks/explorer.py bundle                five visits of the served page
    python benchmarks/explorer.py bundle --visits 1     once: does it run?

Every visit is a new browser context (nothing cached). *First draw* and *ready* are the page's own
marks after navigation. *Decode* is measured in the page from the wish to the image, while the
pointer moves over the scatter; *frames* are the gaps between animation frames while it is dragged.
Site bytes are those a static host sends compressed (gzip), without the data. Needs Playwright and
Chromium.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from latentscape.bundle import read_bundle
from latentscape.explorer import write_site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FRAMES = """() => {
  window.frames_ = []
  let last = performance.now()
  const tick = now => { window.frames_.push(now - last); last = now; requestAnimationFrame(tick) }
  requestAnimationFrame(tick)
}"""
MARKS = "name => performance.getEntriesByName(name).map(e => [e.startTime, e.duration])"


@contextmanager
def served(bundle: Path) -> Iterator[str]:
    """Serve a bundle as people do, in a process of its own."""
    command = [sys.executable, "-m", "latentscape", "explore", str(bundle), "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        for line in server.stdout:
            if "http://" in line:
                yield next(word for word in line.split() if word.startswith("http://"))
                break
        server.terminate()


def visit(browser: Browser, address: str) -> dict[str, float]:
    """Open the page as if for the first time, point, drag, and measure."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(address)
    while not (ready := page.evaluate(MARKS, "decoder ready")):
        page.wait_for_timeout(20)
    drawn = page.evaluate(MARKS, "drawn")
    page.wait_for_timeout(1500)
    point(page)
    decoding = [duration for _, duration in page.evaluate(MARKS, "decode")]
    page.evaluate(FRAMES)
    drag(page)
    frames = page.evaluate("() => window.frames_.slice(2)")
    context.close()
    return {
        "first draw, ms": drawn[0][0],
        "ready, ms": ready[0][0],
        "decode p50, ms": float(np.percentile(decoding, 50)),
        "decode p95, ms": float(np.percentile(decoding, 95)),
        "decodings": len(decoding),
        "frame p95, ms": float(np.percentile(frames, 95)),
    }


def point(page: Page) -> None:
    """Move the pointer over the scatter in a circle."""
    x, y = middle(page)
    for step in range(240):
        angle = step / 20
        page.mouse.move(x + 160 * math.cos(angle), y + 110 * math.sin(angle))
        page.wait_for_timeout(12)


def drag(page: Page) -> None:
    """Drag the scatter to and fro."""
    x, y = middle(page)
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(120):
        page.mouse.move(x + 90 * math.sin(step / 8), y + 60 * math.sin(step / 13))
        page.wait_for_timeout(12)
    page.mouse.up()


def middle(page: Page) -> tuple[float, float]:
    """Where the middle of the scatter is."""
    box = page.locator("canvas").first.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def site_bytes(bundle: Path) -> dict[str, float]:
    """Bytes of the static page, compressed, and of its first script."""
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site"
        write_site(read_bundle(bundle), site)
        sizes = {
            path: len(gzip.compress(path.read_bytes()))
            for path in site.rglob("*")
            if path.is_file() and "bundle" not in path.relative_to(site).parts
        }
        html = (site / "index.html").read_text()
        first = [size for path, size in sizes.items() if path.suffix == ".js" and path.name in html]
    return {"site, bytes": sum(sizes.values()), "first script, bytes": sum(first)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--visits", type=int, default=5)
    args = parser.parse_args()
    from playwright.sync_api import sync_playwright

    rows = []
    with served(args.bundle) as address, sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-background-networking"]
        chromium = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        for _ in range(args.visits):
            rows.append(visit(browser, address))
            print(json.dumps(rows[-1]), flush=True)
        browser.close()
    medians = {name: float(np.median([row[name] for row in rows])) for name in rows[0]}
    print(json.dumps({"medians": medians} | site_bytes(args.bundle)))


if __name__ == "__main__":
    main()
