"""What trains a sweep's runs, without Ray: what is refused, and what a stand-in for it is asked."""

from types import SimpleNamespace

import pytest
import torch

from latentscape.cli.main import main
from latentscape.data import load_images
from latentscape.runs.folder import LOCK
from latentscape.sweeps import parse_sweep, run_sweep
from latentscape.sweeps.engines import engine_for
from latentscape.sweeps.on_ray import OnRay, at_work, outcome_of
from latentscape.sweeps.one_by_one import one_by_one
from latentscape.sweeps.trying import Outcome
from latentscape.system.errors import LatentscapeError
from latentscape.system.locks import is_held, locked, wait_until_free
from latentscape.system.ray_cluster import check_room
from latentscape.system.ray_cluster import room as room_for

SMALL = {"recipe": "vae", "limit": 120, "epochs": 1, "hidden": [8], "network": "dense"}


@pytest.fixture
def installed(monkeypatch):
    """Ray as installed, though it is never imported."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: name)


@pytest.mark.parametrize(
    ("on", "given", "words"),
    [
        ("", (2, None), "--cpus-per-run is for runs on Ray"),
        ("", (None, 1), "--gpus-per-run is for runs on Ray"),
        ("dask", (), "--on is 'dask'; give ray"),
        ("ray", (0, None), "0 CPUs"),
        ("ray", (1, -1), "-1 GPUs"),
        ("ray", (float("nan"), 0), "nan CPUs"),
    ],
)
def test_what_trains_nothing_is_refused(on, given, words, installed):
    with pytest.raises(LatentscapeError, match=words):
        engine_for(on, *given)


def test_what_is_said_is_what_trains(installed):
    assert engine_for() is one_by_one
    assert engine_for("ray") == OnRay(None, 1, 0)
    assert engine_for("ray:10.0.0.1:6379", 2, 0.5) == OnRay("10.0.0.1:6379", 2, 0.5)


def test_a_missing_ray_is_a_sentence(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    line = ["sweep", "vae", "--limit", "100", "--on", "ray", "--out", str(tmp_path / "x")]
    assert main(line) == 2
    assert "pip install 'latentscape[ray]'" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def cluster(*machines):
    nodes = [
        {"Alive": a, "Resources": {"CPU": c, "GPU": g} if g else {"CPU": c}} for a, c, g in machines
    ]
    return SimpleNamespace(nodes=lambda: nodes)


@pytest.mark.parametrize(
    ("cpus", "gpus", "machines", "room"),
    [
        (1, 0, [(True, 4, 0), (True, 2, 0)], 6),
        (1, 0, [(True, 4, 0), (False, 2, 0)], 4),
        (3, 0, [(True, 4, 0), (True, 2, 0), (True, 7, 0)], 3),
        (1, 0.5, [(True, 16, 2), (True, 16, 0)], 4),
        (8, 0.5, [(True, 16, 2)], 2),
        (1, 0, [(False, 4, 0)], 1),
    ],
)
def test_room_is_that_of_the_machines_that_are_there(cpus, gpus, machines, room):
    assert room_for(cluster(*machines), cpus, gpus) == room


def test_a_run_that_no_machine_can_take_is_refused():
    check_room(cluster((True, 4, 1)), 4, 1, "a run", "-per-run")
    for machines in ([(True, 8, 0), (True, 2, 4)], [(False, 4, 1), (True, 1, 0)]):
        with pytest.raises(LatentscapeError, match="no machine of the cluster has so many"):
            check_room(cluster(*machines), 4, 1, "a run", "-per-run")


def raising(error):
    class Errors:
        class RayError(Exception): ...

        class TaskCancelledError(RayError): ...

        class RayTaskError(RayError): ...

        class WorkerCrashedError(RayError): ...

    found = error(Errors)

    def get(ref):
        raise found

    return SimpleNamespace(get=get, exceptions=Errors)


def caused(errors, cause):
    error = errors.RayTaskError("in a task")
    error.cause = cause
    return error


def test_how_a_task_ended_is_told():
    done = Outcome("complete", "3 epochs")
    assert outcome_of(done, SimpleNamespace(get=lambda ref: ref)) is done
    assert outcome_of(0, raising(lambda e: e.TaskCancelledError())).status == "stopped"
    assert outcome_of(0, raising(lambda e: caused(e, KeyboardInterrupt()))).status == "stopped"
    lost = outcome_of(0, raising(lambda e: e.WorkerCrashedError("out of memory")))
    assert lost.status == "killed" and "out of memory" in lost.words
    with pytest.raises(LatentscapeError, match="what it says"):
        outcome_of(0, raising(lambda e: caused(e, LatentscapeError("what it says"))))


def test_a_folder_that_is_not_the_sweeps_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(torch, "set_num_threads", lambda count: None)  # of this process, too
    sweep = parse_sweep(SMALL)
    (trial,) = sweep.trials
    images = load_images("digits", limit=120)
    with pytest.raises(LatentscapeError, match="does not see '"):
        at_work(trial, tmp_path / "x", images, (), 1, 0)
    run_sweep(sweep, tmp_path / "x", images=images)
    with pytest.raises(LatentscapeError, match="locks that hold on all of them"):
        at_work(trial, tmp_path / "x", images, (), 1, 0)  # no sweep holds it


def test_locks_are_seen_to_be_held_and_waited_for(tmp_path):
    path = tmp_path / LOCK
    assert not is_held(path)
    with locked(path, "taken"):
        assert is_held(path)
        wait_until_free(path, 0.3)  # gives up
        assert is_held(path)
    assert not is_held(path)
    wait_until_free(path, 60)  # at once
