"""Work on many picture files at once: a chunk at a time, in threads, in order.

Pillow's decoders do not block other threads. No more than a few chunks are in memory, however many
pictures there are.
"""

from __future__ import annotations

import os
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from PIL import Image

from latentscape.data.folder.pixels import BadPictureError
from latentscape.data.rows import Indices

T = TypeVar("T")

CHUNK = 32
"""Pictures a task: enough to make up for handing it over."""


def each(
    work: Callable[[str], T], paths: Sequence[str], positions: Indices, threads: int
) -> Iterator[tuple[Indices, list[T | BadPictureError]]]:
    """Do something with pictures.

    Args:
        work: What to do; may raise `BadPictureError`.
        paths: All pictures.
        positions: Which of them to work on (M,).
        threads: How many at once.

    Yields:
        Some of the positions, in order, and the result or the failure at each.
    """

    def attempt(position: int) -> T | BadPictureError:
        try:
            return work(paths[position])
        except BadPictureError as error:
            return error

    def attempts(chunk: Indices) -> list[T | BadPictureError]:
        return [attempt(position) for position in chunk.tolist()]

    waiting: deque[tuple[Indices, Future[list[T | BadPictureError]]]] = deque()
    pool = ThreadPoolExecutor(threads)
    try:
        with quiet():
            for start in range(0, len(positions), CHUNK):
                chunk = positions[start : start + CHUNK]
                waiting.append((chunk, pool.submit(attempts, chunk)))
                if len(waiting) > 2 * threads:
                    chunk, results = waiting.popleft()
                    yield chunk, results.result()
            for chunk, results in waiting:
                yield chunk, results.result()
    finally:
        pool.shutdown(cancel_futures=True)


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def quiet() -> Iterator[None]:
    """Keep libraries' remarks on odd but readable pictures away; one on a bomb is a failure."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        yield
