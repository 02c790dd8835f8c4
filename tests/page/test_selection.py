"""A selection as images, classes, differences, tables and tags."""

import csv
import io
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from scipy.stats import false_discovery_control, ttest_ind
from sklearn.neighbors import NearestNeighbors

from latentscape.bundle import Bundle
from latentscape.bundle.tables import read_arrow
from latentscape.explorer.selecting import link_to, rows_of
from tests.bundle.samples import Sample
from tests.explorer.serving import serving
from tests.page.pages import Opened, Opener

pytestmark = pytest.mark.page


class Stored(NamedTuple):
    ids: list[str]
    codes: NDArray[np.float32]
    labels: NDArray[np.int64]
    pixels: NDArray[np.uint8]


CORNERS = (0.3, 0.2), (0.6, 0.6)


@pytest.fixture(scope="module")
def address(wide_bundle) -> Iterator[str]:
    with serving(wide_bundle) as port:
        yield f"http://127.0.0.1:{port}/"


@pytest.fixture(scope="module")
def stored(wide: Sample, wide_bundle: Bundle) -> Stored:
    """The sample in the order in which the bundle holds it."""
    ids = read_arrow(wide_bundle.folder / "details.arrow")["id"].to_pylist()
    order = [int(name.removeprefix("digit-")) for name in ids]
    return Stored(ids, wide.codes[order], wide.labels[order], wide.pixels[order])


@pytest.fixture
def selected(opener: Opener, address: str) -> Opened:
    """A page whose box has selected some points."""
    opened = opener(address + "#view=code")
    opened.page.locator("[aria-label^='drag a box']").click()
    opened.page.mouse.move(*opened.spot(*CORNERS[0]))
    opened.page.mouse.down()
    opened.page.mouse.move(*opened.spot(*CORNERS[1]), steps=3)
    opened.page.mouse.up()
    opened.until(lambda: "selection" in opened.link())
    return opened


def rows(opened: Opened) -> list[int]:
    """What is selected, by what the address says of it."""
    return np.cumsum([int(step, 36) for step in opened.link()["selection"].split(".")]).tolist()


def downloaded(opened: Opened, button: str) -> tuple[str, bytes]:
    with opened.page.expect_download() as download:
        opened.button(button).click()
    return download.value.suggested_filename, download.value.path().read_bytes()


def shown(opened: Opened) -> list[int]:
    images = opened.page.locator("[data-image]")
    return [int(value) for value in images.evaluate_all("all => all.map(i => i.dataset.image)")]


def test_a_link_to_images_opens_with_these_in_the_panel(opener: Opener, address, wide_bundle):
    ids = read_arrow(wide_bundle.folder / "details.arrow")["id"].to_pylist()
    wanted = [1796, 0, 35, 36, 1295, 1296]
    opened = opener(address + link_to(rows_of(wide_bundle, [ids[row] for row in wanted])))
    opened.until(lambda: set(shown(opened)) == set(wanted))
    assert rows(opened) == sorted(wanted)


def test_images_are_sorted_and_only_those_in_sight_exist(selected: Opened, stored: Stored):
    inside = rows(selected)
    assert len(inside) > 200
    distances, _ = NearestNeighbors(n_neighbors=11).fit(stored.codes).kneighbors(stored.codes)
    typical = sorted(inside, key=lambda row: distances[row, 10])
    selected.until(lambda: shown(selected)[:12] == typical[:12])
    assert len(shown(selected)) < 80
    selected.page.locator(".selectedImages").evaluate("grid => grid.scrollTo(0, 1e9)")
    selected.until(lambda: shown(selected)[-1] == typical[-1])
    selected.page.locator(f"[data-image='{typical[-1]}']").click()
    selected.choose("order of the images", "pin:1")
    near = sorted(
        inside, key=lambda row: np.linalg.norm(stored.codes[row] - stored.codes[typical[-1]])
    )
    selected.page.locator(".selectedImages").evaluate("grid => grid.scrollTo(0, 0)")
    selected.until(lambda: shown(selected)[:12] == near[:12])


def test_classes_stand_beside_those_of_everything(selected: Opened, stored: Stored):
    counts = np.bincount(stored.labels[rows(selected)], minlength=10)
    rates = 100 * counts / counts.sum()
    everywhere = 100 * np.bincount(stored.labels) / len(stored.labels)
    bars = selected.page.get_by_label("classes of the selection").locator("li")
    for bar in bars.all():
        label = int(bar.locator(".name").inner_text())
        parts = bar.get_attribute("title").split(", ")
        here, there = (float(part.split("%")[0].strip("< ")) for part in parts)
        assert abs(here - rates[label]) <= (0.5 if rates[label] >= 0.5 else 1)
        assert abs(there - everywhere[label]) <= 0.5
    assert bars.count() == (counts > 0).sum()


def test_what_differs_is_tested_and_can_be_walked_along(selected: Opened, stored: Stored):
    inside = np.isin(np.arange(len(stored.codes)), rows(selected))
    codes = stored.codes.astype(np.float64)
    here, there = codes[inside], codes[~inside]
    p = false_discovery_control(ttest_ind(here, there, equal_var=False).pvalue)
    steps = here.mean(axis=0) - there.mean(axis=0)
    effects = steps / np.sqrt((here.var(axis=0, ddof=1) + there.var(axis=0, ddof=1)) / 2)
    strongest = sorted(np.flatnonzero(p <= 0.05), key=lambda j: -abs(effects[j]))[:6]
    items = selected.page.get_by_label("numbers that differ").locator("li").all()
    told = [[part.inner_text() for part in item.locator("span").all()] for item in items]
    assert [name for name, _ in told] == [f"z{j + 1}" for j in strongest]
    values = [float(value.replace("−", "-")) for _, value in told]
    np.testing.assert_allclose(values, steps[strongest], atol=0.0051)
    assert f"{(p <= 0.05).sum()} of 16 numbers differ" in selected.text()
    selected.page.get_by_label("from the mean of everything else").fill("-0.5")
    expected = there.mean(axis=0) - 0.5 * steps
    selected.until(lambda: np.allclose(selected.code(), expected, atol=1e-4))


