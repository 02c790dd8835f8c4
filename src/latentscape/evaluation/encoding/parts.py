"""The files that codes are kept in: each whole or not there, and saying which pictures it is of.

.. code-block:: text

    codes/
      _encoding.json              which run, and how its pictures are prepared
      _failures.csv               what could not be read; once all is done
      part-000000-0000.parquet    of shard 0, block 0: file, row, id, label, z_0 …, scale_0 …
      part-000000-0001.parquet    …

Names that begin with "_" are left out by whatever reads such a folder as one table.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from latentscape.data.folder.tree import LeftOut
from latentscape.data.parquet import parquet_note
from latentscape.data.stream.decoded import Failure
from latentscape.system.errors import LatentscapeError
from latentscape.system.files import atomic_path
from latentscape.system.names import readable
from latentscape.system.reading import DAMAGE, read_json

PART = re.compile(r"part-\d{6,}-\d{4,}\.parquet")
_NOTE = b"latentscape"


@dataclass(frozen=True)
class Note:
    """What a part says of itself.

    Attributes:
        stamp: of its shard, as it was.
        pictures: how many were looked at.
        last: whether it is its shard's last.
        failures: those that have no code.
        left_out: what else is in its shard, and no picture.
    """

    stamp: str
    pictures: int
    last: bool
    failures: tuple[Failure, ...]
    left_out: LeftOut

    @property
    def failed(self) -> int:
        """How many pictures, or rests of files, could not be read."""
        return len(self.failures)


def part_path(folder: Path, shard: int, block: int) -> Path:
    """Where the codes of a block are kept.

    Args:
        folder: of the codes.
        shard: its number.
        block: its number in the shard.

    Example:
        >>> part_path(Path("codes"), 3, 0).name
        'part-000003-0000.parquet'
    """
    return folder / f"part-{shard:06d}-{block:04d}.parquet"


def schema_of(d: int, *, clouds: bool) -> pa.Schema:
    """The columns of every part.

    Args:
        d: how many latent dimensions.
        clouds: whether codes have standard deviations.
    """
    numbers = [f"z_{i}" for i in range(d)] + [f"scale_{i}" for i in range(d) if clouds]
    return pa.schema(
        [("file", pa.string()), ("row", pa.int64()), ("id", pa.string()), ("label", pa.string())]
        + [(name, pa.float32()) for name in numbers]
    )


def write_part(path: Path, table: pa.Table, note: Note) -> None:
    """Keep the codes of a block, whole or not at all.

    Args:
        path: where.
        table: the codes.
        note: what they are of.

    Raises:
        LatentscapeError: when it cannot be written.
    """
    failures = [[row, readable(name), readable(why)] for row, name, why in note.failures]
    about = {
        "stamp": note.stamp,
        "pictures": note.pictures,
        "last": note.last,
        "failures": failures,
        "left_out": [[ending, why, n] for (ending, why), n in note.left_out.counts.items()],
    }
    said = json.dumps(about, ensure_ascii=True).encode()
    with atomic_path(path) as beside:
        pq.write_table(table.replace_schema_metadata({_NOTE: said}), beside)


def read_note(path: Path) -> Note | None:
    """Read what a part says of itself; None where there is none.

    Raises:
        LatentscapeError: when another program wrote what is there, or it is damaged.
    """
    if not path.exists():
        return None
    try:
        about: dict[str, Any] = read_json(parquet_note(path, _NOTE))
        return Note(
            str(about["stamp"]),
            int(about["pictures"]),
            bool(about["last"]),
            tuple(Failure(int(row), str(name), str(why)) for row, name, why in about["failures"]),
            LeftOut(Counter({(str(e), str(why)): int(n) for e, why, n in about["left_out"]})),
        )
    except DAMAGE as error:
        raise LatentscapeError(
            f"'{path}' is not a part of codes that latentscape wrote; move it elsewhere"
        ) from error


def notes_of(folder: Path, shards: Sequence[str]) -> Iterator[tuple[str, Note]]:
    """Read what all parts say, in order.

    Args:
        folder: of the codes.
        shards: the files that shards are, in order.

    Yields:
        the file of each part, and its note.
    """
    for number, place in enumerate(shards):
        block = 0
        while note := read_note(part_path(folder, number, block)):
            yield place, note
            block += 1
