"""One step of training: as Python comes to it, or recorded once and replayed by a GPU.

A step of a small model is about a hundred small kernels, and on a GPU starting them takes longer
than running them. Recorded as a CUDA graph, all of them start in one call, and compute the same
numbers bit for bit.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from functools import cached_property
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from latentscape.models.plan import Plan
from latentscape.system import processes
from latentscape.training.averaging import average
from latentscape.training.checkpointing import is_checkpointed

if TYPE_CHECKING:
    from lightning_fabric import Fabric

Losses = dict[tuple[str, ...], Tensor]
Groups = Mapping[str, list[nn.Parameter]]
Taken = tuple[dict[str, Tensor], dict[str, float]]

REHEARSALS = 3
KNOWN = {"latentscape", "torch", "lightning_fabric", "zuko"}


def backward(losses: Losses, groups: Groups, fabric: Fabric) -> None:
    """Give each group of parameters the gradient of its own loss, before any of them steps.

    Args:
        losses: by group.
        groups: their parameters.
        fabric: what scales and shares gradients.
    """
    if len(losses) == 1 and groups.keys() <= set(*losses):
        return fabric.backward(*losses.values())
    for i, (names, loss) in enumerate(losses.items()):
        inputs = [p for name in names for p in groups.get(name, ()) if p.requires_grad]
        fabric.backward(loss, inputs=inputs, retain_graph=i < len(losses) - 1)
    return None


def pieces(labels: Tensor | None, parts: int) -> Sequence[Tensor | None]:
    """Cut labels as their batch is cut; None for each part where there are none."""
    return [None] * parts if labels is None else labels.tensor_split(parts)


class Steps:
    """Takes steps: forward, backward, and the optimizer's move.

    Args:
        network: a `Pass`, as Fabric wrapped it.
        optimizer: likewise.
        groups: parameters by group.
        plan: how to train.
        size: how many rows the training set has.
        fabric: device, precision and processes.
    """

    def __init__(
        self,
        network: nn.Module,
        optimizer: torch.optim.Optimizer,
        groups: Groups,
        plan: Plan,
        size: int,
        fabric: Fabric,
    ) -> None:
        self.network, self.optimizer, self.groups = network, optimizer, groups
        self.plan, self.size, self.fabric = plan, size, fabric

    def __call__(self, x: Tensor, labels: Tensor | None, progress: float) -> Taken:
        """Take a step.

        Args:
            x: a batch, (B, …).
            labels: (B,), or None.
            progress: of training, in [0, 1].

        Returns:
            Every term's mean, which the next step may overwrite, and weight, by name.
        """
        rate = self.plan.learning_rate(progress)
        for group in self.optimizer.param_groups:
            if isinstance(group["lr"], Tensor):
                group["lr"].fill_(rate)
            else:
                group["lr"] = rate
        return self.take(x, labels, progress)

    def take(self, x: Tensor, labels: Tensor | None, progress: float | Tensor) -> Taken:
        """Take a step at the learning rate that is set.

        Args:
            x: a batch, (B, …).
            labels: (B,), or None.
            progress: of training, in [0, 1].
        """
        means, weights = self.gradients(x, labels, progress)
        if self.plan.clip:
            parameters = [p for group in self.groups.values() for p in group]
            nn.utils.clip_grad_norm_(parameters, self.plan.clip)
        self.optimizer.step()
        if self.plan.ema:
            average(self.optimizer, self.plan.ema)
        self.optimizer.zero_grad(set_to_none=True)
        return means, weights

    def gradients(self, x: Tensor, labels: Tensor | None, progress: float | Tensor) -> Taken:
        """Give every parameter its gradient; what is returned is as of a step.

        Args:
            x: a batch, (B, …).
            labels: (B,), or None.
            progress: of training, in [0, 1].
        """
        parts = min(self.plan.accumulate, len(x))
        if parts == 1:
            losses, means, weights, _ = self.network(x, labels, self.size, progress)
            backward(losses, self.groups, self.fabric)
            return means, weights
        means = {}
        rows = zip(x.tensor_split(parts), pieces(labels, parts), strict=True)
        alone = processes.world_size() == 1
        for i, (some, theirs) in enumerate(rows):
            share = len(some) / len(x)
            # Processes exchange gradients once, with the last part's.
            apart = not alone and i < parts - 1
            wait = self.fabric.no_backward_sync(self.network) if apart else nullcontext()  # type: ignore[arg-type]
            with wait:
                losses, found, weights, _ = self.network(some, theirs, self.size, progress)
                scaled = {names: share * loss for names, loss in losses.items()}
                backward(scaled, self.groups, self.fabric)
            for name, mean in found.items():
                means[name] = share * mean + means.get(name, 0)
        return means, weights


class RecordedSteps(Steps):
    """Steps of one GPU, recorded after a few and replayed from then on.

    Where a step asks the GPU for a number before it can go on (a weight that follows the progress
    of training does), and for batches of another size, steps are taken as usual.
    """

    graph: torch.cuda.CUDAGraph | None = None
    recordable = True
    rehearsed = 0

    @cached_property
    def progress(self) -> Tensor:
        """The progress of training, where the GPU reads it."""
        return torch.zeros((), device=self.fabric.device)

    def take(self, x: Tensor, labels: Tensor | None, progress: float | Tensor) -> Taken:
        """Take a step: replay it, or rehearse it and record it.

        Args:
            x: a batch, (B, …).
            labels: (B,), or None.
            progress: of training, in [0, 1].
        """
        if not self.recordable:
            return super().take(x, labels, progress)
        self.progress.fill_(progress)
        if self.graph is None and self.rehearsed < REHEARSALS:
            return self.rehearse(x, labels, progress)
        if self.graph is None:
            self.record(x, labels)
        if self.graph is None or x.shape != self.x.shape:
            return super().take(x, labels, progress)
        self.x.copy_(x)
        if self.labels is not None and labels is not None:
            self.labels.copy_(labels)
        self.graph.replay()
        return self.taken

    def rehearse(self, x: Tensor, labels: Tensor | None, progress: float | Tensor) -> Taken:
        """Take a step aside, as what is recorded must have run before; try first if it can be.

        Args:
            x: a batch, (B, …).
            labels: (B,), or None.
            progress: of training, in [0, 1].
        """
        if not self.rehearsed:
            self.recordable = self.runs_alone(x, labels)
        if not self.recordable:
            return super().take(x, labels, progress)
        self.rehearsed += 1
        here = torch.cuda.current_stream()
        aside = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        aside.wait_stream(here)
        with torch.cuda.stream(aside):
            taken = super().take(x, labels, progress)
        here.wait_stream(aside)
        return taken

    def runs_alone(self, x: Tensor, labels: Tensor | None) -> bool:
        """Whether a step asks the host for nothing; weights, statistics and chance stay as are."""
        buffers = [buffer.clone() for buffer in self.network.buffers()]
        with torch.random.fork_rng(devices=[x.device]):
            try:
                with refusing_to_wait():
                    _, weights = self.gradients(x, labels, self.progress)
                alone = not any(isinstance(weight, Tensor) for weight in weights.values())
            except RuntimeError:
                alone = False
        self.optimizer.zero_grad(set_to_none=True)
        with torch.no_grad():
            for buffer, before in zip(self.network.buffers(), buffers, strict=True):
                buffer.copy_(before)
        return alone

    def record(self, x: Tensor, labels: Tensor | None) -> None:
        """Record a step, which runs nothing."""
        self.x, self.labels = x.clone(), None if labels is None else labels.clone()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, capture_error_mode="thread_local"):
            self.taken = super().take(self.x, self.labels, self.progress)
        self.graph = graph


@contextmanager
def refusing_to_wait() -> Iterator[None]:
    """Have torch refuse, with a RuntimeError, whatever makes the host wait for the GPU."""
    before = torch.cuda.get_sync_debug_mode()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that this mode does not know all that waits
        torch.cuda.set_sync_debug_mode("error")
    try:
        yield
    finally:
        torch.cuda.set_sync_debug_mode(before)


def kind_of_steps(network: nn.Module, fabric: Fabric) -> type[Steps]:
    """Choose how steps are taken: recorded on one GPU, if all parts are this package's or torch's.

    What a part from elsewhere does in Python at each step, a recording would not repeat.
    """
    alone = fabric.device.type == "cuda" and processes.world_size() == 1
    if not alone or any(map(is_checkpointed, network.modules())):
        return Steps
    return RecordedSteps if all_known(list(network.modules())) else Steps


def all_known(modules: Sequence[nn.Module]) -> bool:
    """Whether every module is of this package, or of a library whose modules act alike each time.

    Example:
        >>> all_known([nn.Linear(2, 3)])
        True
    """
    return all(type(module).__module__.partition(".")[0] in KNOWN for module in modules)
