"""What a table says of images: joined by place, typed, missing kept missing, and said."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from latentscape import load_images
from latentscape.data.columns import Column
from latentscape.data.metadata import as_classes
from latentscape.data.metadata_tables import read_metadata_table
from latentscape.data.row_matching import matched
from latentscape.system.errors import LatentscapeError

N = 24


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(0)
    for i in range(N):
        place = tmp_path / "photos" / f"{i:02}.png"
        place.parent.mkdir(exist_ok=True)
        Image.fromarray(rng.integers(0, 255, (8, 8), np.uint8)).save(place)
    return tmp_path / "photos"


def rows_of(images):
    return [(p, int(Path(p.ids[i]).stem), i) for p in parts(images) for i in range(len(p))]


def parts(images):
    return images.train, images.validation, images.test


def test_metadata_beside_pictures_is_joined_typed_and_said(folder):
    lines = ["file_name,age,place,taken,remark"]
    for i in reversed(range(N)):  # in another order than the pictures
        age = "" if i == 3 else str(20.5 + i)
        lines.append(f"{i:02}.png,{age},{'sea' if i % 2 else 'land'},2024-05-{1 + i:02},note {i}")
    lines.append("gone.png,1,sea,2024-01-01,of no picture")
    (folder / "metadata.csv").write_text("\n".join(lines))
    (folder / "readme.txt").write_text("no picture")
    images = load_images(folder)
    kinds = {name: column.kind for name, column in images.train.columns.items()}
    assert kinds == {"age": "number", "place": "category", "taken": "date", "remark": "text"}
    for part, i, row in rows_of(images):
        age = part.columns["age"].numbers()[row]
        assert np.isnan(age) if i == 3 else age == 20.5 + i
        assert part.columns["place"].values[row].as_py() == ("sea" if i % 2 else "land")
        day = datetime(2024, 5, 1 + i, tzinfo=UTC)
        assert part.columns["taken"].numbers()[row] == day.timestamp()
        assert part.columns["remark"].values[row].as_py() == f"note {i}"
    [note] = [n for n in images.notes if "metadata.csv" in n]
    assert "age (number), place (category), taken (date), remark (text)" in note
    assert f"{N} of {N} images; 1 of its {N + 1} rows belong to none" in note
    assert images.classes == ()
    assert "left out: 1 .txt (no picture)" in images.summary, "the table is not left out"


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_a_table_within_an_archive_of_pictures_is_joined(folder, tmp_path, kind):
    (folder / "metadata.csv").write_text(
        "file_name,age\n" + "\n".join(f"{i:02}.png,{20 + i}" for i in range(N))
    )
    archive = shutil.make_archive(str(tmp_path / "packed"), kind, tmp_path, "photos")
    images = load_images(archive)
    for part, i, row in rows_of(images):
        assert part.columns["age"].numbers()[row] == 20 + i
    assert any(f"'metadata.csv' knows age (number) of {N} of {N} images" in n for n in images.notes)
    assert "left out" not in images.summary
    (folder / "metadata.csv").write_text("file_name,age\nelsewhere.png,3\n")
    archive = shutil.make_archive(str(tmp_path / "other"), kind, tmp_path, "photos")
    images = load_images(archive)
    assert not images.train.columns
    [note] = [n for n in images.notes if "'metadata.csv' beside the pictures is not used" in n]
    assert "of 'metadata.csv'" in note, "which lay in a temporary folder meanwhile"


def test_json_lines_and_a_label_make_classes_where_there_are_none(folder):
    rows = [{"file_name": f"{i:02}.png", "label": f"k{i % 3}", "n": i} for i in range(N)]
    (folder / "metadata.jsonl").write_text("\n".join(map(json.dumps, rows)))
    images = load_images(folder)
    assert images.classes == ("k0", "k1", "k2")
    for part, i, row in rows_of(images):
        assert part.labels[row] == i % 3
    assert set(images.train.columns) == {"n"}


def test_a_named_column_tells_the_classes_and_comes_back_from_a_record(folder, tmp_path):
    table = pa.table({"id": [f"{i:02}.png" for i in range(N)], "kind": [i % 2 for i in range(N)]})
    pq.write_table(table, tmp_path / "t.parquet")
    images = load_images(folder, labels=f"{tmp_path / 't.parquet'}:kind")
    assert images.classes == ("0", "1")
    again = load_images(folder, **images.options)
    assert again.fingerprint == images.fingerprint
    assert load_images(folder).fingerprint != images.fingerprint


def test_a_table_goes_with_an_array_row_by_row(tmp_path):
    np.save(tmp_path / "a.npy", np.arange(30 * 64, dtype=np.uint8).reshape(30, 8, 8))
    (tmp_path / "t.csv").write_text("n\n" + "\n".join(map(str, range(30))))
    images = load_images(tmp_path / "a.npy", labels=tmp_path / "t.csv")
    for part in parts(images):
        numbers = [int(each.rpartition("[")[2][:-1]) for each in part.ids]
        assert part.columns["n"].numbers().tolist() == numbers
    (tmp_path / "t.csv").write_text("n\n1\n2\n")
    with pytest.raises(LatentscapeError, match="2 rows and no column of files' names"):
        load_images(tmp_path / "a.npy", labels=tmp_path / "t.csv")


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        ("file_name,x\n00.png,1\n00.png,2\n", "", "rows 1 and 2 .* both name '00.png'"),
        ("file_name,x\nother.png,1\n", "", "it says 'other.png'; an image is called '00.png'"),
        ("file_name,x\n00.png,1\n", ":y", "no column 'y'"),
        ("file_name,x\n00.png,a\n01.png,a\n", ":x", "22 of 24 images have no value in it"),
    ],
)
def test_what_cannot_be_joined_is_refused_in_a_sentence(folder, tmp_path, text, column, said):
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(LatentscapeError, match=said):
        load_images(folder, labels=f"{tmp_path / 't.csv'}{column}")


@pytest.mark.parametrize(
    ("text", "said"),
    [("model,lens\nx100,35\n", "no column of files' names"), ("file_name\n", "has no rows")],
)
def test_a_table_that_nobody_asked_for_stops_nothing_and_is_said(folder, text, said):
    without = load_images(folder)
    (folder / "metadata.csv").write_text(text)
    images = load_images(folder)
    assert images.fingerprint == without.fingerprint and images.train.columns == {}
    [note] = [n for n in images.notes if "'metadata.csv' beside the pictures is not used" in n]
    assert said in note
    assert "left out: 1 .csv (no picture)" in images.summary
    with pytest.raises(LatentscapeError, match=said):
        load_images(folder, labels=folder / "metadata.csv")


def test_names_match_by_place_then_by_name_where_it_is_the_only_one(tmp_path):
    ids = ["red/0.png", "blue/0.png", "blue/1.png", "é.png"]
    names = ["blue/0.png", "0.png", "1.png", "e\u0301.png", None]
    assert matched(names, ids, tmp_path).tolist() == [-1, 0, 2, 3]


def test_many_numbers_are_no_classes():
    assert "30 different numbers" in as_classes(Column.of(pa.array(range(30))))[2]
    assert as_classes(Column.of(pa.array([0.5, 1.5] * 9)))[2]
    assert "6 of 18 images are −1" in as_classes(Column.of(pa.array([-1, 0, 1] * 6)))[2]
    labels, classes, why = as_classes(Column.of(pa.array([10, 9, 10, 9, 9, 9])))
    assert (labels.tolist(), classes, why) == ([1, 0, 1, 0, 0, 0], ("9", "10"), "")


def test_values_are_typed_by_what_they_are():
    kinds = {
        "category": pa.array([True, None, False]),
        "number": pa.array([1.5, float("nan"), None]),
        "date": pa.array([datetime(2024, 1, 1), None]),
        "text": pa.array(["a", "b", "c"]),
    }
    for kind, values in kinds.items():
        assert Column.of(values).kind == kind
    assert Column.of(kinds["number"]).missing == 2
    assert Column.of(kinds["category"]).values.to_pylist() == ["yes", None, "no"]
    assert Column.of(pa.array(["a", "b", "a", "b"]).dictionary_encode()).kind == "category"
    assert Column.of(pa.array([[1.0], [2.0]])) is None


def test_columns_go_with_their_images():
    images = load_images("digits", limit=60)
    assert images.train.columns == {}
    column = Column("number", pa.array(np.arange(len(images.train), dtype=float)))
    from dataclasses import replace

    some = replace(images.train, columns={"n": column}).take(np.array([5, -1, 0]))
    assert some.columns["n"].numbers().tolist() == [5, len(images.train) - 1, 0]
    with pytest.raises(ValueError, match="column 'n' has 3 values"):
        replace(images.train, columns=some.columns)


def test_the_other_columns_of_a_table_of_pictures_are_theirs(folder, tmp_path):
    pictures = [{"bytes": p.read_bytes(), "path": p.name} for p in sorted(folder.iterdir())]
    table = {"image": pictures, "label": ["b", "a"] * (N // 2), "n": list(range(N))}
    pq.write_table(pa.table(table), tmp_path / "t.parquet")
    images = load_images(tmp_path / "t.parquet")
    assert "its other columns are n (number)" in images.notes
    for part, i, row in rows_of(images):
        assert part.columns["n"].numbers()[row] == i
        assert part.classes[part.labels[row]] == "ba"[i % 2]


def test_strokes_know_their_factors():
    images = load_images("strokes", limit=50)
    assert set(images.train.columns) == {"slant", "thickness", "scale", "rotation", "x", "y"}
    from latentscape.data import strokes_factors

    known = strokes_factors(images.test, 0)
    for name, column in images.test.columns.items():
        np.testing.assert_array_equal(column.numbers(), known[name])


@pytest.mark.parametrize(
    ("content", "number"),
    [
        (b'null, "when": "2024-05-01T10:00:00"}\n{"file_n', 1),  # ended the process
        (b'{"file_name": "0.png"}\n\n[1]\n', 3),
        (b'{"file_name": "0.png"}\n{"file_name": "1.png"', 2),
        (b'{"file_name": "0.png"} null\n', 1),
        (b"\xff\n", 1),
        (b"[" * 100_000, 1),
    ],
)
def test_a_line_that_is_no_object_is_named(tmp_path, content, number):
    (tmp_path / "metadata.jsonl").write_bytes(content)
    with pytest.raises(LatentscapeError, match=f"line {number} of .* is no JSON object"):
        read_metadata_table(tmp_path / "metadata.jsonl")
