"""What a view of more numbers than it shows says that it keeps, against scikit-learn."""

import re

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import NearestNeighbors

from latentscape.bundle.tables import read_arrow

pytestmark = pytest.mark.page
SAID = re.compile(r"shows (\d+) % of the spread · keeps (\d+) % of neighbours")


def nearest(x):
    return NearestNeighbors(n_neighbors=10).fit(x).kneighbors(return_distance=False)


def kept(codes, places):
    """Percentages of variance and of neighbours, over all codes."""
    spread = LinearRegression().fit(places, codes).predict(places).var(axis=0).sum()
    pairs = zip(nearest(codes), nearest(places), strict=True)
    return (
        100 * spread / codes.var(axis=0).sum(),
        100 * np.mean([np.isin(one, other).mean() for one, other in pairs]),
    )


def test_every_view_says_what_it_keeps(opener, wide_bundle, wide_address):
    codes = np.array(read_arrow(wide_bundle.folder / "points.arrow")["code"].to_pylist())
    table = read_arrow(wide_bundle.folder / "view-tsne.arrow")["position"].to_pylist()
    linear = {view["name"]: view for view in wide_bundle.space["views"] if "forward" in view}
    places = {name: codes @ np.array(view["forward"]) for name, view in linear.items()}
    places |= {"code": codes, "tsne": np.array(table)}
    page = opener(wide_address).page
    seen = set()  # the numbers of these codes are principal components already
    for link in ("view=code&axes=0,1", "view=code&axes=2,9", "view=pca", "view=lda", "view=tsne"):
        page.evaluate("link => { location.hash = '#' + link }", link)
        name, axes = re.fullmatch(r"view=(\w+)(?:&axes=(.*))?", link).groups("0,1")
        found = kept(codes, places[name][:, [int(axis) for axis in axes.split(",")]])
        page.wait_for_function(
            """([spread, neighbours]) => {
              const said = /shows (\\d+) %.*keeps (\\d+) %/.exec(
                document.querySelector('.honesty')?.textContent ?? '')
              return said && Math.abs(said[1] - spread) < 1 && Math.abs(said[2] - neighbours) < 4
            }""",
            arg=list(found),
        )
        seen.add(page.locator(".honesty").text_content())
    assert len(seen) == 4 and all(SAID.fullmatch(text) for text in seen)


def test_a_plane_of_two_numbers_keeps_all_and_says_nothing(plane_page):
    plane_page.page.wait_for_timeout(500)
    assert plane_page.page.locator(".axes").count() == 1
    assert plane_page.page.locator(".honesty").count() == 0
