"""The loupe over the points: each image in it is what is decoded at the image's own middle."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from latentscape.bundle import read_bundle
from tests.bundle.samples import Sample
from tests.explorer.serving import serving
from tests.page.pages import Opened, Opener

pytestmark = pytest.mark.page
LINE = 220

SLOW = """() => {
  window.decoded = 0
  const post = Worker.prototype.postMessage
  Worker.prototype.postMessage = function (message, ...rest) {
    window.decoded += message.feed?.batch ?? 0
    setTimeout(() => post.call(this, message, ...rest), message.feed ? 40 : 0)
  }
}"""


FULL = """canvas => {
  const {width, height} = canvas
  const {data} = canvas.getContext('2d').getImageData(0, 0, width, height)
  return data.every((value, i) => i % 4 < 3 || value === 255)
}"""


def lens(opened: Opened) -> NDArray[np.uint8]:
    """What is painted in the lens (H, W, 4), once all of it is decoded."""
    canvas = opened.page.locator("[data-loupe] canvas")
    opened.until(lambda: canvas.is_visible() and canvas.evaluate(FULL))
    return opened.pixels(canvas)


def images(painted: NDArray[np.uint8]) -> list[tuple[tuple[float, float], NDArray[np.uint8]]]:
    """The whole images (8, 8) between the lines of a lens, and their middles in its pixels."""

    def between(lines: NDArray[np.bool_]) -> list[tuple[int, int]]:
        at = np.flatnonzero(lines)
        return [(a + 1, b) for a, b in pairwise(at) if b - a > 10]

    grey = painted[:, :, 0]
    rows, columns = (between((grey > LINE - 120).mean(axis=axis) > 0.99) for axis in (1, 0))
    found = []
    for top, bottom in rows:
        for left, right in columns:
            y, x = (
                (a + (b - a) * (np.arange(8) + 0.5) / 8).astype(int)
                for a, b in ((top, bottom), (left, right))
            )
            found.append((((left + right) / 2, (top + bottom) / 2), grey[np.ix_(y, x)]))
    return found


@pytest.fixture
def page(opener: Opener, plane_bundle) -> Opened:
    with serving(plane_bundle) as port:
        yield opener(f"http://127.0.0.1:{port}/")


def test_each_image_is_decoded_where_it_lies(plane_page: Opened, plane: Sample):
    before = plane_page.box()
    plane_page.button("loupe").click()
    assert plane_page.box() == before
    plane_page.point(0.35, 0.45)
    here = plane_page.code()
    plane_page.point(0.6, 0.65)
    there = plane_page.code()
    found = images(lens(plane_page))
    assert len(found) >= 9
    # Two spots say how codes lie in the plot, and a lens is as large as it is drawn.
    across = (there - here) / (0.25 * before["width"], 0.2 * before["height"])
    around = plane_page.page.locator("[data-loupe]").bounding_box()
    spot = plane_page.spot(0.6, 0.65)
    assert (around["x"] + around["width"] / 2, around["y"] + around["height"] / 2) == (
        pytest.approx(spot, abs=1)
    )
    for middle, image in found:
        away = (around["x"] + middle[0] - spot[0], around["y"] + middle[1] - spot[1])
        expected = 255 * plane.decode((there + across * away)[None])[0, 0].clip(0, 1)
        assert np.abs(image - expected).max() <= 1, middle
    assert len({image.tobytes() for _, image in found}) == len(found)


def test_of_wide_codes_it_shows_what_the_hero_shows_there(opener, wide_bundle, wide: Sample):
    with serving(wide_bundle) as port:
        page = opener(f"http://127.0.0.1:{port}/")
        page.page.keyboard.press("l")
        page.point(0.45, 0.55)
        around = page.page.locator("[data-loupe]").bounding_box()
        alike = []
        for middle, image in images(lens(page))[:4]:
            page.page.mouse.move(around["x"] + middle[0], around["y"] + middle[1])
            page.page.wait_for_timeout(350)
            expected = 255 * wide.decode(page.code()[None])[0, 0].clip(0, 1)
            assert np.abs(page.hero() - expected).max() <= 1
            alike.append(np.abs(image - expected).max() <= 2)
        # Half a pixel beside, another code may be the nearest, and give what the plane leaves out.
        assert sum(alike) >= 3


def test_only_what_lies_under_it_in_the_end_is_decoded(page: Opened):
    page.button("loupe").click()
    page.point(0.2, 0.2)
    lens(page)
    page.page.evaluate(SLOW)
    for step in range(40):
        page.page.mouse.move(*page.spot(0.2 + 0.015 * step, 0.2 + 0.015 * step))
    within = images(lens(page))
    counted = page.page.evaluate("decoded")
    # Around as many as are whole, those that are cut, and the spots on the way.
    assert len(within) <= counted < 8 * len(within) + 40
    page.page.mouse.move(*page.spot(0.2, 0.9))
    page.page.mouse.move(*page.spot(1.1, 0.9))
    page.until(lambda: not page.page.locator("[data-loupe]").is_visible())
    page.page.wait_for_timeout(300)
    left = page.page.evaluate("decoded")
    page.page.wait_for_timeout(500)
    assert page.page.evaluate("decoded") == left < counted + 30


def test_keys_carry_it_and_links_restore_it(page: Opened):
    loupe = page.page.locator("[data-loupe]")
    page.page.keyboard.press("l")
    assert page.button("loupe").get_attribute("aria-pressed") == "true"
    page.page.keyboard.press("ArrowRight")
    page.until(loupe.is_visible)
    first = loupe.bounding_box()
    lens(page)
    for _ in range(3):
        page.page.keyboard.press("ArrowRight")
    page.until(lambda: loupe.bounding_box()["x"] > first["x"] + 5)
    assert loupe.bounding_box()["y"] == pytest.approx(first["y"], abs=0.01)
    assert "marked" in loupe.get_attribute("class")  # no pointer says where its middle is
    page.until(lambda: page.link().get("loupe") == "1")
    page.page.keyboard.press("l")
    page.until(lambda: "loupe" not in page.link())
    assert loupe.count() == 0
    page.page.evaluate("location.hash = '#loupe=1'")
    page.until(lambda: page.button("loupe").get_attribute("aria-pressed") == "true")
    page.point(0.5, 0.5)
    assert loupe.is_visible() and not page.page.locator(".ghost").count()


def test_it_says_where_it_shows_nothing(opener, wide_bundle):
    with serving(wide_bundle) as port:
        page = opener(f"http://127.0.0.1:{port}/#loupe=1")
        assert page.button("loupe").is_enabled()
        for other, why in (("Map", "decodes the whole plane"), ("3-D", "lies on a plane")):
            page.button("Points").click()
            page.button(other).click()
            page.page.mouse.move(*page.spot(0.5, 0.5))
            assert page.button("loupe").is_disabled()
            assert page.page.locator("[data-loupe]").count() == 0
            page.page.keyboard.press("l")
            page.until(lambda why=why: why in page.text())
        page.button("2-D").click()
        page.until(page.button("loupe").is_enabled)
        page.point(0.4, 0.4)
        lens(page)


def test_it_is_not_offered_where_nothing_decodes(opener, plane: Sample, tmp_path):
    with serving(read_bundle(plane.write(tmp_path / "b", decoder=None, encoder=None))) as port:
        page = opener(f"http://127.0.0.1:{port}/#loupe=1", ready=False)
        page.until(lambda: "Not all of this link can be shown here (loupe)" in page.text())
        assert page.button("loupe").count() == 0
        page.page.keyboard.press("l")
        page.page.mouse.move(*page.spot(0.5, 0.5))
        assert page.page.locator("[data-loupe]").count() == 0


def test_a_finger_holds_it(opener, plane_bundle):
    with serving(plane_bundle) as port:
        page = opener(f"http://127.0.0.1:{port}/#loupe=1", size=(390, 844), touch=True)
        session = page.context.new_cdp_session(page.page)
        x, y = page.spot(0.5, 0.5)
        for kind, points in (
            ("touchStart", [{"x": x, "y": y}]),
            ("touchMove", [{"x": x + 30, "y": y}]),
        ):
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        assert len(images(lens(page))) >= 4
        around = page.page.locator("[data-loupe]").bounding_box()
        assert around["x"] + around["width"] / 2 == pytest.approx(x + 30, abs=1)
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        page.until(lambda: not page.page.locator("[data-loupe]").is_visible())
