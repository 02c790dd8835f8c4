"""How steps are taken: what is recorded needs a GPU, where `make gpu-check` compares bits."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from types import SimpleNamespace
from unittest.mock import patch

import pytest
import torch
from torch import nn

from latentscape import recipes
from latentscape.models.plan import Plan
from latentscape.training import steps
from latentscape.training.loop import Pass
from latentscape.training.steps import RecordedSteps, Steps, all_known, kind_of_steps


class Counter(nn.Module):
    """A part from elsewhere, which does something in Python at each call."""


def kind(device: str, network: nn.Module, processes: int = 1) -> str:
    """How steps of a network would be taken."""
    fabric = SimpleNamespace(device=torch.device(device))
    with patch.object(steps.processes, "world_size", lambda: processes):
        return kind_of_steps(network, fabric).__name__


def test_whoever_only_measures_or_reports_loads_no_trainer() -> None:
    code = (
        "import sys, latentscape.evaluation.measure, latentscape.reports.run_report\n"
        "print([name for name in ('lightning_fabric', 'torch._dynamo') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_steps_are_recorded_on_one_gpu_alone() -> None:
    model = Pass(recipes.vae((1, 8, 8)))
    assert kind("cuda", model) == "RecordedSteps"
    assert kind("cpu", model) == "Steps"
    assert kind("cuda", model, processes=2) == "Steps"


def test_parts_from_elsewhere_are_not_recorded() -> None:
    """A recording would not repeat what they do in Python."""
    model = recipes.vae((1, 8, 8))
    model.regularizers.append(Counter())
    assert not all_known(list(model.modules()))
    assert kind("cuda", Pass(model)) == "Steps"


@pytest.mark.parametrize("tensor", [False, True])
def test_the_learning_rate_is_set_before_each_step(tensor: bool) -> None:
    """As a number, or where the optimizer keeps it on the device."""
    plan, parameter = Plan(lr=0.1), nn.Parameter(torch.ones(2))
    rate = torch.tensor(0.1) if tensor else 0.1
    optimizer = torch.optim.SGD([parameter], lr=rate)
    fabric = SimpleNamespace(device=torch.device("cpu"), backward=lambda loss: loss.backward())

    class Network(nn.Module):
        def forward(self, x: torch.Tensor, *_: object) -> object:
            loss = parameter.sum()
            return {("all",): loss}, {"loss": loss.detach()}, {"loss": 1.0}, ("loss",)

    take = Steps(Network(), optimizer, {"all": [parameter]}, plan, 9, fabric)  # type: ignore[arg-type]
    x, expected = torch.zeros(1), 1.0
    for progress in (0.0, 0.4, 1.0):
        take(x, None, progress)
        expected -= plan.learning_rate(progress)
        assert parameter.tolist() == pytest.approx([expected] * 2)


class Parted(nn.Module):
    """A network of one parameter whose statistics move at each step."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))
        self.norm = nn.BatchNorm1d(1)

    def forward(self, x: torch.Tensor, *_: object) -> object:
        loss = (self.norm(x) * self.weight).sum()
        return {("all",): loss}, {"loss": loss.detach()}, {"loss": 1.0}, ("loss",)


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> RecordedSteps:
    """Recorded steps whose GPU is this processor; a replay here only counts."""

    class Graph:
        replays = 0

        def replay(self) -> None:
            self.replays += 1

    stream = SimpleNamespace(wait_stream=lambda other: None)
    for name, value in (
        ("CUDAGraph", Graph),
        ("Stream", lambda: stream),
        ("current_stream", lambda: stream),
        ("stream", lambda chosen: nullcontext()),
        ("graph", lambda graph, **_: nullcontext()),
    ):
        monkeypatch.setattr(torch.cuda, name, value)
    monkeypatch.setattr(torch.random, "fork_rng", lambda **_: nullcontext())
    monkeypatch.setattr(steps, "refusing_to_wait", nullcontext)
    network, fabric = Parted(), SimpleNamespace(device=torch.device("cpu"))
    fabric.backward = lambda loss, **_: loss.backward()
    optimizer = torch.optim.SGD([network.weight], lr=0.1)
    return RecordedSteps(network, optimizer, {"all": [network.weight]}, Plan(), 9, fabric)  # type: ignore[arg-type]


def test_a_step_is_recorded_after_rehearsals_that_count_and_replayed_with_its_own_batch(
    recorded: RecordedSteps,
) -> None:
    batches = torch.arange(24.0).reshape(6, 4, 1)
    for batch in batches[: steps.REHEARSALS]:
        recorded(batch, None, 0.5)
        assert recorded.graph is None
    for batch in batches[steps.REHEARSALS :]:
        recorded(batch, None, 0.5)
        assert torch.equal(recorded.x, batch)
    assert recorded.graph is not None
    assert recorded.graph.replays == 3  # type: ignore[attr-defined]
    recorded(torch.tensor([[5.0], [9.0]]), None, 0.5)  # a batch of another size is taken as usual
    assert recorded.graph.replays == 3  # type: ignore[attr-defined]
    assert torch.equal(recorded.x, batches[-1])
    assert recorded.network.norm.num_batches_tracked == steps.REHEARSALS + 2  # one recorded


def test_what_waits_for_the_host_is_never_recorded_and_its_trial_leaves_no_trace(
    recorded: RecordedSteps, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def waiting() -> Iterator[None]:
        yield
        raise RuntimeError("called a synchronizing CUDA operation")

    monkeypatch.setattr(steps, "refusing_to_wait", waiting)
    for i in range(1, 6):
        recorded(torch.arange(4.0)[:, None], None, 0.5)
        assert recorded.network.norm.num_batches_tracked == i
    assert not recorded.recordable
    assert recorded.graph is None
