"""What a person can do in the explorer, on the served page, a static host and in one file."""

import io
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from latentscape.bundle import read_bundle
from tests.bundle.samples import Sample
from tests.explorer.serving import serving
from tests.page.pages import Opened, Opener

pytestmark = pytest.mark.page

DROP = """bytes => {
  const dataTransfer = new DataTransfer()
  dataTransfer.items.add(new File([Uint8Array.from(bytes)], 'digit.png', {type: 'image/png'}))
  const manner = {dataTransfer, bubbles: true, cancelable: true}
  document.body.dispatchEvent(new DragEvent('drop', manner))
}"""


def coloured(picture: np.ndarray, colour: str) -> int:
    """How many pixels of a screenshot have a colour, nearly."""
    wanted = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
    return int((np.abs(picture - wanted).max(axis=-1) < 40).sum())


def test_the_pointer_decodes_what_python_decodes(plane_page: Opened, plane: Sample):
    for x, y in ((0.5, 0.5), (0.3, 0.4), (0.8, 0.2), (0.05, 0.9)):
        plane_page.point(x, y)
        code = plane_page.code()
        expected = np.rint(255 * plane.decode(code[None])[0, 0].clip(0, 1))
        assert np.abs(plane_page.hero() - expected).max() <= 1
    assert "UNDER THE POINTER" in plane_page.text()


def test_the_legend_switches_classes_and_counts(plane_page: Opened, plane: Sample):
    legend = plane_page.page.get_by_label("classes", exact=True).get_by_role("button")
    texts = [text.split()[1:] for text in legend.all_inner_texts()]
    counts = np.bincount(plane.labels)
    assert texts == [[str(i), str(counts[i])] for i in range(10)]
    blue, red = "#3f90da", "#bd1f01"
    before = plane_page.picture()
    assert coloured(before, blue) > 100 and coloured(before, red) > 100
    legend.nth(0).click()
    alone = plane_page.picture()
    assert coloured(alone, blue) > 100
    assert coloured(alone, red) < 0.2 * coloured(before, red)
    plane_page.page.keyboard.press("0")
    assert coloured(plane_page.picture(), red) > 0.8 * coloured(before, red)


@pytest.mark.parametrize("gesture", ["lasso", "box"])
def test_lasso_and_box_select_and_count(plane_page: Opened, gesture: str):
    page = plane_page.page
    page.locator(f"[aria-label^='drag a {gesture}']").click()
    corners = [(0.2, 0.1), (0.8, 0.1), (0.8, 0.9), (0.2, 0.9)]
    page.mouse.move(*plane_page.spot(*corners[0]))
    page.mouse.down()
    for corner in corners[1:] if gesture == "lasso" else [corners[2]]:
        page.mouse.move(*plane_page.spot(*corner), steps=4)
    page.mouse.up()
    told = page.get_by_role("status").inner_text()
    selected = int(told.split(" of ")[0].replace(",", ""))
    assert 100 < selected <= 1797
    legend = page.get_by_label("classes", exact=True).get_by_role("button")
    shown = sum(int(text.split()[2].replace(",", "")) for text in legend.all_inner_texts())
    assert shown == selected
    plane_page.button("their mean").click()
    assert "MEAN OF THE SELECTION" in plane_page.text()
    plane_page.button("clear").click()
    assert page.get_by_role("status").count() == 0


def test_clicks_pin_images_with_reconstruction_and_neighbours(plane_page: Opened, plane: Sample):
    page = plane_page.page
    page.mouse.click(*plane_page.spot(0.5, 0.5))
    page.mouse.click(*plane_page.spot(0.35, 0.45))
    pins = page.locator("[data-pin]")
    assert pins.count() == 2
    first = pins.nth(1)
    plane_page.until(lambda: "digit-" in first.inner_text())
    number = int(first.locator(".name").inner_text().split("digit-")[1])
    plane_page.until(lambda: plane_page.pixels(first.locator("canvas").nth(1)).any())
    original = plane_page.pixels(first.locator("canvas").nth(0))[:, :, 0]
    np.testing.assert_array_equal(original, plane.pixels[number, 0])
    decoded = plane_page.pixels(first.locator("canvas").nth(1))[:, :, 0]
    expected = np.rint(255 * plane.decode(plane.codes[number : number + 1])[0, 0].clip(0, 1))
    assert np.abs(decoded - expected).max() <= 1
    assert first.locator(".neighbours canvas").count() == 5
    first.get_by_label("remove pin 1").click()
    assert pins.count() == 1


