"""The explorer in headless Chromium: how soon it answers what a person does, memory, bytes.

    latentscape export runs/vae bundle --format bundle
    python benchmarks/explorer.py bundle                five visits of the served page
    python benchmarks/explorer.py bundle --visits 1     once: does it run?

Every visit is a browser of its own (nothing cached), and all input goes through it as a hand's
does. *First draw*, *all drawn* and *ready* are the page's own marks after navigation; of many
points the first are drawn alone, while the rest is on its way. *Decode* is measured in the page
from the wish to the image, and *hover* from the pointer's move to the end of the frame after it,
while the pointer moves over the scatter; *frames* are the gaps between animation frames while it
is dragged. *Full detail*, *filter* and *lasso* are from the last input to the frame after the last
draw that it causes, which must be one of all points; *search* is from the last key until the hit
is listed. Memory is what the page's process holds at the end (its proportional set size),
and what the process that draws does. Site bytes are those a static host sends compressed (gzip),
without the data. Needs Playwright and Chromium.
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

from latentscape.bundle import Bundle, read_bundle
from latentscape.bundle.reader import read_ids
from latentscape.explorer import write_site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WATCH = """
window.frames_ = []
window.hovers_ = []
window.inputs_ = []
const tick = now => { window.frames_.push(now); requestAnimationFrame(tick) }
requestAnimationFrame(tick)
for (const kind of ['pointermove', 'pointerup', 'input'])
  addEventListener(kind, event => window.inputs_.push(event.timeStamp), { capture: true })
addEventListener('pointermove', event => {
  const seen = () => window.hovers_.push(performance.now() - event.timeStamp)
  if (!event.buttons) requestAnimationFrame(() => setTimeout(seen))
}, { capture: true })
"""
MARKS = "name => performance.getEntriesByName(name).map(e => [e.startTime, e.duration, e.detail])"
LISTED = """id => new Promise(done => {
  const look = () => [...document.querySelectorAll('.found .quiet')].some(e => e.innerText === id)
    ? done(performance.now() - window.inputs_.at(-1)) : requestAnimationFrame(look)
  look()
})"""
QUIET_MS = 1500


@contextmanager
def served(bundle: Path) -> Iterator[str]:
    """Serve a bundle as people do, in a process of its own."""
    command = [sys.executable, "-m", "latentscape", "explore", str(bundle), "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        line = next(line for line in server.stdout if "http://" in line)
        try:
            yield next(word for word in line.split() if word.startswith("http://"))
        finally:
            server.terminate()


def visit(browser: Browser, address: str, bundle: Bundle) -> dict[str, float]:
    """Open the page as if for the first time, use it, and measure."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(address)
    while not (ready := page.evaluate(MARKS, "decoder ready")):
        page.wait_for_timeout(20)
    page.wait_for_timeout(1500)
    drawn, count = page.evaluate(MARKS, "drawn"), bundle.space["points"]["count"]
    page.evaluate("window.hovers_ = []")
    point(page)
    decoding = [duration for _, duration, _ in page.evaluate(MARKS, "decode")]
    hovering = page.evaluate("window.hovers_")
    page.evaluate("window.frames_ = []")
    drag(page)
    frames = np.diff(page.evaluate("window.frames_"))
    row = {
        "first draw, ms": drawn[0][0],
        "all drawn, ms": next(at for at, _, points in drawn if points == count),
        "ready, ms": ready[0][0],
        "decode p50, ms": float(np.percentile(decoding, 50)),
        "decode p95, ms": float(np.percentile(decoding, 95)),
        "decodings": len(decoding),
        "hover p95, ms": float(np.percentile(hovering, 95)),
        "frames a second": float(1000 / frames.mean()),
        "frame p95, ms": float(np.percentile(frames, 95)),
        "full detail, ms": answered(page, bundle),
        "search, ms": search(page, bundle),
        **brush(page, bundle),
        "lasso, ms": lasso(page, bundle),
    }
    row |= memory(browser)
    context.close()
    return row


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


def answered(page: Page, bundle: Bundle, *, first: bool = False) -> float:
    """Say when the last draw that the last input caused, or the first, was seen: ms after it."""
    page.wait_for_timeout(QUIET_MS)
    draws = page.evaluate(MARKS, "drawn")
    drawn, _, points = draws[-1]
    assert points == bundle.space["points"]["count"], f"{points} points are drawn at rest"
    cause = max(at for at in page.evaluate("window.inputs_") if at <= drawn)
    seen = min(at for at, _, _ in draws if at >= cause) if first else drawn
    took: float = min(at for at in page.evaluate("window.frames_") if at > seen) - cause
    return took


