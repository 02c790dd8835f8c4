"""What lies behind the points is chosen in the colour menu, and has a scale with its value here."""

import numpy as np
import pytest

from latentscape.bundle import Overlay, read_bundle
from tests.bundle.samples import Sample
from tests.explorer.serving import serving
from tests.page.pages import Opened, Opener

pytestmark = pytest.mark.page

SPOTS = [(0.1, 0.8), (0.5, 0.5), (0.3, 0.15), (0.85, 0.6), (0.62, 0.9)]


def here(opened: Opened) -> float:
    """The value that the scale tells of the spot under the pointer."""
    told = opened.page.locator("[data-field]").inner_text()
    return float(told.removeprefix("here ").replace("≥ ", "").replace("−", "-"))


@pytest.fixture
def opened(opener: Opener, plane: Sample, tmp_path):
    across = np.linspace(-3, 5, 64)
    values = np.tile(across, (48, 1)) + 10 * np.linspace(0, 1, 48)[:, None]
    overlay = Overlay("speed", "how fast images change", "code", (-3, -2, 5, 2), values)
    with serving(read_bundle(plane.write(tmp_path / "b", overlays=[overlay]))) as port:
        yield opener(f"http://127.0.0.1:{port}/")


def test_gaps_tell_how_far_the_nearest_code_is(opened: Opened, plane: Sample):
    opened.choose("colour", "behind gaps")
    opened.until(lambda: opened.page.get_by_label("scale of gaps").count())
    seen = []
    for x, y in SPOTS:
        opened.point(x, y)
        distance = np.linalg.norm(plane.codes - opened.code(), axis=1).min()
        farthest = opened.page.get_by_label("scale of gaps").inner_text().split("≥ ")[1]
        # To a cell of the field, of which there are 256 across the view, and two figures.
        assert abs(here(opened) - min(distance, float(farthest.split()[0]))) < 0.08
        seen.append(here(opened))
    assert max(seen) > 0.3 and min(seen) < 0.1
    assert opened.page.get_by_label("colour", exact=True).input_value() == "points "
    opened.button("no gaps").click()
    opened.until(lambda: not opened.layer("back").any())
    assert opened.page.get_by_label("scale of gaps").count() == 0


def test_a_field_of_the_bundle_is_told_in_its_own_numbers(opened: Opened):
    opened.choose("colour", "behind speed")
    scale = opened.page.get_by_label("scale of how fast images change")
    opened.until(scale.count)
    assert scale.inner_text().split()[0] == "-3" and "15" in scale.inner_text()
    for x, y in SPOTS:
        opened.point(x, y)
        z1, z2 = opened.code()
        if not (-3 < z1 < 5 and -2 < z2 < 2):
            assert opened.page.locator("[data-field]").inner_text() == ""
        else:
            assert abs(here(opened) - (z1 + 10 * (z2 + 2) / 4)) < 0.8
    opened.choose("colour", "behind speed")
    opened.until(lambda: scale.count() == 0)


def test_density_is_a_share_of_the_densest_spot(opened: Opened, plane: Sample):
    opened.choose("colour", "behind density")
    opened.until(lambda: opened.page.get_by_label("scale of density").count())
    opened.point(0.5, 0.5)
    told = opened.page.locator("[data-field]").inner_text()
    share = float(told.removeprefix("here ").removesuffix(" %"))
    # A normal kernel of two and a half of 256 cells that are 3.2 radii across.
    low, high = np.percentile(plane.codes, [0, 100], axis=0)
    width = 2.5 * 3.2 / 256 * (high - low).max() / 2
    squares = ((plane.codes[:, None] - plane.codes[None]) ** 2).sum(axis=-1)
    most = np.exp(-squares / (2 * width**2)).sum(axis=1).max()
    near = np.exp(-((plane.codes - opened.code()) ** 2).sum(axis=1) / (2 * width**2)).sum()
    assert abs(share - 100 * near / most) < 8