def test_one_selection_is_compared_with_another(selected: Opened, stored: Stored):
    first = rows(selected)
    selected.button("keep to compare").click()
    selected.page.mouse.move(*selected.spot(0.65, 0.4))
    selected.page.mouse.down()
    selected.page.mouse.move(*selected.spot(0.9, 0.9), steps=3)
    selected.page.mouse.up()
    selected.until(lambda: rows(selected) != first)
    slider = selected.page.get_by_label(f"from the mean of the {len(first)} kept")
    slider.fill("0")
    expected = stored.codes[first].mean(axis=0)
    selected.until(lambda: np.allclose(selected.code(), expected, atol=1e-4))


def test_it_is_taken_along_with_its_tags(selected: Opened, stored: Stored):
    inside = rows(selected)
    selected.page.get_by_label("a word for this selection").fill('odd, "quoted"')
    selected.button("tag").click()
    name, content = downloaded(selected, "CSV")
    table = list(csv.DictReader(io.StringIO(content.decode())))
    assert name == "digits-selection.csv"
    assert [row["id"] for row in table] == [stored.ids[i] for i in inside]
    assert [int(row["label"]) for row in table] == stored.labels[inside].tolist()
    assert {row["tags"] for row in table} == {'odd, "quoted"'}
    codes = np.array([[row[f"z{j + 1}"] for j in range(16)] for row in table], dtype=np.float32)
    np.testing.assert_array_equal(codes, stored.codes[inside])
    _, ids = downloaded(selected, "ids")
    assert ids.decode().split() == [row["id"] for row in table]
    _, png = downloaded(selected, "PNG")
    sheet = np.asarray(Image.open(io.BytesIO(png)).convert("L"))
    across = int(np.ceil(np.sqrt(len(inside))))
    assert sheet.shape[1] == across * 10 - 2
    for place in (0, 1, across, len(inside) - 1):
        y, x = 10 * (place // across), 10 * (place % across)
        np.testing.assert_array_equal(sheet[y : y + 8, x : x + 8], stored.pixels[inside[place], 0])
    selected.page.keyboard.press("Escape")
    selected.page.locator(".tags button").first.click()
    selected.until(lambda: rows(selected) == inside)


def test_undo_brings_back_selections_pins_and_classes(selected: Opened):
    page = selected.page
    inside = rows(selected)
    page.locator("[data-image]").first.click()
    page.locator(".space").focus()
    page.keyboard.press("3")
    page.keyboard.press("Escape")
    selected.until(lambda: "selection" not in selected.link() and "filter" in selected.link())
    page.keyboard.press("Control+z")
    selected.until(lambda: "selection" in selected.link() and rows(selected) == inside)
    page.keyboard.press("Control+z")
    selected.until(lambda: "filter" not in selected.link())
    assert "pins" in selected.link()
    page.keyboard.press("Control+z")
    selected.until(lambda: "pins" not in selected.link())


def test_keys_select_and_pan(opener: Opener, address: str, stored: Stored):
    opened = opener(address + "#view=code")
    page = opened.page
    page.mouse.move(*opened.spot(0.3, 0.3))
    opened.until(lambda: "code" in opened.link())
    page.wait_for_timeout(500)
    corner = opened.code()[:2]
    page.keyboard.press("b")
    for _ in range(12):
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowDown")
    page.wait_for_timeout(400)
    other = opened.code()[:2]
    page.keyboard.press("b")
    opened.until(lambda: "selection" in opened.link())
    low, high = np.minimum(corner, other), np.maximum(corner, other)
    plane = stored.codes[:, :2]
    edge = np.minimum(np.abs(plane - low), np.abs(plane - high)).min(axis=1) < 1e-3
    expected = ((plane >= low) & (plane <= high)).all(axis=1)
    found = np.isin(np.arange(len(plane)), rows(opened))
    assert expected.sum() > 20
    np.testing.assert_array_equal(found[~edge], expected[~edge])
    before = opened.link()["camera"].split(",")
    page.keyboard.press("Shift+ArrowLeft")
    opened.until(lambda: float(opened.link()["camera"].split(",")[0]) < float(before[0]))


def test_images_scroll_by_keys_and_the_spot_stays(selected: Opened):
    grid = selected.page.locator(".selectedImages")
    selected.until(lambda: grid.evaluate("grid => grid.scrollHeight > 2 * grid.clientHeight"))
    facts = selected.page.locator(".facts")
    before = facts.inner_text()
    grid.focus()
    for _ in range(5):
        selected.page.keyboard.press("ArrowDown")
    selected.until(lambda: grid.evaluate("grid => grid.scrollTop") > 0)
    selected.page.keyboard.press("Home")
    selected.until(lambda: grid.evaluate("grid => grid.scrollTop") == 0)
    assert facts.inner_text() == before
    selected.page.locator("[data-space]").focus()
    selected.page.keyboard.press("ArrowDown")
    selected.until(lambda: facts.inner_text() != before)
