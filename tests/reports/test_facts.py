"""What a report says a run is: from its recipe, its parts and its record."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from safetensors.torch import load_file

from latentscape.reports.facts import code_of, facts_of, options_of, training_of
from latentscape.runs.load import load_run
from latentscape.runs.origin import Origin
from latentscape.system.version import __version__


@pytest.fixture(scope="module")
def run(folder):
    return load_run(folder / "vae-3-1")


def test_a_run_is_what_its_recipe_and_its_weights_are(run, folder):
    facts = facts_of(run)
    assert facts.title.startswith("Variational autoencoder")
    assert "Minimises" in facts.about and "Args:" not in facts.about
    assert facts.papers == ("1312.6114", "1903.10145")
    rows = dict(facts.rows)
    weights = load_file(folder / "vae-3-1/checkpoint-0001/best.safetensors")
    learned = [t.numel() for n, t in weights.items() if "running" not in n and "num_b" not in n]
    options = rows.pop("options")
    assert rows == {
        "recipe": "vae",
        "parts": "Gaussian · StandardNormal · Bernoulli · Elbo",
        "code": "3 numbers for 28 × 28 pixels",
        "likelihood": "a cross-entropy on grey pixels, no likelihood",
        "learned numbers": f"{sum(learned):,}",
    }
    assert options.startswith("latent 3, ") and "hidden 8" in options


def test_a_training_is_what_its_record_says(run, splits):
    rows = dict(training_of(run))
    counts = len(splits.train), len(splits.validation), len(splits.test)
    assert rows["images"] == "digits: {} train, {} validation, {} test".format(*counts)
    assert rows["classes"] == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9"
    plan = run.record.plan
    assert rows["optimizer"].startswith(f"{plan.optimizer}, ")
    assert rows["optimizer"].endswith(f" to {plan.lr:g}, batch 32, seed 1")
    assert rows["epochs"] == "1 of 1"
    assert rows["time"] == f"{run.history[0]['seconds']:.1f} s"
    assert rows["made with"] == f"latentscape {__version__}, torch {torch.__version__}"
    assert rows["begun"] == run.record.created[:19].replace("T", " ") + " UTC"


def test_a_run_in_memory_and_one_trained_on_more_say_so(run):
    assert "recipe" not in dict(training_of(replace(run, record=None)))
    plan = replace(run.record.plan, train_on="train+validation", keep="last")
    told = dict(training_of(replace(run, record=replace(run.record, plan=plan))))
    assert told["images"].endswith("; trained on train and validation")
    twice = replace(run, history=[*run.history, {"epoch": 2.0, "seconds": 90.0}], epoch=1)
    rows = dict(training_of(twice))
    assert rows["epochs"] == "2 of 1; the weights kept are those of epoch 1"
    assert rows["time"].startswith("1 min 3")


def test_codes_and_options_are_written_out():
    said = code_of(SimpleNamespace(shape=(3, 8, 6), codes_size=1))
    assert said == "1 number for 8 × 6 pixels of 3 channels"
    options = {"beta": 4.0, "net": {"hidden": [256, 128], "norm": []}, "name": "x"}
    assert options_of(options) == "beta 4, net (hidden 256×128, norm none), name x"


def test_a_pretrained_start_and_augmentation_are_said(run):
    start = Origin("first", 7, "", "", "")
    plan = replace(run.record.plan, augment="shift+flip")
    rows = dict(training_of(replace(run, record=replace(run.record, start=start, plan=plan))))
    assert rows["began with"] == "the weights of first, epoch 7"
    assert rows["augmented by"] == "shift, flip"
    assert not {"began with", "augmented by"} & dict(training_of(run)).keys()
