"""`latentscape reconstruct`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latentscape.system.errors import LatentscapeError
from latentscape.system.files import atomic_folder, make_folder

if TYPE_CHECKING:
    from latentscape.data import Images


def reconstruct(
    run: Path,
    *,
    data: str,
    out: Path,
    noise: float = 0.0,
    seed: int = 0,
    skip_bad: bool = False,
    trust: bool = False,
) -> None:
    """Send your own pictures through a model; one that denoises cleans them.

    Args:
        run: a run's directory.
        data: a folder of pictures, or any source that `train` takes.
        out: a new folder for the results, one PNG for each picture.
        noise: the standard deviation of noise to add first, in units of the pixels' range [0, 1].
        seed: of that noise.
        skip_bad: leave out pictures that cannot be read.
        trust: import a recipe from outside latentscape, which runs its code.
    """
    from latentscape.data import load_pictures
    from latentscape.models.pixels import recoloured
    from latentscape.runs.run import load_run

    if not 0 <= noise < np.inf:
        raise LatentscapeError(f"--noise is {noise}; give a number of 0 or more")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise LatentscapeError(f"'{out}' is taken; choose another --out, or remove it")
    model = load_run(run, trust=trust)
    channels, height, width = model.shape
    size = height if height == width else None
    images, notes = load_pictures(data, size=size, skip_bad=skip_bad)
    images = replace(images, pixels=recoloured(images.pixels, channels))
    given = noisy(images.pixels, noise, seed)
    outputs = to_bytes(model.reconstruct(given, images.labels if model.model.labels else None))
    make_folder(out.parent)
    with atomic_folder(out) as beside:
        for name, picture, before in zip(file_names(images), outputs, given, strict=True):
            target = beside / name
            target.parent.mkdir(parents=True, exist_ok=True)
            to_picture(picture).save(target)
            if noise:
                to_picture(to_bytes(before)).save(target.with_stem(f"{target.stem}-noisy"))
    for note in notes:
        print(note)
    print(f"{len(outputs)} pictures are in {out}")


def noisy(pixels: NDArray[np.uint8], scale: float, seed: int) -> NDArray[np.float32]:
    """Add noise to pixels, clipped to [0, 1]: float (N, C, H, W)."""
    clean = pixels.astype(np.float32) / 255
    noise = np.random.default_rng(seed).standard_normal(clean.shape, np.float32)
    return np.clip(clean + np.float32(scale) * noise, 0, 1)


def to_bytes(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Bring [0, 1] to 0 … 255."""
    return (values * 255).round().astype(np.uint8)


def to_picture(pixels: NDArray[np.uint8]) -> Image.Image:
    """Make a picture of pixels (C, H, W)."""
    return Image.fromarray(pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0))


def file_names(images: Images) -> list[Path]:
    """Give each image a file name like its own: relative to its folder, ending in .png."""
    names = []
    for identifier in images.ids:
        path = Path(identifier)
        inside = path.relative_to(images.name) if path.is_relative_to(images.name) else path
        names.append(Path(*[p for p in inside.parts if p not in ("/", "..")]).with_suffix(".png"))
    return names
