"""The records everything else reads: images as bytes, and their three splits."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentscape.data.preparation import Preparation
from latentscape.system.errors import LatentscapeError

_BLOCK = 1 << 24  # bytes hashed at once, so that a memory map never comes into memory whole


@dataclass(frozen=True, eq=False)
class Images:
    """A set of images of one size, with labels where there are any.

    Attributes:
        pixels: uint8 (N, C, H, W) in 0 … 255, C = 1 (grey) or 3 (colour); may be a memory map or,
            in a training split, `Rows` of one, which stand in for an array.
        labels: int64 (N,), each an index into `classes`; None where there are none.
        classes: The names of the classes; empty where there are no labels.
        ids: N names, one an image: the file's path where images come from files.
        name: Where the images come from: a source's name, or the path given.

    Raises:
        ValueError: If the parts do not fit each other.

    Example:
        >>> pixels = np.zeros((2, 1, 4, 4), np.uint8)
        >>> images = Images(pixels, np.array([0, 1]), ("a", "b"), ("first", "second"), "toy")
        >>> len(images), images.shape, images.take(np.array([1])).ids
        (2, (1, 4, 4), ('second',))
    """

    pixels: NDArray[np.uint8]
    labels: NDArray[np.int64] | None
    classes: tuple[str, ...]
    ids: Sequence[str]
    name: str

    def __post_init__(self) -> None:
        if self.pixels.dtype != np.uint8 or self.pixels.ndim != 4:
            raise ValueError(
                f"pixels are {self.pixels.dtype} {self.pixels.shape}, not uint8 (N, C, H, W)"
            )
        if self.pixels.shape[1] not in (1, 3):
            raise ValueError(f"pixels have {self.pixels.shape[1]} channels, not 1 or 3")
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

    @property
    def shape(self) -> tuple[int, int, int]:
        """The shape (C, H, W) of one image."""
        _, channels, height, width = self.pixels.shape
        return channels, height, width

    @property
    def title(self) -> str:
        """What to call their source where others read it: no folder of this machine is in it."""
        return title_of(self.name)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of shape, pixels, labels and class names: 64 hexadecimal digits.

        Equal for equal content, wherever it came from; ids and name do not count.
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

    def take(self, indices: NDArray[np.integer]) -> "Images":
        """Choose some images, in the order given.

        Args:
            indices: Integers (M,) in -N … N - 1.

        Returns:
            M images, in memory, with their labels and ids and all class names.
        """
        return replace(
            self,
            pixels=np.ascontiguousarray(self.pixels[indices]),
            labels=None if self.labels is None else self.labels[indices],
            ids=tuple(self.ids[int(i)] for i in indices),
        )


@dataclass(frozen=True, eq=False)
class Splits:
    """The images to train on, to choose by, and to judge with.

    Attributes:
        name: The name of the source, or the path given.
        train: The images a model learns from.
        validation: The images that choose among models and stop training.
        test: The images that are looked at last.
        notes: Sentences on what was done to the images on the way in (resized, left out, …).
        options: The other arguments of `load_images` that give the same splits again.
        summary: One sentence on what was read: files, classes, size, values, what was left out.
        preparation: What was done to each picture, so that it can be done to others.
        cut: Ids of validation and test images, where these are pictures in files and were cut from
            them.
    """

    name: str
    train: Images
    validation: Images
    test: Images
    notes: tuple[str, ...] = ()
    options: Mapping[str, int | str | bool | None] = field(default_factory=dict)
    summary: str = ""
    preparation: Preparation = field(default_factory=Preparation)
    cut: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What to call their source where others read it: no folder of this machine is in it."""
        return title_of(self.name)

    @property
    def shape(self) -> tuple[int, int, int]:
        """The shape (C, H, W) of one image, the same in all three."""
        return self.train.shape

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes; empty where there are no labels."""
        return self.train.classes

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the three splits' fingerprints: 64 hexadecimal digits."""
        parts = (self.train, self.validation, self.test)
        return hashlib.sha256("".join(p.fingerprint for p in parts).encode()).hexdigest()


def title_of(name: str) -> str:
    """The last part of a path, or the name of a source.

    Example:
        >>> title_of("/home/ada/photos/"), title_of("mnist")
        ('photos', 'mnist')
    """
    return Path(name).name or name
