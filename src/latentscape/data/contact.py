"""How a set of images shows itself in a notebook: some of them side by side, and counts."""

from __future__ import annotations

import base64
import io
from html import escape

import numpy as np
from numpy.typing import NDArray

from latentscape.data.images import Images
from latentscape.data.picture import as_picture
from latentscape.system.printing import visible
from latentscape.system.tables import html_table

ACROSS, DOWN = 12, 2
LEAST = 40  # pixels that an image is at least wide on the page


def images_html(images: Images) -> str:
    """Give a contact sheet of some of the images, spread over the set, and how many of each class.

    Args:
        images: one or more.
    """
    count = min(len(images), ACROSS * DOWN)
    some = images.pixels[np.linspace(0, len(images) - 1, count).astype(np.int64)]
    stream = io.BytesIO()
    as_picture(sheet(np.asarray(some))).save(stream, "PNG")
    width = min(count, ACROSS) * max(LEAST, images.shape[2])
    source = base64.b64encode(stream.getvalue()).decode()
    title = escape(visible(repr(images)), quote=True)
    picture = (
        f'<img alt="{title}" src="data:image/png;base64,{source}" '
        f'style="width: min(100%, {width}px); image-rendering: pixelated">'
    )
    if images.labels is None:
        return f"<p>{title}</p>{picture}"
    found = np.bincount(images.labels, minlength=len(images.classes))
    counts = [[f"{number:,}" for number in found]]
    return f"<p>{title}</p>{picture}{html_table(images.classes, counts)}"


def sheet(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Put images (N, C, H, W) into rows of twelve: (C, rows·H, columns·W), black where none is.

    Args:
        pixels: the images.
    """
    N, C, H, W = pixels.shape
    columns = min(N, ACROSS)
    rows = -(-N // columns)
    grid = np.zeros((rows * columns, C, H, W), np.uint8)
    grid[:N] = pixels
    tiled = grid.reshape(rows, columns, C, H, W).transpose(2, 0, 3, 1, 4)
    return tiled.reshape(C, rows * H, columns * W)
