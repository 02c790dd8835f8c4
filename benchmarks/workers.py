"""How many pictures a second are encoded by this process, and by one and two workers of Ray.

    python -m benchmarks.workers                  16 tars of 2,500 JPEGs of 256×256: 4 minutes
    python -m benchmarks.workers --pictures 100   does it run?

The JPEGs are drawn as those of `folders.py`, 500 of them under other names again, brought to 64×64
in colour and encoded to 32 dimensions by dense layers. Each way encodes all of them to a new
folder; what Ray's workers take to start is counted and told by itself: the time until the first tar
is done beyond what one takes. Needs latentscape[ray].
"""

from __future__ import annotations

import argparse
import io
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import ray

import latentscape as ls
from benchmarks.folders import CLASSES, picture
from latentscape.data.stream.shards import Shard
from latentscape.evaluation.encoding.encode import encode_pictures
from latentscape.evaluation.encoding.engines import Engine, OnRay, here
from latentscape.evaluation.encoding.job import Job
from latentscape.evaluation.encoding.shard import Done

TARS, SIDE, DRAWN = 16, 256, 500


def write_tars(folder: Path, pictures: int) -> None:
    """Write the tars, of so many pictures each."""
    drawn = []
    for i in range(min(DRAWN, pictures)):
        content = io.BytesIO()
        picture(CLASSES[i % len(CLASSES)], i, (SIDE, SIDE)).save(content, "JPEG", quality=88)
        drawn.append(content.getvalue())
    folder.mkdir()
    for number in range(TARS):
        with tarfile.open(folder / f"{number:03}.tar", "w") as tar:
            for i in range(pictures):
                jpeg = drawn[i % len(drawn)]
                entry = tarfile.TarInfo(f"{number:03}-{i:05}.jpg")
                entry.size = len(jpeg)
                tar.addfile(entry, io.BytesIO(jpeg))


class Timed:
    """An engine that notes when each tar was done."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.at: list[float] = []

    def __call__(self, job: Job, shards: Iterator[Shard], done: Callable[[Done], None]) -> None:
        """Encode, and note when."""

        def noted(found: Done) -> None:
            self.at.append(time.perf_counter())
            done(found)

        self.engine(job, shards, noted)


def encode(title: str, engine: Engine, run: Path, tars: Path, out: Path) -> None:
    """Encode all pictures in one way, and print how long it took."""
    timed, started = Timed(engine), time.perf_counter()
    found = encode_pictures(run, tars, out, engine=timed)
    seconds = time.perf_counter() - started
    steady = (len(timed.at) - 1) / (timed.at[-1] - timed.at[0])  # tars a second
    rate = steady * found.pictures / TARS
    print(
        f"{title:<24}{found.pictures / seconds:8.0f} pictures/s in all ({seconds:.1f} s), "
        f"{rate:.0f} after the first tar ({timed.at[0] - started:.1f} s)",
        flush=True,
    )


def main() -> None:
    """Encode by this process, and by one worker and two."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=2500, help="in each tar")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_tars(folder / "tars", asked.pictures)
        images = ls.load_images(folder / "tars/000.tar", size=64)
        run = folder / "run"
        ls.train("vae", images, latent=32, network="dense", epochs=1, out=run, progress=False)
        encode("this process", here, run, folder / "tars", folder / "here")
        for workers in (1, 2):
            ray.init(num_cpus=workers, include_dashboard=False, _node_ip_address="127.0.0.1")
            title = f"{workers} of Ray's workers"
            encode(title, OnRay(), run, folder / "tars", folder / str(workers))
            ray.shutdown()


if __name__ == "__main__":
    main()
