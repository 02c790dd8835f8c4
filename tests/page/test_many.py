"""Many points: the first are drawn while the rest is on its way, and nothing takes them for all."""

from __future__ import annotations

import functools
import http.server
import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from latentscape.bundle import Bundle, read_bundle
from latentscape.bundle.pairing import write_pair
from latentscape.bundle.tables import vectors, write_arrow
from latentscape.explorer import write_site
from tests.bundle.samples import Sample
from tests.page.conftest import Silent, on_host
from tests.page.pages import Opened, Opener

pytestmark = pytest.mark.page
COUNT = 120_000
SIZE = 40
ROWS = 30_000
"""As many points as a host that holds back sends at once."""
FRAMES = """window.layers_ = []
const look = () => {
  const seen = document.querySelectorAll('[data-space] > canvas').length
  if (seen) layers_.push(seen)
  requestAnimationFrame(look)
}
look()"""


@pytest.fixture(scope="module")
def many(tmp_path_factory) -> Bundle:
    """A ring in the third and fourth number, which PCA shows; a line in the first two."""
    folder = tmp_path_factory.mktemp("many") / "bundle"
    folder.mkdir()
    rng = np.random.default_rng(0)
    angles = rng.uniform(0, 2 * np.pi, COUNT)
    radii = rng.uniform(0.95, 1.05, COUNT)
    codes = np.zeros((COUNT, SIZE), np.float32)
    codes[:, 0] = codes[:, 1] = rng.uniform(-1, 1, COUNT)
    codes[:, 2], codes[:, 3] = radii * np.cos(angles), radii * np.sin(angles)
    labels = (codes[:, 2] > 0).astype(np.int32)
    write_arrow(folder / "points.arrow", {"label": pa.array(labels), "code": vectors(codes)})
    write_arrow(folder / "details.arrow", {"id": pa.array([f"n{i}" for i in range(COUNT)])})
    to = np.eye(SIZE)[2:4]
    space = {
        "format": "latentscape-bundle",
        "version": 2,
        "name": "many",
        "code": {"size": SIZE},
        "points": {"count": COUNT, "file": "points.arrow", "details": "details.arrow"},
        "classes": ["left", "right"],
        "spacing": [],
        "columns": [],
        "views": [
            {
                "name": "pca",
                "title": "PCA",
                "note": "",
                "mean": [0.0] * SIZE,
                "forward": to.T.tolist(),
                "inverse": to.tolist(),
            }
        ],
        "overlays": [],
        "files": {file.name: {"bytes": file.stat().st_size} for file in folder.glob("*.arrow")},
    }
    (folder / "space.json").write_text(json.dumps(space))
    return read_bundle(folder)


class Holding(Silent):
    """Sends the beginnings of points, and the rest once it may."""

    go: threading.Event

    def copyfile(self, source, outputfile) -> None:
        if self.path.endswith("points.arrow"):
            shutil.copyfileobj(_Beginning(source, 4 * COUNT + 4 * SIZE * ROWS), outputfile)
            outputfile.flush()
            self.go.wait(30)
        super().copyfile(source, outputfile)


class _Beginning:
    """So many bytes of a file."""

    def __init__(self, source, length: int) -> None:
        self.source, self.left = source, length

    def read(self, most: int) -> bytes:
        part = self.source.read(min(most, self.left))
        self.left -= len(part)
        return part


