"""What trains the runs of a sweep, as people say it: this process, or Ray."""

from __future__ import annotations

from latentscape.sweeps.one_by_one import Engine, one_by_one
from latentscape.system.errors import LatentscapeError
from latentscape.system.ray_cluster import ray_address


def engine_for(
    on: str = "", cpus_per_run: float | None = None, gpus_per_run: float | None = None
) -> Engine:
    """Give what trains the runs.

    Args:
        on: "" for this process, one run after another; "ray" for the Ray cluster that this machine
            belongs to, or one of this machine alone; "ray:ADDRESS" for another.
        cpus_per_run: of Ray's machines, 1 by default.
        gpus_per_run: likewise, none by default; 0.5 lets two runs share one.

    Raises:
        LatentscapeError: when there is no such engine, its package is missing, or a run would have
            nothing to train on.
    """
    given = {"--cpus-per-run": cpus_per_run, "--gpus-per-run": gpus_per_run}
    if not on:
        for flag, value in given.items():
            if value is not None:
                raise LatentscapeError(f"{flag} is for runs on Ray; say --on ray, too")
        return one_by_one
    cpus, gpus = 1 if cpus_per_run is None else cpus_per_run, gpus_per_run or 0
    if not (cpus > 0 and gpus >= 0):
        raise LatentscapeError(
            f"a run has {cpus:g} CPUs and {gpus:g} GPUs; give more than 0, and 0 or more"
        )
    address = ray_address(on)
    from latentscape.sweeps.on_ray import OnRay

    return OnRay(address, cpus, gpus)
