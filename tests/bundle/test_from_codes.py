import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from latentscape.bundle import bundle_codes, read_bundle
from latentscape.bundle.tables import read_arrow
from latentscape.system.errors import LatentscapeError


@pytest.fixture
def codes():
    return np.random.default_rng(0).normal(size=(30, 4)).astype(np.float32)


@pytest.fixture
def pictures(tmp_path):
    """Thirty grey pictures of two sizes, each as bright as its number."""
    folder = tmp_path / "pictures"
    (folder / "more").mkdir(parents=True)
    for i in range(30):
        where = folder / ("more" if i % 2 else ".") / f"p{i:02d}.png"
        Image.new("L", (10, 12) if i % 3 else (20, 24), 8 * i).save(where)
    return folder


def test_an_array_with_pictures_in_order(tmp_path, codes, pictures):
    np.save(tmp_path / "codes.npy", codes)
    folder = bundle_codes(tmp_path / "codes.npy", tmp_path / "b", thumbs=pictures)
    space = read_bundle(folder).space
    assert [view["name"] for view in space["views"]] == ["pca"]
    assert (space["atlas"]["width"], space["atlas"]["height"]) == (10, 12)
    assert "decoder" not in space


@pytest.mark.parametrize("lists", [True, False])
def test_a_table_with_labels_and_pictures_by_name(tmp_path, codes, pictures, lists):
    columns = {"embedding": codes.tolist()} if lists else {f"z{i}": codes[:, i] for i in range(4)}
    labels = [["ten", "2", "10", None][i % 4] for i in range(30)]
    names = [f"p{i:02d}.png" for i in reversed(range(30))]
    pq.write_table(pa.table(columns | {"label": labels, "file": names}), tmp_path / "c.parquet")
    folder = bundle_codes(tmp_path / "c.parquet", tmp_path / "b", thumbs=pictures)
    bundle = read_bundle(folder)
    assert bundle.space["classes"] == ["2", "10", "ten"]
    ids = read_arrow(folder / "details.arrow")["id"].to_pylist()
    stored = read_arrow(folder / "points.arrow")
    atlas = bundle.space["atlas"]
    sheet = np.asarray(Image.open(folder / atlas["files"][0]))
    for i, name in enumerate(ids):
        row = names.index(name)
        np.testing.assert_array_equal(stored["code"][i].as_py(), codes[row])
        expected = -1 if labels[row] is None else bundle.space["classes"].index(labels[row])
        assert stored["label"][i].as_py() == expected
        top = i // atlas["columns"] * atlas["height"]
        left = i % atlas["columns"] * atlas["width"]
        assert sheet[top, left] == 8 * int(name[1:3])


def test_what_cannot_be_read_is_said(tmp_path, codes, pictures):
    def refused(sentence, source, **options):
        with pytest.raises(LatentscapeError, match=sentence):
            bundle_codes(source, tmp_path / "b", **options)

    refused("is no .npy, .parquet or .csv", tmp_path / "codes.txt")
    refused("cannot read .*no such file", tmp_path / "no.npy")
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 not really")
    refused("cannot be read as Parquet", tmp_path / "bad.parquet")
    np.save(tmp_path / "flat.npy", codes[:, 0])
    refused("give numbers of shape", tmp_path / "flat.npy")
    np.save(tmp_path / "few.npy", codes[:5])
    refused("30 pictures for 5 codes", tmp_path / "few.npy", thumbs=pictures)
    codes[7, 1] = np.inf
    np.save(tmp_path / "infinite.npy", codes)
    refused("1 of 30 codes are not finite", tmp_path / "infinite.npy")
    pq.write_table(pa.table({"name": ["a", "b"]}), tmp_path / "words.parquet")
    refused("no numeric columns", tmp_path / "words.parquet")
    table = {"id": ["p00", "nobody"], "z": [0.0, 1.0]}
    pq.write_table(pa.table(table), tmp_path / "missing.parquet")
    refused("first is 'nobody'", tmp_path / "missing.parquet", thumbs=pictures)
