"""Searches: ranges, what Optuna suggests, what is stopped early, and how they are cut off."""

import json
import os
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentscape.data import load_images
from latentscape.evaluation.measure import measure
from latentscape.runs.listing import inspect_run
from latentscape.runs.load import load_run
from latentscape.runs.record import Record
from latentscape.sweeps import parse_sweep, read_sweep, run_sweep
from latentscape.sweeps.found import importances
from latentscape.sweeps.ranges import Range, read_range
from latentscape.sweeps.text import to_json
from latentscape.sweeps.trying import Outcome
from latentscape.system.errors import LatentscapeError
from latentscape.training import resume, train

SMALL = {"recipe": "vae", "limit": 120, "hidden": [8], "network": "dense", "precision": "32-true"}
SPACE = {"lr": "1e-4..1e-1:log", "latent": "2..9"}


@pytest.fixture(scope="module")
def images():
    return load_images("digits", limit=120)


def costing(cost):
    """An engine that trains nothing: a trial comes to what a function of its settings says."""

    def engine(chooser, folder, images, view):
        while (trial := chooser.next()) is not None:
            view.begin_run(trial.name)
            chooser.ended(trial, Outcome("complete", "", cost(trial.settings)))
            view.end_run(trial.name, "")

    return engine


# What is said


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        (float, "0.1..10", Range(0.1, 10)),
        (float, "1e-4..1e-2:log", Range(1e-4, 1e-2, log=True)),
        (float, "-1..1", Range(-1, 1)),
        (int, "2..64:log", Range(2, 64, log=True, whole=True)),
        (float, "0.5", None),
        (str, "../images..old", None),
    ],
)
def test_ranges_read(kind, text, found):
    assert read_range("x", kind, text) == found
    if found:
        assert read_range("x", kind, [found.text]) == found


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.floats(0, 1), st.booleans())
def test_what_is_drawn_is_within_and_can_be_typed(low, width, share, whole):
    drawn = Range(round(low), round(low) + 1 + round(width), whole=True)
    drawn = drawn if whole else Range(low, low + width)
    number = drawn.low + share * (drawn.high - drawn.low)
    value = drawn.value(number)
    assert drawn.low <= value <= drawn.high
    assert drawn.value(value) == value
    assert abs(value - number) <= (0.5 if whole else 1e-3 * abs(number))
    if not whole and value not in (drawn.low, drawn.high):
        assert len(f"{value:e}".rstrip("0").partition("e")[0].strip("-0").replace(".", "")) <= 8
        assert float(f"{value:.4g}") == value


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"lr": "1e-4..1e-2"}, "--lr is a range.*--trials"),
        ({"trials": 3}, "nothing to vary"),
        ({"trials": 0, "lr": "1e-4..1e-2"}, "--trials is 0"),
        ({"trials": 3, "lr": "1e-2..1e-4"}, "lower end first"),
        ({"trials": 3, "lr": "1e-2..1e-2"}, "lower end first"),
        ({"trials": 3, "lr": "0..1:log"}, "begins above 0"),
        ({"trials": 3, "lr": "a..b"}, "--lr is 'a'; give a number"),
        ({"trials": 3, "latent": "2..4.5"}, "--latent is '4.5'; give a whole number"),
        ({"trials": 3, "lr": ["1e-4..1e-2", "0.1"]}, "among other values"),
        ({"trials": 3, "lr": "1e-4..1e-2", "seeds": 2}, "give one seed"),
        ({"by": "mse"}, "say how many trials"),
        ({"trials": 3, "latent": "2..4", "by": "msee"}, "did you mean mse"),
        (
            {"trials": 3, "latent": "2..4", "by": "offset,active_units"},
            "--by is active_units.*neither",
        ),
        ({"trials": 3, "latent": "2..4", "by": ["mse", "mse"]}, "each figure once"),
    ],
)
def test_mistakes_are_one_sentence(more, words):
    with pytest.raises(LatentscapeError, match=words) as caught:
        parse_sweep({"recipe": "vae", **more})
    assert "\n" not in str(caught.value)


