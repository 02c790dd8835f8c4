"""The codes of any number of pictures, in constant memory, cut off anywhere and gone on with."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from latentscape.data.folder.tree import LeftOut
from latentscape.data.stream.shards import Shard, shards_of
from latentscape.data.stream.storage import places_of, storage_of
from latentscape.evaluation.encoding.engines import Engine, here
from latentscape.evaluation.encoding.job import LOCK, Job, begin, check_run, end, hash_weights
from latentscape.evaluation.encoding.parts import notes_of, part_path
from latentscape.evaluation.encoding.shard import Done, is_done, kept_notes
from latentscape.runs.load import load_run
from latentscape.system.csv_files import csv_bytes
from latentscape.system.errors import LatentscapeError
from latentscape.system.files import atomic_path, make_folder
from latentscape.system.locks import locked
from latentscape.system.printing import print_aside
from latentscape.system.progress import Pace

FAILURES = "_failures.csv"
COLUMNS = ("file", "row", "id", "reason")
NAMED = 10
OFTEN = 10.0  # seconds between two lines


@dataclass
class Encoded:
    """What came of encoding.

    Attributes:
        folder: where the codes are.
        pictures: how many were looked at.
        failed: how many of them could not be read; `_failures.csv` has all.
        fresh: how many were looked at just now, not in an earlier start.
        seconds: that it took.
        failures: the first of those that could not be read: file, row, id, reason.
        left_out: files and members that are no pictures, counted.
    """

    folder: Path
    pictures: int = 0
    failed: int = 0
    fresh: int = 0
    seconds: float = 0.0
    failures: list[tuple[str, int, str, str]] = field(default_factory=list)
    left_out: LeftOut = field(default_factory=LeftOut)

    def add(self, done: Done) -> None:
        """Count what came of a shard."""
        self.pictures += done.pictures
        self.failed += done.failed
        self.fresh += done.fresh


def encode_pictures(
    run: str | Path,
    source: str | Path,
    out: str | Path,
    *,
    engine: Engine = here,
    trust: bool = False,
) -> Encoded:
    """Encode pictures of any number into a folder of Parquet tables, or go on with it.

    Pictures are prepared as the run's own were, gone through once and in order, and never all in
    memory. What is killed goes on at the block of 4,096 where it was, and ends in the same bytes
    (same machine, same number of threads).

    Args:
        run: a run's directory.
        source: a folder of pictures, a tar (WebDataset), zip or Parquet file of them, or a folder
            of such files: a path, or an address that fsspec reaches (s3://, https://, …); "*" and
            "{000..099}" stand for several.
        out: the folder; each part holds file, row, id, label, z_0 …, scale_0 ….
        engine: what encodes: this process, or what `encoding_engine("ray")` gives.
        trust: whether the run's recipe may be from outside latentscape; its code then runs.

    Returns:
        How many there were, and what could not be read.

    Raises:
        LatentscapeError: when there is no such run or source, the folder holds other codes, or the
            source has changed since.

    Example:
        >>> import latentscape as ls, tempfile
        >>> from PIL import Image
        >>> images = ls.load_images("digits", limit=200)
        >>> run = ls.fit(ls.recipes.vae(images.shape), images, epochs=1)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     place = run.save(f"{folder}/run")
        ...     Path(f"{folder}/pictures").mkdir()
        ...     for i in range(3):
        ...         Image.fromarray(images.test.pixels[i, 0]).save(f"{folder}/pictures/{i}.png")
        ...     found = encode_pictures(place, f"{folder}/pictures", f"{folder}/codes")
        ...     found.pictures, found.failed
        (3, 0)
    """
    model = load_run(run, trust=trust)
    check_run(model)
    place = str(Path(run).absolute()) if Path(run).exists() else str(run)
    folder = Path(out).absolute()
    job = Job(place, str(source), folder, hash_weights(model), model.preparation, trust)
    storage_of(places_of(job.source)[0])  # an address that leads nowhere is said before anything
    make_folder(folder)
    with locked(folder / LOCK, f"'{folder}' is being encoded to by another process; wait for it"):
        begin(job)
        return _encoded(job, engine)


def _encoded(job: Job, engine: Engine) -> Encoded:
    """Encode what is not yet encoded of a job."""
    found, started, pace = Encoded(job.folder), time.monotonic(), Pace(OFTEN)
    places: list[str] = []

    def done(what: Done) -> None:
        found.add(what)
        found.seconds = time.monotonic() - started
        if pace.due():
            print_aside(f"{found.pictures:,} pictures, {found.fresh / found.seconds:,.0f} a second")

    def todo(left_out: LeftOut) -> Iterator[Shard]:
        for shard in shards_of(job.source, left_out):
            places.append(shard.place)
            notes = kept_notes(job, shard)
            if is_done(notes):
                failed = sum(note.failed for note in notes)
                done(Done(sum(note.pictures for note in notes), failed, 0))
            else:
                yield shard

    engine(job, todo(found.left_out), done)
    if part_path(job.folder, len(places), 0).exists():
        raise LatentscapeError(
            f"'{job.source}' has fewer files than when its codes in '{job.folder}' were begun; "
            "choose another --out"
        )
    found.seconds = time.monotonic() - started
    found.failures = _list_failures(job.folder, places, found.left_out)
    end(job, found.pictures, found.failed)
    return found


def _list_failures(
    folder: Path, places: Sequence[str], left_out: LeftOut
) -> list[tuple[str, int, str, str]]:
    """Write what could not be read, part after part, and give the first.

    Args:
        folder: of the codes.
        places: the files that shards are, in order.
        left_out: counts what is no picture in them.
    """
    first: list[tuple[str, int, str, str]] = []
    with atomic_path(folder / FAILURES) as beside, beside.open("wb") as file:
        file.write(csv_bytes(COLUMNS, ()))
        for place, note in notes_of(folder, places):
            left_out.counts.update(note.left_out.counts)
            rows = [(place, row, name, reason) for row, name, reason in note.failures]
            if rows:
                file.write(csv_bytes((), rows).removeprefix(b"\n"))
                first.extend(islice(rows, NAMED - len(first)))
    return first