def test_pictures_replace_points(plane_page: Opened):
    assert (plane_page.layer("front")[:, :, 3] == 255).mean() < 0.01
    plane_page.button("Pictures").click()
    plane_page.until(lambda: (plane_page.layer("front")[:, :, 3] == 255).mean() > 0.05)


@pytest.mark.parametrize("view", ["pca", "lda"])
def test_views_lead_back_to_codes_and_say_how(wide_page: Opened, wide: Sample, view: str):
    wide_page.choose("view", view)
    wide_page.point(0.4, 0.5)
    told = wide_page.text()
    assert f"back through {view.upper()}" in told
    code = wide_page.code()
    assert len(code) == 16
    expected = np.rint(255 * wide.decode(code[None])[0, 0].clip(0, 1))
    assert np.abs(wide_page.hero() - expected).max() <= 1


def test_a_view_without_a_way_back_shows_the_nearest(wide_page: Opened, wide: Sample):
    wide_page.choose("view", "tsne")
    wide_page.point(0.4, 0.5)
    assert "t-SNE has no way back: the nearest code" in wide_page.text()
    assert np.abs(wide.codes - wide_page.code()).max(axis=1).min() < 1e-4


def test_any_two_dimensions_and_three(wide_page: Opened):
    wide_page.choose("view", "code")
    wide_page.choose("axis 1", "4")
    wide_page.until(lambda: wide_page.link().get("axes") == "4,1")
    assert "z5 →" in wide_page.text()
    flat = wide_page.picture()
    for view in ("code", "pca", "lda"):
        wide_page.choose("view", view)
        wide_page.button("3-D").click()
        wide_page.until(lambda: wide_page.link().get("solid") == "1")
        solid = wide_page.picture()
        assert (solid != flat).any()
        page = wide_page.page
        page.mouse.move(*wide_page.spot(0.5, 0.5))
        page.mouse.down()
        page.mouse.move(*wide_page.spot(0.7, 0.6), steps=3)
        page.mouse.up()
        assert (wide_page.picture() != solid).any()
    wide_page.page.mouse.click(*wide_page.spot(0.5, 0.5))
    wide_page.until(lambda: wide_page.page.locator("[data-pin]").count() == 1)


def test_sliders_move_lock_reset_and_randomise(wide_page: Opened, wide: Sample):
    page = wide_page.page
    wide_page.button("Sliders").click()
    sliders = page.locator(".slider input")
    assert sliders.count() == 12
    assert "direction 1" in wide_page.text()
    wide_page.until(lambda: "code" in wide_page.link())
    start = wide_page.code()
    sliders.nth(0).fill(sliders.nth(0).get_attribute("max"))
    wide_page.until(lambda: not np.allclose(wide_page.code(), start))
    moved = wide_page.code()
    pca = wide.codes.astype(float)
    centred = pca - pca.mean(axis=0)
    axis = np.linalg.svd(centred, full_matrices=False)[2][0]
    step = moved - start
    assert abs(step @ axis) > 0.999 * np.linalg.norm(step)
    page.wait_for_timeout(300)
    expected = np.rint(255 * wide.decode(moved[None])[0, 0].clip(0, 1))
    assert np.abs(wide_page.hero() - expected).max() <= 1
    wide_page.button("reset").click()
    wide_page.until(lambda: np.allclose(wide_page.code(), start, atol=1e-5))
    wide_page.button("Each").click()
    page.get_by_label("lock z2", exact=True).click()
    wide_page.choose("randomise from", "class:3")
    wide_page.button("randomise").click()
    wide_page.until(lambda: not np.allclose(wide_page.code(), start))
    assert wide_page.code()[1] == pytest.approx(start[1], abs=1e-5)
    wide_page.choose("randomise from", "gaussian")
    before = wide_page.code()
    wide_page.button("randomise").click()
    wide_page.until(lambda: not np.allclose(wide_page.code(), before))
    wide_page.button("a real code").click()
    wide_page.until(lambda: np.abs(wide.codes - wide_page.code()).max(axis=1).min() < 1e-4)