def test_a_search_reads_back(tmp_path):
    sweep = parse_sweep({**SMALL, **SPACE, "trials": 7, "by": "mse,negative_elbo", "beta": [1, 4]})
    (tmp_path / "sweep.json").write_bytes(to_json(sweep))
    assert read_sweep(tmp_path) == sweep
    assert sweep.varied == ("beta", "lr", "latent")


# What would not compare


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"beta": "0.1..10:log"}, "the loss means another thing.*--by negative_elbo"),
        ({"recipe": ["ae", "vae"], "lr": "1e-3..1e-2"}, "the loss means another thing"),
        ({"likelihood": ["bernoulli", "normal"], "by": "negative_elbo"}, "likelihoods differ"),
        ({"latent": "0..4"}, "0 dimensions"),
        (
            {"train_on": "train+validation", "keep": "last", "lr": "1e-3..1e-2"},
            "images that a search judges by",
        ),
    ],
)
def test_what_does_not_fit_fails_before_any_training(more, words, images, tmp_path):
    with pytest.raises(LatentscapeError, match=words):
        run_sweep(parse_sweep({**SMALL, "trials": 3, **more}), tmp_path / "x", images=images)
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    "more",
    [
        {"beta": "0.1..10:log", "by": "negative_elbo"},
        {"likelihood": ["bernoulli", "normal"], "by": "mse"},
    ],
)
def test_what_compares_may_vary(more, images, tmp_path):
    sweep = parse_sweep({**SMALL, "trials": 2, **more})
    rows = run_sweep(sweep, tmp_path / "x", images=images, engine=costing(lambda s: (1.0,)))
    assert len(rows) == 2


# What it tries


def test_the_first_trial_is_what_the_recipe_does_by_itself(images, tmp_path):
    sweep = parse_sweep({**SMALL, "trials": 1, "latent": "2..40", "lr": "1e-6..1:log", "epochs": 1})
    (row,) = run_sweep(sweep, tmp_path / "x", images=images)
    record = Record.read(tmp_path / "x" / row["run"] / "run.json")
    again = train("vae", images, hidden=(8,), network="dense", epochs=1, out=tmp_path / "plain")
    assert record.plan.lr == float(f"{again.record.plan.lr:.4g}")
    own = again.record.blueprint.arguments
    assert record.blueprint.arguments["latent"] == own["latent"]


def test_it_finds_what_chance_would_not(images, tmp_path):
    def cost(settings):
        return (abs(np.log10(settings["lr"]) + 2.5) + 0.1 * abs(settings["latent"] - 7),)

    sweep = parse_sweep({**SMALL, **SPACE, "trials": 40, "by": "mse"})
    rows = run_sweep(sweep, tmp_path / "x", images=images, engine=costing(cost))
    costs = np.array([row["validation mse"] for row in rows])
    assert np.median(costs[20:]) < 0.7 * np.median(costs[:10])  # guided beside drawn at random
    (best,) = [row for row in rows if row.get("best")]
    assert best["validation mse"] == costs.min() < 0.15


def test_several_figures_give_the_front(images, tmp_path):
    def cost(settings):
        return (settings["lr"], abs(settings["latent"] - 5) + 1 / settings["lr"])

    sweep = parse_sweep({**SMALL, **SPACE, "trials": 25, "by": "mse,nll"})
    rows = run_sweep(sweep, tmp_path / "x", images=images, engine=costing(cost))
    points = np.array([[row["validation mse"], row["validation nll"]] for row in rows])
    beaten = [
        any((other <= point).all() and (other < point).any() for other in points)
        for point in points
    ]
    assert [not row.get("best", False) for row in rows] == beaten
    assert 1 < beaten.count(False) < 25


