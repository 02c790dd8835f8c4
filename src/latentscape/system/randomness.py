"""Random numbers that depend on a seed alone, whatever else the process does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch

_TURN = threading.RLock()


@contextmanager
def own_randomness(seed: int | None = None) -> Iterator[None]:
    """Lend torch's generators, and give them back as they were.

    They are the whole process's, so threads take turns: a second one waits here until the first
    is done. A thread that has them already may borrow them again.

    Args:
        seed: what to begin with; by default they go on from where they stand.

    Example:
        >>> with own_randomness(3):
        ...     a = torch.rand(2)
        >>> with own_randomness(3):
        ...     torch.equal(a, torch.rand(2))
        True
    """
    with _TURN, torch.random.fork_rng():
        if seed is not None:
            seed_generators(seed)
        yield


def seed_generators(seed: int) -> None:
    """Seed torch's generators, of the processor and of each GPU, as `torch.manual_seed` does.

    That also notes the whole stack for kinds of device that are not here, one after another, which
    takes longer than a step of a small network does.

    Args:
        seed: what they begin with.

    Example:
        >>> seed_generators(3)
        >>> a = torch.rand(2)
        >>> torch.equal(a, torch.rand(2, generator=torch.Generator().manual_seed(3)))
        True
    """
    torch.default_generator.manual_seed(seed)
    if torch.cuda.is_available():
        torch.cuda.manual_seed_all(seed)
