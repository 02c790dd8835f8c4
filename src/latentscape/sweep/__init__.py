"""Sweeps: a grid of runs in one directory, which can be cut off anywhere and go on.

Example:
    >>> import tempfile
    >>> from latentscape.sweep import run_sweep
    >>> sweep = read_table({"recipe": "vae", "limit": 150, "epochs": 1, "latent": [2, 3]})
    >>> [trial.name for trial in sweep.trials]
    ['latent=2,seed=0', 'latent=3,seed=0']
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     rows = run_sweep(sweep, folder)
    >>> [(row["latent"], row["status"]) for row in rows]
    [(2, 'complete'), (3, 'complete')]
"""

from typing import TYPE_CHECKING

from .grid import Sweep, Trial
from .table import Cells, sweep_table
from .text import read_sweep, read_table, read_toml

if TYPE_CHECKING:
    from .work import run_sweep

__all__ = [
    "Cells",
    "Sweep",
    "Trial",
    "read_sweep",
    "read_table",
    "read_toml",
    "run_sweep",
    "sweep_table",
]


def __getattr__(name: str) -> object:
    """Import what trains only when it is asked for: reading a sweep stays light."""
    if name == "run_sweep":
        from .work import run_sweep

        return run_sweep
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
