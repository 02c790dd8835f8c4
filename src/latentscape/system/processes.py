"""Several processes that train one model together, as `torchrun` starts them.

    torchrun --nproc-per-node 2 -m latentscape train vae --data mnist --out runs/vae

Each has its number in the environment. The first one writes and speaks; the others wait for it
where they must, and add up what each of them counted. Alone, all of this does nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from latentscape.system.errors import LatentscapeError

if TYPE_CHECKING:
    from torch import Tensor

TIMEOUT = timedelta(minutes=30)
"""How long one process waits for another that neither answers nor dies."""

_SET = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")


def world_size() -> int:
    """How many processes there are."""
    return int(os.environ["WORLD_SIZE"]) if all(name in os.environ for name in _SET) else 1


def local_world_size() -> int:
    """How many of them are on this machine."""
    return int(os.environ["LOCAL_WORLD_SIZE"]) if world_size() > 1 else 1


def rank() -> int:
    """Which of them this is, from 0."""
    return int(os.environ["RANK"]) if world_size() > 1 else 0


def is_main() -> bool:
    """Whether this is the one that writes and speaks."""
    return rank() == 0


def init() -> None:
    """Connect with the others; once connected, nothing.

    Raises:
        LatentscapeError: when one of them ends meanwhile.
    """
    import torch
    from torch import distributed

    if world_size() > 1 and not distributed.is_initialized():
        backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
        with together():
            distributed.init_process_group(backend, timeout=TIMEOUT)


def barrier() -> None:
    """Wait until all are here."""
    if world_size() > 1:
        import torch

        all_reduce_sum(torch.zeros(1))


def broadcast_text(choose: Callable[[], str]) -> str:
    """Let the first process choose a text for all."""
    if world_size() == 1:
        return choose()
    from torch import distributed

    init()
    chosen = [choose() if is_main() else ""]
    distributed.broadcast_object_list(chosen, 0)
    return chosen[0]


def all_reduce_sum(tensor: Tensor) -> Tensor:
    """Add up a tensor over all processes, in place."""
    if world_size() > 1:
        from torch import distributed

        distributed.all_reduce(tensor)
    return tensor


def all_reduce_min(tensor: Tensor) -> Tensor:
    """Take the least of a tensor over all processes, in place."""
    if world_size() > 1:
        from torch import distributed

        distributed.all_reduce(tensor, distributed.ReduceOp.MIN)
    return tensor


def broadcast(tensor: Tensor) -> Tensor:
    """Give all processes the first one's tensor, in place."""
    if world_size() > 1:
        from torch import distributed

        distributed.broadcast(tensor, 0)
    return tensor


@contextmanager
def together() -> Iterator[None]:
    """Say in a sentence that another process is gone.

    Raises:
        LatentscapeError: when a connection to another process broke.
    """
    try:
        yield
    except RuntimeError as error:
        if world_size() == 1 or not _is_lost(error):
            raise
        raise LatentscapeError(
            f"one of the {world_size()} processes has ended, so this one ends too; the last "
            "complete epoch is kept"
        ) from error


def _is_lost(error: RuntimeError) -> bool:
    """Whether an error comes from a connection between processes."""
    from torch import distributed

    return isinstance(error, distributed.DistError) or "gloo" in str(error)
