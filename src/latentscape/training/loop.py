"""The loop: one epoch over anything that gives terms by name and parameters by group.

Groups of parameters whose terms are the same share one backward pass, so that an ordinary model
does exactly one; where they differ (a critic), every group gets the gradient of its own total,
and then a single optimizer step follows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Protocol

import torch
from torch import Tensor, nn

from latentscape.models.pixels import unit
from latentscape.models.plan import Plan
from latentscape.parts.step import BOTH, Term
from latentscape.runs.state import Row
from latentscape.system import processes
from latentscape.system.errors import LatentscapeError
from latentscape.system.randomness import own_randomness
from latentscape.training.batches import Batches
from latentscape.training.steps import Losses, Steps
from latentscape.training.tally import Tally


class Trainable(Protocol):
    """A module that the loop can train."""

    def __call__(
        self, x: Tensor, labels: Tensor | None, size: int, progress: float, /
    ) -> dict[str, Term]:
        """Give the terms of the loss on one batch.

        Args:
            x: (B, …), floats; images in [0, 1].
            labels: (B,), or None.
            size: how many rows the training set has.
            progress: of training, from 0 to 1.
        """

    def groups(self) -> dict[str, list[nn.Parameter]]:
        """Give the parameters by the group that terms name."""


class Pass(nn.Module):
    """One forward pass, wrapped as a whole for precision and processes.

    Bytes become floats inside, since mixed precision rounds floats on their way in; what leaves is
    plain dictionaries of tensors.

    Args:
        trainable: what is trained.
        augment: what is done to images (B, C, H, W) in [0, 1] in training, and only then.
    """

    def __init__(self, trainable: Trainable, augment: nn.Module | None = None) -> None:
        super().__init__()
        self.trainable, self.augment = trainable, augment

    def forward(
        self, x: Tensor, labels: Tensor | None, size: int, progress: float
    ) -> tuple[Losses, dict[str, Tensor], dict[str, float], tuple[str, ...]]:
        """Give losses by group, every term's mean and weight by name, and which select.

        Args:
            x: a batch (B, C, H, W), bytes or floats.
            labels: theirs (B,), or None.
            size: how many images the training set has.
            progress: of training, in [0, 1].
        """
        x = unit(x)
        if self.augment is not None and self.training:
            x = self.augment(x)
        terms = self.trainable(x, labels, size, progress)
        means = {name: term.value.mean() for name, term in terms.items()}
        weights = {name: term.weight for name, term in terms.items()}
        found = {n: m.detach() for n, m in means.items()}
        return totals(terms, means), found, weights, selecting(terms)


def selecting(terms: Mapping[str, Term]) -> tuple[str, ...]:
    """Name the terms that the best epoch is chosen by: of what trains the model, unless told."""
    return tuple(
        name
        for name, term in terms.items()
        if (not set(BOTH).isdisjoint(term.trains) if term.selects is None else term.selects)
    )


def totals(terms: Mapping[str, Term], means: Mapping[str, Tensor]) -> Losses:
    """Sum weighted terms for each set of groups that share the same ones.

    A term of weight 0 stays in its sum: processes training together wait for its gradients.
    """
    names_by_group: dict[str, tuple[str, ...]] = {}
    for name, term in terms.items():
        for group in term.trains:
            names_by_group[group] = (*names_by_group.get(group, ()), name)
    groups_by_names: dict[tuple[str, ...], tuple[str, ...]] = {}
    for group, names in names_by_group.items():
        groups_by_names[names] = (*groups_by_names.get(names, ()), group)
    return {
        groups: torch.stack([terms[n].weight * means[n] for n in names]).sum()
        for names, groups in groups_by_names.items()
    }


def train_epoch(
    steps: Steps, batches: Batches, plan: Plan, epoch: int, *, on_step: Callable[[], None]
) -> Row:
    """Train for one epoch and give its row of figures.

    Args:
        steps: what takes a step on a batch.
        batches: the training set.
        plan: how to train.
        epoch: which epoch this is, from 1.
        on_step: called after every step.

    Raises:
        DivergedError: when a term stops being finite.
    """
    steps.network.train()
    tally, started = Tally(), time.perf_counter()
    last = max(plan.epochs * len(batches) - 1, 1)
    progress = 0.0
    for done, (x, labels) in enumerate(
        batches.shuffled(plan.seed, epoch), (epoch - 1) * len(batches)
    ):
        progress = done / last
        means, weights = steps(x, labels, progress)
        tally.add(means, weights, len(x))
        on_step()
    tally.combine()
    tally.check(epoch)
    seconds = time.perf_counter() - started
    row = {"epoch": float(epoch), "seconds": seconds, "lr": plan.learning_rate(progress)}
    row |= tally.means("train")
    return row | {f"weight/{name}": weight for name, weight in tally.weights.items()}


@torch.no_grad()
def validate(
    network: nn.Module, batches: Batches, size: int, epoch: int
) -> tuple[Row, dict[str, float]]:
    """Measure every term on held-out images.

    Noise is the same each time, so that epochs compare.

    Args:
        network: what is trained.
        batches: of held-out images.
        size: how many images the training set has.
        epoch: that was just made.

    Returns:
        The row of means, and the weights that training ends with of the terms that the best epoch
        is chosen by.

    Raises:
        DivergedError: when a term is not finite: the last step of an epoch may have spoilt the
            weights after its own loss was seen.
    """
    network.eval()
    tally = Tally()
    names: tuple[str, ...] = ()
    with own_randomness(processes.rank()):
        for x, labels in batches.ordered():
            _, means, weights, names = network(x, labels, size, 1.0)
            tally.add(means, weights, len(x))
    tally.combine()
    tally.check(epoch, "validation batch")
    return tally.means("validation"), {name: tally.weights[name] for name in names}


def loss_of(row: Row, split: str, weights: Mapping[str, float]) -> float | None:
    """Give the loss of an epoch: the sum of the terms it is chosen by, each weighed once.

    Args:
        row: the epoch's figures.
        split: "train" or "validation".
        weights: by term, as `validate` gives them.

    Returns:
        What the row holds as `split/loss`, or for a row of an earlier version what its terms come
        to; None where it lacks one.
    """
    names = [f"{split}/{name}" for name in weights]
    if f"{split}/loss" in row or not row.keys() >= set(names):
        return row.get(f"{split}/loss")
    return sum(w * row[name] for w, name in zip(weights.values(), names, strict=True))


def with_losses(row: Row, weights: Mapping[str, float]) -> Row:
    """Add the losses that an epoch is chosen by, as train/loss and validation/loss.

    Raises:
        LatentscapeError: when a term goes by that name.
    """
    if "train/loss" in row:
        raise LatentscapeError("a term is called 'loss', as the sum of all is; call it otherwise")
    losses = {f"{split}/loss": loss_of(row, split, weights) for split in ("train", "validation")}
    return row | {name: loss for name, loss in losses.items() if loss is not None}
