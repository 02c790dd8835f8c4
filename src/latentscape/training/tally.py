"""What the terms of a loss come to over an epoch, and which stopped being finite first."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from latentscape.runs.state import Row
from latentscape.system import processes
from latentscape.system.errors import LatentscapeError


class DivergedError(LatentscapeError):
    """A term of the loss stopped being finite."""


class Tally:
    """Running means of the terms of an epoch, kept on the device and read once at its end."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.weights: dict[str, float] = {}
        self.total: Tensor | None = None
        self.first_bad: Tensor | None = None
        self.count = 0

    def add(self, means: Mapping[str, Tensor], weights: dict[str, float], images: int) -> None:
        """Count one batch.

        Args:
            means: of every term, by name.
            weights: theirs.
            images: how many the batch has.
        """
        now = torch.stack([m.float() for m in means.values()])
        if self.total is None or self.first_bad is None:
            self.names, self.total = list(means), torch.zeros_like(now, dtype=torch.double)
            self.first_bad = torch.zeros_like(now, dtype=torch.long)
            self.step = 0
        self.step += 1
        bad = (self.first_bad == 0) & ~now.isfinite()
        self.first_bad = torch.where(bad, self.step, self.first_bad)
        self.total += now * images
        self.weights = weights
        self.count += images

    def combine(self) -> None:
        """Add up what all processes counted."""
        if processes.world_size() == 1 or self.total is None or self.first_bad is None:
            return
        never = torch.full_like(self.first_bad, torch.iinfo(torch.long).max)
        first = processes.all_reduce_min(torch.where(self.first_bad > 0, self.first_bad, never))
        self.first_bad = torch.where(first == never, 0, first)
        count = torch.tensor([self.count], device=self.total.device)
        processes.all_reduce_sum(self.total)
        self.count = int(processes.all_reduce_sum(count))

    def means(self, prefix: str) -> Row:
        """Give the mean of every term, named prefix/term."""
        if self.total is None:
            return {}
        values = (self.total / self.count).tolist()
        return {f"{prefix}/{name}": v for name, v in zip(self.names, values, strict=True)}

    def check(self, epoch: int, place: str = "step") -> None:
        """Refuse to go on after a term that was not finite.

        Raises:
            DivergedError: naming epoch, step and term.
        """
        if self.first_bad is None:
            return
        steps = {n: s for n, s in zip(self.names, self.first_bad.tolist(), strict=True) if s}
        if steps:
            name, step = min(steps.items(), key=lambda item: item[1])
            kept = "the epochs before it are kept; " if epoch > 1 else ""
            raise DivergedError(
                f"the term '{name}' stopped being finite in epoch {epoch}, {place} {step}; {kept}"
                "train again with a smaller --lr, or --clip 1"
            )