def test_higher_is_better_where_it_is(images, tmp_path):
    sweep = parse_sweep({**SMALL, **SPACE, "trials": 12, "by": "knn5_accuracy"})
    cost = costing(lambda settings: (settings["latent"] / 10,))
    rows = run_sweep(sweep, tmp_path / "x", images=images, engine=cost)
    best = max(row["latent"] for row in rows)
    assert {row["latent"] for row in rows if row.get("best")} == {best}


# What it hears


@pytest.fixture(scope="module")
def searched(images, tmp_path_factory):
    folder = tmp_path_factory.mktemp("searches") / "x"
    sweep = parse_sweep({**SMALL, **SPACE, "epochs": 9, "trials": 12})
    return sweep, folder, run_sweep(sweep, folder, images=images)


def test_of_three_trials_one_goes_on(searched):
    _, folder, rows = searched
    reached = {1: [], 3: [], 9: []}  # losses of trials that came so far, in their order
    for row in rows:
        history = load_run(folder / row["run"]).history
        for epoch in (1, 3):
            if len(history) < epoch:
                break
            loss = history[epoch - 1]["validation/loss"]
            reached[epoch].append(loss)
            better = sum(other < loss for other in reached[epoch])
            goes_on = better < max(1, len(reached[epoch]) // 3)
            assert (len(history) > epoch) == goes_on
        assert row["status"] == ("complete" if len(history) == 9 else "stopped")
        assert len(history) in (1, 3, 9)
    assert {row["status"] for row in rows} == {"complete", "stopped"}


def test_what_was_stopped_can_go_on(searched):
    _, folder, rows = searched
    for row in rows:
        wanted = {"complete": "complete", "stopped": "resumable"}[row["status"]]
        assert inspect_run(folder / row["run"]).status == wanted


def test_what_was_stopped_goes_on_as_if_it_had_not_been(searched, images, tmp_path):
    _, folder, rows = searched
    row = next(row for row in rows if row["status"] == "stopped")
    shutil.copytree(folder / row["run"], tmp_path / "run")
    again = resume(tmp_path / "run", images)
    options = {"hidden": (8,), "network": "dense", "precision": "32-true", "epochs": 9}
    whole = train("vae", images, latent=row["latent"], lr=row["lr"], **options)
    assert not again.interrupted
    for one, other in zip(again.model.parameters(), whole.model.parameters(), strict=True):
        assert one.equal(other)


def test_optuna_opens_the_study_and_its_loss_is_the_runs(searched):
    import optuna
    from optuna.storages.journal import JournalFileBackend, JournalStorage

    _, folder, rows = searched
    storage = JournalStorage(JournalFileBackend(str(folder / "study.log")))
    study = optuna.load_study(study_name=None, storage=storage)
    names = {"COMPLETE": "complete", "PRUNED": "stopped"}
    assert [names[trial.state.name] for trial in study.trials] == [r["status"] for r in rows]
    for trial, row in zip(study.trials, rows, strict=True):
        assert trial.user_attrs["run"] == row["run"]
        assert trial.params["lr"] == pytest.approx(row["lr"], rel=1e-3)
        if row["status"] == "complete":
            assert trial.value == row["loss"] == inspect_run(folder / row["run"]).loss
    best = min((row for row in rows if row["status"] == "complete"), key=lambda r: r["loss"])
    assert [row["run"] for row in rows if row.get("best")] == [best["run"]]


def test_a_search_that_is_over_trains_nothing(searched, images):
    _, folder, rows = searched
    before = (folder / "study.log").read_bytes()
    assert run_sweep(read_sweep(folder), folder, images=images) == rows
    assert (folder / "study.log").read_bytes() == before


def test_a_search_may_grow_and_nothing_else(searched, images, tmp_path):
    small = {**SMALL, **SPACE, "epochs": 1, "by": "mse"}
    cost = costing(lambda settings: (settings["lr"],))
    folder = tmp_path / "x"
    some = run_sweep(parse_sweep({**small, "trials": 11}), folder, images=images, engine=cost)
    more = run_sweep(parse_sweep({**small, "trials": 14}), folder, images=images, engine=cost)
    whole = run_sweep(
        parse_sweep({**small, "trials": 14}), tmp_path / "y", images=images, engine=cost
    )
    assert [r["run"] for r in more[:11]] == [r["run"] for r in some]
    assert more == whole
    for other in ({"trials": 13}, {"trials": 14, "lr": "1e-4..1e-3"}, {"trials": 14, "by": "nll"}):
        with pytest.raises(LatentscapeError, match="another sweep"):
            run_sweep(parse_sweep({**small, **other}), folder, images=images)


def test_trials_are_judged_on_validation_images(images, tmp_path):
    sweep = parse_sweep({**SMALL, "latent": "2..4", "epochs": 1, "trials": 2, "by": "mse"})
    for row in run_sweep(sweep, tmp_path / "x", images=images):
        run = load_run(tmp_path / "x" / row["run"])
        clean = images.validation.pixels / 255
        rebuilt = run.reconstruct(images.validation)
        assert row["validation mse"] == pytest.approx(np.square(rebuilt - clean).mean(), rel=1e-4)
        on_test = measure(run, images, groups=["reconstruction"])["mse"].value
        assert row["validation mse"] != pytest.approx(on_test, rel=1e-4)


def test_one_that_diverges_costs_the_search_nothing_else(images, tmp_path):
    space = {"lr": [1e-3, 1e20], "clip": 0.0, "epochs": 3, "optimizer": "adam"}
    sweep = parse_sweep({**SMALL, **space, "trials": 6})
    rows = run_sweep(sweep, tmp_path / "x", images=images)
    for row in rows:
        assert (row["status"] == "failed") == (row["lr"] == 1e20)
    assert {"failed"} < {row["status"] for row in rows}
    assert run_sweep(sweep, tmp_path / "x", images=images) == rows
    none = parse_sweep({**SMALL, **space, "lr": [1e20, 1e21], "trials": 2})
    with pytest.raises(LatentscapeError, match=r"2 runs .* stopped being finite"):
        run_sweep(none, tmp_path / "y", images=images)


def test_any_other_failure_stops_it_and_costs_no_trial(images, tmp_path):
    sweep = parse_sweep({**SMALL, **SPACE, "epochs": 1, "trials": 3})
    whole = run_sweep(sweep, tmp_path / "whole", images=images)

    def full(chooser, folder, images, view):
        chooser.ended(chooser.next(), Outcome("failed", "no space left on device"))

    with pytest.raises(LatentscapeError, match=r"trial=0.*no space left"):
        run_sweep(sweep, tmp_path / "x", images=images, engine=full)
    rows = run_sweep(sweep, tmp_path / "x", images=images)
    assert [unhurried(row) for row in rows] == [unhurried(row) for row in whole]


def unhurried(row):
    """A row without what it took."""
    return {name: value for name, value in row.items() if name != "seconds"}


# How it is cut off

KILLED = """
import os, signal, sys
from pathlib import Path
from latentscape.runs.folder import RunFolder
from latentscape.sweeps import read_toml, run_sweep, study
study.FIRST = 3
saved = RunFolder.save
def last_words(self, state, *rest):
    saved(self, state, *rest)
    if "trial=4," in str(self.path) and state.epoch == 1:
        os.kill(os.getpid(), signal.SIGKILL)
RunFolder.save = last_words
run_sweep(read_toml(Path(sys.argv[1])), sys.argv[2])
"""


def test_a_search_that_is_killed_ends_as_one_that_is_not(tmp_path, monkeypatch, images):
    from latentscape.sweeps import read_toml, study

    monkeypatch.setattr(study, "FIRST", 3)
    file = tmp_path / "plan.toml"
    file.write_text(
        'recipe = "vae"\nlimit = 120\nepochs = 9\nhidden = [8]\nnetwork = "dense"\n'
        'precision = "32-true"\nlr = "1e-4..1e-1:log"\nlatent = "2..9"\ntrials = 6\n'
    )
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    rows = run_sweep(read_toml(file), whole, images=images)
    done = subprocess.run([sys.executable, "-c", KILLED, str(file), str(cut)])
    assert done.returncode == -signal.SIGKILL
    log = (cut / "study.log").read_bytes()
    (cut / "study.log").write_bytes(log + log.splitlines()[-1][:40])  # as a power cut leaves it
    again = run_sweep(read_sweep(cut), cut, images=images)
    assert [unhurried(row) for row in again] == [unhurried(row) for row in rows]
    for row in rows:
        (weights,) = (whole / row["run"]).glob("*/last.safetensors")
        other = cut / weights.relative_to(whole)
        assert other.read_bytes() == weights.read_bytes()
    assert not [p for p in cut.glob(".*") if p.name != ".lock"]


# What mattered


def test_an_option_that_decides_everything_is_told_from_the_others(images, tmp_path):
    def cost(settings):
        return ((np.log10(settings["lr"]) + 2) ** 2,)

    sweep = parse_sweep({**SMALL, **SPACE, "beta": "0.1..10:log", "trials": 40, "by": "mse"})
    run_sweep(sweep, tmp_path / "x", images=images, engine=costing(cost))
    first, *others = importances(sweep, tmp_path / "x", "mse")
    assert first.option == "lr"
    assert first.low > max(other.high for other in others)
    low, _, high = first.best.partition(" to ")
    assert float(low) <= 1e-2 <= float(high)


def test_chance_is_told_for_chance(images, tmp_path):
    rng = np.random.default_rng(0)
    sweep = parse_sweep({**SMALL, **SPACE, "beta": "0.1..10:log", "trials": 25, "by": "mse"})
    run_sweep(
        sweep, tmp_path / "x", images=images, engine=costing(lambda settings: (rng.normal(),))
    )
    first, second, _ = importances(sweep, tmp_path / "x", "mse")
    assert first.low < second.high


def test_few_trials_say_nothing(images, tmp_path):
    sweep = parse_sweep({**SMALL, **SPACE, "trials": 9, "by": "mse"})
    run_sweep(sweep, tmp_path / "x", images=images, engine=costing(lambda s: (s["lr"],)))
    assert importances(sweep, tmp_path / "x", "mse") == []


# What it refuses


def test_a_missing_optuna_is_a_sentence(images, tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    sweep = parse_sweep({**SMALL, **SPACE, "trials": 3})
    with pytest.raises(LatentscapeError, match=r"pip install 'latentscape\[search\]'"):
        run_sweep(sweep, tmp_path / "x", images=images)
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("spoilt", ["text", "values", "pipe", "link", "other"])
def test_a_spoilt_study_is_named(spoilt, images, tmp_path):
    sweep = parse_sweep({**SMALL, **SPACE, "trials": 3, "by": "mse"})
    cost = costing(lambda settings: (settings["lr"],))
    run_sweep(sweep, tmp_path / "x", images=images, engine=cost)
    path = tmp_path / "x/study.log"
    lines = path.read_text().splitlines()
    match spoilt:
        case "text":
            path.write_text("dear diary\n" + "\n".join(lines) + "\n")
        case "values":
            path.write_text("\n".join(lines).replace('"param_value_internal":', '"x":') + "\n")
        case "pipe":
            path.unlink()
            os.mkfifo(path)
        case "link":
            path.rename(tmp_path / "elsewhere")
            path.symlink_to(tmp_path / "elsewhere")
        case "other":
            entry = json.loads(lines[0])
            path.write_text(json.dumps(entry | {"directions": [2]}) + "\n")
    with pytest.raises(LatentscapeError, match=r"study\.log' is"):
        run_sweep(sweep, tmp_path / "x", images=images, engine=cost)
