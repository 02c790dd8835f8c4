"""Fitting: what is kept, when it stops, and how it continues."""

import csv
import gc
import json
import shutil
import stat
import sys
import weakref
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from filelock import FileLock

from latentscape import recipes
from latentscape.data import Splits, load_images
from latentscape.models.plan import Plan
from latentscape.parts.bottlenecks import Gaussian
from latentscape.parts.regularizers import Regularizer
from latentscape.parts.step import Term
from latentscape.recipes.compose import compose
from latentscape.runs.checkpoints import checkpoints_in
from latentscape.runs.folder import RunFolder
from latentscape.runs.load import load_run
from latentscape.runs.state import State
from latentscape.system.errors import LatentscapeError
from latentscape.training import fit, resume, train
from latentscape.training.hardware import make_fabric
from latentscape.training.keepers import DiskKeeper
from latentscape.training.loop import totals
from latentscape.training.reporter import Silent
from latentscape.training.steps import backward
from latentscape.training.tally import DivergedError

PLAN = Plan(epochs=3, batch=64, lr=1e-3, precision="32-true")
CPU = Plan(precision="32-true", device="cpu")


@pytest.fixture(scope="module")
def images() -> Splits:
    return load_images("digits", limit=200)


@pytest.fixture(scope="module")
def kept(images, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "vae"
    train("vae", images, out=out, plan=PLAN, warmup=0.5)
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
    plan = Plan(epochs=15, batch=32, lr=1e-3, precision="32-true")
    run = train("ae", images, network="dense", plan=plan)
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


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
def test_whoever_may_read_the_folder_may_read_the_weights(kept, tmp_path):
    (tmp_path / "plain").write_bytes(b"")
    files = [p for p in kept.rglob("*") if p.is_file()]
    modes = {stat.S_IMODE(p.stat().st_mode) for p in [*files, tmp_path / "plain"]}
    assert len(modes) == 1


def test_training_stops_early_when_validation_does_not_improve(images):
    plan = Plan(epochs=50, batch=64, lr=1e-12, schedule="constant", patience=2, precision="32-true")
    run = train("ae", images, plan=plan, latent=3)
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


class TestDamage:
    """A run directory that is not what it was."""

    @pytest.fixture
    def copy(self, kept, tmp_path):
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

    @pytest.mark.parametrize(
        ("part", "name", "value"),
        [
            ("blueprint", "shape", [1, "a", 28]),
            ("blueprint", "shape", [1, -28, 28]),
            ("blueprint", "shape", [1, 28.0, 28]),
            ("blueprint", "shape", [28]),
            ("blueprint", "recipe", 7),
            ("blueprint", "arguments", [1]),
            ("data", "source", 7),
            ("data", "options", 3),
            ("data", "options", {"colour": 1}),
            ("data", "classes", [1, 2]),
            ("plan", "epochs", 2.5),
            ("plan", "device", "tpu"),
        ],
    )
    def test_values_of_another_kind(self, copy, part, name, value):
        raw = json.loads((copy / "run.json").read_text())
        raw[part][name] = value
        (copy / "run.json").write_text(json.dumps(raw))
        with pytest.raises(LatentscapeError, match=r"run\.json'"):
            load_run(copy)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("latent", "x"),
            ("latent", 10**18),
            ("likelihood", "zz"),
            ("net", 5),
            ("net", {"q": 1}),
        ],
    )
    def test_arguments_that_build_no_model(self, copy, name, value):
        raw = json.loads((copy / "run.json").read_text())
        raw["blueprint"]["arguments"][name] = value
        (copy / "run.json").write_text(json.dumps(raw))
        with pytest.raises(LatentscapeError, match=r"vae cannot build.*run\.json"):
            load_run(copy)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("epoch", "x"),
            ("stage", None),
            ("total", -4),
            ("best", "x"),
            ("finished", "no"),
            ("history", 5),
            ("history", [1, 2, 3]),
            ("history", []),
        ],
    )
    def test_a_state_that_no_training_leaves(self, copy, name, value):
        path = copy / "checkpoint-0003/state.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | {name: value}))
        with pytest.raises(LatentscapeError, match=r"state\.json' is damaged"):
            load_run(copy)


