"""The exported page in Firefox, which has no WebGL where there is no graphics card."""

import importlib.util

import numpy as np
import pytest

from latentscape.explorer import write_site
from tests.bundle.samples import Sample
from tests.page.conftest import static_host
from tests.page.firefox import EXECUTABLE, Firefox

pytestmark = [
    pytest.mark.page,
    pytest.mark.skipif(not EXECUTABLE, reason="needs Firefox, such as Debian's firefox-esr"),
    pytest.mark.skipif(
        not importlib.util.find_spec("websockets"), reason="needs websockets: pip install '.[page]'"
    ),
]

TEXT = "document.body.innerText"
HERO = """(({width, height}, to) => [...to.getImageData(0, 0, width, height).data])(
  document.querySelector('[data-hero] canvas'),
  document.querySelector('[data-hero] canvas').getContext('2d'))"""
FULL = """(({width, height}, to) => to.getImageData(0, 0, width, height).data
  .every((value, i) => i % 4 < 3 || value === 255))(
  document.querySelector('[data-space] canvas'),
  document.querySelector('[data-space] canvas').getContext('2d'))"""

PICTURED = """(({width, height}, to) => to.getImageData(0, 0, width, height).data
  .filter((value, i) => i % 4 === 3 && value === 255).length / (width * height))(
  document.querySelectorAll('[data-space] canvas')[2],
  document.querySelectorAll('[data-space] canvas')[2].getContext('2d'))"""


@pytest.fixture
def firefox(tmp_path):
    opened = Firefox(tmp_path / "profile")
    yield opened
    opened.close()


def test_without_webgl_all_but_the_points_is_there(firefox, plane_bundle, plane: Sample, tmp_path):
    write_site(plane_bundle, tmp_path / "host" / "site")
    with static_host(tmp_path / "host") as address:
        firefox.open(f"{address}site/")
        ready = "performance.getEntriesByName('decoder ready').length"
        firefox.until(lambda: firefox.read(ready))
        if not firefox.read("!!document.createElement('canvas').getContext('webgl2')"):
            assert "no WebGL 2" in firefox.read("document.querySelector('.over').innerText")
        box = firefox.read("document.querySelector('[data-space]').getBoundingClientRect()")

        def spot(x: float, y: float) -> tuple[float, float]:
            return box["x"] + x * box["width"], box["y"] + y * box["height"]

        firefox.point(*spot(0.3, 0.4))
        firefox.until(lambda: "UNDER THE POINTER" in firefox.read(TEXT))
        firefox.until(lambda: "code=" in firefox.read("location.hash"))
        firefox.until(lambda: np.abs(shown(firefox) - decoded(firefox, plane)).max() <= 1)
        firefox.type("m")
        firefox.until(lambda: firefox.read(FULL))
        assert "no WebGL" not in firefox.read(TEXT)
        firefox.type("i")
        firefox.until(lambda: firefox.read(PICTURED) > 0.05)
        firefox.type("/")
        firefox.until(lambda: firefox.read("document.activeElement.type") == "search")
        firefox.type("digit-1234")
        firefox.until(
            lambda: "digit-1234" in firefox.read("document.querySelector('.found').innerText")
        )
        firefox.type("\ue007")
        firefox.until(
            lambda: "digit-1234" in firefox.read("document.querySelector('[data-pin]').innerText")
        )
        expected = decoded_of(plane, plane.codes[1234])
        firefox.until(lambda: np.abs(shown(firefox) - expected).max() <= 1)
    assert firefox.said == []


def shown(firefox: Firefox) -> np.ndarray:
    return np.reshape(firefox.read(HERO), (8, 8, 4))[:, :, 0]


def decoded(firefox: Firefox, plane: Sample) -> np.ndarray:
    """What the code in the address decodes to, in Python."""
    code = firefox.read("new URLSearchParams(location.hash.slice(1)).get('code')")
    return decoded_of(plane, np.array([float(value) for value in code.split(",")]))


def decoded_of(plane: Sample, code: np.ndarray) -> np.ndarray:
    return np.rint(255 * plane.decode(code[None])[0, 0].clip(0, 1))
