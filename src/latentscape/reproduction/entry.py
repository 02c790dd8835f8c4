"""What is said of a published figure, before anything is run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Mode: TypeAlias = Literal["kept", "timed", "plain"]


@dataclass(frozen=True)
class Figure:
    """One figure of a published model.

    Attributes:
        name: what is measured, one of `figures.FIGURES`.
        published: the value that was published; None where ours has no counterpart.
        aim: what ours is to reach, where that is another; None where it is the published one.
        options: how it is measured here: how many draws, on how many images.
    """

    name: str
    published: float | None = None
    aim: float | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """One model by one protocol, and the figures that were published of it.

    Attributes:
        name: what `latentscape reproduce` takes.
        group: the table that it stands in, one of `catalogue.GROUPS`.
        title: the model, in a few words.
        paper: where it was published, "arXiv:…" or in words.
        table: where in the paper.
        protocol: how the paper did it, in full.
        differs: what is done otherwise here; "" for nothing.
        train: the recipe and its settings, as `latentscape.train` takes them.
        figures: what is measured of it.
        data: the images, as `load_images` takes them.
        seeds: how many trainings, of seeds 0, 1, …
        mode: "kept" trains into a directory, where an interrupted training goes on; "timed" in
            memory, with the first figure looked at after each epoch; "plain" does the same in a
            loop of torch alone, as one writes it by hand.
    """

    name: str
    group: str
    title: str
    paper: str
    table: str
    protocol: str
    train: Mapping[str, Any]
    figures: tuple[Figure, ...]
    differs: str = ""
    data: str = "mnist"
    seeds: int = 1
    mode: Mode = "kept"

    def digest(self, figure: Figure) -> str:
        """Stands for all that decides a figure; one by another protocol has another.

        How many seeds there are, and what is published, is not in it.

        Args:
            figure: one of the entry's.

        Returns:
            Twelve hexadecimal digits.
        """
        decisive = [self.data, self.mode, dict(self.train), figure.name, dict(figure.options)]
        text = json.dumps(decisive, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:12]
