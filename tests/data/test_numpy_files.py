import io
import pickle
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from latentscape.data import load_images
from latentscape.data.numpy_files import npy_part, npz_parts
from latentscape.system.errors import LatentscapeError

PIXELS = np.random.default_rng(0).integers(0, 256, (40, 5, 6), dtype=np.uint8)
LABELS = np.arange(40) % 4


class Bomb:
    """Says so if it is ever unpickled."""

    def __reduce__(self):
        return exec, ("raise SystemExit('a pickle was run')",)


def pickled():
    array = np.empty(3, object)
    array[:] = [Bomb()] * 3
    return array


def header(shape, descr="|u1"):
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        buffer, {"shape": shape, "fortran_order": False, "descr": descr}
    )
    return buffer.getvalue()


def zipped(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_npy_bytes_stay_on_disk(tmp_path):
    np.save(tmp_path / "a.npy", PIXELS)
    pixels = npy_part(tmp_path / "a.npy").pixels
    assert np.array_equal(pixels[:, 0], PIXELS)
    assert isinstance(pixels, np.memmap)


@pytest.mark.parametrize("array", [PIXELS / 255, np.asfortranarray(PIXELS), PIXELS[..., None]])
def test_npy_of_other_layouts(tmp_path, array):
    np.save(tmp_path / "a.npy", array)
    assert np.array_equal(npy_part(tmp_path / "a.npy").pixels[:, 0], PIXELS)


def test_npy_labels_lie_beside(tmp_path):
    np.save(tmp_path / "a.npy", PIXELS)
    np.save(tmp_path / "a-labels.npy", np.array(["cat", "dog", "ant", "bee"])[LABELS])
    splits = load_images(tmp_path / "a.npy")
    assert splits.classes == ("ant", "bee", "cat", "dog")
    for images in (splits.train, splits.validation, splits.test):
        for pixels, label in zip(images.pixels, images.labels, strict=True):
            [place] = np.flatnonzero((pixels[0] == PIXELS).all(axis=(1, 2)))
            assert splits.classes[label] == ("cat", "dog", "ant", "bee")[LABELS[place]]


@pytest.mark.parametrize(
    "keys", [("images", "labels"), ("x", "y"), ("X", "y"), ("arr_0", "labels"), ("faces", "y")]
)
def test_npz_names(tmp_path, keys):
    np.savez(tmp_path / "a.npz", **dict(zip(keys, (PIXELS, LABELS), strict=True)))
    [part] = npz_parts(tmp_path / "a.npz").values()
    assert np.array_equal(part.pixels[:, 0], PIXELS)
    assert np.array_equal(part.labels, LABELS)


@pytest.mark.parametrize(
    "pattern", ["x_{}|y_{}|val", "{}_images|{}_labels|val", "images_{}|labels_{}|validation"]
)
def test_npz_splits_are_kept(tmp_path, pattern):
    images, labels, val = pattern.split("|")
    parts = {"train": slice(0, 25), val: slice(25, 30), "test": slice(30, 40)}
    arrays = {images.format(k): PIXELS[s] for k, s in parts.items()}
    arrays |= {labels.format(k): LABELS[s][:, None] for k, s in parts.items()}
    np.savez_compressed(tmp_path / "a.npz", **arrays)
    splits = load_images(tmp_path / "a.npz")
    assert np.array_equal(splits.train.pixels[:, 0], PIXELS[:25])
    assert np.array_equal(splits.validation.labels, LABELS[25:30])
    assert np.array_equal(splits.test.pixels[:, 0], PIXELS[30:])


def test_pickles_are_refused_and_never_run(tmp_path):
    np.save(tmp_path / "a.npy", pickled(), allow_pickle=True)
    np.savez(tmp_path / "b.npz", images=pickled(), allow_pickle=True)
    np.savez(tmp_path / "c.npz", images=PIXELS, labels=pickled(), allow_pickle=True)
    for name in ("a.npy", "b.npz", "c.npz"):
        with pytest.raises(LatentscapeError, match="could run code and are never loaded"):
            load_images(tmp_path / name)
    (tmp_path / "d.npy").write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(LatentscapeError, match="pickles are not read"):
        load_images(tmp_path / "d.npy")


@pytest.mark.parametrize("shape", [(2**40, 28, 28), (2**62, 2**62, 4), (41, 5, 6)])
def test_claims_beyond_the_file_are_refused(tmp_path, shape):
    content = header(shape) + PIXELS.tobytes()
    (tmp_path / "a.npy").write_bytes(content)
    zipped(tmp_path / "a.npz", {"images.npy": content})
    for name in ("a.npy", "a.npz"):
        with pytest.raises(LatentscapeError, match=r"claims [\d,]+ bytes"):
            load_images(tmp_path / name)


def test_a_zip_that_unpacks_beyond_the_limit_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("latentscape.data.source.LARGEST", 1_000_000)
    bomb = header((2000, 28, 28)) + bytes(2000 * 28 * 28)
    zipped(tmp_path / "a.npz", {"images.npy": bomb})
    with pytest.raises(LatentscapeError, match="claims 1,568,000 bytes, but at most"):
        load_images(tmp_path / "a.npz")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.npy", b"", "is empty"),
        ("a.npz", b"", "cannot read"),
        ("a.npy", header((-3, 4, 4)), "claims shape"),
        ("a.npy", header((4, 4, 4), [("x", "<f4")]), "plain numbers"),
        ("a.npy", b"\x93NUMPY\1\0\xff\xff" + b"(" * 60_000, "not an array"),
    ],
)
def test_other_files_are_told_why(tmp_path, name, content, reason):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(LatentscapeError, match=reason) as caught:
        load_images(tmp_path / name)
    assert str(tmp_path / name) in str(caught.value)


