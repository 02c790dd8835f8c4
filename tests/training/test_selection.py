"""Which epoch is kept: by what it is chosen, when training stops, and what the run says of it."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from latentscape import recipes
from latentscape.data import load_images
from latentscape.models.plan import Plan
from latentscape.parts.networks import Network
from latentscape.parts.regularizers import Regularizer
from latentscape.parts.step import Term
from latentscape.reports.facts import epochs_of
from latentscape.runs.folder import RunFolder
from latentscape.runs.listing import inspect_run
from latentscape.runs.load import load_run
from latentscape.system.errors import LatentscapeError
from latentscape.training import fit, resume, train
from latentscape.training.batches import RowBatches
from latentscape.training.loop import Pass, validate
from latentscape.training.reporter import Silent

NET = Network(hidden=(8,))
PLAN = Plan(epochs=2, batch=32, lr=1e-2, precision="32-true", device="cpu")
OLD = Path(__file__).parents[1] / "fixtures/format-1"


@pytest.fixture(scope="module")
def images():
    return load_images("digits", limit=100, size=8)


def column(history, name):
    """A figure by epoch, of the last stage."""
    return [row[name] for row in history if row["stage"] == history[-1]["stage"]]


SELECTED_BY = {
    "ae": {"distortion": 1},
    "vae": {"distortion": 1, "rate": 1},
    "rae-l2": {"distortion": 1, "code": 0.1, "decoder": 1e-3},
    "aae": {"distortion": 1, "passing": 10},
    "acai": {"distortion": 1},  # each epoch's critic is another yardstick
    "factor-vae": {"distortion": 1, "rate": 1, "total correlation": 10},
    "free-bits-vae": {"distortion": 1, "floored": 1},
    "capacity-vae": {"distortion": 1, "excess": 100},
    "iwae": {"bound": 1},
    "piwae": {"decoder bound": 1},
    "dec": {"cluster information": -1},
}


@pytest.mark.parametrize("name", SELECTED_BY)
def test_a_recipe_is_selected_by_its_objective_each_term_once(name, images):
    options = {"net": NET, "gamma": 100.0} if name == "capacity-vae" else {"net": NET}
    run = train(name, images, **options, plan=PLAN)
    for split in ("train", "validation"):
        terms = SELECTED_BY[name].items()
        expected = sum(w * np.array(column(run.history, f"{split}/{term}")) for term, w in terms)
        np.testing.assert_allclose(column(run.history, f"{split}/loss"), expected, rtol=1e-12)
    losses = column(run.history, "validation/loss")
    assert run.best_epoch == run.epoch == 1 + int(np.argmin(losses))


def test_clusters_go_on_forming_although_the_distortion_rises():
    images = load_images("digits", limit=600, size=8)
    model = recipes.dec(images.shape, latent=5, net=Network(hidden=(64,)))
    model.lr_multiplier = 1.0  # fast enough to be seen in eight epochs
    run = fit(model, images, plan=replace(PLAN, epochs=8, lr=3e-3))
    rows = [row for row in run.history if row["stage"] == 1]
    assert rows[-1]["validation/distortion"] > rows[0]["validation/distortion"], "as it must"
    assert rows[-1]["validation/clustering"] > rows[0]["validation/clustering"], "as it may"
    assert run.best_epoch > 4


def test_a_weight_that_rises_counts_as_it_will_be_in_the_end(images, tmp_path):
    options = {"net": NET, "beta": 100.0, "warmup": 1.0, "latent": 2}
    plan = replace(PLAN, epochs=6, lr=0.05)
    run = train("vae", images, **options, out=tmp_path / "r", plan=plan)
    rates, distortions = (
        np.array(column(run.history, f"validation/{n}")) for n in ("rate", "distortion")
    )
    final = distortions + 100 * rates
    np.testing.assert_allclose(column(run.history, "validation/loss"), final)
    then = distortions + np.array(column(run.history, "weight/rate")) * rates
    assert np.argmin(final) != np.argmin(then), "or the two rules could not be told apart"
    opened = load_run(tmp_path / "r")
    assert opened.best_epoch == opened.epoch == run.best_epoch == 1 + np.argmin(final)
    assert inspect_run(tmp_path / "r").loss == final.min()
    assert epochs_of(opened) == "6 of 6"


def scripted(images, losses):
    """A model whose validation losses are those given, epoch by epoch."""

    class Script(Regularizer):
        def __init__(self):
            super().__init__()
            self.left = iter(losses)

        def forward(self, step):
            value = 0.0 if self.training else next(self.left, 0) * 1e6
            return {"script": Term(step.x.new_full((len(step.x),), value))}

    model = recipes.ae(images.shape, latent=2, net=NET)
    model.regularizers.append(Script())
    return model


def test_a_run_says_which_epoch_its_weights_are_of(images, tmp_path):
    options, plan = {"net": NET, "latent": 2}, replace(PLAN, epochs=4)
    train("ae", images, **options, out=tmp_path / "r", plan=plan)

    def second_was_best(state):
        state["best_epoch"] = 2

    altered(tmp_path / "r", second_was_best)
    best, last = (load_run(tmp_path / "r", weights=which) for which in ("best", "last"))
    assert (best.best_epoch, best.epoch, last.best_epoch, last.epoch) == (2, 2, 2, 4)
    assert epochs_of(best) == "4 of 4; the weights kept are those of epoch 2"
    assert epochs_of(last) == "4 of 4"


def test_the_last_epoch_is_kept_where_the_plan_says_so(images, tmp_path):
    plan = replace(PLAN, epochs=4, lr=0.5, schedule="constant", keep="last")
    run = train("ae", images, net=NET, latent=2, out=tmp_path / "r", plan=plan)
    assert run.best_epoch < run.epoch == 4, "or the two could not be told apart"
    losses = column(run.history, "validation/loss")
    assert inspect_run(tmp_path / "r").loss == losses[3] != min(losses)
    opened, best = load_run(tmp_path / "r"), load_run(tmp_path / "r", weights="best")
    assert (opened.epoch, best.epoch) == (4, run.best_epoch)
    codes = [r.encode(images.test) for r in (run, opened, best)]
    np.testing.assert_array_equal(codes[0], codes[1])
    assert not np.allclose(codes[0], codes[2])
    held = fit(recipes.ae(images.shape, latent=2, net=NET), images, plan=plan)
    np.testing.assert_allclose(held.film[-1], held.encode(images.validation), atol=1e-6)


def test_what_was_trained_on_cannot_choose_the_best_epoch():
    for changes in ({}, {"keep": "last", "patience": 3}):
        with pytest.raises(LatentscapeError, match="no images left to choose the best epoch by"):
            Plan(train_on="train+validation", **changes)


@pytest.mark.parametrize(
    ("losses", "patience", "best", "made"),
    [
        ([5, 4, 3, 6, 6, 6, 6, 6], 1, 3, 4),
        ([5, 4, 3, 6, 6, 6, 6, 6], 3, 3, 6),
        ([5, 6, 4, 6, 6, 3, 6, 6], 2, 3, 5),
        ([5, 6, 4, 6, 6, 3, 6, 6], 0, 6, 8),
        ([1, 2, 2, 2, 2, 2, 2, 2], 2, 1, 3),
    ],
)
def test_training_stops_when_patience_is_at_its_end(images, losses, patience, best, made):
    plan = replace(PLAN, epochs=8, patience=patience, lr=1e-9)
    run = fit(scripted(images, losses), images, plan=plan)
    assert (run.best_epoch, len(run.history)) == (best, made)


def test_a_term_may_not_go_by_the_name_of_the_sum(images):
    class Loss(Regularizer):
        def forward(self, step):
            return {"loss": Term(step.z[0].sum(-1))}

    model = recipes.ae(images.shape, latent=2, net=NET)
    model.regularizers.append(Loss())
    with pytest.raises(LatentscapeError, match="a term is called 'loss'"):
        fit(model, images, plan=PLAN)


def batches(images, batch):
    return RowBatches(images.pixels, images.labels, batch, torch.device("cpu"))


def test_validation_draws_the_same_noise_whatever_was_drawn_before(images):
    model = recipes.vae(images.shape, latent=2, net=NET)
    found = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        found.append(validate(Pass(model), batches(images.train, 32), 100, 1))
        expected = torch.Generator().manual_seed(seed)
        assert torch.equal(torch.rand(1), torch.rand(1, generator=expected)), "ours was disturbed"
    assert found[0] == found[1]


def test_validation_waits_for_the_device_as_often_for_many_batches_as_for_one(images):
    class Waits(TorchDispatchMode):
        count = 0

        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            self.count += function is torch.ops.aten._local_scalar_dense.default
            return function(*args, **(kwargs or {}))

    model, counts = recipes.rae_l2(images.shape, latent=2, net=NET), []
    for size in (100, 5):
        with Waits() as waits:
            validate(Pass(model), batches(images.train, size), 100, 1)
        counts.append(waits.count)
    assert counts[0] == counts[1]


class Stop(Silent):
    """Presses Ctrl-C after an epoch."""

    def epoch(self, row, best):
        if row["epoch"] == 3:
            raise KeyboardInterrupt


def altered(folder, change):
    """Change the state that a run directory holds."""
    path = RunFolder(folder).latest() / "state.json"
    state = json.loads(path.read_text())
    change(state)
    path.write_text(json.dumps(state))


def test_an_old_run_goes_on_by_what_its_rows_come_to(images, tmp_path):
    options = {"net": NET, "latent": 2, "beta": 20.0, "warmup": 1.0}
    plan = replace(PLAN, epochs=5)
    train("vae", images, **options, out=tmp_path / "r", plan=plan, reporter=Stop())

    def older(state):
        state["best"] = -1e9  # terms were counted twice, and densities may be below 0
        for row in state["history"]:
            del row["train/loss"], row["validation/loss"]

    altered(tmp_path / "r", older)
    run = resume(tmp_path / "r", images)
    known = np.array(column(run.history, "validation/distortion"))
    known += 20 * np.array(column(run.history, "validation/rate"))
    assert run.best_epoch == 1 + np.argmin(known) > 3


def test_an_old_run_whose_rows_do_not_tell_takes_the_next_epoch(tmp_path):
    run = Path(shutil.copytree(OLD / "cut-off", tmp_path / "old"))
    assert "validation/loss" not in RunFolder(run).state().history[-1]
    altered(run, lambda state: state.update(best=-1e9))
    resumed = resume(run)
    assert resumed.best_epoch == 2
    assert RunFolder(run).state().best == resumed.history[-1]["validation/loss"]


def test_an_old_run_says_which_epoch_it_kept():
    run = load_run(OLD / "whole")
    state = RunFolder(OLD / "whole").state()
    assert run.best_epoch == run.epoch == state.best_epoch > 0
    assert inspect_run(OLD / "whole").loss == state.best
