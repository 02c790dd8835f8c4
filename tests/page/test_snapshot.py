"""The view saved as pixels and as shapes, and seen over the whole screen."""

import io
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from latentscape.bundle.tables import read_arrow
from tests.explorer.serving import serving
from tests.page.pages import Opened

pytestmark = pytest.mark.page
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def page(opener, plane_bundle):
    with serving(plane_bundle) as port:
        yield opener(f"http://127.0.0.1:{port}/")


def saved(page: Opened, form: str) -> tuple[str, bytes]:
    with page.page.expect_download() as download:
        page.choose("save the view", form)
    return download.value.suggested_filename, download.value.path().read_bytes()


def test_as_pixels_it_is_what_is_seen(page: Opened):
    page.choose("colour", "behind density")
    page.until(lambda: page.layer("back").any())
    page.page.mouse.click(*page.spot(0.5, 0.5))
    page.page.mouse.move(*page.spot(1.05, 0.5))
    seen = page.picture()[60:-120]
    name, content = saved(page, "png")
    assert name == "digits-code.png"
    kept = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"), np.int64)[60:-120]
    assert kept.shape == seen.shape
    assert (np.abs(kept - seen).max(axis=-1) > 8).mean() < 0.001
    assert (np.abs(kept - np.median(kept, axis=(0, 1))).max(axis=-1) > 60).mean() > 0.01


def test_as_shapes_every_point_is_one(page: Opened, plane_bundle):
    table = read_arrow(plane_bundle.folder / "points.arrow")
    labels = np.array(table["label"].to_pylist())
    codes = np.array(table["code"].to_pylist())
    legend = page.page.get_by_label("classes", exact=True).get_by_role("button")
    legend.nth(3).click()
    name, content = saved(page, "svg")
    assert name == "digits-code.svg"
    uses = ElementTree.fromstring(content).iter(f"{SVG}use")
    drawn = [(use.attrib["fill"], use.attrib["transform"]) for use in uses]
    assert {fill for fill, _ in drawn} == {"#94a4a2"}
    places = np.array([re.findall(r"-?[\d.]+", place)[:2] for _, place in drawn], dtype=float)
    own = codes[labels == 3]
    assert len(places) == len(own)
    # Places are codes moved, scaled alike along both axes, and turned upside down.
    scale = np.polyfit(own[:, 0], places[:, 0], 1)[0]
    rest = places - scale * own * [1, -1]
    assert scale > 10
    assert rest.std(axis=0).max() < 0.01


def test_it_fills_the_screen_and_leaves_it(page: Opened):
    page.button("full screen").click()
    page.until(lambda: page.page.evaluate("document.fullscreenElement !== null"))
    page.button("full screen").click()
    page.until(lambda: page.page.evaluate("document.fullscreenElement === null"))
