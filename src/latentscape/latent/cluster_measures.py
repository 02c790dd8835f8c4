"""Do clusters agree with the classes, and do classes lie apart?"""

from collections.abc import Callable

import numpy as np
from sklearn.metrics import silhouette_samples

from latentscape.latent.arrays import Floats, Labels, sample_size, spread_of, subset
from latentscape.latent.cluster_agreement import (
    Shared,
    adjusted_mutual_information,
    adjusted_rand,
    counting,
)
from latentscape.latent.clusters import clustered_by, rightly_clustered
from latentscape.latent.measure import Measure
from latentscape.latent.sampling import resampled
from latentscape.latent.structure import unfit

NO_CLUSTERS = "no model with clusters of its own made these codes"


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
    found = clustered_by(train, chosen, test, k, seed)
    right = rightly_clustered(found, test_labels)
    return (
        Measure.mean(keys[0], right, sample=sample),
        agreement(keys[1], adjusted_mutual_information, test_labels, found, sample, seed),
        agreement(keys[2], adjusted_rand, test_labels, found, sample, seed),
    )


def agreement(
    key: str,
    score: Callable[[Shared], float],
    labels: Labels,
    found: Labels,
    sample: int | None = None,
    seed: int = 0,
) -> Measure:
    """How well clusters (M,) agree with labels (M,) by a score, with its error by bootstrap.

    Args:
        key: Of the catalogue.
        score: Of how many codes classes and clusters share.
        labels: The true ones.
        found: The clusters.
        sample: How many rows these are of, where not of all.
        seed: Of the bootstrap.
    """
    shared = counting(labels, found)
    sampling = resampled(lambda rows: score(shared(rows)), len(labels), seed=seed)
    value = score(shared(np.arange(len(labels))))
    return Measure(key, value, sample=sample, sampling=sampling)


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
        agreement(keys[1], adjusted_rand, labels, assignment),
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
