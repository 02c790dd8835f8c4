"""Sweeps on Ray: what comes out, what a lost machine costs, and how they are stopped."""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path

import pytest

from latentscape.cli.main import main
from latentscape.data import load_images
from latentscape.runs.listing import find_runs, inspect_run
from latentscape.sweeps import parse_sweep, read_sweep, run_sweep
from latentscape.sweeps.engines import engine_for
from latentscape.system.errors import LatentscapeError

pytestmark = [
    pytest.mark.ray,
    pytest.mark.filterwarnings("default"),
    pytest.mark.usefixtures("one_thread"),
]
SMALL = {"recipe": "vae", "limit": 120, "hidden": [8], "network": "dense", "precision": "32-true"}
LONG = {**SMALL, "limit": 400, "hidden": [64], "batch": 16, "epochs": 30, "seeds": 2}


@pytest.fixture(scope="module")
def images():
    return load_images("digits", limit=120)


@pytest.fixture(scope="module")
def alone():
    """Ray on this machine alone, kept for several tests."""
    import ray

    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield
    ray.shutdown()


def weights(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*.safetensors"))
    }


def unhurried(row):
    return {name: value for name, value in row.items() if name != "seconds"}


def test_runs_are_those_of_one_process_to_the_bit(alone, images, tmp_path):
    sweep = parse_sweep({**SMALL, "epochs": 2, "latent": [2, 3], "seeds": 2})
    one = run_sweep(sweep, tmp_path / "one", images=images)
    many = run_sweep(sweep, tmp_path / "many", images=images, engine=engine_for("ray"))
    assert [unhurried(row) for row in many] == [unhurried(row) for row in one]
    assert weights(tmp_path / "many") == weights(tmp_path / "one")
    assert (tmp_path / "many/sweep.json").read_bytes() == (tmp_path / "one/sweep.json").read_bytes()


def test_a_search_stops_and_judges_as_in_one_process(alone, images, tmp_path, monkeypatch):
    from latentscape.sweeps import on_ray

    monkeypatch.setattr(on_ray, "LOOKED", 0.02)  # these runs may end between two looks
    space = {"lr": "1e-5..1e-1:log", "epochs": 60, "trials": 12, "batch": 16}
    rows = run_sweep(
        parse_sweep({**SMALL, **space}), tmp_path / "x", images=images, engine=engine_for("ray")
    )
    assert len(rows) == 12
    assert {row["status"] for row in rows} == {"complete", "stopped"}
    for row in rows:
        found = inspect_run(tmp_path / "x" / row["run"])
        assert found.status == {"complete": "complete", "stopped": "resumable"}[row["status"]]
    (best,) = [row for row in rows if row.get("best")]
    assert best["loss"] == min(row["loss"] for row in rows if row["status"] == "complete")


def test_a_run_has_the_threads_of_its_cpus(alone, images, tmp_path, monkeypatch):
    import ray

    from latentscape.sweeps import on_ray

    def threads(trial, folder, images, by, count, gpus):
        import torch

        on_ray_at_work(trial, folder, images, by, count, gpus)
        (folder / "threads.txt").write_text(
            f"{torch.get_num_threads()} {ray.get_runtime_context().get_assigned_resources()}"
        )
        return on_ray.Outcome("complete", "1 epoch")

    on_ray_at_work = on_ray.at_work
    monkeypatch.setattr(on_ray, "at_work", threads)
    sweep = parse_sweep({**SMALL, "epochs": 1})
    run_sweep(sweep, tmp_path / "x", images=images, engine=engine_for("ray", 2))
    assert (tmp_path / "x/threads.txt").read_text() == "2 {'CPU': 2.0}"


def test_more_than_any_machine_has_is_refused(alone, images, tmp_path):
    for more, words in (((64,), "64 CPUs"), ((1, 1), "1 GPUs")):
        with pytest.raises(LatentscapeError, match=rf"{words}.*no machine .*2 CPUs and 0 GPUs at"):
            run_sweep(
                parse_sweep(SMALL), tmp_path / "x", images=images, engine=engine_for("ray", *more)
            )


def test_storage_without_locks_is_refused(alone, images, tmp_path, monkeypatch):
    from latentscape.sweeps import work

    monkeypatch.setattr(work, "locked", lambda path, words: nullcontext())  # held by nobody
    with pytest.raises(LatentscapeError, match="locks that hold on all"):
        run_sweep(parse_sweep(SMALL), tmp_path / "x", images=images, engine=engine_for("ray"))


