"""What trains a sweep's runs, as the flags of `latentscape sweep` say it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cyclopts import Parameter

if TYPE_CHECKING:
    from latentscape.sweeps.one_by_one import Engine


@Parameter(name="*")
@dataclass(frozen=True)
class EngineFlags:
    """What trains the runs.

    Attributes:
        on: ray trains them on the Ray cluster that this machine belongs to, or on all its cores;
            ray:ADDRESS on another cluster. By default this process does, one after another.
        cpus_per_run: on Ray, how many each has, and so many threads; 1 by default.
        gpus_per_run: on Ray, how many each has; none by default, and 0.5 lets two share one.
    """

    on: str = ""
    cpus_per_run: float | None = None
    gpus_per_run: float | None = None

    @property
    def engine(self) -> Engine:
        """What these flags name."""
        from latentscape.sweeps.engines import engine_for

        return engine_for(self.on, self.cpus_per_run, self.gpus_per_run)
