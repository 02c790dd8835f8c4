"""The records everything else reads: examples of one shape, and their three splits."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Generic, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from latentscape.data.columns import Column
from latentscape.data.names import names_of
from latentscape.data.preparation import Preparation
from latentscape.system.errors import LatentscapeError

if TYPE_CHECKING:
    from latentscape.data.stream.stream import Stream

_BLOCK = 1 << 24  # bytes hashed at once, so that a memory map never comes into memory whole


@dataclass(frozen=True, eq=False, repr=False)
class Examples:
    """Arrays of one shape, with labels where there are any: what a model learns from.

    `Images` are examples whose arrays are bytes; a `Table` is one whose arrays are its rows.

    Attributes:
        pixels: (N, C, H, W), of a type that each kind of examples names; may be a memory map or,
            in a training split, `Rows` of one, which stand in for an array.
        labels: int64 (N,), each an index into `classes`; None where there are none.
        classes: The names of the classes; empty where there are no labels.
        ids: N names, one an example.
        name: Where they come from: a source's name, or the path given.
        columns: What else is known of each, by name.
        bounds: Between which numbers a model sees them.

    Raises:
        ValueError: If the parts do not fit each other.
    """

    pixels: NDArray[np.generic]
    labels: NDArray[np.int64] | None
    classes: tuple[str, ...]
    ids: Sequence[str]
    name: str
    columns: Mapping[str, Column] = field(default_factory=dict)
    bounds: ClassVar[tuple[float, float]]

    def __post_init__(self) -> None:
        for name, column in self.columns.items():
            if len(column) != len(self.pixels):
                raise ValueError(f"column {name!r} has {len(column)} values")
        if len(self.ids) != len(self.pixels):
            raise ValueError(f"{len(self.ids)} ids for {len(self.pixels)} images")
        if self.labels is None:
            return
        if self.labels.shape != (len(self.pixels),) or self.labels.dtype != np.int64:
            raise ValueError(f"labels are {self.labels.dtype} {self.labels.shape}, not int64 (N,)")
        if self.labels.size and not 0 <= self.labels.min() <= self.labels.max() < len(self.classes):
            raise ValueError(f"labels do not index the {len(self.classes)} classes")

    def __len__(self) -> int:
        return len(self.pixels)

    def __repr__(self) -> str:
        size = "×".join(map(str, self.shape))
        kinds = f", {len(self.classes)} classes" if self.labels is not None else ", unlabelled"
        return f"<{type(self).__name__} of {self.title}: {len(self):,} of {size}{kinds}>"

    @property
    def shape(self) -> tuple[int, int, int]:
        """The shape (C, H, W) of one example."""
        _, channels, height, width = self.pixels.shape
        return channels, height, width

    @property
    def title(self) -> str:
        """What to call their source where others read it: no folder of this machine is in it."""
        return title_of(self.name)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of shape, pixels, labels and class names: 64 hexadecimal digits.

        Equal for equal content, wherever it came from; ids, name and columns do not count.
        """
        digest = hashlib.sha256(repr((self.pixels.shape, self.classes)).encode())
        step = max(1, _BLOCK // max(1, int(np.prod(self.shape))))
        for start in range(0, len(self), step):
            digest.update(np.ascontiguousarray(self.pixels[start : start + step]).data)
        digest.update(b"unlabelled" if self.labels is None else self.labels.astype("<i8").tobytes())
        return digest.hexdigest()

    def class_index(self, name: str) -> int:
        """Look a class up by its name.

        Raises:
            LatentscapeError: When there is none of that name.
        """
        if name not in self.classes:
            known = f"; choose one of {', '.join(self.classes)}" if self.classes else ""
            raise LatentscapeError(f"no class is called {name!r}{known}")
        return self.classes.index(name)

    def take(self, indices: NDArray[np.integer]) -> Self:
        """Choose some examples, in the order given.

        Args:
            indices: Integers (M,) in -N … N - 1.

        Returns:
            M examples, in memory, with their labels, ids and columns, and all class names.
        """
        rows = np.arange(len(self))[indices]
        return replace(
            self,
            pixels=np.ascontiguousarray(self.pixels[indices]),
            labels=None if self.labels is None else self.labels[indices],
            ids=tuple(names_of(self.ids, rows)),
            columns={name: column.take(rows) for name, column in self.columns.items()},
        )


E_co = TypeVar("E_co", bound=Examples, covariant=True)


@dataclass(frozen=True, eq=False, repr=False)
class SplitsOf(Generic[E_co]):
    """Three splits of examples of one kind; `Splits`, those of images, says what its fields are."""

    name: str
    train: E_co
    validation: E_co
    test: E_co
    notes: tuple[str, ...] = ()
    options: Mapping[str, int | str | bool | None] = field(default_factory=dict)
    summary: str = ""
    preparation: Preparation = field(default_factory=Preparation)
    cut: Mapping[str, Sequence[str]] = field(default_factory=dict)
    stream: Stream | None = None

    def __repr__(self) -> str:
        parts = ", ".join(f"{count:,} {name}" for name, count in self.counts.items())
        return f"<{type(self).__name__} of {self.title}: {parts}>"

    @property
    def parts(self) -> dict[str, E_co]:
        """The three by name."""
        return {"train": self.train, "validation": self.validation, "test": self.test}

    @property
    def counts(self) -> dict[str, int]:
        """How many examples each of the three has; of a stream, all that training goes through."""
        counts = {name: len(part) for name, part in self.parts.items()}
        return counts if self.stream is None else {**counts, "train": len(self.stream)}

    @property
    def title(self) -> str:
        """What to call their source where others read it: no folder of this machine is in it."""
        return title_of(self.name)

    @property
    def shape(self) -> tuple[int, int, int]:
        """The shape (C, H, W) of one example, the same in all three."""
        return self.train.shape

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes; empty where there are no labels."""
        return self.train.classes

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the three splits' fingerprints: 64 hexadecimal digits."""
        prints = [part.fingerprint for part in (self.train, self.validation, self.test)]
        if self.stream is not None:
            prints.append(self.stream.stamp)
        return hashlib.sha256("".join(prints).encode()).hexdigest()


def title_of(name: str) -> str:
    """The last part of a path, or the name of a source.

    Example:
        >>> title_of("/home/ada/photos/"), title_of("mnist")
        ('photos', 'mnist')
    """
    return Path(name).name or name
