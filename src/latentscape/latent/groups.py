"""Whole groups of measures in one call: all that can be said of codes without a model.

What is not given (labels, images, a prior) turns into reasons, not into missing keys.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from latentscape.latent import (
    cluster_measures,
    gaps,
    mismatch,
    neighbourhoods,
    shape,
    structure,
    usage,
)
from latentscape.latent.arrays import Floats, Labels, as_codes, as_labels
from latentscape.latent.measure import Measure
from latentscape.latent.sampling import Rows, most_of
from latentscape.system.errors import LatentscapeError

NO_LABELS = "there are no labels"
NOT_NORMAL = "posterior and prior are not both normal, so the nats do not split into dimensions"


def measure_structure(
    train: ArrayLike,
    labels: ArrayLike | None,
    test: ArrayLike,
    test_labels: ArrayLike | None,
    pixels: NDArray[np.number] | None = None,
    clusters: Labels | None = None,
    seed: int = 0,
) -> tuple[Measure, ...]:
    """The group `structure`: fitted on train codes, scored on test codes.

    Args:
        train: Codes (N, d).
        labels: Their classes (N,), or None.
        test: Codes (M, d).
        test_labels: Their classes (M,), or None.
        pixels: The images (M, …) of the test codes, or None.
        clusters: The model's own cluster of each test code (M,), or None where it has none.
        seed: Of every sample.

    Raises:
        LatentscapeError: Arrays that do not fit each other.
    """
    a, b = as_codes(train, "train codes"), as_codes(test, "test codes")
    if a.shape[1] != b.shape[1]:
        raise LatentscapeError(
            f"train codes have {a.shape[1]} numbers and test codes {b.shape[1]}; "
            "take both from one model"
        )
    if pixels is None:
        near = _missing("there are no images", "trustworthiness", "continuity")
    else:
        near = neighbourhoods.neighbourhood_measures(pixels, b, seed=seed)
    if labels is None or test_labels is None:
        *scores, agreement = _missing(
            NO_LABELS,
            *(f"knn{k}_accuracy" for k in structure.KNN),
            *("logistic_accuracy", "lda_accuracy", "kmeans_accuracy", "ami", "ari"),
            *("own_cluster_accuracy", "own_cluster_ari", "silhouette"),
            "knn5_agreement",
        )
        return (*scores, *near, agreement)
    known, asked = as_labels(labels, len(a)), as_labels(test_labels, len(b))
    return (
        *structure.knn_accuracies(a, known, b, asked, seed=seed),
        structure.logistic_accuracy(a, known, b, asked, seed=seed),
        structure.lda_accuracy(a, known, b, asked),
        *cluster_measures.cluster_measures(a, b, asked, k=len(np.unique(known)), seed=seed),
        *cluster_measures.own_cluster_measures(clusters, asked),
        cluster_measures.silhouette(b, asked, seed=seed),
        *near,
        neighbourhoods.knn_agreement(b, asked, seed=seed),
    )


def measure_usage(
    mean: ArrayLike,
    scale: ArrayLike | None = None,
    draws: tuple[ArrayLike, ArrayLike] | None = None,
    seed: int = 0,
) -> tuple[Measure, ...]:
    """The group `usage`.

    Args:
        mean: Posterior means (N, d), or plain codes.
        scale: Posterior standard deviations (N, d) of normals under a prior N(0, I), or None.
        draws: Two independent draws (M, d) of some images' posteriors, of any kind and under any
            prior; read where `scale` is None. None for plain codes.
        seed: Of resamples.
    """
    m = as_codes(mean)

    def resampled(of: Callable[..., Measure], *arrays: Floats) -> Measure:
        def again(rows: Rows) -> Measure:
            return of(*(array[rows] for array in arrays))

        most = most_of(m.shape[1])
        return of(*arrays).resampled(again, len(arrays[0]), seed=seed, most=most)

    if scale is not None:
        s = as_codes(scale, "scales")
        nats = usage.dimension_kl(m, s)
        active = resampled(usage.active_units, m)
        gone = resampled(usage.collapse, m, s)
    elif draws is not None:
        first, second = (as_codes(z, "posterior draws") for z in draws)
        nats = Measure("dimension_kl", reason=NOT_NORMAL)
        active = resampled(lambda *pair: usage.active_among(pair), first, second)
        gone = resampled(lambda *pair: usage.collapse_among(pair), first, second)
    else:
        nats = usage.dimension_kl(m, None)
        active = resampled(lambda codes: usage.active_units(codes, None), m)
        gone = resampled(lambda codes: usage.collapse(codes, None), m)
    return (
        active,
        resampled(usage.dimension_variance, m),
        nats,
        resampled(usage.largest_correlation, m),
        gone,
    )


def measure_shape(
    codes: ArrayLike,
    labels: ArrayLike | None = None,
    draws: Mapping[str, Floats] | None = None,
    prior: Floats | None = None,
    posterior: ArrayLike | None = None,
    seed: int = 0,
) -> tuple[Measure, ...]:
    """The group `shape`.

    Args:
        codes: Codes (N, d).
        labels: Their classes (N,), or None.
        draws: Draws (M, d) of samplers, by name. `gap_fraction` is of the first, with each one as a
            part.
        prior: Draws from the prior (M, d); None where there is no model.
        posterior: Codes drawn from their posteriors (M, d), which are compared with the prior and
            whose gaps are measured; by default the codes themselves.
        seed: Of every sample.
    """
    z = as_codes(codes)
    drawn = None if posterior is None else as_codes(posterior, "posterior draws")
    ground = gaps.ground_of(z, drawn, seed)
    compared = z if drawn is None else drawn
    n, most = len(z), most_of(z.shape[1])
    return (
        shape.offset(z).resampled(lambda rows: shape.offset(z[rows]), n, seed=seed, most=most),
        shape.skew(z).resampled(lambda rows: shape.skew(z[rows]), n, seed=seed, most=most),
        shape.tail(z).resampled(lambda rows: shape.tail(z[rows]), n, seed=seed, most=most),
        *_sizes(z, None if labels is None else as_labels(labels, len(z)), seed),
        gaps.nearest_distance(ground, seed),
        _gap_fractions(draws or {}, ground),
        gaps.largest_gap(ground, seed),
        mismatch.prior_mismatch(compared, prior, seed=seed),
        mismatch.prior_ks(compared, prior, seed=seed),
    )


def _sizes(z: Floats, labels: Labels | None, seed: int) -> tuple[Measure, ...]:
    if labels is None:
        return _missing(NO_LABELS, "class_size", "size_ratio", "class_hull")
    n, most = len(z), most_of(z.shape[1])

    def sizes(rows: Rows) -> Measure:
        return shape.class_size(z[rows], labels[rows])

    def ratio(rows: Rows) -> Measure:
        return shape.size_ratio(sizes(rows))

    whole = shape.class_size(z, labels)
    return (
        whole.resampled(sizes, n, seed=seed, most=most),
        shape.size_ratio(whole).resampled(ratio, n, seed=seed, most=most),
        shape.class_hull(z, labels),
    )


def _gap_fractions(draws: Mapping[str, Floats], ground: gaps.Ground) -> Measure:
    """The first sampler's gap fraction, with each sampler's as a part."""
    if not draws:
        return Measure("gap_fraction", reason="no sampler was given")
    each = {name: gaps.gap_fraction(drawn, ground) for name, drawn in draws.items()}
    parts = tuple(replace(measure, key=name) for name, measure in each.items())
    return replace(parts[0], key="gap_fraction", parts=parts)


def _missing(reason: str, *keys: str) -> tuple[Measure, ...]:
    return tuple(Measure(key, reason=reason) for key in keys)
