"""The names of augmentations, which a plan keeps as one text; read without torch."""

from __future__ import annotations

from typing import Literal, cast, get_args

from latentscape.system.errors import LatentscapeError

AugmentationName = Literal["shift", "flip", "turn", "colour"]


def augmentation_names(text: str) -> tuple[AugmentationName, ...]:
    """Take the names of augmentations apart, which stand with + between them.

    Raises:
        LatentscapeError: for a name that there is not, or one given twice.

    Example:
        >>> augmentation_names("shift+flip"), augmentation_names("none")
        (('shift', 'flip'), ())
    """
    names = [] if text == "none" else text.split("+")
    if set(names) - set(get_args(AugmentationName)) or len(set(names)) < len(names):
        known = ", ".join(get_args(AugmentationName))
        raise LatentscapeError(
            f"--augment is {text!r}; give none, or some of {known} with + between "
            "them, as in shift+flip"
        )
    return cast("tuple[AugmentationName, ...]", tuple(names))
