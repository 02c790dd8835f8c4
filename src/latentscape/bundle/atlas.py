"""Thumbnail atlases: many small pictures in a few large ones, instead of one request an image."""

from __future__ import annotations

import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latentscape.data.folder.workers import processors

LARGEST_TILE = 64
ATLAS_SIDE = 2048


class AtlasLayout(TypedDict):
    """How the page finds a thumbnail: picture i is tile i mod `each` of file i div `each`."""

    files: list[str]
    width: int
    height: int
    columns: int
    each: int


def write_atlases(folder: Path, pixels: NDArray[np.uint8]) -> AtlasLayout:
    """Write pictures row by row into atlases of at most 2048 × 2048 pixels.

    Pictures wider or higher than 64 pixels are reduced to that. Grey ones are kept exactly (PNG),
    colour ones nearly (WebP).

    Args:
        folder: where `atlas-000.png`, … go.
        pixels: (N, C, H, W), C in {1, 3}.
    """
    count, channels, height, width = pixels.shape
    scale = min(1.0, LARGEST_TILE / max(height, width))
    tile = (max(1, round(width * scale)), max(1, round(height * scale)))
    columns = min(ATLAS_SIDE // tile[0], max(1, int(np.ceil(np.sqrt(count)))))
    each = columns * (ATLAS_SIDE // tile[1])
    suffix = "png" if channels == 1 else "webp"

    def write(start: int) -> str:
        name = f"atlas-{start // each:03d}.{suffix}"
        sheet = _sheet(np.asarray(pixels[start : start + each]), columns, tile)
        if channels == 1:
            sheet.save(folder / name, compress_type=zlib.Z_RLE)
        else:
            sheet.save(folder / name, quality=90, method=3)
        return name

    with ThreadPoolExecutor(processors()) as workers:
        files = list(workers.map(write, range(0, count, each)))
    return AtlasLayout(files=files, width=tile[0], height=tile[1], columns=columns, each=each)


def _sheet(pixels: NDArray[np.uint8], columns: int, tile: tuple[int, int]) -> Image.Image:
    """Lay pictures (n, C, H, W) out in rows of `columns` tiles (width, height)."""
    pictures = pixels.transpose(0, 2, 3, 1)
    if pictures.shape[2:0:-1] != tile:
        pictures = np.stack([_reduced(picture, tile) for picture in pictures])
    n, height, width, channels = pictures.shape
    rows = -(-n // columns)
    padded = np.zeros((rows * columns, height, width, channels), dtype=np.uint8)
    padded[:n] = pictures
    grid = padded.reshape(rows, columns, height, width, channels).swapaxes(1, 2)
    grid = grid.reshape(rows * height, columns * width, channels)
    return Image.fromarray(grid[:, :, 0] if channels == 1 else grid)


def _reduced(picture: NDArray[np.uint8], tile: tuple[int, int]) -> NDArray[np.uint8]:
    """Average a picture (H, W, C) down to a tile."""
    image = Image.fromarray(picture[:, :, 0] if picture.shape[2] == 1 else picture)
    reduced = np.asarray(image.resize(tile, Image.Resampling.BOX))
    return reduced.reshape(tile[1], tile[0], -1)
