"""Projections that keep neighbours together: t-SNE and UMAP.

Neither is a formula for new points: distances between clusters, their sizes and their shapes
mean little in these pictures; who is beside whom means much.
"""

import importlib
import importlib.util
import warnings
from types import ModuleType
from typing import Protocol, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn import manifold

from latentscape.latent.arrays import Floats, as_codes
from latentscape.latent.distinct import distinct_up_to
from latentscape.latent.projections.map import InvertibleProjection
from latentscape.system.errors import LatentscapeError

FEWEST = 5


def _enough(z: Floats, name: str) -> Floats:
    """Codes (N, d), if there are enough distinct ones to have neighbours."""
    distinct = distinct_up_to(z, FEWEST)
    if distinct < FEWEST:
        raise LatentscapeError(
            f"{name} needs {FEWEST} different codes and there are {distinct}; use PCA"
        )
    return z


class TSNE:
    """t-distributed stochastic neighbour embedding (van der Maaten and Hinton, JMLR 2008).

    It is a picture of the codes that it is given, and no map: it places no others and leads back
    to none. 10,000 codes take the best part of a minute on two cores: give it a sample of more.

    Args:
        components: k, 2 or 3.
        perplexity: How many neighbours each point minds; at most a third of the codes.
        seed: Of the optimisation, which starts from principal components.
    """

    name = "tsne"
    linear = None

    def __init__(self, components: int = 2, perplexity: float = 30.0, seed: int = 0) -> None:
        self.components, self.perplexity, self.seed = components, perplexity, seed

    def fit_transform(self, z: ArrayLike, labels: ArrayLike | None = None) -> Floats:
        """Place codes (N, d) at (N, k); labels are not used.

        Raises:
            LatentscapeError: Fewer than 5 different codes.
        """
        z = _enough(as_codes(z), self.name)
        method = manifold.TSNE(
            self.components,
            perplexity=min(self.perplexity, (len(z) - 1) / 3),
            init="pca" if self.components <= min(z.shape) else "random",
            random_state=self.seed,
        )
        return np.asarray(method.fit_transform(z))


class _Embedding(Protocol):
    """What umap-learn gives once fitted."""

    embedding_: Floats

    def transform(self, X: Floats) -> Floats: ...
    def inverse_transform(self, X: Floats) -> Floats: ...


def _umap() -> ModuleType:
    """The optional module umap."""
    if importlib.util.find_spec("umap") is None:
        raise LatentscapeError(
            "UMAP needs the package umap-learn, which is not installed; "
            "run pip install 'latentscape[umap]'"
        )
    with warnings.catch_warnings():
        # It announces that one of its own extras, which is not used here, is missing.
        warnings.simplefilter("ignore", ImportWarning)
        return importlib.import_module("umap")


class UMAP(InvertibleProjection):
    """Uniform manifold approximation and projection (arXiv:1802.03426), an optional extra.

    Args:
        components: k.
        neighbours: How many neighbours each point minds.
        min_dist: How near to each other points may come; 0 packs clusters as densely as they are.
        seed: Of the optimisation.
    """

    name = "umap"
    linear = None

    def __init__(
        self, components: int = 2, neighbours: int = 15, min_dist: float = 0.1, seed: int = 0
    ) -> None:
        self.components, self.neighbours, self.seed = components, neighbours, seed
        self.min_dist = min_dist
        self._fitted: _Embedding | None = None

    def fit(self, z: ArrayLike, labels: ArrayLike | None = None) -> Self:
        """Fit to codes (N, d); labels are not used.

        Raises:
            LatentscapeError: umap-learn is not installed, or fewer than 5 different codes.
        """
        z = _enough(as_codes(z), self.name)
        method = _umap().UMAP(
            n_components=self.components,
            n_neighbors=min(self.neighbours, len(z) - 1),
            min_dist=self.min_dist,
            init="spectral" if len(z) > self.components + 20 else "random",
            random_state=self.seed,
            n_jobs=1,
        )
        self._fitted = method.fit(z)
        return self

    def fit_transform(self, z: ArrayLike, labels: ArrayLike | None = None) -> Floats:
        """Fit, and give the positions (N, k) of the same codes."""
        return np.asarray(self.fit(z)._method().embedding_)

    def transform(self, z: ArrayLike) -> Floats:
        """Place codes (N, d) at (N, k), among those fitted."""
        return np.asarray(self._method().transform(as_codes(z)))

    def inverse(self, y: ArrayLike) -> Floats:
        """Codes (N, d) that would lie at y (N, k): slow, and rough far from any code."""
        return np.asarray(self._method().inverse_transform(as_codes(y, "positions")))

    def _method(self) -> _Embedding:
        if self._fitted is None:
            raise LatentscapeError("umap has seen no codes; call fit(codes) first")
        return self._fitted