@pytest.mark.parametrize("kind", ["Straight", "Spherical", "Along the data", "Short"])
def test_paths_lead_from_pin_to_pin(plane_page: Opened, plane: Sample, kind: str):
    page = plane_page.page
    page.mouse.click(*plane_page.spot(0.4, 0.4))
    page.mouse.click(*plane_page.spot(0.62, 0.6))
    plane_page.button("Path").click()
    plane_page.button(kind).click()
    plane_page.until(lambda: page.locator(".strip canvas").count() == 9)
    scrub = page.get_by_label("along the path")
    ends = []
    for step in ("0.1", "0", "60"):
        scrub.fill(step)
        page.wait_for_timeout(400)
        ends.append(plane_page.code())
    distances = [np.linalg.norm(plane.codes - end, axis=1).min() for end in ends[1:]]
    assert max(distances) < 1e-4
    assert np.linalg.norm(ends[1] - ends[2]) > 0.3
    scrub.fill("30")
    page.wait_for_timeout(400)
    middle = plane_page.code()
    if kind == "Straight":
        np.testing.assert_allclose(middle, (ends[1] + ends[2]) / 2, atol=1e-4)
    plane_page.button("play").click()
    page.wait_for_timeout(900)
    plane_page.button("pause").click()
    page.wait_for_timeout(400)
    assert not np.allclose(plane_page.code(), middle)
    assert (plane_page.layer("front")[:, :, 3] > 0).sum() > 20


def test_how_much_the_image_changes_is_said_of_every_path(plane_page: Opened, plane: Sample):
    page = plane_page.page
    for x, y in ((0.4, 0.4), (0.62, 0.6)):
        page.mouse.click(*plane_page.spot(x, y))
    plane_page.button("Path").click()
    told = page.locator("[data-change]")
    scrub, ends, found = page.get_by_label("along the path"), [], {}
    for step in ("0.1", "0", "60"):
        scrub.fill(step)
        page.wait_for_timeout(400)
        ends.append(plane.decode(plane_page.code()[None])[0])
    between = np.linalg.norm(ends[1] - ends[2])  # this decoder is linear, so straight is shortest
    for kind in ("Straight", "Spherical", "Short"):
        before = told.inner_text() if found else ""
        plane_page.button(kind).click()
        plane_page.until(lambda old=before: told.count() and told.inner_text() != old)
        found[kind] = float(told.inner_text().split()[2])
    assert found["Straight"] == pytest.approx(between, rel=0.01)
    assert found["Spherical"] > 1.01 * between
    assert found["Short"] == pytest.approx(between, rel=0.01)


def test_a_path_begins_at_a_typical_image(plane_page: Opened, plane: Sample):
    plane_page.button("Path").click()
    plane_page.choose("path from", "typical:3")
    plane_page.page.get_by_label("along the path").fill("0.1")
    plane_page.page.get_by_label("along the path").fill("0")
    threes = plane.codes[plane.labels == 3].astype(np.float64)
    apart = np.sort(np.linalg.norm(threes[:, None] - threes[None], axis=2), axis=1)
    expected = threes[apart[:, 10].argmin()]
    plane_page.until(lambda: np.allclose(plane_page.code(), expected, atol=1e-5))


