"""Two real processes train one model: as one would, to rounding, and never waiting for the dead."""

import json
import os
import signal
import socket
import sys
import tempfile
import time
import warnings
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from latentscape import recipes
from latentscape.cli.main import main
from latentscape.data import load_images
from latentscape.models.plan import Plan
from latentscape.parts.bottlenecks import VectorQuantized
from latentscape.parts.networks import Network
from latentscape.runs.folder import RunFolder
from latentscape.system import processes
from latentscape.system.errors import LatentscapeError
from latentscape.training import fit as fit_model
from latentscape.training import resume, train
from latentscape.training.batches import RowBatches
from latentscape.training.order import windows
from latentscape.training.reporter import Silent
from latentscape.training.sharing import check_shares

PLAN = Plan(epochs=2, batch=32, lr=1e-3, eps=1e-4, precision="32-true", device="cpu")
CONV = {"net": Network("conv")}
NAMES = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")
FORKS = get_context("forkserver")
FORKS.set_forkserver_preload([__name__, "sklearn.decomposition"])  # once, not in each child


@pytest.fixture(scope="module")
def images():
    return load_images("digits", limit=128)


def begin(work, number, count, port, folder):
    """Be one of so many processes, as from torchrun, and say what comes of it into a file."""
    said = os.open(folder / str(number), os.O_WRONLY | os.O_CREAT)
    os.dup2(said, 1)
    os.dup2(said, 2)
    os.environ |= {
        name: str(value)
        for name, value in zip(
            NAMES, (number, count, number, count, "127.0.0.1", port), strict=True
        )
    }
    warnings.simplefilter("default")  # torch's own are not what is tested here
    torch.set_num_threads(1)
    sys.exit(work())


