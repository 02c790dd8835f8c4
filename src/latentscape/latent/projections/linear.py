"""Projections that are matrices: picked dimensions and principal components.

A linear projection is y = (z − μ) W with W (d, k). Its way back is the code expected at y,

    z = μ + y M,   M = (Wᵀ Σ W)⁻¹ Wᵀ Σ   (k, d),

the regression of z on y (Σ the covariance of codes): for principal components M is Wᵀ; for the
others it moves the numbers that the picture leaves out along with those that it shows. Always
M W = I: going back and forth stays at y.
"""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from latentscape.latent.arrays import Floats, Moments, as_codes, moments, variances_of
from latentscape.latent.projections.low_rank import principal
from latentscape.latent.projections.map import InvertibleProjection
from latentscape.system.errors import LatentscapeError

EXACT_UP_TO = 1000


@dataclass(frozen=True)
class LinearMap:
    """A fitted linear projection as plain matrices.

    Attributes:
        mean: μ (d,).
        components: W (d, k): y = (z − μ) W.
        lift: M (k, d): z = μ + y M, with M W = I.
    """

    mean: NDArray[np.float64]
    components: NDArray[np.float64]
    lift: NDArray[np.float64]

    @classmethod
    def expected(cls, m: Moments, components: NDArray[np.float64]) -> Self:
        """The map with these components and the way back by regression under moments m."""
        W = components
        shared = m.covariance @ W
        M = np.linalg.pinv(W.T @ shared, rcond=1e-12, hermitian=True) @ shared.T
        # Directions without variance have no regression: go back along W itself there.
        M += (np.eye(W.shape[1]) - M @ W) @ np.linalg.pinv(W)
        return cls(m.mean, W, M)


def with_signs(components: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn each column so that its largest entry is positive: the sign is then no accident."""
    largest = np.abs(components).argmax(axis=0)
    signs = np.sign(components[largest, np.arange(components.shape[1])])
    return np.asarray(components * np.where(signs == 0, 1.0, signs))


class LinearProjection(InvertibleProjection):
    """What projections by matrices share: a subclass says how `fit` finds its `LinearMap`."""

    name: str

    def __init__(self, components: int = 2) -> None:
        self.components = components
        self._map: LinearMap | None = None

    @property
    def linear(self) -> LinearMap:
        """The fitted matrices.

        Raises:
            LatentscapeError: Not fitted.
        """
        if self._map is None:
            raise LatentscapeError(f"{self.name} has seen no codes; call fit(codes) first")
        return self._map

    @abstractmethod
    def fit(self, z: ArrayLike, labels: ArrayLike | None = None) -> Self:
        """Learn the matrices from codes (N, d)."""

    def transform(self, z: ArrayLike) -> Floats:
        """Place codes (N, d) at (N, k).

        Raises:
            LatentscapeError: Not fitted, or fitted to codes of another number of dimensions.
        """
        z = as_codes(z)
        if z.shape[1] != len(self.linear.mean):
            raise LatentscapeError(
                f"{self.name} was fitted to codes of {len(self.linear.mean)} numbers and cannot "
                f"place codes of {z.shape[1]}; fit it again"
            )
        W = self.linear.components
        return np.asarray(z @ W.astype(z.dtype) - self.linear.mean @ W)

    def fit_transform(self, z: ArrayLike, labels: ArrayLike | None = None) -> Floats:
        """Fit, and place the same codes at (N, k)."""
        return self.fit(z, labels).transform(z)

    def inverse(self, y: ArrayLike) -> Floats:
        """The code (N, d) expected at each position y (N, k)."""
        return np.asarray(self.linear.mean + as_codes(y, "positions") @ self.linear.lift)


class Raw(LinearProjection):
    """Picked latent dimensions, as they are.

    Args:
        components: How many.
        dims: Which ones; None picks those that vary most, in their order.
    """

    name = "raw"

    def __init__(self, components: int = 2, dims: tuple[int, ...] | None = None) -> None:
        super().__init__(components if dims is None else len(dims))
        self.dims = dims

    def fit(self, z: ArrayLike, labels: ArrayLike | None = None) -> Self:
        """Look at the variances of codes (N, d); labels are not used.

        Raises:
            LatentscapeError: The codes have too few numbers.
        """
        m = moments(as_codes(z))
        d = len(m.mean)
        widest = np.argsort(-np.diag(m.covariance), kind="stable")[: self.components]
        dims = tuple(sorted(widest.tolist())) if self.dims is None else self.dims
        if self.components > d or not all(0 <= i < d for i in dims) or len({*dims}) < len(dims):
            raise LatentscapeError(
                f"cannot pick {self.components} numbers {dims} of codes of {d}; "
                f"pick different ones from 0 to {d - 1}"
            )
        fitted = LinearMap.expected(m, np.eye(d)[:, list(dims)])
        # Shown as they are, not centred: the way back starts from the code expected at y = 0.
        origin = m.mean - m.mean[list(dims)] @ fitted.lift
        self._map = LinearMap(origin, fitted.components, fitted.lift)
        return self


class PCA(LinearProjection):
    """Principal components: the k directions along which the codes vary most.

    Exact, from the covariance matrix, for codes of up to 1,000 numbers; randomised and of low rank
    beyond (Halko et al., arXiv:0909.4061).

    Args:
        components: k.
        seed: Of the randomised method.

    Attributes:
        explained: Share of the whole variance along each component (k,), once fitted.

    Example:
        >>> z = np.random.default_rng(0).normal(size=(500, 3)) * [9, 3, 1]
        >>> PCA(2).fit(z).explained.round(2).tolist()
        [0.89, 0.09]
    """

    name = "pca"

    def __init__(self, components: int = 2, seed: int = 0) -> None:
        super().__init__(components)
        self.seed = seed
        self.explained: NDArray[np.float64] = np.empty(0)

    def fit(self, z: ArrayLike, labels: ArrayLike | None = None) -> Self:
        """Find the components of codes (N, d); labels are not used.

        Raises:
            LatentscapeError: The codes have fewer than k numbers.
        """
        z = as_codes(z)
        if self.components > z.shape[1]:
            raise LatentscapeError(
                f"PCA cannot give {self.components} dimensions of codes of {z.shape[1]}; "
                f"ask for {z.shape[1]} or fewer"
            )
        mean, variances, W, total = self._low_rank(z) if self._is_wide(z) else self._exact(z)
        self.explained = np.clip(variances, 0, None) / (total or 1.0)
        W = with_signs(W)
        self._map = LinearMap(mean, W, W.T)
        return self

    def _is_wide(self, z: Floats) -> bool:
        return z.shape[1] > EXACT_UP_TO and self.components <= len(z)

    def _exact(self, z: Floats) -> tuple[NDArray[np.float64], ...]:
        m = moments(z)
        values, vectors = np.linalg.eigh(m.covariance)
        top = slice(-1, -self.components - 1, -1)
        return m.mean, values[top], vectors[:, top], values.sum()

    def _low_rank(self, z: Floats) -> tuple[NDArray[np.float64], ...]:
        mean, variance = variances_of(z)
        s, W = principal(z, mean, self.components, self.seed)
        return mean, np.square(s) / len(z), W, variance.sum()
