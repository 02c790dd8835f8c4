"""Readers of what is streamed: pictures shard by shard, and the folder that their codes are in."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa

from latentscape.data import load_images
from latentscape.data.folder.tree import LeftOut
from latentscape.data.preparation import Preparation
from latentscape.data.stream.blocks import blocks_of
from latentscape.data.stream.decoded import Decoder
from latentscape.data.stream.shards import BLOCK, shards_of
from latentscape.data.stream.storage import storage_of
from latentscape.data.stream.tree import tree_at
from latentscape.evaluation.encoding.encode import _list_failures
from latentscape.evaluation.encoding.job import FILE, Job, begin
from latentscape.evaluation.encoding.parts import Note, part_path, schema_of, write_part
from tests.fuzz import samples
from tests.fuzz.hostile import put

HOW = Preparation(size="4x4", background="white", scale="dtype", colour="grey")
MEMORY = "memory://fuzz"


def streamed(source: str) -> object:
    """Go through a source, and say how much of it can be read."""
    seen = []
    for shard in shards_of(source, LeftOut()):
        with blocks_of(shard, BLOCK) as blocks:
            for block in blocks:
                decoder = Decoder(HOW, (1, 4, 4), 2, 1)
                rows = [row for batch in decoder.batches(block) for row in batch.rows]
                seen.append((rows, len(decoder.failures)))
    return seen


def streamed_file(folder: Path, content: bytes) -> object:
    """Stream a spoilt Parquet file."""
    (folder / "s").mkdir(exist_ok=True)
    put(folder / "s/a.parquet", content)
    return streamed(str(folder / "s"))


def trained_file(folder: Path, content: bytes) -> object:
    """Train on a spoilt Parquet file beside a sound one, as far as to read its pictures."""
    (folder / "t").mkdir(exist_ok=True)
    put(folder / "t/a.parquet", samples.picture_table())
    put(folder / "t/b.parquet", content)
    images = load_images(folder / "t", size=4)
    order = next(images.stream.windows(1, np.random.default_rng(0)))
    return images.cut, images.stream.read(np.sort(order), 1).good.tolist()


def remote_picture(folder: Path, content: bytes) -> object:
    """Stream a folder of another storage with a spoilt picture, beside a sound one."""
    storage = storage_of(MEMORY)
    for name, held in (("a.png", content), ("b.png", samples.picture()), ("c", content)):
        storage.system.pipe_file(f"{storage.path}/{name}", held)
    found = tree_at(storage).find("a.png")
    return streamed(MEMORY), found is None


@cache
def job(folder: Path) -> Job:
    """Of a run that is not opened."""
    return Job("run", "pictures", folder / "codes", "0" * 64, HOW)


def encoding(folder: Path) -> list[bytes]:
    """What a sound folder says of itself."""
    begin(job(folder))
    return [(folder / "codes" / FILE).read_bytes()]


def encoding_file(folder: Path, content: bytes) -> object:
    """Go on with a folder of codes that says something spoilt of itself."""
    put(folder / "codes" / FILE, content)
    return begin(job(folder))


def part(folder: Path) -> list[bytes]:
    """A sound part."""
    (folder / "codes").mkdir(exist_ok=True)
    path = part_path(folder / "codes", 0, 0)
    rows = {"file": ["a"], "row": [0], "id": ["b"], "label": ["c"], "z_0": [0.5]}
    table = pa.table(rows, schema_of(1, clouds=False))
    write_part(path, table, Note("0" * 32, 1, True, (), LeftOut()))
    return [path.read_bytes()]


def part_file(folder: Path, content: bytes) -> object:
    """Read what a spoilt part says of itself."""
    put(part_path(folder / "codes", 0, 0), content)
    return _list_failures(folder / "codes", ["a"], LeftOut())
