"""Pictures and what is decoded of them, in a folder: each is decoded once.

.. code-block:: text

    headers.i4        width, height, channels, … of each; 0 where not known, -1 where bad
    bad.txt           number, reason and path of those that cannot be read
    64x64x3.u8        the pictures at one size, as far as they are decoded …
    64x64x3.state     … and a byte for each that says so
    64x64x3-KEY.u8    the same, where fit, background, scale, … are not the plain ones
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentscape.data.folder.decide import (
    Headers,
    cut_notes,
    cut_of,
    decide_background,
    decide_scale,
    decide_size,
    page_notes,
)
from latentscape.data.folder.decode import File, Frame, Header, decode, examine, read_header
from latentscape.data.folder.failures import BadPictures
from latentscape.data.folder.pixels import BadPictureError, Values
from latentscape.data.folder.sheet import BAD, COLOUR, GREY, UNKNOWN, Sheet, headers_in
from latentscape.data.folder.workers import each, processors
from latentscape.data.preparation import Preparation, cut_share
from latentscape.data.rows import Indices, Positions, choose
from latentscape.data.source import LARGEST, Batch, Read
from latentscape.system.errors import LatentscapeError
from latentscape.system.names import counted
from latentscape.system.progress import counting

Locate = Callable[[str], tuple[File, Frame]]

_LARGE = 1 << 16  # pixels from which threads gain more than they cost in changing over


class Album:
    """Pictures, decoded as far as anybody asked for them.

    Args:
        place: An existing folder that nobody else uses now.
        name: What to call the whole of them in messages.
        paths: The names of N pictures.
        locate: Opens the file of one by its name, and says which part of it the picture is.
        passing: Whether the folder will not last: then what is read is copied into memory.
    """

    def __init__(
        self,
        place: Path,
        name: str,
        paths: Sequence[str],
        locate: Locate,
        *,
        passing: bool = False,
    ) -> None:
        self.place, self.paths, self.locate, self.passing = place, paths, locate, passing
        self.headers = headers_in(place, len(paths))
        self.bad = BadPictures(place / "bad.txt", name, paths)

    def read(self, sets: Sequence[Positions], how: Preparation, skip_bad: bool) -> Read:
        """Give pictures at one size, decoding those that are not there yet.

        Args:
            sets: Which pictures, set by set, each once.
            how: What to do to them; what is "auto" is decided by all of them.
            skip_bad: Leave out what cannot be decoded.

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
        done, notes = self._decide(asked[known], headers[known], how)
        grey = how.colour == "grey" and not self.passing
        sheet = (grey and self._grey_already(asked[known], headers[known], done)) or self._sheet(
            headers[known], done
        )
        self._decode(asked[known], done, sheet)
        states = np.where(known, sheet.states(asked), BAD)
        good = states != BAD
        if not good.any() or not (good.all() or skip_bad):
            raise LatentscapeError(self.bad.sentence(asked[~good], kept=not self.passing))
        colour = how.colour == "rgb" or bool((states == COLOUR).any())
        pixels = sheet.pixels(3 if colour else 1)
        if self.passing:
            pixels = np.asarray(pixels)  # no map that `choose` would leave on the disk
        ends = np.cumsum([len(positions) for positions in sets])[:-1]
        kept = [
            positions if there.all() else positions[np.flatnonzero(there)]
            for positions, there in zip(sets, np.split(good, ends), strict=True)
        ]
        return Read(
            tuple(Batch(choose(pixels, part), part) for part in kept),
            notes,
            replace(done, colour="rgb" if colour else "grey"),
            cut_of(headers[known, :2], done)[0],
        )

    def _decide(
        self, asked: Indices, headers: Headers, how: Preparation
    ) -> tuple[Preparation, tuple[str, ...]]:
        """Decide what is "auto", and say what is done."""

        def values(chosen: Indices) -> list[Values]:
            found = each(self._examined, self.paths, asked[chosen], processors())
            return [v for _, some in found for v in some if isinstance(v, Values)]

        size, size_notes = decide_size(headers[:, :2], how)
        sized = replace(how, size=f"{size[0]}x{size[1]}")
        mean, worst = cut_of(headers[:, :2], sized)
        most = cut_share(int(headers[worst, 0]), int(headers[worst, 1]), sized)
        scaled, scale_notes = decide_scale(headers, sized, values)
        laid, paper_notes = decide_background(headers, scaled, values)
        notes = (*size_notes, *cut_notes(mean, most, self.paths[asked[worst]]))
        return laid, (*notes, *page_notes(headers, how), *scale_notes, *paper_notes)

    def _sheet(self, headers: Headers, how: Preparation) -> Sheet:
        """Where pictures are kept that are prepared in this way."""
        W, H = how.sides or (0, 0)
        changed = (headers[:, :2] != (W, H)).any()
        paper = headers[:, 4].any() or (changed and how.fit == "pad")
        channels = 3 if how.colour == "rgb" else int(headers[:, 2].max())
        effect = (
            how.fit if changed else "crop",
            how.background if paper else "white",
            how.scale,
            how.invert,
            how.colour == "grey" and channels == 3,
        )
        plain = ("crop", "white", "dtype", False, False)
        digest = hashlib.sha256(repr(effect).encode()).hexdigest()[:12]
        shape = (len(self.paths), 1 if how.colour == "grey" else channels, H, W)
        return Sheet(self.place, shape, "" if effect == plain else digest)

    def _grey_already(self, asked: Indices, headers: Headers, how: Preparation) -> Sheet | None:
        """What is kept of pictures in whatever colour they have, where all turned out grey."""
        sheet = self._sheet(headers, replace(how, colour="auto"))
        return sheet if (sheet.states(asked) == GREY).all() else None

    def _look(self, asked: Indices) -> Headers:
        """Give the headers (M, 6) of pictures, reading those that are not known yet."""
        unknown = asked[self.headers.array[asked, 0] == 0]
        for chunk, found in each(self._header, self.paths, unknown, processors()):
            self.bad.add(chunk, found)
            bad = (-1,) * len(Header._fields)
            rows = [bad if isinstance(f, BadPictureError) else f for f in found]
            self.headers.put(chunk, np.array(rows))
        headers: Headers = self.headers.array[asked]
        return headers

    def _header(self, name: str) -> Header:
        return read_header(*self.locate(name))

    def _examined(self, name: str) -> Values:
        return examine(*self.locate(name))

    def _decode(self, asked: Indices, how: Preparation, sheet: Sheet) -> None:
        """Decode the pictures that are not on a sheet yet."""
        todo = asked[sheet.states(asked) == UNKNOWN]
        if len(todo) == 0:
            return
        self._check_room(len(todo), sheet)
        area = self.headers.array[todo, :2].astype(np.int64).prod(1).max()
        threads = processors() if area > _LARGE else 1

        def work(name: str) -> NDArray[np.uint8]:
            file, frame = self.locate(name)
            image = decode(file, how, frame)
            if image.shape[1:] != sheet.shape[2:]:
                raise BadPictureError("its size is not what its header says")
            return image

        line = f"decoding {counted(len(todo), 'picture')}, kept in '{self.place}'"
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
