"""similar, duplicates, odd, typical and select, on a folder of pictures with a planted leak."""

import csv
import shutil
from urllib.parse import parse_qs

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from latentscape.bundle.tables import read_arrow
from latentscape.cli.main import main


def call(*arguments: object) -> int:
    return main([str(a) for a in arguments])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Sixty pictures in two classes, one of them a second time in the test split."""
    top = tmp_path_factory.mktemp("own") / "pictures"
    rng = np.random.default_rng(0)
    for split, count in (("train", 40), ("test", 20)):
        for i in range(count):
            pixels = rng.integers(0, 60, (16, 16)).astype(np.uint8)
            place = top / split / ("light" if i % 2 else "dark")
            place.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels + (150 if i % 2 else 0)).save(place / f"{i}.png")
    shutil.copy(top / "train/light/7.png", top / "test/dark/copied.png")
    return top


@pytest.fixture(scope="module")
def run(folder, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LATENTSCAPE_DATA", str(tmp_path_factory.mktemp("data")))
        out = tmp_path_factory.mktemp("runs") / "ae"
        flags = ["--latent", "3", "--network", "dense", "--epochs", "3"]
        flags += ["--precision", "32-true"]
        assert call("train", "ae", "--data", folder, "--out", out, *flags) == 0
        yield out


def test_the_leak_is_named_drawn_and_written(run, tmp_path, capsys):
    files = ["--out", tmp_path / "d.csv", "--sheet", tmp_path / "d.png"]
    assert call("duplicates", run, *files) == 0
    said = capsys.readouterr().out
    assert said.startswith("1 group of duplicates among 61 images, 1 of them across splits")
    with (tmp_path / "d.csv").open() as file:
        first, second = csv.DictReader(file)
    assert {first["id"], second["id"]} == {"train/light/7.png", "test/dark/copied.png"}
    assert "labelled dark and light" in first["reason"]
    with Image.open(tmp_path / "d.png") as sheet:
        assert min(sheet.size) > 200


def test_a_misfiled_picture_is_the_oddest_of_its_class(run, capsys):
    assert call("odd", run, "--by", "class", "--k", "1") == 0
    said = capsys.readouterr().out
    assert "test/dark/copied.png" in said
    assert "nearest are 'light'" in said


def test_similar_takes_files_and_ids(run, folder, tmp_path, capsys):
    wanted = [folder / "train/dark/4.png", "train/light/7.png"]
    assert call("similar", run, *wanted, "--k", "2", "--out", tmp_path / "s.parquet") == 0
    found = pq.read_table(tmp_path / "s.parquet").to_pylist()
    assert found[0]["id"] == "train/dark/4.png"
    assert found[0]["score"] == pytest.approx(0, abs=1e-5)
    assert (found[2]["id"], found[2]["score"]) == ("test/dark/copied.png", 0)
    assert "4 rows are in" in capsys.readouterr().out


def test_select_and_typical_print_what_they_find(run, folder, capsys):
    assert call("select", run, "class == 'dark' and 'copied' in id") == 0
    assert "1 of 61 images where" in capsys.readouterr().out
    assert call("typical", run, "--k", "3", "--data", folder, "--split", "train") == 0
    said = capsys.readouterr().out
    assert said.count("train/dark/") == said.count("train/light/") == 3
    assert call("select", run, "error < 0", "--sheet", "none.png") == 0
    assert "no picture to draw" in capsys.readouterr().out


@pytest.fixture
def opened(monkeypatch):
    """What the explorer was opened with: ids that its link selects, read as the page reads them."""
    seen = []

    def serve(bundle, *, place, **_):
        ids = read_arrow(bundle.folder / bundle.space["points"]["details"])["id"].to_pylist()
        steps = parse_qs(place.removeprefix("#"))["selection"][0].split(".")
        seen.append({ids[row] for row in np.cumsum([int(step, 36) for step in steps])})

    monkeypatch.setattr("latentscape.explorer.showing.serve", serve)
    return seen


def test_what_was_found_opens_as_a_selection(run, folder, opened, tmp_path, capsys):
    leaks = {"train/light/7.png", "test/dark/copied.png"}
    assert call("duplicates", run, "--open") == 0
    assert call("duplicates", run, "--open", "--data", folder) == 0
    assert opened == [leaks, leaks]
    assert call("select", run, "error < 0", "--open") == 0
    assert len(opened) == 2  # nothing to show
    one = folder / "train/dark/4.png"
    assert call("typical", run, "--data", one, "--open") == 2
    assert "leave --open out" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["odd", "RUN", "--out", "a.txt"], "does not end in .csv or .parquet"),
        (["typical", "RUN", "--sheet", "a.gif"], "does not end in .png"),
        (["similar", "RUN", "nothing.png"], "neither a file nor the id"),
        (["similar", "RUN"], "no picture is asked about"),
        (["select", "RUN", "eval('1')"], "no condition may"),
        (["select", "RUN", "colour == 'red'"], "there is no column 'colour'"),
        (["odd", "/nowhere"], "not a run"),
    ],
)
def test_mistakes_are_answered_in_one_sentence(
    run, arguments, words, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    assert call(*(run if a == "RUN" else a for a in arguments)) == 2
    message = capsys.readouterr().err
    assert words in message
    assert message.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
