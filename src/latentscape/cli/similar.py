"""`latentscape similar`."""

from __future__ import annotations

from pathlib import Path

from latentscape.cli.answers import QuestionFlags


def similar(
    run: Path,
    *pictures: str,
    k: int = 10,
    search: QuestionFlags = QuestionFlags(),
) -> None:
    """Find the images whose codes are nearest to those of given pictures.

    A picture is a file, which is prepared as those that the run was trained on, a folder of
    such, or the id of an image that is searched (`encode` writes the ids).

    Args:
        run: a run's directory.
        pictures: one or more.
        k: how many for each.
        search: which images are asked, and where the answer goes.
    """
    from latentscape.evaluation.questions.similar import similar as found

    skip = search.reading.skip_bad
    model, images = search.opened(run)
    answer = found(model, pictures, images, split=search.split, k=k, skip_bad=skip)
    search.show(answer, run, images)
