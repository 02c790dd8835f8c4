"""`latentscape reconstruct`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from latentscape.cli.reading import AS_TRAINED, OtherPictures
from latentscape.data.picture import as_picture
from latentscape.data.values import to_bytes, to_unit
from latentscape.system.errors import LatentscapeError
from latentscape.system.files import atomic_folder, make_folder
from latentscape.system.names import counted
from latentscape.system.printing import print_answer
from latentscape.system.removal import remove_workshops

if TYPE_CHECKING:
    from latentscape.data import Images


def reconstruct(
    run: Path,
    *,
    data: str,
    out: Path,
    noise: float = 0.0,
    seed: int = 0,
    reading: OtherPictures = AS_TRAINED,
    trust: bool = False,
) -> None:
    """Send your own pictures through a model; one that denoises cleans them.

    Args:
        run: a run's directory.
        data: a folder of pictures, or any source that `train` takes.
        out: a new folder for the results, one PNG for each picture.
        noise: the standard deviation of noise to add first, in units of the pixels' range [0, 1].
        seed: of that noise.
        reading: what is read with them; labels only where the model is conditioned on classes.
        trust: import a recipe from outside latentscape, which runs its code.

    Raises:
        LatentscapeError: when the noise is negative, or the output is taken.
    """
    from latentscape.cli.inputs import few_images
    from latentscape.runs.load import load_run

    reading.refuse("pictures are written without columns; encode writes them", "exif")
    if not 0 <= noise < np.inf:
        raise LatentscapeError(f"--noise is {noise}; give a number of 0 or more")
    if out.is_symlink() or (out.exists() and (not out.is_dir() or any(out.iterdir()))):
        remove_workshops(out.parent)  # a process may have been killed just after it was written
        raise LatentscapeError(f"'{out}' is taken; choose another --out, or remove it")
    model = load_run(run, trust=trust)
    if not model.model.labels:
        reading.refuse(f"'{model.name}' is not conditioned on classes", "labels")
    images = few_images(model, data, reading)
    given = noisy(images.pixels, noise, seed)
    labels = model.condition_of(images)
    outputs = to_bytes(model.reconstruct(given, labels), (0.0, 1.0))
    make_folder(out.parent)
    with atomic_folder(out) as beside:
        for name, picture, before in zip(file_names(images), outputs, given, strict=True):
            target = beside / name
            target.parent.mkdir(parents=True, exist_ok=True)
            as_picture(picture).save(target)
            if noise:
                noisy_file = target.with_stem(f"{target.stem}-noisy")
                as_picture(to_bytes(before, (0.0, 1.0))).save(noisy_file)
    print_answer(f"{counted(len(outputs), 'picture', 'are')} in {out}")


def noisy(pixels: NDArray[np.uint8], scale: float, seed: int) -> NDArray[np.float32]:
    """Add noise to pixels, clipped to [0, 1]: float (N, C, H, W).

    Args:
        pixels: (N, C, H, W) bytes.
        scale: standard deviation of the noise, of the range [0, 1].
        seed: of the noise.
    """
    clean = to_unit(pixels)
    noise = np.random.default_rng(seed).standard_normal(clean.shape, np.float32)
    return np.clip(clean + np.float32(scale) * noise, 0, 1)


def file_names(images: Images) -> list[Path]:
    """Give each image a file name like its own, ending in .png; no two are one file's."""
    paths = [Path(*[p for p in Path(i).parts if p not in ("/", "..")]) for i in images.ids]
    counts = Counter(path.with_suffix(".png") for path in paths)
    return [
        path.with_suffix(".png")
        if counts[path.with_suffix(".png")] == 1
        else path.with_name(f"{path.name}.png")
        for path in paths
    ]
