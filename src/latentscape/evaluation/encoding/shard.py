"""The codes of one shard, block by block: what was kept stays, the rest is encoded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from latentscape.data.stream.blocks import Block, Piece, blocks_of
from latentscape.data.stream.decoded import Decoded, Decoder
from latentscape.data.stream.shards import BLOCK, Shard
from latentscape.data.stream.storage import StorageError
from latentscape.evaluation.encoding.job import Job, hash_weights
from latentscape.evaluation.encoding.parts import (
    Note,
    part_path,
    read_note,
    schema_of,
    write_part,
)
from latentscape.models.pixels import at_once
from latentscape.runs.load import load_run
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError
from latentscape.system.names import readable


class Done(NamedTuple):
    """What came of a shard.

    Attributes:
        pictures: how many were looked at.
        failed: how many could not be read.
        fresh: how many of them were encoded just now, not before.
    """

    pictures: int
    failed: int
    fresh: int


def kept_notes(job: Job, shard: Shard) -> list[Note]:
    """What the parts of a shard say that are there already.

    Args:
        job: what is encoded.
        shard: a part of its pictures.

    Raises:
        LatentscapeError: when the shard has changed since, or a part is not ours.
    """
    notes: list[Note] = []
    while note := read_note(part_path(job.folder, shard.number, len(notes))):
        if note.stamp != shard.stamp:
            raise LatentscapeError(
                f"'{shard.place}' has changed since its codes in '{job.folder}' were begun; choose "
                "another --out"
            )
        notes.append(note)
    return notes


def encode_shard(job: Job, shard: Shard, threads: int) -> Done:
    """Encode what is not encoded yet of a shard.

    Args:
        job: what is encoded, and to where.
        shard: a part of its pictures.
        threads: how many decode.

    Raises:
        StorageError: when it cannot be fetched.
        LatentscapeError: when a part cannot be written, or what is there is of something else.
    """
    notes = kept_notes(job, shard)
    before = sum(note.pictures for note in notes)
    if not is_done(notes):
        model = opened(job)
        with ExitStack() as held:
            for block in blocks_or_damage(shard, held)[len(notes) :]:
                notes.append(encode_block(job, model, shard, block, threads))
    pictures = sum(note.pictures for note in notes)
    return Done(pictures, sum(note.failed for note in notes), pictures - before)


def is_done(notes: list[Note]) -> bool:
    """Whether the parts of a shard are all there."""
    return bool(notes) and notes[-1].last


def blocks_or_damage(shard: Shard, held: ExitStack) -> list[Block]:
    """The blocks of a shard; of a file that is none of pictures, one that says so.

    Args:
        shard: a part of the pictures.
        held: holds what is fetched.

    Raises:
        StorageError: when it cannot be fetched.
    """
    try:
        return held.enter_context(blocks_of(shard, BLOCK))
    except StorageError:
        raise
    except LatentscapeError as error:
        reason = str(error)

        def pieces() -> Iterator[Piece]:
            raise LatentscapeError(reason)

        return [Block(0, 0, True, pieces)]


def encode_block(job: Job, model: Model, shard: Shard, block: Block, threads: int) -> Note:
    """Encode some pictures, and keep their codes with what could not be read.

    Args:
        job: to where.
        model: what encodes.
        shard: where the pictures are from.
        block: the pictures.
        threads: how many decode.
    """
    run = model.run
    decoder = Decoder(job.preparation, run.shape, at_once(run.shape), threads)
    schema = schema_of(run.codes_size, clouds=model.clouds)
    tables = [schema.empty_table()]
    for batch in decoder.batches(block):
        tables.append(table_of(shard, batch, run, schema))
    failures = tuple(decoder.failures)
    note = Note(shard.stamp, decoder.seen, block.last, failures, block.left_out)
    path = part_path(job.folder, shard.number, block.number)
    write_part(path, pa.concat_tables(tables).combine_chunks(), note)
    return note


def table_of(shard: Shard, batch: Decoded, run: Run, schema: pa.Schema) -> pa.Table:
    """The rows of a batch.

    Args:
        shard: where its pictures are from.
        batch: the pictures.
        run: what encodes them.
        schema: the columns.
    """
    code, scale = run.posterior(batch.pixels)
    numbers = code if scale is None else np.concatenate([code, scale], axis=1)
    columns = [
        [readable(shard.place)] * len(batch.rows),
        batch.rows,
        [readable(name) for name in batch.names],
        [readable(label) or None for label in batch.labels],
        *np.ascontiguousarray(numbers.T),
    ]
    arrays = [pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


class Model(NamedTuple):
    """A run that encodes.

    Attributes:
        run: the run.
        clouds: whether its codes have standard deviations.
    """

    run: Run
    clouds: bool


def opened(job: Job) -> Model:
    """Open the run of a job, once in a process.

    Raises:
        LatentscapeError: when it is no run, or was trained on meanwhile.
    """
    return _opened(job.run, job.weights, job.trust)


@lru_cache(maxsize=1)
def _opened(path: str, weights: str, trust: bool) -> Model:
    run = load_run(path, trust=trust)
    if hash_weights(run) != weights:
        raise LatentscapeError(
            f"'{path}' has been trained on since its codes were begun; choose another --out"
        )
    blank = np.zeros((1, *run.shape), np.uint8)
    return Model(run, run.posterior(blank)[1] is not None)
