"""Critics: networks that learn to tell codes or images apart, whose judgement trains the model.

Each is a group of parameters by itself, trained by its own term; the model's terms pass through
the critic without changing it.
"""

from __future__ import annotations

from abc import ABC
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor

from latentscape.parts.names import Shape
from latentscape.parts.networks.convolutional import conv_encoder
from latentscape.parts.networks.dense import mlp
from latentscape.parts.regularizers.base import Weighted
from latentscape.parts.regularizers.mmd import prior_draws
from latentscape.parts.step import BOTH, INFERENCE, Step, Term

CRITIC = ("critic",)
OWN = 0.2
"""How much of the image itself is in what a `MixingCritic` is shown as not mixed."""


def told_apart(real: Tensor, fake: Tensor) -> Tensor:
    """Cross-entropy of a critic's logits, high for real and low for fake: (B,), (B,) -> (B,)."""
    return (F.softplus(-real) + F.softplus(fake)) / 2


class Critic(Weighted, ABC):
    """A network of one logit for each code, which owns its parameters.

    Args:
        code: d.
        weight: of the term that trains the model.
        hidden: widths of its layers.
    """

    group = "critic"

    def __init__(self, code: int, weight: float, hidden: tuple[int, ...] = (256, 256)) -> None:
        super().__init__(weight)
        self.network = mlp([code, *hidden, 1], "leaky-relu")

    def logits(self, z: Tensor) -> Tensor:
        """Judge codes, (B, d) -> (B,)."""
        judged: Tensor = self.network(z)[:, 0]
        return judged


class PermutationCritic(Critic):
    """Tells codes from codes shuffled within each dimension: total correlation (arXiv:1802.05983).

    At its best its logit is log q(z)/∏q(z_j), whose mean is the total correlation.

    Args:
        code: d.
        weight: γ, of the total correlation.
        hidden: widths of its layers.
    """

    def forward(self, step: Step) -> dict[str, Term]:
        """Give the total correlation for the model, and the critic's own cross-entropy."""
        z = step.z[0]
        joint = self.logits(z)
        product = self.logits(shuffled(z.detach()))
        return {
            "total correlation": Term(joint, self.weight, BOTH),
            "critic": Term(told_apart(joint, product), trains=CRITIC),
        }


def shuffled(z: Tensor) -> Tensor:
    """Shuffle each column of (B, d) by itself: draws from the product of the marginals."""
    order = torch.rand_like(z).argsort(0)
    return z.gather(0, order)


class PriorCritic(Critic):
    """Tells draws of the prior from codes, which learn to pass for them (arXiv:1511.05644).

    Args:
        code: d.
        weight: how much passing counts, in nats.
        hidden: widths of its layers.
    """

    draws_to_prior: ClassVar[bool] = True

    def forward(self, step: Step) -> dict[str, Term]:
        """Give the encoder's loss, −log of the probability to pass, and the critic's own."""
        passing = self.logits(step.z[0])
        real = self.logits(prior_draws(step))
        return {
            "passing": Term(F.softplus(-passing), self.weight, INFERENCE),
            "critic": Term(told_apart(real, passing), trains=CRITIC),
        }


class MixingCritic(Weighted):
    """Guesses how much of another image is mixed into what a code decodes to (arXiv:1807.07543).

    Codes between two images' are decoded; the model learns to make of them what the critic takes
    for one image, the critic to guess the smaller share, and 0 of reconstructions that a part of
    the image itself has been blended into.

    Args:
        shape: of an image, (C, H, W).
        weight: of the squared guess · C·H·W, which grows with the image as the distortion does.
        hidden: channels of the critic's convolutions, each of which halves the image.
    """

    group = "critic"

    def __init__(self, shape: Shape, weight: float, hidden: tuple[int, ...] = (32, 64)) -> None:
        super().__init__(weight)
        self.network = conv_encoder(shape, 1, hidden, "leaky-relu")

    def guesses(self, x: Tensor) -> Tensor:
        """Guess the shares mixed into images, (B, C, H, W) -> (B,)."""
        guessed: Tensor = self.network(x)[:, 0].float()
        return guessed

    def forward(self, step: Step) -> dict[str, Term]:
        """Give what the model gives away of its mixtures, and the critic's own squared errors."""
        z = step.z[0]
        share = torch.rand_like(z[:, :1]) / 2
        mixed = step.model.decode(z.lerp(z.roll(1, 0), share), step.condition).mean
        whole = step.reconstruction.mean[0].lerp(step.x, OWN).detach()
        guessed = self.guesses(mixed)
        given_away = guessed.square() * step.x[0].numel()
        errors = (guessed - share[:, 0]).square() + self.guesses(whole).square()
        return {
            "given away": Term(given_away, self.weight, BOTH, selects=False),
            "critic": Term(errors, trains=CRITIC),
        }
