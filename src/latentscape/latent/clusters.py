"""Groups found without labels, and how well they match labels.

Clusterings come from scikit-learn. Which cluster stands for which class is settled by the
assignment that gets most codes right (the Hungarian method, Kuhn 1955): with K clusters and C
classes min(K, C) pairs are formed, and codes of unpaired clusters count as wrong.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import HDBSCAN, KMeans
from sklearn.metrics.cluster import contingency_matrix

from latentscape.latent.arrays import Floats, Labels, as_codes, mean_of, subset
from latentscape.latent.blocks import blocks_of, centred_blocks, slices
from latentscape.latent.distinct import distinct_up_to
from latentscape.latent.neighbours import nearest
from latentscape.latent.projections.neighbour import FEWEST, UMAP
from latentscape.latent.samplers.mixture import fit_mixture
from latentscape.system.errors import LatentscapeError

Method: TypeAlias = Literal["kmeans", "mixture", "hdbscan", "n2d"]
METHODS: tuple[Method, ...] = ("kmeans", "mixture", "hdbscan", "n2d")


@dataclass(frozen=True)
class Clusters:
    """Which cluster each code belongs to.

    Attributes:
        method: How they were found.
        assignment: Cluster numbers (N,) from 0; −1 for codes that HDBSCAN calls noise.
        sample: On how many codes the clusters were found; the others joined the nearest one's.
    """

    method: Method
    assignment: Labels
    sample: int

    @property
    def count(self) -> int:
        """How many clusters there are, noise not counted."""
        return int(self.assignment.max()) + 1


def kmeans(z: Floats, k: int, seed: int, *, copy: bool = True) -> KMeans:
    """k-means fitted to codes (N, d): the best of 4 starts, as a scikit-learn object.

    Args:
        z: The codes.
        k: How many clusters.
        seed: Of the starts.
        copy: Whether the codes are to be left as they are; else they are moved and moved back.
    """
    return KMeans(distinct_up_to(z, k), n_init=4, random_state=seed, copy_x=copy).fit(z)


def clustered_by(z: Floats, rows: Labels, others: Floats, k: int, seed: int) -> Labels:
    """Fit k-means to some of the codes (N, d) and say in which cluster others (M, d) are, (M,).

    All are counted from the mean of the first: k-means does not depend on where the origin is,
    and single precision does.

    Args:
        z: The codes.
        rows: Row numbers of those that are fitted.
        others: Those that join the nearest centre.
        k: How many clusters.
        seed: Of the starts.
    """
    mean = mean_of(z, rows)
    fitted = np.empty((len(rows), z.shape[1]), z.dtype)
    for part, block in zip(slices(*fitted.shape), centred_blocks(z, mean, rows), strict=True):
        fitted[part] = block
    model = kmeans(fitted, k, seed, copy=False)
    each = [model.predict(block.astype(z.dtype)) for block in centred_blocks(others, mean)]
    return np.concatenate(each)


def find_clusters(
    z: ArrayLike, k: int = 10, method: Method = "kmeans", *, rows: int = 10_000, seed: int = 0
) -> Clusters:
    """Group codes.

    Args:
        z: Codes (N, d).
        k: How many clusters, at most the number of distinct codes; HDBSCAN finds its own number.
        method: "kmeans", "mixture" (of Gaussians), "hdbscan" (Campello et al. 2013) or "n2d", a
            mixture where UMAP puts the codes (arXiv:1908.05968).
        rows: All but k-means look at a seeded sample of at most this many codes; for HDBSCAN every
            other code joins the cluster (or the noise) of its nearest one.
        seed: Of the sample and of starting points.

    Raises:
        LatentscapeError: An unknown method, k below 1, or N2D without umap-learn.
    """
    z = as_codes(z)
    if k < 1:
        raise LatentscapeError(f"{k} clusters cannot be found; ask for 1 or more")
    if method == "kmeans":
        return Clusters(method, kmeans(z, k, seed).labels_.astype(np.int64), len(z))
    sample = z[subset(len(z), rows, seed)]
    if method == "mixture":
        if len(sample) < 2:
            return Clusters(method, np.zeros(len(z), np.int64), len(sample))
        mixture, scale = fit_mixture(sample, k, seed)
        parts = [mixture.predict(block / np.float64(scale)) for block in blocks_of(z)]
        return Clusters(method, np.concatenate(parts).astype(np.int64), len(sample))
    if method == "hdbscan":
        size = max(10, len(sample) // 200)
        if len(sample) < 2 * size:
            return Clusters(method, np.full(len(z), -1), len(sample))
        found = HDBSCAN(min_cluster_size=size, copy=True).fit(sample).labels_
        whole = found if len(sample) == len(z) else found[nearest(sample, z, 1)[1][:, 0]]
        return Clusters(method, whole.astype(np.int64), len(sample))
    if method == "n2d":
        return Clusters(method, n2d(z, sample, k, seed), len(sample))
    raise LatentscapeError(f"no clustering is called {method!r}; choose one of {list(METHODS)}")


def n2d(z: Floats, sample: Floats, k: int, seed: int) -> Labels:
    """Cluster codes (N, d) where UMAP puts them, by a mixture of Gaussians (arXiv:1908.05968).

    As in the paper UMAP goes to as many dimensions as there are clusters (2 at least), minds 20
    neighbours and lets points touch.

    Args:
        z: The codes.
        sample: Those of them to which UMAP and mixture are fitted.
        k: How many clusters.
        seed: Of both.

    Raises:
        LatentscapeError: The codes are too few to have neighbours, or UMAP is not installed.
    """
    different = distinct_up_to(sample, FEWEST)
    if different < FEWEST:
        raise LatentscapeError(
            f"n2d needs {FEWEST} different codes and there are {different}; use k-means"
        )
    umap = UMAP(max(2, k), neighbours=20, min_dist=0.0, seed=seed)
    fitted = umap.fit_transform(sample)
    mixture, scale = fit_mixture(fitted, k, seed)
    placed = fitted if len(sample) == len(z) else umap.transform(z)
    return np.asarray(mixture.predict(np.asarray(placed, np.float64) / scale), np.int64)


def match(assignment: Labels, labels: Labels) -> dict[int, int]:
    """The class that each cluster stands for, so that most codes are right.

    Args:
        assignment: Cluster numbers (N,); negative ones are noise and stand for nothing.
        labels: Classes (N,).

    Returns:
        Class for each paired cluster.
    """
    clusters, rows = np.unique(assignment, return_inverse=True)
    classes, columns = np.unique(labels, return_inverse=True)
    table = np.asarray(contingency_matrix(columns, rows).T)
    table[clusters < 0] = 0
    pairs = zip(*linear_sum_assignment(table, maximize=True), strict=True)
    return {int(clusters[r]): int(classes[c]) for r, c in pairs if clusters[r] >= 0}


def cluster_accuracy(assignment: Labels, labels: Labels) -> float:
    """Share of codes (N,) whose cluster stands for their class, from 0 to 1.

    Example:
        >>> cluster_accuracy(np.array([1, 1, 0, 0]), np.array([5, 5, 6, 5]))
        0.75
    """
    return float(rightly_clustered(assignment, labels).mean())


def rightly_clustered(assignment: Labels, labels: Labels) -> NDArray[np.bool_]:
    """Whether each code's cluster stands for its class (N,)."""
    standing: NDArray[np.bool_] = np.zeros(len(labels), bool)
    for cluster, label in match(assignment, labels).items():
        standing |= (assignment == cluster) & (labels == label)
    return standing
