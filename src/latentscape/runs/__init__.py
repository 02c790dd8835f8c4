"""Runs: a trained model in memory or on disk, and the folder that commands hand to each other."""

from typing import TYPE_CHECKING

from latentscape.system.lazy import lazily

if TYPE_CHECKING:
    from latentscape.runs.folder import RunFolder
    from latentscape.runs.listing import find_runs, inspect_run
    from latentscape.runs.load import load_run
    from latentscape.runs.record import Record
    from latentscape.runs.run import Run

__getattr__ = lazily(
    __name__,
    {
        "Record": ".record",
        "Run": ".run",
        "RunFolder": ".folder",
        "find_runs": ".listing",
        "inspect_run": ".listing",
        "load_run": ".load",
    },
)

__all__ = ["Record", "Run", "RunFolder", "find_runs", "inspect_run", "load_run"]
