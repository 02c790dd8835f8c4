"""A pinned image turned, shifted, scaled and thickened: its code, against images moved by scipy."""

from __future__ import annotations

import json

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from latentscape.bundle import OnnxNetwork, read_bundle, write_bundle
from latentscape.latent.moves import Move, moved
from tests.bundle.samples import Sample, linear_network
from tests.explorer.serving import serving
from tests.page.pages import Opened, Opener

pytestmark = pytest.mark.page

COLOUR = (3, 12, 16)


@pytest.fixture
def page(opener: Opener, plane_bundle) -> Opened:
    with serving(plane_bundle) as port:
        yield opener(f"http://127.0.0.1:{port}/")


class Colours:
    """Dark shapes on coloured paper, of 12 × 16 pixels, with a linear encoder of three numbers."""

    def __init__(self) -> None:
        rng = np.random.default_rng(0)
        noise = ndimage.gaussian_filter(rng.random((60, *COLOUR)), (0, 0, 1.5, 1.5))
        inside = np.pad(np.ones((8, 10)), ((2, 2), (3, 3)))
        self.pixels = np.uint8(230 - 60 * noise - 90 * inside)
        self.weight = rng.normal(size=(576, 3)) / 20
        self.codes = (self.pixels.reshape(60, -1) / 255 @ self.weight).astype(np.float32)

    def write(self, folder):
        encoder = linear_network(self.weight, np.zeros(3), "images", "code", [3], COLOUR)
        decoder = linear_network(
            self.weight.T, np.full(576, 0.5), "code", "images", list(COLOUR), COLOUR
        )
        networks = {"encoder": OnnxNetwork(encoder), "decoder": OnnxNetwork(decoder)}
        return write_bundle(folder, self.codes, name="colours", pixels=self.pixels, **networks)


def thickened(image: NDArray[np.float64], pixels: float, light: bool) -> NDArray[np.float64]:
    """Of scipy's morphology (C, H, W), between disks of whole radii."""

    def grown(radius: int) -> NDArray[np.float64]:
        y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
        disk = (x**2 + y**2 <= radius**2)[None]
        grow = ndimage.grey_dilation if (pixels > 0) == light else ndimage.grey_erosion
        return grow(image, footprint=disk, mode="nearest")

    whole, part = divmod(abs(pixels), 1)
    return (1 - part) * grown(int(whole)) + part * grown(int(whole) + 1)


def placed(image, turn=0.0, right=0.0, down=0.0, scale=1.0):
    """By scipy's affine maps."""
    angle = np.radians(turn)
    forth = scale * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    back = np.linalg.inv(forth)
    middle = (np.array(image.shape[1:]) - 1) / 2
    offset = middle - back @ (middle + np.array([down, right]))
    return np.stack(
        [ndimage.affine_transform(p, back, offset, order=1, mode="nearest") for p in image]
    )


def dial(page: Opened, name: str, value: float) -> None:
    page.page.get_by_label(name, exact=True).fill(str(value))


def turn_all(page: Opened) -> None:
    """By 35° and 2 pixels to the left, 1 down, 2^0.2 times as large, 1.5 pixels thicker."""
    for name, value in (
        *(("turn", 35), ("sideways", -2), ("up, down", 1)),
        *(("scale", 0.2), ("thicken", 1.5)),
    ):
        dial(page, name, value)


def far(page: Opened) -> float:
    return float(page.page.locator("[data-far]").inner_text().removesuffix(" %"))


def apart(codes: NDArray[np.floating]) -> float:
    """What two images are apart, by all pairs."""
    z = codes.astype(np.float64)
    squares = np.square(z[:, None] - z[None]).sum(2)
    return float(np.sqrt(squares.sum() / (len(z) * (len(z) - 1))))


def encoded(plane: Sample, image: NDArray[np.floating]) -> NDArray[np.float64]:
    return (image.reshape(-1) - plane.mean) @ plane.axes.T


def rows_of(bundle) -> list[int]:
    """Which digit each row of the bundle is."""
    from latentscape.bundle.tables import read_arrow

    ids = read_arrow(bundle.folder / "details.arrow")["id"].to_pylist()
    return [int(name.removeprefix("digit-")) for name in ids]


def opened_with(page: Opened, index: int) -> None:
    page.page.evaluate(f"location.hash = '#pins={index}'")
    page.until(lambda: page.page.locator("[data-pin]").count() == 1)
    page.page.get_by_role("button", name="move the image of pin").click()
    page.until(page.page.locator("[data-far]").count)
    page.until(lambda: "code" in page.link())


