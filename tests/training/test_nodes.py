"""Several machines started by torchrun, here of one process each: one is lost, others go on."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from latentscape.cli.main import main
from latentscape.runs.folder import RunFolder
from latentscape.runs.listing import inspect_run
from latentscape.training import resume
from tests.training.test_processes import assert_close, tensors

pytestmark = pytest.mark.nodes

LINE = ["train", "ae", "--data", "digits", "--limit", "96", "--batch", "24", "--hidden", "4", "8"]
LINE += ["--network", "conv", "--precision", "32-true", "--device", "cpu", "--lr", "1e-3"]
LINE += ["--eps", "1e-4", "--epochs", "30"]


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def nodes(count, words, folder):
    """Start a torchrun on each of so many machines; they are ended with what they started."""
    run = [sys.executable, "-m", "torch.distributed.run", "--nnodes", str(count)]
    run += ["--nproc-per-node", "1", "--master-addr", "127.0.0.1"]
    run += ["--master-port", str(free_port())]
    started = []
    for number in range(count):
        with (folder / f"node-{count}-{number}.txt").open("w") as said:
            command = [*run, "--node-rank", str(number), "-m", "latentscape", *words]
            started.append(
                subprocess.Popen(
                    command,
                    stdout=said,
                    stderr=said,
                    start_new_session=True,
                    env=os.environ | {"OMP_NUM_THREADS": "1"},
                )
            )
    try:
        yield started
    finally:
        for process in started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def lost(process):
    """The whole machine goes: torchrun and all that it started."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    below = [int(pid) for pid in children.split()]
    for pid in [process.pid, *below]:
        os.kill(pid, signal.SIGKILL)


def finished(count, words, folder):
    with nodes(count, words, folder) as started:
        return [process.wait(180) for process in started]


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_lost_machine_costs_no_complete_epoch_and_fewer_or_more_go_on(tmp_path):
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    assert main([*LINE, "--out", str(whole)]) == 0
    with nodes(2, [*LINE, "--out", str(cut)], tmp_path) as started:
        until = time.monotonic() + 120
        while not (cut.is_dir() and (inspect_run(cut).epoch or 0) >= 2):
            assert time.monotonic() < until and all(p.poll() is None for p in started)
            time.sleep(0.02)
        lost(started[1])
        assert started[0].wait(120) != 0
    said = (tmp_path / "node-2-0.txt").read_text()
    assert "one of the 2 processes has ended" in said
    assert RunFolder(cut).record.hardware["processes"] == 2
    done = RunFolder(cut).state().total
    assert 2 <= done < 30
    shutil.copytree(cut, tmp_path / "fewer")
    shutil.copytree(cut, tmp_path / "more")
    resume(tmp_path / "fewer", progress=False)
    more = ["train", "--resume", str(tmp_path / "more")]
    assert finished(3, more, tmp_path) == [0, 0, 0]
    for name in ("fewer", "more"):
        assert RunFolder(tmp_path / name).state().total == 30
        assert_close(tensors(tmp_path / name), tensors(whole))
