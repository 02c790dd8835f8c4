"""A pretrained start: a run's weights, another training, and what is written down of it."""

import hashlib
import json
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest
import torch
from PIL import Image

import latentscape as ls
from latentscape.cli.main import main
from latentscape.runs.checkpoints import checkpoints_in
from latentscape.runs.listing import inspect_run
from latentscape.system.errors import LatentscapeError
from latentscape.training import resume, train
from latentscape.training.reporter import Silent

FEW = {"latent": 3, "hidden": (16,), "precision": "32-true"}


@pytest.fixture(scope="module")
def images():
    return ls.load_images("digits", limit=100)


@pytest.fixture(scope="module")
def source(images, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "first"
    return train("vae", images, epochs=3, beta=0.5, out=out, **FEW)


class Watch(Silent):
    """Keeps what is said, and the first weights; stops after so many epochs.

    Attributes:
        stop: after how many epochs; 0 before the first is complete.
    """

    def __init__(self, stop=99):
        self.said, self.stop = [], stop

    def note(self, text):
        self.said.append(text)

    def begin(self, model, images, plan, folder):
        self.first = weights(model)

    def step(self):
        if self.stop == 0:
            raise KeyboardInterrupt

    def epoch(self, row, best):
        if row["epoch"] == self.stop:
            raise KeyboardInterrupt


def weights(model):
    return torch.cat([p.detach().flatten() for p in model.parameters()])


def test_it_begins_with_the_weights_of_the_best_epoch_and_its_loss(source, images, tmp_path):
    watch = Watch()
    how = {"epochs": 2, "precision": "32-true"}
    run = train("vae", images, start=source, out=tmp_path / "x", reporter=watch, **how)
    assert torch.equal(watch.first, weights(source.model))
    loss = source.history[source.best_epoch - 1]["validation/loss"]
    assert f"'first' the validation loss is {loss:.2f}" in " ".join(watch.said)
    assert run.model.blueprint == source.model.blueprint
    assert run.record.plan.epochs == len(run.history) == 2
    assert run.record.start.name == source.name == "first"


def test_run_json_says_from_which_run_and_no_path(source, images, tmp_path):
    run = train("vae", images, start=source.folder, epochs=1, out=tmp_path / "x")
    start = json.loads((run.folder / "run.json").read_text())["start"]
    (best,) = source.folder.glob("checkpoint-*/best.safetensors")
    assert start == {
        "name": "first",
        "epoch": source.best_epoch,
        "created": source.record.created,
        "weights": hashlib.sha256(best.read_bytes()).hexdigest(),
        "data": images.fingerprint,
    }
    assert ls.load_run(run.folder).record.start == run.record.start
    kept = train("vae", images, start=run, epochs=1)  # in memory, from one begun likewise
    assert ls.load_run(kept.save(tmp_path / "kept")).record.start.name == "x"


@pytest.mark.parametrize("recipe", ["vae", "vamp-vae", "stacked-denoising"])
@pytest.mark.parametrize("stop", [0, 1])
def test_cut_off_at_any_time_it_ends_in_the_same_bits(recipe, stop, images, tmp_path):
    """What parts learn from the first images, and earlier stages, is not learnt again."""
    first = train(recipe, images, epochs=1, precision="32-true")
    how = {"start": first, "epochs": 2, "precision": "32-true"}
    whole = train(recipe, images, **how)
    assert len(whole.history) == 2
    out = tmp_path / "x"
    try:
        train(recipe, images, out=out, reporter=Watch(stop), **how)
    except KeyboardInterrupt:
        assert stop == 0
        assert inspect_run(out, check=True).status == "resumable"
        opened = ls.load_run(out)
        assert torch.equal(weights(opened.model), weights(first.model))
        np.testing.assert_array_equal(
            opened.reconstruct(images.test), first.reconstruct(images.test)
        )
    done = resume(out, images)
    assert torch.equal(weights(done.model), weights(whole.model))
    assert [p.name for p in checkpoints_in(out)] == ["checkpoint-0002"]


def test_what_is_said_of_the_model_goes_and_the_rest_is_as_there(source, images):
    run = train("vae", images, start=source, beta=4.0, epochs=1)
    assert run.model.blueprint.arguments == source.model.blueprint.arguments | {"beta": 4.0}


@pytest.mark.parametrize(
    ("recipe", "size", "options", "said"),
    [
        ("ae", None, {}, "'first' is of vae, whose weights do not fit ae"),
        ("vae", None, {"latent": 4}, r"do not fit this model \(latent 3 there and 4 here\)"),
        ("vae", 20, {}, "trained on images of 1×28×28 .* are 1×20×20"),
    ],
)
def test_what_does_not_fit_is_one_sentence(recipe, size, options, said, source, tmp_path):
    images = ls.load_images("digits", limit=60, size=size)
    with pytest.raises(LatentscapeError, match=said):
        train(recipe, images, start=source, epochs=1, out=tmp_path / "x", **options)
    assert not (tmp_path / "x").exists()


def pictures(folder: Path, numbers) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for n in numbers:
        pixels = np.random.default_rng(n).integers(0, 256, (9, 9), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{n}.png")


def test_more_pictures_are_trained_on_and_what_was_tested_on_is_tested_on(tmp_path, monkeypatch):
    monkeypatch.setenv("LATENTSCAPE_DATA", str(tmp_path / "kept"))
    pictures(tmp_path / "few", range(30))
    pictures(tmp_path / "more", range(60))
    pictures(tmp_path / "other", range(100, 140))
    few = ["--hidden", "8", "--epochs", "1"]
    first = tmp_path / "first"
    said = ["--data", str(tmp_path / "few"), "--invert", "--size", "8", "--out", str(first), *few]
    assert main(["train", "ae", *said]) == 0
    for name, same in (("more", True), ("other", False)):
        out = str(tmp_path / f"from-{name}")
        more = ["--data", str(tmp_path / name), "--out", out, "--epochs", "1"]
        assert main(["train", "--from", str(first), *more]) == 0
        before, now = (ls.load_run(p).record for p in (first, out))
        assert now.start.name == "first"
        assert now.blueprint == before.blueprint
        assert now.preparation == before.preparation
        assert (now.data.cut == before.data.cut) == same
    assert main(["train", f"--from={first}", "--epochs", "1", "--out", str(tmp_path / "y")]) == 0
    assert ls.load_run(tmp_path / "y").record.data.fingerprint == before.data.fingerprint


def test_what_is_no_run_is_refused_on_the_command_line(tmp_path, capsys):
    assert main(["train", "--from", str(tmp_path)]) == 2
    assert "is not a run" in capsys.readouterr().err


def test_a_recipe_from_outside_is_not_imported_untrusted(source, tmp_path, capsys):
    copy = copytree(source.folder, tmp_path / "stranger")
    raw = json.loads((copy / "run.json").read_text())
    raw["blueprint"]["recipe"] = "canary_of_a_stranger:run"
    (copy / "run.json").write_text(json.dumps(raw))
    assert main(["train", "--from", str(copy), "--epochs", "1"]) == 2
    assert "code from outside latentscape" in capsys.readouterr().err
