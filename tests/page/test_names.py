"""The names of classes stand in the plot where the classes sit."""

import numpy as np
import pytest
from scipy import ndimage

from latentscape.bundle import read_bundle, write_bundle
from tests.explorer.serving import serving
from tests.page.pages import Opened, Opener

pytestmark = pytest.mark.page

CENTRES = np.array([[0, 0], [8, 0], [8, 6], [0, 6], [4, 3]])


@pytest.fixture
def opened(opener: Opener, tmp_path):
    """Five classes apart, the first of which has a second, thinner place of its own."""
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(5), 120)
    codes = CENTRES[labels] + rng.normal(scale=0.4, size=(600, 2))
    codes[:40] = np.array([-4, 3]) + rng.normal(scale=0.9, size=(40, 2))
    names = ["ant", "bee", "cat", "dog", "eel"]
    folder = write_bundle(tmp_path / "b", codes, labels=labels, classes=names)
    with serving(read_bundle(folder)) as port:
        page: Opened = opener(f"http://127.0.0.1:{port}/#code=40,40", ready=False)
        page.until(lambda: page.marks("drawn") > 0)
        page.page.wait_for_timeout(300)
        yield page


def named(opened: Opened) -> list[int]:
    """The classes at whose centres something is written, by where the pointer says that it is."""
    opened.point(0.02, 0.5)
    alpha = opened.pixels(opened.plot.locator("canvas").nth(2))[:, :, 3] > 128
    blobs, count = ndimage.label(ndimage.binary_dilation(alpha, iterations=4))
    box = opened.box()
    scale = box["width"] / alpha.shape[1]
    found = []
    for y, x in ndimage.center_of_mass(alpha, blobs, range(1, count + 1)):
        opened.page.mouse.move(box["x"] + scale * x, box["y"] + scale * y)
        opened.page.wait_for_timeout(400)
        distances = np.linalg.norm(CENTRES - opened.code(), axis=1)
        assert distances.min() < 0.45
        found.append(int(distances.argmin()))
    return sorted(found)


def test_each_class_is_named_once_and_where_it_is_densest(opened: Opened):
    assert named(opened) == [0, 1, 2, 3, 4]


def test_what_is_filtered_out_or_drawn_otherwise_is_not_named(opened: Opened):
    opened.page.get_by_label("classes", exact=True).get_by_role("button").nth(2).click()
    opened.until(lambda: "filter" in opened.link())
    assert named(opened) == [2]
    opened.button("show all").click()
    opened.choose("colour", "points typical")
    opened.until(lambda: opened.page.get_by_label("scale of typical").count())
    assert named(opened) == []
