"""Commands that train, which go on from where they were cut off, and what they have to leave."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from children import command

from latentscape.data import load_images
from latentscape.runs.folder import LOCK, RunFolder
from latentscape.runs.listing import find_runs, inspect_run
from latentscape.runs.state import Row, State, table
from latentscape.system.reading import sha256

# So steep that the first epoch is the best one of three: what is kept is not what goes on.
SMALL = ["--epochs", "3", "--batch", "16", "--precision", "32-true", "--hidden", "8", "--lr", "0.3"]


@dataclass(frozen=True)
class Victim:
    """A command that makes a folder.

    Attributes:
        name: what to call it.
        begin: the command, without data and --out.
    """

    name: str
    begin: tuple[str, ...]

    def beginning(self, out: Path) -> list[str]:
        """The command that makes the folder `out`, on images kept two folders above."""
        data = str(out.parent.parent / "data.npy")
        return [*self.begin, *SMALL, "--data", data, "--out", str(out)]

    def again(self, out: Path) -> list[str]:
        """The command that goes on from where the folder stands."""
        if self.begin[0] == "sweep":
            return ["sweep", str(out)] if (out / "sweep.json").exists() else self.beginning(out)
        return ["train", "--resume", str(out)] if out.exists() else self.beginning(out)


@dataclass(frozen=True)
class Resumed(Victim):
    """The command that goes on with a run of two complete epochs, which lies beside the images."""

    def beginning(self, out: Path) -> list[str]:
        """The command, on a copy of the run where that is not there."""
        if not out.exists():
            shutil.copytree(out.parent.parent / "two-epochs" / "run", out)
        return ["train", "--resume", str(out)]


TRAINING: tuple[Victim, ...] = (
    Victim("train", ("train", "vae")),
    Victim("train in stages", ("train", "dec", "--clusters", "3")),
    Resumed("resume", ("train", "vae")),
    Victim("sweep", ("sweep", "vae", "--latent", "1,2", "--measures", "mse")),
)


def make_data(folder: Path) -> None:
    """Keep a few images for the victims, and runs: two whole ones, one of a single epoch."""
    np.save(folder / "data.npy", load_images("digits", limit=60).train.pixels)
    for name, more in {"model": (), "other": ("--seed", "1")}.items():
        whole = ["train", "vae", *SMALL, "--limit", "150", *more, "--out", str(folder / name)]
        assert command(whole, folder / name).status == 0
    for name, prepare in {"whole": int, "two-epochs": end_after_two_epochs}.items():
        task = TRAINING[0].beginning(folder / name / "run")
        assert command(task, folder / name, prepare).status == 0
    state = RunFolder(folder / "whole" / "run").state()
    assert state.best_epoch < 2, "the best epoch is to be another than the one to go on from"


def end_after_two_epochs() -> None:
    """Let this process end right after it has completed a second epoch."""
    save = RunFolder.save

    def last(folder: RunFolder, state: State, *rest: Any) -> None:
        save(folder, state, *rest)
        if state.total == 2:
            os._exit(0)

    RunFolder.save = last  # type: ignore[method-assign]


def fingerprint(out: Path, *, names: bool = True) -> dict[str, str]:
    """Hashes of all that training leaves, the histories but for their times, all files' names."""
    found: dict[str, str] = {}
    for path in find_runs(out):
        folder, name = RunFolder(path), path.relative_to(out).as_posix()
        latest = folder.latest()
        assert latest is not None, f"{path} has no checkpoint"
        assert folder.state().finished, f"{path} is not finished"
        files = [*latest.glob("*.safetensors"), *(path / "film").glob("*.npy")]
        if names:
            found[name] = repr(sorted(p.relative_to(path) for p in path.rglob("[!.]*")))
        found |= {f"{name}/{file.relative_to(path)}": sha256(file) for file in files}
        rows = [{k: v for k, v in row.items() if k != "seconds"} for row in folder.state().history]
        found[f"{name}/history"] = repr(rows)
        assert (path / "history.csv").read_bytes() == table(folder.state().history)
    return found


def rows(out: Path) -> dict[str, list[Row]]:
    """The history of each complete epoch with the seconds it took, which no other epoch repeats."""
    if not out.exists():
        return {}
    return {path.name: RunFolder(path).state().history for path in find_runs(out)}


def problems(out: Path) -> list[str]:
    """What `latentscape runs --check` finds damaged."""
    found = [inspect_run(path, check=True) for path in find_runs(out)] if out.exists() else []
    return [f"{run.path}: {run.problem}" for run in found if run.status == "damaged"]


def leftovers(place: Path) -> list[str]:
    """Half-written things below a folder."""
    return [str(p) for p in place.rglob(".*") if p.name != LOCK]
