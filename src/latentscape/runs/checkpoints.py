"""A checkpoint: the folder that completes an epoch, whole or not there at all.

It is written under another name and renamed. Weights of the best epoch are files of their own, or
second names of those that an earlier checkpoint has.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from latentscape.runs.state import State, read_state
from latentscape.system.errors import LatentscapeError
from latentscape.system.files import atomic_folder
from latentscape.system.reading import sha256
from latentscape.system.removal import remove_empty, remove_folder
from latentscape.system.tensors import Tensors, write_tensors

NAME = re.compile(r"checkpoint-(\d+)", re.ASCII)
FILES = re.compile(r"state\.json|(last|best|optimizer)\.safetensors")


def checkpoints_in(run: Path) -> list[Path]:
    """Every complete checkpoint of a run, oldest first; other names are ignored, and links."""
    found = [(NAME.fullmatch(p.name), p) for p in run.glob("checkpoint-*")]
    folders = [(m, p) for m, p in found if m and p.is_dir() and not p.is_symlink()]
    return [p for _, p in sorted((int(m[1]), p) for m, p in folders)]


def write_checkpoint(
    run: Path,
    state: State,
    weights: Tensors,
    optimizer: Tensors,
    best: Tensors | None = None,
    before: Path | None = None,
) -> None:
    """Write a checkpoint, after which its epoch is complete.

    Args:
        run: the run's directory.
        state: where training stands.
        weights: of the model after the epoch.
        optimizer: its state.
        best: weights of the best epoch, where no earlier checkpoint has them.
        before: the last checkpoint until now.
    """
    with atomic_folder(run / f"checkpoint-{state.total:04d}") as beside:
        write_tensors(weights, beside / "last.safetensors")
        write_tensors(optimizer, beside / "optimizer.safetensors")
        if best is not None:
            write_tensors(best, beside / "best.safetensors")
        elif state.best_epoch in (0, state.epoch) or before is None:
            link(beside / "last.safetensors", beside / "best.safetensors")
        else:
            link(before / "best.safetensors", beside / "best.safetensors")
        hashes = {file.name: sha256(file) for file in sorted(beside.iterdir())}
        (beside / "state.json").write_text(json.dumps(asdict(state) | {"sha256": hashes}))


def altered_files(checkpoint: Path) -> list[Path]:
    """Files of a checkpoint that are gone, or whose SHA-256 is another.

    Raises:
        LatentscapeError: when its state is damaged.
    """
    return [
        checkpoint / name
        for name, known in read_state(checkpoint / "state.json")[1].items()
        if not (checkpoint / name).is_file() or sha256(checkpoint / name) != known
    ]


def remove_checkpoint(folder: Path) -> None:
    """Remove a checkpoint that a later one has made needless, where its state proves it one.

    Args:
        folder: the checkpoint, or what a kill between its last file and itself has left of it.
    """
    if remove_empty(folder):
        return
    with suppress(LatentscapeError):
        state, _ = read_state(folder / "state.json")
        if state.total == int(folder.name.removeprefix("checkpoint-")):
            remove_folder(folder, FILES, "state.json")


def link(source: Path, target: Path) -> None:
    """Give a file a second name; where the file system has no links, copy it."""
    with suppress(OSError):
        os.link(source, target)
        return
    shutil.copyfile(source, target)