def test_ends_of_a_path_are_dragged(plane_page: Opened, plane: Sample):
    page = plane_page.page
    page.mouse.click(*plane_page.spot(0.4, 0.4))
    page.mouse.click(*plane_page.spot(0.6, 0.6))
    plane_page.until(lambda: page.locator("[data-pin]").count() == 2)
    plane_page.button("Path").click()
    page.get_by_label("along the path").fill("0.1")
    page.get_by_label("along the path").fill("0")
    page.wait_for_timeout(400)
    start, camera = plane_page.code(), plane_page.link()["camera"]
    page.get_by_label("along the path").fill("60")
    page.wait_for_timeout(400)
    # Two places that are decoded say where on the screen a code lies.
    plane_page.point(0.2, 0.1)
    low = plane_page.code()
    plane_page.point(0.9, 0.9)
    high = plane_page.code()
    share = (start - low) / (high - low)
    grip = plane_page.spot(0.2 + 0.7 * share[0], 0.1 + 0.8 * share[1])
    page.mouse.move(*grip)
    page.mouse.down()
    page.mouse.move(*plane_page.spot(0.2, 0.1), steps=5)
    page.mouse.up()
    assert page.get_by_label("path from").input_value() == "dragged:from"
    assert page.locator("[data-pin]").count() == 2
    page.get_by_label("along the path").fill("0.1")
    page.get_by_label("along the path").fill("0")
    plane_page.until(lambda: np.allclose(plane_page.code(), low, atol=1e-3))
    assert plane_page.link()["camera"] == camera


@pytest.fixture
def several(opener: Opener, plane: Sample, tmp_path) -> Iterator[Opened]:
    """The page of a bundle with two decoders."""
    with serving(read_bundle(plane.write(tmp_path / "b", ensemble=plane.ensemble))) as port:
        yield opener(f"http://127.0.0.1:{port}/")


def test_what_changes_is_the_mean_over_several_decoders(several: Opened, plane: Sample):
    page = several.page
    several.button("Path").click()
    several.choose("path from", "class:3")
    several.choose("path to", "class:6")
    a, b = (plane.codes[plane.labels == label].mean(axis=0) for label in (3, 6))
    apart = np.linalg.norm(plane.decode(a[None]) - plane.decode(b[None]))
    expected = apart * np.sqrt((1.8**2 + 0.2**2) / 2)
    told = page.locator("[data-change]")
    for kind in ("Straight", "Short"):
        several.button(kind).click()
        several.until(
            lambda: (
                told.count()
                and float(told.inner_text().split()[2]) == pytest.approx(expected, rel=0.01)
            )
        )
    assert "2 decoders" in page.locator(".change").get_attribute("title")
    assert "decoders agree" in several.button("Short").get_attribute("title")


COUNT_DECODED = """() => {
  window.decoded = 0
  const post = Worker.prototype.postMessage
  Worker.prototype.postMessage = function (message, ...rest) {
    window.decoded += message.feed?.batch ?? 0
    return post.call(this, message, ...rest)
  }
}"""


def test_paths_that_are_no_longer_wanted_are_not_decoded(plane_page: Opened):
    page = plane_page.page
    for x, y in ((0.4, 0.4), (0.6, 0.6)):
        page.mouse.click(*plane_page.spot(x, y))
    plane_page.button("Path").click()
    plane_page.button("Short").click()
    told = page.locator("[data-change]")
    plane_page.until(told.count)
    page.evaluate(COUNT_DECODED)

    def settled() -> int:
        """How many codes have been decoded once no more are."""
        counts = [-1, page.evaluate("decoded")]
        while counts[-1] != counts[-2]:
            page.wait_for_timeout(700)
            counts.append(page.evaluate("decoded"))
        return counts[-1]

    def chosen(*ends: str) -> int:
        """How many codes are decoded after the last of some ends of the path is chosen."""
        settled()
        for end in ends:
            page.evaluate("decoded = 0")
            plane_page.choose("path from", end)
        return settled()

    one = chosen("class:3")
    assert one > 61  # the steps of the path, at least
    chosen("class:4")
    ends = [f"{kind}:{i}" for kind in ("typical", "class") for i in range(10)]
    assert chosen(*ends, *ends, "class:3") < 4 * one


