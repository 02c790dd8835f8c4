"""Points are filtered by any column: by legend, by brush, by keys, together, and in the link."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from tests.bundle.samples import Sample
from tests.page.conftest import START, N
from tests.page.pages import Opened, Opener
from tests.page.test_selection import rows

pytestmark = pytest.mark.page

Described = dict[str, list[Any]]


def brush(opened: Opened, begin: float, end: float) -> None:
    """Drag over the histogram, from 0 at its left to 1 at its right."""
    box = opened.page.locator(".brush").bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    opened.page.mouse.move(box["x"] + begin * box["width"], y)
    opened.page.mouse.down()
    opened.page.mouse.move(box["x"] + end * box["width"], y, steps=8)
    opened.page.mouse.up()
    opened.page.wait_for_timeout(400)


def limits(opened: Opened, column: str) -> list[float]:
    name, rule = opened.link()["filter"].split("~")
    assert name == column
    return [float(limit) for limit in rule.split("_")]


def shown(opened: Opened) -> int:
    told = opened.page.get_by_label("filters").get_by_role("status").inner_text()
    assert told.endswith(f" of {N:,} shown")
    return int(told.split()[0].replace(",", ""))


def counts(opened: Opened) -> list[int]:
    text = opened.page.locator(".bars").get_attribute("data-counts")
    assert text is not None
    return [int(count) for count in text.split(",")]


def as_numbers(values: list[Any]) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in values], dtype=float)


@pytest.fixture
def weighed(opener: Opener, described_address: str) -> Opened:
    opened = opener(described_address + "#colour=weight")
    opened.until(lambda: opened.page.locator(".brush").count())
    return opened


def test_a_brush_shows_what_lies_in_it_and_nothing_else(weighed: Opened, described: Described):
    weights = as_numbers(described["weight"])
    before = weighed.box()
    everywhere = weighed.drawn()
    brush(weighed, 0.25, 0.6)
    low, high = limits(weighed, "weight")
    span = np.nanmax(weights) - np.nanmin(weights)
    assert abs(low - (np.nanmin(weights) + 0.25 * span)) < 0.02 * span
    assert abs(high - (np.nanmin(weights) + 0.6 * span)) < 0.02 * span
    inside = (np.round(weights, 2) >= low) & (np.round(weights, 2) <= high)
    assert shown(weighed) == inside.sum()
    # The signs that are left are those of the points inside, in their order.
    assert weighed.drawn() == [sign for sign, kept in zip(everywhere, inside, strict=True) if kept]
    # A brush that is dragged keeps its width; a click beside it takes it away.
    brush(weighed, 0.4, 0.5)
    moved = limits(weighed, "weight")
    np.testing.assert_allclose(np.subtract(moved, [low, high]), 0.1 * span, atol=0.02 * span)
    brush(weighed, 0.95, 0.95)
    assert "filter" not in weighed.link()
    # One drag is one step to undo.
    weighed.page.keyboard.press("Control+z")
    weighed.until(lambda: "filter" in weighed.link() and limits(weighed, "weight") == moved)
    assert weighed.box() == before


def test_filters_combine_and_each_scale_counts_what_the_others_let_through(
    weighed: Opened, described: Described
):
    page = weighed.page
    weights = as_numbers(described["weight"])
    ada = np.array([maker == "Ada" for maker in described["maker"]])
    ages = np.array(described["age"])
    brush(weighed, 0.25, 0.6)
    low, high = limits(weighed, "weight")
    inside = (np.round(weights, 2) >= low) & (np.round(weights, 2) <= high)
    weighed.choose("colour", "maker")
    legend = page.get_by_label("maker", exact=True).get_by_role("button")
    weighed.until(lambda: legend.count() == 2)
    told = [int(text.split()[2]) for text in legend.all_inner_texts()]
    assert told == [(inside & ada).sum(), (inside & ~ada).sum()]
    legend.first.click()
    assert shown(weighed) == (inside & ada).sum()
    # What a column itself keeps out is counted in it: it can be had again.
    assert [int(text.split()[2]) for text in legend.all_inner_texts()] == told
    weighed.choose("colour", "age")
    weighed.until(lambda: page.get_by_label("scale of age").count())
    width = -(-(ages.max() - ages.min() + 1) // 48)
    edges = np.arange(ages.min(), ages.max() + width + 1, width) - 0.5
    assert counts(weighed) == np.histogram(ages[inside & ada], edges)[0].tolist()
    chips = page.get_by_label("filters").locator(".chip")
    assert [text.split("\n")[0] for text in chips.all_inner_texts()] == [
        f"weight: {low:g} to {high:g}".replace("-", "−"),
        "maker: Ada",
    ]
    page.get_by_label("remove the filter weight").click()
    assert shown(weighed) == ada.sum()
    chips.get_by_role("button").first.click()
    assert page.get_by_label("colour", exact=True).input_value() == "points maker"
    weighed.button("show all").click()
    weighed.until(lambda: "filter" not in weighed.link())
    assert page.get_by_label("filters").count() == 0


def test_keys_filter(weighed: Opened, described: Described):
    page = weighed.page
    page.get_by_label("weight from").focus()
    for _ in range(40):
        page.keyboard.press("ArrowRight")
    page.get_by_label("weight to").focus()
    for _ in range(20):
        page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(400)
    low, high = limits(weighed, "weight")
    assert [low, high] == [-0.6, 2.39]
    rounded = np.round(as_numbers(described["weight"]), 2)
    assert shown(weighed) == ((rounded >= low) & (rounded <= high)).sum()
    page.get_by_label("weight to").press("Home")
    weighed.until(lambda: limits(weighed, "weight") == [-0.6, -0.6])
    weighed.choose("colour", "maker")
    weighed.until(lambda: page.get_by_label("maker", exact=True).count())
    page.locator(".space").focus()
    page.keyboard.press("1")
    weighed.until(lambda: "maker: Žižka" in weighed.text())
    page.keyboard.press("1")
    weighed.until(lambda: "maker: Žižka" not in weighed.text())


def test_points_without_a_value_alone_and_along(weighed: Opened, described: Described):
    missing = np.isnan(as_numbers(described["weight"]))
    button = weighed.page.get_by_label("no value", exact=False).first
    button.click()
    assert shown(weighed) == missing.sum()
    assert {sign for sign, _ in weighed.drawn()} == {"#s5"}
    button.click()
    weighed.until(lambda: "filter" not in weighed.link())
    brush(weighed, 0.5, 0.9)
    inside = shown(weighed)
    button.click(modifiers=["Shift"])
    assert shown(weighed) == inside + missing.sum()
    assert "or no value" in weighed.text()


def test_days_are_whole(opener: Opener, described_address: str):
    first, last = START + timedelta(days=30), START + timedelta(days=99)
    written = f"{1000 * first.timestamp():.0f}_{1000 * last.timestamp():.0f}"
    opened = opener(described_address + f"#colour=day&filter=day~{written}")
    opened.until(lambda: opened.page.get_by_label("filters").count())
    opened.until(lambda: shown(opened) == 70)
    assert f"day: {first.date()} to {last.date()}" in opened.text()


def test_what_is_kept_out_is_not_found_in_the_plot(
    opener: Opener, described_address: str, described: Described, plane: Sample
):
    opened = opener(described_address + "#filter=maker~only.0&colour=maker")
    opened.until(lambda: opened.page.get_by_label("filters").count())
    expected = [row for row, maker in enumerate(described["maker"]) if maker == "Ada"]
    opened.until(lambda: shown(opened) == len(expected))
    opened.button("select these").click()
    opened.until(lambda: "selection" in opened.link())
    assert rows(opened) == expected
    opened.button("clear").click()
    opened.until(lambda: "selection" not in opened.link())
    opened.page.locator("[aria-label^='drag a box']").click()
    opened.page.mouse.move(*opened.spot(0.02, 0.1))
    opened.page.mouse.down()
    opened.page.mouse.move(*opened.spot(0.98, 0.8), steps=3)
    opened.page.mouse.up()
    opened.until(lambda: "selection" in opened.link())
    assert len(expected) > len(rows(opened)) > 500
    assert set(rows(opened)) <= set(expected)
    # Pictures are underlined in the colours of what is chosen.
    opened.button("clear").click()
    opened.button("Pictures").click()
    opened.page.wait_for_timeout(600)
    front = opened.pixels(opened.plot.locator("canvas").nth(2))[:, :, :3].reshape(-1, 3)
    tints = front[np.ptp(front, axis=1) > 60]
    assert len(tints) > 200
    blue = tints.astype(int)[:, 2] - tints.astype(int)[:, 0]
    assert (blue > 40).mean() > 0.99


def test_a_link_with_filters_that_are_not_here_says_so(opener: Opener, described_address: str):
    links = "age~10_20,gone~1_2,maker~1_2,said~only.1,weight~not.3"
    opened = opener(described_address + f"#filter={links}")
    opened.until(lambda: "Not all of this link" in opened.text())
    assert "(filter)" in opened.text()
    opened.until(lambda: "age: 10 to 20" in opened.text())
    assert opened.page.locator(".chip").count() == 1


@pytest.mark.parametrize("dark", [False, True])
def test_nothing_that_axe_finds(opener: Opener, described_address: str, dark: bool):
    from axe_playwright_python.sync_playwright import Axe

    link = "#colour=weight&filter=weight~0_1_none,kind~not.3.4,age~18_60"
    opened = opener(described_address + link, dark=dark)
    opened.until(lambda: opened.page.locator(".chip").count() == 3)
    found = Axe().run(opened.page)
    assert found.violations_count == 0, found.generate_report()
