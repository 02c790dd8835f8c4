"""The list of a folder's pictures: names, classes and splits, in few bytes a picture."""

from __future__ import annotations

import hashlib
import json
import os
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from latentscape.data.folder.layout import Picture
from latentscape.data.folder.tree import NO_PICTURE, LeftOut
from latentscape.data.names import Names
from latentscape.data.npy import read_npy
from latentscape.data.source import WAYS
from latentscape.system.errors import LatentscapeError
from latentscape.system.names import natural_key
from latentscape.system.reading import read_small

VERSION = 2
"""Of what is kept of a listing; another one is made anew."""


class Survey(NamedTuple):
    """What a walk through a folder tells without keeping anything.

    Attributes:
        fingerprint: SHA-256 of all places, lengths and times of change, 64 hexadecimal digits.
        size: Bytes of all pictures together.
    """

    fingerprint: str
    size: int


def survey(pictures: Iterable[Picture]) -> Survey:
    """Go through pictures once."""
    digest, size = hashlib.sha256(f"layout {VERSION}".encode()), 0
    for picture in pictures:
        digest.update(os.fsencode("\0".join(map(str, picture)) + "\n"))
        size += picture.size
    return Survey(digest.hexdigest(), size)


class Paths(Names):
    """Paths, one after the other in one array of bytes.

    Args:
        text: All of them, uint8.
        ends: Where each ends, int64 (N,).
    """

    def __init__(self, text: NDArray[np.uint8], ends: NDArray[np.int64]) -> None:
        self.text, self.ends = text, ends

    def __len__(self) -> int:
        return len(self.ends)

    def at(self, i: int) -> str:
        """Cut number i out."""
        start = int(self.ends[i - 1]) if i else 0
        return os.fsdecode(self.text[start : int(self.ends[i])].tobytes())


@dataclass(frozen=True)
class Listing:
    """N pictures of a folder.

    Attributes:
        paths: Their places within the folder, split by split and class by class.
        stamps: Length in bytes and time of change of each, int64 (N, 2).
        labels: Their classes' numbers, int64 (N,), or None.
        classes: The names of the classes, in natural order.
        given: Positions by split, where the folder is divided.
        left_out: How many files are no pictures, by ending and reason.
        endings: How many files are pictures, by ending.
        notes: Sentences on how the folder is read.
    """

    paths: Paths
    stamps: NDArray[np.int64]
    labels: NDArray[np.int64] | None
    classes: tuple[str, ...]
    given: dict[str, range]
    left_out: LeftOut
    endings: Counter[str]
    notes: tuple[str, ...]

    @classmethod
    def of(
        cls,
        folder: Path,
        pictures: Iterable[Picture],
        left_out: LeftOut,
        notes: tuple[str, ...] = (),
    ) -> Listing:
        """List pictures.

        Args:
            folder: What to call them in messages.
            pictures: As `walk` gives them.
            left_out: Which counts what is no picture while they are given.
            notes: Sentences on how the folder is read.

        Raises:
            LatentscapeError: If there is none, or only some splits have class folders.
        """
        text, ends, stamps, kinds = bytearray(), array("q"), array("q"), array("q")
        numbers: dict[str, int] = {}
        counts: dict[str, int] = {}
        labelled: dict[str, bool] = {}
        endings: Counter[str] = Counter()
        for picture in pictures:
            text += os.fsencode(picture.path)
            ends.append(len(text))
            stamps.extend((picture.size, picture.changed))
            kinds.append(numbers.setdefault(picture.kind, len(numbers)))
            counts[picture.split] = counts.get(picture.split, 0) + 1
            labelled[picture.split] = picture.kind != ""
            endings[os.path.splitext(picture.path)[1].lower()] += 1  # noqa: PTH122 (a name)
        if not counts:
            raise LatentscapeError(
                f"there is no picture in '{folder}'{_instead(left_out)}; give a folder with files "
                f"such as .png or .jpg"
            )
        if len(set(labelled.values())) > 1:
            raise LatentscapeError(
                f"'{folder}' has class folders in only some of {', '.join(labelled)}; make them "
                f"alike"
            )
        classes = tuple(sorted(filter(None, numbers), key=natural_key))
        order = np.array([numbers[name] for name in classes], np.int64)
        return cls(
            paths=Paths(np.frombuffer(bytes(text), np.uint8), np.array(ends, np.int64)),
            stamps=np.array(stamps, np.int64).reshape(-1, 2),
            labels=np.argsort(order)[np.array(kinds, np.int64)] if classes else None,
            classes=classes,
            given={} if set(counts) == {"all"} else dict(_ranges(counts)),
            left_out=left_out,
            endings=endings,
            notes=notes,
        )

    def __len__(self) -> int:
        return len(self.paths)

    def write(self, folder: Path) -> None:
        """Write it to an existing folder."""
        for name, values in self._arrays().items():
            np.save(folder / f"{name}.npy", values)
        given = {split: [part.start, part.stop] for split, part in self.given.items()}
        left_out = [[*key, count] for key, count in self.left_out.counts.items()]
        about = {
            "version": VERSION,
            "classes": self.classes,
            "given": given,
            "left_out": left_out,
            "endings": self.endings,
            "notes": self.notes,
        }
        (folder / "listing.json").write_text(json.dumps(about))

    def _arrays(self) -> dict[str, NDArray[Any]]:
        arrays: dict[str, NDArray[Any]] = {"names": self.paths.text, "ends": self.paths.ends}
        arrays["stamps"] = self.stamps
        return arrays if self.labels is None else arrays | {"labels": self.labels}

    @classmethod
    def read(cls, folder: Path) -> Listing:
        """Map what `write` wrote.

        Raises:
            ValueError: If another version wrote it.
            LatentscapeError: If an array is damaged.
            Exception: Any of `latentscape.system.files.DAMAGE`, if `listing.json` is.
        """
        about = json.loads(read_small(folder / "listing.json"))
        if about.get("version") != VERSION:
            raise ValueError("another version of latentscape listed these pictures")
        arrays: dict[str, NDArray[Any]] = {
            p.stem: read_npy(p) for p in sorted(folder.glob("*.npy"))
        }
        return cls(
            paths=Paths(arrays["names"], arrays["ends"]),
            stamps=arrays["stamps"],
            labels=arrays.get("labels"),
            classes=tuple(map(str, about["classes"])),
            given={split: range(*ends) for split, ends in about["given"].items()},
            left_out=LeftOut(Counter({(e, reason): int(n) for e, reason, n in about["left_out"]})),
            endings=Counter({str(ending): int(n) for ending, n in about["endings"].items()}),
            notes=tuple(map(str, about["notes"])),
        )


def _ranges(counts: dict[str, int]) -> Iterator[tuple[str, range]]:
    """Consecutive positions for each split."""
    start = 0
    for split, count in counts.items():
        yield split, range(start, start + count)
        start += count


def _instead(left_out: LeftOut) -> str:
    """What a folder without pictures holds."""
    missed = [(key, n) for key, n in left_out.counts.most_common() if key[1] != NO_PICTURE]
    if not missed:
        return ""
    (ending, reason), n = missed[0]
    return f", but {n:,} {ending or 'without ending'} ({reason}: {WAYS[reason]})"
