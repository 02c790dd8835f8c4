"""What a bundle holds beside its codes: views of the space, columns, networks, overlays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from latentscape.data.columns import Column

FORMAT = "latentscape-bundle"
VERSION = 2
READ = (1, 2)
"""Versions that are read: before 2, bundles had no columns."""

VIEWS = ("pca", "lda")
"""Names of the projections that a bundle has where none are asked for."""

Role = Literal["encoder", "decoder", "ensemble", "judge"]
"""What a network of a bundle is."""


@dataclass(frozen=True)
class View:
    """A linear way of looking at codes: y = (z − mean) forward, and back by z = mean + y inverse.

    Attributes:
        name: identifier, such as "pca"; it appears in links to the page.
        title: what people read.
        mean: (d,) the code at the view's origin.
        forward: (d, k) maps a centred code to its k coordinates, k ≥ 2 (1 when d = 1).
        inverse: (k, d) maps coordinates back; what it misses comes from the nearest code.
        note: one sentence about the view, or "".
    """

    name: str
    title: str
    mean: NDArray[np.floating]
    forward: NDArray[np.floating]
    inverse: NDArray[np.floating]
    note: str = ""


@dataclass(frozen=True)
class TableView:
    """A view that has no formula (t-SNE, UMAP): one position for each code.

    Attributes:
        name: identifier, such as "tsne".
        title: what people read.
        positions: (N, 2) or (N, 3), in the order of the codes.
        note: one sentence about the view, or "".
    """

    name: str
    title: str
    positions: NDArray[np.floating]
    note: str = ""


@dataclass(frozen=True)
class Overlay:
    """A picture of a measured quantity over the plane of one view.

    Attributes:
        name: identifier.
        title: what people read, with the unit.
        view: name of the view it lies in ("code" is the first two dimensions).
        bounds: (left, bottom, right, top) in the view's coordinates.
        values: (rows, columns), the first row at the bottom.
        classes: whether the values are classes, −1 where there is none.
    """

    name: str
    title: str
    view: str
    bounds: tuple[float, float, float, float]
    values: NDArray[np.floating]
    classes: bool = False


@dataclass(frozen=True)
class DescribedColumn:
    """A column of a bundle, and what it is.

    Attributes:
        column: a value for each code.
        note: one sentence or formula that says what it is, or "".
    """

    column: Column
    note: str = ""


@dataclass(frozen=True)
class OnnxNetwork:
    """An encoder or a decoder as ONNX, with a dynamic batch.

    An encoder takes `images` (B, C, H, W) in [0, 1] to `code` (B, d), a decoder the reverse. A
    conditional model's networks take `label` (B,) int64 besides.

    Attributes:
        onnx: the serialized model.
        conditional: whether it takes `label`.
    """

    onnx: bytes
    conditional: bool = False


@dataclass(frozen=True)
class BundledEnsemble:
    """The decoders of an ensemble, each by itself.

    Attributes:
        network: takes `code` (B, d) to `images` (B, k · C, H, W) in [0, 1], those of one decoder
            after those of another.
        decoders: k.
    """

    network: OnnxNetwork
    decoders: int


@dataclass(frozen=True)
class BundledJudge:
    """What says, in the page, which class an image reads as.

    Attributes:
        network: takes `images` (B, C, H, W) in [0, 1] to `reading` (B, 3): the class that each is
            most like, how often that is right of real images that look as clear, and how ordinary
            the image is among real ones, a p-value.
        limit: the p-value from which an image is taken for one of that class.
        accuracy: the share of test images that it names rightly.
        classes: the names of the classes that it numbers.
    """

    network: OnnxNetwork
    limit: float
    accuracy: float
    classes: tuple[str, ...]
