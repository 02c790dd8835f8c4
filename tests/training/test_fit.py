"""Fitting: what is kept, when it stops, and how it continues."""

import csv
import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from filelock import FileLock

from latentscape import recipes
from latentscape.data import Splits, load_images
from latentscape.errors import LatentscapeError
from latentscape.parts.bottlenecks import Gaussian
from latentscape.parts.regularizers import Regularizer
from latentscape.parts.step import Term
from latentscape.plan import Plan
from latentscape.recipes.compose import compose
from latentscape.run import load_run
from latentscape.storage import RunFolder
from latentscape.training import fit, resume, train
from latentscape.training.loop import DivergedError, totals
from latentscape.training.progress import Silent

PLAN = Plan(epochs=3, batch=64, lr=1e-3, precision="32-true")


@pytest.fixture(scope="module")
def images() -> Splits:
    return load_images("digits", limit=200)


@pytest.fixture(scope="module")
def kept(images, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "vae"
    train("vae", images, out=out, plan=PLAN, options={"warmup": 0.5})
    return out


class Interrupting(Silent):
    """Presses Ctrl-C when an epoch is complete, or at the first step."""

    def __init__(self, after: int) -> None:
        self.after = after

    def epoch(self, row, best):
        if row["epoch"] == self.after:
            raise KeyboardInterrupt

    def step(self):
        if self.after == 0:
            raise KeyboardInterrupt


def test_training_lowers_the_loss(images):
    run = train("ae", images, plan=Plan(epochs=15, batch=32, lr=1e-3, precision="32-true"))
    first, last = run.history[0], run.history[-1]
    assert last["train/distortion"] < 0.8 * first["train/distortion"]
    assert last["validation/distortion"] < first["validation/distortion"]


def test_history_is_a_table_with_every_term_weight_and_seconds(kept):
    with (kept / "history.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [float(r["epoch"]) for r in rows] == [1, 2, 3]
    assert {"seconds", "lr", "train/distortion", "validation/rate", "weight/rate"} <= set(rows[0])
    betas = [float(r["weight/rate"]) for r in rows]
    assert betas[0] < betas[1] <= betas[2] == 1.0


def test_best_and_last_are_both_kept(kept):
    state = RunFolder(kept).state()
    losses = [r["validation/distortion"] + r["validation/rate"] for r in state.history]
    assert state.best == pytest.approx(min(losses), rel=1e-5)
    assert state.best_epoch == 1 + int(np.argmin(losses))
    for weights in ("best", "last"):
        load_run(kept, weights=weights)


def test_the_film_has_codes_of_the_same_images_after_each_epoch(kept, images):
    run = load_run(kept)
    assert len(run.film) == 3
    final = load_run(kept, weights="last").encode(images.validation)
    np.testing.assert_allclose(run.film[-1], final[:300], atol=2e-3, rtol=2e-3)


def test_nothing_is_pickled_and_names_are_plain(kept):
    names = sorted(p.relative_to(kept).as_posix() for p in kept.rglob("*") if p.is_file())
    assert [n for n in names if not n.startswith(".")] == [
        "checkpoint-0003/best.safetensors",
        "checkpoint-0003/last.safetensors",
        "checkpoint-0003/optimizer.safetensors",
        "checkpoint-0003/state.json",
        "film/0001.npy",
        "film/0002.npy",
        "film/0003.npy",
        "history.csv",
        "run.json",
    ]
    np.load(kept / "film/0001.npy", allow_pickle=False)


def test_training_stops_early_when_validation_does_not_improve(images):
    plan = Plan(epochs=50, batch=64, lr=1e-12, schedule="constant", patience=2, precision="32-true")
    run = train("ae", images, plan=plan, options={"latent": 3})
    best = min(range(len(run.history)), key=lambda i: run.history[i]["validation/distortion"])
    assert len(run.history) < 50
    assert len(run.history) >= best + 3


def test_a_loss_that_stops_being_finite_names_epoch_step_and_term(images, tmp_path):
    class Bomb(Regularizer):
        def __init__(self):
            super().__init__()
            self.calls = 0

        def forward(self, step):
            self.calls += self.training
            value = float("nan") if self.calls == 6 else 0.0
            return {"bomb": Term(step.x.new_full((len(step.x),), value))}

    @recipes.recipe()
    def exploding(shape):
        return compose(shape, Gaussian(2), regularizers=[Bomb()])

    steps = len(images.train) // 64
    assert steps == 3
    with pytest.raises(DivergedError, match=r"'bomb' .* epoch 2, step 3"):
        fit(exploding(images.shape), images, plan=PLAN, out=tmp_path / "run")
    state = RunFolder(tmp_path / "run").state()
    assert (state.total, state.finished) == (1, False)


def test_ctrl_c_keeps_the_last_complete_epoch(images, tmp_path):
    model = recipes.ae(images.shape)
    out = tmp_path / "run"
    run = fit(model, images, plan=PLAN, out=out, reporter=Interrupting(after=2))
    assert run.interrupted
    assert len(run.history) == 2
    done = resume(out, images)
    assert not done.interrupted
    assert [r["epoch"] for r in done.history] == [1, 2, 3]


def test_ctrl_c_before_the_first_epoch_is_complete_leaves_nothing_to_give(images):
    with pytest.raises(KeyboardInterrupt):
        fit(recipes.ae(images.shape), images, plan=PLAN, reporter=Interrupting(after=0))


def test_resuming_a_finished_run_changes_nothing(kept, images):
    before = (kept / "checkpoint-0003/last.safetensors").read_bytes()
    resume(kept, images)
    assert (kept / "checkpoint-0003/last.safetensors").read_bytes() == before


def test_a_second_writer_is_refused(kept, images):
    with (
        FileLock(kept / ".lock"),
        pytest.raises(LatentscapeError, match="being written by another process"),
    ):
        resume(kept, images)


def test_resuming_on_other_images_is_refused(kept):
    with pytest.raises(LatentscapeError, match="not those that"):
        resume(kept, load_images("digits", limit=100))


def test_a_folder_that_is_taken_is_refused(kept, images):
    with pytest.raises(LatentscapeError, match=r"taken.*--resume"):
        train("ae", images, out=kept, plan=PLAN)


@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="forks its victims")
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_killed_anywhere_it_ends_with_the_same_bits(tmp_path):
    import subprocess

    script = Path(__file__).parents[1] / "survival.py"
    done = subprocess.run(
        [sys.executable, script, "--kills", "4"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


class TestDamage:
    """A run directory that is not what it was."""

    @pytest.fixture
    def copy(self, kept, tmp_path):
        import shutil

        return Path(shutil.copytree(kept, tmp_path / "copy"))

    def test_no_run(self, tmp_path):
        with pytest.raises(LatentscapeError, match=r"not a run: it has no run\.json"):
            load_run(tmp_path)

    @pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b"\xff", b'{"format": 1}'])
    def test_damaged_json(self, copy, content):
        (copy / "run.json").write_bytes(content)
        with pytest.raises(LatentscapeError, match=r"run\.json' is damaged"):
            load_run(copy)

    def test_a_later_format(self, copy):
        raw = json.loads((copy / "run.json").read_text()) | {"format": 99}
        (copy / "run.json").write_text(json.dumps(raw))
        with pytest.raises(LatentscapeError, match=r"format 99.*upgrade"):
            load_run(copy)

    def test_a_recipe_from_outside_is_not_imported_unless_trusted(self, copy, monkeypatch):
        raw = json.loads((copy / "run.json").read_text())
        raw["blueprint"]["recipe"] = "antigravity_of_a_stranger:mine"
        (copy / "run.json").write_text(json.dumps(raw))
        with pytest.raises(LatentscapeError, match="--trust"):
            load_run(copy)
        with pytest.raises(LatentscapeError, match="cannot be imported"):
            load_run(copy, trust=True)

    def test_truncated_weights(self, copy):
        path = copy / "checkpoint-0003/best.safetensors"
        content = path.read_bytes()
        path.unlink()
        path.write_bytes(content[: len(content) // 2])
        with pytest.raises(LatentscapeError, match="damaged"):
            load_run(copy)

    def test_weights_of_another_model(self, copy):
        raw = json.loads((copy / "run.json").read_text())
        raw["blueprint"]["arguments"]["latent"] = 5
        (copy / "run.json").write_text(json.dumps(raw))
        with pytest.raises(LatentscapeError, match="not those of the model"):
            load_run(copy)

    def test_an_argument_that_the_recipe_does_not_take(self, copy):
        raw = json.loads((copy / "run.json").read_text())
        raw["blueprint"]["arguments"]["colour"] = 5
        (copy / "run.json").write_text(json.dumps(raw))
        with pytest.raises(LatentscapeError, match="takes no 'colour'"):
            load_run(copy)


def test_groups_with_the_same_terms_share_one_loss():
    value = torch.ones(4)
    terms = {
        "distortion": Term(value, 2.0),
        "rate": Term(value, 0.5),
        "recorded": Term(value, 1.0, ()),
        "critic": Term(value, 3.0, ("critic",)),
    }
    losses = totals(terms, {n: t.value.mean() for n, t in terms.items()})
    assert {k: float(v) for k, v in losses.items()} == {
        ("inference", "generative"): 2.5,
        ("critic",): 3.0,
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [("epochs", 0), ("batch", -1), ("lr", float("nan")), ("lr", 0.0), ("clip", -1.0)],
)
def test_plans_out_of_range_are_refused_by_name(name, value):
    with pytest.raises(LatentscapeError, match=f"--{name} is"):
        Plan(**{name: value})


def test_an_unknown_value_of_the_plan_is_refused(images):
    with pytest.raises(LatentscapeError, match="no 'epoch'"):
        fit(recipes.ae(images.shape), images, epoch=3)
