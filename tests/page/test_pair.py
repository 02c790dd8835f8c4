"""Two spaces side by side in a real browser: linked by image, whatever the place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, quote

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import ortho_group
from sklearn.neighbors import NearestNeighbors

from latentscape.bundle import OnnxNetwork, read_bundle
from latentscape.bundle.pair import Pair
from latentscape.bundle.pairing import write_pair
from latentscape.bundle.tables import read_arrow
from latentscape.explorer import write_html, write_site
from latentscape.system.errors import LatentscapeError
from tests.bundle.samples import Sample, linear_network
from tests.explorer.serving import serving
from tests.page.conftest import static_host
from tests.page.pages import Opened, Opener

pytestmark = pytest.mark.page
COUNT = 900
LEFT_OUT = 100


class Turned(Sample):
    """Some of the same digits, their codes turned, stretched and moved; the networks keep to it."""

    def __init__(self, d: int, count: int, kept: int) -> None:
        super().__init__(d, count)
        self.pixels, self.labels = self.pixels[:kept], self.labels[:kept]
        self.codes = self.codes[:kept]
        self.turn = 2.5 * ortho_group.rvs(d, random_state=1)
        self.shift = np.arange(1, d + 1, dtype=float)
        self.codes = (self.codes @ self.turn + self.shift).astype(np.float32)

    def decode(self, codes: NDArray[np.floating]) -> NDArray[np.float64]:
        return super().decode((codes - self.shift) @ np.linalg.inv(self.turn))

    @property
    def encoder(self) -> OnnxNetwork:
        weight = self.axes.T @ self.turn
        bias = self.shift - self.mean @ weight
        return OnnxNetwork(linear_network(weight, bias, "images", "code", [len(self.shift)]))

    @property
    def decoder(self) -> OnnxNetwork:
        weight = np.linalg.inv(self.turn) @ self.axes
        bias = self.mean - self.shift @ weight
        return OnnxNetwork(linear_network(weight, bias, "code", "images", [1, 8, 8]))


@dataclass
class Both:
    """The two samples, and where their rows are in the bundles."""

    samples: tuple[Sample, Sample]
    pair: Pair

    def ids(self, side: int) -> list[int]:
        """Which digit each row of a bundle is."""
        bundle = (self.pair.first, self.pair.second)[side]
        names = read_arrow(bundle.folder / "details.arrow")["id"].to_pylist()
        return [int(name.removeprefix("digit-")) for name in names]


@pytest.fixture(scope="module")
def both(tmp_path_factory) -> Both:
    """A plane, and seven numbers in which some of its images are missing."""
    folder = tmp_path_factory.mktemp("pair")
    plane, wide = Sample(2, COUNT), Turned(7, COUNT, COUNT - LEFT_OUT)
    first = read_bundle(plane.write(folder / "a", name="plane"))
    second = read_bundle(wide.write(folder / "b", name="wide", seed=5, judge=wide.judge))
    (folder / "pair").mkdir()
    return Both((plane, wide), write_pair(first, second, folder / "pair"))


@pytest.fixture(scope="module", params=["served", "static", "file"])
def address(request, both: Both, tmp_path_factory) -> Iterator[str]:
    scratch = tmp_path_factory.mktemp("hosts")
    if request.param == "served":
        with serving(both.pair) as port:
            yield f"http://127.0.0.1:{port}/"
    elif request.param == "static":
        write_site(both.pair, scratch / "some" / "site")
        with static_host(scratch) as root:
            yield f"{root}some/site/"
    else:
        yield write_html(both.pair, scratch / "pair.html").as_uri()


@pytest.fixture(scope="module")
def served(both: Both) -> Iterator[str]:
    with serving(both.pair) as port:
        yield f"http://127.0.0.1:{port}/"


def said(page: Opened, side: int) -> dict[str, str]:
    """What the address says of a side."""
    part = page.link().get(("first", "second")[side], "")
    return {key: values[0] for key, values in parse_qs(part).items()}


def code(page: Opened, side: int) -> NDArray[np.float64]:
    return np.array([float(value) for value in said(page, side).get("code", "nan").split(",")])


def selected(page: Opened, side: int) -> list[int]:
    steps = said(page, side).get("selection", "")
    return np.cumsum([int(step, 36) for step in steps.split(".") if step]).tolist()


def spot(page: Opened, side: int, x: float, y: float) -> tuple[float, float]:
    """A place in the plot of a side, from 0 to 1 across it."""
    box = page.page.locator(f"[data-side={'AB'[side]}] [data-space]").bounding_box()
    assert box is not None
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def hero(page: Opened, side: int) -> NDArray[np.uint8]:
    canvas = page.page.locator(f"[data-hero-of={'AB'[side]}] [data-hero] canvas")
    return page.pixels(canvas)[:, :, 0]


def bytes_of(images: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.rint(255 * images.clip(0, 1))


def point(page: Opened, side: int, x: float, y: float) -> None:
    """Move the pointer there, and wait until the address says so."""
    before = page.until(lambda: said(page, side))
    page.page.mouse.move(*spot(page, side, x, y))
    page.until(lambda: said(page, side) != before)


def title(page: Opened, side: int) -> str:
    return page.page.locator(f"[data-hero-of={'AB'[side]}] h2").inner_text().lower()


def over_an_image(page: Opened, both: Both, *, in_both: bool) -> int:
    """Point at an image of the plane; give which digit it is."""
    for x, y in np.random.default_rng(0).uniform(0.25, 0.75, (60, 2)):
        page.page.mouse.move(*spot(page, 0, x, y))
        page.page.wait_for_timeout(60)
        if page.page.locator("[data-side=A] .ring").is_hidden():
            continue
        page.page.wait_for_timeout(400)
        own = both.samples[0].codes
        # The nearest code of the plane is the one that is ringed.
        digit = int(np.square(own - code(page, 0)).sum(axis=1).argmin())
        if (digit < COUNT - LEFT_OUT) == in_both:
            return digit
    raise AssertionError("no such image is in the middle of the plot")


def test_the_same_image_is_ringed_and_decoded_in_the_other(opener: Opener, address, both: Both):
    page = opener(address)
    digit = over_an_image(page, both, in_both=True)
    wide = both.samples[1]
    page.until(lambda: title(page, 1) == "the same image here")
    page.until(lambda: np.allclose(code(page, 1), wide.codes[digit], atol=1e-4))
    expected = bytes_of(wide.decode(wide.codes[[digit]]))[0, 0]
    page.until(lambda: np.abs(hero(page, 1) - expected).max() <= 1)
    assert page.page.locator("[data-side=B] .ring").is_visible()


def test_a_loupe_lies_over_the_twin_too(opener: Opener, served, both: Both):
    page = opener(served)
    for side in "AB":
        page.page.locator(f"[data-side={side}]").get_by_label("loupe").click()
    over_an_image(page, both, in_both=True)
    page.until(lambda: title(page, 1) == "the same image here")
    loupes = [page.page.locator(f"[data-side={side}] [data-loupe]") for side in "AB"]
    page.until(lambda: all(loupe.is_visible() for loupe in loupes))
    middles = [
        (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        for box in (
            loupes[1].bounding_box(),
            page.page.locator("[data-side=B] .ring").bounding_box(),
        )
    ]
    assert middles[0] == pytest.approx(middles[1], abs=1)
    page.page.mouse.move(*spot(page, 0, 0.5, 1.2))
    page.until(lambda: loupes[0].is_hidden() and loupes[1].is_hidden())


def test_a_spot_without_an_image_is_encoded_again(opener: Opener, address, both: Both):
    page = opener(address)
    point(page, 0, 0.96, 0.04)
    page.until(lambda: title(page, 1) == "what the other decodes, encoded here")
    expected = encoded(both, code(page, 0))
    page.until(lambda: np.allclose(code(page, 1), expected, atol=2e-3))
    assert page.page.locator("[data-side=B] .ring").is_hidden()


def test_an_image_that_only_one_has_is_encoded_too(opener: Opener, served, both: Both):
    page = opener(served)
    over_an_image(page, both, in_both=False)
    page.until(lambda: title(page, 1) == "what the other decodes, encoded here")


def test_as_a_code_it_is_led_across_by_the_map(opener: Opener, served, both: Both):
    page = opener(served)
    page.button("as a code").click()
    point(page, 1, 0.5, 0.4)
    plane, wide = both.samples
    page.until(lambda: title(page, 0) == "the other’s code, led across")
    # The wide codes are the plane's and five more, turned: what leads back is known.
    expected = (code(page, 1) - wide.shift) @ np.linalg.inv(wide.turn)
    page.until(lambda: np.allclose(code(page, 0), expected[:2], atol=0.02))
    picture = bytes_of(plane.decode(code(page, 0)[None]))[0, 0]
    page.until(lambda: np.abs(hero(page, 0) - picture).max() <= 2)
    assert "(an affine map) explains 100 % of A’s codes" in page.text()


def test_a_selection_selects_in_both(opener: Opener, served, both: Both):
    page = opener(served)
    page.page.locator("[data-side=A]").get_by_role("button", name="lasso").click()
    page.page.mouse.move(*spot(page, 0, 0.2, 0.3))
    page.page.mouse.down()
    for x, y in [(0.6, 0.3), (0.6, 0.7), (0.2, 0.7)]:
        page.page.mouse.move(*spot(page, 0, x, y), steps=3)
    page.page.mouse.up()
    page.until(lambda: selected(page, 0) and selected(page, 1))
    here = {both.ids(0)[row] for row in selected(page, 0)}
    there = {both.ids(1)[row] for row in selected(page, 1)}
    assert len(here) > 50
    assert there == {digit for digit in here if digit < COUNT - LEFT_OUT}
    lacking = len(here) - len(there)
    assert lacking > 0
    assert f"{lacking} of the {len(here)} images selected in A are not here." in page.text()
    page.page.keyboard.press("Escape")
    page.until(lambda: not selected(page, 0) and not selected(page, 1))


def pinned(page: Opened, both: Both, side: int) -> list[int | NDArray[np.float64]]:
    """What a side has pinned, by number: which digit, or which code."""
    pins = [pin for pin in said(page, side).get("pins", "").split(",") if pin]
    ids = both.ids(side)
    return [
        np.array([float(value) for value in pin.split("~")[2].split("_")])
        if pin.startswith("~")
        else ids[int(pin)]
        for pin in reversed(pins)
    ]


def encoded(both: Both, plane_code: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where what the plane decodes is encoded among the wide codes."""
    plane, wide = both.samples
    decoded = plane.decode(plane_code[None]).reshape(1, -1)
    return ((decoded - wide.mean) @ (wide.axes.T @ wide.turn) + wide.shift)[0]


