"""One Gaussian over all codes, and one for each class.

Maximum likelihood: μ = mean of z, Σ = mean of (z − μ)(z − μ)ᵀ. A draw is μ + A ε with
A Aᵀ = Σ and ε ~ N(0, I), so singular covariances (collapsed dimensions) are no trouble.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from latentscape.latent.arrays import Floats, as_codes, as_labels
from latentscape.latent.samplers.protocol import not_fitted, refuse_label
from latentscape.latent.whitening import Whitening
from latentscape.system.errors import LatentscapeError


@dataclass(frozen=True)
class FittedNormal:
    """A fitted Gaussian: mean (d,) and a root A (d, r) of its covariance, of rank r."""

    mean: NDArray[np.float64]
    root: NDArray[np.float64]

    @classmethod
    def of(cls, z: Floats) -> Self:
        """The maximum-likelihood Gaussian of codes (N, d)."""
        whitening = Whitening.of_codes(z)
        return cls(whitening.mean, whitening.directions * whitening.deviations)

    def draw(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw (n, d)."""
        draws: NDArray[np.float64] = (
            self.mean + rng.standard_normal((n, self.root.shape[1])) @ self.root.T
        )
        return draws


class GaussianSampler:
    """One Gaussian fitted to all codes by maximum likelihood.

    Example:
        >>> z = np.random.default_rng(0).normal(3.0, 0.5, size=(1000, 2))
        >>> GaussianSampler().fit(z).sample(10_000, seed=1).mean(axis=0).round(1).tolist()
        [3.0, 3.0]
    """

    name = "gaussian"
    by_class = False

    def __init__(self) -> None:
        self._normal: FittedNormal | None = None

    def fit(self, z: ArrayLike, labels: ArrayLike | None = None) -> Self:
        """Fit to codes (N, d); labels are not used."""
        self._normal = FittedNormal.of(as_codes(z))
        return self

    def sample(self, n: int, seed: int, label: int | None = None) -> Floats:
        """Draw n codes (n, d); a label is refused."""
        refuse_label(self.name, label)
        if self._normal is None:
            raise not_fitted(self.name)
        return self._normal.draw(n, np.random.default_rng(seed))


class ClassGaussianSampler:
    """One Gaussian for each class, fitted by maximum likelihood.

    Without a label the class of each draw is drawn first, in the proportions of the labels.
    """

    name = "class-gaussian"
    by_class = True

    def __init__(self) -> None:
        self._normals: dict[int, FittedNormal] = {}
        self._shares: NDArray[np.float64] = np.empty(0)

    @property
    def classes(self) -> tuple[int, ...]:
        """The labels that were seen, ascending."""
        return tuple(self._normals)

    def fit(self, z: ArrayLike, labels: ArrayLike | None = None) -> Self:
        """Fit to codes (N, d) and integer labels (N,).

        Raises:
            LatentscapeError: There are no labels.
        """
        z = as_codes(z)
        if labels is None:
            raise LatentscapeError(
                "the class-gaussian sampler needs a label for each code; "
                "give labels, or use the 'gaussian' sampler"
            )
        labels = as_labels(labels, len(z))
        classes, counts = np.unique(labels, return_counts=True)
        self._normals = {int(c): FittedNormal.of(z[labels == c]) for c in classes}
        self._shares = counts / counts.sum()
        return self

    def sample(self, n: int, seed: int, label: int | None = None) -> Floats:
        """Draw n codes (n, d), of one class where `label` is given."""
        return self.sample_labelled(n, seed, label)[0]

    def sample_labelled(
        self, n: int, seed: int, label: int | None = None
    ) -> tuple[Floats, NDArray[np.int64]]:
        """Draw n codes (n, d) and the class (n,) that each was drawn from.

        Args:
            n: How many.
            seed: Of the draws.
            label: The class to draw, an index; None for all by their shares.

        Raises:
            LatentscapeError: Not fitted, or a label that was not among the fitted ones.
        """
        if not self._normals:
            raise not_fitted(self.name)
        if label is not None and label not in self._normals:
            raise LatentscapeError(
                f"no code of class {label} was fitted; choose one of {list(self._normals)}"
            )
        rng = np.random.default_rng(seed)
        drawn = (
            rng.choice(np.array(self.classes), size=n, p=self._shares)
            if label is None
            else np.full(n, label)
        ).astype(np.int64)
        z = np.empty((n, len(next(iter(self._normals.values())).mean)))
        for c, normal in self._normals.items():
            mine = drawn == c
            z[mine] = normal.draw(int(mine.sum()), rng)
        return z, drawn
