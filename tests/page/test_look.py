"""How the page looks: access, dark and light, desktop and phone, against kept pictures.

A kept picture that is missing is made anew, and its test fails once: look at it before keeping it.
"""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.explorer.serving import serving
from tests.page.pages import Opened

pytestmark = pytest.mark.page
REFERENCES = Path(__file__).parent / "references"


@pytest.fixture(scope="module")
def wide_served(wide_bundle):
    with serving(wide_bundle) as port:
        yield f"http://127.0.0.1:{port}/"


def prepare(page: Opened, scene: str) -> None:
    """Bring a page into the state of a scene."""
    if scene == "pins":
        page.page.mouse.click(*page.spot(0.5, 0.5))
        page.page.mouse.click(*page.spot(0.4, 0.45))
        page.page.mouse.move(*page.spot(0.6, 0.6))
    elif scene == "map":
        page.choose("view", "pca")
        page.button("Map").click()
        page.until(lambda: (page.layer("back")[:, :, 3] == 255).mean() > 0.99)
    elif scene == "sliders":
        page.button("Pictures").click()
        page.button("Sliders").click()
    elif scene == "path":
        page.choose("view", "lda")
        page.button("Path").click()
        page.button("Along the data").click()
        page.until(lambda: page.page.locator(".strip canvas").count() == 9)
    elif scene == "draw":
        page.choose("colour", "behind density")
        page.button("Draw").click()
    elif scene == "move":
        page.page.mouse.click(*page.spot(0.5, 0.5))
        page.page.evaluate("location.hash = '#pins=40&tool=move&moved=40,60,1,0,1.2,1'")
        page.until(page.page.locator("[data-far]").count)
    elif scene == "sample":
        page.choose("colour", "behind gaps")
        page.button("Sample").click()
        page.until(lambda: page.page.locator(".strip canvas").count() == 16)
    elif scene == "selection":
        page.page.locator("[aria-label^='drag a box']").click()
        page.page.mouse.move(*page.spot(0.3, 0.2))
        page.page.mouse.down()
        page.page.mouse.move(*page.spot(0.6, 0.6), steps=3)
        page.page.mouse.up()
    elif scene == "solid":
        page.choose("view", "lda")
        page.button("3-D").click()
    page.page.wait_for_timeout(700)


SCENES = ["pins", "map", "sliders", "path", "draw", "move", "sample", "selection", "solid"]


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nothing_keeps_people_out(opener, wide_served, scene, dark):
    from axe_playwright_python.sync_playwright import Axe

    page = opener(wide_served, dark=dark)
    prepare(page, scene)
    found = Axe().run(page.page).response["violations"]
    serious = [
        f"{v['id']}: {node['html'][:200]} {node['any'][0]['message'] if node['any'] else ''}"
        for v in found
        if v["impact"] in ("serious", "critical")
        for node in v["nodes"]
    ]
    assert serious == []


@pytest.mark.parametrize("scene", ["pins", "map", "sliders", "selection", "solid"])
@pytest.mark.parametrize("form", ["light", "dark", "phone"])
def test_it_looks_as_it_did(opener, wide_served, scene, form):
    size = (390, 844) if form == "phone" else (1200, 760)
    page = opener(wide_served, size=size, dark=form == "dark", touch=form == "phone")
    prepare(page, scene)
    shot = Image.open(io.BytesIO(page.page.screenshot())).convert("RGB")
    # Reduced, so that letters of another font and edges of points do not count for much.
    smaller = shot.resize((size[0] // 3, size[1] // 3), Image.Resampling.BOX)
    kept = REFERENCES / f"{scene}-{form}.png"
    if not kept.is_file():
        kept.parent.mkdir(exist_ok=True)
        smaller.quantize(128).save(kept, optimize=True)
        pytest.fail(f"{kept} was missing: look at it, and run this again")
    now, before = (np.asarray(i.convert("RGB"), np.int64) for i in (smaller, Image.open(kept)))
    different = (np.abs(now - before).max(axis=-1) > 40).mean()
    assert different < 0.03, f"{different:.1%} of the picture differs from {kept}"


@pytest.mark.parametrize("size", [(1200, 760), (390, 844), (844, 390), (1920, 1080), (640, 400)])
def test_the_page_fits_its_window_and_tools_leave_the_plot_its_size(opener, wide_served, size):
    """The last size is a desktop of 1280 by 800 at 200 % zoom."""
    page = opener(wide_served, size=size)
    before = page.box()
    assert before["height"] > 240 and before["width"] >= 0.55 * min(size[0], 640)
    for tool in ("Sliders", "Path", "Draw", "Move", "Sample", "Selection", "Pins"):
        page.button(tool).click()
        page.page.wait_for_timeout(60)
        assert page.box() == before
        across, high = page.page.evaluate("[document.body.scrollWidth, document.body.scrollHeight]")
        assert (across, high) == size
        assert page.page.locator(".tool:not([hidden])").bounding_box()["height"] > 120


def test_touch_decodes_while_pressed_and_pins_when_tapped(opener, wide_served):
    page = opener(wide_served, size=(390, 844), touch=True)
    session = page.context.new_cdp_session(page.page)
    x, y = page.spot(0.4, 0.5)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        spots = [{"x": px, "y": py, "id": i} for i, (px, py) in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": spots})

    touch("touchStart", (x, y))
    touch("touchMove", (x + 40, y + 30))
    page.page.wait_for_timeout(400)
    assert "UNDER THE POINTER" in page.text()
    first = page.code()
    touch("touchMove", (x + 80, y + 10))
    page.page.wait_for_timeout(400)
    assert not np.allclose(page.code(), first)
    touch("touchEnd")
    assert page.page.locator("[data-pin]").count() == 0
    before = page.link()["camera"]
    touch("touchStart", (x, y), (x + 60, y))
    touch("touchMove", (x - 40, y), (x + 100, y))
    touch("touchEnd")
    page.page.wait_for_timeout(400)
    assert page.link()["camera"] != before
    page.page.touchscreen.tap(x, y)
    page.until(lambda: page.page.locator("[data-pin]").count() == 1)


def test_views_morph_where_motion_is_welcome(browser, wide_served):
    context = browser.new_context(viewport={"width": 900, "height": 600})
    page = context.new_page()
    page.goto(wide_served)
    page.get_by_label("view", exact=True).select_option("lda")
    page.wait_for_timeout(900)
    page.evaluate("performance.clearMarks('drawn')")
    page.get_by_label("view", exact=True).select_option("pca")
    page.wait_for_timeout(900)
    assert page.evaluate("performance.getEntriesByName('drawn').length") > 4
    context.close()
