"""The film of the training: where points are, what the track says, and what else keeps to it."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.linalg import orthogonal_procrustes
from scipy.stats import ortho_group

from latentscape.bundle import Bundle, OnnxNetwork, TableView, read_bundle
from latentscape.bundle.film import make_film
from latentscape.bundle.tables import read_arrow
from latentscape.bundle.views import make_views
from latentscape.explorer import write_html
from tests.bundle.samples import Sample, linear_network
from tests.explorer.serving import serving
from tests.page.pages import Opened, Opener

pytestmark = pytest.mark.page
EPOCHS = 6
SHOWN = 5
LOSSES = np.array([[90, 80.25], [60, 55.5], [50, 41.75], [38, 33.13], [30, 30.5], [28, 31.0]])
FILMED = 40


def frames(sample: Sample) -> list[NDArray[np.float64]]:
    """Codes after each epoch: small and turned at first, as the sample's after the fifth."""
    rng = np.random.default_rng(4)
    codes = sample.codes[:FILMED].astype(float)
    d = codes.shape[1]
    found = []
    for epoch in range(1, EPOCHS + 1):
        away = abs(epoch - SHOWN) / SHOWN
        turn = ortho_group.rvs(d, random_state=epoch) if away else np.eye(d)
        blurred = codes * (1 - 0.6 * away) + away * 0.5 * rng.normal(size=codes.shape)
        found.append(blurred @ turn + 3 * away)
    return found


def expected(sample: Sample, epoch: int) -> NDArray[np.float64]:
    """The codes after an epoch, laid over the shown ones by scipy."""
    frame, target = frames(sample)[epoch - 1], sample.codes[:FILMED].astype(float)
    at = frame - frame.mean(axis=0)
    turn, _ = orthogonal_procrustes(at, target - target.mean(axis=0))
    return at @ turn + target.mean(axis=0)


def filmed(sample: Sample, folder) -> Bundle:
    film = make_film(frames(sample), sample.codes, np.arange(FILMED), shown=SHOWN, losses=LOSSES)
    views = [
        *make_views(("pca",), sample.codes, sample.labels),
        TableView("tsne", "t-SNE", sample.codes[:, :2]),
    ]
    return read_bundle(sample.write(folder / "b", film=film, views=views))


@pytest.fixture(scope="module")
def seven() -> Sample:
    return Sample(7, 400)


@pytest.fixture(scope="module")
def two() -> Sample:
    return Sample(2, 400)


@pytest.fixture(scope="module")
def seven_bundle(seven, tmp_path_factory):
    return filmed(seven, tmp_path_factory.mktemp("seven"))


@pytest.fixture(scope="module")
def two_bundle(two, tmp_path_factory):
    return filmed(two, tmp_path_factory.mktemp("two"))


@pytest.fixture
def seven_page(opener: Opener, seven_bundle: Bundle):
    with serving(seven_bundle) as port:
        yield loaded(opener(f"http://127.0.0.1:{port}/"))


@pytest.fixture
def two_page(opener: Opener, two_bundle: Bundle):
    with serving(two_bundle) as port:
        yield loaded(opener(f"http://127.0.0.1:{port}/"))


def loaded(page: Opened) -> Opened:
    page.until(track(page).count)
    return page


def track(page: Opened):
    return page.page.get_by_role("slider", name="epoch of the training")


def said(page: Opened) -> str:
    return track(page).get_attribute("aria-valuetext")


def go(page: Opened, epoch: int) -> None:
    """Step to an epoch by keys, and look from the first camera."""
    for _ in range(2 * EPOCHS):
        here = int(said(page).split()[1])
        if here == epoch:
            break
        page.page.keyboard.press("." if here < epoch else ",")
        page.until(lambda here=here: not said(page).startswith(f"epoch {here} "))
    page.until(lambda: page.link().get("epoch") == (None if epoch == SHOWN else str(epoch)))
    page.page.keyboard.press("Home")
    page.page.wait_for_timeout(350)


def places(page: Opened) -> NDArray[np.float64]:
    """Where points are drawn, in their order."""
    with page.page.expect_download() as download:
        page.choose("save the view", "svg")
    uses = ElementTree.parse(download.value.path()).iter("{http://www.w3.org/2000/svg}use")
    return np.array([re.findall(r"-?[\d.]+", use.attrib["transform"])[:2] for use in uses], float)


def rows_of(bundle: Bundle) -> NDArray[np.int64]:
    """Which rows of the sample the film's points are, in the order of the points."""
    ids = read_arrow(bundle.folder / "details.arrow")["id"].to_pylist()
    names = [ids[i] for i in sorted(bundle.space["film"]["points"])]
    return np.array([int(name.removeprefix("digit-")) for name in names])


