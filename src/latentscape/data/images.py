"""Images, as bytes, and their three splits."""

from dataclasses import dataclass
from html import escape
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from latentscape.data.examples import Examples, SplitsOf
from latentscape.system.printing import visible


@dataclass(frozen=True, eq=False, repr=False)
class Images(Examples):
    """A set of images of one size, with labels where there are any.

    Attributes:
        pixels: uint8 (N, C, H, W) in 0 … 255, C = 1 (grey) or 3 (colour); may be a memory map or,
            in a training split, `Rows` of one, which stand in for an array.
        labels: int64 (N,), each an index into `classes`; None where there are none.
        classes: The names of the classes; empty where there are no labels.
        ids: N names, one an image: the file's path where images come from files.
        name: Where the images come from: a source's name, or the path given.
        columns: What else is known of each image, by name.
        bounds: Models see black as 0 and white as 1.

    Raises:
        ValueError: If the parts do not fit each other.

    Example:
        >>> pixels = np.zeros((2, 1, 4, 4), np.uint8)
        >>> images = Images(pixels, np.array([0, 1]), ("a", "b"), ("first", "second"), "toy")
        >>> len(images), images.shape, images.take(np.array([1])).ids
        (2, (1, 4, 4), ('second',))
    """

    pixels: NDArray[np.uint8]
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)

    def __post_init__(self) -> None:
        if self.pixels.dtype != np.uint8 or self.pixels.ndim != 4:
            raise ValueError(
                f"pixels are {self.pixels.dtype} {self.pixels.shape}, not uint8 (N, C, H, W)"
            )
        if self.pixels.shape[1] not in (1, 3):
            raise ValueError(f"pixels have {self.pixels.shape[1]} channels, not 1 or 3")
        super().__post_init__()

    def _repr_html_(self) -> str:
        from latentscape.data.contact import images_html

        return images_html(self)


@dataclass(frozen=True, eq=False, repr=False)
class Splits(SplitsOf[Images]):
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
        stream: All that training goes through, where that is not held; `train` is then a sample.
    """

    def _repr_html_(self) -> str:
        from latentscape.data.contact import images_html

        parts = "".join(map(images_html, self.parts.values()))
        notes = "".join(f"<p>{escape(visible(note))}</p>" for note in (self.summary, *self.notes))
        return notes + parts