def test_arithmetic_with_class_means(plane_page: Opened, plane: Sample):
    plane_page.button("Path").click()
    for label, value in (("start", "class:3"), ("less", "class:5"), ("more", "class:8")):
        plane_page.choose(f"arithmetic: {label}", value)
    plane_page.button("calculate").click()
    means = {i: plane.codes[plane.labels == i].mean(axis=0) for i in (3, 5, 8)}
    expected = means[3] - means[5] + means[8]
    plane_page.until(lambda: np.allclose(plane_page.code(), expected, atol=1e-4))
    assert "mean of 3 − mean of 5 + mean of 8" in plane_page.text()


def test_a_drawing_is_encoded_and_lands(plane_page: Opened, plane: Sample):
    page = plane_page.page
    plane_page.button("Draw").click()
    pad = page.locator("[data-pad]").bounding_box()
    page.mouse.move(pad["x"] + 60, pad["y"] + 20)
    page.mouse.down()
    page.mouse.move(pad["x"] + 66, pad["y"] + 110, steps=6)
    page.mouse.up()
    seen = page.get_by_label("what the encoder sees")
    plane_page.until(lambda: plane_page.pixels(seen)[:, :, 0].any())
    page.wait_for_timeout(500)
    image = plane_page.pixels(seen)[:, :, 0] / 255
    expected = (image.reshape(-1) - plane.mean) @ plane.axes.T
    np.testing.assert_allclose(plane_page.code(), expected, atol=0.02)
    assert "YOUR IMAGE, RECONSTRUCTED" in plane_page.text()
    before = plane_page.pixels(seen)
    page.get_by_label("noise", exact=True).fill("0.3")
    plane_page.until(lambda: (plane_page.pixels(seen) != before).any())
    plane_page.button("pin").click()
    assert "your image" in plane_page.text()


def draw_a_stroke(opened: Opened) -> None:
    """Draw a one, and wait until it is encoded."""
    pad = opened.page.locator("[data-pad]").bounding_box()
    opened.page.mouse.move(pad["x"] + 60, pad["y"] + 20)
    opened.page.mouse.down()
    opened.page.mouse.move(pad["x"] + 66, pad["y"] + 110, steps=6)
    opened.page.mouse.up()
    opened.until(lambda: "YOUR IMAGE, RECONSTRUCTED" in opened.text())
    opened.page.wait_for_timeout(500)


def test_a_drawing_outlives_its_tool_and_keeps_its_code(plane_page: Opened):
    page = plane_page.page
    plane_page.button("Draw").click()
    draw_a_stroke(plane_page)
    drawn, code = plane_page.pixels(page.locator("[data-pad]")), plane_page.code()
    assert drawn[:, :, 3].any()
    plane_page.button("Sliders").click()
    assert not page.locator("[data-pad]").is_visible()
    plane_page.button("Draw").click()
    np.testing.assert_array_equal(plane_page.pixels(page.locator("[data-pad]")), drawn)
    plane_page.point(0.2, 0.8)
    assert not np.allclose(plane_page.code(), code, atol=1e-3)
    plane_page.button("pin").click()
    plane_page.button("Pins").click()
    page.get_by_label("go to pin 1").click()
    plane_page.until(lambda: np.allclose(plane_page.code(), code, atol=1e-5))


def test_the_title_names_what_is_shown(plane_page: Opened):
    page = plane_page.page

    def title() -> str:
        return page.locator(".hero h2").inner_text()

    plane_page.point(0.4, 0.4)
    assert title() == "UNDER THE POINTER"
    code = plane_page.code()
    page.mouse.move(*plane_page.spot(1.1, 0.9))
    plane_page.until(lambda: title() == "LAST DECODED")
    np.testing.assert_array_equal(plane_page.code(), code)
    plane_page.button("Draw").click()
    draw_a_stroke(plane_page)
    plane_page.button("clear").click()
    plane_page.until(lambda: title() == "LAST DECODED")
    plane_page.button("Sliders").click()
    page.locator(".slider input").nth(0).fill("0.5")
    plane_page.until(lambda: title() == "SET BY THE SLIDERS")
    plane_page.button("Path").click()
    plane_page.until(lambda: title() == "LAST DECODED")


