"""The list of a folder's pictures: names, classes and splits, in few bytes a picture."""

from __future__ import annotations

import hashlib
import json
import os
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from latentscape.data.folder.layout import Picture
from latentscape.data.names import Names
from latentscape.system.errors import LatentscapeError


class Survey(NamedTuple):
    """What a walk through a folder tells without keeping anything.

    Attributes:
        fingerprint: SHA-256 of all paths, lengths and times of change, 64 hexadecimal digits.
        size: Bytes of all pictures together.
    """

    fingerprint: str
    size: int


def survey(pictures: Iterable[Picture]) -> Survey:
    """Go through pictures once."""
    digest, size = hashlib.sha256(), 0
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
        paths: Their files, split by split and class by class.
        stamps: Length in bytes and time of change of each, int64 (N, 2).
        labels: Their classes' numbers, int64 (N,), or None.
        classes: The names of the classes, in natural order.
        given: Positions by split, where the folder is divided.
    """

    paths: Paths
    stamps: NDArray[np.int64]
    labels: NDArray[np.int64] | None
    classes: tuple[str, ...]
    given: dict[str, range]

    @classmethod
    def of(cls, folder: Path, pictures: Iterable[Picture]) -> Listing:
        """List pictures.

        Args:
            folder: What to call them in messages.
            pictures: As `walk` gives them.

        Raises:
            LatentscapeError: If there is none, or only some splits have class folders.
        """
        text, ends, stamps, kinds = bytearray(), array("q"), array("q"), array("q")
        numbers: dict[str, int] = {}
        counts: dict[str, int] = {}
        labelled: dict[str, bool] = {}
        for picture in pictures:
            text += os.fsencode(picture.path)
            ends.append(len(text))
            stamps.extend((picture.size, picture.changed))
            kinds.append(numbers.setdefault(picture.kind, len(numbers)))
            counts[picture.split] = counts.get(picture.split, 0) + 1
            labelled[picture.split] = picture.kind != ""
        if not counts:
            raise LatentscapeError(
                f"there is no picture in '{folder}'; give a folder with files such as .png or .jpg"
            )
        if len(set(labelled.values())) > 1:
            raise LatentscapeError(
                f"'{folder}' has class folders in only some of {', '.join(labelled)}; make them "
                f"alike"
            )
        classes = tuple(sorted(filter(None, numbers), key=_natural))
        order = np.array([numbers[name] for name in classes], np.int64)
        return cls(
            paths=Paths(np.frombuffer(bytes(text), np.uint8), np.array(ends, np.int64)),
            stamps=np.array(stamps, np.int64).reshape(-1, 2),
            labels=np.argsort(order)[np.array(kinds, np.int64)] if classes else None,
            classes=classes,
            given={} if set(counts) == {"all"} else dict(_ranges(counts)),
        )

    def __len__(self) -> int:
        return len(self.paths)

    def write(self, folder: Path) -> None:
        """Write it to an existing folder."""
        for name, values in self._arrays().items():
            np.save(folder / f"{name}.npy", values)
        given = {split: [part.start, part.stop] for split, part in self.given.items()}
        about = {"classes": self.classes, "given": given}
        (folder / "listing.json").write_text(json.dumps(about))

    def _arrays(self) -> dict[str, NDArray[Any]]:
        arrays: dict[str, NDArray[Any]] = {"names": self.paths.text, "ends": self.paths.ends}
        arrays["stamps"] = self.stamps
        return arrays if self.labels is None else arrays | {"labels": self.labels}

    @classmethod
    def read(cls, folder: Path) -> Listing:
        """Map what `write` wrote."""
        about = json.loads((folder / "listing.json").read_text())
        arrays = {p.stem: np.load(p, mmap_mode="r") for p in sorted(folder.glob("*.npy"))}
        return cls(
            paths=Paths(arrays["names"], arrays["ends"]),
            stamps=arrays["stamps"],
            labels=arrays.get("labels"),
            classes=tuple(about["classes"]),
            given={split: range(*ends) for split, ends in about["given"].items()},
        )


def _ranges(counts: dict[str, int]) -> Iterator[tuple[str, range]]:
    """Consecutive positions for each split."""
    start = 0
    for split, count in counts.items():
        yield split, range(start, start + count)
        start += count


def _natural(name: str) -> tuple[int, str]:
    """Sorts "2" before "10"."""
    return (int(name), "") if name.isdecimal() else (1 << 62, name)