def test_what_is_pinned_in_one_is_pinned_in_the_other(opener: Opener, served, both: Both):
    page = opener(served)
    mouse = page.page.mouse
    digit = over_an_image(page, both, in_both=True)
    mouse.down()
    mouse.up()
    page.until(lambda: pinned(page, both, 0) == pinned(page, both, 1) == [digit])
    mouse.click(*spot(page, 0, 0.96, 0.04))
    page.until(lambda: len(pinned(page, both, 1)) == 2)
    alone = pinned(page, both, 0)[1]
    np.testing.assert_allclose(pinned(page, both, 1)[1], encoded(both, alone), atol=2e-3)
    # Numbers are the same, and what one side lets go, or brings back, the other does.
    page.page.get_by_role("group", name="tools of").get_by_role("button", name="B").click()
    shown = page.page.locator(".sideTools:not([hidden]) [data-pin]")
    assert [pin.get_attribute("data-pin") for pin in shown.all()] == ["2", "1"]
    assert "a spot, from A" in shown.first.inner_text()
    shown.nth(1).get_by_label("remove pin 1").click()
    page.until(lambda: [len(pinned(page, both, side)) for side in (0, 1)] == [1, 1])
    np.testing.assert_array_equal(pinned(page, both, 0)[0], alone)
    page.page.keyboard.press("Control+z")
    page.until(lambda: [len(pinned(page, both, side)) for side in (0, 1)] == [2, 2])
    assert digit in [pin for pin in pinned(page, both, 0) if isinstance(pin, int)]
    page.page.get_by_role("group", name="tools of").get_by_role("button", name="A").click()
    assert sorted(pin.get_attribute("data-pin") for pin in shown.all()) == ["1", "2"]


