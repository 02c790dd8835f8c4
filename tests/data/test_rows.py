"""Sets that stay on disk behave as the same sets in memory."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentscape.data import load_images
from latentscape.data.rows import Joined, Remaining, Rows
from latentscape.data.source import Source
from latentscape.data.splits import plan_splits

BASE = np.arange(60).reshape(20, 3)


@given(
    start=st.integers(0, 50),
    size=st.integers(0, 40),
    taken=st.sets(st.integers(0, 39)),
    more=st.sets(st.integers(0, 39)),
)
def test_what_remains_is_the_set_difference(start, size, taken, more):
    whole = np.arange(start, start + size)
    first = np.array(sorted(start + t for t in taken if t < size), np.int64)
    second = np.array(sorted(start + t for t in more if t < size), np.int64)
    left = Remaining(range(start, start + size), first).without(second)
    expected = np.setdiff1d(whole, np.union1d(first, second))
    assert len(left) == len(expected)
    assert np.array_equal(left, expected)
    assert np.array_equal(left[::2], expected[::2])
    backwards = np.arange(len(expected))[::-1]
    assert np.array_equal(left[backwards], expected[backwards])


@pytest.mark.parametrize(
    "chosen",
    [0, -1, slice(None), slice(2, -1, 2), np.array([3, 0, 0]), np.array([-1, 1]), [True] * 5],
)
def test_rows_are_indexed_as_an_array_is(chosen):
    positions = np.array([19, 0, 7, 8, 8])
    chosen = np.array(chosen) if isinstance(chosen, list) else chosen
    assert np.array_equal(Rows(BASE, positions)[chosen], BASE[positions][chosen])


def test_rows_have_an_arrays_shape_and_refuse_what_is_not_there():
    rows = Rows(BASE[10:], np.array([12, 11]), start=10)
    assert (rows.shape, rows.ndim, rows.size, rows.nbytes) == ((2, 3), 2, 6, 48)
    assert np.array_equal(rows, BASE[[12, 11]])
    assert np.array_equal(list(rows), BASE[[12, 11]])
    for outside in (2, -3, np.array([0, 2])):
        with pytest.raises(IndexError, match="2 rows"):
            rows[outside]


@pytest.fixture
def mapped(tmp_path, monkeypatch):
    """A file of images whose training split is too large for memory."""
    pixels = np.random.default_rng(0).integers(0, 256, (200, 6, 5, 3), dtype=np.uint8)
    np.save(tmp_path / "a.npy", pixels)
    np.save(tmp_path / "a-labels.npy", np.arange(200) % 3)
    whole = load_images(tmp_path / "a.npy")
    monkeypatch.setattr("latentscape.data.load.IN_MEMORY", 1000)
    return whole, load_images(tmp_path / "a.npy")


def test_a_large_training_split_stays_on_disk_and_is_the_same(mapped):
    memory, disk = mapped
    assert isinstance(disk.train.pixels, Rows)
    assert isinstance(disk.train.pixels.base.base, np.memmap)
    assert disk.shape == memory.shape
    assert disk.fingerprint == memory.fingerprint
    assert list(disk.train.ids) == list(memory.train.ids)
    assert np.array_equal(disk.train.take(np.array([5, 2])).pixels, memory.train.pixels[[5, 2]])
    for split in (disk.validation, disk.test):
        assert type(split.pixels) is not Rows


def test_names_of_arrays_are_made_when_asked_for(mapped):
    for part in (mapped[1].train, mapped[1].test):
        place = int(part.ids[-1].rpartition("[")[2].rstrip("]"))
        assert np.array_equal(part.pixels[-1], np.load(part.name)[place].transpose(2, 0, 1))
        assert part.ids[2:4] == [part.ids[2], part.ids[3]]
    with pytest.raises(IndexError):
        part.ids[len(part)]


@pytest.mark.parametrize("given", [{}, {"train": range(3000), "test": range(3000, 5000)}])
def test_many_images_are_split_without_listing_them(monkeypatch, given):
    monkeypatch.setattr("latentscape.data.splits._MANY", 100)
    source = Source("toy", None, (), range(5000), lambda sets: None, given)
    chosen = plan_splits(source)
    assert isinstance(chosen["train"], Remaining)
    assert sorted(np.concatenate([c[:] for c in chosen.values()])) == list(range(5000))
    assert all((np.diff(c[:]) > 0).all() for c in chosen.values())
    if not given:
        assert [len(c) for c in chosen.values()] == [3600, 400, 1000]
        assert abs(np.mean(chosen["test"]) - 2500) < 200
    assert np.array_equal(chosen["test"], plan_splits(source)["test"])


@given(data=st.data())
def test_joined_rows_are_those_of_the_arrays_put_together(data):
    sizes = data.draw(st.lists(st.integers(1, 5), min_size=1, max_size=4))
    whole = np.arange(2 * sum(sizes)).reshape(-1, 2)
    parts = np.split(whole, np.cumsum(sizes)[:-1])
    parts[-1] = Rows(parts[-1], np.arange(sizes[-1]))
    both = Joined(parts)
    places = data.draw(st.lists(st.integers(-len(whole), len(whole) - 1)))
    chosen = np.array(places, np.int64)
    np.testing.assert_array_equal(both[chosen], whole[chosen])
    np.testing.assert_array_equal(both[:], whole)
    assert (both.shape, both.dtype, len(both)) == (whole.shape, whole.dtype, len(whole))
    assert both.nbytes == whole.nbytes