def test_a_digit_s_code_is_that_of_the_image_moved_by_scipy(
    page: Opened, plane: Sample, plane_bundle
):
    digit = plane.pixels[rows_of(plane_bundle)[40]] / 255
    opened_with(page, 40)
    page.until(lambda: np.allclose(page.code(), encoded(plane, digit), atol=1e-4))
    assert far(page) == 0
    assert "THE MOVED IMAGE, RECONSTRUCTED" in page.text()
    turn_all(page)
    expected = placed(thickened(digit, 1.5, True), 35, -2, 1, 2**0.2)
    page.until(lambda: np.allclose(page.code(), encoded(plane, expected), atol=1e-4))
    seen = page.pixels(page.page.get_by_title("the image, moved"))[:, :, 0]
    assert np.abs(seen - 255 * expected[0]).max() <= 0.51
    shown = np.rint(255 * plane.decode(encoded(plane, expected)[None])[0, 0].clip(0, 1))
    page.until(lambda: np.abs(page.hero() - shown).max() <= 1)
    way = np.linalg.norm(encoded(plane, expected) - encoded(plane, digit))
    assert far(page) == pytest.approx(100 * way / apart(plane.codes[:1797]), rel=0.01, abs=0.51)


def test_a_coloured_image_with_dark_ink_is_moved_in_all_channels(opener: Opener, tmp_path):
    colours = Colours()
    bundle = read_bundle(colours.write(tmp_path / "b"))
    sheet = np.asarray(Image.open(bundle.folder / "atlas-000.webp"))
    with serving(bundle) as port:
        page = opener(f"http://127.0.0.1:{port}/")
        opened_with(page, 3)
        stored = sheet[:12, 3 * 16 : 4 * 16].transpose(2, 0, 1) / 255
        page.until(lambda: np.allclose(page.code(), stored.reshape(-1) @ colours.weight, atol=1e-4))
        turn_all(page)
        expected = placed(thickened(stored, 1.5, False), 35, -2, 1, 2**0.2)
        code = expected.reshape(-1) @ colours.weight
        page.until(lambda: np.allclose(page.code(), code, atol=1e-4))
        seen = page.pixels(page.page.get_by_title("the image, moved"))[:, :, :3] / 255
        assert np.abs(seen.transpose(2, 0, 1) - expected).max() < 0.003


def test_python_and_the_page_move_alike(page: Opened, plane: Sample, plane_bundle):
    digit = (plane.pixels[rows_of(plane_bundle)[7]] / 255).astype(np.float32)
    opened_with(page, 7)
    dial(page, "turn", -5)
    dial(page, "sideways", 1)
    expected = encoded(plane, moved(digit[None], Move(turn=-5, right=1))[0])
    page.until(lambda: np.allclose(page.code(), expected, atol=1e-4))


def test_the_walk_is_drawn_where_its_codes_lie(page: Opened, plane: Sample, plane_bundle):
    digit = plane.pixels[rows_of(plane_bundle)[40]] / 255
    spots = np.array([(0.2, 0.3), (0.7, 0.8)])
    seen = []
    for x, y in spots:
        page.point(x, y)
        seen.append(page.code())
    opened_with(page, 40)
    dial(page, "turn", 180)
    end = encoded(plane, placed(digit, 180))
    page.until(lambda: np.allclose(page.code(), end, atol=1e-4))
    page.page.wait_for_timeout(500)
    drawn = page.layer("front").astype(int)
    slope = (spots[1] - spots[0]) / (seen[1] - seen[0])
    blue = (drawn[..., 3] > 100) & (drawn[..., 2] - drawn[..., 0] > 40)
    assert blue.mean() < 0.1
    for degrees in (45, 90, 135):
        x, y = spots[0] + slope * (encoded(plane, placed(digit, degrees)) - seen[0])
        row, column = int(80 * y), int(120 * x)
        assert blue[row - 1 : row + 2, column - 1 : column + 2].any(), degrees


def test_a_link_restores_the_move_and_says_what_it_lacks(
    opener: Opener, page: Opened, plane: Sample, plane_bundle
):
    opened_with(page, 40)
    turn_all(page)
    page.until(lambda: page.link().get("moved", "").startswith("40,35,-2,1,1.1486"))
    page.page.wait_for_timeout(500)
    again = opener(page.page.url)
    again.until(again.page.locator("[data-far]").count)
    again.until(lambda: far(again) == far(page))
    assert again.page.get_by_label("turn", exact=True).input_value() == "35"
    again.page.wait_for_timeout(400)
    np.testing.assert_allclose(again.code(), page.code(), atol=1e-5)
    assert again.link() == page.link() | {"code": again.link()["code"]}
    page.page.evaluate("location.hash = '#pins=7&tool=move&moved=40,1,1,1,1,1'")
    page.until(lambda: "Not all of this link can be shown here (moved)" in page.text())
    page.until(lambda: page.page.get_by_label("turn", exact=True).input_value() == "0")


