"""Which runs a folder holds, and in what state each is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from safetensors import SafetensorError, safe_open

from latentscape.runs.folder import RunFolder
from latentscape.runs.places import is_packed, local
from latentscape.runs.state import row_of
from latentscape.system.errors import LatentscapeError
from latentscape.system.names import natural_key
from latentscape.system.reading import refuse_special

Status = Literal["complete", "resumable", "damaged"]
FILES = ("last", "best", "optimizer")


@dataclass(frozen=True)
class Found:
    """A run directory at a glance; what cannot be read of a damaged one is None.

    Attributes:
        path: the directory.
        status: whether training is over, can be continued, or something is damaged.
        recipe: the recipe's name.
        data: the source of its images.
        seed: the plan's.
        epoch: complete epochs of the last stage begun.
        epochs: how many the plan has.
        loss: the validation loss of the epoch whose weights are kept, in nats per image.
        seconds: what its complete epochs took.
        created: when it began, in UTC.
        problem: what is damaged.
    """

    path: Path
    status: Status
    recipe: str | None = None
    data: str | None = None
    seed: int | None = None
    epoch: int | None = None
    epochs: int | None = None
    loss: float | None = None
    seconds: float | None = None
    created: str | None = None
    problem: str | None = None


def find_runs(folder: str | Path) -> list[Path]:
    """Every run directory at or below a folder, by name; what is inside one is not looked at.

    A packed run is itself.

    Raises:
        LatentscapeError: when there is no such folder.
    """
    folder = Path(folder)
    if is_packed(folder):
        return [folder]
    if not folder.is_dir():
        raise LatentscapeError(f"there is no folder '{folder}'; give one that holds runs")
    return list(_below(folder))


def _below(folder: Path) -> Iterator[Path]:
    if (folder / "run.json").exists() or any(folder.glob("checkpoint-[0-9]*/state.json")):
        yield folder
        return
    for inner in sorted(folder.iterdir(), key=lambda path: natural_key(path.name)):
        if inner.is_dir() and not inner.is_symlink() and not inner.name.startswith("."):
            yield from _below(inner)


def inspect_run(path: str | Path, *, check: bool = False) -> Found:
    """Say in what state a run directory is.

    Args:
        path: the directory.
        check: read every weight and compare its SHA-256 with what training wrote down; without,
            files must be there, whole by their own header.
    """
    folder = RunFolder(path)
    try:
        folder = RunFolder(local(path))
        record, state = folder.record, folder.standing()
        altered = _broken(folder) or (folder.altered() if check else [])
    except LatentscapeError as error:
        return Found(Path(path), "damaged", problem=str(error))
    kept = row_of(state.history, state.kept(record.plan.keep)) or {}
    known = Found(
        Path(path),
        "complete" if state.finished else "resumable",
        recipe=record.blueprint.recipe,
        data=record.data.source,
        seed=record.plan.seed,
        epoch=state.epoch,
        epochs=record.plan.epochs,
        loss=kept.get("validation/loss", state.best),
        seconds=sum(row.get("seconds", 0.0) for row in state.history),
        created=record.created,
    )
    if not altered:
        return known
    names = ", ".join(f"{file.parent.name}/{file.name}" for file in altered)
    problem = f"{names} is gone, cut short or changed since it was written"
    return Found(**{**vars(known), "status": "damaged", "problem": problem})


def _broken(folder: RunFolder) -> list[Path]:
    """Files of the last checkpoint that are missing, or not as long as their header says."""
    latest = folder.latest()
    paths = [] if latest is None else [latest / f"{name}.safetensors" for name in FILES]
    broken = []
    for path in paths:
        try:
            refuse_special(path)
            with safe_open(path, framework="numpy"):
                pass
        except (OSError, SafetensorError):
            broken.append(path)
    return broken
