"""Images in HDF5 files, written by h5py."""

import sys

import numpy as np
import pytest

from latentscape.data import load_images
from latentscape.data.hdf5 import hdf5_parts
from latentscape.data.rows import Rows
from latentscape.system.errors import LatentscapeError

h5py = pytest.importorskip("h5py")

RNG = np.random.default_rng(0)
BYTES = RNG.integers(0, 256, (20, 6, 5, 3), np.uint8)
LABELS = np.arange(20) % 3


def written(path, arrays, **packing):
    with h5py.File(path, "w") as file:
        for name, array in arrays.items():
            file.create_dataset(name, data=array, **(packing if np.ndim(array) > 2 else {}))
    return path


def refused(path):
    with pytest.raises(LatentscapeError) as caught:
        load_images(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    "packing",
    [
        {},
        {"chunks": (7, 6, 5, 3)},
        {"chunks": (7, 6, 5, 3), "compression": "gzip", "shuffle": True, "fletcher32": True},
        {"chunks": (7, 6, 5, 3), "compression": "lzf"},
    ],
)
@pytest.mark.parametrize("name", ["a.h5", "a.hdf5", "without"])
def test_what_h5py_writes_is_read_however_it_is_packed(tmp_path, packing, name):
    path = written(tmp_path / name, {"images": BYTES, "labels": LABELS}, **packing)
    part = hdf5_parts(path)["all"]
    np.testing.assert_array_equal(part.pixels, BYTES.transpose(0, 3, 1, 2))
    np.testing.assert_array_equal(part.labels, LABELS)
    splits = load_images(path)
    assert splits.classes == ("0", "1", "2")
    rows = [int(i.removesuffix("]").rpartition("[")[2]) for i in splits.test.ids]
    np.testing.assert_array_equal(splits.test.pixels, BYTES[rows].transpose(0, 3, 1, 2))


def test_an_array_in_one_piece_stays_on_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr("latentscape.data.load.IN_MEMORY", 0)
    path = written(tmp_path / "a.h5", {"x": BYTES})
    assert isinstance(hdf5_parts(path)["all"].pixels.base, np.memmap)
    assert isinstance(load_images(path).train.pixels, Rows)
    np.testing.assert_array_equal(load_images(path).train.pixels[0], BYTES[0].transpose(2, 0, 1))


def test_groups_are_splits_with_labels_of_their_own(tmp_path):
    arrays = {
        "train/images": BYTES[:14], "train/labels": LABELS[:14],
        "test/images": BYTES[14:], "test/labels": LABELS[14:], "about/mean": BYTES.mean(axis=0),
    }  # fmt: skip
    splits = load_images(written(tmp_path / "a.h5", arrays))
    np.testing.assert_array_equal(splits.test.pixels, BYTES[14:].transpose(0, 3, 1, 2))
    np.testing.assert_array_equal(splits.test.labels, LABELS[14:])
    assert splits.test.ids[0] == "a.h5:test_images[0]"
    assert {*splits.train.ids}.isdisjoint(splits.test.ids)


def test_the_only_array_that_has_the_shape_of_images_is_them(tmp_path):
    deep = RNG.integers(0, 4096, (20, 6, 5)).astype(">u2")
    names = np.array([b"cat", b"dog"])[np.arange(20) % 2]
    arrays = {"scan/volume": deep, "energy": np.arange(20.0), "label": names}
    splits = load_images(written(tmp_path / "a.h5", arrays))
    assert splits.classes == ("cat", "dog")
    assert splits.preparation.scale == "0,4095"
    rows = [int(i.removesuffix("]").rpartition("[")[2]) for i in splits.test.ids]
    np.testing.assert_allclose(splits.test.pixels[:, 0], deep[rows] * (255 / 4095), atol=0.51)
    assert "'one', 'x', only" not in refused(written(tmp_path / "b.h5", {"one": deep, "two": deep}))
    assert "only: one, two; rename it" in refused(tmp_path / "b.h5")


def test_what_is_elsewhere_or_of_varying_length_is_refused(tmp_path):
    outside = written(tmp_path / "outside.h5", {"images": BYTES})
    with h5py.File(tmp_path / "link.h5", "w") as file:
        file["images"] = h5py.ExternalLink(str(outside), "images")
    assert "only: nothing" in refused(tmp_path / "link.h5")
    layout = h5py.VirtualLayout(BYTES.shape, np.uint8)
    layout[:] = h5py.VirtualSource(str(outside), "images", BYTES.shape)
    with h5py.File(tmp_path / "virtual.h5", "w") as file:
        file.create_virtual_dataset("images", layout)
    assert "keeps its values in other files" in refused(tmp_path / "virtual.h5")
    (tmp_path / "raw").write_bytes(BYTES.tobytes())
    with h5py.File(tmp_path / "external.h5", "w") as file:
        external = [(str(tmp_path / "raw"), 0, BYTES.nbytes)]
        file.create_dataset("images", BYTES.shape, np.uint8, external=external)
    assert "keeps its values in other files" in refused(tmp_path / "external.h5")
    with h5py.File(tmp_path / "texts.h5", "w") as file:
        file["images"], file["labels"] = BYTES, ["cat", "doggy"] * 10
    assert "holds texts of varying length" in refused(tmp_path / "texts.h5")


def test_a_file_that_claims_too_much_is_refused_before_memory_is_asked_for(tmp_path):
    with h5py.File(tmp_path / "bomb.h5", "w") as file:
        file.create_dataset("x", (100_000, 1000, 1000), np.uint8, chunks=(1, 1000, 1000))
    assert "claims 100,000,000,000 bytes" in refused(tmp_path / "bomb.h5")
    with h5py.File(tmp_path / "hollow.h5", "w") as file:
        file.create_dataset("x", (100_000, 1000, 1000), np.uint8)
    assert "claims 100,000,000,000 bytes" in refused(tmp_path / "hollow.h5")
    whole = written(tmp_path / "cut.h5", {"x": BYTES}).read_bytes()
    (tmp_path / "cut.h5").write_bytes(whole[: len(whole) // 2])
    assert "write it again with h5py" in refused(tmp_path / "cut.h5")


def test_without_the_library_the_sentence_says_what_to_install(tmp_path, monkeypatch):
    path = written(tmp_path / "a.h5", {"x": BYTES})
    monkeypatch.setitem(sys.modules, "h5py", None)
    assert "pip install 'latentscape[hdf5]'" in refused(path)


def test_arrays_that_are_not_read_are_named_and_so_are_links(tmp_path):
    path = written(tmp_path / "a.h5", {"images": BYTES, "labels": LABELS, "masks": BYTES[..., :1]})
    with h5py.File(path, "a") as file:
        file["elsewhere"] = h5py.SoftLink("/images")
        deep = file.create_group("/".join("abcdefg"))
        deep["depth"] = LABELS
    notes = load_images(path).notes
    assert "not read: masks" in notes
    assert any(note.endswith("not looked into: a/b/c/d/e/f/g, elsewhere") for note in notes)
    with h5py.File(path, "a") as file:
        del file["images"], file["masks"]
    assert "only: labels (links, and what lies too deep" in refused(path)
