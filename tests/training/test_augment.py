"""Augmentation in training: of training images alone, decided by the seed, the same on resume."""

import numpy as np
import pytest
import torch

import latentscape as ls
from latentscape.cli.main import main
from latentscape.parts.augmentations import augmentation
from latentscape.system.errors import LatentscapeError
from latentscape.training import resume, train
from latentscape.training.loop import Pass
from latentscape.training.reporter import Silent

EVERY = "shift+flip+turn+colour"


@pytest.fixture(scope="module")
def images():
    return ls.load_images("digits", limit=100)


def weights(run):
    return torch.cat([p.flatten() for p in run.model.parameters()])


def test_held_out_images_are_left_as_they_are(images):
    model = ls.recipes.ae(images.shape, latent=2)
    x = torch.from_numpy(images.validation.pixels)
    plain, augmented = Pass(model), Pass(model, augmentation(EVERY))
    found = {
        training: [
            each.train(training)(x, None, 1, 1.0)[1]["distortion"] for each in (plain, augmented)
        ]
        for training in (False, True)
    }
    assert found[False][0] == found[False][1]
    assert found[True][0] != found[True][1]


class Stop(Silent):
    def epoch(self, row, best):
        raise KeyboardInterrupt


def test_the_seed_decides_and_a_resumed_training_ends_in_the_same_bits(images, tmp_path):
    how = {"latent": 2, "hidden": (16,), "epochs": 2, "precision": "32-true"}
    whole, again = (train("vae", images, augment=EVERY, **how) for _ in range(2))
    plain = train("vae", images, **how)
    cut = train("vae", images, augment=EVERY, reporter=Stop(), out=tmp_path / "x", **how)
    assert cut.interrupted
    resumed = resume(tmp_path / "x", images)
    assert resumed.record.plan.augment == EVERY
    assert torch.equal(weights(whole), weights(again))
    assert torch.equal(weights(whole), weights(resumed))
    assert not torch.equal(weights(whole), weights(plain))


def test_it_can_be_typed_and_swept(tmp_path, capsys):
    said = ["--limit", "60", "--epochs", "1", "--hidden", "8"]
    out = tmp_path / "run"
    assert main(["train", "ae", "--augment", "shift+turn", "--out", str(out), *said]) == 0
    assert ls.load_run(out).record.plan.augment == "shift+turn"
    assert main(["train", "ae", "--augment", "shift,turn", *said]) == 2
    assert "with + between them" in capsys.readouterr().err
    rows = ls.sweep(
        {"recipe": "ae", "limit": 60, "epochs": 1, "augment": ["none", "shift+flip"]},
        tmp_path / "sweep",
    )
    assert [row["augment"] for row in rows] == ["none", "shift+flip"]


def test_rows_of_a_table_are_no_pictures():
    table = ls.LatentTransformer("vae", latent=1, augment="shift")
    with pytest.raises(LatentscapeError, match="is a table; leave --augment out"):
        table.fit(np.random.default_rng(0).normal(size=(30, 4)))