def test_a_batch_of_one_image_is_refused_before_anything_is_written(images, tmp_path):
    with pytest.raises(LatentscapeError, match="a batch would be 1 image"):
        train("ae", images, plan=Plan(batch=1), out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


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
    [
        ("epochs", 0),
        ("epochs", 2.5),
        ("epochs", True),
        ("batch", -1),
        ("lr", float("nan")),
        ("lr", 0.0),
        ("lr", "fast"),
        ("clip", -1.0),
        ("seed", 2**63),
        ("optimizer", "sgd"),
        ("device", "tpu"),
    ],
)
def test_plans_out_of_range_are_refused_by_name(name, value):
    with pytest.raises(LatentscapeError, match=f"--{name} is"):
        Plan(**{name: value})


def test_an_unknown_value_of_the_plan_is_refused(images):
    with pytest.raises(LatentscapeError, match="no 'epoch'"):
        fit(recipes.ae(images.shape), images, epoch=3)


def test_ctrl_c_while_an_epoch_is_written_leaves_the_run_at_the_one_before(
    images, tmp_path, monkeypatch
):
    def save(folder, state, weights, optimizer, real=RunFolder.save):
        if state.total == 2:
            raise KeyboardInterrupt
        real(folder, state, weights, optimizer)

    monkeypatch.setattr(RunFolder, "save", save)
    run = fit(recipes.ae(images.shape), images, plan=PLAN, out=tmp_path / "run")
    assert run.interrupted
    assert [row["epoch"] for row in run.history] == [1]
    assert len(run.film) == 1


def test_a_last_step_that_spoils_the_weights_is_not_kept(images, tmp_path):
    class Spoiling(Silent):
        steps = 0

        def step(self):
            self.steps += 1
            if self.steps == 6:
                with torch.no_grad():
                    next(model.encoder.parameters()).fill_(float("nan"))

    model = recipes.ae(images.shape)
    with pytest.raises(DivergedError, match=r"'distortion' .* epoch 2, validation batch 1"):
        fit(model, images, plan=PLAN, out=tmp_path / "run", reporter=Spoiling())
    assert RunFolder(tmp_path / "run").state().total == 1


def test_where_a_run_stands_is_read_when_nobody_else_can_change_it(images, tmp_path):
    out = tmp_path / "run"
    fit(recipes.ae(images.shape), images, plan=PLAN, out=out, reporter=Interrupting(after=1))
    keeper = DiskKeeper(RunFolder(out))
    resume(out, images)
    with keeper.locked():
        assert keeper.state.total == 3


@pytest.mark.parametrize("trains", ["inference", "generative"])
def test_a_lone_loss_gives_gradients_only_to_the_groups_it_trains(trains):
    groups = {name: [torch.nn.Parameter(torch.ones(2))] for name in ("inference", "generative")}
    loss = (groups["inference"][0] * groups["generative"][0]).sum()
    backward({(trains,): loss}, groups, make_fabric(CPU))
    given = {name for name, (parameter,) in groups.items() if parameter.grad is not None}
    assert given == {trains}


def test_nothing_holds_a_model_when_its_training_is_over(images):
    run = fit(recipes.ae(images.shape), images, plan=replace(PLAN, epochs=1))
    model = weakref.ref(run.model)
    del run
    gc.collect()
    assert model() is None
    assert make_fabric(CPU) is make_fabric(CPU), "which all trainings share"


def test_frozen_parameters_of_a_group_are_passed_over():
    critic, frozen = torch.nn.Parameter(torch.ones(2)), torch.nn.Parameter(torch.ones(2))
    frozen.requires_grad_(False)
    code = torch.nn.Parameter(torch.ones(2))
    groups = {"inference": [code], "critic": [critic, frozen]}
    product = (critic * frozen * code).sum()
    backward({("inference",): product, ("critic",): -3 * product}, groups, make_fabric(CPU))
    assert code.grad.tolist() == [1, 1]
    assert critic.grad.tolist() == [-3, -3]


def test_checkpoints_are_in_the_order_of_their_numbers_and_copies_are_none(tmp_path):
    for name in ("checkpoint-9999", "checkpoint-10000", "checkpoint-0001 (copy)", "checkpoint-x"):
        (tmp_path / name).mkdir()
    (tmp_path / "checkpoint-20000").write_text("a file")
    names = [path.name for path in checkpoints_in(tmp_path)]
    assert names == ["checkpoint-9999", "checkpoint-10000"]


