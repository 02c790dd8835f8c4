"""A step of training that needs nothing from the host: batches, rate and order lie on the device.

So it can be captured once as a CUDA graph and replayed, which starts its hundred or so small
kernels in one call. Four ways to take the same step:

- eager: as Python comes to it;
- compiled: forward and backward by `torch.compile(mode="reduce-overhead")`;
- captured: the eager step, optimizer included, as one CUDA graph;
- both: the captured step with forward and backward compiled.

On a CPU nothing is captured, which only shows that the steps work.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Literal, get_args

import numpy as np
import torch
from torch import Tensor, nn

from latentscape import Images, Plan
from latentscape.models.autoencoder import Autoencoder
from latentscape.training.loop import Pass
from latentscape.training.order import windows
from latentscape.training.steps import Losses

Way = Literal["eager", "compiled", "captured", "both"]
WAYS: tuple[Way, ...] = get_args(Way)
KINDS = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}
REHEARSALS = 3


class Steps:
    """The training of a model on images held on a device.

    Args:
        model: what is trained; it is moved to the device.
        images: all that it is trained on.
        plan: how, with device and precision decided.
        way: how a step is taken.

    Attributes:
        length: how many steps an epoch has.
    """

    def __init__(self, model: Autoencoder, images: Images, plan: Plan, way: Way) -> None:
        self.plan, self.way, self.device = plan, way, torch.device(plan.device)
        model.to(self.device).train()
        self.groups = model.groups()
        self.rows = torch.from_numpy(np.array(images.pixels)).to(self.device)
        labels = images.labels if model.labels else None
        self.labels = None if labels is None else torch.from_numpy(labels).to(self.device)
        self.batch = min(plan.batch, len(self.rows))
        self.length = len(self.rows) // self.batch
        self.order = torch.zeros(self.length, self.batch, dtype=torch.long, device=self.device)
        self.rates = torch.full((self.length,), plan.lr, device=self.device)
        self.place = torch.zeros(1, dtype=torch.long, device=self.device)
        self.loss = torch.zeros((), device=self.device)
        self.rate = torch.tensor(plan.lr, device=self.device)
        self.optimizer = KINDS[plan.optimizer](
            [parameter for group in self.groups.values() for parameter in group],
            lr=self.rate,
            eps=plan.eps,
            weight_decay=plan.weight_decay,
            fused=True,
            capturable=self.device.type == "cuda",
        )
        self.network: Callable[..., Any] = Pass(model)
        if way in ("compiled", "both"):
            mode = "reduce-overhead" if way == "compiled" else "default"
            self.network = torch.compile(self.network, mode=mode, dynamic=False)
        self.model = model
        self.take: Callable[[], None] = self.step
        if way in ("captured", "both") and self.device.type == "cuda":
            self.take = self.captured()

    def arithmetic(self) -> AbstractContextManager[object]:
        """Compute in bf16 where the plan says so."""
        if self.plan.precision == "32-true":
            return nullcontext()
        return torch.autocast(self.device.type, torch.bfloat16)

    def step(self) -> None:
        """Take the step that `place` points to."""
        self.optimizer.zero_grad(set_to_none=True)
        rows = self.order.index_select(0, self.place)[0]
        self.rate.copy_(self.rates.index_select(0, self.place)[0])
        y = None if self.labels is None else self.labels.index_select(0, rows)
        if self.way == "compiled":
            torch.compiler.cudagraph_mark_step_begin()  # type: ignore[no-untyped-call]
        with self.arithmetic():
            losses, *_ = self.network(self.rows.index_select(0, rows), y, len(self.rows), 1.0)
        self.backward(losses)
        if self.plan.clip:
            parameters = [p for group in self.groups.values() for p in group]
            nn.utils.clip_grad_norm_(parameters, self.plan.clip)
        self.optimizer.step()
        self.loss += torch.stack([loss.detach() for loss in losses.values()]).sum()
        self.place += 1

    def backward(self, losses: Losses) -> None:
        """Give each group of parameters the gradient of its own loss."""
        for i, (names, loss) in enumerate(losses.items()):
            inputs = [p for name in names for p in self.groups.get(name, ())]
            keep = i < len(losses) - 1
            torch.autograd.backward(loss, inputs=inputs, retain_graph=keep)

    def captured(self) -> Callable[[], None]:
        """Capture the step, after a few that are undone."""
        before = [tensor.clone() for tensor in self.tensors()]
        side = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(REHEARSALS):
                self.step()
                self.place.zero_()
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self.step()
        with torch.no_grad():
            after = self.tensors()
            for tensor, value in zip(after, before, strict=False):
                tensor.copy_(value)
            for moment in after[len(before) :]:  # the optimizer's, which began at nothing
                moment.zero_()
        return graph.replay

    def tensors(self) -> list[Tensor]:
        """Every tensor that a step changes; the optimizer's own last."""
        moments = [m for quantities in self.optimizer.state.values() for m in quantities.values()]
        own = [*self.model.parameters(), *self.model.buffers(), self.loss, self.place]
        return [tensor.detach() for tensor in (*own, *moments)]

    def begin(self, epoch: int) -> None:
        """Put the order and the rates of an epoch in place, as latentscape's loop would."""
        rng = np.random.default_rng((self.plan.seed, epoch))
        row = self.rows[0].numel()
        (order,) = windows(len(self.rows), row, self.batch, rng)
        whole = order[: self.length * self.batch].reshape(self.length, self.batch)
        self.order.copy_(torch.from_numpy(whole))
        first, last = (epoch - 1) * self.length, max(self.plan.epochs * self.length - 1, 1)
        rates = [self.plan.learning_rate((first + i) / last) for i in range(self.length)]
        self.rates.copy_(torch.tensor(rates))
        self.place.zero_()
        self.loss.zero_()

    def epoch(self, epoch: int) -> None:
        """Train for an epoch."""
        self.begin(epoch)
        for _ in range(self.length):
            self.take()

    def some(self, count: int) -> None:
        """Take the first steps of the epoch that was begun."""
        self.place.zero_()
        self.loss.zero_()
        for _ in range(min(count, self.length)):
            self.take()

    def mean_loss(self) -> float:
        """The mean loss of the steps since the epoch began."""
        return float(self.loss / self.place.clamp_min(1)[0])