def test_by_keys_alone_an_image_is_moved_played_and_pinned(plane_page: Opened):
    page = plane_page.page
    page.keyboard.press("v")
    plane_page.until(lambda: "Pin an image" in plane_page.text())
    page.evaluate("location.hash = '#pins=12,40&tool=move'")
    plane_page.until(page.locator("[data-far]").count)
    assert plane_page.button("play").is_disabled()
    turn = page.get_by_label("turn", exact=True)
    turn.focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    assert turn.get_attribute("aria-valuetext") == "20 degrees clockwise"
    plane_page.until(lambda: far(plane_page) > 0)
    plane_page.page.wait_for_timeout(500)
    code = plane_page.code()
    whole = far(plane_page)
    plane_page.button("play").focus()
    page.keyboard.press("Enter")
    plane_page.until(lambda: 0 < far(plane_page) < whole)
    plane_page.button("pause").click()
    plane_page.until(lambda: far(plane_page) == whole)
    plane_page.button("pin").click()
    plane_page.button("Pins").click()
    kept = page.locator("[data-pin]").first
    assert "moved" in kept.inner_text() and kept.get_by_title("yours").count() == 1
    kept.get_by_role("button", name="go to pin").click()
    plane_page.until(lambda: np.allclose(plane_page.code(), code, atol=1e-6))


def test_a_drawing_is_moved_and_what_has_no_image_is_not(page: Opened):
    page.page.mouse.click(*page.spot(0.95, 0.5))
    page.until(lambda: page.page.locator("[data-pin]").count() == 1)
    assert page.page.get_by_role("button", name="move the image of pin").count() == 0
    page.button("Draw").click()
    pad = page.page.locator("[data-pad]").bounding_box()
    page.page.mouse.move(pad["x"] + 40, pad["y"] + 20)
    page.page.mouse.down()
    page.page.mouse.move(pad["x"] + 90, pad["y"] + 110, steps=6)
    page.page.mouse.up()
    page.until(page.page.get_by_title("what the encoder sees").count)
    drawn = page.pixels(page.page.get_by_title("what the encoder sees"))
    page.page.wait_for_timeout(300)
    page.button("pin").click()
    page.button("Move").click()
    page.until(page.page.locator("[data-far]").count)
    np.testing.assert_array_equal(
        page.pixels(page.page.get_by_role("img", name="the image", exact=True)), drawn
    )
    dial(page, "turn", 90)
    page.until(lambda: far(page) > 0)
    turned = page.pixels(page.page.get_by_title("the image, moved"))
    np.testing.assert_array_equal(turned[:, :, 0], np.rot90(drawn[:, :, 0], -1))


def test_a_conditional_model_is_asked_for_the_image_s_own_class(
    opener: Opener, plane: Sample, tmp_path
):
    folder = plane.write(tmp_path / "b")
    said = json.loads((folder / "space.json").read_text(encoding="utf-8"))
    for network in ("encoder", "decoder"):
        said[network]["conditional"] = True
    (folder / "space.json").write_text(json.dumps(said), encoding="utf-8")
    bundle = read_bundle(folder)
    with serving(bundle) as port:
        page = opener(f"http://127.0.0.1:{port}/")
        own = plane.labels[rows_of(bundle)[40]]
        assert own != 0
        opened_with(page, 40)
        asked = page.page.locator(".facts select")
        page.until(lambda: asked.input_value() == str(own))


def test_of_a_stored_picture_that_is_reduced_it_is_said(opener: Opener, tmp_path):
    pixels = np.random.default_rng(1).integers(0, 256, (20, 1, 80, 96), np.uint8)
    weight = np.random.default_rng(2).normal(size=(7680, 2)) / 90
    codes = (pixels.reshape(20, -1) / 255 @ weight).astype(np.float32)
    shape = (1, 80, 96)
    networks = {
        "encoder": linear_network(weight, np.zeros(2), "images", "code", [2], shape),
        "decoder": linear_network(weight.T, np.zeros(7680), "code", "images", [*shape], shape),
    }
    made = {name: OnnxNetwork(content) for name, content in networks.items()}
    folder = write_bundle(tmp_path / "b", codes, name="large", pixels=pixels, **made)
    with serving(read_bundle(folder)) as port:
        page = opener(f"http://127.0.0.1:{port}/")
        opened_with(page, 5)
        said = "Stored pictures are 64 × 53 pixels and the encoder takes 96 × 80"
        assert said in page.text()
