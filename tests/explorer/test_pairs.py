"""Two spaces side by side: what is served, written and refused of them."""

import base64
import gzip
import re

import pytest

import latentscape as ls
from latentscape.bundle.roles import Roles
from latentscape.cli.main import main
from latentscape.explorer import write_html, write_site
from latentscape.explorer.application import application
from latentscape.system.errors import LatentscapeError
from tests.explorer.test_server import Client


def expected(pair):
    """Every file of the data, by where it belongs."""
    places = {"bundle": pair.first.folder, "beside": pair.second.folder, "pair": pair.folder}
    return {
        f"{name}/{file.name}": file.read_bytes()
        for name, folder in places.items()
        for file in folder.iterdir()
    }


def test_both_bundles_and_what_they_share_are_served_and_nothing_else(pair, built_page):
    client = Client(application(pair, 8123))
    assert "<title>pair</title>" in client.get("/").text
    for name, content in expected(pair).items():
        assert client.get(f"/{name}").content == content
    (pair.folder / "diary.txt").write_text("mine")
    for name in ("pair/diary.txt", "beside/../pair/diary.txt", "pair/", "index.html"):
        assert client.get(f"/{name}").status_code == 404


def test_a_link_in_place_of_a_file_of_the_second_is_not_served(pair, built_page, tmp_path):
    client = Client(application(pair, 8123))
    file = pair.folder / "links.arrow"
    (tmp_path / "secret").write_text("secret")
    file.unlink()
    file.symlink_to(tmp_path / "secret")
    assert client.get("/pair/links.arrow").status_code == 404


def test_a_site_holds_both(pair, built_page, tmp_path):
    out = write_site(pair, tmp_path / "site")
    written = {p.relative_to(out).as_posix(): p.read_bytes() for p in out.rglob("*.*")}
    assert expected(pair).items() <= written.items()
    assert written["index.html"] == (built_page / "pair.html").read_bytes()
    assert "pair.html" not in written


def test_one_file_holds_both(pair, built_page, tmp_path):
    page = write_html(pair, tmp_path / "both.html").read_text()
    held = dict(re.findall(r'<script type="application/gzip" data-file="(.*?)">(.*?)</', page))
    unpacked = {name: gzip.decompress(base64.b64decode(text)) for name, text in held.items()}
    assert unpacked == expected(pair) | {"ort.wasm": b"\0asm"}


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"roles": Roles(label="a")}, "belong to one source"),
        ({"thumbs": "pictures"}, "belong to one source"),
        ({"selected": ["digit-1"]}, "leave out 'selected'"),
    ],
)
def test_what_belongs_to_one_source_is_refused_for_two(pair, told, words):
    with pytest.raises(LatentscapeError, match=words):
        ls.explore(pair.first.folder, beside=pair.second.folder, **told)


def test_the_command_line_writes_both(pair, built_page, tmp_path, capsys):
    first, second = str(pair.first.folder), str(pair.second.folder)
    out = tmp_path / "site"
    assert main(["export", first, str(out), "--beside", second]) == 0
    assert (out / "beside" / "space.json").read_bytes() == expected(pair)["beside/space.json"]


@pytest.mark.parametrize(
    "told",
    [
        ["--format", "onnx"],
        ["--format", "bundle"],
        ["--thumbs", "pictures"],
        ["--codes", "z_*"],
    ],
)
def test_the_command_line_says_what_two_cannot_be(pair, tmp_path, capsys, told):
    first, second = str(pair.first.folder), str(pair.second.folder)
    assert main(["export", first, str(tmp_path / "out"), "--beside", second, *told]) == 2
    assert "are a site or html, of runs or bundles" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
