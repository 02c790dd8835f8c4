"""What the space tells of columns, against scikit-learn's own neighbours and probes."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from latentscape.latent.column_measures import KnownColumn, column_measures, neighbours_guess


@pytest.fixture(scope="module")
def codes():
    rng = np.random.default_rng(0)
    return rng.normal(size=(600, 3)) * [1, 5, 0.2], rng.normal(size=(300, 3)) * [1, 5, 0.2]


def known(codes, of):
    return KnownColumn(*(of(z) for z in codes))


def share(guessed, truth, values):
    if truth.dtype.kind == "f":
        return 1 - np.square(guessed - truth).sum() / np.square(truth - values.mean()).sum()
    commonest = np.bincount(values).argmax()
    return 1 - (guessed != truth).sum() / (truth != commonest).sum()


def test_numbers_are_told_as_scikit_learn_tells_them(codes):
    column = known(codes, lambda z: np.sin(z[:, 0]) + z[:, 1] / 5)
    knn, linear = column_measures(*codes, {"x": column})
    model = KNeighborsRegressor(10).fit(codes[0], column.train)
    assert knn.value == pytest.approx(share(model.predict(codes[1]), column.test, column.train))
    model = make_pipeline(StandardScaler(), Ridge(1.0)).fit(codes[0], column.train)
    expected = share(model.predict(codes[1]), column.test, column.train)
    assert linear.value == pytest.approx(expected)
    assert 0 < linear.parts[0].error < 0.1


def test_categories_are_told_as_scikit_learn_tells_them(codes):
    column = known(codes, lambda z: (z[:, 0] > 0.6).astype(np.int64) + (z[:, 0] < -1))
    knn, linear = column_measures(*codes, {"k": column})
    model = KNeighborsClassifier(10).fit(codes[0], column.train)
    guessed = neighbours_guess(codes[0], column.train, codes[1])
    votes = np.sort(model.predict_proba(codes[1]), axis=1)
    clear = votes[:, -1] > votes[:, -2]  # equal votes go to the nearest here
    assert clear.mean() > 0.8
    np.testing.assert_array_equal(guessed[clear], model.predict(codes[1])[clear])
    assert knn.value == pytest.approx(share(guessed, column.test, column.train))
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(codes[0], column.train)
    expected = share(model.predict(codes[1]), column.test, column.train)
    assert linear.value == pytest.approx(expected, abs=1e-6)


def test_what_the_space_does_not_know_is_not_told(codes):
    rng = np.random.default_rng(1)
    columns = {
        "noise": known(codes, lambda z: rng.normal(size=len(z))),
        "coin": known(codes, lambda z: rng.integers(0, 2, len(z))),
        "x": known(codes, lambda z: z[:, 1]),
    }
    knn, linear = column_measures(*codes, columns)
    noise, coin, x = linear.parts
    assert abs(noise.value) < 0.05 and abs(coin.value) < 0.2 and x.value > 0.999
    assert linear.value == pytest.approx(np.mean([noise.value, coin.value, x.value]))
    assert knn.parts[0].value < 0.1


def test_missing_values_are_left_out_on_both_sides(codes):
    whole = known(codes, lambda z: z[:, 0])
    holes = [each.copy() for each in (whole.train, whole.test)]
    for each in holes:
        each[::3] = np.nan
    there = [np.arange(len(z)) % 3 > 0 for z in codes]
    found = column_measures(*codes, {"x": KnownColumn(*holes)})
    some = [z[t] for z, t in zip(codes, there, strict=True)]
    expected = column_measures(
        *some, {"x": KnownColumn(whole.train[there[0]], whole.test[there[1]])}
    )
    for mine, theirs in zip(found, expected, strict=True):
        assert mine.value == pytest.approx(theirs.value)
        assert mine.parts[0].sample == there[1].sum()


@pytest.mark.parametrize(
    ("of", "said"),
    [
        (lambda z: np.ones(len(z)), "same value"),
        (lambda z: np.where(np.arange(len(z)) < 5, 1.0, np.nan), "only 5 train"),
        (lambda z: np.arange(len(z)), "600 different values"),
        (lambda z: (np.arange(len(z)) < 400 - len(z)).astype(np.int64), "without a code"),
    ],
)
def test_what_cannot_be_told_says_why(codes, of, said):
    column = known(codes, of)
    if said == "without a code":
        column = KnownColumn((np.arange(600) < 9).astype(np.int64), np.zeros(300, np.int64))
    for measure in column_measures(*codes, {"x": column}):
        assert measure.value is None
        assert said in measure.parts[0].reason
    assert "no table" in column_measures(*codes, {})[0].reason
