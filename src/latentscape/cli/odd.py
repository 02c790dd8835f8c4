"""`latentscape odd`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from latentscape.cli.answers import QuestionFlags


def odd(
    run: Path,
    *,
    by: Literal["all", "class"] = "all",
    k: int = 20,
    neighbours: int = 10,
    search: QuestionFlags = QuestionFlags(),
) -> None:
    """Find the images that are unlike the others, and say why.

    Reasons: an error of reconstruction, a distance to the mean of the class, or a distance to the
    nearest codes that lies far above the median; and most of the nearest being of another class,
    as with an image that is labelled wrongly.

    Args:
        run: a run's directory.
        by: compare each image with all, or with its class, whose oddest are given.
        k: how many, of all or of each class.
        neighbours: how many nearest codes say how dense it is round a code.
        search: which images are asked, and where the answer goes.
    """
    from latentscape.evaluation.questions.odd import odd as found

    model, images = search.opened(run)
    answer = found(model, images, split=search.split, by=by, k=k, neighbours=neighbours)
    search.show(answer, run, images)
