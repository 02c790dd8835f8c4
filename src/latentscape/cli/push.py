"""`latentscape push RUN hf://USER/NAME`."""

from __future__ import annotations

from pathlib import Path

from latentscape.cli.inputs import images_like
from latentscape.cli.reading import AS_TRAINED, OtherPictures
from latentscape.system.printing import print_answer


def push(
    run: Path,
    address: str,
    /,
    *,
    data: str | None = None,
    reading: OtherPictures = AS_TRAINED,
    private: bool = False,
    trust: bool = False,
) -> None:
    """Put a run on the Hugging Face hub; every verb opens it there, as hf://USER/NAME@REVISION.

    Args:
        run: a run's directory.
        address: hf://USER/NAME, which is made where it is not there.
        data: a source of images to measure it on for its card; the run's own by default.
        reading: what is read with them.
        private: let only you see it, where it is made.
        trust: import a recipe from outside latentscape, which runs its code.
    """
    import latentscape as ls

    images = images_like([run], data, reading)
    print_answer(ls.push(run, address, images, private=private, trust=trust))
