"""Samplers that are trained: a normalizing flow over codes, and a second variational autoencoder.

They are trained until the likelihood of codes held out stops rising, and say whether it did.
Both see whitened codes, so that neither the scale of a model's codes nor a collapsed dimension
matters to them; and see them as images of one pixel, which is what the training loop takes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import ClassVar, Generic, Self, TypeVar

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn

from latentscape.evaluation.early_stopping import Convergence, fit_until_flat
from latentscape.latent.arrays import as_codes
from latentscape.latent.samplers.protocol import not_fitted, refuse_label
from latentscape.latent.whitening import Whitening
from latentscape.models.autoencoder import Autoencoder
from latentscape.models.plan import Plan
from latentscape.parts.bottlenecks import InverseAutoregressive
from latentscape.parts.flows import zuko
from latentscape.parts.likelihoods import Normal
from latentscape.parts.objectives import Elbo
from latentscape.parts.priors import StandardNormal
from latentscape.parts.step import Term
from latentscape.system.errors import LatentscapeError
from latentscape.system.randomness import own_randomness
from latentscape.training import Trainable

Floats = NDArray[np.float32]

JITTER = 0.02  # in standard deviations: bounds the density of codes that repeat or lie on a grid
SCALE = 0.2  # the decoder's first standard deviation; from 1 it learns one Gaussian, no more
PLAN = Plan(batch=512, device="cpu", precision="32-true")

N = TypeVar("N", bound=Trainable)


class TrainedSampler(ABC, Generic[N]):
    """A network trained on whitened codes; a subclass says which, and how to draw from it.

    Args:
        steps: How many steps to train for at most.
        seed: Of initial weights and training.

    Attributes:
        first: How many steps to train for before codes held out are looked at.
        lr: The learning rate at its highest.
        convergence: How the last fit ended; None before one.
    """

    name: str
    by_class = False
    first: ClassVar[int]
    lr: ClassVar[float]

    def __init__(self, steps: int = 12_000, seed: int = 0) -> None:
        self._steps, self._seed = steps, seed
        self._fitted: tuple[Whitening, N] | None = None
        self.convergence: Convergence | None = None

    @abstractmethod
    def network(self, numbers: int) -> N:
        """Make the network, with fresh weights, for rows (B, numbers, 1, 1)."""

    @abstractmethod
    def draw(self, network: N, n: int) -> Tensor:
        """Draw n whitened codes (n, numbers)."""

    def fit(self, z: ArrayLike, labels: ArrayLike | None = None) -> Self:
        """Fit to codes (N, d); labels are not used.

        Raises:
            LatentscapeError: When all codes are the same.
        """
        codes = as_codes(z)
        whitening = Whitening.of_codes(codes)
        if not whitening.rank:
            raise LatentscapeError(
                "the codes are all the same, so there is nothing for a sampler to learn; "
                "train a model that has not collapsed"
            )
        rows = whitening.whiten(codes).astype(np.float32)[:, :, None, None]
        with own_randomness(self._seed):
            network = self.network(rows.shape[1])
        plan = replace(PLAN, lr=self.lr, seed=self._seed)
        network, self.convergence = fit_until_flat(network, rows, plan, self.first, self._steps)
        self._fitted = whitening, network
        return self

    def sample(self, n: int, seed: int, label: int | None = None) -> Floats:
        """Draw n codes, float32 (n, d); a label is refused."""
        refuse_label(self.name, label)
        if self._fitted is None:
            raise not_fitted(self.name)
        whitening, network = self._fitted
        with own_randomness(seed), torch.no_grad():
            return whitening.colour(self.draw(network, n).cpu().numpy()).astype(np.float32)


class FlowSampler(TrainedSampler["FlowNetwork"]):
    """A neural spline flow fitted to codes by maximum likelihood (arXiv:1906.04032).

    Args:
        steps: How many steps to train for at most.
        seed: Of initial weights and training.
    """

    name = "flow"
    first = 400
    lr = 3e-3

    def network(self, numbers: int) -> FlowNetwork:
        """Make the flow."""
        return FlowNetwork(numbers)

    def draw(self, network: FlowNetwork, n: int) -> Tensor:
        """Draw from the flow."""
        drawn: Tensor = network.flow().sample((n,))
        return drawn


class SecondStageSampler(TrainedSampler[Autoencoder]):
    """A small variational autoencoder of the codes themselves (two-stage VAE, arXiv:1903.05789).

    Its code has as many numbers as the codes vary in and its decoder's standard deviation is
    learned, so the second prior can match what the first one could not. Its posterior is bent by a
    flow: a diagonal normal would not fit where codes are narrow and curved, and the decoder's noise
    would have to make up for it. A draw is p(u) → p(z|u), noise included.

    Args:
        steps: How many steps to train for at most.
        seed: Of initial weights and training.
    """

    name = "two-stage"
    first = 1500
    lr = 1e-2

    def network(self, numbers: int) -> Autoencoder:
        """Make the autoencoder."""
        return second_stage(numbers)

    def draw(self, network: Autoencoder, n: int) -> Tensor:
        """Draw from the prior, decode, and add the decoder's noise."""
        u = network.prior(network, None).sample(torch.Size((n,)))
        return network.decode(u).sample().flatten(1)


class FlowNetwork(nn.Module):
    """The flow, in the shape that the training loop takes: rows (B, r, 1, 1), labels not used."""

    def __init__(self, numbers: int) -> None:
        super().__init__()
        self.flow = zuko().flows.NSF(numbers, transforms=3, hidden_features=(64, 64))

    def forward(
        self, x: Tensor, labels: Tensor | None, size: int, progress: float
    ) -> dict[str, Term]:
        """Give −log p(y), in nats a row."""
        y = x.flatten(1)
        y = y + JITTER * torch.randn_like(y)
        return {"nll": Term(-self.flow().log_prob(y), trains=("flow",))}

    def groups(self) -> dict[str, list[nn.Parameter]]:
        """Give all parameters as one group."""
        return {"flow": list(self.parameters())}


def second_stage(numbers: int, width: int = 128) -> Autoencoder:
    """A variational autoencoder of rows of numbers, which it sees as images of one pixel."""
    bottleneck = InverseAutoregressive(numbers)
    return Autoencoder(
        nn.Sequential(
            nn.Flatten(), *_hidden(numbers, width), nn.Linear(width, bottleneck.features)
        ),
        bottleneck,
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
