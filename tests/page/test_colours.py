"""Points are coloured by a column, with a scale, the value under the pointer, and in the link."""

import re
from datetime import timedelta

import matplotlib as mpl
import numpy as np
import pytest

from tests.bundle.samples import Sample
from tests.page.conftest import START, N
from tests.page.pages import Opened, Opener

pytestmark = pytest.mark.page


def test_the_menu_has_what_can_be_coloured_by(opener: Opener, described_address: str):
    opened = opener(described_address)
    choices = opened.page.get_by_label("colour", exact=True).locator("option").all_inner_texts()
    known = ["class", "density", "gaps", "typical", "nearest class", "nearest class is its own"]
    assert sorted(choices) == sorted([*known, "weight", "age", "kind", "maker", "day"])


@pytest.mark.parametrize("column", ["weight", "age"])
def test_every_point_has_the_colour_of_its_value(
    opener: Opener, described_address: str, described: dict, column: str
):
    opened = opener(described_address)
    opened.choose("colour", column)
    opened.until(lambda: opened.page.get_by_label(f"scale of {column}").count())
    drawn = opened.drawn()
    values = np.array(described[column], dtype=float)
    missing = np.isnan(values)
    expected = mpl.colormaps["viridis"]((values - np.nanmin(values)) / np.ptp(values[~missing]))
    found = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for _, colour in drawn])
    assert np.abs(found - 255 * expected[:, :3])[~missing].max() < 20
    assert [sign == "#s5" for sign, _ in drawn] == missing.tolist()
    assert len(set(map(tuple, found[missing]))) == missing.any()


def test_numbers_have_a_scale_and_the_value_under_the_pointer(
    opener: Opener, described_address: str, plane: Sample, described: dict
):
    opened = opener(described_address)
    opened.choose("colour", "weight")
    scale = opened.page.get_by_label("scale of weight")
    opened.until(lambda: "−1" in scale.inner_text())
    assert "2.59" in scale.inner_text()
    assert f"no value {sum(value is None for value in described['weight'])}" in scale.inner_text()
    codes = plane.codes[described["order"]]
    seen = 0
    for x in np.linspace(0.3, 0.7, 14):
        opened.point(x, 0.5)
        told = opened.page.locator("[data-value]").inner_text()
        if not told:
            continue
        near = np.abs(codes - opened.code()).sum(axis=1).argsort()[:12]
        values = [described["weight"][row] for row in near]
        if told == "here no value":
            assert None in values
        else:
            value = float(re.sub("here ", "", told).replace("−", "-"))
            assert min(abs(value - (other or np.inf)) for other in values) < 0.0051
        seen += 1
    assert seen > 3


def test_dates_are_written_as_days(opener: Opener, described_address: str):
    opened = opener(described_address + "#colour=day")
    scale = opened.page.get_by_label("scale of day")
    opened.until(lambda: "2024-02-01" in scale.inner_text())
    assert (START + timedelta(days=N - 1)).date().isoformat() in scale.inner_text()


def test_categories_are_in_order_and_counted(opener: Opener, described_address: str):
    opened = opener(described_address + "#colour=maker")
    legend = opened.page.get_by_label("maker", exact=True).get_by_role("button")
    opened.until(lambda: legend.count() == 2)
    counts = [" ".join(text.split()[1:]) for text in legend.all_inner_texts()]
    assert counts == [f"Ada {N // 2}", f"Žižka {N // 2 + 1}"]


def test_300_categories_show_the_largest_and_list_the_rest(opener: Opener, described_address: str):
    opened = opener(described_address + "#colour=kind")
    legend = opened.page.get_by_label("kind", exact=True).get_by_role("button")
    opened.until(lambda: "no value" in " ".join(legend.all_inner_texts()))
    assert legend.count() == 12
    missing = legend.nth(10).inner_text().split()
    assert missing == ["○", "no", "value", str(sum(i % 20 == 7 for i in range(N)))]
    legend.last.click()
    opened.page.get_by_placeholder("kind").fill("kind 299")
    found = opened.page.locator("dialog .found button")
    assert found.inner_text().split()[1:3] == ["kind", "299"]
    found.click()
    opened.page.keyboard.press("Escape")
    opened.until(lambda: "kind: kind 299" in opened.text())


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("column", ["weight", "kind", "maker"])
def test_nothing_that_axe_finds(opener: Opener, described_address: str, dark: bool, column: str):
    from axe_playwright_python.sync_playwright import Axe

    opened: Opened = opener(described_address + f"#colour={column}", dark=dark)
    opened.until(lambda: opened.page.locator(".scale, .legend").count() > 0)
    found = Axe().run(opened.page)
    assert found.violations_count == 0, found.generate_report()
