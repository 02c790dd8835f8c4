"""`latentscape duplicates`."""

from __future__ import annotations

from pathlib import Path

from latentscape.cli.answers import QuestionFlags


def duplicates(
    run: Path,
    *,
    tolerance: float = 0.1,
    neighbours: int = 10,
    seed: int = 0,
    search: QuestionFlags = QuestionFlags(),
) -> None:
    """Find images that are there more than once: leaks across splits first.

    Copies of the same pixels are found whatever the model; near-duplicates (compressed again,
    resized) are nominated by their codes and checked in their pixels.

    Args:
        run: a run's directory.
        tolerance: how much near-duplicates may differ, as a share of what two images usually differ
            by (root mean squared difference of pixels); 0 finds copies of the same pixels only.
        neighbours: how many nearest codes of each image are looked at.
        seed: of the random pairs that say what images usually differ by.
        search: which images are asked, and where the answer goes.
    """
    from latentscape.evaluation.questions.duplicates import duplicates as found

    model, images = search.opened(run)
    answer = found(
        model, images, split=search.split, tolerance=tolerance, neighbours=neighbours, seed=seed
    )
    search.show(answer, run, images)