def test_what_a_kill_left_of_an_older_checkpoint_goes_and_what_is_not_ours_stays(kept, tmp_path):
    copy = Path(shutil.copytree(kept, tmp_path / "copy"))
    latest = RunFolder(copy).latest()
    empty, theirs = copy / "checkpoint-0000", copy / "checkpoint-00"
    assert latest not in (empty, theirs)
    empty.mkdir()
    theirs.mkdir()
    (theirs / "diary").write_text("mine")
    with RunFolder(copy).locked():
        assert not empty.exists()
        assert (theirs / "diary").read_text() == "mine"
        assert RunFolder(copy).latest() == latest


def test_a_damaged_film_is_named(kept, tmp_path):
    copy = Path(shutil.copytree(kept, tmp_path / "copy"))
    (copy / "film/0002.npy").write_bytes(b"x")
    with pytest.raises(LatentscapeError, match=r"0002\.npy' is damaged"):
        load_run(copy)


def test_a_name_that_the_file_system_refuses_is_told(images, tmp_path):
    with pytest.raises(LatentscapeError, match="cannot make"):
        train("ae", images, plan=PLAN, out=tmp_path / ("a" * 300))


def test_a_folder_where_the_lock_should_be_is_named(kept, images, tmp_path):
    copy = Path(shutil.copytree(kept, tmp_path / "copy"))
    (copy / ".lock").unlink(missing_ok=True)
    (copy / ".lock").mkdir()
    with pytest.raises(LatentscapeError, match=r"\.lock' \(is a directory\)"):
        resume(copy, images)


def test_the_best_weights_stay_those_of_an_earlier_epoch(kept, tmp_path):
    folder = RunFolder.create(tmp_path / "run", RunFolder(kept).record)
    for epoch, value in enumerate((1.0, 2.0, 3.0), 1):
        state = State(
            epoch=epoch,
            total=epoch,
            best_epoch=min(epoch, 2),
            history=[{"epoch": float(n)} for n in range(1, epoch + 1)],
        )
        tensors = {"w": torch.full((2,), value)}
        folder.save(state, tensors, tensors)
    assert folder.tensors("best")["w"].tolist() == [2, 2]
    assert folder.tensors("last")["w"].tolist() == [3, 3]
    assert folder.altered() == []


def test_clipped_gradients_are_no_longer_than_asked(images):
    plan = Plan(epochs=1, batch=64, lr=1e-2, eps=1.0, precision="32-true", device="cpu")
    moved = {}
    for clip in (0.0, 1e-6):
        torch.manual_seed(0)
        model = recipes.ae(images.shape)
        before = [p.detach().clone() for p in model.parameters()]
        fit(model, images, plan=replace(plan, clip=clip))
        after = [p.detach() for p in model.parameters()]
        moved[clip] = max(float((a - b).abs().max()) for a, b in zip(after, before, strict=True))
    # With eps = 1 a step is about as long as its gradient, times the rate.
    assert moved[0.0] > 1e-4
    assert 0 < moved[1e-6] < 1e-7


def test_a_model_moves_as_a_whole_before_its_first_stage_is_trained(images, monkeypatch):
    model = recipes.stacked_denoising(images.shape)
    seen = []

    def look(training):
        seen.extend(
            p.device.type for stage in (model, *model.pretraining) for p in stage.parameters()
        )
        raise KeyboardInterrupt

    elsewhere = SimpleNamespace(device=torch.device("meta"))
    monkeypatch.setattr("latentscape.training.stages.make_fabric", lambda *_, **__: elsewhere)
    monkeypatch.setattr("latentscape.training.stages.train_stages", look)
    with pytest.raises(KeyboardInterrupt):
        fit(model, images, plan=PLAN)
    assert set(seen) == {"meta"}


def test_a_stage_may_be_trained_at_a_share_of_the_learning_rate() -> None:
    """DEC sharpens its clusters at a tenth of the rate that its autoencoder had."""
    run = train("dec", load_images("digits", limit=300), plan=Plan(epochs=2, lr=0.01, batch=64))
    rates = {(row["stage"], row["epoch"]): row["lr"] for row in run.history}
    for epoch in (1, 2):
        assert rates[1, epoch] == pytest.approx(rates[0, epoch] / 10)
