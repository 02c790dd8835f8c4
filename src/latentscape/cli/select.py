"""`latentscape select`."""

from __future__ import annotations

from pathlib import Path

from latentscape.cli.answers import QuestionFlags


def select(
    run: Path,
    condition: str,
    *,
    search: QuestionFlags = QuestionFlags(),
) -> None:
    """Find the images that fulfil a condition such as "error > 0.02 and class == '7'".

    Columns are those that `encode` writes: id, label (or class), split, z_0 …, scale_0 …, error,
    class_distance, origin_distance, radius. A condition may hold numbers, 'texts', comparisons,
    and, or, not, in ['a', 'b'], 'part' in id, is None, + - * / and abs().

    Args:
        run: a run's directory.
        condition: in quotes.
        search: which images are asked, and where the answer goes.
    """
    from latentscape.evaluation.questions.select import select as found

    model, images = search.opened(run)
    answer = found(model, condition, images, split=search.split)
    search.show(answer, run, images)
