"""What people gave where a run or images are wanted: refused in a sentence before it is used."""

from __future__ import annotations

from typing import Any

from latentscape.data import Images, Splits
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError
from latentscape.system.names import describe_kind


def check_run(run: object) -> None:
    """Refuse what is no run.

    Raises:
        LatentscapeError: when it is a path, a model, or anything else.
    """
    if not isinstance(run, Run):
        raise LatentscapeError(
            f"a run is wanted and {describe_kind(run)} was given; ls.load_run opens the folder of "
            "one, and ls.fit trains one"
        )


def images_or_own(run: Run, images: Splits | Images | None) -> Splits | Images:
    """Give the images, or where there are none those that the run was trained on.

    Raises:
        LatentscapeError: when they are an array or a name, or the run in memory is given none.
    """
    if images is None:
        return run.own_images()
    check_kind(images, Splits, Images)
    return images


def splits_or_own(run: Run, images: Splits | None) -> Splits:
    """Give the image sets, or where there are none those that the run was trained on.

    Raises:
        LatentscapeError: when they are an array, a name or one set alone, or the run in memory is
            given none.
    """
    if images is None:
        return run.own_images()
    check_kind(images, Splits)
    return images


def check_kind(images: object, *kinds: type[Any]) -> None:
    """Refuse images of another kind.

    Raises:
        LatentscapeError: saying which are wanted, and what makes them.
    """
    if not isinstance(images, kinds):
        wanted = "image sets" if Images not in kinds else "image sets, or one of them,"
        raise LatentscapeError(
            f"{wanted} are wanted and {describe_kind(images)} was given; ls.load_images makes them "
            "of a folder, a file or a data set's name (of an array once np.save has kept it)"
        )