def in_two(work, seconds=60):
    """Run in two processes at once and give their exit codes; what they say is printed.

    They are forked from a server that has taken no gradient: torch for GPUs takes none in the
    children of a process that has.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pair = [FORKS.Process(target=begin, args=(work, n, 2, port, folder)) for n in range(2)]
        for process in pair:
            process.start()
        deadline = time.monotonic() + seconds
        for process in pair:
            process.join(max(0, deadline - time.monotonic()))
        waiting = [n for n, process in enumerate(pair) if process.is_alive()]
        for process in pair:
            process.kill()
            process.join()
        for n in range(2):
            print((folder / str(n)).read_text(), end="")
    assert not waiting, f"process {waiting} still waits"
    return [process.exitcode for process in pair]


def fit(images, out, **changes):
    train("ae", images, out=out, plan=PLAN, **CONV, **changes)


def fit_or_say(images, out, **changes):
    """Give 7 where it is refused."""
    try:
        fit(images, out, **changes)
    except LatentscapeError as error:
        print(error)
        return 7


def fit_and_keep(recipe, images, folder):
    """Write down the weights that this process ends with."""
    state = train(recipe, images, plan=PLAN).model.state_dict()
    torch.save(list(state.values()), folder / f"{processes.rank()}.pt")


def continued(run):
    resume(run)


def command(folder, *arguments):
    os.chdir(folder)
    return main([*arguments])


def tensors(folder, name="last"):
    return load_file(RunFolder(folder).latest() / f"{name}.safetensors")


def history(folder):
    rows = RunFolder(folder).state().history
    return np.array([[v for k, v in row.items() if k != "seconds"] for row in rows])


def assert_close(first, second):
    assert first.keys() == second.keys()
    for name in first:
        assert torch.allclose(first[name], second[name], rtol=1e-4, atol=1e-5), name


@pytest.fixture(scope="module")
def two(images, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "two"
    assert in_two(partial(fit, images, out)) == [0, 0]
    return out


def test_shares_of_a_batch_make_the_batch(images):
    whole = RowBatches(np.arange(100), None, 32, torch.device("cpu"))
    shares = [RowBatches(np.arange(100), None, 32, torch.device("cpu"), (n, 2)) for n in range(2)]
    for x, a, b in zip(whole.shuffled(0, 1), *(s.shuffled(0, 1) for s in shares), strict=True):
        assert len(a[0]) == len(b[0]) == 16
        assert torch.equal(torch.stack([a[0], b[0]], 1).flatten(), x[0])
    seen = [x for share in shares for x, _ in share.ordered()]
    assert torch.cat(seen).tolist() == list(range(100))
    odd = RowBatches(np.arange(7), None, 32, torch.device("cpu"), (1, 2))
    assert [len(x) for x, _ in odd.shuffled(0, 1)] == [3]
    assert len(next(windows(7, 8, 6, np.random.default_rng(0)))) == 7


def test_two_processes_train_as_one_that_takes_whole_batches(images, two, tmp_path):
    fit(images, tmp_path / "one")
    assert_close(tensors(two), tensors(tmp_path / "one"))
    assert_close(tensors(two, "best"), tensors(tmp_path / "one", "best"))
    assert np.allclose(history(two), history(tmp_path / "one"), rtol=1e-4)
    best = [RunFolder(run).state().best for run in (two, tmp_path / "one")]
    assert best[0] == pytest.approx(best[1], rel=1e-4)
    assert json.loads((two / "run.json").read_text())["hardware"]["processes"] == 2


class Killing(Silent):
    """Kills one of the processes at a step."""

    def __init__(self, step, number):
        self.left, self.number = step, number

    def step(self):
        self.left -= 1
        if self.left == 0 and processes.rank() == self.number:
            os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("number", [0, 1])
def test_where_one_dies_the_other_ends_and_the_run_continues_bit_for_bit(
    images, two, tmp_path, number, capsys
):
    out = tmp_path / "killed"
    codes = in_two(partial(fit_or_say, images, out, reporter=Killing(6, number)), seconds=30)
    assert (codes[number], codes[1 - number]) == (-signal.SIGKILL, 7)
    assert "one of the 2 processes has ended" in capsys.readouterr().out
    assert RunFolder(out).state().total == 1
    assert in_two(partial(continued, out)) == [0, 0]
    for name in ("last", "best", "optimizer"):
        there, expected = tensors(out, name), tensors(two, name)
        assert all(torch.equal(there[key], expected[key]) for key in expected), name


def test_a_run_of_two_processes_is_continued_by_one(images, two, tmp_path):
    out = tmp_path / "stopped"
    in_two(partial(fit_or_say, images, out, reporter=Killing(6, 1)))
    resume(out)
    assert_close(tensors(out), tensors(two))


@pytest.mark.parametrize("recipe", ["vae", "aae", "vq-vae", "stacked-denoising"])
def test_all_processes_end_with_the_same_model(images, tmp_path, recipe):
    assert in_two(partial(fit_and_keep, recipe, images, tmp_path)) == [0, 0]
    first, second = (torch.load(tmp_path / f"{n}.pt") for n in range(2))
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))
    assert all(t.isfinite().all() for t in first)


def book(rows, path):
    """Move the words of a book to some rows, three times, and write them down."""
    torch.manual_seed(0)
    words = VectorQuantized(positions=2, width=4, words=5)
    words.count += 100  # none is rare, so none is replaced at random
    words.total += 100 * words.book
    for _ in range(3):
        words(rows)
    torch.save([words.book, words.count], path)


def book_of_share(rows, folder):
    processes.init()
    n = processes.rank()
    book(rows[n::2], folder / f"{n}.pt")


def test_words_follow_the_whole_batch(tmp_path):
    features = torch.randn(64, 8, generator=torch.Generator().manual_seed(0))
    assert in_two(partial(book_of_share, features, tmp_path)) == [0, 0]
    book(features, tmp_path / "whole.pt")
    for n in range(2):
        for mine, whole in zip(
            torch.load(tmp_path / f"{n}.pt"), torch.load(tmp_path / "whole.pt"), strict=True
        ):
            assert torch.allclose(mine, whole, rtol=1e-5)


def test_the_command_line_speaks_once_and_makes_one_run(tmp_path, capsys):
    (tmp_path / "runs" / "ae").mkdir(parents=True)
    how = ("--limit", "100", "--epochs", "1", "--precision", "32-true")
    assert in_two(partial(command, tmp_path, "train", "ae", *how)) == [0, 0]
    said = capsys.readouterr().out
    assert said.count("epoch 1/1") == said.count("the run is in") == 1
    assert sorted(p.name for p in (tmp_path / "runs").iterdir()) == ["ae", "ae-2"]
    assert RunFolder(tmp_path / "runs" / "ae-2").state().finished


def test_where_the_first_refuses_the_other_does_not_wait(images, tmp_path, capsys):
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "file").write_text("")

    assert in_two(partial(fit_or_say, images, tmp_path / "taken"), seconds=20) == [7, 7]
    assert "is taken" in capsys.readouterr().out


def test_one_that_ends_while_another_connects_is_answered_in_a_sentence(monkeypatch):
    for name, value in zip(NAMES, ("1", "2", "1", "2", "127.0.0.1", "1"), strict=True):
        monkeypatch.setenv(name, value)

    def gone(*args, **options):
        raise torch.distributed.DistNetworkError("Connection reset by peer")

    monkeypatch.setattr("torch.distributed.init_process_group", gone)
    with pytest.raises(LatentscapeError, match="one of the 2 processes has ended"):
        processes.init()


def test_mistakes_of_several_processes_are_answered_in_a_sentence(images, monkeypatch, capsys):
    for name, value in zip(NAMES, ("1", "3", "1", "3", "127.0.0.1", "1"), strict=True):
        monkeypatch.setenv(name, value)
    assert (processes.rank(), processes.world_size(), processes.is_main()) == (1, 3, False)
    with pytest.raises(LatentscapeError, match="--batch 32 cannot be shared by 3 processes"):
        check_shares(PLAN, images)
    with pytest.raises(LatentscapeError, match="a batch would be 1 image for each of 3 processes"):
        check_shares(Plan(batch=3), images)
    batch = 3 * (len(images.train) // 3 - 1)
    with pytest.raises(LatentscapeError, match="the last batch of an epoch would be one image"):
        check_shares(Plan(batch=batch, last_batch="keep"), images)
    check_shares(Plan(batch=batch), images)
    assert main(["measure", "runs/ae"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("latentscape (process 2 of 3): only `train` works in several processes")


def test_whoever_asks_python_for_devices_is_told_of_torchrun(images):
    said = r"devices is 2, and processes .*torchrun.* --nproc-per-node 2 .* ls.load_run"
    with pytest.raises(LatentscapeError, match=said):
        train("ae", images, devices=2)
    with pytest.raises(LatentscapeError, match=said):
        fit_model(recipes.ae(images.shape), images, devices=2)
