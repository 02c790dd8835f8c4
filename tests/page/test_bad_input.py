"""What is broken or unusual is said in a sentence, or simply works."""

import json
import shutil

import numpy as np
import pytest

from latentscape.bundle import bundle_codes, read_bundle, write_bundle
from latentscape.explorer import write_html, write_site
from tests.bundle.samples import Sample
from tests.explorer.serving import serving
from tests.page.conftest import static_host
from tests.page.pages import Opened

pytestmark = pytest.mark.page


@pytest.fixture
def site(plane_bundle, tmp_path):
    """A static site that tests may damage, and its address."""
    write_site(plane_bundle, tmp_path / "site")
    with static_host(tmp_path / "site") as address:
        yield tmp_path / "site" / "bundle", address


def rewrite(folder, **changes):
    manifest = folder / "space.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | changes))


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda b: rewrite(b, version=7), "version 7"),
        (lambda b: rewrite(b, format="other"), "does not belong to a latentscape bundle"),
        (lambda b: (b / "space.json").write_text("{"), "space.json is damaged"),
        (lambda b: (b / "space.json").unlink(), "space.json is missing"),
        (lambda b: (b / "points.arrow").unlink(), "points.arrow is missing"),
        (lambda b: (b / "points.arrow").write_bytes(b"x" * 99), "points.arrow is damaged"),
        (lambda b: rewrite(b, code={"size": 5}), "says 1797 of 5"),
    ],
)
def test_a_broken_bundle_is_said(opener, site, damage, sentence):
    folder, address = site
    damage(folder)
    page = opener(address, ready=False, tolerant=True)
    page.until(lambda: sentence in page.text())
    assert "This space cannot be shown" in page.text()


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda b: (b / "decoder.onnx").unlink(), "decoder.onnx is missing"),
        (lambda b: (b / "decoder.onnx").write_bytes(b"x" * 10), "decoder.onnx is damaged"),
        (
            lambda b: (b / "decoder.onnx").write_bytes(b"x" * (b / "decoder.onnx").stat().st_size),
            "decoder.onnx is no network that this page can run",
        ),
        (
            lambda b: rewrite(b, image={"channels": 1, "height": 9, "width": 9}),
            "where the bundle says",
        ),
    ],
)
def test_a_broken_decoder_leaves_the_rest(opener, site, damage, sentence):
    folder, address = site
    damage(folder)
    page = opener(address, ready=False, tolerant=True)
    page.until(lambda: sentence in page.text())
    assert page.marks("drawn") > 0
    assert page.page.get_by_label("decoder loading").count() == 0


def test_codes_that_are_no_numbers_are_said(opener, site):
    from latentscape.bundle.tables import read_arrow, vectors, write_arrow

    folder, address = site
    table = read_arrow(folder / "points.arrow")
    codes = np.array(table["code"].to_pylist(), dtype=np.float32)
    codes[3, 1] = np.nan
    columns = {"label": table["label"].combine_chunks(), "code": vectors(codes)}
    write_arrow(folder / "points.arrow", columns)
    size = (folder / "points.arrow").stat().st_size
    rewrite(folder, files={"points.arrow": {"bytes": size}})
    page = opener(address, ready=False, tolerant=True)
    page.until(lambda: "code 3 is not a finite number" in page.text())


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda atlas: atlas.unlink(), "atlas-000.png is missing"),
        (
            lambda a: a.write_bytes(a.read_bytes()[:99]),
            "atlas-000.png is damaged (99 of",
        ),
        (lambda a: a.write_bytes(b"x" * a.stat().st_size), "atlas-000.png is damaged; export"),
    ],
)
def test_a_missing_atlas_is_said_and_leaves_the_rest(opener, site, damage, sentence):
    folder, address = site
    damage(folder / "atlas-000.png")
    page = opener(address, tolerant=True)
    page.button("Pictures").click()
    page.until(lambda: sentence in page.page.get_by_role("alert").inner_text())
    page.until(lambda: page.button("Points").get_attribute("aria-pressed") == "true")
    page.point(0.5, 0.5)
    page.page.mouse.click(*page.spot(0.5, 0.5))
    page.until(lambda: page.page.locator("[data-pin]").count() == 1)


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda details: details.unlink(), "details.arrow is missing"),
        (lambda details: details.write_bytes(b"x" * 9), "details.arrow is damaged (9 of"),
    ],
)
def test_what_a_view_keeps_is_missed_aloud_and_once(
    opener, wide_bundle, tmp_path, damage, sentence
):
    site = write_site(wide_bundle, tmp_path / "site")
    damage(site / "bundle" / "details.arrow")
    with static_host(site) as address:
        page = opener(address, tolerant=True)
        page.until(lambda: sentence in page.text())
        assert page.page.locator(".honesty").count() == 0
        page.button("close").click()
        page.choose("axis 2", "3")
        page.until(lambda: page.link().get("axes") not in (None, "0,1"))
        page.page.wait_for_timeout(200)
        assert sentence not in page.text()
        page.point(0.4, 0.4)


@pytest.mark.parametrize("missing", ["WebGL2RenderingContext", "WebAssembly"])
def test_missing_webgl_or_wasm_is_said(browser, plane_bundle, missing):
    with serving(plane_bundle) as port:
        context = browser.new_context()
        page = context.new_page()
        page.add_init_script(
            "HTMLCanvasElement.prototype.getContext = (get => function (kind, ...more) {"
            "  return kind === 'webgl2' ? null : get.call(this, kind, ...more)"
            "})(HTMLCanvasElement.prototype.getContext)"
            if missing.startswith("WebGL")
            else "delete window.WebAssembly; Worker = class { constructor() {"
            " setTimeout(() => this.onerror?.({message: 'no WebAssembly'}), 50) }"
            " postMessage() {} }"
        )
        page.goto(f"http://127.0.0.1:{port}/")
        expected = "no WebGL 2" if missing.startswith("WebGL") else "no WebAssembly"
        alert = page.get_by_role("alert").filter(has_text=expected)
        alert.first.wait_for()
        assert page.get_by_role("button", name="Sliders").is_visible()
        context.close()


