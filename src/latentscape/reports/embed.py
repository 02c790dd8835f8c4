"""Pictures inside a page: figures in two styles, one for light pages and one for dark ones."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from latentscape.data.picture import as_picture
from latentscape.data.values import to_bytes
from latentscape.figures import style

DPI = 144


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
    shots = []
    for name in ("light", "dark"):
        with style(name):
            shots.append(shot(draw()))
    width, height = (round(side * 96 / DPI) for side in shots[0].size)
    with ThreadPoolExecutor(2) as both:
        light, dark = both.map(uri, shots)
    return EmbeddedFigure(light, dark, alt, width, height)


def shot(figure: Figure) -> Image.Image:
    """Make dots of a figure."""
    content = io.BytesIO()
    figure.savefig(
        content,
        format="png",
        dpi=DPI,
        bbox_inches="tight",
        pad_inches=0.04,
        pil_kwargs={"compress_level": 0},
    )
    return Image.open(content, formats=("PNG",)).convert("RGB")


def uri(image: Image.Image) -> str:
    """A picture as a data URI, without loss."""
    content = io.BytesIO()
    image.save(content, "WEBP", lossless=True, method=2)
    return "data:image/webp;base64," + base64.b64encode(content.getvalue()).decode()


def tile(pixels: NDArray[np.floating]) -> str:
    """One small image (C, H, W) in [0, 1] as a data URI."""
    return uri(as_picture(to_bytes(pixels, (0.0, 1.0))))
