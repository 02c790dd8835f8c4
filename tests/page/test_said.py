"""Where something cannot be had, a sentence stands in its place, and the rest goes on."""

import numpy as np
import pytest

from latentscape.bundle import OnnxNetwork, read_bundle
from latentscape.explorer import write_html, write_site
from tests.bundle.samples import Sample, linear_network
from tests.explorer.serving import serving
from tests.page.pages import Opened

pytestmark = pytest.mark.page

NO_WEBGL = """HTMLCanvasElement.prototype.getContext = (get => function (kind, ...more) {
  return kind === 'webgl2' ? null : get.call(this, kind, ...more)
})(HTMLCanvasElement.prototype.getContext)"""
KEEP_WORKERS = """window.workers = []
Worker = class extends Worker {
  constructor(...all) { super(...all); window.workers.push(this) }
}"""
DEATH = "workers[%d].dispatchEvent(new ErrorEvent('error', {message: 'out of memory'}))"


@pytest.fixture
def prepared(browser, plane_bundle):
    """Opens a page on which a script has run before its own, or some files cannot be had."""
    contexts = []

    def open_page(script: str = "", refused: str = ""):
        context = browser.new_context(viewport={"width": 1200, "height": 760})
        contexts.append(context)
        page = context.new_page()
        if script:
            page.add_init_script(script)
        if refused:
            page.route(refused, lambda route: route.abort())
        page.goto(f"http://127.0.0.1:{port}/")
        page.locator("[data-space]").wait_for()
        return page

    with serving(plane_bundle) as port:
        yield open_page
        for context in contexts:
            context.close()


def test_the_map_needs_no_webgl(prepared):
    page = prepared(NO_WEBGL)
    alert = page.get_by_role("alert").filter(has_text="no WebGL 2")
    alert.wait_for()
    page.get_by_role("button", name="Map").click()
    alert.wait_for(state="detached")


def test_no_webassembly_is_said_in_words(prepared):
    page = prepared(refused="**/*.wasm")
    page.locator(".heroImage [role=alert]").wait_for()
    told = page.locator(".heroImage").inner_text()
    assert told.startswith("This browser runs no WebAssembly here")
    assert "search work all the same" in told


def test_a_worker_that_stops_is_said_then_and_afterwards(prepared):
    page = prepared(KEEP_WORKERS)
    page.locator("[data-hero]").wait_for()
    while not page.evaluate("performance.getEntriesByName('decoder ready').length"):
        page.wait_for_timeout(40)
    page.wait_for_timeout(500)
    page.evaluate(DEATH % 1)
    notice = page.get_by_role("alert").filter(has_text="The search for neighbours stopped")
    notice.wait_for()
    page.evaluate(DEATH % 0)
    assert page.locator(".heroImage [role=alert]").count() == 0
    box = page.locator("[data-space]").bounding_box()
    page.mouse.move(box["x"] + 300, box["y"] + 300)
    hero = page.locator(".heroImage [role=alert]")
    hero.wait_for()
    assert "has stopped (out of memory)" in hero.inner_text()


def test_a_site_opened_from_a_disk_says_what_to_do(browser, plane_bundle, tmp_path):
    write_site(plane_bundle, tmp_path / "site")
    page = browser.new_page()
    page.goto((tmp_path / "site" / "index.html").as_uri())
    sentence = page.get_by_text("Opened straight from a disk it stays empty")
    sentence.wait_for()
    page.wait_for_timeout(5500)  # the style sheet, where it is read, waits this long
    assert sentence.bounding_box()["width"] > 200
    page.close()


@pytest.mark.parametrize("kind", ["decoder", "encoder"])
def test_a_collapsed_model_is_said(opener, tmp_path, kind):
    few = Sample(2, 60)
    if kind == "encoder":
        few.codes[:] = 0.25
        sentence = "All 60 images have the same code"
    else:
        few.axes[:] = 0
        sentence = "Every code here decodes to the same image"
    decoder = OnnxNetwork(linear_network(few.axes, few.mean, "code", "images", [1, 8, 8]))
    folder = few.write(tmp_path / "b", views=[], draws={}, decoder=decoder)
    page = opener(write_html(read_bundle(folder), tmp_path / "x.html").as_uri())
    page.until(lambda: sentence in page.text())


@pytest.mark.parametrize("host", ["served"], indirect=True, scope="session")
def test_nothing_is_said_of_a_sound_model_on_a_server(plane_page: Opened):
    plane_page.point(0.5, 0.5)
    assert plane_page.page.locator(".collapsed").count() == 0
    assert plane_page.page.get_by_text("Opened straight from a disk").count() == 0


def test_a_damaged_link_shows_what_it_can_and_says_so(opener, plane_bundle):
    with serving(plane_bundle) as port:
        link = "#view=umap&camera=0,0,1e9,0,0&pins=3,5000&code=1,2,3&selection=1.5000&look=map"
        page = opener(f"http://127.0.0.1:{port}/{link}", ready=False)
        page.until(lambda: "Not all of this link can be shown here" in page.text())
        told = page.page.get_by_role("alert").inner_text()
        named = set(told.split("(")[1].split(")")[0].split(", "))
        assert named == {"view", "camera", "pins", "code", "selection"}
        page.until(lambda: page.link().get("pins") == "3")
        shown = page.link()
        assert (shown["look"], shown["selection"], shown["view"]) == ("map", "1", "code")
        assert shown["camera"].split(",")[:3] == ["0", "0", "1"]


def test_links_carry_selections_and_pins_of_every_kind(opener, plane_bundle):
    with serving(plane_bundle) as port:
        page = opener(f"http://127.0.0.1:{port}/#pins=4,~my~0.5_-0.25&selection=2.1.a")
        page.page.wait_for_timeout(400)
        assert page.link()["selection"] == "2.1.a"
        assert "3 of 1,797 selected" in page.text()
        pins = page.page.locator("[data-pin]")
        page.until(lambda: pins.count() == 2)
        assert "my" in pins.nth(1).inner_text()
        page.page.get_by_label("go to pin 1").click()
        page.until(lambda: np.allclose(page.code(), [0.5, -0.25]))
        again = opener(page.page.url)
        again.page.wait_for_timeout(400)
        assert again.link() == page.link()


def test_neighbours_that_an_index_found_are_said_to_be(opener, wide, tmp_path, monkeypatch):
    pytest.importorskip("faiss")
    monkeypatch.setattr("latentscape.bundle.neighbours.EXACT_UP_TO", 1500)
    monkeypatch.setattr("latentscape.latent.all_neighbours.TREE_UP_TO_MANY", 1500)
    bundle = read_bundle(wide.write(tmp_path / "b"))
    said = f"which finds {bundle.space['neighbours']['recall']:.1%} of the true ones"
    with serving(bundle) as port:
        page = opener(f"http://127.0.0.1:{port}/")
        for x in (0.45, 0.55):
            page.page.mouse.click(*page.spot(x, 0.5))
        page.until(lambda: len(page.link().get("pins", "").split(",")) == 2)
        caption = page.page.get_by_text("neighbours", exact=True).first
        assert said in caption.get_attribute("title")
        page.choose("colour", "typical")
        menu = page.page.locator(f".colour :not(option)[title*='{said}']")
        page.until(menu.count)
        page.button("Path").click()
        assert said in page.button("Along the data").get_attribute("title")
