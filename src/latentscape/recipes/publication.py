"""How a model was trained where it was published, and in what a training here differs from that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from latentscape.models.blueprint import Value
from latentscape.models.plan import Plan

if TYPE_CHECKING:
    from latentscape.data import Splits

FREE = ("seed", "device")  # of a plan: no publication is bound to them


@dataclass(frozen=True)
class Published:
    """How a model was trained where it was published.

    Attributes:
        plan: the whole training: optimizer, batch, epochs, precision, which epoch is kept.
        arguments: the recipe's arguments: initial weights, weighting.
        data: the source of its images.
        images: how many of them it was trained on.
        varied: options of the recipe that the source tried several values of.
        notes: what the source leaves open, and what stands for it here.
    """

    plan: Plan
    arguments: Mapping[str, Value] = field(default_factory=dict)
    data: str = "mnist"
    images: int = 60_000
    varied: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def departures(
        self, arguments: Mapping[str, Value], given: Mapping[str, Value], plan: Plan, images: Splits
    ) -> tuple[str, ...]:
        """Say in what a training differs from the published one, a sentence each.

        Args:
            arguments: the recipe's defaults.
            given: arguments that were given instead.
            plan: how the model is to be trained.
            images: what on.
        """
        sentences = [f"as published, but that {note}" for note in self.notes]
        count = images.counts["train"]
        if plan.train_on == "train+validation":
            count += len(images.validation)
        if (images.name, count) != (self.data, self.images):
            sentences.append(
                f"not as published: {count:,} images of '{images.name}' where the source has "
                f"{self.images:,} of '{self.data}'"
            )
        theirs = {**arguments, **self.arguments, **asdict(self.plan)}
        mine = {n: v for n, v in given.items() if n not in self.varied}
        mine |= {n: v for n, v in asdict(plan).items() if n not in FREE}
        sentences += [
            f"not as published: --{name.replace('_', '-')} {value} where the source has "
            f"{theirs[name]}"
            for name, value in mine.items()
            if name in theirs and value != theirs[name]
        ]
        return tuple(sentences)