def test_a_path_outlives_a_pin(plane_page: Opened):
    page = plane_page.page
    page.mouse.click(*plane_page.spot(0.4, 0.4))
    page.mouse.click(*plane_page.spot(0.62, 0.6))
    plane_page.button("Path").click()
    plane_page.button("play").click()
    page.keyboard.press("Control+z")
    chosen = page.get_by_label("path to")
    plane_page.until(lambda: chosen.input_value() != "pin:2")
    assert chosen.input_value() == "typical:0"
    page.wait_for_timeout(400)
    plane_page.button("pause").click()


def test_a_file_is_encoded(plane_page: Opened, plane: Sample, tmp_path):
    plane_page.button("Draw").click()
    Image.fromarray(plane.pixels[11, 0]).save(tmp_path / "digit.png")
    plane_page.page.locator("input[type=file]").set_input_files(tmp_path / "digit.png")
    plane_page.until(lambda: np.allclose(plane_page.code(), plane.codes[11], atol=0.01))
    (tmp_path / "broken.png").write_bytes(b"no picture")
    plane_page.page.locator("input[type=file]").set_input_files(tmp_path / "broken.png")
    plane_page.until(lambda: "broken.png is no picture" in plane_page.text())


def test_a_file_can_be_dropped_anywhere(plane_page: Opened, plane: Sample):
    bytes_of = io.BytesIO()
    Image.fromarray(plane.pixels[11, 0]).save(bytes_of, "PNG")
    plane_page.page.evaluate(DROP, list(bytes_of.getvalue()))
    plane_page.until(lambda: np.allclose(plane_page.code(), plane.codes[11], atol=0.01))
    assert plane_page.link()["tool"] == "draw"


def test_the_map_is_decoded_and_refined(plane_page: Opened):
    plane_page.button("Map").click()
    plane_page.until(lambda: (plane_page.layer("back")[:, :, 3] == 255).mean() > 0.99)
    coarse = plane_page.layer("back")
    plane_page.page.mouse.move(*plane_page.spot(0.5, 0.5))
    for _ in range(6):
        plane_page.page.mouse.wheel(0, -400)
    plane_page.until(lambda: float(plane_page.link()["camera"].split(",")[2]) > 8)
    plane_page.until(lambda: (plane_page.layer("back")[:, :, 3] == 255).mean() > 0.99)
    assert (plane_page.layer("back") != coarse).any()