def test_an_archive_without_images_lists_what_it_holds(tmp_path):
    np.savez(tmp_path / "a.npz", weights=LABELS, bias=LABELS)
    with pytest.raises(LatentscapeError, match="only: weights, bias"):
        load_images(tmp_path / "a.npz")


def test_labels_that_do_not_match(tmp_path):
    np.savez(tmp_path / "a.npz", images=PIXELS, labels=LABELS[1:])
    with pytest.raises(LatentscapeError, match="40 images but 39 labels"):
        load_images(tmp_path / "a.npz")
    np.savez(tmp_path / "a.npz", images=PIXELS, labels=np.eye(40))
    with pytest.raises(LatentscapeError, match=r"float64 of shape \(40, 40\)"):
        load_images(tmp_path / "a.npz")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(data=st.data(), name=st.sampled_from(["a.npy", "a.npz", "inside"]))
def test_damaged_files_fail_with_a_sentence(tmp_path, data, name):
    buffer = io.BytesIO()
    if name == "a.npz":
        np.savez_compressed(buffer, images=PIXELS[:3], labels=LABELS[:3])
    else:
        np.save(buffer, PIXELS[:3])
    content = bytearray(buffer.getvalue())
    for _ in range(data.draw(st.integers(0, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    content = content[: data.draw(st.integers(0, len(content)))]
    path = tmp_path / name
    if name == "inside":
        path = zipped(tmp_path / "b.npz", {"images.npy": bytes(content)})
    else:
        path.write_bytes(content)
    try:
        assert load_images(path).train.pixels.size <= 90
    except LatentscapeError as error:
        assert str(path) in str(error)


def test_an_empty_file_and_one_that_cannot_be_opened_are_told(tmp_path):
    (tmp_path / "empty.npy").write_bytes(b"")
    with pytest.raises(LatentscapeError, match=r"empty\.npy' is empty"):
        load_images(tmp_path / "empty.npy")
    (tmp_path / "folder.npy").mkdir()
    with pytest.raises(LatentscapeError, match=r"cannot read '.*folder\.npy' \(is a directory\)"):
        npy_part(tmp_path / "folder.npy")


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"x_test": PIXELS[:, :4], "y_test": LABELS}, "make them equal"),
        ({"x_test": PIXELS}, "only one has labels"),
    ],
)
def test_splits_that_do_not_fit_each_other(tmp_path, other, reason):
    path = tmp_path / "a.npz"
    np.savez(path, x_train=PIXELS, y_train=LABELS, **other)
    with pytest.raises(LatentscapeError, match=reason):
        load_images(path)


