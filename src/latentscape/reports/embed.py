"""Pictures inside a page: figures in two styles, one for light pages and one for dark ones."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox
from numpy.typing import NDArray
from PIL import Image

from latentscape.data.picture import as_picture
from latentscape.data.values import to_bytes
from latentscape.figures import style

DPI = 144
MARGIN = 0.04  # inches


@dataclass(frozen=True)
class EmbeddedFigure:
    """A figure in two styles.

    Attributes:
        light: as a data URI, on white.
        dark: as a data URI, on the dark paper.
        alt: what it shows, for who does not see it.
        width: in CSS pixels.
        height: in CSS pixels.
    """

    light: str
    dark: str
    alt: str
    width: int
    height: int


def picture(draw: Callable[[], Figure], alt: str) -> EmbeddedFigure:
    """Draw a figure in both styles.

    Args:
        draw: draws it in the current style.
        alt: what it shows.
    """
    return embedded(shots(draw), alt)


def shots(draw: Callable[[], Figure]) -> tuple[Image.Image, Image.Image]:
    """A figure's dots in the light style and in the dark one.

    Args:
        draw: draws it in the current style.
    """
    with style("light"):
        first = draw()
    paper = drawn(first)
    bounds = first.get_tightbbox().padded(MARGIN)
    with style("dark"):
        second = draw()
    lay_out_like(first, second)
    return cut_out(first, paper, bounds), cut_out(second, drawn(second), bounds)


def embedded(both: tuple[Image.Image, Image.Image], alt: str) -> EmbeddedFigure:
    """What a page needs of a figure's dots.

    Args:
        both: in the light style and in the dark one.
        alt: what they show.
    """
    width, height = (round(side * 96 / DPI) for side in both[0].size)
    return EmbeddedFigure(uri(both[0]), uri(both[1]), alt, width, height)


def drawn(figure: Figure) -> Image.Image:
    """Draw a figure, once: `savefig` draws it twice where it cuts off what is empty."""
    figure.set_dpi(DPI)
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    return Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")


def lay_out_like(other: Figure, figure: Figure) -> None:
    """Give all in a figure the place that it has in a drawn one that differs in colours alone.

    Constrained layout takes as long as drawing does.
    """
    figure.set_layout_engine("none")
    for theirs, axes in zip(other.axes, figure.axes, strict=True):
        axes.set_position(theirs.get_position(original=True), which="original")
    for text, own in zip(other.texts, figure.texts, strict=True):
        own.set_position(text.get_position())


def cut_out(figure: Figure, paper: Image.Image, bounds: Bbox) -> Image.Image:
    """Cut out the dots of a figure within bounds; where some lie off its paper it is drawn anew.

    Args:
        figure: what was drawn.
        paper: its dots.
        bounds: in inches.
    """
    off = bounds.padded(-MARGIN).extents
    if min(off[:2]) < 0 or any(off[2:] > figure.get_size_inches()):
        content = io.BytesIO()
        figure.savefig(
            content, format="png", dpi=DPI, bbox_inches=bounds, pil_kwargs={"compress_level": 0}
        )
        return Image.open(content, formats=("PNG",)).convert("RGB")
    left, right = round(bounds.x0 * DPI), round(bounds.x1 * DPI)
    top, bottom = (round(paper.height - y * DPI) for y in (bounds.y1, bounds.y0))
    ground = to_hex(figure.get_facecolor())
    shot = Image.new("RGB", (right - left, bottom - top), ground)
    shot.paste(paper, (-left, -top))
    return shot


def uri(image: Image.Image) -> str:
    """A picture as a data URI, without loss."""
    content = io.BytesIO()
    image.save(content, "WEBP", lossless=True, method=2)
    return "data:image/webp;base64," + base64.b64encode(content.getvalue()).decode()


def tile(pixels: NDArray[np.floating]) -> str:
    """One small image (C, H, W) in [0, 1] as a data URI."""
    return uri(as_picture(to_bytes(pixels, (0.0, 1.0))))
