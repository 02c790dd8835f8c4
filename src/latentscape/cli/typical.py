"""`latentscape typical`."""

from __future__ import annotations

from pathlib import Path

from latentscape.cli.answers import QuestionFlags


def typical(
    run: Path,
    *,
    k: int = 10,
    search: QuestionFlags = QuestionFlags(),
) -> None:
    """Find the images whose codes are nearest to the mean of their class.

    Args:
        run: a run's directory.
        k: how many of each class, or of all where there are no classes.
        search: which images are asked, and where the answer goes.
    """
    from latentscape.evaluation.questions.typical import typical as found

    model, images = search.opened(run)
    answer = found(model, images, split=search.split, k=k)
    search.show(answer, run, images)
