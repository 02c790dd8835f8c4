"""How each figure of an entry is measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from latentscape.data import Images
from latentscape.evaluation.likelihood import estimate_likelihood
from latentscape.latent.clusters import find_clusters, rightly_clustered
from latentscape.latent.neighbourhoods import knn_agreement
from latentscape.latent.projections import LDA
from latentscape.latent.projections.lda import Discriminant
from latentscape.latent.samplers import ClassGaussianSampler
from latentscape.latent.structure import knn_accuracy as neighbours_accuracy
from latentscape.latent.structure import logistic_accuracy as regression_accuracy
from latentscape.reproduction.densities import (
    frechet_gain,
    frechet_midpoints,
    frechet_riemannian,
)
from latentscape.reproduction.factors import (
    disentangled,
    factor_score,
    information_gap,
    separated,
    value_of,
)
from latentscape.reproduction.trained import Trained, Value, labels
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError


class NotReachedError(LatentscapeError):
    """A training ended before its figure was passed: there are no seconds to tell."""


Measured = Callable[..., Value]


def unit(pixels: NDArray[np.generic]) -> NDArray[np.float32]:
    """Bytes as numbers in [0, 1]."""
    x: NDArray[np.float32] = np.divide(pixels, 255, dtype=np.float32)
    return x


def noisy(run: Run, x: NDArray[np.float32]) -> NDArray[np.float32]:
    """Corrupt images as the model's training does, the same each time."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        corrupted: NDArray[np.float32] = run.model.corruption(torch.from_numpy(x)).numpy()
    return corrupted


def mse(of: Trained) -> Value:
    """Mean squared error of a pixel in [0, 1]; a denoiser is shown noisy images."""
    x = unit(of.images.test.pixels)
    return Value.mean((of.run.reconstruct(noisy(of.run, x)) - x) ** 2)


def bce(of: Trained) -> Value:
    """Mean binary cross-entropy of a pixel, in nats."""
    x = unit(of.images.test.pixels)
    p = of.run.reconstruct(x).astype(np.float64).clip(1e-7, 1 - 1e-7)
    return Value.mean(-(x * np.log(p) + (1 - x) * np.log1p(-p)))


def negative_elbo(of: Trained, draws: int = 1) -> Value:
    """Nats an image, by so many draws of the posterior for each."""
    found = estimate_likelihood(of.run, of.images.test, samples=draws).negative_elbo
    return Value(found.value, found.error)


def log_likelihood(of: Trained, images: int, draws: int) -> Value:
    """Nats of test images, black or white always alike, by importance weights.

    Args:
        of: the training.
        images: of so many, the first.
        draws: weights of each.

    Raises:
        LatentscapeError: when the posterior has no density.
    """
    test = of.images.test
    test = test.take(np.arange(min(images, len(test))))
    found = estimate_likelihood(of.run, test, samples=draws, pixels="fixed").log_likelihood
    if found is None:
        raise LatentscapeError(f"the posterior of '{of.run.name}' has no density to weigh draws by")
    return Value(found.value, found.error)


def kmeans_clusters(of: Trained) -> Value:
    """Share of test images whose cluster, by k-means of their codes, stands for their class."""
    test = of.images.test
    found = find_clusters(of.run.encode(test), len(test.classes))
    return Value.mean(rightly_clustered(found.assignment, labels(test)))


def own_clusters(of: Trained) -> Value:
    """The same by the clusters that the model itself sorts images into.

    Raises:
        LatentscapeError: when it has none.
    """
    belongs = of.run.memberships(of.images.test)
    if belongs is None:
        raise LatentscapeError(f"'{of.run.name}' has no clusters of its own")
    assignment = belongs.argmax(1).astype(np.int64)
    return Value.mean(rightly_clustered(assignment, labels(of.images.test)))


def n2d_clusters(of: Trained) -> Value:
    """The same by a mixture of Gaussians where UMAP, which has seen the same codes, puts them.

    Raises:
        LatentscapeError: when umap-learn is not installed.
    """
    return clustered_by_n2d(of, of.images.test)


def n2d_clusters_of_all(of: Trained) -> Value:
    """The same of all images together, those trained on too.

    Raises:
        LatentscapeError: when umap-learn is not installed.
    """
    return clustered_by_n2d(of, *of.images.parts.values())


def clustered_by_n2d(of: Trained, *parts: Images) -> Value:
    """Share of these images whose cluster, by N2D fitted to their codes, stands for their class.

    Args:
        of: the training.
        parts: of the images.

    Raises:
        LatentscapeError: when umap-learn is not installed.
    """
    z = np.concatenate([of.run.encode(part) for part in parts])
    found = find_clusters(z, len(of.images.classes), "n2d", rows=len(z))
    known = np.concatenate([labels(part) for part in parts])
    return Value.mean(rightly_clustered(found.assignment, known))


def knn_accuracy(of: Trained, k: int) -> Value:
    """Share of test codes named rightly by their k nearest training codes."""
    return value_of(neighbours_accuracy(*of.codes(), k=k))


def logistic_accuracy(of: Trained) -> Value:
    """Share of test codes named rightly by a logistic regression of training codes."""
    return value_of(regression_accuracy(*of.codes()))


def lda_accuracy(of: Trained) -> Value:
    """Share of test codes named rightly by linear discriminants of training codes."""
    z, y, asked, known = of.codes()
    return Value.mean(Discriminant.of(z, y).predict(asked) == known)


def lda_neighbours(of: Trained, k: int) -> Value:
    """Share of the k nearest test codes, in three discriminants, that are of the same class."""
    z, y, asked, known = of.codes()
    return value_of(knn_agreement(LDA(3).fit(z, y).transform(asked), known, k))


def drawn_named(of: Trained, draws: int, **kind: int) -> Value:
    """Share of draws of a class's own Gaussian that the discriminants name so.

    Args:
        of: the training.
        draws: how many.
        kind: `class`, the class's number.
    """
    z, y, *_ = of.codes()
    codes = ClassGaussianSampler().fit(z, y).sample(draws, seed=0, label=kind["class"])
    return Value.mean(Discriminant.of(z, y).predict(codes) == kind["class"])


def seconds_to_pass(of: Trained) -> Value:
    """Seconds of training until the first figure was passed on validation images.

    Raises:
        NotReachedError: when it was not.
    """
    if of.passed is None:
        raise NotReachedError(f"'{of.run.name}' did not pass the published figure; train longer")
    return Value(of.passed)


FIGURES: Mapping[str, Measured] = MappingProxyType(
    {
        f.__name__: f
        for f in (
            mse,
            bce,
            negative_elbo,
            log_likelihood,
            kmeans_clusters,
            own_clusters,
            n2d_clusters,
            n2d_clusters_of_all,
            knn_accuracy,
            logistic_accuracy,
            lda_accuracy,
            lda_neighbours,
            drawn_named,
            frechet_gain,
            frechet_midpoints,
            frechet_riemannian,
            factor_score,
            information_gap,
            disentangled,
            separated,
            seconds_to_pass,
        )
    }
)
"""What an entry may name."""

QUICK: Mapping[str, Any] = MappingProxyType({"draws": 50, "images": 50})
"""What an entry's figures take no more than, where it is only to be seen that they can be had."""


def measure(of: Trained, name: str, options: Mapping[str, Any]) -> Value:
    """Measure one figure.

    Args:
        of: what was trained.
        name: of the figure.
        options: how it is measured.

    Raises:
        LatentscapeError: when it cannot be had.
    """
    return FIGURES[name](of, **options)
