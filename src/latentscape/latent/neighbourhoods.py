"""Who is beside whom: agreement of neighbours in class, and with the pixels."""

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import pairwise_distances
from sklearn.neighbors import NearestNeighbors

from latentscape.latent.arrays import Floats, Labels, sample_size, subset
from latentscape.latent.blocks import slices
from latentscape.latent.measure import Measure
from latentscape.latent.neighbours import nearest, without_self
from latentscape.latent.structure import vote


def knn_agreement(
    y: Floats, labels: Labels, k: int = 5, rows: int = 10_000, seed: int = 0
) -> Measure:
    """Share of positions whose k nearest others mostly have their label.

    Leave-one-out majority vote, ties to the nearest one's label; for codes or any projection of
    them. Asked of a seeded sample of at most `rows` positions, among all.

    Args:
        y: Positions (N, d).
        labels: Their classes (N,).
        k: How many neighbours vote.
        rows: Size of the sample.
        seed: Of the sample.

    Returns:
        `knn5_agreement` for k = 5, from 0 to 1.
    """
    key = f"knn{k}_agreement"
    if len(y) <= k:
        return Measure(key, reason=f"{len(y)} codes have no {k} neighbours each")
    chosen = subset(len(y), rows, seed)
    distance, index = nearest(y, y[chosen], k + 1)
    _, others = without_self(distance, index, chosen)
    right = vote(others, labels) == labels[chosen]
    return Measure.mean(key, right, sample=sample_size(chosen, len(y)), rows=chosen)


def neighbourhood_measures(
    pixels: NDArray[np.number], z: Floats, k: int = 10, rows: int = 2000, seed: int = 0
) -> tuple[Measure, Measure]:
    """Are neighbours in the space neighbours among the images, and the other way round?

    Venna and Kaski (2001), on a seeded sample of at most `rows`.

    Args:
        pixels: Images (N, …), any number type.
        z: Their codes (N, d).
        k: Size of a neighbourhood.
        rows: Size of the sample.
        seed: Of the sample.

    Returns:
        `trustworthiness` (no strangers among a code's neighbours) and `continuity` (no neighbour
        of an image lost), 0 to 1.
    """
    chosen = subset(len(z), rows, seed)
    if len(chosen) <= 2 * k:
        reason = f"{len(chosen)} codes have no neighbourhoods of {k}"
        return Measure("trustworthiness", reason=reason), Measure("continuity", reason=reason)
    x = at_same_distances(pixels[chosen].reshape(len(chosen), -1))
    trusted, continued = kept_neighbours(x, z[chosen], k), kept_neighbours(z[chosen], x, k)
    sample = sample_size(chosen, len(z))
    return (
        Measure.mean("trustworthiness", trusted, sample=sample, rows=chosen),
        Measure.mean("continuity", continued, sample=sample, rows=chosen),
    )


def at_same_distances(rows: NDArray[np.number]) -> Floats:
    """Give rows (n, d) that are wider than many as (n, n) numbers, at the same distances.

    Searching neighbours holds hundreds of rows in double precision: of images of 512² in colour
    6 GB. Here what is held is n × n, and a block of columns.

    Args:
        rows: any number type.

    Example:
        >>> at_same_distances(np.array([[0, 0, 0], [3, 0, 4]], np.uint8)).shape
        (2, 2)
    """
    n, d = rows.shape
    if d <= n:
        return rows.astype(np.float32)
    gram = np.zeros((n, n))
    for columns in slices(d, n):
        part = rows[:, columns].astype(np.float64)
        part -= part.mean(axis=0)
        gram += part @ part.T
    values, vectors = np.linalg.eigh(gram)
    return np.asarray(vectors * np.sqrt(np.clip(values, 0, None)))


def kept_neighbours(a: Floats, b: Floats, k: int) -> NDArray[np.float64]:
    """What each row adds to the trustworthiness of b (n, e) as a picture of a (n, d), (n,).

    Row i's k nearest others in b, each by how far beyond k it ranks among i's others in a.

    Args:
        a: (n, d), what is pictured.
        b: (n, e), the picture.
        k: Neighbours that count.
    """
    n = len(a)
    distances = pairwise_distances(a)
    np.fill_diagonal(distances, np.inf)
    ranks = np.empty((n, n), np.int64)
    np.put_along_axis(ranks, distances.argsort(axis=1), np.arange(1, n + 1)[None], axis=1)
    chosen = NearestNeighbors(n_neighbors=k).fit(b).kneighbors(return_distance=False)
    beyond = np.maximum(np.take_along_axis(ranks, chosen, axis=1) - k, 0).sum(axis=1)
    return np.asarray(1 - beyond * 2 / (k * (2 * n - 3 * k - 1)))
