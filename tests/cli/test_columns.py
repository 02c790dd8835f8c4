"""A table beside pictures, from the command line: train, data, encode, select and plot know it."""

import json

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from latentscape.cli.main import main


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder of pictures, a table that knows the shade of each, and a run trained on both."""
    place = tmp_path_factory.mktemp("columns")
    rng = np.random.default_rng(0)
    lines = ["file,shade,error,side"]
    for i in range(60):
        side, shade = "ab"[i % 2], int(rng.integers(40, 250))
        path = place / "photos" / f"{i}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(np.full((8, 8), shade, np.uint8)).save(path)
        lines.append(f"{i}.png,{shade if i else ''},{i},{side}")
    (place / "about.csv").write_text("\n".join(lines))
    given = ("--data", place / "photos", "--labels", f"{place / 'about.csv'}:side")
    assert call("train", "ae", *given, "--epochs", 1, "--out", place / "run") == 0
    return place


def call(*words):
    return main([str(word) for word in words])


def test_what_was_joined_is_said_and_recorded(place, capsys):
    given = (place / "photos", "--labels", place / "about.csv")
    assert call("data", *given) == 0
    said = capsys.readouterr().out
    assert "'about.csv' knows shade (number), error (number), side (category) of 60 of 60" in said
    assert call("data", *given, "--json") == 0
    columns = json.loads(capsys.readouterr().out)["columns"]
    assert columns == {"shade": "number", "error": "number", "side": "category"}
    record = json.loads((place / "run" / "run.json").read_text())["data"]
    assert record["columns"] == {"shade": "number", "error": "number"}
    assert record["classes"] == ["a", "b"]


def test_encode_writes_them_beside_the_code_and_select_asks_for_them(place, capsys):
    assert call("encode", place / "run", "--out", place / "codes.parquet") == 0
    table = pq.read_table(place / "codes.parquet")
    assert table.column_names[-2:] == ["shade", "data_error"]  # the reconstruction's error is there
    for row in table.to_pylist():
        i = int(row["id"].partition(".")[0])
        shade = int(np.asarray(Image.open(place / "photos" / row["id"]))[0, 0])
        assert row["shade"] == (shade if i else None)
        assert (row["data_error"], row["label"]) == (i, "ab"[i % 2])
    capsys.readouterr()
    assert call("select", place / "run", "shade > 200", "--out", place / "light.csv") == 0
    light = {row["id"] for row in table.to_pylist() if (row["shade"] or 0) > 200}
    found = (place / "light.csv").read_text().splitlines()[1:]
    assert {line.partition(",")[0] for line in found} == light


def test_plot_colours_by_one(place, capsys):
    assert call("plot", place / "run", "scatter", "--colour", "shade") == 0
    assert (place / "run" / "scatter.png").stat().st_size > 1000
    assert call("plot", place / "run", "scatter", "--colour", "shad") == 2
    assert "shade" in capsys.readouterr().err
