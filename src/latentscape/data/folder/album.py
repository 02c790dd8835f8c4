"""Pictures and what is decoded of them, in a folder: each is decoded once.

.. code-block:: text

    headers.i4        width, height and channels of each picture; 0 where not known, -1 where bad
    bad.txt           number, reason and path of those that cannot be read
    64x64x3.u8        the pictures at one size, as far as they are decoded …
    64x64x3.state     … and a byte for each that says so
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentscape.data.folder.decode import BadPictureError, decode, read_header
from latentscape.data.folder.failures import BadPictures
from latentscape.data.folder.sheet import BAD, COLOUR, UNKNOWN, Sheet, headers_in
from latentscape.data.folder.workers import each, processors
from latentscape.data.progress import counting
from latentscape.data.rows import Indices, Positions, choose
from latentscape.data.source import LARGEST, Batch, Read
from latentscape.system.errors import LatentscapeError

_LARGEST_MIXED = 64
_LARGE = 1 << 16  # pixels from which threads gain more than they cost in changing over


class Album:
    """Pictures, decoded as far as anybody asked for them.

    Args:
        place: An existing folder that nobody else uses now.
        paths: N files.
        passing: Whether the folder will not last: then what is read is copied into memory.
    """

    def __init__(self, place: Path, paths: Sequence[str], *, passing: bool = False) -> None:
        self.place, self.paths, self.passing = place, paths, passing
        self.headers = headers_in(place, len(paths))
        self.bad = BadPictures(place / "bad.txt", paths)

    def read(self, sets: Sequence[Positions], size: int | None, skip_bad: bool) -> Read:
        """Give pictures at one size, decoding those that are not there yet.

        Pictures of one size keep it; mixed ones are cut to their central square and brought to the
        median of their shorter sides, 64 at most.

        Args:
            sets: Which pictures, set by set, each once.
            size: Cut to the central square and bring to `size` × `size`; None keeps pictures of
                one size as they are.
            skip_bad: Leave out what cannot be decoded, and note how many.

        Returns:
            The pictures, grey if all of them are, and notes on what was done to them.

        Raises:
            LatentscapeError: If some cannot be read, all named together, or there is no room.
            OSError: If the folder cannot be written.
        """
        asked = np.concatenate([positions[:] for positions in sets])
        headers = self._look(asked)
        known = headers[:, 0] > 0
        if not known.any():
            raise LatentscapeError(self.bad.sentence(asked, kept=not self.passing))
        side, notes = target(headers[known, :2], size)
        W, H = (side, side) if side else headers[known][0, :2].tolist()
        sheet = Sheet(self.place, (len(self.paths), int(headers[:, 2].max()), H, W))
        self._decode(asked[known], side, sheet)
        states = np.where(known, sheet.states(asked), BAD)
        good = states != BAD
        if not good.any() or not (good.all() or skip_bad):
            raise LatentscapeError(self.bad.sentence(asked[~good], kept=not self.passing))
        if not good.all():
            notes = (*notes, f"{(~good).sum():,} unreadable pictures were left out")
        pixels = sheet.pixels(3 if (states == COLOUR).any() else 1)
        if self.passing:
            pixels = np.asarray(pixels)  # no map that `choose` would leave on the disk
        ends = np.cumsum([len(positions) for positions in sets])[:-1]
        kept = [
            positions if there.all() else positions[np.flatnonzero(there)]
            for positions, there in zip(sets, np.split(good, ends), strict=True)
        ]
        return Read(tuple(Batch(choose(pixels, part), part) for part in kept), notes)

    def _look(self, asked: Indices) -> NDArray[np.int32]:
        """Give the headers (M, 3) of pictures, reading those that are not known yet."""
        unknown = asked[self.headers.array[asked, 0] == 0]
        for chunk, found in each(read_header, self.paths, unknown, processors()):
            self.bad.add(chunk, found)
            rows = [(-1, -1, -1) if isinstance(f, BadPictureError) else f for f in found]
            self.headers.put(chunk, np.array(rows))
        headers: NDArray[np.int32] = self.headers.array[asked]
        return headers

    def _decode(self, asked: Indices, side: int | None, sheet: Sheet) -> None:
        """Decode the pictures that are not on a sheet yet."""
        todo = asked[sheet.states(asked) == UNKNOWN]
        if len(todo) == 0:
            return
        self._check_room(len(todo), sheet)
        area = self.headers.array[todo, :2].astype(np.int64).prod(1).max()
        threads = processors() if area > _LARGE else 1

        def work(path: Path) -> NDArray[np.uint8]:
            image = decode(path, side)
            if image.shape[1:] != sheet.shape[2:]:
                raise BadPictureError("its size is not what its header says")
            return image

        line = f"decoding {len(todo):,} pictures, which are kept in '{self.place}'"
        shown = counting(line, "decoding", len(todo))
        done = 0
        with nullcontext(int) if self.passing else shown as count:
            try:
                for chunk, found in each(work, self.paths, todo, threads):
                    self.bad.add(chunk, found)
                    sheet.put(chunk, found)
                    done += len(chunk)
                    count(done)
            finally:
                sheet.settle()

    def _check_room(self, count: int, sheet: Sheet) -> None:
        """Refuse what does not fit: into memory, where it will be copied, or onto the disk."""
        room = LARGEST if self.passing else shutil.disk_usage(self.place).free
        if count * sheet.row <= room:
            return
        pictures = f"{count:,} pictures of {sheet.width}×{sheet.height}"
        need = f"{count * sheet.row / 1e9:.1f} GB"
        if self.passing:
            raise LatentscapeError(
                f"{pictures} take {need} of memory; give a smaller size or a limit"
            )
        raise LatentscapeError(
            f"{pictures} take {need}, and '{self.place}' has room for {room / 1e9:.1f}; give a "
            f"smaller size or a limit, or set LATENTSCAPE_DATA to a folder with more room"
        )


def target(sizes: NDArray[np.int32], size: int | None) -> tuple[int | None, tuple[str, ...]]:
    """The side to bring pictures to, None to keep them, and what to say of it.

    Args:
        sizes: Width and height of each (M, 2).
        size: The side that is asked for, or None.

    Example:
        >>> target(np.array([[40, 20], [30, 90]]), None)[0]
        20
    """
    mixed = (sizes != sizes[0]).any()
    if size is None and mixed:
        shorter = np.sort(sizes.min(1))
        side = min(_LARGEST_MIXED, int(shorter[(len(shorter) - 1) // 2]))
        kinds = len(np.unique(sizes, axis=0))
        return side, (
            f"pictures of {kinds:,} sizes were cut to their central square and brought to "
            f"{side}×{side}",
        )
    if size is not None and (sizes[:, 0] != sizes[:, 1]).any():
        return size, ("pictures that are not square were cut to their central square",)
    return size, ()
