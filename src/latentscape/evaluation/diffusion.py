r"""A sampler that is trained to take noise out of codes: a diffusion model of the latent space.

A whitened code y is blurred to y_λ = α y + σ ε, with α² = sigmoid(λ), σ² = sigmoid(−λ) and ε
standard normal; λ = log α²/σ², the log of signal over noise, falls from clean to pure noise. A
small network learns ε from y_λ (arXiv:2006.11239). With λ uniform, its error makes the bound

.. math:: -\log p(y) \le \tfrac{\lambda_{max} - \lambda_{min}}{2}\, E \lVert ε - \hat ε \rVert^2
    + \tfrac d2 \log \frac{2 π e σ^2}{α^2} + KL

in nats (arXiv:2107.00630, equation 15), σ and α at the clean end and KL of the noisy end from
N(0, I). A draw goes the way back, from noise to a code.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import ClassVar

import torch
from torch import Tensor, nn

from latentscape.evaluation.samplers import JITTER, TrainedSampler
from latentscape.parts.step import Term

CLEAN, NOISE = -2 * math.log(JITTER), -8.0  # λ at both ends
STEPS = 200  # of a draw
WAVES = 16


class DiffusionSampler(TrainedSampler["Denoiser"]):
    """A diffusion model of codes: a small network that takes noise out (arXiv:2006.11239).

    Args:
        steps: How many steps to train for at most.
        seed: Of initial weights and training.
    """

    name = "diffusion"
    first: ClassVar[int] = 1000
    lr: ClassVar[float] = 3e-3

    def network(self, numbers: int) -> Denoiser:
        """Make the denoiser."""
        return Denoiser(numbers)

    def draw(self, network: Denoiser, n: int) -> Tensor:
        """Go from noise to codes, by arXiv:2107.00630's ancestral steps in λ."""
        device = next(network.parameters()).device
        levels = torch.linspace(NOISE, CLEAN, STEPS + 1, device=device)
        y = torch.randn(n, network.numbers, device=device)
        for now, after in pairwise(levels):
            share = -torch.expm1(now - after)
            clean = y - share * noise(now) * network.predict(y, now.expand(n))
            kept = signal(after) / signal(now) * clean
            y = kept + noise(after) * share.sqrt() * torch.randn_like(y)
        last = levels[-1]
        return (y - noise(last) * network.predict(y, last.expand(n))) / signal(last)


class Denoiser(nn.Module):
    """Tell the noise ε in blurred codes (B, d) of known λ.

    Args:
        numbers: d.
        width: Of three hidden layers.
    """

    def __init__(self, numbers: int, width: int = 128) -> None:
        super().__init__()
        self.numbers = numbers
        self.waves: Tensor
        self.register_buffer("waves", math.pi / 16 * torch.arange(1, WAVES + 1) / 2)
        last = nn.Linear(width, numbers)
        self.layers = nn.Sequential(
            nn.Linear(numbers + 2 * WAVES, width),
            nn.SiLU(),
            nn.Linear(width, width),
            nn.SiLU(),
            nn.Linear(width, width),
            nn.SiLU(),
            last,
        )
        for layer in self.layers:
            if isinstance(layer, nn.Linear):  # from torch's smaller weights learning stands still
                nn.init.kaiming_normal_(layer.weight)
                nn.init.zeros_(layer.bias)
        nn.init.zeros_(last.weight)

    def predict(self, y: Tensor, level: Tensor) -> Tensor:
        """Guess ε, (B, d).

        Args:
            y: blurred codes (B, d).
            level: their λ, (B,).
        """
        angles = level[:, None] * self.waves
        # σ y is the best guess for codes of N(0, I); the layers learn what others have beyond it.
        told: Tensor = self.layers(torch.cat([y, angles.sin(), angles.cos()], 1))
        return noise(level)[:, None] * y + signal(level)[:, None] * told

    def forward(
        self, x: Tensor, labels: Tensor | None, size: int, progress: float
    ) -> dict[str, Term]:
        """Give the bound on −log p(y), in nats a row; λ is spread evenly over a batch."""
        y = x.flatten(1)
        spread = torch.arange(len(y), device=y.device) / len(y)
        u = (spread + torch.rand((), device=y.device)) % 1
        level = NOISE + (CLEAN - NOISE) * u
        epsilon = torch.randn_like(y)
        blurred = signal(level)[:, None] * y + noise(level)[:, None] * epsilon
        error = (epsilon - self.predict(blurred, level)).square().sum(1)
        bound = (CLEAN - NOISE) / 2 * error + ends(y)
        return {"nll": Term(bound, trains=("denoiser",))}

    def groups(self) -> dict[str, list[nn.Parameter]]:
        """Give all parameters as one group."""
        return {"denoiser": list(self.parameters())}


def signal(level: Tensor) -> Tensor:
    """α of λ."""
    return torch.sigmoid(level).sqrt()


def noise(level: Tensor) -> Tensor:
    """σ of λ."""
    return torch.sigmoid(-level).sqrt()


def ends(y: Tensor) -> Tensor:
    """What the bound has besides denoising, (B,): both ends of λ, for codes (B, d)."""
    d = y.shape[1]
    clean = d / 2 * (math.log(2 * math.pi * math.e) - CLEAN)
    variance = 1 / (1 + math.exp(NOISE))
    spread = d / 2 * (variance - 1 - math.log(variance))
    return clean + spread + (1 - variance) / 2 * y.square().sum(1)
