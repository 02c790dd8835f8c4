"""Images in zarr stores, written by zarr."""

import json
import sys

import numpy as np
import pytest

from latentscape.data import load_images
from latentscape.data.zarr_stores import zarr_parts
from latentscape.system.errors import LatentscapeError

zarr = pytest.importorskip("zarr")
Blosc = pytest.importorskip("numcodecs").Blosc
BloscCodec = pytest.importorskip("zarr.codecs").BloscCodec

RNG = np.random.default_rng(0)
BYTES = RNG.integers(0, 256, (20, 6, 5, 3), np.uint8)
LABELS = np.arange(20) % 3


def written(path, arrays, version=3, **packing):
    group = zarr.open_group(str(path), mode="w", zarr_format=version)
    for name, array in arrays.items():
        how = packing if array.ndim > 2 else {}
        group.create_array(name, shape=array.shape, dtype=array.dtype, **how)[...] = array
    return path


def refused(path):
    with pytest.raises(LatentscapeError) as caught:
        load_images(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("version", "packing"),
    [
        (3, {}),
        (3, {"chunks": (4, 6, 5, 3), "shards": (8, 6, 5, 3)}),
        (3, {"compressors": None}),
        (2, {}),
        (2, {"chunks": (7, 3, 5, 3)}),
        (2, {"compressors": Blosc(), "chunks": (7, 3, 5, 3)}),
        (3, {"compressors": BloscCodec(), "chunks": (7, 6, 5, 3)}),
    ],
)
def test_what_zarr_writes_is_read_however_it_is_packed(tmp_path, version, packing):
    path = written(tmp_path / "a.zarr", {"images": BYTES, "labels": LABELS}, version, **packing)
    part = zarr_parts(path)["all"]
    np.testing.assert_array_equal(part.pixels, BYTES.transpose(0, 3, 1, 2))
    np.testing.assert_array_equal(part.labels, LABELS)
    splits = load_images(path)
    assert splits.classes == ("0", "1", "2")
    rows = [int(i.removesuffix("]").rpartition("[")[2]) for i in splits.test.ids]
    np.testing.assert_array_equal(splits.test.pixels, BYTES[rows].transpose(0, 3, 1, 2))


@pytest.mark.parametrize("version", [2, 3])
def test_a_store_may_be_one_array_or_groups_of_splits(tmp_path, version):
    deep = RNG.integers(0, 4096, (20, 6, 5)).astype(np.uint16)
    zarr.save_array(str(tmp_path / "stack.zarr"), deep, zarr_format=version)
    splits = load_images(tmp_path / "stack.zarr")
    assert splits.preparation.scale == "0,4095"
    assert splits.classes == ()
    arrays = {"train/x": BYTES[:14], "test/x": BYTES[14:]}
    arrays |= {"train/y": LABELS[:14], "test/y": LABELS[14:]}
    splits = load_images(written(tmp_path / "b", arrays, version))
    np.testing.assert_array_equal(splits.test.pixels, BYTES[14:].transpose(0, 3, 1, 2))
    np.testing.assert_array_equal(splits.test.labels, LABELS[14:])


def test_packings_that_could_run_code_are_refused_unread(tmp_path):
    path = written(tmp_path / "a", {"x": BYTES}, 2)
    place = path / "x/.zarray"
    said = json.loads(place.read_text())
    place.write_text(json.dumps({**said, "dtype": "|O", "filters": [{"id": "pickle"}]}))
    assert "is packed by 'pickle', which is not read" in refused(path)
    path = written(tmp_path / "b", {"x": BYTES}, 3, chunks=(4, 6, 5, 3), shards=(8, 6, 5, 3))
    place = path / "x/zarr.json"
    said = json.loads(place.read_text())
    said["codecs"][0]["configuration"]["codecs"].insert(0, {"name": "numcodecs.pickle"})
    place.write_text(json.dumps(said))
    assert "is packed by 'numcodecs.pickle'" in refused(path)


def test_blosc_is_given_no_chunk_of_another_length_than_it_says(tmp_path):
    path = written(tmp_path / "a", {"x": BYTES}, compressors=BloscCodec(), chunks=(20, 6, 5, 3))
    chunk = path / "x/c/0/0/0/0"
    chunk.write_bytes(chunk.read_bytes()[:-9])
    assert "and says another number" in refused(path)
    shards = {"compressors": BloscCodec(), "chunks": (4, 6, 5, 3), "shards": (8, 6, 5, 3)}
    path = written(tmp_path / "b", {"x": BYTES}, **shards)
    assert "blosc beneath others, or in shards" in refused(path)


def test_a_store_that_claims_too_much_is_refused_before_memory_is_asked_for(tmp_path):
    shape = (100_000, 1000, 1000)
    zarr.create_array(str(tmp_path / "a"), shape=shape, chunks=(1, 1000, 1000), dtype="u1")
    assert "claims 100,000,000,000 bytes" in refused(tmp_path / "a")
    zarr.create_array(str(tmp_path / "b"), shape=(3, 4, 5), chunks=shape, dtype="u1")
    assert "claims 100,000,000,000 bytes" in refused(tmp_path / "b")
    (written(tmp_path / "c", {"x": BYTES}) / "x/zarr.json").write_text('{"node_type": "array"}')
    assert "write it again with zarr" in refused(tmp_path / "c")


def test_links_lead_nowhere(tmp_path):
    outside = written(tmp_path / "outside", {"x": BYTES})
    path = written(tmp_path / "a", {})
    (path / "x").symlink_to(outside / "x")
    assert "only: nothing" in refused(path)
    path = written(tmp_path / "b", {"x": BYTES}, chunks=(20, 6, 5, 3))
    (path / "x/c/0/0/0/0").unlink()
    (path / "x/c/0/0/0/0").symlink_to(outside / "x/c/0/0/0/0")
    assert "is no plain file" in refused(path)


def test_without_the_library_the_sentence_says_what_to_install(tmp_path, monkeypatch):
    path = written(tmp_path / "a", {"x": BYTES})
    monkeypatch.setitem(sys.modules, "zarr", None)
    assert "pip install 'latentscape[zarr]'" in refused(path)


def test_arrays_that_are_not_read_are_named_and_so_are_links(tmp_path):
    path = written(tmp_path / "a.zarr", {"images": BYTES, "labels": LABELS, "masks": BYTES})
    (path / "elsewhere").symlink_to(path / "images")
    notes = load_images(path).notes
    assert "not read: masks" in notes
    assert any(note.endswith("not looked into: elsewhere") for note in notes)