@pytest.mark.parametrize("size", [2, 7])
def test_points_are_where_python_has_them_after_each_epoch(request, size):
    """In one frame for all epochs: their scale is not fitted again."""
    name = {2: "two", 7: "seven"}[size]
    page = request.getfixturevalue(f"{name}_page")
    sample = request.getfixturevalue(name)
    bundle = request.getfixturevalue(f"{name}_bundle")
    view = "code" if size == 2 else "pca"
    page.choose("view", view)
    page.page.mouse.click(*page.spot(0.5, 0.5))
    stored = np.array(read_arrow(bundle.folder / "points.arrow")["code"].to_pylist())
    linear = next(v for v in bundle.space["views"] if v["name"] == "pca")

    def seen(codes):
        if view == "code":
            return codes[:, :2]
        return ((codes - np.array(linear["mean"])) @ np.array(linear["forward"]))[:, :2]

    end = places(page)
    scale, shift = np.polyfit(seen(stored)[:, 0], end[:, 0], 1)
    down = np.polyfit(seen(stored)[:, 1], end[:, 1], 1)
    assert len(end) == 400 and abs(scale + down[0]) < 0.05
    for epoch in (4, 2, 1, 6):
        go(page, epoch)
        codes = seen(expected(sample, epoch)[rows_of(bundle)])
        wanted = codes * [scale, down[0]] + [shift, down[1]]
        box = page.box()
        inside = ((wanted > 0) & (wanted < [box["width"], box["height"]])).all(axis=1)
        assert inside.mean() > 0.9
        np.testing.assert_allclose(places(page), wanted[inside], atol=0.1)
    go(page, SHOWN)
    np.testing.assert_allclose(places(page), end, atol=0.02)


def test_the_track_says_and_draws_the_history(two_page: Opened):
    for epoch in range(1, EPOCHS + 1):
        go(two_page, epoch)
        loss = f"{LOSSES[epoch - 1, 1]:.2f}"
        assert said(two_page) == f"epoch {epoch} of 6, validation loss {loss}"
        shown = two_page.page.locator(".film .now").inner_text()
        assert shown.startswith(f"epoch {epoch}/6") and f"loss {loss}" in shown
    drawn = two_page.page.locator("[data-curve]").get_attribute("d")
    x, y = np.array(re.findall(r"([\d.]+) ([\d.]+)", drawn), float).T
    np.testing.assert_allclose(x, np.arange(6) / 5, atol=1e-4)
    low = y > 0.07  # of those that do not run off the top
    assert low.sum() >= 4
    fit = np.polyfit(LOSSES[low, 1], y[low], 1)
    assert fit[0] < 0
    np.testing.assert_allclose(np.polyval(fit, LOSSES[low, 1]), y[low], atol=1e-3)


def test_the_image_that_is_followed_is_decoded_where_it_is(two_page: Opened, two, two_bundle):
    go(two_page, 2)
    codes = expected(two, 2)
    code = two_page.code()
    assert np.linalg.norm(codes - code, axis=1).min() < 1e-4
    row = np.linalg.norm(codes - code, axis=1).argmin()
    wanted = np.clip(two.decode(code[None])[0, 0], 0, 1) * 255
    two_page.until(lambda: np.abs(two_page.hero() - wanted).max() < 2)
    go(two_page, 3)
    np.testing.assert_allclose(two_page.code(), expected(two, 3)[row], atol=1e-4)
    go(two_page, SHOWN)
    np.testing.assert_allclose(two_page.code(), two.codes[row], atol=1e-4)


def test_the_pointer_keeps_its_place_and_finds_points_where_they_are(seven_page, seven):
    seven_page.choose("view", "code")
    go(seven_page, 1)
    seven_page.point(0.5, 0.5)
    before = seven_page.code()
    # The other five numbers are those of the point that is nearest in the plot now.
    codes = expected(seven, 1)
    near = np.linalg.norm(codes[:, :2] - before[:2], axis=1).argmin()
    np.testing.assert_allclose(before[2:], codes[near, 2:], atol=1e-4)
    seven_page.page.keyboard.press(".")
    seven_page.until(lambda: seven_page.link().get("epoch") == "2")
    seven_page.until(lambda: not np.allclose(seven_page.code()[2:], before[2:]))
    np.testing.assert_allclose(seven_page.code()[:2], before[:2], atol=1e-4)
    assert "typical" not in seven_page.page.locator(".facts").inner_text()


def test_it_plays_to_the_end_and_nothing_changes_its_size(two_page: Opened):
    box = two_page.box()
    two_page.page.locator("[data-space]").focus()
    two_page.page.keyboard.press(" ")
    two_page.until(lambda: two_page.link().get("epoch") == "1")
    assert two_page.button("pause the training").count()
    assert two_page.page.locator(".legend .count").all_inner_texts()
    total = sum(int(n) for n in two_page.page.locator(".legend .count").all_inner_texts())
    assert total == FILMED
    assert two_page.box() == box
    seen = set()
    two_page.until(
        lambda: seen.add(two_page.link().get("epoch")) or two_page.link().get("epoch") == "6"
    )
    assert {"2", "3", "4"} <= seen
    two_page.until(lambda: two_page.button("play the training").count())
    two_page.page.keyboard.press("Escape")
    two_page.until(lambda: "epoch" not in two_page.link())
    assert two_page.box() == box


