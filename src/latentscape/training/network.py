"""Train small networks (judges, flows, second stages) with the loop that trains models."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from latentscape.models.plan import Plan
from latentscape.system.arithmetic import exact_arithmetic
from latentscape.system.randomness import own_randomness
from latentscape.training.hardware import decided, make_fabric
from latentscape.training.loop import Pass, Trainable, train_epoch
from latentscape.training.on_device import batches_on
from latentscape.training.optimizer import make_optimizer
from latentscape.training.steps import kind_of_steps


def fit_network(
    network: Trainable,
    rows: NDArray[np.generic],
    labels: NDArray[np.int64] | None,
    plan: Plan,
    on_step: Callable[[], None] = lambda: None,
) -> None:
    """Train a network in place, in memory, and leave it in evaluation mode on the plan's device.

    Args:
        network: A module that gives terms by name and parameters by group.
        rows: (N, …), uint8 images or float32 codes.
        labels: (N,), or None.
        plan: How to train.
        on_step: Called after every step.

    Raises:
        DivergedError: When a term stops being finite.
    """
    plan = decided(plan)
    fabric = make_fabric(plan)
    module = Pass(network).to(fabric.device)
    groups = network.groups()
    wrapped, optimizer = fabric.setup(module, make_optimizer(groups, plan))
    batches = batches_on(fabric.device, rows, labels, plan.batch)
    taking = kind_of_steps(wrapped, fabric)
    steps = taking(wrapped, optimizer, groups, plan, batches.size, fabric)
    with own_randomness(plan.seed), exact_arithmetic():
        for epoch in range(1, plan.epochs + 1):
            train_epoch(steps, batches, plan, epoch, on_step=on_step)
    module.eval()


def epochs_for(steps: int, rows: int, batch: int) -> int:
    """How many epochs make at least so many steps.

    Args:
        steps: at least so many.
        rows: of the training set.
        batch: rows a step.

    Example:
        >>> epochs_for(600, 55_000, 256), epochs_for(600, 100, 256)
        (3, 600)
    """
    return -(-steps // steps_in(rows, batch))


def steps_in(rows: int, batch: int) -> int:
    """How many steps an epoch makes; what is left after whole batches waits for the next.

    Example:
        >>> steps_in(55_000, 256), steps_in(100, 256)
        (214, 1)
    """
    return max(1, rows // min(batch, rows))
