"""Two bundles side by side: which points are the same image, and what the two spaces share.

A pair is written as a folder of its own beside the two bundles, which stay as they are:

* `pair.json` says what the spaces share and how well each leads to the other;
* `links.arrow` holds for every image that both show its row in the `first` and in the `second`;
* `shared-first.arrow` and `shared-second.arrow` are a column for each of the two, as those of a
  bundle: how many of a point's ten nearest others both spaces have, from 0 to 1;
* `first-to-second.arrow` and `second-to-first.arrow` hold a map between the spaces as its `matrix`,
  a row for each number of the code it takes; `pair.json` has the rest of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from latentscape.bundle.reader import Bundle

FORMAT = "latentscape-pair"
VERSION = 1
FILES = (
    "pair.json",
    "links.arrow",
    "shared-first.arrow",
    "shared-second.arrow",
    "first-to-second.arrow",
    "second-to-first.arrow",
)


@dataclass(frozen=True)
class Pair:
    """Two bundles, and what was found of both.

    Attributes:
        first: one bundle.
        second: the other.
        folder: where the files of the pair lie.
    """

    first: Bundle
    second: Bundle
    folder: Path
