"""Ray, as sweeps and encodings use it: connected, and asked how much room there is."""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from latentscape.system.errors import LatentscapeError


def ray_address(on: str) -> str | None:
    """Read "ray" or "ray:ADDRESS"; None is the cluster that this machine belongs to, or itself.

    Raises:
        LatentscapeError: when it says something else, or the package ray is missing.
    """
    kind, _, address = on.partition(":")
    if kind != "ray":
        raise LatentscapeError(f"--on is {on!r}; give ray, or ray:ADDRESS")
    if importlib.util.find_spec("ray") is None:
        raise LatentscapeError(
            "--on ray needs the package ray, which is not installed; "
            "run pip install 'latentscape[ray]'"
        )
    return address or None


def room(ray: Any, cpus: float, gpus: float = 0) -> int:
    """How many tasks the machines that are there have room for at once: one at least.

    Args:
        ray: the module, connected.
        cpus: of each task.
        gpus: of each task.
    """
    found = 0
    for has_cpus, has_gpus in machines(ray):
        places = [has_cpus // cpus] + ([has_gpus // gpus] if gpus else [])
        found += int(min(places))
    return max(1, found)


def check_room(ray: Any, cpus: float, gpus: float, who: str, flag: str) -> None:
    """Refuse tasks that would wait for ever.

    Args:
        ray: the module, connected.
        cpus: of each task.
        gpus: of each task.
        who: what a task is called.
        flag: how the flags end that say what it has.

    Raises:
        LatentscapeError: when no machine has as much as one of them asks for.
    """
    found = machines(ray)
    if not any(has_cpus >= cpus and has_gpus >= gpus for has_cpus, has_gpus in found):
        most = " and ".join(
            f"{max(n):g} {what}"
            for n, what in zip(zip(*found, strict=True), ("CPUs", "GPUs"), strict=True)
        )
        raise LatentscapeError(
            f"{who} asks for {cpus:g} CPUs and {gpus:g} GPUs, and no machine of the "
            f"cluster has so many ({most} at most); ask for less with --cpus{flag} and "
            f"--gpus{flag}"
        )


def machines(ray: Any) -> list[tuple[float, float]]:
    """CPUs and GPUs of every machine that is there."""
    resources = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    return [(found.get("CPU", 0.0), found.get("GPU", 0.0)) for found in resources]


def check_answers(address: str | None) -> None:
    """Knock at HOST:PORT, where Ray itself would try for minutes.

    Raises:
        OSError: when nothing answers.
        ValueError: when there can be no such port.
    """
    host, _, port = (address or "").rpartition(":")
    if host and "/" not in host:
        socket.create_connection((host.strip("[]"), int(port)), timeout=5).close()


@contextmanager
def connected(address: str | None) -> Iterator[Any]:
    """Lend Ray, connected to a cluster; a connection that was there before stays.

    Args:
        address: of the cluster; None for the nearest.

    Raises:
        LatentscapeError: when nothing answers there.
    """
    import ray

    if ray.is_initialized():
        yield ray
        return
    asked = signal.getsignal(signal.SIGTERM)
    try:
        check_answers(address)
        ray.init(address=address, log_to_driver=False, logging_level="error")
    except (OSError, ValueError, RuntimeError) as error:
        where = address or os.environ.get("RAY_ADDRESS") or "the address that it has left"
        raise LatentscapeError(
            f"no Ray cluster answers at {where} ({' '.join(str(error).split())[:200]}); start one "
            "with `ray start --head`, or leave the address away to use this machine alone"
        ) from error
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, asked)  # which is Ctrl-C here, and an end at once for Ray
    try:
        yield ray
    finally:
        ray.shutdown()
