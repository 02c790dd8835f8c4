"""Sweeps: a grid of runs in one directory, which can be cut off anywhere and go on.

Example:
    >>> import tempfile
    >>> from latentscape.sweeps import parse_sweep, run_sweep
    >>> sweep = parse_sweep({"recipe": "vae", "limit": 150, "epochs": 1, "latent": [2, 3]})
    >>> [trial.name for trial in sweep.trials]
    ['latent=2,seed=0', 'latent=3,seed=0']
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     rows = run_sweep(sweep, folder)
    >>> [(row["latent"], row["status"]) for row in rows]
    [(2, 'complete'), (3, 'complete')]
"""

from typing import TYPE_CHECKING

from latentscape.system.lazy import lazily

if TYPE_CHECKING:
    from latentscape.sweeps.grid import Sweep, Trial
    from latentscape.sweeps.table import Cells, sweep_table
    from latentscape.sweeps.text import parse_sweep, read_sweep, read_toml
    from latentscape.sweeps.work import run_sweep, sweep

__getattr__ = lazily(
    __name__,
    {
        "Cells": ".table",
        "Sweep": ".grid",
        "Trial": ".grid",
        "read_sweep": ".text",
        "parse_sweep": ".text",
        "read_toml": ".text",
        "run_sweep": ".work",
        "sweep": ".work",
        "sweep_table": ".table",
    },
)

__all__ = [
    "Cells",
    "Sweep",
    "Trial",
    "parse_sweep",
    "read_sweep",
    "read_toml",
    "run_sweep",
    "sweep",
    "sweep_table",
]
