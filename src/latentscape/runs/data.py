"""Which images a run was trained on, as its `run.json` says."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from latentscape.data import Examples, Splits, SplitsOf, catalogue
from latentscape.data.stream.splits import is_streamed


@dataclass(frozen=True)
class Data:
    """Which images a model was trained on.

    Attributes:
        source: a source's name or a path, as `load_images` takes it.
        options: the other arguments of `load_images`.
        fingerprint: SHA-256 of the three splits.
        classes: the names of the classes.
        counts: images in training, validation and test.
        summary: what was read, in one sentence.
        notes: what was done to it, and what is odd about it.
        preparation: what was done to each picture, as `load_images` takes it.
        cut: ids of the validation and test pictures, where these were cut from files.
        columns: what else is known of each image: the kind of each column, by name.
    """

    source: str
    options: dict[str, Any]
    fingerprint: str
    classes: tuple[str, ...]
    counts: dict[str, int]
    summary: str = ""
    notes: tuple[str, ...] = ()
    preparation: dict[str, Any] = field(default_factory=dict)
    cut: dict[str, list[str]] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, images: SplitsOf[Examples]) -> Data:
        """Describe three splits."""
        return cls(
            source=lasting(images.name),
            options=dict(images.options),
            fingerprint=images.fingerprint,
            classes=images.classes,
            counts=images.counts,
            summary=images.summary,
            notes=images.notes,
            preparation=images.preparation.to_json(),
            cut={name: list(ids) for name, ids in images.cut.items()},
            columns={name: column.kind for name, column in images.train.columns.items()},
        )

    def changes(self, images: Splits, *, relabelled: bool = False) -> str:
        """Say how images differ from those of the record; "" where they are the same.

        Args:
            images: now.
            relabelled: whether labels are of another table, so that only counts are looked at.
        """
        if images.fingerprint == self.fingerprint:
            return ""
        counts = ", ".join(
            f"{now:,} {name} for {self.counts[name]:,}"
            for name, now in images.counts.items()
            if now != self.counts.get(name)
        )
        if relabelled and not counts:
            return ""
        kept = "; what was tested on then is tested on now" if self.cut else ""
        return (
            f"the images of '{images.name}' are not those that were trained on"
            f"{f' ({counts})' if counts else ''}{kept}"
        )


def lasting(source: str) -> str:
    """Make a path absolute, so that it means the same from any folder; leave names alone."""
    named = source in {info.name for info in catalogue()}
    there = os.path.exists(source)  # noqa: PTH110 (Path.exists raises for what is no name at all)
    if not there and "://" not in source and is_streamed(source):  # "*" and "{000..099}"
        return str(Path(source).absolute())
    return str(Path(source).resolve()) if there and not named else source
