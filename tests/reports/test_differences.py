"""Which differences are beyond seeds and images, beside scipy's intervals and both ways."""

import numpy as np
import pytest
from scipy.stats import ttest_ind, ttest_rel

from latentscape.latent.measure import Measure
from latentscape.latent.sampling import Sampling
from latentscape.reports.differences import Difference, compared, difference, judged, judged_here

A = {0: 1.0, 1: 2.5, 2: 3.0, 3: 2.0}
B = {0: 1.9, 1: 3.1, 2: 4.2, 3: 2.4}


def test_the_same_seeds_are_compared_pair_by_pair():
    found = difference(A, B | {9: 100.0})  # a seed that one side lacks says nothing
    whole = ttest_rel(list(B.values()), list(A.values()))
    low, high = whole.confidence_interval(0.95)
    assert found.paired
    assert (found.low, found.high) == pytest.approx((low, high))
    assert found.mean == pytest.approx(0.775)
    two = difference({0: 1.0, 1: 2.0}, {0: 2.0, 1: 2.5})
    assert two.paired
    expected = ttest_rel([2.0, 2.5], [1.0, 2.0]).confidence_interval(0.95)
    assert (two.low, two.high) == pytest.approx(tuple(expected))


@pytest.mark.parametrize("shared", [0, 1])
def test_other_seeds_are_compared_by_welch(shared):
    other = {seed + 4 - shared: value for seed, value in B.items()} | {10: 6.0}
    found = difference(A, other)
    expected = ttest_ind(list(other.values()), list(A.values()), equal_var=False)
    assert not found.paired
    assert (found.low, found.high) == pytest.approx(tuple(expected.confidence_interval(0.95)))
    assert found.mean == pytest.approx(np.mean(list(other.values())) - 2.125)


def test_one_seed_of_either_has_no_interval_and_none_no_difference():
    assert difference({0: 1.0}, {0: 3.0}) == Difference(2.0)
    assert difference({0: 1.0}, {1: 3.0, 2: 5.0}) == Difference(3.0)
    assert difference({1: 3.0, 2: 5.0}, {0: 1.0}) == Difference(-3.0)
    assert difference({}, A) is None
    assert difference(A, {}) is None
    assert difference({0: 1.0, 1: 1.0}, {2: 3.0, 3: 3.0}) == Difference(2.0, 2.0, 2.0)


@pytest.mark.parametrize(
    ("low", "high", "error", "beyond"),
    [
        (0.1, 1.9, None, True),
        (-1.9, -0.1, None, True),
        (-0.1, 2.1, None, False),
        (0.0, 2.0, None, False),
        (0.1, 1.9, 0.5, True),  # 1 > 1.96 · 0.5
        (0.1, 1.9, 0.52, False),
        (None, None, 0.1, None),
    ],
)
def test_a_difference_is_beyond_both_spreads_or_not(low, high, error, beyond):
    mean = -1.0 if high is not None and high < 0 else 1.0
    assert Difference(mean, low, high, error=error).beyond is beyond


@pytest.mark.parametrize(
    ("mean", "direction", "word"),
    [
        (1.0, "higher", "better"),
        (-1.0, "higher", "worse"),
        (1.0, "lower", "worse"),
        (-1.0, "lower", "better"),
        (1.0, "neither", "differs"),
    ],
)
def test_the_direction_of_a_measure_says_what_is_better(mean, direction, word):
    sure = Difference(mean, mean - 0.1, mean + 0.1)
    unsure = Difference(mean, mean - 2, mean + 2)
    few, fewer = Difference(mean, error=0.1), Difference(mean, error=0.6)
    assert (judged(sure, direction), judged(unsure, direction)) == (word, "")
    assert (judged(few, direction), judged(None, direction)) == ("", "")
    assert (judged_here(few, direction), judged_here(fewer, direction)) == (word, "")
    assert (judged_here(sure, direction), judged_here(None, direction)) == ("", "")


def test_images_count_where_every_figure_knows_its_own():
    each = np.random.default_rng(0).normal(size=(2, 400))
    known = [Measure("mse", float(x.mean()), sampling=Sampling.of(x)) for x in each]
    found = compared({0: known[0]}, {0: known[1]})
    assert found.mean == pytest.approx(each[1].mean() - each[0].mean())
    assert found.error == pytest.approx((each[1] - each[0]).std(ddof=1) / 20, rel=0.01)
    assert found.paired_images
    bare = Measure("mse", 1.0)
    assert compared({0: known[0]}, {0: bare}).error is None
    assert compared({0: Measure("mse", reason="no")}, {0: bare}) is None


def test_equal_spreads_leave_an_interval():
    other = {seed + 10: value + 1 for seed, value in A.items()}
    expected = ttest_ind(list(other.values()), list(A.values()), equal_var=False)
    found = difference(A, other)
    assert (found.low, found.high) == pytest.approx(tuple(expected.confidence_interval(0.95)))
