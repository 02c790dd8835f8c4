"""Agreement of clusters with classes, against scikit-learn's of lists of labels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

from latentscape.latent.cluster_agreement import (
    adjusted_mutual_information,
    adjusted_rand,
    counting,
)
from latentscape.latent.cluster_measures import agreement
from latentscape.latent.sampling import resamples

SCORES = {
    adjusted_rand: adjusted_rand_score,
    adjusted_mutual_information: adjusted_mutual_info_score,
}


@given(
    st.lists(st.tuples(st.integers(-1, 4), st.integers(0, 5)), min_size=2, max_size=40),
    st.randoms(use_true_random=False),
)
def test_scores_of_any_rows_are_scikit_learn_s(pairs, chance):
    labels, found = np.array(pairs).T
    shared = counting(labels, found)
    rows = np.array([chance.randrange(len(pairs)) for _ in pairs])
    for chosen in (np.arange(len(pairs)), rows):
        for own, known in SCORES.items():
            expected = known(labels[chosen], found[chosen])
            assert own(shared(chosen)) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("score", SCORES)
def test_a_measure_and_its_error_are_of_scikit_learn_s_scores(score):
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 10, 700)
    found = np.where(rng.random(700) < 0.6, labels, rng.integers(0, 12, 700))
    measure, known = agreement("ari", score, labels, found, seed=3), SCORES[score]
    assert measure.value == pytest.approx(known(labels, found), rel=1e-12)
    again = [known(labels[rows], found[rows]) for rows in resamples(700, seed=3)]
    assert measure.error == pytest.approx(np.std(again, ddof=1), rel=1e-9)
