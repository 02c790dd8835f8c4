from dataclasses import replace

import numpy as np
import pytest

from latentscape.data import Images, Splits
from latentscape.data.table import Table


@pytest.fixture
def images():
    pixels = np.random.default_rng(0).integers(0, 256, (6, 3, 4, 5), dtype=np.uint8)
    labels = np.array([0, 1, 0, 1, 1, 0])
    return Images(pixels, labels, ("a", "b"), tuple("uvwxyz"), "toy")


def test_take_keeps_pixels_labels_and_ids_together(images):
    some = images.take(np.array([4, 0]))
    assert some.ids == ("y", "u")
    assert some.labels.tolist() == [1, 0]
    assert np.array_equal(some.pixels, images.pixels[[4, 0]])
    assert some.classes == images.classes


def test_fingerprint_depends_on_content_only(images, tmp_path):
    np.save(tmp_path / "p.npy", images.pixels)
    mapped = np.load(tmp_path / "p.npy", mmap_mode="r")
    same = replace(images, pixels=mapped, ids=range(6), name="other")
    assert same.fingerprint == images.fingerprint


def test_fingerprint_sees_every_part(images):
    flipped = images.pixels.copy()
    flipped[5, 2, 3, 4] ^= 1
    variants = [
        replace(images, pixels=flipped),
        replace(images, pixels=images.pixels.reshape(6, 3, 5, 4)),
        replace(images, labels=1 - images.labels),
        replace(images, classes=("a", "c")),
        replace(images, labels=None, classes=()),
    ]
    assert len({v.fingerprint for v in (images, *variants)}) == 1 + len(variants)


def test_splits_have_one_shape_and_a_fingerprint_of_all_three(images):
    a, b = images.take(np.arange(3)), images.take(np.arange(3, 6))
    assert Splits("toy", a, b, b).shape == (3, 4, 5)
    assert Splits("toy", a, b, b).fingerprint != Splits("toy", b, a, b).fingerprint


@pytest.mark.parametrize(
    "change",
    [
        {"pixels": np.zeros((6, 3, 4, 5), np.float32)},
        {"pixels": np.zeros((6, 2, 4, 5), np.uint8)},
        {"pixels": np.zeros((5, 3, 4, 5), np.uint8)},
        {"labels": np.array([0, 1, 0, 1, 1, 2])},
        {"labels": np.array([0, 1, 0, 1, 1, -1])},
        {"labels": np.zeros(5, np.int64)},
    ],
)
def test_parts_that_do_not_fit_are_refused(images, change):
    with pytest.raises(ValueError, match=r"pixels|ids|labels"):
        replace(images, **change)


def test_a_table_is_a_set_of_vectors_and_no_set_of_images():
    rows = np.random.default_rng(0).normal(size=(6, 3)).astype(np.float32)
    table = Table.of(rows, "toy")
    some = table.take(np.array([4, 0]))
    assert isinstance(some, Table) and not isinstance(some, Images)
    assert np.array_equal(some.pixels.reshape(2, 3), rows[[4, 0]]) and some.ids == ("4", "0")
    assert table.bounds == (-np.inf, np.inf) and Images.bounds == (0.0, 1.0)
    changed = Table.of(rows + np.float32(1e-6), "toy")
    assert table.fingerprint == Table.of(rows.copy(), "other").fingerprint != changed.fingerprint


@pytest.mark.parametrize(
    "change",
    [
        {"pixels": np.zeros((6, 1, 1, 3), np.uint8)},
        {"pixels": np.zeros((6, 1, 2, 3), np.float32)},
        {"labels": np.zeros(5, np.int64)},
        {"ids": ("a",)},
    ],
)
def test_a_table_of_other_shape_or_type_is_refused(change):
    table = Table.of(np.zeros((6, 3), np.float32), "toy")
    with pytest.raises(ValueError, match=r"rows|ids|labels"):
        replace(table, **change)
