"""What is known of a folder's pictures, on disk: their headers, and their pixels at one size."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentscape.data.folder.decode import Header
from latentscape.data.folder.pixels import BadPictureError
from latentscape.data.folder.sparse import SparseArray
from latentscape.data.rows import Indices
from latentscape.system.removal import remove_file

UNKNOWN, GREY, COLOUR, BAD = range(4)

_SETTLE = 2.0  # seconds of work that may be lost with the machine


class Sheet:
    """N pictures of one shape, each there or not yet.

    A picture's state is written after its pixels are on the disk itself: a process or a machine
    that dies leaves whole pictures or none.

    Args:
        folder: Where it is; made there if it is not.
        shape: (N, C, H, W).
        key: Of what else was done to them; "" where nothing was.

    Raises:
        OSError: If it cannot be made.
    """

    def __init__(self, folder: Path, shape: tuple[int, int, int, int], key: str = "") -> None:
        N, C, H, W = self.shape = shape
        self.key = key
        self.width, self.height, self.row = W, H, C * H * W
        path, state = (folder / f"{W}x{H}x{C}{key and '-' + key}.{end}" for end in ("u8", "state"))
        if not path.exists() or path.stat().st_size != N * self.row:
            remove_file(state)  # somebody removed the pictures
        self._pixels, self._state = (
            SparseArray(path, shape, np.uint8),
            SparseArray(state, (N,), np.uint8),
        )
        self._pending: list[tuple[Indices, NDArray[np.uint8]]] = []
        self._settled = time.monotonic()

    def states(self, positions: Indices) -> NDArray[np.uint8]:
        """What is known of pictures: UNKNOWN, GREY, COLOUR or BAD."""
        states: NDArray[np.uint8] = self._state.array[positions]
        return states

    def pixels(self, channels: int) -> NDArray[np.uint8]:
        """All pictures (N, channels, H, W), mapped."""
        return self._pixels.array[:, :channels]

    def put(
        self, positions: Indices, images: Sequence[NDArray[np.uint8] | BadPictureError]
    ) -> None:
        """Keep pictures.

        Args:
            positions: Which they are (M,).
            images: Each (1, H, W) if grey, else (3, H, W), or the reason why there is none.

        Raises:
            OSError: If the disk is full.
        """
        states = np.array([state_of(image) for image in images], np.uint8)
        good = [image for image in images if not isinstance(image, BadPictureError)]
        self._pixels.put(positions[states != BAD], good)
        self._pending.append((positions, states))
        if time.monotonic() - self._settled > _SETTLE:
            self.settle()

    def settle(self) -> None:
        """Bring all that was put to the disk, and then write that it is there."""
        self._pixels.sync()
        for positions, states in self._pending:
            self._state.put(positions, states)
        self._pending.clear()
        self._settled = time.monotonic()


def sheets_in(folder: Path, count: int) -> list[Sheet]:
    """Every sheet of a folder of `count` pictures."""
    found = [path.stem.partition("-") for path in sorted(folder.glob("*.state"))]
    shapes = [([int(n) for n in size.split("x")], key) for size, _, key in found]
    return [Sheet(folder, (count, C, H, W), key) for (W, H, C), key in shapes]


def headers_in(folder: Path, count: int) -> SparseArray:
    """A `Header` for each of `count` pictures, int32; 0 where not known, -1 where bad."""
    return SparseArray(folder / "headers.i4", (count, len(Header._fields)), np.int32)


def state_of(image: NDArray[np.uint8] | BadPictureError) -> int:
    """The state of a picture that was decoded, or could not be."""
    if isinstance(image, BadPictureError):
        return BAD
    return GREY if len(image) == 1 else COLOUR
