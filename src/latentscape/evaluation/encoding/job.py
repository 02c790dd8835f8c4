"""What is encoded, how and to where: said once in the folder of codes, and held to."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from latentscape.data.preparation import Preparation
from latentscape.data.stream.shards import BLOCK
from latentscape.runs.run import Run
from latentscape.runs.weights import weights_of
from latentscape.system.errors import LatentscapeError
from latentscape.system.files import make_folder, write_atomic
from latentscape.system.reading import DAMAGE, read_json, read_small
from latentscape.system.removal import WORKSHOP

FILE, LOCK = "_encoding.json", "_lock"
VERSION = 1


@dataclass(frozen=True)
class Job:
    """What to encode.

    Attributes:
        run: the run's directory, or an address of one.
        source: the pictures: a path or an address.
        folder: where the codes go.
        weights: SHA-256 of the model's weights.
        preparation: of every picture, nothing left open.
        trust: whether the run's recipe may be from outside.
    """

    run: str
    source: str
    folder: Path
    weights: str
    preparation: Preparation
    trust: bool = False

    def to_json(self) -> dict[str, Any]:
        """What the folder says of it: what decides the codes, and where they are from."""
        return {
            "version": VERSION,
            "run": self.run,
            "source": self.source,
            "weights": self.weights,
            "preparation": asdict(self.preparation),
            "block": BLOCK,
        }


def hash_weights(run: Run) -> str:
    """SHA-256 of a model's weights, by their names."""
    digest = hashlib.sha256()
    for name, tensor in sorted(weights_of(run.model).items()):
        digest.update(f"{name} {tuple(tensor.shape)} {tensor.dtype}".encode())
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def check_run(run: Run) -> None:
    """Refuse a model whose codes cannot be had of a picture alone.

    Raises:
        LatentscapeError: when it is of a table, is told each picture's class, or reads pages or
            tiles of files.
    """
    if run.bounds != (0.0, 1.0):
        raise LatentscapeError(
            f"'{run.name}' is of a table, not of pictures; name a .parquet file with --out"
        )
    if run.model.labels:
        raise LatentscapeError(
            f"'{run.name}' is told each picture's class, which pictures that are streamed may not "
            "have; name a .parquet file with --out, or take a model that is not told"
        )
    how = run.preparation
    if how.pages == "all" or how.tile:
        raise LatentscapeError(
            f"'{run.name}' reads pages or tiles of files, and a stream has one picture a file; "
            "name a .parquet file with --out"
        )


def begin(job: Job) -> None:
    """Say in the folder what is encoded, or see that it is what is encoded there already.

    Args:
        job: what is encoded.

    Raises:
        LatentscapeError: when the folder holds other codes, or something else.
    """
    make_folder(job.folder)
    path, asked = job.folder / FILE, job.to_json()
    if not path.exists():
        names = {entry.name for entry in job.folder.iterdir()} - {LOCK}
        if not all(map(WORKSHOP.fullmatch, names)):
            raise LatentscapeError(
                f"'{job.folder}' holds something else than codes; choose another --out"
            )
        write_atomic(path, json.dumps(asked, indent=1).encode())
        return
    try:
        there = dict(read_json(read_small(path)))
    except DAMAGE as error:
        raise LatentscapeError(f"'{path}' is damaged; choose another --out") from error
    words = {
        "weights": "of another model, or of the same one trained on",
        "preparation": "of pictures that were prepared otherwise",
        "version": "by another version of latentscape",
        "block": "by another version of latentscape",
    }
    for name, said in words.items():
        if there.get(name) != asked[name]:
            raise LatentscapeError(f"'{job.folder}' holds codes {said}; choose another --out")


def end(job: Job, pictures: int, failed: int) -> None:
    """Say in the folder that all is done.

    Args:
        job: what was encoded.
        pictures: how many were looked at.
        failed: how many of them could not be read.
    """
    said = {**job.to_json(), "complete": True, "pictures": pictures, "failed": failed}
    write_atomic(job.folder / FILE, json.dumps(said, indent=1).encode())
