"""What came of reading images, in one sentence, and what about it somebody should be told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentscape.data.examples import title_of
from latentscape.data.folder.frames import key_of, locate
from latentscape.data.images import Images
from latentscape.data.preparation import Preparation
from latentscape.data.rows import Indices
from latentscape.data.source import WAYS, Read, Source
from latentscape.system.names import counted

_SEEN = 4096  # images of each split that are looked at
_NARROW = 64  # of 256 values
_MOST = 0.9
_NAMED = 5
UNREADABLE = "unreadable"


def summarise(source: Source, read: Read, parts: Mapping[str, Images]) -> str:
    """Say in one sentence what was read: how many, of what size, kind, classes and values.

    Args:
        source: Where the images come from.
        read: What came of reading it.
        parts: The images of each split, or all of them under "".
    """
    total = sum(map(len, parts.values()))
    C, H, W = next(iter(parts.values())).shape
    splits = ", ".join(f"{len(part):,} {name}" for name, part in parts.items() if name)
    low, high, some = _range(parts.values())
    values = f"values {low} … {high}" + (" in those looked at" if some else "")
    clauses = [
        f"{counted(total, 'image')} of {W}×{H} in {'grey' if C == 1 else 'colour'}"
        + (f" ({splits})" if splits else ""),
        _files(source.inventory, total, len(source.ids) - read.bad),
        _classes(parts),
        f"{read.cut:.0%} of each cut away" if read.cut >= 0.005 else "",
        values,
        left_out_clause(source.left_out),
    ]
    return f"{title_of(source.name)}: {'; '.join(filter(None, clauses))}"


def without_bad(source: Source, how: Preparation, bad: Indices) -> Source:
    """Count files that turned out to be unreadable among those that were left out.

    A file of several pictures is left out where none of these could be read.

    Args:
        source: where they are.
        how: what was done to pictures.
        bad: the positions of those that could not be read.
    """
    if not (len(bad) and source.inventory):
        return source
    files = {locate(source.ids[i], how)[0] for i in bad.tolist()}
    if key_of(how):
        unread = set(bad.tolist())
        files -= {locate(n, how)[0] for i, n in enumerate(source.ids) if i not in unread}
    counts = Counter(Path(file).suffix.lower() for file in files)
    left_out = Counter(source.left_out)
    left_out.update({(ending, UNREADABLE): count for ending, count in counts.items()})
    inventory = Counter(source.inventory)
    inventory.subtract(counts)
    return replace(source, inventory=+inventory, left_out=left_out)


def warnings(source: Source, parts: Mapping[str, Images]) -> tuple[str, ...]:
    """Sentences on what is probably not meant: values, equal pictures, lost files, one class."""
    low, high, _ = _range(parts.values())
    notes = lost_files(source)
    if low == high and _all_equal(parts.values()):
        notes.append(f"all pictures are of the one value {low}; look at the files, or --background")
    elif _all_equal(parts.values()):
        notes.append("all pictures are equal; look at the files")
    elif high - low < _NARROW:
        notes.append(
            f"values run from {low} to {high} only, of 0 … 255; say with --scale LOW,HIGH which "
            f"are black and white (--scale percentile finds them)"
        )
    counts = _class_counts(parts)
    most = max(counts.values(), default=0)
    if len(counts) > 1 and most > _MOST * sum(counts.values()):
        name = max(counts, key=lambda key: counts[key])
        notes.append(f"class '{name}' holds {most / sum(counts.values()):.0%} of the images")
    return tuple(notes)


def lost_files(source: Source) -> list[str]:
    """Sentences on files that were not read and that somebody may miss."""
    return missed(source.left_out)


def missed(left_out: Mapping[tuple[str, str], int]) -> list[str]:
    """Sentences on what was left out, by ending and reason, that somebody may miss."""
    return [
        f"{count:,} {_ending(ending)} left out ({reason}): {WAYS[reason]}"
        for (ending, reason), count in left_out.items()
        if reason in WAYS
    ]


def _files(inventory: Mapping[str, int], total: int, there: int) -> str:
    """The files that were read, by ending; or that were there, where a limit left some out.

    Args:
        inventory: how many files can be read, as far as that is known, by ending.
        total: how many pictures were read.
        there: how many might have been.
    """
    if not inventory:
        return ""
    named = sorted(inventory.items(), key=lambda item: -item[1])
    shown = [f"{count:,} {_ending(ending)}" for ending, count in named[:_NAMED]]
    files = ", ".join(shown) + (" …" if len(named) > _NAMED else "")
    return f"from {files}" if total == there else f"of {counted(there, 'picture')}: {files}"


def left_out_clause(left_out: Mapping[tuple[str, str], int]) -> str:
    """What was not read, by ending and reason, in a clause; "" where nothing was left out."""
    if not left_out:
        return ""
    named = sorted(left_out.items(), key=lambda item: -item[1])
    shown = [f"{n:,} {_ending(ending)} ({reason})" for (ending, reason), n in named[:_NAMED]]
    return "left out: " + ", ".join(shown) + (" …" if len(named) > _NAMED else "")


def _ending(ending: str) -> str:
    return ending or "without ending"


def _classes(parts: Mapping[str, Images]) -> str:
    """How many images each class has."""
    counts = _class_counts(parts)
    if not counts:
        return "no classes"
    shown = ", ".join(f"{name} {count:,}" for name, count in list(counts.items())[:_NAMED])
    more = " …" if len(counts) > _NAMED else ""
    return f"{len(counts):,} {'classes' if len(counts) > 1 else 'class'} ({shown}{more})"


def _class_counts(parts: Mapping[str, Images]) -> dict[str, int]:
    counts: Counter[int] = Counter()
    classes: Sequence[str] = ()
    for part in parts.values():
        if part.labels is not None:
            classes = part.classes
            counts.update(dict(enumerate(np.bincount(part.labels, minlength=len(classes)))))
    return {name: int(counts[i]) for i, name in enumerate(classes)}


def _range(parts: Iterable[Images]) -> tuple[int, int, bool]:
    """The least and the largest value, and whether only some images were looked at."""
    low, high, some = 255, 0, False
    for part in parts:
        pixels = _seen(part)
        low, high = min(low, int(pixels.min())), max(high, int(pixels.max()))
        some = some or len(pixels) < len(part)
    return low, high, some


def _all_equal(parts: Iterable[Images]) -> bool:
    """Whether every image is as the first."""
    seen = [_seen(part) for part in parts]
    return sum(map(len, seen)) > 1 and all((pixels == seen[0][:1]).all() for pixels in seen)


def _seen(part: Images) -> NDArray[np.uint8]:
    """The images, or some of many, evenly spaced."""
    if len(part) <= _SEEN:
        return np.asarray(part.pixels)
    return np.asarray(part.pixels[np.linspace(0, len(part) - 1, _SEEN).astype(np.int64)])
