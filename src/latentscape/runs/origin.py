"""Which run a training began from, where it had a pretrained start."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """The run whose weights a training began with, known by what it is and not by where it lay.

    Attributes:
        name: the run's.
        epoch: the epoch whose weights they are; 0 where that is not known.
        created: when it was begun, in UTC; "" where that is not known.
        weights: SHA-256 of its weights, as of the file that keeps them.
        data: the fingerprint of the images that it was trained on; "" where that is not known.
    """

    name: str
    epoch: int
    created: str
    weights: str
    data: str
