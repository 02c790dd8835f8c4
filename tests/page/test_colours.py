"""Points are coloured by a column, with a scale, the value under the pointer, and in the link."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from latentscape.bundle import Bundle, read_bundle
from latentscape.bundle.tables import read_arrow
from latentscape.data.columns import Column
from tests.bundle.samples import Sample
from tests.explorer.serving import serving
from tests.page.pages import Opened, Opener
from tests.page.test_items import coloured
from tests.page.test_selection import rows

pytestmark = pytest.mark.page

N = 1797
START = datetime(2024, 2, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def bundle(plane: Sample, tmp_path_factory) -> Bundle:
    """The digits with a column of each kind, some of whose values are missing."""
    weight = pa.array([None if i % 10 == 3 else -1 + 0.002 * i for i in range(N)])
    kinds = pa.array([None if i % 20 == 7 else f"kind {i % 300}" for i in range(N)])
    columns = {
        "weight": Column("number", weight),
        "kind": Column("category", kinds),
        "maker": Column("category", pa.array(["Žižka", "Ada"] * (N // 2) + ["Ada"])),
        "day": Column.of(pa.array([START + timedelta(days=i) for i in range(N)])),
        "said": Column("text", pa.array([f"word {i}" for i in range(N)])),
    }
    return read_bundle(plane.write(tmp_path_factory.mktemp("columns") / "b", columns=columns))


@pytest.fixture(scope="module")
def address(bundle: Bundle) -> Iterator[str]:
    with serving(bundle) as port:
        yield f"http://127.0.0.1:{port}/"


@pytest.fixture(scope="module")
def order(bundle: Bundle) -> list[int]:
    """Which image of the sample each row of the bundle is."""
    ids = read_arrow(bundle.folder / "details.arrow")["id"].to_pylist()
    return [int(name.removeprefix("digit-")) for name in ids]


def test_the_menu_has_what_can_be_coloured_by(opener: Opener, address: str):
    opened = opener(address)
    choices = opened.page.get_by_label("colour", exact=True).locator("option").all_inner_texts()
    known = ["class", "typical", "nearest class", "nearest class is its own"]
    assert sorted(choices) == sorted([*known, "weight", "kind", "maker", "day"])


def test_numbers_have_a_scale_and_the_value_under_the_pointer(
    opener: Opener, address: str, plane: Sample, order: list[int]
):
    opened = opener(address)
    before = opened.picture()
    opened.choose("colour", "weight")
    scale = opened.page.get_by_label("scale of weight")
    opened.until(lambda: "−1" in scale.inner_text())
    assert "2.59" in scale.inner_text()
    assert f"no value {sum(i % 10 == 3 for i in range(N))}" in scale.inner_text()
    picture = opened.picture()
    assert coloured(picture, "#21918c") > 5 * max(coloured(before, "#21918c"), 10)
    seen = 0
    for x in np.linspace(0.3, 0.7, 14):
        opened.point(x, 0.5)
        value = opened.page.locator("[data-value]").inner_text()
        if not value:
            continue
        row = int(np.abs(plane.codes[order] - opened.code()).sum(axis=1).argmin())
        near = np.abs(plane.codes[order] - opened.code()).sum(axis=1).argsort()[:12]
        written = {
            "here no value" if order[r] % 10 == 3 else f"here {-1 + 0.002 * order[r]:.3g}"
            for r in (row, *near)
        }
        assert value.replace("−", "-") in written
        seen += 1
    assert seen > 3


def test_dates_are_written_as_days(opener: Opener, address: str):
    opened = opener(address + "#colour=day")
    scale = opened.page.get_by_label("scale of day")
    opened.until(lambda: "2024-02-01" in scale.inner_text())
    assert (START + timedelta(days=N - 1)).date().isoformat() in scale.inner_text()


def test_a_category_selects_its_points_and_the_link_keeps_it(
    opener: Opener, address: str, order: list[int]
):
    opened = opener(address + "#colour=maker")
    legend = opened.page.get_by_label("maker", exact=True).get_by_role("button")
    opened.until(lambda: legend.count() == 2)
    counts = [" ".join(text.split()) for text in legend.all_inner_texts()]
    assert counts == [f"● Ada {N // 2 + 1}", f"■ Žižka {N // 2}"] or counts == [
        f"● Ada {N // 2 + 1}",
        f"● Žižka {N // 2}",
    ]
    legend.nth(1).click()
    opened.until(lambda: "selection" in opened.link())
    expected = [row for row, i in enumerate(order) if i % 2 == 0 and i < N - 1]
    assert rows(opened) == expected
    assert opened.link()["colour"] == "maker"


def test_300_categories_show_the_largest_and_missing_has_its_own_sign(opener: Opener, address: str):
    opened = opener(address + "#colour=kind")
    legend = opened.page.get_by_label("kind", exact=True)
    opened.until(lambda: "no value" in legend.inner_text())
    assert legend.get_by_role("button").count() == 11
    assert "more" in legend.inner_text()
    missing = legend.get_by_role("button").last.inner_text().split()
    assert missing == ["○", "no", "value", str(sum(i % 20 == 7 for i in range(N)))]


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("column", ["weight", "kind", "maker"])
def test_nothing_that_axe_finds(opener: Opener, address: str, dark: bool, column: str):
    from axe_playwright_python.sync_playwright import Axe

    opened: Opened = opener(address + f"#colour={column}", dark=dark)
    opened.until(lambda: opened.page.locator(".scale, .legend").count() > 0)
    found = Axe().run(opened.page)
    assert found.violations_count == 0, found.generate_report()