HOLD = """Worker = class extends Worker {
  postMessage(...all) {
    if (window.held) window.held.push(() => super.postMessage(...all))
    else super.postMessage(...all)
  }
}"""


def test_a_pin_removed_before_its_twin_has_come_has_none(opener: Opener, served, both: Both):
    page = opener(served)
    page.page.add_init_script(HOLD)
    page.page.reload()
    page.until(lambda: page.marks("decoder ready") > 1)
    page.page.mouse.move(*spot(page, 0, 0.96, 0.04))
    page.page.wait_for_timeout(600)
    page.page.evaluate("window.held = []")  # what networks are asked waits
    page.page.mouse.click(*spot(page, 0, 0.96, 0.04))
    page.until(lambda: len(pinned(page, both, 0)) == 1)
    page.page.locator(".sideTools:not([hidden])").get_by_label("remove pin 1").click()
    page.until(lambda: not pinned(page, both, 0))
    assert page.page.evaluate("held.length") > 0
    page.page.evaluate("(() => { const all = held; held = null; all.forEach(ask => ask()) })()")
    page.page.wait_for_timeout(700)
    assert [pinned(page, both, side) for side in (0, 1)] == [[], []]
    page.page.mouse.click(*spot(page, 0, 0.96, 0.04))  # it can be pinned again
    page.until(lambda: [len(pinned(page, both, side)) for side in (0, 1)] == [1, 1])


