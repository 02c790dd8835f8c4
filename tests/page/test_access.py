"""What the eye, the ear and the hand need: contrast, words read out, many classes kept in order."""

import numpy as np
import pytest

from latentscape.bundle import read_bundle, write_bundle
from latentscape.explorer import write_html
from tests.explorer.serving import serving
from tests.page.pages import Opened

pytestmark = pytest.mark.page


def luminance(colours: np.ndarray) -> np.ndarray:
    """As WCAG 2 defines it, of bytes (…, 3)."""
    shares = colours / 255
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_points_stand_out_from_their_ground(opener, plane_bundle, dark):
    with serving(plane_bundle) as port:
        page = opener(f"http://127.0.0.1:{port}/", dark=dark)
        legend = page.page.get_by_label("classes", exact=True).get_by_role("button")
        page.point(0.5, 0.5)  # whereupon the hint goes
        for label in range(10):
            legend.nth(label).click()
            page.page.mouse.move(*page.spot(1.05, 0.5))
            light = luminance(page.picture()[60:-60]) + 0.05
            ground = np.median(light)
            contrast = np.maximum(light / ground, ground / light)
            drawn = contrast > 1.1
            assert drawn.sum() > 1000
            assert (contrast[drawn] >= 3).mean() > 0.2, label
            legend.nth(label).click()


def test_what_keys_decode_is_read_out(opener, plane_bundle):
    with serving(plane_bundle) as port:
        page = opener(f"http://127.0.0.1:{port}/")
        spoken = page.page.locator("[aria-live=polite]")
        page.page.mouse.move(*page.spot(0.5, 0.5))
        page.page.wait_for_timeout(700)
        assert spoken.inner_text() == ""
        page.page.keyboard.press("ArrowRight")
        page.until(lambda: "under the arrow keys; near " in spoken.inner_text())
        near = page.page.locator(".facts p").filter(has_text="near").inner_text()
        first = near.removeprefix("near").strip().split(" ")[0]
        assert f"near {first}, " in spoken.inner_text()


def test_three_hundred_classes(opener, tmp_path):
    rng = np.random.default_rng(0)
    names = sorted(str(i) for i in range(300))  # 0, 1, 10, 100, …
    labels = np.concatenate([np.arange(300), rng.choice([7, 12, 250], 600)])
    codes = rng.normal(size=(900, 2))
    folder = write_bundle(tmp_path / "b", codes, labels=labels, classes=names)
    page: Opened = opener(
        write_html(read_bundle(folder), tmp_path / "x.html").as_uri(), ready=False
    )
    page.until(lambda: page.marks("drawn") > 0)
    legend = page.page.get_by_label("classes", exact=True)
    shown = [int(name) for name in legend.locator(".name").all_inner_texts()]
    assert len(shown) == 10 and shown == sorted(shown)
    assert {names[7], names[12], names[250]} <= {str(name) for name in shown}
    box = legend.bounding_box()
    assert box["height"] < 70
    legend.locator("li").nth(3).hover()
    page.page.mouse.wheel(0, -300)
    page.page.wait_for_timeout(400)
    assert page.link()["camera"].startswith("0,0,1,")
    page.button("all 300 classes").click()
    found = page.page.get_by_role("dialog").locator(".found .name")
    assert [int(name) for name in found.all_inner_texts()] == list(range(300))
    page.page.get_by_label("class", exact=True).fill("25")
    page.until(lambda: found.all_inner_texts() == ["25", "125", "225", *map(str, range(250, 260))])
    found.nth(0).click()
    page.page.keyboard.press("Escape")
    page.until(lambda: page.link().get("filter") == f"~only.{names.index('25')}")