@pytest.mark.parametrize("overlay", ["density", "gaps"])
def test_overlays_lie_behind_the_points(plane_page: Opened, overlay: str):
    assert not plane_page.layer("back").any()
    plane_page.choose("colour", f"behind {overlay}")
    plane_page.until(lambda: plane_page.layer("back").any())
    alpha = plane_page.layer("back")[:, :, 3].astype(int)
    middle, corner = alpha[alpha.shape[0] // 2, alpha.shape[1] // 2], alpha[5, 5]
    assert middle > corner if overlay == "density" else middle < corner


@pytest.mark.parametrize("source", ["gaussian", "class:7"])
def test_draws_show_where_they_fell_and_what_they_are(plane_page: Opened, source: str):
    page = plane_page.page
    plane_page.button("Sample").click()
    plane_page.choose("draw from", source)
    plane_page.until(lambda: page.locator(".strip canvas").count() == 16)
    plane_page.until(lambda: plane_page.layer("front").any())
    page.get_by_label("draw 5", exact=True).hover()
    plane_page.until(lambda: "A DRAWN CODE" in plane_page.text())
    first = plane_page.code()
    plane_page.button("draw again").click()
    page.wait_for_timeout(300)
    page.get_by_label("draw 6", exact=True).hover()
    plane_page.until(lambda: not np.allclose(plane_page.code(), first))
    page.get_by_label("draw 6", exact=True).click()
    assert page.locator("[data-pin]").count() == 1


def test_a_link_restores_the_view(opener, wide_page: Opened):
    page = wide_page.page
    wide_page.choose("view", "lda")
    wide_page.button("Pictures").click()
    wide_page.choose("colour", "behind gaps")
    page.mouse.click(*wide_page.spot(0.5, 0.5))
    page.keyboard.press("s")
    page.keyboard.press("3")
    page.mouse.move(*wide_page.spot(0.5, 0.5))
    page.mouse.wheel(0, -300)
    wide_page.until(lambda: wide_page.link().get("field") == "gaps")
    page.wait_for_timeout(500)
    wide_page.button("link").click()
    address = page.url
    again = opener(address)
    again.page.wait_for_timeout(500)
    assert again.link() == wide_page.link()
    assert again.page.locator("[data-pin]").count() == 1
    np.testing.assert_array_equal(again.hero(), wide_page.hero())


def test_a_link_pasted_into_the_open_page_is_followed(wide_page: Opened):
    page = wide_page.page
    page.mouse.click(*wide_page.spot(0.5, 0.5))
    page.evaluate("location.hash = '#view=lda&axes=1,0&look=pictures&pins=7,9&tool=sliders'")
    wide_page.until(lambda: wide_page.link().get("pins") == "7,9")
    page.wait_for_timeout(400)
    link = wide_page.link()
    assert (link["view"], link["axes"], link["look"]) == ("lda", "1,0", "pictures")
    assert page.get_by_label("view", exact=True).input_value() == "lda"
    assert page.locator(".slider").count() > 0


def test_the_theme_colours_page_and_plot(plane_page: Opened):
    page = plane_page.page
    seen = {}
    for _ in range(3):
        page.locator("[aria-label^='theme:']").click()
        theme = page.evaluate("document.documentElement.dataset.theme")
        seen[theme] = page.evaluate(
            "[getComputedStyle(document.body).backgroundColor,"
            "getComputedStyle(document.querySelector('[data-space]')).getPropertyValue('--accent')]"
        )
    light = ["rgb(251, 251, 250)", "rgb(11, 98, 196)"]
    dark = ["rgb(19, 20, 22)", "rgb(118, 179, 255)"]
    assert seen == {"auto": light, "light": light, "dark": dark}


def test_a_key_pressed_as_a_dialog_closes_is_not_lost(plane_page: Opened):
    page = plane_page.page
    page.keyboard.press("?")
    page.get_by_role("dialog").inner_text()
    page.evaluate(
        """() => {
          document.querySelector('dialog').close()
          const slash = new KeyboardEvent('keydown', {key: '/', bubbles: true})
          document.activeElement.dispatchEvent(slash)
        }"""
    )
    page.get_by_label("id or class").fill("digit-1234")


def test_the_keyboard_does_it_all(plane_page: Opened):
    page = plane_page.page
    plane_page.until(lambda: "code" in plane_page.link())
    before = plane_page.code()
    page.keyboard.press("ArrowRight")
    plane_page.until(lambda: plane_page.code()[0] > before[0])
    page.keyboard.press("Enter")
    assert page.locator("[data-pin]").count() == 1
    page.keyboard.press("m")
    plane_page.until(lambda: plane_page.link().get("look") == "map")
    page.keyboard.press("?")
    assert "move the spot" in page.get_by_role("dialog").inner_text()
    page.keyboard.press("Escape")
    plane_page.until(lambda: page.get_by_role("dialog").count() == 0)
    page.keyboard.press("/")
    page.get_by_label("id or class").fill("digit-1234")
    plane_page.until(lambda: "digit-1234" in page.locator(".found").inner_text())
    page.keyboard.press("Enter")
    plane_page.until(lambda: page.locator("[data-pin]").count() == 2)
    plane_page.until(lambda: "digit-1234" in page.locator("[data-pin]").first.inner_text())
