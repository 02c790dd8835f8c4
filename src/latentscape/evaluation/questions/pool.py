"""The images that questions are asked of, with their codes."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from latentscape.data import Images, Splits
from latentscape.data.rows import joined
from latentscape.data.source import PARTS
from latentscape.evaluation.code_table import write_code_table
from latentscape.runs.given import check_run, images_or_own
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError


class Pool:
    """Images of one or several splits, in one row of numbers, with what a run makes of them.

    Args:
        run: the model.
        images: splits, or one set; by default what the run was trained on.
        split: "train", "validation" or "test" of splits, or "all".

    Attributes:
        parts: names of splits and their images.
        pixels: uint8 (N, C, H, W), read when they are asked for.

    Raises:
        LatentscapeError: when there is no such split, or the run does not know its images.
    """

    def __init__(self, run: Run, images: Splits | Images | None = None, split: str = "all") -> None:
        check_run(run)
        images = images_or_own(run, images)
        if split not in (*PARTS, "all"):
            raise LatentscapeError(f"there is no split {split!r}; choose {', '.join(PARTS)} or all")
        self.run = run
        if isinstance(images, Images):
            self.parts: Sequence[tuple[str, Images]] = [("given", images)]
        else:
            self.parts = [(n, getattr(images, n)) for n in PARTS if split in (n, "all")]
        self.pixels = joined([part.pixels for _, part in self.parts])
        self.classes = self.parts[0][1].classes

    def __len__(self) -> int:
        return sum(len(images) for _, images in self.parts)

    @cached_property
    def ids(self) -> list[str]:
        """Names of the images."""
        return [str(name) for _, images in self.parts for name in images.ids]

    @cached_property
    def splits(self) -> list[str]:
        """The split of each image."""
        return [name for name, images in self.parts for _ in range(len(images))]

    @cached_property
    def labels(self) -> NDArray[np.int64] | None:
        """The class of each image (N,), where all have one."""
        known = [images.labels for _, images in self.parts if images.labels is not None]
        return np.concatenate(known) if len(known) == len(self.parts) else None

    @cached_property
    def codes(self) -> NDArray[np.float32]:
        """The code of each image (N, d)."""
        return np.concatenate([self.run.encode(images) for _, images in self.parts])

    @cached_property
    def table(self) -> pa.Table:
        """What `latentscape encode` writes of the images: id, label, split, z_0 …, error, …."""
        with tempfile.TemporaryDirectory(prefix="latentscape-") as place:
            path = Path(place) / "codes.parquet"
            write_code_table(self.run, self.parts, path)
            return pq.read_table(path, memory_map=False)

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The row number of each id; of one that is there twice, the first."""
        found: dict[str, int] = {}
        for row, name in enumerate(self.ids):
            found.setdefault(name, row)
        return found

    @cached_property
    def usual_distance(self) -> float:
        """The median distance of the codes of random pairs."""
        one, other = np.random.default_rng(0).integers(0, len(self), (2, 1000))
        apart = one != other
        away = self.codes[one[apart]] - self.codes[other[apart]]
        return float(np.median(np.linalg.norm(away, axis=1))) if len(away) else 0.0

    def column(self, name: str) -> NDArray[np.float64]:
        """A column of numbers of the table (N,)."""
        return np.asarray(self.table[name].to_numpy(), np.float64)

    def about(self, rows: NDArray[np.integer]) -> dict[str, pa.Array]:
        """Columns id, split and, where there are classes, label, of some images."""
        columns = {
            "id": pa.array([self.ids[i] for i in rows], pa.string()),
            "split": pa.array([self.splits[i] for i in rows], pa.string()),
        }
        if self.labels is not None:
            names = [self.classes[c] for c in self.labels[rows]]
            columns["label"] = pa.array(names, pa.string())
        return columns
