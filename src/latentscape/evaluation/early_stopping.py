"""Train a density until the likelihood of rows held out stops rising.

Each round trains twice as long as the one before, from the weights that it left, with a learning
rate that rises and falls once; so a fit costs at most twice what the best length known in advance
would have.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from latentscape.models.plan import Plan
from latentscape.system.randomness import own_randomness
from latentscape.training import Trainable
from latentscape.training.network import epochs_for, fit_network, steps_in

SHARE = 10
"""One row in so many is held out."""

MOST_HELD_OUT = 5000

GAIN = 0.02
"""What a round must gain for another one to follow, by default, in nats a row."""

N = TypeVar("N", bound=Trainable)


@dataclass(frozen=True)
class Convergence:
    """How a fit ended.

    Attributes:
        steps: how many steps were made.
        held_out: −log p of a row held out, or a bound above it, in nats, after each round.
        flat: whether the last round gained too little for another; otherwise the steps ran out.
        uniform: −log p of a row by a uniform prior, where that is what was to be bettered.

    Example:
        >>> print(Convergence(1200, (2.5, 2.31), flat=False))
        1,200 steps; held-out codes at 2.31 nats, still falling when the steps ran out
    """

    steps: int
    held_out: tuple[float, ...]
    flat: bool
    uniform: float | None = None

    def __str__(self) -> str:
        end = "no longer falling" if self.flat else "still falling when the steps ran out"
        before = "" if self.uniform is None else f" (the uniform prior: {self.uniform:.2f})"
        return (
            f"{self.steps:,} steps; held-out codes at {min(self.held_out):.2f} nats{before}, {end}"
        )


def fit_until_flat(
    network: N,
    rows: NDArray[np.float32],
    plan: Plan,
    first: int,
    most: int,
    *,
    gain: float = GAIN,
    at_once: int = MOST_HELD_OUT,
) -> tuple[N, Convergence]:
    """Train a network of rows (N, …), and give it as it was after the best round.

    Args:
        network: gives terms that sum to −log p of a row, or to a bound above it, in nats.
        rows: (N, …); a tenth is held out, at most 5,000, where there are ten or more.
        plan: how to train; its epochs are not used.
        first: steps of the first round.
        most: steps of all rounds together; the last one is cut to it.
        gain: what a round must gain for another one to follow, in nats a row.
        at_once: how many rows held out go through the network together.
    """
    assert isinstance(network, nn.Module)
    order = np.random.default_rng(plan.seed).permutation(len(rows))
    cut = min(len(rows) // SHARE, MOST_HELD_OUT)
    held_out, learned = rows[order[:cut] if cut else order], rows[order[cut:]]
    figures: list[float] = []
    done, length, flat, best = 0, min(first, most), False, network
    while length > 0 and not flat:
        epochs = epochs_for(length, len(learned), plan.batch)
        fit_network(network, learned, None, replace(plan, epochs=epochs, seed=plan.seed + done))
        figures.append(loss(network, torch.from_numpy(held_out), at_once))
        flat = len(figures) > 1 and figures[-1] > min(figures[:-1]) - gain
        if figures[-1] <= min(figures):
            best = deepcopy(network)
        done += epochs * steps_in(len(learned), plan.batch)
        length = min(2 * length, most - done)
    return best, Convergence(done, tuple(figures), flat)


@torch.no_grad()
def loss(network: Trainable, rows: Tensor, at_once: int = MOST_HELD_OUT) -> float:
    """The mean over rows of what training minimises, in evaluation mode, with the same noise.

    Args:
        network: what was trained.
        rows: (N, …).
        at_once: how many of them go through it together.
    """
    total = 0.0
    with own_randomness(0):
        for part in torch.split(rows, at_once):
            terms = network(part, None, len(rows), 1.0)
            each = (t.weight * t.value.mean().item() for t in terms.values() if t.trains)
            total += len(part) * sum(each)
    return total / len(rows)
