"""Averages of the weights over steps: torch's own, a closed form, and the same bits on resume."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

import latentscape as ls
from latentscape.cli.main import main
from latentscape.reports.facts import training_of
from latentscape.system.errors import LatentscapeError
from latentscape.training import resume, train
from latentscape.training.averaging import average, swap_averages
from latentscape.training.reporter import Silent

HOW = {"latent": 2, "hidden": (16,), "precision": "32-true"}


@pytest.fixture(scope="module")
def images():
    return ls.load_images("digits", limit=100)


def weights(run):
    return torch.cat([p.detach().flatten() for p in run.model.parameters()])


def test_it_is_torch_s_average_to_the_bit():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.1, fused=True)
    theirs = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.9))
    for _ in range(9):
        model(torch.randn(5, 3)).square().sum().backward()
        optimizer.step()
        average(optimizer, 0.9)
        theirs.update_parameters(model)
    now = [p.detach().clone() for p in model.parameters()]
    swap_averages(optimizer)
    for mine, their in zip(model.parameters(), theirs.module.parameters(), strict=True):
        assert torch.equal(mine, their)
    swap_averages(optimizer)
    assert all(map(torch.equal, model.parameters(), now))


class Watch(Silent):
    """Keeps the weights after each step of a model that it is told of."""

    def __init__(self):
        self.seen = []

    def begin(self, model, images, plan, folder):
        self.model = model

    def step(self):
        parts = [p.detach().double().flatten() for p in self.model.parameters()]
        self.seen.append(torch.cat(parts).clone())


def test_a_run_has_the_average_of_all_its_steps_in_closed_form(images):
    watch, decay = Watch(), 0.9
    train("ae", images, epochs=3, reporter=watch, **HOW)
    first, *others = watch.seen
    expected = decay ** len(others) * first
    for age, later in enumerate(reversed(others)):
        expected = expected + (1 - decay) * decay**age * later
    run = train("ae", images, epochs=3, keep="last", ema=decay, **HOW)
    torch.testing.assert_close(weights(run).double(), expected, rtol=1e-5, atol=1e-6)
    assert (weights(run).double() - watch.seen[-1]).abs().max() > 1e-3


def test_the_loss_that_chooses_is_that_of_the_averages(images):
    run = train("ae", images, epochs=3, ema=0.9, **HOW)
    x, p = images.validation.pixels / 255, run.reconstruct(images.validation).astype(float)
    nats = -(x * np.log(p) + (1 - x) * np.log1p(-p)).sum(axis=(1, 2, 3)).mean()
    assert run.history[run.epoch - 1]["validation/distortion"] == pytest.approx(nats, rel=1e-5)


class Stop(Silent):
    def epoch(self, row, best):
        raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("recipe", "optimizer"), [("vae", "adamw"), ("vae", "muon"), ("stacked-denoising", "adamw")]
)
def test_a_resumed_training_ends_in_the_same_bits(images, tmp_path, recipe, optimizer):
    how = {"ema": 0.95, "epochs": 3, "precision": "32-true", "optimizer": optimizer}
    how |= {"latent": 2, "hidden": (16,)} if recipe == "vae" else {}
    whole = train(recipe, images, keep="last", **how)
    run = train(recipe, images, keep="last", reporter=Stop(), out=tmp_path / "x", **how)
    assert run.interrupted
    resumed = resume(tmp_path / "x", images)
    assert torch.equal(weights(whole), weights(resumed))
    assert [r["train/loss"] for r in whole.history] == [r["train/loss"] for r in resumed.history]
    plain = train(recipe, images, keep="last", **(how | {"ema": 0.0}))
    assert not torch.equal(weights(whole), weights(plain))


def test_it_can_be_typed_and_is_told(tmp_path, capsys):
    said = ["--limit", "60", "--epochs", "1", "--hidden", "8"]
    out = tmp_path / "run"
    assert main(["train", "ae", "--ema", "0.99", "--out", str(out), *said]) == 0
    run = ls.load_run(out)
    assert run.record.plan.ema == 0.99
    assert ("averaged", "weights over steps, decay 0.99") in training_of(run)
    assert main(["train", "ae", "--ema", "1", *said]) == 2
    assert "give a decay from 0 (no average) to below 1" in capsys.readouterr().err
    with pytest.raises(LatentscapeError, match=r"--ema is -0\.5"):
        ls.Plan(ema=-0.5)
