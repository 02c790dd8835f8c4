import gzip
import hashlib
import os
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from latentscape.data import catalogue, load_images
from latentscape.data.catalogue import RemoteFile
from latentscape.data.digits import digits_source
from latentscape.data.download import data_folder
from latentscape.system.errors import LatentscapeError

MNIST_HERE = all((data_folder() / "mnist" / file.name).exists() for file in catalogue()[1].files)


@pytest.mark.parametrize("name", ["digits", "strokes", "dsprites"])
def test_the_catalogue_tells_the_truth(name):
    [info] = [info for info in catalogue() if info.name == name]
    splits = load_images(name)
    counts = [len(s) for s in (splits.train, splits.validation, splits.test)]
    assert counts == [info.train, info.validation, info.test]
    assert (splits.shape, splits.classes, splits.name) == (info.shape, info.classes, name)


@pytest.mark.skipif(not MNIST_HERE, reason="MNIST files not here (set LATENTSCAPE_DATA)")
def test_mnist_keeps_its_test_set():
    splits = load_images("mnist")
    assert [len(s) for s in (splits.train, splits.validation, splits.test)] == [55000, 5000, 10000]
    assert splits.test.labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    everything = np.concatenate([splits.train.pixels, splits.validation.pixels])
    assert round(everything.mean() / 255, 4) == 0.1307  # the training set's well-known mean
    shares = [np.bincount(s.labels) / len(s) for s in (splits.train, splits.validation)]
    assert np.abs(shares[0] - shares[1]).max() < 1e-3


@pytest.mark.skipif(not MNIST_HERE, reason="MNIST files not here (set LATENTSCAPE_DATA)")
def test_mnist_packed_by_others_is_mnist(monkeypatch, tmp_path):
    """As Debian packs it: without a name and a time in the header; or not packed at all."""
    published = load_images("mnist")
    folder = tmp_path / "mnist"
    folder.mkdir()
    for file in catalogue()[1].files:
        content = gzip.decompress((data_folder() / "mnist" / file.name).read_bytes())
        if "labels" in file.name:
            (folder / file.name.removesuffix(".gz")).write_bytes(content)
            (folder / file.name).write_bytes(b"rubbish beside it")
        else:
            (folder / file.name).write_bytes(gzip.compress(content, 1, mtime=0))
    monkeypatch.setenv("LATENTSCAPE_DATA", str(tmp_path))
    monkeypatch.setattr("latentscape.data.download.requests.get", None)  # no network is touched
    again = load_images("mnist")
    assert again.name == published.name == "mnist"
    for a, b in ((again.train, published.train), (again.test, published.test)):
        assert np.array_equal(a.pixels, b.pixels)
        assert np.array_equal(a.labels, b.labels)


def test_a_downloaded_source_has_its_class_names(monkeypatch, tmp_path):
    fashion = catalogue()[2]
    files = []
    for file in fashion.files:
        shape = (40, 8, 8) if "images" in file.name else (40,)
        values = (np.arange(np.prod(shape)) % 10).astype(np.uint8)
        head = bytes([0, 0, 8, len(shape)]) + struct.pack(f">{len(shape)}I", *shape)
        plain = head + values.tobytes()
        content = gzip.compress(plain)
        path = tmp_path / "fashion-mnist" / file.name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        digests = [hashlib.sha256(part).hexdigest() for part in (content, plain)]
        files.append(RemoteFile(file.name, len(content), digests[0], len(plain), digests[1]))
    here = replace(fashion, files=tuple(files))
    monkeypatch.setattr("latentscape.data.opening.catalogue", lambda: (here,))
    monkeypatch.setenv("LATENTSCAPE_DATA", str(tmp_path))
    splits = load_images("fashion-mnist")
    assert splits.classes == fashion.classes
    assert splits.classes[splits.test.labels[9]] == "Ankle boot"


def test_digits_shrink_back_to_what_they_came_from():
    splits = load_images("digits")
    counts, labels = load_digits(return_X_y=True)
    for images in (splits.train, splits.test):
        for pixels, label, name in zip(images.pixels[:50], images.labels, images.ids, strict=False):
            place = int(name.removeprefix("digits[").removesuffix("]"))
            small = Image.fromarray(pixels[0]).resize((10, 10), Image.Resampling.BOX)
            ink = np.asarray(small)[1:-1, 1:-1].ravel()
            assert labels[place] == label
            assert np.corrcoef(ink, counts[place])[0, 1] > 0.9


