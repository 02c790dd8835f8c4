"""Samplers that are trained: a normalizing flow over codes, and a second variational autoencoder.

Both see *whitened* codes y = Λ^−½ Vᵀ(z − μ) with Σ = V Λ Vᵀ, directions without variance left out,
so that neither the scale of a model's codes nor a collapsed dimension matters to them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn

from ..errors import LatentscapeError
from ..latent.arrays import as_codes, moments
from ..latent.samplers.protocol import not_fitted, refuse_label
from ..model import Autoencoder
from ..parts.bottlenecks import Gaussian
from ..parts.flows import zuko
from ..parts.likelihoods import Normal
from ..parts.objectives import Elbo
from ..parts.priors import StandardNormal
from ..parts.step import Term
from ..plan import Plan
from .fitting import epochs_for, fit_network

Floats = NDArray[np.float32]
JITTER = 0.02  # in deviations: bounds the density of codes that repeat or lie on a grid
SCALE = 0.2  # where the decoder's deviation starts; from 1 it learns one Gaussian and nothing more
PLAN = Plan(batch=512, lr=3e-3, device="cpu", precision="32-true")


@dataclass(frozen=True)
class Whitening:
    """An affine map to uncorrelated numbers of variance 1, and back.

    Attributes:
        mean: (d,).
        into: (d, r), r the rank of the codes' covariance.
        back: (r, d).
    """

    mean: NDArray[np.float64]
    into: NDArray[np.float64]
    back: NDArray[np.float64]

    @classmethod
    def of(cls, z: NDArray[np.floating]) -> Self:
        """The whitening of codes (N, d).

        Raises:
            LatentscapeError: When all codes are the same.
        """
        m = moments(z)
        values, vectors = np.linalg.eigh(m.covariance)
        kept = values > 1e-8 * max(float(values[-1]), 1e-300)
        if not values[-1] > 0:
            raise LatentscapeError(
                "the codes are all the same, so there is nothing for a sampler to learn; "
                "train a model that has not collapsed"
            )
        root = np.sqrt(values[kept])
        return cls(m.mean, vectors[:, kept] / root, (vectors[:, kept] * root).T)

    def whiten(self, z: NDArray[np.floating]) -> Floats:
        """Codes (N, d) to (N, r)."""
        return ((z - self.mean) @ self.into).astype(np.float32)

    def colour(self, y: NDArray[np.floating]) -> Floats:
        """Back: (N, r) to codes (N, d)."""
        return (y @ self.back + self.mean).astype(np.float32)


class Flow:
    """A neural spline flow fitted to codes by maximum likelihood (arXiv:1906.04032).

    Args:
        steps: How many steps to train for.
        seed: Of initial weights and training.
    """

    name = "flow"
    by_class = False

    def __init__(self, steps: int = 400, seed: int = 0) -> None:
        self._steps, self._seed = steps, seed
        self._fitted: tuple[Whitening, FlowNetwork] | None = None

    def fit(self, z: ArrayLike, labels: ArrayLike | None = None) -> Self:
        """Fit to codes (N, d); labels are not used.

        Raises:
            LatentscapeError: When all codes are the same.
        """
        codes = as_codes(z)
        whitening = Whitening.of(codes)
        with torch.random.fork_rng():
            torch.manual_seed(self._seed)
            network = FlowNetwork(whitening.into.shape[1])
        _train(network, whitening.whiten(codes), self._steps, self._seed)
        self._fitted = whitening, network
        return self

    def sample(self, n: int, seed: int, label: int | None = None) -> Floats:
        """Draw n codes, float32 (n, d); a label is refused."""
        refuse_label(self.name, label)
        if self._fitted is None:
            raise not_fitted(self.name)
        whitening, network = self._fitted
        with torch.random.fork_rng(), torch.no_grad():
            torch.manual_seed(seed)
            return whitening.colour(network.flow().sample((n,)).numpy())


class SecondStage:
    """A small variational autoencoder of the codes themselves (two-stage VAE, arXiv:1903.05789).

    Its code has as many numbers as the codes vary in and its decoder's deviation is learned, so the
    second prior can match what the first one could not. A draw is p(u) → p(z|u), noise included.

    Args:
        steps: How many steps to train for.
        seed: Of initial weights and training.
    """

    name = "second-stage"
    by_class = False

    def __init__(self, steps: int = 1500, seed: int = 0) -> None:
        self._steps, self._seed = steps, seed
        self._fitted: tuple[Whitening, Autoencoder] | None = None

    def fit(self, z: ArrayLike, labels: ArrayLike | None = None) -> Self:
        """Fit to codes (N, d); labels are not used.

        Raises:
            LatentscapeError: When all codes are the same.
        """
        codes = as_codes(z)
        whitening = Whitening.of(codes)
        with torch.random.fork_rng():
            torch.manual_seed(self._seed)
            network = second_stage(whitening.into.shape[1])
        rows = whitening.whiten(codes)[:, :, None, None]
        _train(network, rows, self._steps, self._seed)
        self._fitted = whitening, network
        return self

    def sample(self, n: int, seed: int, label: int | None = None) -> Floats:
        """Draw n codes, float32 (n, d); a label is refused."""
        refuse_label(self.name, label)
        if self._fitted is None:
            raise not_fitted(self.name)
        whitening, network = self._fitted
        with torch.random.fork_rng(), torch.no_grad():
            torch.manual_seed(seed)
            u = network.prior(network, None).sample(torch.Size((n,)))
            return whitening.colour(network.decode(u).sample().flatten(1).numpy())


class FlowNetwork(nn.Module):
    """The flow, in the shape that the training loop takes: rows (B, r), labels not used."""

    def __init__(self, numbers: int) -> None:
        super().__init__()
        self.flow = zuko().flows.NSF(numbers, transforms=3, hidden_features=(64, 64))

    def forward(
        self, x: Tensor, labels: Tensor | None, size: int, progress: float
    ) -> dict[str, Term]:
        """Give −log p(y), in nats a row."""
        y = x + JITTER * torch.randn_like(x)
        return {"nll": Term(-self.flow().log_prob(y), trains=("flow",))}

    def groups(self) -> dict[str, list[nn.Parameter]]:
        """Give all parameters as one group."""
        return {"flow": list(self.parameters())}


def second_stage(numbers: int, width: int = 128) -> Autoencoder:
    """A variational autoencoder of rows of numbers, which it sees as images of one pixel."""
    return Autoencoder(
        nn.Sequential(nn.Flatten(), *_hidden(numbers, width), nn.Linear(width, 2 * numbers)),
        Gaussian(numbers),
        nn.Sequential(
            *_hidden(numbers, width), nn.Linear(width, numbers), nn.Unflatten(1, (numbers, 1, 1))
        ),
        Normal(SCALE, learned=True, activation=nn.Identity()),
        prior=StandardNormal(numbers),
        objective=Elbo(),
    )


def _hidden(numbers: int, width: int) -> tuple[nn.Module, ...]:
    """Two hidden layers."""
    return nn.Linear(numbers, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU()


def _train(network: FlowNetwork | Autoencoder, rows: Floats, steps: int, seed: int) -> None:
    """Train on whitened rows for so many steps."""
    epochs = epochs_for(steps, len(rows), PLAN.batch)
    fit_network(network, rows, None, replace(PLAN, epochs=epochs, seed=seed))
