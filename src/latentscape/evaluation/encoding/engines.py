"""Who encodes the shards: this process, one after another, or the machines of a Ray cluster."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from latentscape.data.folder.workers import processors
from latentscape.data.stream.shards import Shard
from latentscape.evaluation.encoding.job import FILE, LOCK, Job
from latentscape.evaluation.encoding.shard import Done, encode_shard
from latentscape.system.errors import LatentscapeError
from latentscape.system.locks import is_held
from latentscape.system.ray_cluster import check_room, connected, ray_address, room

Engine = Callable[[Job, Iterator[Shard], Callable[[Done], None]], None]
"""Encodes shards, and tells of each that is done."""

AHEAD = 2  # tasks handed out for each that there is room for, so that none waits for the next
TRIES = 5  # times that a task is begun anew elsewhere after its process or machine is gone


def here(job: Job, shards: Iterator[Shard], done: Callable[[Done], None]) -> None:
    """Encode in this process, shard after shard.

    Args:
        job: what is encoded.
        shards: its parts.
        done: told of each.
    """
    for shard in shards:
        done(encode_shard(job, shard, processors()))


@dataclass(frozen=True)
class OnRay:
    """Encodes on a Ray cluster, each shard a task.

    Attributes:
        address: of the cluster; None for the one that this machine belongs to, or else a new one of
            this machine alone.
        cpus: of each task; as many threads.
    """

    address: str | None = None
    cpus: float = 1

    def __call__(self, job: Job, shards: Iterator[Shard], done: Callable[[Done], None]) -> None:
        """Encode, as many shards at once as there is room for.

        Args:
            job: what is encoded, whose folder and run all machines see.
            shards: its parts, which are listed here.
            done: told of each.

        Raises:
            LatentscapeError: when no machine is large enough, or one does not see the folder.
        """
        with connected(self.address) as ray:
            check_room(ray, self.cpus, 0, "a worker", "-per-worker")
            task = ray.remote(num_cpus=self.cpus, max_retries=TRIES)(at_work)
            running: set[Any] = set()
            try:
                for shard in shards:
                    while len(running) >= AHEAD * room(ray, self.cpus):
                        running = collected(ray, running, done)
                    running.add(task.remote(job, shard, max(1, int(self.cpus))))
                while running:
                    running = collected(ray, running, done)
            finally:
                for ref in running:
                    ray.cancel(ref)


def collected(ray: Any, running: set[Any], done: Callable[[Done], None]) -> set[Any]:
    """Wait until a task has ended, and tell of it; the others are given back.

    Args:
        ray: the module.
        running: tasks.
        done: told of what has ended.

    Raises:
        Exception: whatever a task raised.
        LatentscapeError: when a task's process was gone too often.
    """
    ready, rest = ray.wait(list(running))
    try:
        for ref in ready:
            done(ray.get(ref))
    except ray.exceptions.RayTaskError as error:
        raise error.cause from error
    except ray.exceptions.RayError as error:
        reason = " ".join(str(error).split())[:200]
        raise LatentscapeError(
            f"a worker was gone {TRIES + 1} times ({reason}); start again: what was done stays"
        ) from error
    return set(rest)


def at_work(job: Job, shard: Shard, threads: int) -> Done:
    """Encode one shard, on whatever machine Ray has chosen.

    Args:
        job: what is encoded.
        shard: a part of it.
        threads: how many compute and decode.

    Raises:
        LatentscapeError: when the folder is not the one that the encoding holds.
    """
    import torch

    torch.set_num_threads(threads)
    machine = os.uname().nodename
    if not (job.folder / FILE).exists() or not is_held(job.folder / LOCK):
        raise LatentscapeError(
            f"the machine {machine} does not see '{job.folder}', or not that it is held; put the "
            "codes where all machines of the cluster have them under one path, with locks that "
            "hold on all of them"
        )
    return encode_shard(job, shard, threads)


def encoding_engine(on: str = "", cpus_per_worker: float | None = None) -> Engine:
    """Give what encodes.

    Args:
        on: "" for this process; "ray" for the Ray cluster that this machine belongs to, or one of
            this machine alone; "ray:ADDRESS" for another.
        cpus_per_worker: of Ray's machines, 1 by default.

    Raises:
        LatentscapeError: when there is no such engine, its package is missing, or a worker would
            have nothing to work with.
    """
    if not on:
        if cpus_per_worker is not None:
            raise LatentscapeError("--cpus-per-worker is for work on Ray; say --on ray, too")
        return here
    cpus = 1 if cpus_per_worker is None else cpus_per_worker
    if not cpus > 0:
        raise LatentscapeError(f"--cpus-per-worker is {cpus:g}; give more than 0")
    return OnRay(ray_address(on), cpus)