@contextmanager
def holding(site: Path) -> Iterator[tuple[str, threading.Event]]:
    """A static host that holds back, and what lets it go on."""
    go = threading.Event()
    handler = functools.partial(type("H", (Holding,), {"go": go}), directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", go
        finally:
            go.set()
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def site(many: Bundle, tmp_path_factory) -> Path:
    return write_site(many, tmp_path_factory.mktemp("held") / "site")


def drawn(page: Opened) -> list[int]:
    """How many points each picture had."""
    return page.page.evaluate("performance.getEntriesByName('drawn').map(mark => mark.detail)")


def coloured(page: Opened) -> np.ndarray:
    """Where points are seen (H, W), away from what lies over the plot's edges."""
    import io

    from PIL import Image

    shot = Image.open(io.BytesIO(page.page.locator(".plot").screenshot())).convert("RGB")
    pixels = np.asarray(shot, np.int64)[60:-110, 8:-8]
    return np.ptp(pixels, axis=2) > 40


@pytest.mark.parametrize("host", ["served", "static", "file"])
def test_the_first_points_are_drawn_before_all(opener: Opener, many: Bundle, tmp_path, host):
    with on_host(host, many, tmp_path) as address:
        page = opener(address, ready=False)
        page.until(lambda: COUNT in drawn(page))
        assert 20_000 < drawn(page)[0] <= 100_000  # the page itself begins with 20,000
        page.until(lambda: page.plot.locator("> canvas").count() == 3)  # what was there is gone
        legend = page.page.locator(".legend .count").all_inner_texts()
        assert sum(int(text.replace(",", "")) for text in legend) == COUNT


def test_they_lie_where_they_stay_and_are_no_space_yet(opener: Opener, site: Path):
    with holding(site) as (address, go):
        page = opener(address, ready=False)
        page.until(lambda: f"of {COUNT:,} points are drawn" in page.text())
        shown = drawn(page)[-1]
        assert 20_000 <= shown <= ROWS and f"{shown:,} of" in page.text()
        before, place = coloured(page), page.page.locator(".plot").bounding_box()
        page.page.keyboard.press("/")
        page.page.mouse.click(400, 300)
        page.page.wait_for_timeout(300)
        assert page.link() == {} and page.plot.count() == 0
        assert page.page.locator("button, input, select, dialog").count() == 0
        page.page.evaluate(FRAMES)
        go.set()
        page.until(lambda: drawn(page)[-1] == COUNT)
        # Until the plot draws, they stay in it.
        layers = page.page.evaluate("window.layers_")
        assert set(layers[: layers.index(3)]) == {4}
        assert page.page.locator(".plot").bounding_box() == place
        page.page.mouse.move(5, 5)
        after = coloured(page)
        assert before.sum() > 5000
        assert (before & ~after).sum() < 0.01 * before.sum()


@pytest.mark.parametrize(
    ("link", "flat"),
    [("#view=code", True), ("#view=pca&camera=0,0,0.4,0.6,-0.45", False), ("#selection=1.1", None)],
)
def test_they_are_drawn_as_a_link_says_or_not_at_all(opener: Opener, site: Path, link, flat):
    with holding(site) as (address, go):
        page = opener(address + link, ready=False)
        page.until(lambda: page.page.locator("progress").evaluate("bar => bar.value") > 0.2)
        page.page.wait_for_timeout(200)
        if flat is None:
            assert drawn(page) == []
        else:
            rows, columns = np.nonzero(coloured(page))
            tall = np.corrcoef(rows, columns)[0, 1] < -0.9  # a line that rises
            assert tall == flat
            if not flat:  # far away
                assert np.ptp(rows) < 400
        go.set()
        page.until(lambda: COUNT in drawn(page))


def test_a_copy_that_breaks_off_is_said_though_its_beginning_was_drawn(
    opener: Opener, site: Path, tmp_path
):
    shutil.copytree(site, tmp_path / "site")
    points = tmp_path / "site" / "bundle" / "points.arrow"
    points.write_bytes(points.read_bytes()[:-100])
    with holding(tmp_path / "site") as (address, go):
        page = opener(address, ready=False, tolerant=True)
        page.until(lambda: "points are drawn" in page.text())
        go.set()
        page.until(lambda: "points.arrow is damaged (" in page.text())
        assert page.page.locator("canvas").count() == 0


def test_both_of_a_pair_begin(opener: Opener, many: Bundle, site: Path, tmp_path):
    few = read_bundle(Sample(SIZE, 60).write(tmp_path / "few"))
    (tmp_path / "pair").mkdir()
    both = write_site(write_pair(few, few, tmp_path / "pair"), tmp_path / "site")
    for name in ("bundle", "beside"):
        shutil.rmtree(both / name)
        shutil.copytree(site / "bundle", both / name)
    with holding(both) as (address, go):
        page = opener(address, ready=False)
        page.until(lambda: f"of {2 * COUNT:,} points are drawn" in page.text())
        assert page.page.locator(".plot canvas").count() == 2
        go.set()
        page.until(lambda: drawn(page).count(COUNT) >= 2)
        page.until(lambda: page.plot.locator("> canvas").count() == 6)
