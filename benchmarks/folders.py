"""A folder of photographs, end to end: decoded, trained on, measured, reported, shown.

    python benchmarks/folders.py                     50,000 JPEGs of mixed sizes, about 2 GB on disk
    python benchmarks/folders.py large               1,000 JPEGs of twelve megapixels, decoded
    python benchmarks/folders.py --quick             300 of the first kind: does it run?

The pictures are drawn by chance, in five classes (sky and land, discs, stripes, walls, leaves) with
the grain and gradients of photographs, so that JPEGs have the size that cameras give them. The
first training decodes them all, so it is longer than the second by what that takes. Each command is
a process of its own; `anonymous` is the most memory that it and its children held and no file
backs, sampled ten times a second. Pictures and runs go to --folder, a temporary one by default,
which is then deleted; pictures that are there already are not drawn again.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

CLASSES = ("sky", "discs", "stripes", "walls", "leaves")
SIDES = (120, 160, 200, 240, 320, 400, 500)
LARGE = (4000, 3000)
LATENTSCAPE = (sys.executable, "-m", "latentscape")


def smooth(rng: np.random.Generator, cells: int, size: tuple[int, int]) -> NDArray[np.float32]:
    """Colours (H, W, 3) that change slowly, in [0, 255]."""
    few = Image.fromarray(rng.integers(0, 256, (cells, cells, 3), dtype=np.uint8))
    return np.asarray(few.resize(size, Image.Resampling.BICUBIC), np.float32)


def mask_of(kind: str, rng: np.random.Generator, size: tuple[int, int]) -> NDArray[np.bool_]:
    """Where the second colour of a picture is, (H, W)."""
    width, height = size
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    a, b, c = rng.uniform(-0.5, 0.5, 3)
    mask: NDArray[np.bool_]
    match kind:
        case "sky":
            mask = y > a + 0.2 * np.sin(6 * x + 5 * b)
        case "discs":
            mask = (x - a) ** 2 + (y - b) ** 2 < (0.5 + c / 2) ** 2
        case "stripes":
            mask = np.sin(12 * (x * np.cos(4 * a) + y * np.sin(4 * a)) + 6 * b) > 0
        case "walls":
            mask = (np.abs(x - a) < 0.3 + c / 3) | (np.abs(y - b) < 0.15)
        case _:
            mask = smooth(rng, 12, size)[..., 0] > 128 + 60 * a
    return mask


def picture(kind: str, seed: int, size: tuple[int, int]) -> Image.Image:
    """Draw one."""
    rng = np.random.default_rng(seed)
    here = mask_of(kind, rng, size)[..., None]
    pixels = np.where(here, smooth(rng, 3, size), smooth(rng, 3, size))
    grain = rng.normal(0, 6, (256, 256, 1)).astype(np.float32)
    tiled = np.tile(grain, (size[1] // 256 + 1, size[0] // 256 + 1, 1))[: size[1], : size[0]]
    return Image.fromarray((pixels + tiled).clip(0, 255).astype(np.uint8))


def draw(index: int, folder: Path, large: bool) -> None:
    """Draw and keep the picture of a number, where it is not there yet."""
    kind = CLASSES[index % len(CLASSES)]
    sides = np.random.default_rng(index).choice(SIDES, 2)
    size = LARGE if large else (int(sides[0]), int(sides[1]))
    path = folder / kind / f"{index:06}.jpg"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        picture(kind, index, size).save(path, quality=88)


def anonymous(group: int) -> float:
    """Megabytes that the processes of a group hold and no file backs."""
    total = 0
    for about in Path("/proc").glob("[0-9]*/status"):
        with suppress(OSError, ValueError):
            if os.getpgid(int(about.parent.name)) == group:
                held = about.read_text().partition("RssAnon:")[2].split()
                total += int(held[0]) if held else 0
    return total / 1024


def timed(title: str, *command: str, data: Path) -> None:
    """Run a command and print what it took.

    Raises:
        SystemExit: when it fails, with what it said.
    """
    started, most = time.perf_counter(), 0.0
    environment = os.environ | {"LATENTSCAPE_DATA": str(data)}
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(
            [*LATENTSCAPE, *command],
            stdout=output,
            stderr=output,
            env=environment,
            start_new_session=True,
        )
        while process.poll() is None:
            most = max(most, anonymous(process.pid))
            time.sleep(0.1)
        output.seek(0)
        if process.returncode:
            sys.exit(f"{title} failed:\n{output.read()}")
    print(f"{title:<34}{time.perf_counter() - started:9.1f} s{most:9.0f} MB anonymous", flush=True)


def decoded_and_trained(folder: Path, pictures: Path) -> None:
    """Train twice for one epoch: the first training decodes, the second finds it done."""
    for which in ("first", "second"):
        options = ("--data", str(pictures), "--size", "64", "--epochs", "1")
        timed(
            f"{which} training, 1 epoch",
            *("train", "vae", *options, "--network", "conv", "--latent", "32"),
            *("--out", str(folder / which)),
            data=folder / "data",
        )


def shown(folder: Path) -> None:
    """Measure the trained run, report on it, and export its page."""
    run, data = str(folder / "second"), folder / "data"
    timed("measure", "measure", run, data=data)
    timed("report", "report", run, "--out", str(folder / "report.html"), data=data)
    timed("export a site", "export", run, str(folder / "site"), data=data)


def main() -> None:
    """Draw the pictures, then time the commands."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("what", nargs="?", choices=("mixed", "large"), default="mixed")
    parser.add_argument("--count", type=int)
    parser.add_argument("--quick", action="store_true", help="300 pictures")
    parser.add_argument("--folder", type=Path, help="keep pictures and runs there")
    given = parser.parse_args()
    large = given.what == "large"
    count = given.count or (300 if given.quick else 1000 if large else 50_000)
    folder = given.folder or Path(tempfile.mkdtemp())
    pictures = folder / "pictures"
    try:
        started = time.perf_counter()
        with ProcessPoolExecutor() as pool:
            list(pool.map(partial(draw, folder=pictures, large=large), range(count), chunksize=32))
        size = sum(path.stat().st_size for path in pictures.rglob("*.jpg")) / 1e6
        took = time.perf_counter() - started
        print(f"{count:,} JPEGs, {size:,.0f} MB, drawn in {took:.0f} s", flush=True)
        decoded_and_trained(folder, pictures)
        if not large:
            shown(folder)
    finally:
        if not given.folder:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
