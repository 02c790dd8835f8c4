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
    with h5py.File(tmp_path / "lists.h5", "w") as file:
        file["images"] = BYTES
        lists = file.create_dataset("labels", (20,), h5py.vlen_dtype(np.int64))
        lists[0] = [1, 2]
    assert "holds lists of varying length" in refused(tmp_path / "lists.h5")


NAMES = np.array([("cat", "Dögge", "", "newt " * 40)[i % 4] for i in range(20)], dtype=object)


@pytest.mark.parametrize("version", ["earliest", "latest"])
@pytest.mark.parametrize("shape", [(20,), (20, 1)])
@pytest.mark.parametrize("packing", [{}, {"chunks": True}, {"chunks": (7, 1), "maxshape": (99, 1)}])
def test_names_of_varying_length_are_those_that_h5py_reads(tmp_path, version, shape, packing):
    packing = {n: v if v is True else v[: len(shape)] for n, v in packing.items()}
    with h5py.File(tmp_path / "a.h5", "w", libver=version) as file:
        file["images"] = BYTES
        kind = h5py.string_dtype()
        file.create_dataset("labels", data=NAMES.reshape(shape), dtype=kind, **packing)
        wanted = file["labels"].asstr()[()].reshape(-1).tolist()
    assert hdf5_parts(tmp_path / "a.h5")["all"].labels.tolist() == wanted == NAMES.tolist()


def test_names_that_are_packed_damaged_or_no_names_are_refused(tmp_path):
    def kept(name, names, **packing):
        with h5py.File(tmp_path / name, "w") as file:
            file["images"] = BYTES
            file.create_dataset("labels", data=names, dtype=h5py.string_dtype(), **packing)
        return tmp_path / name

    assert "packed texts" in refused(kept("a.h5", NAMES, chunks=(7,), compression="gzip"))
    assert "a text of 2,000 bytes, which is no label" in refused(kept("b.h5", ["x" * 2000] * 20))
    path = kept("c.h5", NAMES)
    whole = path.read_bytes()
    heap = whole.index(b"GCOL")
    path.write_bytes(whole.replace(b"GCOL", b"GCOX"))
    assert "texts of '" in refused(path) and "are damaged" in refused(path)
    with h5py.File(kept("d.h5", NAMES)) as file:
        first = file["labels"].id.get_offset()
    assert whole[first : first + 4] == (3).to_bytes(4, "little")  # of "cat"
    path.write_bytes(whole[:first] + (9).to_bytes(4, "little") + whole[first + 4 :])
    assert "are damaged" in refused(path)
    path.write_bytes(whole[: heap + 8] + (1 << 62).to_bytes(8, "little") + whole[heap + 16 :])
    assert "are damaged" in refused(path)
    with h5py.File(path, "r+") as file:
        file.create_dataset("more", data=[b"\xff"] * 3, dtype=h5py.string_dtype("ascii"))
    with h5py.File(path, "w") as file:
        file["images"] = BYTES
        file.create_dataset("labels", data=[b"\xff"] * 20, dtype=h5py.string_dtype())
    assert "cannot read" in refused(path)


def test_heaps_that_lie_in_one_another_are_not_read_again_and_again(tmp_path):
    """Each text names another place within one heap, which begins with what looks like a heap."""
    count, step = 2000, 16
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["images"] = np.zeros((count, 2, 2), np.uint8)
        file["labels"] = np.array(["x"] * count, dtype=object)
        offset = file["labels"].id.get_offset()
    content = bytearray((tmp_path / "a.h5").read_bytes())
    end = len(content)
    for i in range(count):
        reference = (1).to_bytes(4, "little") + (end + step * i).to_bytes(8, "little")
        content[offset + 16 * i : offset + 16 * i + 12] = reference
    content += (b"GCOL\x01\0\0\0" + (step * count).to_bytes(8, "little")) * (2 * count)
    (tmp_path / "a.h5").write_bytes(content)
    assert "are damaged" in refused(tmp_path / "a.h5")


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
