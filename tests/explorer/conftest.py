import pytest

from latentscape.bundle import read_bundle
from latentscape.bundle.pairing import write_pair
from latentscape.explorer import page
from tests.bundle.samples import Sample


@pytest.fixture(scope="session")
def bundle(tmp_path_factory):
    return read_bundle(Sample(count=60).write(tmp_path_factory.mktemp("bundles") / "digits"))


@pytest.fixture(scope="session")
def pair(bundle, tmp_path_factory):
    other = read_bundle(Sample(3, count=60).write(tmp_path_factory.mktemp("others") / "wide"))
    return write_pair(bundle, other, tmp_path_factory.mktemp("pairs"))


@pytest.fixture
def built_page(tmp_path, monkeypatch):
    """A stand-in for the built page, so that these tests need no Node."""
    static = tmp_path / "static"
    (static / "assets").mkdir(parents=True)
    (static / "index.html").write_text("<!doctype html><title>page</title>" + " " * 500)
    (static / "pair.html").write_text("<!doctype html><title>pair</title>")
    (static / "single.html").write_text("<!doctype html><body><!-- bundle --></body>")
    (static / "assets" / "index-1.js").write_text("start()")
    (static / "assets" / "ort-1.wasm").write_bytes(b"\0asm")
    monkeypatch.setattr(page, "STATIC", static)
    return static
