"""Where a training stands at the end of an epoch, and the history as a table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from latentscape.system.csv_files import csv_bytes
from latentscape.system.errors import damaged
from latentscape.system.reading import DAMAGE, read_json, read_small

Row = dict[str, float]


@dataclass
class State:
    """Where training stands, at the end of an epoch.

    Attributes:
        stage: which stage is being trained; all before it are done.
        epoch: complete epochs of that stage.
        total: complete epochs of all stages.
        best: the lowest validation loss of the last stage, in nats per image; None before it.
        best_epoch: the epoch it was reached in.
        finished: whether training is over.
        history: a row of figures for each complete epoch.
    """

    stage: int = 0
    epoch: int = 0
    total: int = 0
    best: float | None = None
    best_epoch: int = 0
    finished: bool = False
    history: list[Row] = field(default_factory=list)

    def kept(self, keep: str) -> int:
        """Give the epoch whose weights are kept, of the model itself; 0 before its first.

        Args:
            keep: "best" or "last".
        """
        return self.epoch if keep == "last" and self.best_epoch else self.best_epoch


def read_state(path: Path) -> tuple[State, dict[str, str]]:
    """Read a `state.json`: where training stands, and the SHA-256 of the files beside it.

    Raises:
        LatentscapeError: when it is damaged.
    """
    try:
        raw = read_json(read_small(path))
        hashes = raw.pop("sha256")
        state = State(**raw)
        check(state)
        if not all(isinstance(known, str) for known in hashes.values()):
            raise TypeError("a hash is no text")
        if any(Path(name).name != name for name in hashes):
            raise ValueError("a hash is of a file elsewhere")
        return state, hashes
    except DAMAGE as error:
        raise damaged(path, error, "restore it from a copy, or train again") from error


def check(state: State) -> None:
    """Refuse a state that no training leaves.

    Raises:
        TypeError: for a value of another kind.
        ValueError: when epochs and history do not agree.
    """
    counts = (state.stage, state.epoch, state.total, state.best_epoch)
    if not all(type(count) is int and count >= 0 for count in counts):
        raise TypeError(f"stage, epoch, total and best_epoch are {counts}")
    if not (state.best is None or isinstance(state.best, int | float)):
        raise TypeError(f"best is {state.best!r}")
    if type(state.finished) is not bool:
        raise TypeError(f"finished is {state.finished!r}")
    if not all(isinstance(row, dict) for row in state.history):
        raise TypeError("a row of the history is no object")
    if not all(type(value) in (int, float) for row in state.history for value in row.values()):
        raise TypeError("the history holds something else than numbers")
    if not all(math.isfinite(row["epoch"] + row.get("seconds", 0)) for row in state.history):
        raise ValueError("an epoch of the history has no number, or took no time")
    if len(state.history) != state.total:
        raise ValueError(f"{state.total} epochs, and {len(state.history)} rows of history")


def row_of(history: Sequence[Row], epoch: int) -> Row | None:
    """Give the figures of an epoch of the model itself; None where there are none.

    Args:
        history: rows of all stages, in their order.
        epoch: from 1; 0 is none.
    """
    stage = history[-1].get("stage") if history else None
    rows = (row for row in history if row.get("stage") == stage and row.get("epoch") == epoch)
    return next(rows, None)


def table(history: list[Row]) -> bytes:
    """Write rows as CSV; a column that a row lacks stays empty."""
    columns = list(dict.fromkeys(name for row in history for name in row))
    return csv_bytes(columns, ([row.get(name) for name in columns] for row in history))
