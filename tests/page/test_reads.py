"""Which class images read as: under the pointer, drawn, sampled, on a path, and over the plane."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from latentscape.bundle import Overlay, read_bundle
from tests.bundle.samples import Sample
from tests.explorer.serving import serving
from tests.page.pages import Opened, Opener

pytestmark = pytest.mark.page

SPOTS = [(0.1, 0.8), (0.5, 0.5), (0.3, 0.15), (0.85, 0.6), (0.62, 0.9), (0.03, 0.6)]


@pytest.fixture(scope="module")
def judge(plane: Sample):
    return plane.judge


@pytest.fixture(scope="module")
def bundle(plane: Sample, judge, tmp_path_factory):
    grid = np.tile(np.repeat(np.arange(-1, 3), 16), (48, 1))
    overlay = Overlay("reads", "what images read as", "code", (-3, -2, 5, 2), grid, classes=True)
    folder = tmp_path_factory.mktemp("judged") / "b"
    return read_bundle(plane.write(folder, judge=judge, overlays=[overlay]))


@pytest.fixture
def opened(opener: Opener, bundle) -> Opened:
    with serving(bundle) as port:
        yield opener(f"http://127.0.0.1:{port}/")


def told(plane: Sample, judge, codes) -> list[tuple[str, float]]:
    """In numpy: the class, or none, and how sure that is."""
    label, sure, p = plane.read(plane.decode(codes))
    fits = p >= judge.limit
    names = [str(int(one)) if ok else "none" for one, ok in zip(label, fits, strict=True)]
    return list(zip(names, sure, strict=True))


def said(opened: Opened) -> str:
    words = opened.page.locator(".reads").inner_text().removeprefix("reads as")
    return " ".join(words.split())


def test_the_image_under_the_pointer_is_read(opened: Opened, plane: Sample, judge):
    found = set()
    for x, y in SPOTS:
        opened.point(x, y)
        ((name, sure),) = told(plane, judge, opened.code()[None])
        near = str(int(plane.read(plane.decode(opened.code()[None]))[0, 0]))
        percent = "> 99" if sure > 0.99 else round(100 * sure)
        expected = f"none of them, most like {near}" if name == "none" else f"{name} ({percent} %)"
        opened.until(lambda said_=expected: said(opened) == said_)
        found.add(name)
    assert "none" in found and len(found) > 2
    meaning = opened.page.locator(".reads").get_attribute("title")
    assert "90.0 % of test images" in meaning
    assert f"{float(f'{100 * judge.limit:.2g}'):g} %" in meaning


def test_it_is_said_aloud(opened: Opened, plane: Sample, judge):
    opened.point(0.5, 0.5)
    opened.plot.focus()
    opened.page.keyboard.press("ArrowLeft")
    opened.until(lambda: "reads as" in opened.page.locator(".hero .spoken").inner_text())
    ((name, _),) = told(plane, judge, opened.code()[None])
    words = "reads as none" if name == "none" else f"reads as {name},"
    assert words in opened.page.locator(".hero .spoken").inner_text()


def test_samples_and_steps_of_a_path_are_read(opened: Opened, plane: Sample, judge):
    opened.button("Sample").click()
    reads = opened.page.locator("[data-reads]")
    opened.until(lambda: reads.count() == 16 and all(reads.all_inner_texts()))
    drawn = np.random.default_rng(0).normal(size=(100, 2)) * plane.codes.std(axis=0)
    expected = [name for name, _ in told(plane, judge, drawn[:16].astype(np.float32))]
    assert reads.all_inner_texts() == expected
    for x, y in ((0.3, 0.4), (0.7, 0.6)):
        opened.plot.click(
            position={"x": x * opened.box()["width"], "y": y * opened.box()["height"]}
        )
    opened.button("Path").click()
    opened.until(lambda: reads.count() == 9 and all(reads.all_inner_texts()))
    steps = opened.page.get_by_label("step", exact=False)
    for i in (0, 4, 8):
        steps.nth(i).click()
        opened.until(lambda n=i: said(opened).split()[0] == reads.nth(n).inner_text())


def test_a_drawing_is_read(opened: Opened, plane: Sample):
    opened.button("Draw").click()
    pad = opened.page.locator("[data-pad]").bounding_box()
    opened.page.mouse.move(pad["x"] + 66, pad["y"] + 20)
    opened.page.mouse.down()
    opened.page.mouse.move(pad["x"] + 66, pad["y"] + 110, steps=6)
    opened.page.mouse.up()
    read = opened.page.locator("figcaption [data-reads]")
    opened.until(lambda: read.count() and read.inner_text())
    canvas = opened.page.get_by_title("what the encoder sees")
    drawn = opened.pixels(canvas)[..., 0].reshape(1, 1, 8, 8) / 255
    label, _, p = plane.read(drawn)[:, 0]
    assert read.inner_text() == (str(int(label)) if p >= plane.judge.limit else "none")


def test_what_the_plane_reads_as_lies_behind_the_points(opened: Opened):
    opened.choose("colour", "behind reads")
    scale = opened.page.get_by_label("scale of what images read as")
    opened.until(scale.count)
    seen = set()
    for x, y in [*SPOTS, (0.2, 0.5), (0.9, 0.5), (0.4, 0.5), (0.55, 0.5), (0.7, 0.5)]:
        opened.point(x, y)
        z1, z2 = opened.code()
        inside = -3 < z1 < 5 and -2 < z2 < 2
        name = ["none of them", "0", "1", "2"][int((z1 + 3) // 2)] if inside else None
        expected = f"here {name}" if inside else ""
        assert opened.page.locator("[data-field]").inner_text() == expected
        seen.add(name)
    assert {"none of them", "0", "1"} <= seen
    colours = {tuple(pixel[:3]) for pixel in opened.layer("back").reshape(-1, 4) if pixel[3] > 110}
    blue, orange = np.array([0x3F, 0x90, 0xDA]), np.array([0xFF, 0xA9, 0x0E])
    for colour in (blue, orange):
        assert any(np.abs(np.array(c) - colour).max() < 8 for c in colours)


def test_a_bundle_without_a_judge_says_nothing(plane_page: Opened):
    plane_page.point(0.5, 0.5)
    assert plane_page.page.locator(".reads").count() == 0


def test_a_judge_that_is_none_is_said_once_and_the_rest_goes_on(
    opener: Opener, bundle, plane: Sample, tmp_path: Path
):
    folder = shutil.copytree(bundle.folder, tmp_path / "b")
    spoilt = bytearray((folder / "judge.onnx").read_bytes())
    spoilt[20:60] = b"\0" * 40
    (folder / "judge.onnx").write_bytes(spoilt)
    with serving(read_bundle(folder)) as port:
        page = opener(f"http://127.0.0.1:{port}/", tolerant=True)
        page.until(lambda: "judge.onnx is no network that this page can run" in page.text())
        page.point(0.4, 0.4)
        before = page.hero()
        page.point(0.7, 0.7)
        page.until(lambda: not np.array_equal(page.hero(), before))