def unusual(kind: str, folder):
    """Write a bundle of an unusual form."""
    rng = np.random.default_rng(0)
    few = Sample(2, 60)
    if kind == "one point":
        return write_bundle(folder, np.zeros((1, 2)))
    if kind == "equal points":
        return write_bundle(folder, np.ones((30, 3)))
    if kind == "one number":
        return Sample(1, 60).write(folder, views=[], draws={})
    if kind == "512 numbers":
        return write_bundle(folder, rng.normal(size=(200, 512)))
    if kind == "one class":
        return few.write(folder, labels=np.zeros(60, int), classes=["all"], views=[])
    if kind == "no labels":
        return few.write(folder, labels=None, classes=[], views=[])
    if kind == "200 classes":
        labels = rng.integers(0, 200, 600)
        names = [f"class {i}" for i in range(200)]
        return write_bundle(folder, rng.normal(size=(600, 3)), labels=labels, classes=names)
    if kind == "large colour":
        pixels = rng.integers(0, 255, (40, 3, 128, 128), dtype=np.uint8)
        return write_bundle(folder, rng.normal(size=(40, 4)), pixels=pixels)
    np.save(folder.parent / "codes.npy", rng.normal(size=(50, 3)))
    return bundle_codes(folder.parent / "codes.npy", folder)


@pytest.mark.parametrize(
    "kind",
    [
        "one point",
        "equal points",
        "one number",
        "512 numbers",
        "one class",
        "no labels",
        "200 classes",
        "large colour",
        "foreign codes",
    ],
)
def test_the_unusual_works(opener, tmp_path, kind):
    bundle = read_bundle(unusual(kind, tmp_path / "bundle"))
    page: Opened = opener(write_html(bundle, tmp_path / "x.html").as_uri(), ready=False)
    page.until(lambda: page.marks("drawn") > 0)
    for x, y in ((0.4, 0.4), (0.5, 0.5)):
        page.page.mouse.move(*page.spot(x, y))
    page.page.mouse.click(*page.spot(0.5, 0.5))
    page.until(lambda: page.page.locator("[data-pin]").count() == 1)
    for name in ("Pictures", "Map", "3-D", "Sliders", "Path", "Draw", "Sample"):
        if page.button(name).count():
            page.button(name).click()
            page.page.wait_for_timeout(80)
    assert page.page.get_by_role("alert").count() == 0
    assert "NaN" not in page.text()


def test_names_with_markup_show_as_text(opener, tmp_path):
    evil = '<img src=x onerror="document.title=`owned`"></script><script>document.title=`owned`'
    few = Sample(2, 60)
    folder = few.write(
        tmp_path / "b",
        name=evil,
        classes=[evil + str(i) for i in range(10)],
        ids=[evil + str(i) for i in range(60)],
    )
    page = opener(write_html(read_bundle(folder), tmp_path / "x.html").as_uri())
    page.page.mouse.click(*page.spot(0.5, 0.5))
    page.until(lambda: page.page.locator("[data-pin]").count() == 1)
    page.page.keyboard.press("/")
    page.page.get_by_label("id or class").fill("onerror")
    page.until(lambda: page.page.locator(".found li").count() > 0)
    assert "owned" not in page.page.title().replace(evil, "")
    assert evil in page.page.locator("h1").inner_text()
    assert page.page.locator("img").count() == 0
    shutil.rmtree(folder)


def test_some_points_of_many_are_said_to_be_some(opener, tmp_path):
    codes = np.random.default_rng(0).normal(size=(30, 2))
    for name, total in (("b", 1_234_567), ("c", 30)):
        folder = write_bundle(tmp_path / name, codes, name="mine", chosen_from=total)
        html = write_html(read_bundle(folder), tmp_path / f"{name}.html")
        page: Opened = opener(html.as_uri(), ready=False)
        page.until(lambda page=page: page.marks("drawn") > 0)
        said = page.page.locator(".about").inner_text()
        page.page.keyboard.press("?")
        of = "30 of 1,234,567" if name == "b" else "30"
        assert page.page.get_by_text(f"{of} codes of 2 numbers").count() == 1
        assert said == ("mine · 30 of 1,234,567" if name == "b" else "mine")


@pytest.mark.parametrize("pictures", [True, False])
def test_without_a_decoder_nothing_is_said_to_be_decoded(opener, tmp_path, pictures):
    codes = np.array([[-1.0, -1.0], [0.0, 0.0], [1.0, 1.0]])  # one is in the middle
    pixels = Sample(2, 3).pixels if pictures else None
    names = [f"thing {i}" for i in range(3)]
    folder = write_bundle(tmp_path / "b", codes, pixels=pixels, ids=names)
    page: Opened = opener(
        write_html(read_bundle(folder), tmp_path / "x.html").as_uri(), ready=False
    )
    page.until(lambda: page.marks("drawn") > 0)
    hero = page.page.locator(".hero")
    page.until(lambda: "one of the codes" in hero.inner_text().lower())
    assert "decoded" not in hero.inner_text().lower()
    assert hero.locator(".heroImage canvas").count() == (1 if pictures else 0)
    promised = "Click a point to see its name" in hero.inner_text()
    assert promised is not pictures
    if promised:  # and it is kept
        page.page.mouse.click(*page.spot(0.5, 0.5))
        page.until(lambda: "thing 1" in page.page.locator("[data-pin]").inner_text())
