"""`latentscape runs DIR`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from latentscape.cli.output import show_json, show_table
from latentscape.system.printing import print_answer

if TYPE_CHECKING:
    from latentscape.runs.listing import Found

COLUMNS = ["run", "state", "recipe", "data", "seed", "loss", "seconds"]


def runs(folder: Path = Path("runs"), /, *, check: bool = False, json: bool = False) -> None:
    """List the runs in a folder: complete, resumable, or damaged and how.

    Args:
        folder: where to look; what lies below is found too.
        check: read all weights and compare them with what training wrote down (SHA-256).
        json: print JSON instead of a table.
    """
    from latentscape.runs.listing import find_runs, inspect_run

    found = [inspect_run(path, check=check) for path in find_runs(folder)]
    if json:
        show_json([asdict(run) | {"path": str(run.path)} for run in found])
        return
    if not found:
        print_answer(f"there are no runs in {folder}; `latentscape train` and `sweep` make them")
        return
    show_table(COLUMNS, [row(run, folder) for run in found])
    for run in found:
        if run.problem:
            print_answer(f"{run.path}: {run.problem}")
    if any(run.status == "resumable" for run in found):
        print_answer("continue one with `latentscape train --resume DIR`")


def row(run: Found, folder: Path) -> list[str]:
    """One line of the table."""
    state: str = run.status
    if run.status == "resumable":
        state += f", epoch {run.epoch} of {run.epochs}"
    return [
        str(run.path.relative_to(folder)) if run.path != folder else str(folder),
        state,
        run.recipe or "",
        run.data or "",
        "" if run.seed is None else str(run.seed),
        "" if run.loss is None else f"{run.loss:.2f}",
        "" if run.seconds is None else f"{run.seconds:.1f}",
    ]
