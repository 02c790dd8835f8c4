import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentscape.data.source import Source
from latentscape.data.splits import plan_splits, stratified
from latentscape.system.errors import LatentscapeError


def source(n, labels=None, given=None):
    def read(indices):
        raise AssertionError("splits are planned without reading")

    classes = tuple(map(str, range(10)))
    return Source("toy", labels, classes, range(n), read, given or {})


@given(
    labels=st.lists(st.integers(0, 9), min_size=3, max_size=300),
    labelled=st.booleans(),
    limit=st.none() | st.integers(1, 300),
    seed=st.integers(0, 5),
)
def test_splits_are_disjoint_sorted_nonempty_and_reproducible(labels, labelled, limit, seed):
    toy = source(len(labels), np.array(labels) if labelled else None)
    chosen = plan_splits(toy, limit, seed)
    everything = np.concatenate(list(chosen.values()))
    assert list(chosen) == ["train", "validation", "test"]
    assert len(np.unique(everything)) == len(everything) <= len(labels)
    assert all(len(c) and (np.diff(c[:]) > 0).all() for c in chosen.values())
    again = plan_splits(toy, limit, seed)
    assert all(np.array_equal(chosen[k], again[k]) for k in chosen)
    whole = plan_splits(toy, None, seed)
    assert sum(map(len, whole.values())) == len(labels)
    if limit is not None:
        assert len(chosen["train"]) == min(limit, len(whole["train"]))
        assert all(np.isin(chosen[k], whole[k]).all() for k in chosen)


@given(
    sizes=st.lists(st.integers(1, 60), min_size=1, max_size=8),
    share=st.floats(0, 1),
    seed=st.integers(0, 3),
)
def test_each_class_is_chosen_in_proportion(sizes, share, seed):
    labels = np.repeat(np.arange(len(sizes)), sizes)
    count = round(share * len(labels))
    picked = stratified(np.arange(len(labels)), labels, count, np.random.default_rng(seed))
    assert len(picked) == count
    exact = count * np.array(sizes) / len(labels)
    drawn = np.bincount(labels[picked], minlength=len(sizes))
    assert (np.abs(drawn - exact) < 1).all()  # the quota rule of largest remainders


def test_rare_classes_stay_in_training():
    labels = np.array([0] * 40 + [1, 2, 3])
    chosen = plan_splits(source(43, labels))
    assert set(labels[chosen["train"][:]]) == {0, 1, 2, 3}


def test_a_sources_own_splits_are_kept():
    own = {"train": range(60_000), "test": range(60_000, 70_000)}
    chosen = plan_splits(source(70_000, given=own))
    assert np.array_equal(chosen["test"], own["test"])
    assert (len(chosen["train"]), len(chosen["validation"])) == (55_000, 5_000)
    assert np.max(chosen["validation"]) < 60_000


def test_other_seeds_choose_other_images():
    assert not np.array_equal(
        plan_splits(source(100))["test"], plan_splits(source(100), seed=1)["test"]
    )


def test_limit_shrinks_all_splits_alike():
    labels = np.tile(np.arange(10), 700)
    chosen = plan_splits(source(7000, labels), limit=504)
    assert [len(c) for c in chosen.values()] == [504, 56, 140]
    assert set(np.bincount(labels[chosen["test"]])) == {14}


@pytest.mark.parametrize("n", [0, 1, 2])
def test_too_few_images_are_refused(n):
    with pytest.raises(LatentscapeError, match=rf"'toy' holds {n} image"):
        plan_splits(source(n))


def test_too_few_images_of_a_given_split_are_named():
    own = {"train": range(1), "test": range(1, 5)}
    with pytest.raises(LatentscapeError, match="holds 1 train \\+ 4 test images"):
        plan_splits(source(5, given=own))


def test_a_limit_below_one_is_refused():
    with pytest.raises(LatentscapeError, match="limit is 0"):
        plan_splits(source(9), limit=0)


def test_splits_without_a_training_one_are_refused():
    own = {"validation": range(3), "test": range(3, 9)}
    with pytest.raises(LatentscapeError, match="validation and test images but none to train on"):
        plan_splits(source(9, given=own))
