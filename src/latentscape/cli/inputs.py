"""What several verbs open: a run with images that fit it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from latentscape.system.errors import LatentscapeError
from latentscape.system.files import make_folder

if TYPE_CHECKING:
    from latentscape.data import Images, Splits
    from latentscape.runs.run import Run

Part = Literal["train", "validation", "test"]
PARTS: tuple[Part, ...] = get_args(Part)


def images_for(run: Run, data: str | None) -> Splits:
    """Load a source in the run's size, or what the run was trained on.

    Raises:
        LatentscapeError: when there is no such source, or it does not fit the run.
    """
    from latentscape.data import load_images

    if data is None:
        images = run.own_images()
    else:
        images = load_images(data)
        if images.shape != run.shape and run.shape[1] == run.shape[2]:
            images = load_images(data, size=run.shape[1])
    if images.shape != run.shape:
        found, wanted = ("×".join(map(str, shape)) for shape in (images.shape, run.shape))
        raise LatentscapeError(
            f"the images of '{images.name}' are {found} (channels × height × width), and "
            f"'{run.name}' was trained on {wanted}; choose images like those"
        )
    return images


def parts_of(images: Splits, split: str) -> Iterator[tuple[str, Images]]:
    """Give one split by name, or all of them."""
    for name in PARTS:
        if split in (name, "all"):
            yield name, getattr(images, name)


def folder_for(out: Path) -> None:
    """Make the folder that a file goes to.

    Raises:
        LatentscapeError: when it cannot be made, or a folder has the file's name.
    """
    make_folder(out.parent)
    if out.is_dir():
        raise LatentscapeError(f"'{out}' is a folder; name a file with --out")


def suffix_of(out: Path, *suffixes: str) -> str:
    """The suffix of a file, which says its format.

    Raises:
        LatentscapeError: when it is none of those.
    """
    if out.suffix.lower() not in suffixes:
        raise LatentscapeError(f"'{out}' does not end in {' or '.join(suffixes)}; name it so")
    return out.suffix.lower()
