"""The table of a sweep: one row a run, tidy, as CSV and in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from latentscape.models.blueprint import Value
from latentscape.runs.folder import RunFolder
from latentscape.runs.listing import inspect_run
from latentscape.runs.state import row_of
from latentscape.sweeps.grid import Sweep, Trial
from latentscape.sweeps.values import format_value
from latentscape.system.csv_files import csv_bytes
from latentscape.system.errors import LatentscapeError
from latentscape.system.names import counted
from latentscape.system.tables import Records

Cells = dict[str, Value]
TABLE = "table.csv"


def sweep_table(sweep: Sweep, folder: str | Path) -> Records:
    """One row for each trial of a sweep.

    Args:
        sweep: what was asked for.
        folder: where its runs are.

    Returns:
        Rows with `run`, `status` ("complete", "resumable", "damaged" or "missing"), `recipe`,
        every option of the sweep, `seed`, `epoch` (the last complete one), `loss` (on
        validation images, of the epoch whose weights are kept; each run's own, whose terms and
        weights follow), every figure of that epoch, and `seconds` of all epochs. Of a search also
        `best` (whether no other trial is better), what it goes by, as `validation KEY`, and the
        statuses "stopped" (early) and "failed" (its loss diverged).
    """
    if sweep.search is not None:
        from latentscape.sweeps.found import search_rows

        return search_rows(sweep, Path(folder))
    return Records(trial_row(trial, Path(folder) / trial.name) for trial in sweep.trials)


def trial_row(trial: Trial, path: Path) -> Cells:
    """The row of one trial; what is not known yet is left out."""
    cells: Cells = {"run": trial.name, "status": "missing", "recipe": trial.recipe}
    cells |= {name: format_cell(value) for name, value in trial.settings.items()} | {
        "seed": trial.seed
    }
    if not path.is_dir():
        return cells
    found = inspect_run(path)
    cells["status"] = found.status
    if found.status == "damaged" or not found.epoch:
        return cells
    cells |= {"epoch": found.epoch, "loss": found.loss}
    cells |= kept_figures(path)
    return cells | {"seconds": found.seconds}


def format_cell(value: Value) -> Value:
    """A list as text, which a cell can hold."""
    return format_value(value) if isinstance(value, list) else value


def kept_figures(path: Path) -> Cells:
    """Terms of the epoch whose weights are kept, on both kinds of images, and their weights."""
    folder = RunFolder(path)
    state, keep = folder.state(), folder.record.plan.keep
    row = row_of(state.history, state.kept(keep)) or {}
    return {name: row[name] for name in row if is_term(name) and not name.endswith("/loss")}


def is_term(name: str) -> bool:
    """Whether a column is a term of a loss, or its weight."""
    return name.startswith(("train/", "validation/", "weight/"))


def losses_differ(rows: Sequence[Cells]) -> bool:
    """Whether runs were trained on different losses: other terms, or the same weighed otherwise.

    Example:
        >>> losses_differ([{"weight/rate": 1.0}, {"weight/rate": 4.0}, {"status": "missing"}])
        True
    """
    losses = [{n: v for n, v in row.items() if n.startswith("weight/")} for row in rows]
    known = [loss for loss in losses if loss]
    return any(loss != known[0] for loss in known)


def write_table(rows: Sequence[Cells]) -> bytes:
    """Write rows as CSV; what a row lacks stays empty."""
    names = columns(rows)
    return csv_bytes(names, ([row.get(name) for name in names] for row in rows))


def columns(rows: Sequence[Cells]) -> list[str]:
    """Every column that any row has, in the order of the fullest row."""
    fullest = max(rows, key=len, default={})
    return list(dict.fromkeys([*fullest, *(name for row in rows for name in row)]))


def refuse_failures(failures: dict[str, str]) -> None:
    """Say which runs could not be trained.

    Raises:
        LatentscapeError: when there is one.
    """
    if not failures:
        return
    name, reason = next(iter(failures.items()))
    count = counted(len(failures), "run")
    raise LatentscapeError(
        f"{count} of the sweep failed, the others are complete: {name}: {reason}"
    )