def test_what_one_does_to_its_digits_is_not_done_to_those_of_another():
    mine = load_images("digits")
    before = mine.fingerprint
    for part in mine.parts.values():
        part.pixels[:] = 0
        part.labels[:] = 0
    assert load_images("digits").fingerprint == before != mine.train.fingerprint
    source = digits_source()
    for batch in source.read([np.arange(1797)]).batches:
        batch.pixels[:] = 0
    source.labels[:] = 0
    assert load_images("digits").fingerprint == before


def test_digits_have_a_margin_and_are_mostly_black_or_white():
    pixels = load_images("digits").train.pixels
    assert pixels[:, :, [0, 1, -2, -1]].max() == 0
    assert ((pixels < 30) | (pixels > 225)).mean() > 0.85


def test_the_same_seed_loads_the_same_and_another_does_not():
    first, again, other = (load_images("digits", limit=50, seed=s) for s in (0, 0, 1))
    assert first.fingerprint == again.fingerprint != other.fingerprint
    assert load_images(first.name, **first.options).fingerprint == first.fingerprint


def test_size_resizes_arrays():
    splits = load_images("digits", size=14, limit=50)
    whole = load_images("digits", limit=50)
    assert splits.shape == (1, 14, 14)
    means = [s.train.pixels.mean(axis=(1, 2, 3)) for s in (splits, whole)]
    assert np.corrcoef(*means)[0, 1] > 0.99


def test_size_cuts_arrays_that_are_not_square(tmp_path):
    wide = np.zeros((9, 6, 10, 3), np.uint8)
    wide[:, :, 2:8] = (10, 20, 30)
    np.save(tmp_path / "a.npy", wide)
    splits = load_images(tmp_path / "a.npy", size=3)
    assert (splits.train.pixels == np.array([10, 20, 30])[:, None, None]).all()
    assert splits.notes == (
        "images of 10×6 were cut to their central square",
        "all pictures are equal; look at the files",
    )


@pytest.mark.parametrize(
    ("source", "way"),
    [
        ("mnsit", "did you mean mnist"),
        ("nowhere/at/all", "give a path or one of digits, mnist, fashion-mnist, strokes"),
    ],
)
def test_an_unknown_source_is_named_with_a_way_out(source, way):
    with pytest.raises(LatentscapeError, match=f"no source, file or folder '{source}'; {way}"):
        load_images(source)


@pytest.mark.parametrize("source", ["", "a\0b", "long" * 2000])
def test_names_that_no_file_can_have(source):
    with pytest.raises(LatentscapeError, match="there is no source, file or folder"):
        load_images(source)


def test_files_of_other_kinds_are_refused(tmp_path):
    (tmp_path / "a.csv").write_text("1,2")
    with pytest.raises(LatentscapeError, match=r"a\.csv' is not a kind of file"):
        load_images(tmp_path / "a.csv")


@pytest.mark.parametrize("options", [{"size": 0}, {"limit": 0}, {"limit": -3}])
def test_nonsense_sizes_are_refused(options):
    with pytest.raises(LatentscapeError, match=r"is (0|-3); "):
        load_images("digits", **options)


def test_a_name_goes_before_a_path_of_that_name(tmp_path, monkeypatch):
    (tmp_path / "digits").mkdir()
    monkeypatch.chdir(tmp_path)
    assert len(load_images("digits").train) == 1294
    for path in (Path("digits"), f".{os.sep}digits"):
        with pytest.raises(LatentscapeError, match="no picture in"):
            load_images(path)


@pytest.mark.parametrize("labels", [np.zeros(12, int), np.array([5] * 6 + [900] * 6), None])
def test_constant_images_duplicates_and_odd_labels(tmp_path, labels):
    arrays = {"images": np.zeros((12, 5, 5), np.uint8)}
    if labels is not None:
        arrays["labels"] = labels
    np.savez(tmp_path / "a.npz", **arrays)
    splits = load_images(tmp_path / "a.npz")
    expected = () if labels is None else tuple(str(v) for v in np.unique(labels))
    assert splits.classes == expected


def test_a_single_image_is_refused_with_the_reason(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros((1, 5, 5), np.uint8))
    with pytest.raises(LatentscapeError, match="holds 1 image; training, validation and test"):
        load_images(tmp_path / "a.npy")
