"""Columns that a bundle works out itself: how typical a point is, and what its neighbours are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from latentscape.bundle.contents import DescribedColumn
from latentscape.data.columns import Column
from latentscape.latent.all_neighbours import AllNearest
from latentscape.system.errors import LatentscapeError

_BLOCK = 50_000
NEAR = ("typical", "nearest class", "nearest class is its own")


def numbers(values: NDArray[np.floating], note: str) -> DescribedColumn:
    """A column of measured numbers (N,); what is not finite is missing.

    Example:
        >>> numbers(np.array([0.5, np.nan]), "").column.missing
        1
    """
    known = np.asarray(values, np.float64)
    return DescribedColumn(Column("number", pa.array(known, mask=~np.isfinite(known))), note)


def from_neighbours(
    labels: NDArray[np.integer],
    classes: Sequence[str],
    graph: AllNearest,
) -> dict[str, DescribedColumn]:
    """What the nearest codes say of each: how typical it is, and of which class they are.

    Args:
        labels: (N,) indices into `classes`, −1 where unlabelled.
        classes: their names.
        graph: the k nearest others of each.

    Returns:
        Nothing where there are no neighbours; classes only where there are labels.
    """
    n, k = graph.index.shape
    if k == 0:
        return {}
    how = f"; {graph.note}" if graph.recall is not None else ""
    radii = graph.distance[:, -1]
    farther = n - np.searchsorted(np.sort(radii), radii, side="left")
    note = f"share of codes whose neighbour {k} is at least as far away{how}"
    known = {NEAR[0]: numbers(farther / n, note)}
    if np.any(labels >= 0):
        votes = _votes(labels, graph.index)
        names = np.array([*map(str, classes), ""])
        wins = pa.array(names[votes], pa.string(), mask=votes < 0)
        note = (
            f"the commonest class among the {k} nearest codes; of several, the nearest one's{how}"
        )
        known[NEAR[1]] = DescribedColumn(Column("category", wins), note)
        right = np.where(votes == labels, "yes", "no")
        agree = pa.array(right, pa.string(), mask=(labels < 0) | (votes < 0))
        note = f"whether the class nearby is the image's own{how}"
        known[NEAR[2]] = DescribedColumn(Column("category", agree), note)
    return known


def _votes(labels: NDArray[np.integer], graph: NDArray[np.integer]) -> NDArray[np.int64]:
    """The class (N,) that most labelled neighbours have, the nearest one's among equals; or −1."""
    votes = np.full(len(graph), -1, np.int64)
    for start in range(0, len(graph), _BLOCK):
        near = labels[graph[start : start + _BLOCK]]
        counts = (near[:, :, None] == near[:, None, :]).sum(axis=2) * (near >= 0)
        rows = np.arange(len(near))
        votes[start : start + _BLOCK] = near[rows, counts.argmax(axis=1)]
    return np.where((labels[graph] >= 0).any(axis=1), votes, -1)


def together(
    known: Mapping[str, DescribedColumn], data: Mapping[str, Column]
) -> dict[str, DescribedColumn]:
    """All columns that are given; the data's own are renamed where we have one of that name.

    Example:
        >>> ours = {"split": numbers(np.zeros(1), "")}
        >>> list(together(ours, {"split": ours["split"].column}))
        ['split', 'data_split']
    """
    columns = dict(known)
    for name, column in data.items():
        free = name
        while free in columns or free in NEAR:
            free = f"data_{free}"
        columns[free] = DescribedColumn(column)
    return columns


def arranged(
    columns: Mapping[str, DescribedColumn], order: NDArray[np.integer]
) -> dict[str, DescribedColumn]:
    """The columns with their values in another order.

    Raises:
        LatentscapeError: when one has no value for each.
    """
    for name, known in columns.items():
        if len(known.column) != len(order):
            raise LatentscapeError(
                f"column '{name}' has {len(known.column)} values for {len(order)} codes; "
                "give one each"
            )
    return {
        name: DescribedColumn(each.column.take(order), each.note) for name, each in columns.items()
    }