def test_a_link_and_undoing_bring_an_epoch_back(two_page: Opened):
    go(two_page, 3)
    address = two_page.page.url
    two_page.page.keyboard.press("Control+z")
    two_page.until(lambda: "epoch" not in two_page.link())
    two_page.page.goto(address)
    two_page.until(lambda: said(two_page).startswith("epoch 3 "))
    two_page.page.evaluate("location.hash = '#view=code&epoch=77'")
    two_page.until(lambda: "(epoch)" in two_page.text())
    two_page.until(lambda: said(two_page).startswith("epoch 5 "))


def test_tools_and_views_without_a_formula_show_the_end(two_page: Opened):
    go(two_page, 3)
    two_page.button("Path").click()
    two_page.until(lambda: "epoch" not in two_page.link())
    two_page.page.keyboard.press(",")
    two_page.until(lambda: two_page.link().get("epoch") == "4")
    assert "tool" not in two_page.link()
    two_page.choose("view", "tsne")
    two_page.until(lambda: "epoch" not in two_page.link())
    two_page.page.keyboard.press(",")
    two_page.until(lambda: two_page.link().get("epoch") == "4")
    assert two_page.link()["view"] == "pca"


def test_what_is_selected_is_on_the_film(two_page: Opened):
    go(two_page, 2)
    two_page.page.locator("[aria-label^='drag a box']").click()
    two_page.page.mouse.move(*two_page.spot(0.02, 0.12))
    two_page.page.mouse.down()
    two_page.page.mouse.move(*two_page.spot(0.98, 0.85), steps=3)
    two_page.page.mouse.up()
    two_page.until(lambda: "selection" in two_page.link())
    steps = [int(step, 36) for step in two_page.link()["selection"].split(".")]
    assert 25 < len(steps) <= FILMED


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nothing_that_axe_finds(opener: Opener, two_bundle: Bundle, dark: bool):
    from axe_playwright_python.sync_playwright import Axe

    with serving(two_bundle) as port:
        page = loaded(
            opener(f"http://127.0.0.1:{port}/#view=code&epoch=2", dark=dark, tolerant=True)
        )
        found = Axe().run(page.page).response["violations"]
        assert [(v["id"], [n["html"] for n in v["nodes"]][:3]) for v in found] == []


def test_a_film_that_broke_off_is_said_and_nothing_else_is_lost(opener, two_bundle, tmp_path):
    import shutil

    folder = tmp_path / "b"
    shutil.copytree(two_bundle.folder, folder)
    content = (folder / "film.arrow").read_bytes()
    with serving(read_bundle(folder)) as port:
        (folder / "film.arrow").write_bytes(content[:99])
        page = opener(f"http://127.0.0.1:{port}/")
        page.until(lambda: "film.arrow is damaged" in page.text())
        page.point(0.5, 0.5)


@pytest.fixture(scope="module")
def kept_bundle(two: Sample, tmp_path_factory) -> Bundle:
    """A film whose second epoch has a decoder: it gives what the trained one does, dimmed."""
    dimmed = linear_network(0.5 * two.axes, 0.5 * two.mean, "code", "images", [1, 8, 8])
    film = make_film(
        frames(two),
        two.codes,
        np.arange(FILMED),
        shown=SHOWN,
        losses=LOSSES,
        kept=[2],
        decoder=lambda epoch, moved: OnnxNetwork(dimmed),
    )
    return read_bundle(two.write(tmp_path_factory.mktemp("kept") / "b", film=film))


def test_an_epoch_is_decoded_by_its_own_decoder(opener: Opener, kept_bundle: Bundle, two: Sample):
    with serving(kept_bundle) as port:
        page = loaded(opener(f"http://127.0.0.1:{port}/"))
        assert page.page.locator("[data-ticks]").get_attribute("d").count("M") == 1
        for epoch, by, share in (
            (4, "the trained decoder", 1),
            (3, "the decoder of epoch 2", 0.5),
            (2, "its own decoder", 0.5),
            (SHOWN, "", 1),
        ):
            go(page, epoch)
            facts = page.page.locator(".facts").inner_text()
            assert f"decoded by {by}" in facts if by else "decoded by" not in facts
            for at in (None, (0.4, 0.45)):
                if at:
                    page.point(*at)
                wanted = np.clip(share * two.decode(page.code()[None])[0, 0], 0, 1) * 255
                page.until(lambda wanted=wanted: np.abs(page.hero() - wanted).max() < 2)
            page.page.mouse.move(*page.spot(1.1, 0.5))
        go(page, 2)
        page.button("Map").click()
        page.until(lambda: (page.layer("back")[:, :, 3] == 255).mean() > 0.99)
        page.page.wait_for_timeout(500)
        dim = page.layer("back")[:, :, :3].mean()
        go(page, SHOWN)
        page.until(lambda: (page.layer("back")[:, :, 3] == 255).mean() > 0.99)
        page.until(lambda: page.layer("back")[:, :, :3].mean() > 1.5 * dim)


def test_it_is_within_the_one_file_too(opener: Opener, two_bundle: Bundle, tmp_path):
    page = loaded(opener(write_html(two_bundle, tmp_path / "space.html").as_uri()))
    go(page, 2)
    assert said(page).startswith("epoch 2")
