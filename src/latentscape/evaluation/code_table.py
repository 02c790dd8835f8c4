"""Codes as a table on disk, written in bounded memory.

A row holds id, label, split, the code z_0 …, the posterior's standard deviations scale_0 … where
there are any, the mean squared error of the reconstruction, the code's distances to the mean of its
class and to the origin, the posterior's radius √Σ scale², where projections place it, and the
images' own columns. Class
means are known only at the end, so codes wait in a nameless file beside the table; nothing but a
block of rows is in memory, and the positions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from latentscape.data import Images
from latentscape.data.columns import Column
from latentscape.latent.projections import InvertibleProjection, Projection, make_projection
from latentscape.runs.pixel_errors import pixel_errors
from latentscape.runs.run import Run
from latentscape.system.files import atomic_path
from latentscape.system.names import readable

Floats = NDArray[np.float32]
BLOCK = 8192


@dataclass(frozen=True)
class Dimensions:
    """What the latent dimensions are like, over all images.

    Attributes:
        count: how many codes.
        mean: (d,).
        spread: standard deviation of the codes (d,).
        radius: mean standard deviation of the posterior (d,); None where codes are points.
    """

    count: int
    mean: NDArray[np.float64]
    spread: NDArray[np.float64]
    radius: NDArray[np.float64] | None


def write_code_table(
    run: Run,
    parts: Iterable[tuple[str, Images]],
    out: Path,
    projections: Sequence[str] = (),
) -> Dimensions:
    """Encode images and write a row for each, whole or not at all.

    Args:
        run: the model.
        parts: names of splits and their images.
        out: a `.parquet` file; its folder must exist.
        projections: names of projections to two dimensions, each of which gives columns NAME_x and
            NAME_y. Those that can place new codes are fitted to the train images where the table
            has them; t-SNE places all codes together.

    Raises:
        LatentscapeError: when images do not fit the model, there is no such projection or it
            cannot be had of these codes, or the file cannot be written.
    """
    parts = list(parts)
    methods = [(name, make_projection(name)) for name in dict.fromkeys(projections)]
    with atomic_path(out) as beside, TemporaryFile(dir=out.parent) as spool:
        sums = _Sums.empty(run.codes_size, len(parts[0][1].classes))
        for _, images in parts:
            for block, (codes, scale) in _encoded(run, images):
                sums.add(codes, scale, block.labels)
                errors = _errors(run, block, codes)
                rows = (codes, *([] if scale is None else [scale]), errors)
                np.concatenate(rows, axis=1, dtype=np.float32).tofile(spool)
        spool.flush()
        _write(beside, parts, spool, sums, methods)
    return sums.dimensions()


@dataclass
class _Sums:
    """What is summed up on the way.

    Attributes:
        count: codes seen.
        codes: their sum (d,).
        squares: of their squares (d,).
        scales: of their deviations (d,).
        classes: codes by class (K,).
        totals: sum of the codes of each class (K, d).
        clouds: whether codes have deviations.
    """

    count: int
    codes: NDArray[np.float64]
    squares: NDArray[np.float64]
    scales: NDArray[np.float64]
    classes: NDArray[np.int64]
    totals: NDArray[np.float64]
    clouds: bool = False

    @classmethod
    def empty(cls, d: int, K: int) -> _Sums:
        zero = np.zeros(d)
        return cls(0, zero, zero.copy(), zero.copy(), np.zeros(K, np.int64), np.zeros((K, d)))

    def add(self, codes: Floats, scale: Floats | None, labels: NDArray[np.int64] | None) -> None:
        z = codes.astype(np.float64)
        self.count += len(z)
        self.codes += z.sum(axis=0)
        self.squares += np.square(z).sum(axis=0)
        self.clouds = scale is not None
        if scale is not None:
            self.scales += scale.sum(axis=0, dtype=np.float64)
        if labels is not None:
            np.add.at(self.totals, labels, z)
            self.classes += np.bincount(labels, minlength=len(self.classes))

    @property
    def means(self) -> NDArray[np.float64]:
        """Mean of each class (K, d)."""
        return self.totals / np.maximum(self.classes, 1)[:, None]

    def dimensions(self) -> Dimensions:
        mean = self.codes / self.count
        variance = np.maximum(self.squares / self.count - mean**2, 0)
        radius = self.scales / self.count if self.clouds else None
        return Dimensions(self.count, mean, np.sqrt(variance), radius)


def _encoded(run: Run, images: Images) -> Iterator[tuple[Images, tuple[Floats, Floats | None]]]:
    """Blocks of images with their codes and deviations."""
    for start in range(0, len(images), BLOCK):
        block = images.take(np.arange(start, min(start + BLOCK, len(images))))
        yield block, run.posterior(block)


def _errors(run: Run, images: Images, codes: Floats) -> Floats:
    """Mean squared error of each reconstruction (N, 1)."""
    decoded = run.decode(codes, run.condition_of(images))
    return pixel_errors(decoded, images.pixels).astype(np.float32)[:, None]


def _positions(
    methods: Sequence[tuple[str, Projection]], codes: Floats, parts: list[tuple[str, Images]]
) -> list[Floats]:
    """Where each projection places the codes (N, d): (N, 2) each."""
    names = np.concatenate([np.full(len(images), name) for name, images in parts])
    known = [images.labels for _, images in parts if images.labels is not None]
    labels = np.concatenate(known) if len(known) == len(parts) else None
    train = names == "train"
    placed = []
    for _, method in methods:
        if isinstance(method, InvertibleProjection) and train.any():
            fitted = method.fit(codes[train], None if labels is None else labels[train])
            placed.append(fitted.transform(codes))
        else:
            placed.append(method.fit_transform(codes, labels))
    return [np.asarray(position, np.float32) for position in placed]


def _write(
    path: Path,
    parts: list[tuple[str, Images]],
    spool: IO[bytes],
    sums: _Sums,
    methods: Sequence[tuple[str, Projection]],
) -> None:
    """Write what was spooled, with what is known only now."""
    d, clouds, labelled = len(sums.codes), sums.clouds, all(i.labels is not None for _, i in parts)
    width = d * (1 + clouds) + 1
    spooled = np.memmap(spool, np.float32, "r").reshape(-1, width)
    schema = _schema(d, clouds, labelled, [name for name, _ in methods])
    own = _own_columns(parts, schema)
    for name, column in own.items():
        schema = schema.append(pa.field(name, column[0].values.type))
    placed = _positions(methods, spooled[:, :d], parts)
    start = 0
    with pq.ParquetWriter(path, schema) as writer:
        for number, (name, images) in enumerate(parts):
            for first in range(0, len(images), BLOCK):
                last = min(first + BLOCK, len(images))
                block = slice(start, start + last - first)
                rows = np.array(spooled[block])
                start = block.stop
                columns: list[object] = [[str(images.ids[i]) for i in range(first, last)]]
                near: list[Floats] = []
                if labelled and images.labels is not None:
                    labels = images.labels[first:last]
                    columns.append([images.classes[c] for c in labels])
                    near = [np.linalg.norm(rows[:, :d] - sums.means[labels], axis=1)]
                columns.append([name] * len(rows))
                away = np.linalg.norm(rows[:, :d], axis=1)
                radius = [np.linalg.norm(rows[:, d : 2 * d], axis=1)] if clouds else []
                columns += [*rows.T, *near, away, *radius]
                columns += [axis for position in placed for axis in position[block].T]
                arrays = [as_array(c, f.type) for c, f in zip(columns, schema, strict=False)]
                arrays += [each[number].values[first:last] for each in own.values()]
                writer.write_table(pa.Table.from_arrays(arrays, schema=schema))


def _own_columns(parts: list[tuple[str, Images]], schema: pa.Schema) -> dict[str, list[Column]]:
    """The images' own columns, one of each part, under names that the table does not have yet."""
    own: dict[str, list[Column]] = {}
    for name in parts[0][1].columns:
        free = name
        while free in schema.names or free in own:
            free = f"data_{free}"
        own[free] = [images.columns[name] for _, images in parts]
    return own


def _schema(d: int, clouds: bool, labelled: bool, projections: Sequence[str]) -> pa.Schema:
    """Names and types of the columns."""
    label = [("label", pa.string())] if labelled else []
    numbers = [f"z_{i}" for i in range(d)]
    numbers += [f"scale_{i}" for i in range(d)] if clouds else []
    numbers += ["error", *(["class_distance"] if labelled else []), "origin_distance"]
    numbers += ["radius"] if clouds else []
    numbers += [f"{name}_{axis}" for name in projections for axis in "xy"]
    return pa.schema(
        [("id", pa.string()), *label, ("split", pa.string())]
        + [(name, pa.float32()) for name in numbers]
    )


def as_array(column: object, kind: pa.DataType) -> pa.Array:
    """Make a column; names that are no UTF-8 are written out."""
    texts = kind == pa.string()
    return pa.array(map(readable, cast("Iterable[str]", column)) if texts else column, kind)
