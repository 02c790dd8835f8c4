"""The plan of a training: everything that decides how a model is fitted, and nothing of the model.

A recipe carries the plan that suits it; people override single values.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any, Literal, get_args, get_type_hints

import numpy as np

from latentscape.parts.augmentation_names import augmentation_names
from latentscape.system.errors import LatentscapeError

MOST_SEED = 2**63 - 1  # what torch takes
LEAST_STEPS, MOST_STEPS = 1000, 50_000
MOST_EPOCHS = 200  # that few images are passed over for the sake of steps
LEAST_BATCH = 16
BATCHES = 8  # in an epoch, at the least
MOST_VALUES = 1 << 22  # that the images of a batch have together
MOST_DECODERS = 12


@dataclass(frozen=True)
class Plan:
    """How to train a model.

    Attributes:
        epochs: passes over the training images.
        batch: images a step; a set that holds fewer is one batch.
        lr: the learning rate at its highest.
        optimizer: "adamw" (decoupled decay, arXiv:1711.05101), "adam" (decay in the gradient) or
            "muon" (momentum made orthogonal for matrices, arXiv:2502.16982, and "adamw" for the
            rest): fewer steps, each of which takes longer.
        eps: the constant in Adam's denominator.
        weight_decay: the optimizer's weight decay.
        schedule: "one-cycle" (rise, then fall to nothing as a cosine) or "constant".
        lr_warmup: the share of the steps in which a one-cycle rate rises.
        clip: the largest norm of a gradient; 0 clips nothing.
        patience: epochs without a better validation loss before training stops; 0 never stops.
        keep: which epoch's weights a run has: the "best" by validation loss, or the "last".
        keep_decoders: after how many of the epochs the weights that decode are kept beside those of
            the end, to be played in the explorer; 12 at most, more of them early, where more is
            learned.
        train_on: "train", or "train+validation", all images that are not for testing: then
            validation images choose nothing.
        last_batch: "drop" the images that no longer fill a batch at the end of an epoch, others in
            each, or "keep" them as a smaller batch.
        accumulate: in how many parts a batch is gone through, one after another, before a step is
            taken: the gradient is the whole batch's, and as much less memory holds it.
        gradient_checkpointing: whether networks keep only what goes in and out of their stages, and
            work the rest out again for the gradient (arXiv:1604.06174): less memory for large
            images, a third more time.
        augment: what is done at random to each training image at each step, with + between names,
            as in "shift+flip": "shift" (a tenth of a side at most), "flip" (left for right, every
            other one), "turn" (10° at most) and "colour" (brightness and contrast); or "none".
        ema: the decay of an exponential average of the weights over steps, such as 0.999, by which
            epochs are measured and kept; 0 keeps the weights themselves. Running statistics of
            batch norm stay those of training.
        seed: of the order of images, of noise, and of the initial weights where training builds
            the model, or `fit` is given a `seed` and one that nothing has trained yet.
        precision: arithmetic of the networks; "auto" takes bf16 where the hardware has it, and
            likelihoods and rates stay in fp32 always.
        device: "auto" takes a GPU where there is one.
    """

    epochs: int = 20
    batch: int = 128
    lr: float = 4e-3
    optimizer: Literal["adamw", "adam", "muon"] = "adamw"
    eps: float = 1e-8
    weight_decay: float = 0.0
    schedule: Literal["one-cycle", "constant"] = "one-cycle"
    lr_warmup: float = 0.2
    clip: float = 0.0
    patience: int = 0
    keep: Literal["best", "last"] = "best"
    keep_decoders: int = 0
    train_on: Literal["train", "train+validation"] = "train"
    last_batch: Literal["drop", "keep"] = "drop"
    accumulate: int = 1
    gradient_checkpointing: bool = False
    augment: str = "none"
    ema: float = 0.0
    seed: int = 0
    precision: Literal["auto", "bf16-mixed", "32-true"] = "auto"
    device: Literal["auto", "cpu", "cuda"] = "auto"

    def __post_init__(self) -> None:
        own: type = type(self)
        for name, kind in _kinds(own).items():
            if isinstance(value := getattr(self, name), np.generic):
                object.__setattr__(self, name, value.item())
            refuse_other_kinds(name, getattr(self, name), kind)
        augmentation_names(self.augment)
        if self.seed > MOST_SEED:
            raise LatentscapeError(f"--seed is {self.seed}; give a whole number below 2^63")
        if self.lr_warmup > 1:
            raise LatentscapeError(
                f"--lr-warmup is {self.lr_warmup}; give a share of training, from 0 to 1"
            )
        least_of = {"epochs": 1, "batch": 1, "accumulate": 1, "patience": 0, "seed": 0}
        for name, least in least_of.items():
            if getattr(self, name) < least:
                raise LatentscapeError(
                    f"--{name} is {getattr(self, name)}; give a whole number of {least} or more"
                )
        for name in ("lr", "eps"):
            if not (math.isfinite(getattr(self, name)) and getattr(self, name) > 0):
                raise LatentscapeError(
                    f"--{name} is {getattr(self, name)}; give a number larger than 0, such as 0.001"
                )
        if not 0 <= self.ema < 1:
            raise LatentscapeError(
                f"--ema is {self.ema}; give a decay from 0 (no average) to below 1, such as 0.999"
            )
        for name in ("weight_decay", "clip", "lr_warmup"):
            if not (math.isfinite(getattr(self, name)) and getattr(self, name) >= 0):
                flag = name.replace("_", "-")
                raise LatentscapeError(
                    f"--{flag} is {getattr(self, name)}; give a number of 0 or more"
                )
        if not 0 <= self.keep_decoders <= MOST_DECODERS:
            raise LatentscapeError(
                f"--keep-decoders is {self.keep_decoders}; give a whole number from 0 to "
                f"{MOST_DECODERS}"
            )
        if self.train_on != "train" and (self.keep == "best" or self.patience):
            raise LatentscapeError(
                f"with --train-on {self.train_on} there are no images left to choose the best "
                "epoch by; give --keep last and no --patience, or --train-on train"
            )

    def _repr_html_(self) -> str:
        return plan_html(self)

    def decoder_epochs(self) -> list[int]:
        """Give the epochs after which decoders are kept: each later by about the same factor.

        Example:
            >>> Plan(epochs=20, keep_decoders=4).decoder_epochs()
            [1, 2, 3, 6]
            >>> Plan(epochs=4, keep_decoders=12).decoder_epochs()
            [1, 2, 3]
        """
        count = min(self.keep_decoders, self.epochs - 1)
        factor = self.epochs ** (1 / (count + 1))
        epochs: list[int] = []
        for i in range(count):
            least = epochs[-1] + 1 if epochs else 1
            most = self.epochs - (count - i)
            epochs.append(min(max(round(factor**i), least), most))
        return epochs

    def learning_rate(self, progress: float) -> float:
        """Give the learning rate at a progress of training in [0, 1].

        Example:
            >>> plan = Plan(lr=1.0, lr_warmup=0.5)
            >>> [round(plan.learning_rate(p), 2) for p in (0.0, 0.25, 0.5, 0.75, 1.0)]
            [0.04, 0.52, 1.0, 0.5, 0.0]
        """
        if self.schedule == "constant":
            return self.lr
        if progress < self.lr_warmup:
            return self.lr * (0.04 + 0.96 * progress / self.lr_warmup)
        fall = (progress - self.lr_warmup) / max(1 - self.lr_warmup, 1e-9)
        return self.lr * 0.5 * (1 + math.cos(math.pi * min(fall, 1.0)))


def plan_html(plan: Plan) -> str:
    """A plan as a table; what a value means shows when the pointer is over its row."""
    from latentscape.system.docstrings import described
    from latentscape.system.tables import cell, html_table

    usual = Plan()
    values = {f.name: (getattr(plan, f.name), getattr(usual, f.name)) for f in fields(Plan)}
    rows = [
        [name, cell(value), "" if value == default else cell(default)]
        for name, (value, default) in values.items()
    ]
    return html_table(["plan", "value", "in place of"], rows, hints=described(Plan))


def suited(plan: Plan, images: int, values: int, given: Collection[str] = ()) -> Plan:
    """Suit a suggested plan to the images: what a training learns goes by its steps.

    Of a small set batches are smaller, 8 or more in an epoch but of 16 images at least, with a
    learning rate that is smaller by as much, and epochs more, until there are 1,000 steps or 200
    epochs; of a very large one epochs are fewer, so that there are no more than 50,000 steps, or
    one epoch. Of large images batches are smaller, too, so that memory holds what networks make
    of them: of 256 images of 3×64×64, for example, and of 16 from 3×256×256 on.

    Args:
        plan: as a recipe suggests it, for tens of thousands of small images.
        images: how many there are to train on.
        values: how many each has: pixels times channels.
        given: names of values that stay, since somebody gave them.

    Example:
        >>> few = suited(Plan(epochs=20, batch=128), images=320, values=64)
        >>> few.batch, few.epochs, few.lr
        (32, 100, 0.001)
        >>> suited(Plan(epochs=20, batch=128), 320, 64, given=["epochs"]).epochs
        20
        >>> suited(Plan(batch=512), 60_000, 3 * 64 * 64).batch
        256
    """
    share = max(min(images // BATCHES, MOST_VALUES // values), 1)
    fitting = max(LEAST_BATCH, 1 << (share.bit_length() - 1))
    batch = plan.batch if "batch" in given else min(plan.batch, fitting)
    lr = plan.lr if "lr" in given else plan.lr * batch / plan.batch
    epochs = plan.epochs
    if "epochs" not in given:
        steps = max(images // batch, 1)
        longer = max(epochs, min(math.ceil(LEAST_STEPS / steps), MOST_EPOCHS))
        epochs = min(longer, max(MOST_STEPS // steps, 1))
    return replace(plan, batch=batch, epochs=epochs, lr=lr)


@dataclass(frozen=True)
class DecidedPlan(Plan):
    """A plan for one machine, whose device and arithmetic are decided: no "auto" is left.

    Attributes:
        precision: arithmetic of the networks.
        device: where they are trained.
    """

    precision: Literal["bf16-mixed", "32-true"] = "32-true"
    device: Literal["cpu", "cuda"] = "cpu"


@cache
def _kinds(plan: type) -> dict[str, Any]:
    """The type of each value of a plan, by name; read once, since plans are made often."""
    return get_type_hints(plan)


def refuse_other_kinds(name: str, value: object, kind: type) -> None:
    """Refuse a value that is no whole number, no number, no text, or none of the names there are.

    Args:
        name: the option's.
        value: what was given.
        kind: its annotation.

    Raises:
        LatentscapeError: when it does not fit.
    """
    choices = get_args(kind)
    if choices:
        fits, wanted = value in choices, "one of " + ", ".join(choices)
    elif kind is str:
        fits, wanted = isinstance(value, str), "a text"
    elif kind is bool:
        fits, wanted = isinstance(value, bool), "true or false"
    elif kind is int:
        fits, wanted = isinstance(value, int) and not isinstance(value, bool), "a whole number"
    else:
        fits, wanted = isinstance(value, int | float) and not isinstance(value, bool), "a number"
    if not fits:
        raise LatentscapeError(f"--{name.replace('_', '-')} is {value!r}; give {wanted}")