def test_an_image_that_one_lacks_is_pinned_there_as_it_is_encoded(opener, served, both: Both):
    page = opener(served)
    digit = over_an_image(page, both, in_both=False)
    page.page.mouse.down()
    page.page.mouse.up()
    page.until(lambda: pinned(page, both, 0) == [digit] and len(pinned(page, both, 1)) == 1)
    expected = encoded(both, both.samples[0].codes[digit])
    np.testing.assert_allclose(pinned(page, both, 1)[0], expected, atol=2e-3)


def test_pins_of_a_link_are_twins_again(opener: Opener, served, both: Both):
    rows = [both.ids(side).index(7) for side in (0, 1)]
    pins = [f"{rows[0]},~mine~0.5_-1", f"~mine%2C from A~1_2_3_4_5_6_7,{rows[1]}"]
    parts = [quote(f"pins={quote(pin, safe=',~')}") for pin in pins]
    page = opener(f"{served}#first={parts[0]}&second={parts[1]}&way=encoded&tools=A")
    page.until(lambda: [len(pinned(page, both, side)) for side in (0, 1)] == [2, 2])
    shown = page.page.locator(".sideTools:not([hidden]) [data-pin]")
    shown.filter(has_text="digit-7").get_by_label("remove pin").click()
    page.until(lambda: [len(pinned(page, both, side)) for side in (0, 1)] == [1, 1])
    assert not any(isinstance(pinned(page, both, side)[0], int) for side in (0, 1))
    shown.get_by_label("remove pin").click()
    page.until(lambda: not pinned(page, both, 0) and not pinned(page, both, 1))


def test_what_is_filtered_and_coloured_in_one_is_so_in_the_other(opener: Opener, served):
    page = opener(served)
    page.page.locator("[data-side=B] .legend").get_by_role("button", name="3").first.click()
    page.until(lambda: "filter" in said(page, 0))
    assert said(page, 0)["filter"] == said(page, 1)["filter"]
    page.page.locator("[data-side=B] .legend").get_by_role("button", name="3").first.click()
    page.until(lambda: "filter" not in said(page, 0))
    legends = [page.page.locator(f"[data-side={side}] .legend") for side in "AB"]
    choose(page, "B", "nearest class")
    page.until(lambda: said(page, 0).get("colour") == "nearest class")
    legends[1].get_by_role("button", name="5").first.click()
    page.until(lambda: "filter" in said(page, 0))
    pressed = [legend.locator("[aria-pressed=true]").all_inner_texts() for legend in legends]
    assert [[text.split()[1] for text in texts] for texts in pressed] == [["5"], ["5"]]
    page.button("colour by it").click()
    page.until(lambda: said(page, 0).get("colour") == "shared neighbours")
    assert said(page, 1)["colour"] == "shared neighbours"
    choose(page, "A", "typical")
    page.until(lambda: said(page, 1).get("colour") == "typical")


def choose(page: Opened, side: str, column: str) -> None:
    menu = page.page.locator(f"[data-side={side}]").get_by_label("colour", exact=True)
    menu.hover()
    menu.select_option(label=column)


def test_a_link_restores_both(opener: Opener, served, both: Both):
    page = opener(served)
    page.button("as a code").click()
    point(page, 0, 0.4, 0.45)
    page.page.locator("[data-side=B]").get_by_label("view", exact=True).select_option("lda")
    page.page.get_by_role("group", name="tools of").get_by_role("button", name="B").click()
    page.until(lambda: said(page, 1).get("view") == "lda" and page.link()["tools"] == "B")
    page.page.wait_for_timeout(600)
    codes = [code(page, side) for side in (0, 1)]
    again = opener(page.page.url)
    again.until(lambda: again.link() == page.link())
    for side in (0, 1):
        np.testing.assert_allclose(code(again, side), codes[side], atol=1e-5)