def test_a_small_archive_unpacks_to_no_large_memory(tmp_path, monkeypatch):
    monkeypatch.setattr("latentscape.data.source._ROOM", 1 << 20)
    np.savez_compressed(tmp_path / "bomb.npz", images=np.zeros((4000, 28, 28), np.uint8))
    with pytest.raises(LatentscapeError, match=r"claims 3,136,000 bytes, but at most"):
        load_images(tmp_path / "bomb.npz", limit=100)
    shapes = np.zeros((2000, 28, 28), np.uint8)
    shapes[:, 9:20:5, 9:20:3] = np.arange(2000)[:, None, None]  # as drawn shapes are
    np.savez_compressed(tmp_path / "shapes.npz", images=shapes)
    assert len(load_images(tmp_path / "shapes.npz", limit=100).train) == 100


@pytest.mark.parametrize(
    ("values", "scale", "brightest"),
    [
        (np.arange(200, dtype=np.uint16), "0,255", 199),
        (np.arange(4096, dtype=np.uint16), "0,4095", 255),
        (np.arange(-1024, 3072, dtype=np.int16), "-1024,3071", 255),
        (np.arange(2, dtype=np.uint8), "0,1", 255),
        (np.arange(2, dtype=np.int64), "0,1", 255),
        (np.arange(256, dtype=np.float32), "0,255", 255),
        (np.linspace(-1, 1, 9, dtype=np.float32), "-1,1", 255),
        (np.array([0, 1.0000001]), "dtype", 255),
    ],
)
def test_values_are_scaled_by_the_whole_set_and_again_alike(tmp_path, values, scale, brightest):
    array = np.resize(values, (8, 64, 64))
    np.savez(tmp_path / "a.npz", x_train=array, x_test=array[::-1])
    splits = load_images(tmp_path / "a.npz")
    assert splits.preparation.scale == scale
    assert (splits.train.pixels.min(), splits.train.pixels.max()) == (0, brightest)
    again = load_images(tmp_path / "a.npz", **splits.preparation.to_json())
    assert again.fingerprint == splits.fingerprint


def test_labels_may_be_bytes_or_a_column(tmp_path):
    images, names = np.zeros((9, 4, 4), np.uint8), np.array(["é", "b", "c"] * 3)
    encoded = np.char.encode(names, "utf-8")
    np.savez(tmp_path / "a.npz", images=images, labels=encoded[:, None])
    np.save(tmp_path / "b.npy", images)
    np.save(tmp_path / "b-labels.npy", encoded[:, None])
    for file in ("a.npz", "b.npy"):
        assert load_images(tmp_path / file).classes == ("b", "c", "é")
    np.save(tmp_path / "b-labels.npy", np.char.encode(names, "latin-1"))
    with pytest.raises(LatentscapeError, match=r"names in '.*b-labels.npy' are no UTF-8"):
        load_images(tmp_path / "b.npy")


def test_arrays_of_an_archive_that_are_not_read_are_named(tmp_path):
    images = np.zeros((20, 4, 4), np.uint8)
    others = {f"extra_{i}": np.arange(20) for i in range(12)}
    np.savez(tmp_path / "a.npz", images=images, labels=np.arange(20) % 2, **others)
    names = ", ".join(f"extra_{i}" for i in range(10))
    assert f"not read: {names}, 2 more" in load_images(tmp_path / "a.npz").notes
    np.savez(tmp_path / "b.npz", x_train=images, y_train=np.arange(20) % 2)
    assert not [note for note in load_images(tmp_path / "b.npz").notes if "not read" in note]