def test_one_failure_does_not_stop_the_others(alone, images, tmp_path):
    sweep = parse_sweep({**SMALL, "epochs": 1, "seeds": 3})
    run_sweep(sweep, tmp_path / "x", images=images)
    (tmp_path / "x/seed=0/run.json").write_text("{")
    shutil.rmtree(tmp_path / "x/seed=1")
    with pytest.raises(LatentscapeError, match=r"1 run of the sweep failed.*seed=0.*damaged"):
        run_sweep(sweep, tmp_path / "x", images=images, engine=engine_for("ray"))
    assert inspect_run(tmp_path / "x/seed=1").status == "complete"


def test_a_cluster_that_is_not_there_is_a_sentence(tmp_path, capsys):
    line = [
        "sweep",
        "vae",
        "--limit",
        "100",
        "--on",
        "ray:127.0.0.1:1",
        "--out",
        str(tmp_path / "x"),
    ]
    done = subprocess.run(
        [sys.executable, "-m", "latentscape", *line], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "no Ray cluster answers at 127.0.0.1:1" in done.stderr
    assert done.stderr.count("latentscape: ") == 1


def epochs_done(folder: Path) -> dict[str, int]:
    found = {path.name: inspect_run(path) for path in find_runs(folder)} if folder.is_dir() else {}
    return {name: run.epoch or 0 for name, run in found.items()}


def test_a_machine_that_is_lost_costs_no_complete_epoch(cluster, tmp_path):
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    command = [sys.executable, "-c", SWEEP, str(cut), f"ray:{cluster.address}"]
    with subprocess.Popen(command, env=os.environ | LOOPBACK) as sweeping:
        wait_for(lambda: sum(epochs_done(cut).values()) >= 6, sweeping)
        before = epochs_done(cut)
        cluster.remove_node(cluster.workers[0], allow_graceful=False)
        seen = dict(before)
        while sweeping.poll() is None:
            now = epochs_done(cut)
            assert all(now.get(name, 0) >= epoch for name, epoch in seen.items())
            seen = now
            time.sleep(0.2)
    assert sweeping.returncode == 0
    assert 0 < max(before.values()) < LONG["epochs"]
    run_sweep(parse_sweep(LONG), whole)
    assert weights(cut) == weights(whole)


LOOPBACK = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}  # Ray takes 127.0.0.1 for what it says
SWEEP = f"""
import sys
import torch
from latentscape.sweeps import parse_sweep, run_sweep
from latentscape.sweeps.engines import engine_for
torch.set_num_threads(1)
run_sweep(parse_sweep({LONG!r}), sys.argv[1], engine=engine_for(sys.argv[2]))
"""


def wait_for(there, sweeping, seconds=90):
    until = time.monotonic() + seconds
    while not there():
        if sweeping.poll() is not None or time.monotonic() > until:
            sweeping.kill()
            raise AssertionError(f"it ended or took too long ({sweeping.returncode})")
        time.sleep(0.1)


@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name
)
def test_what_is_stopped_goes_on(number, tmp_path):
    folder = tmp_path / "x"
    flags = {name: value for name, value in LONG.items() if name not in ("recipe", "hidden")}
    words = [word for name, value in flags.items() for word in (f"--{name}", str(value))]
    line = ["sweep", "vae", *words, "--hidden", "64", "--on", "ray", "--out", str(folder)]
    command = [sys.executable, "-m", "latentscape", *line]
    said = tmp_path / "said.txt"
    with (
        said.open("w") as out,
        subprocess.Popen(command, start_new_session=True, stdout=out, stderr=out) as sweeping,
    ):
        wait_for(lambda: sum(epochs_done(folder).values()) >= 4, sweeping)
        os.killpg(sweeping.pid, number) if number == signal.SIGINT else sweeping.send_signal(number)
        sweeping.wait(120)
    assert sweeping.returncode == (-signal.SIGKILL if number == signal.SIGKILL else 130)
    if number != signal.SIGKILL:
        assert "Traceback" not in said.read_text()
    time.sleep(3 if number == signal.SIGKILL else 0)
    before = epochs_done(folder)
    time.sleep(2)
    assert epochs_done(folder) == before  # nobody trains on
    assert {inspect_run(path).status for path in find_runs(folder)} <= {"resumable", "complete"}
    assert main(["sweep", str(folder), "--on", "ray"]) == 0
    rows = read_sweep(folder)
    assert {inspect_run(folder / trial.name).status for trial in rows.trials} == {"complete"}
    run_sweep(rows, tmp_path / "whole")
    assert weights(folder) == weights(tmp_path / "whole")
