"""Does the space know the classes? Fitted on train codes, scored on test codes.

Lengths enter only by comparison, and the logistic regression sees standardised codes: no figure
depends on the scale of the codes.
"""

import warnings
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    adjusted_mutual_info_score,
    adjusted_rand_score,
    silhouette_samples,
)

from latentscape.latent.arrays import Floats, Labels, sample_size, spread_of, subset
from latentscape.latent.clusters import kmeans, rightly_clustered
from latentscape.latent.measure import Measure
from latentscape.latent.neighbours import nearest
from latentscape.latent.projections.lda import Discriminant
from latentscape.latent.sampling import resampled

KNN = (5, 10)
NO_CLUSTERS = "no model with clusters of its own made these codes"


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
    mean = train.mean(axis=0, dtype=np.float64)
    scale = train.std(axis=0, dtype=np.float64)
    scale[scale == 0] = 1.0
    with warnings.catch_warnings():
        # The accuracy has long settled when the last decimals of the weights have not.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = LogisticRegression(max_iter=100).fit((train[chosen] - mean) / scale, labels[chosen])
    right = model.predict((test - mean) / scale) == test_labels
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


def cluster_measures(
    train: Floats, test: Floats, test_labels: Labels, k: int, rows: int = 20_000, seed: int = 0
) -> tuple[Measure, Measure, Measure]:
    """k-means of train codes against the labels of test codes.

    Args:
        train: Codes (N, d).
        test: Codes (M, d).
        test_labels: Theirs (M,).
        k: How many clusters.
        rows: At most so many of either, a seeded sample.
        seed: Of sample and starts.

    Returns:
        `kmeans_accuracy`, `ami` and `ari`; fitted on a seeded sample of at most `rows` codes.
    """
    keys = "kmeans_accuracy", "ami", "ari"
    if reason := unfit(test_labels):
        a, b, c = (Measure(key, reason=reason) for key in keys)
        return a, b, c
    chosen = subset(len(train), rows, seed)
    sample = sample_size(chosen, len(train))
    found = kmeans(train[chosen], k, seed).predict(test.astype(train.dtype, copy=False))
    right = rightly_clustered(found, test_labels)
    return (
        Measure.mean(keys[0], right, sample=sample),
        agreement(keys[1], adjusted_mutual_info_score, test_labels, found, sample, seed),
        agreement(keys[2], adjusted_rand_score, test_labels, found, sample, seed),
    )


def agreement(
    key: str,
    score: Callable[[Labels, Labels], float],
    labels: Labels,
    found: Labels,
    sample: int | None = None,
    seed: int = 0,
) -> Measure:
    """How well clusters (M,) agree with labels (M,) by a score, with its error by bootstrap.

    Args:
        key: Of the catalogue.
        score: Of labels and clusters.
        labels: The true ones.
        found: The clusters.
        sample: How many rows these are of, where not of all.
        seed: Of the bootstrap.
    """
    sampling = resampled(
        lambda rows: float(score(labels[rows], found[rows])), len(labels), seed=seed
    )
    return Measure(key, float(score(labels, found)), sample=sample, sampling=sampling)


def own_cluster_measures(assignment: Labels | None, labels: Labels) -> tuple[Measure, Measure]:
    """The clusters that a model itself sorts codes into, against labels; nothing is fitted.

    Args:
        assignment: Cluster of each test code (M,); None where no model has clusters.
        labels: Their classes (M,).

    Returns:
        `own_cluster_accuracy` and `own_cluster_ari`.
    """
    keys = "own_cluster_accuracy", "own_cluster_ari"
    reason = unfit(labels)
    if assignment is None or reason:
        a, b = (Measure(key, reason=reason or NO_CLUSTERS) for key in keys)
        return a, b
    return (
        Measure.mean(keys[0], rightly_clustered(assignment, labels)),
        agreement(keys[1], adjusted_rand_score, labels, assignment),
    )


def silhouette(z: Floats, labels: Labels, rows: int = 5000, seed: int = 0) -> Measure:
    """Mean over codes of (b − a) / max(a, b), on a seeded sample of at most `rows`.

    a is the mean distance to its own class, b to the nearest other one (Rousseeuw 1987).

    Args:
        z: Codes (N, d).
        labels: Theirs (N,).
        rows: At most so many, a seeded sample.
        seed: Of the sample.
    """
    chosen = subset(len(z), rows, seed)
    sample = sample_size(chosen, len(z))
    z, labels = z[chosen], labels[chosen]
    if reason := unfit(labels):
        return Measure("silhouette", reason=reason)
    if spread_of(z) == 0:
        return Measure("silhouette", reason="all codes are equal")
    return Measure.mean("silhouette", silhouette_samples(z, labels), sample=sample, rows=chosen)