def search(page: Page, bundle: Bundle) -> float:
    """Find a point by its id, which is the last one's, in ms after the last key."""
    wanted = read_ids(bundle)[-1]
    page.keyboard.press("/")
    page.get_by_label("id or class").wait_for()
    page.wait_for_timeout(QUIET_MS)  # the ids come
    page.keyboard.type(wanted, delay=80)
    listed: float = page.evaluate(LISTED, wanted)
    page.get_by_role("button", name="close", exact=True).click()
    return listed


def brush(page: Page, bundle: Bundle) -> dict[str, float]:
    """Filter by a column's histogram: a fair sample of points is drawn at once, then all."""
    page.get_by_label("colour", exact=True).select_option(label="typical")
    box = page.locator(".brush").bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    page.wait_for_timeout(QUIET_MS)
    page.mouse.move(box["x"] + 0.2 * box["width"], y)
    page.mouse.down()
    for step in range(30):
        page.mouse.move(box["x"] + (0.2 + 0.5 * step / 29) * box["width"], y)
        page.wait_for_timeout(16)
    whole, soon = answered(page, bundle), answered(page, bundle, first=True)  # the hand rests
    page.mouse.up()
    assert "shown" in page.locator(".filters").inner_text()
    page.get_by_role("button", name="show all").click()
    page.wait_for_timeout(QUIET_MS)
    return {"filter, ms": soon, "filter in full, ms": whole}


def lasso(page: Page, bundle: Bundle) -> float:
    """Draw a lasso round many points."""
    x, y = middle(page)
    page.keyboard.down("Shift")
    page.mouse.move(x + 150, y)
    page.mouse.down()
    for step in range(40):
        angle = math.tau * step / 40
        page.mouse.move(x + 150 * math.cos(angle), y + 110 * math.sin(angle))
    page.mouse.up()
    page.keyboard.up("Shift")
    took = answered(page, bundle)
    assert "selected" in page.locator(".selected").inner_text()
    return took


def memory(browser: Browser) -> dict[str, float]:
    """What the processes of the page and of drawing hold, in MB."""
    session = browser.new_browser_cdp_session()
    held = {"renderer": 0.0, "GPU": 0.0}
    for process in session.send("SystemInfo.getProcessInfo")["processInfo"]:
        if process["type"] in held:
            facts = Path(f"/proc/{process['id']}/smaps_rollup").read_text()
            held[process["type"]] += int(facts.partition("Pss:")[2].split()[0]) / 1000
    return {"page, MB": held["renderer"], "drawing, MB": held["GPU"]}


def middle(page: Page) -> tuple[float, float]:
    """Where the middle of the scatter is."""
    box = page.locator("[data-space]").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def site_bytes(bundle: Bundle) -> dict[str, float]:
    """Bytes of the static page, compressed, and of its first script."""
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site"
        write_site(bundle, site)
        sizes = {
            path: len(gzip.compress(path.read_bytes()))
            for path in site.rglob("*")
            if path.is_file() and "bundle" not in path.relative_to(site).parts
        }
        html = (site / "index.html").read_text()
        first = [size for path, size in sizes.items() if path.suffix == ".js" and path.name in html]
    return {"site, bytes": sum(sizes.values()), "first script, bytes": sum(first)}


def measure(folder: Path, visits: int) -> dict[str, float]:
    """The medians of some visits, each of which is printed."""
    from playwright.sync_api import sync_playwright

    bundle = read_bundle(folder)
    rows = []
    with served(folder) as address, sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-background-networking"]
        chromium = shutil.which("chromium")
        for _ in range(visits):
            # A browser each, since processes that are gone still count for a while.
            browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
            rows.append(visit(browser, address, bundle))
            print(json.dumps(rows[-1]), flush=True)
            browser.close()
    return {name: float(np.median([row[name] for row in rows])) for name in rows[0]}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--visits", type=int, default=5)
    args = parser.parse_args()
    medians = measure(args.bundle, args.visits)
    print(json.dumps({"medians": medians} | site_bytes(read_bundle(args.bundle))))


if __name__ == "__main__":
    main()
