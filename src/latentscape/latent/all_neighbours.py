"""Nearest neighbours of every one of many codes: by an index where comparing all pairs takes long.

The index (faiss's inverted lists, an optional extra) parts codes into cells and looks through those
nearest to each: first at numbers of four bits (arXiv:1704.07355), of which the nearest few are then
compared exactly; and at the codes themselves where so coarse a look misses too many. How many of
the true neighbours that finds is measured on some of the codes, and more cells are looked through
until nearly all are found. Codes in which only most cells together hold them are compared in full.
"""

from __future__ import annotations

import importlib
import importlib.util
import math
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentscape.latent.arrays import Floats
from latentscape.latent.neighbours import TREE_UP_TO, nearest, without_self

MANY = 50_000
"""Up to so many codes neighbours are exact, of however many dimensions."""

TREE_UP_TO_MANY = 70_000
"""Up to so many codes a k-d tree is quick in 12 dimensions; of more, in four."""

GOAL = 0.99
"""Share of the true neighbours that is enough."""

SAMPLE = 500
"""Codes whose true neighbours are found to measure it."""

QUICKER = "an index is quicker: pip install 'latentscape[index]'"

_FIRST_CELLS, _ROUNDING, _TREE_OF_MANY = 8, 1e-4, 4
_WORTH = 8  # times fewer cells than there are make an index quicker than comparing all pairs
_BLOCK = 50_000
_PARTS = 64  # of a code, each rounded by itself
_CANDIDATES = 8  # times as many codes as are wanted are compared exactly


@dataclass(frozen=True)
class AllNearest:
    """The k nearest others of each of N codes.

    Attributes:
        distance: Euclidean (N, k), ascending.
        index: Row numbers (N, k).
        recall: The share of the true ones that an index found of a sample, 0 … 1; None where the
            neighbours are exact.
        note: How they were found, where that is worth saying.
    """

    distance: NDArray[np.floating]
    index: NDArray[np.integer]
    recall: float | None = None
    note: str = ""


def all_nearest(codes: Floats, k: int, *, exact_up_to: int | None = None) -> AllNearest:
    """Find the k nearest others of each code.

    Exactly for up to 50,000 codes, where faiss is not installed, and wherever a k-d tree is quick:
    in up to 12 dimensions for 70,000 codes, in up to four for any number.

    Args:
        codes: (N, d), N > k.
        k: How many.
        exact_up_to: So many codes, rather than 50,000, have exact neighbours in any case.

    Example:
        >>> all_nearest(np.array([[0.0], [1.0], [5.0]]), 1).index.tolist()
        [[1], [0], [1]]
    """
    long = takes_long(codes.shape, exact_up_to)
    if long and (faiss := _faiss()) is not None:
        return _by_index(faiss, np.ascontiguousarray(codes, np.float32), k)
    return _compared(codes, k, QUICKER if long else "")


def takes_long(shape: tuple[int, ...], exact_up_to: int | None = None) -> bool:
    """Whether exact neighbours of codes of a shape (N, d) take long: see `all_nearest`."""
    count, d = shape
    enough = MANY if exact_up_to is None else exact_up_to
    return count > enough and d > (TREE_UP_TO if count <= TREE_UP_TO_MANY else _TREE_OF_MANY)


def has_index() -> bool:
    """Whether faiss, an optional extra, is installed."""
    return importlib.util.find_spec("faiss") is not None


def _compared(codes: Floats, k: int, why: str) -> AllNearest:
    """The same exactly; why, where that is worth saying."""
    note = f"all pairs of codes were compared: {why}" if why else ""
    return AllNearest(*nearest(codes, codes, k, leave_out=True), note=note)


def _by_index(faiss: ModuleType, codes: NDArray[np.float32], k: int) -> AllNearest:
    """The same by an index, looking through more of its cells until it finds nearly all."""
    N = len(codes)
    rows = np.linspace(0, N - 1, min(SAMPLE, N)).astype(np.int64)
    farthest = without_self(*nearest(codes, codes[rows], k + 1), rows)[0][:, -1:]
    recall = 0.0
    for index, cells in _indexes(faiss, wide := _padded(codes)):
        while recall < GOAL and _WORTH * cells.nprobe <= cells.nlist:
            squared, near = index.search(wide[rows], k + 1)
            found, _ = without_self(np.sqrt(squared), near, rows)
            recall = float(
                np.mean(found <= (1 + _ROUNDING) * farthest)
            )  # of equal ones any will do
            cells.nprobe += (cells.nprobe + 1) // 2 if recall < GOAL else 0
        if recall >= GOAL:
            break
    else:
        return _compared(codes, k, f"an index finds {recall:.1%} of the true neighbours only")
    # One cell after another, so that what is looked through is at hand already.
    order = np.argsort(cells.quantizer.search(wide, 1)[1][:, 0], kind="stable")
    squared, near = np.empty((N, k + 1), np.float32), np.empty((N, k + 1), np.int64)
    for start in range(0, N, _BLOCK):
        some = order[start : start + _BLOCK]
        squared[some], near[some] = index.search(wide[some], k + 1)
    distance, near = without_self(np.sqrt(squared), near, np.arange(N))
    few = np.flatnonzero((near < 0).any(axis=1))  # their cells hold fewer than k codes
    if len(few):
        distance[few], near[few] = without_self(*nearest(codes, codes[few], k + 1), few)
    note = f"neighbours are by an index, which finds {recall:.1%} of the true ones"
    return AllNearest(distance, near, recall, f"{note} (of {len(rows):,} images)")


def _indexes(faiss: ModuleType, codes: NDArray[np.float32]) -> Iterator[tuple[Any, Any]]:
    """The quick index of codes and the thorough one, each with what its cells are chosen by."""
    N, d = codes.shape
    cells = int(2 * math.sqrt(N))
    rounded = faiss.IndexIVFPQFastScan(faiss.IndexFlatL2(d), d, cells, min(d, _PARTS), 4)
    quick = faiss.IndexRefineFlat(rounded)
    quick.k_factor = _CANDIDATES
    exact = faiss.IndexIVFFlat(faiss.IndexFlatL2(d), d, cells)
    for index, chosen in ((quick, rounded), (exact, exact)):
        index.train(codes)
        index.add(codes)
        chosen.nprobe = _FIRST_CELLS
        yield index, chosen


def _padded(codes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Codes with zeros behind them, so that they can be cut into equal parts."""
    d = codes.shape[1]
    return np.pad(codes, ((0, 0), (0, -d % min(d, _PARTS))))


def _faiss() -> ModuleType | None:
    """The optional module faiss."""
    if not has_index():
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of how its bindings are made
        return importlib.import_module("faiss")
