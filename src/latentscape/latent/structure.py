"""Does the space know the classes? Fitted on train codes, scored on test codes.

Lengths enter only by comparison, and the logistic regression sees standardised codes: no figure
depends on the scale of the codes.
"""

import warnings

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from latentscape.latent.arrays import Floats, Labels, sample_size, subset
from latentscape.latent.measure import Measure
from latentscape.latent.neighbours import nearest
from latentscape.latent.projections.lda import Discriminant
from latentscape.latent.standard import Standard

KNN = (5, 10)


def unfit(labels: Labels) -> str | None:
    """Why classes cannot be told apart: there is one, or they have not two codes each; or None."""
    classes = len(np.unique(labels))
    if classes < 2:
        return "all codes are of one class"
    if 2 * classes > len(labels):
        return f"{len(labels)} codes are of {classes} classes, fewer than two each"
    return None


def vote(neighbours: NDArray[np.integer], labels: Labels) -> Labels:
    """Majority vote.

    Args:
        neighbours: Row numbers (M, k) of labels.
        labels: Labels (N,).

    Returns:
        The commonest label (M,) among each row's neighbours, who come nearest first; of equally
        common ones that of the nearest, so that it does not matter how classes are numbered.
    """
    classes, index = np.unique(labels, return_inverse=True)
    rows = np.arange(len(neighbours))
    counts = np.zeros((len(neighbours), len(classes)), np.int32)
    for column in neighbours.T:
        counts[rows, index[column]] += 1
    commonest = counts == counts.max(axis=1, keepdims=True)
    first = commonest[rows[:, None], index[neighbours]].argmax(axis=1)
    return np.asarray(labels[neighbours[rows, first]])


def knn_accuracies(
    train: Floats,
    labels: Labels,
    test: Floats,
    test_labels: Labels,
    ks: tuple[int, ...] = KNN,
    seed: int = 0,
) -> tuple[Measure, ...]:
    """Share of test codes whose k nearest train codes mostly have their label, for each k.

    Wide codes are scored on a seeded sample of test codes, so that time stays bounded.

    Args:
        train: Codes (N, d).
        labels: Their classes (N,).
        test: Codes (M, d).
        test_labels: Their classes (M,).
        ks: Numbers of neighbours.
        seed: Of the sample.

    Returns:
        `knn5_accuracy`, `knn10_accuracy`, ….
    """
    rows = subset(len(test), max(1000, 640_000 // train.shape[1]), seed)
    sample = sample_size(rows, len(test))
    usable = [k for k in ks if k <= len(train)]
    _, found = nearest(train, test[rows], max(usable, default=1))

    def one(k: int) -> Measure:
        key = f"knn{k}_accuracy"
        if k not in usable:
            return Measure(key, reason=f"there are {len(train)} train codes, fewer than {k}")
        right = vote(found[:, :k], labels) == test_labels[rows]
        return Measure.mean(key, right, sample=sample, rows=rows)

    return tuple(one(k) for k in ks)


def knn_accuracy(
    train: Floats, labels: Labels, test: Floats, test_labels: Labels, k: int = 5, seed: int = 0
) -> Measure:
    """The accuracy of k nearest neighbours: one of `knn_accuracies`.

    Args:
        train: Codes (N, d).
        labels: Theirs (N,).
        test: Codes (M, d).
        test_labels: Theirs (M,).
        k: How many neighbours vote.
        seed: Of what breaks ties.
    """
    return knn_accuracies(train, labels, test, test_labels, (k,), seed)[0]


def logistic_accuracy(
    train: Floats,
    labels: Labels,
    test: Floats,
    test_labels: Labels,
    rows: int = 20_000,
    seed: int = 0,
) -> Measure:
    """Accuracy of a logistic regression on codes standardised by the train codes.

    L2 penalty of scikit-learn's default strength, at most 100 rounds of L-BFGS, fitted on a seeded
    sample of at most `rows` train codes.

    Args:
        train: Codes (N, d).
        labels: Theirs (N,).
        test: Codes (M, d).
        test_labels: Theirs (M,).
        rows: At most so many train codes, a seeded sample.
        seed: Of the sample.
    """
    key = "logistic_accuracy"
    chosen = subset(len(train), rows, seed)
    if reason := unfit(labels[chosen]):
        return Measure(key, reason=reason)
    standard = Standard.of(train)
    with warnings.catch_warnings():
        # The accuracy has long settled when the last decimals of the weights have not.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = LogisticRegression(max_iter=100)
        model.fit(standard.of_rows(train, chosen), labels[chosen])
    right = standard.predicted(model, test) == test_labels
    return Measure.mean(key, right, sample=sample_size(chosen, len(train)))


def lda_accuracy(train: Floats, labels: Labels, test: Floats, test_labels: Labels) -> Measure:
    """Accuracy of linear discriminant analysis.

    Args:
        train: Codes (N, d).
        labels: Theirs (N,).
        test: Codes (M, d).
        test_labels: Theirs (M,).
    """
    if reason := unfit(labels):
        return Measure("lda_accuracy", reason=reason)
    right = Discriminant.of(train, labels).predict(test) == test_labels
    return Measure.mean("lda_accuracy", right)