def test_the_pointer_crosses_a_plot_without_changing_whose_tools_are_shown(opener: Opener, served):
    page = opener(served)
    page.page.mouse.click(*spot(page, 0, 0.5, 0.5))
    pins = page.page.locator(".sideTools:not([hidden]) .pin")
    page.until(lambda: pins.count() == 1)
    page.page.mouse.move(*spot(page, 1, 0.5, 0.5), steps=4)
    page.page.locator(".toolsOf").hover()
    assert page.link()["tools"] == "A"
    assert pins.count() == 1
    page.page.mouse.click(*spot(page, 1, 0.5, 0.5))
    page.until(lambda: page.link()["tools"] == "B")


def test_what_is_shared_is_what_scikit_learn_finds(opener: Opener, served, both: Both):
    page = opener(served)
    near = [
        NearestNeighbors(n_neighbors=10).fit(sample.codes[: COUNT - LEFT_OUT]).kneighbors()[1]
        for sample in both.samples
    ]
    shares = [len(set(a) & set(b)) / 10 for a, b in zip(*near, strict=True)]
    assert f"{100 * np.mean(shares):.0f} % of 10 neighbours are shared" in page.text()
    assert "800 images are in both, of 900 in A and 800 in B." in page.text()


@pytest.mark.parametrize("spoilt", ["pair.json", "links.arrow"])
def test_damage_is_said_in_a_sentence(opener: Opener, both: Both, tmp_path, spoilt):
    site = write_site(both.pair, tmp_path / "site")
    (site / "pair" / spoilt).write_text("{")
    with static_host(tmp_path) as root:
        page = opener(f"{root}site/", ready=False, tolerant=True)
        page.until(lambda: f"{spoilt} is damaged; export" in page.text())


def test_without_an_encoder_the_map_alone_leads_across(opener: Opener, both: Both, tmp_path):
    bare = both.samples[1].write(tmp_path / "b", encoder=None, seed=5)
    (tmp_path / "pair").mkdir()
    pair = write_pair(both.pair.first, read_bundle(bare), tmp_path / "pair")
    with serving(pair) as port:
        page = opener(f"http://127.0.0.1:{port}/")
        ways = page.page.get_by_role("group", name="a spot goes across")
        assert ways.get_by_role("button").all_inner_texts() == ["as a code"]


def test_a_pair_takes_the_place_of_a_pair_and_of_nothing_else(both: Both, tmp_path):
    site = write_site(both.pair, tmp_path / "site")
    assert json.loads((site / "pair" / "pair.json").read_text())["linked"] == 800
    write_site(both.pair, site)
    write_site(both.pair.first, site)
    assert not (site / "pair").exists()
    write_site(both.pair, site)
    (site / "pair" / "diary.txt").write_text("mine")
    with pytest.raises(LatentscapeError, match="not empty"):
        write_site(both.pair.first, site)
    assert (site / "pair" / "diary.txt").read_text() == "mine"


@pytest.mark.parametrize("size", [(1280, 800), (640, 400), (390, 844)])
def test_it_fits_the_window(opener: Opener, served, size):
    page = opener(served, size=size)
    for side in (0, 1):
        box = page.page.locator(f"[data-side={'AB'[side]}] [data-space]").bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) > 100
    assert page.page.evaluate("document.documentElement.scrollWidth") <= size[0]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 800), (390, 844), (640, 400)])
def test_nothing_that_axe_finds(opener: Opener, served, both: Both, size, dark: bool):
    from axe_playwright_python.sync_playwright import Axe

    page = opener(served, size=size, dark=dark, tolerant=True)
    point(page, 0, 0.5, 0.5)
    for side in (0, 1):  # pins of both, and much to say beside what the wide one decodes
        page.page.mouse.click(*spot(page, side, 0.45, 0.45))
    page.page.mouse.move(*spot(page, 1, 0.6, 0.12))
    page.page.wait_for_timeout(600)
    found = Axe().run(page.page).response["violations"]
    assert [(v["id"], [n["html"] for n in v["nodes"]][:3]) for v in found] == []


@pytest.mark.parametrize("side", ["A", "B"])
def test_what_is_said_of_a_spot_is_reached_by_keys(opener: Opener, served: str, side: str):
    page = opener(served, size=(1280, 640))
    facts = page.page.locator(f"[data-hero-of={side}] .facts")
    page.page.locator(f"[data-hero-of={side}] [data-hero]").focus()
    page.page.keyboard.press("Tab")
    assert facts.evaluate("facts => document.activeElement === facts")
    assert facts.get_attribute("aria-label") == f"about it: {side}"
