"""Does the space know what else is known of images? Fitted on train codes, scored on test codes.

Every column is scored on one scale, the share told of what is not known without the code,

    1 − Σ e / Σ e₀,

e the squared error of a number (for a number this is R²) or whether a category is missed, e₀ that
of always guessing the train codes' mean, or their commonest category. 0 is no better than that
guess, 1 is always right; below 0 is worse.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, Ridge

from latentscape.latent.arrays import Floats, sample_size, subset
from latentscape.latent.measure import Measure
from latentscape.latent.neighbours import nearest
from latentscape.latent.sampling import Rows
from latentscape.latent.standard import Standard
from latentscape.latent.structure import vote

K = 10
FEWEST = 2 * K  # train codes with a value
FITTED, MOST_CLASSES = 20_000, 200  # what a linear probe is fitted on
KEYS = ("column_knn", "column_linear")
Values = NDArray[np.float64] | NDArray[np.int64]
Guess = Callable[[Floats, Values, Floats], Values]


@dataclass(frozen=True)
class KnownColumn:
    """What is known of the images of two sets of codes.

    Attributes:
        train: of N codes: numbers, NaN where one is missing; or categories, −1 where one is.
        test: of M codes, alike.
    """

    train: Values
    test: Values

    @property
    def is_numeric(self) -> bool:
        """Whether values are numbers, not categories."""
        return bool(np.issubdtype(self.train.dtype, np.floating))


def column_measures(
    train: Floats, test: Floats, columns: Mapping[str, KnownColumn], seed: int = 0
) -> tuple[Measure, ...]:
    """Give `column_knn` and `column_linear`, each the mean over columns, with a part for each.

    Args:
        train: codes (N, d).
        test: codes (M, d), of which a seeded sample is scored where they are wide.
        columns: what is known of both, by name.
        seed: of the sample, and of resamples.

    Example:
        >>> z = np.random.default_rng(0).normal(size=(400, 2))
        >>> known = {"x": KnownColumn(z[:200, 0], z[200:, 0])}
        >>> knn, linear = column_measures(z[:200], z[200:], known)
        >>> knn.value > 0.9, linear.value > 0.999
        (True, True)
    """
    if not columns:
        return tuple(Measure(key, reason="no table says anything of the images") for key in KEYS)
    rows = subset(len(test), max(1000, 640_000 // train.shape[1]), seed)
    guesses: tuple[Guess, ...] = (neighbours_guess, linear_guess)
    return tuple(
        _mean_of(
            key, [_told(name, guess, train, test, rows, c, seed) for name, c in columns.items()]
        )
        for key, guess in zip(KEYS, guesses, strict=True)
    )


def neighbours_guess(train: Floats, values: Values, test: Floats) -> Values:
    """Guess by the 10 nearest train codes: their mean, or their commonest category.

    Args:
        train: codes (N, d).
        values: theirs (N,), none missing.
        test: codes (M, d).
    """
    found = nearest(train, test, K)[1]
    if np.issubdtype(values.dtype, np.floating):
        return np.asarray(values[found].mean(axis=1))
    return vote(found, values.astype(np.int64)).astype(np.int64)


def linear_guess(train: Floats, values: Values, test: Floats) -> Values:
    """Guess by a linear model of codes standardised by the train codes: ridge, or logistic.

    Args:
        train: codes (N, d).
        values: theirs (N,), none missing.
        test: codes (M, d).
    """
    some = subset(len(train), FITTED, 0)
    standard = Standard.of(train, some)
    numeric = np.issubdtype(values.dtype, np.floating)
    model = Ridge(1.0, copy_X=False) if numeric else LogisticRegression(max_iter=100)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(standard.of_rows(train, some), values[some])
    return np.asarray(standard.predicted(model, test))


def _told(
    name: str,
    guess: Guess,
    train: Floats,
    test: Floats,
    rows: Rows,
    column: KnownColumn,
    seed: int,
) -> Measure:
    """The share that one column's guesses tell of what a constant guess misses."""
    known, asked = _there(column.train), rows[_there(column.test[rows])]
    if known.sum() < FEWEST or len(asked) < 2:
        few = f"{int(known.sum())} train and {len(asked)} test codes have a value"
        return Measure(name, reason=f"only {few}")
    values, truth = column.train[known], column.test[asked]
    if len(np.unique(values)) == 1:
        return Measure(name, reason="all train codes have the same value")
    if not column.is_numeric and len(np.unique(values)) > MOST_CLASSES:
        return Measure(name, reason=f"it has {len(np.unique(values)):,} different values")
    there = train if known.all() else train[known]
    errors = _misses(guess(there, values, test[asked]), truth)
    baseline = _misses(np.full(len(truth), _constant(values)), truth)
    if not baseline.any():
        return Measure(name, reason="all test codes have the value that is guessed without a code")

    def share(chosen: Rows) -> Measure:
        total = baseline[chosen].sum()
        return Measure(name, 1 - float(errors[chosen].sum() / total) if total else 0.0)

    everything = np.arange(len(asked))
    found = share(everything).resampled(share, len(asked), seed=seed)
    return Measure(name, found.value, sample=sample_size(asked, len(test)), sampling=found.sampling)


def _there(values: Values) -> NDArray[np.bool_]:
    """Where a value is known (N,)."""
    numeric = np.issubdtype(values.dtype, np.floating)
    return np.asarray(np.isfinite(values) if numeric else values >= 0)


def _constant(values: Values) -> float | int:
    """The best guess without a code."""
    if np.issubdtype(values.dtype, np.floating):
        return float(values.mean())
    names, counts = np.unique(values, return_counts=True)
    return int(names[counts.argmax()])


def _misses(guessed: Values, truth: Values) -> NDArray[np.float64]:
    """Squared errors of numbers, or 1 where a category is missed."""
    if np.issubdtype(truth.dtype, np.floating):
        return np.square(guessed - truth, dtype=np.float64)
    return np.asarray(guessed != truth, np.float64)


def _mean_of(key: str, parts: list[Measure]) -> Measure:
    values = [part.value for part in parts if part.value is not None]
    if not values:
        return Measure(key, reason=parts[0].reason, parts=tuple(parts))
    return Measure(key, float(np.mean(values)), parts=tuple(parts))
