"""Columns of a selection: sorted by, counted beside those of everything, and taken along."""

import csv
import io
import re
from typing import Any

import numpy as np
import pytest

from tests.bundle.samples import Sample
from tests.page.pages import Opened, Opener
from tests.page.test_filters import as_numbers
from tests.page.test_selection import downloaded, rows, shown

pytestmark = pytest.mark.page

Described = dict[str, list[Any]]


@pytest.fixture
def selected(opener: Opener, described_address: str) -> Opened:
    """A page where all of one maker and an age are selected."""
    opened = opener(described_address + "#filter=maker~only.0,age~10_40&tool=selection")
    opened.until(lambda: "age: 10 to 40" in opened.text())
    opened.button("select these").click()
    opened.until(lambda: "selection" in opened.link())
    return opened


def test_the_table_has_every_column(selected: Opened, described: Described):
    inside = rows(selected)
    ages = np.array(described["age"])
    ada = np.array(described["maker"]) == "Ada"
    assert inside == np.flatnonzero(ada & (ages >= 10) & (ages <= 40)).tolist()
    _, content = downloaded(selected, "CSV")
    table = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    assert list(table[0])[3:9] == ["weight", "age", "kind", "maker", "day", "said"]
    for name in ("weight", "age"):
        found = [float(row[name]) if row[name] else None for row in table]
        assert found == [described[name][i] for i in inside]
    for name in ("kind", "maker"):
        assert [row[name] or None for row in table] == [described[name][i] for i in inside]
    days = [described["day"][i].date().isoformat() for i in inside]
    assert [row["day"] for row in table] == days
    # A spreadsheet would run it as a formula.
    assert [row["said"] for row in table] == [f"'{described['said'][i]}" for i in inside]
    assert min(float(row["z1"]) for row in table) < 0


def test_images_are_sorted_by_a_column_either_way(selected: Opened, described: Described):
    weights = as_numbers(described["weight"])
    inside = rows(selected)
    selected.choose("order of the images", "column:weight")
    # What has no value is last in any case; equal ones keep their order.
    upwards = sorted(inside, key=lambda i: (np.isnan(weights[i]), weights[i]))
    selected.until(lambda: shown(selected)[:12] == upwards[:12])
    selected.button("the other way round").click()
    downwards = sorted(inside, key=lambda i: (np.isnan(weights[i]), -weights[i]))
    selected.until(lambda: shown(selected)[:12] == downwards[:12])
    selected.page.locator(".selectedImages").evaluate("grid => grid.scrollTo(0, 1e9)")
    missing = sum(np.isnan(weights[inside]))
    assert missing > 3
    selected.until(lambda: np.isnan(weights[shown(selected)[-missing:]]).all())


def heights(opened: Opened, name: str) -> np.ndarray:
    path = opened.page.locator(f".spread .{name}").get_attribute("d")
    assert path is not None
    tops = re.findall(r"V([\d.e-]+)H", path)
    return 1 - np.array(tops, dtype=float)


def test_numbers_stand_beside_those_of_everything(selected: Opened, described: Described):
    weights = as_numbers(described["weight"])
    own = weights[rows(selected)]
    selected.choose("what is counted", "weight")
    told = selected.page.locator("[data-medians]")
    selected.until(told.count)
    here, there = (f"{np.nanmedian(values):.2f}" for values in (own, weights))
    assert told.inner_text().replace("−", "-") == (
        f"median {float(here):g} here, {float(there):g} everywhere; "
        f"{np.isnan(own).sum()} with no value"
    )
    ends = np.nanmin(weights), np.nanmax(weights)
    expected = []
    for values in (own, weights):
        counts = np.histogram(values[~np.isnan(values)], 48, ends)[0]
        expected.append(counts / counts.sum())
    most = np.max(expected)
    # A value at a bin's edge may fall to either side.
    edge = 1.01 / (~np.isnan(own)).sum() / most
    assert np.abs(heights(selected, "here") - expected[0] / most).max() <= edge
    assert np.abs(heights(selected, "everywhere") - expected[1] / most).max() <= edge


def test_categories_stand_beside_those_of_everything(selected: Opened, described: Described):
    selected.choose("what is counted", "maker")
    bars = selected.page.get_by_label("maker of the selection").locator("li")
    selected.until(lambda: bars.count() == 1)
    everywhere = 100 * np.mean(np.array(described["maker"]) == "Ada")
    assert bars.first.get_attribute("title") == f"100 % here, {everywhere:.0f} % everywhere"


def test_nothing_that_axe_finds(selected: Opened, plane: Sample):
    from axe_playwright_python.sync_playwright import Axe

    selected.choose("what is counted", "weight")
    selected.until(selected.page.locator(".spread").count)
    found = Axe().run(selected.page)
    assert found.violations_count == 0, found.generate_report()
