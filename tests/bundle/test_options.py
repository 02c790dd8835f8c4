"""How many points a bundle shows, of how many."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pytest

from latentscape.bundle import bundle_codes, read_bundle
from latentscape.bundle.options import BundleOptions
from latentscape.bundle.reader import read_column, read_ids
from latentscape.bundle.tables import read_arrow
from latentscape.explorer.open import opened_bundle
from latentscape.system.errors import LatentscapeError


@pytest.mark.parametrize(
    ("count", "size", "picture", "shown"),
    [
        (70_000, 2, 784, 70_000),
        (999_999, 16, 0, 999_999),
        (3_000_000, 2, 0, 1_000_000),
        (1_000_000, 32, 0, 500_000),
        (1_000_000, 2, 64 * 64, 244_140),
        (60_000, 2, 512 * 512 * 3, 60_000),
        (100, 20_000_000, 0, 1),
    ],
)
def test_as_many_are_shown_as_fit(count, size, picture, shown, capsys):
    assert BundleOptions().shown(count, size, picture) == shown
    said = capsys.readouterr().err
    if shown == count:
        assert not said
    else:
        assert f"note: {shown:,} of {count:,} points are shown" in said


def test_who_says_how_many_gets_them(capsys):
    assert BundleOptions(3_000_000).shown(3_000_000, 2) == 3_000_000
    assert not capsys.readouterr().err
    assert BundleOptions(7).shown(5, 2) == 5
    for limit in (0, -3):
        with pytest.raises(LatentscapeError, match=f"is {limit}; show 1"):
            BundleOptions(limit).shown(5, 2)


def test_some_rows_of_a_table_keep_what_is_theirs(tmp_path, capsys):
    codes = np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32)
    table = {"z_0": codes[:, 0], "z_1": codes[:, 1], "age": np.arange(50.0)}
    labels = [f"class {i % 3}" for i in range(50)]
    for ids in ({}, {"id": [f"image {i}" for i in range(50)]}):
        pc.write_csv(pa.table(table | {"label": labels} | ids), tmp_path / "t.csv")
        folder = bundle_codes(tmp_path / "t.csv", tmp_path / "b", options=BundleOptions(20))
        assert "20 of 50 points are shown" in capsys.readouterr().err
        bundle = read_bundle(folder)
        assert bundle.space["points"]["count"] == 20
        assert bundle.space["points"]["of"] == 50
        rows = [int(name.rpartition(" ")[2]) for name in read_ids(bundle)]
        assert len(set(rows)) == 20
        assert max(rows) > 20  # a sample, not the first
        points = read_arrow(folder / "points.arrow")
        np.testing.assert_array_equal(points["code"].to_pylist(), codes[rows])
        shown = [bundle.space["classes"][label] for label in points["label"].to_pylist()]
        assert shown == [labels[row] for row in rows]
        [age] = [each for each in bundle.space["columns"] if each["name"] == "age"]
        assert read_column(bundle, age["file"], "value").to_pylist() == rows


def test_all_rows_are_no_sample(tmp_path):
    np.save(tmp_path / "c.npy", np.eye(3))
    space = read_bundle(bundle_codes(tmp_path / "c.npy", tmp_path / "b")).space
    assert "of" not in space["points"]


def test_a_bundle_has_its_own_points(tmp_path):
    np.save(tmp_path / "c.npy", np.eye(3))
    folder = bundle_codes(tmp_path / "c.npy", tmp_path / "b")
    refused = pytest.raises(LatentscapeError, match="its own 3 points; leave out --limit")
    with refused, opened_bundle(folder, options=BundleOptions(2)):
        pytest.fail("opened")


def test_a_number_of_all_that_is_none_is_refused(tmp_path):
    np.save(tmp_path / "c.npy", np.eye(3))
    folder = bundle_codes(tmp_path / "c.npy", tmp_path / "b", options=BundleOptions(2))
    space = json.loads((folder / "space.json").read_text())
    space["points"]["of"] = "many"
    (folder / "space.json").write_text(json.dumps(space))
    with pytest.raises(LatentscapeError, match="many"):
        read_bundle(folder)
