import shutil

import pytest

from latentscape.bundle import read_bundle
from latentscape.bundle.pair import Pair
from latentscape.bundle.pairing import write_pair
from latentscape.explorer import page
from tests.bundle.samples import Sample


@pytest.fixture(scope="session")
def written(tmp_path_factory):
    """What each test gets a copy of, to spoil as it likes."""
    folder = tmp_path_factory.mktemp("written")
    first = read_bundle(Sample(count=60).write(folder / "digits"))
    other = read_bundle(Sample(3, count=60).write(folder / "wide"))
    (folder / "pair").mkdir()
    write_pair(first, other, folder / "pair")
    return folder


@pytest.fixture
def copied(written, tmp_path_factory):
    return shutil.copytree(written, tmp_path_factory.mktemp("copied"), dirs_exist_ok=True)


@pytest.fixture
def bundle(copied):
    return read_bundle(copied / "digits")


@pytest.fixture
def pair(bundle, copied):
    return Pair(bundle, read_bundle(copied / "wide"), copied / "pair")


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
