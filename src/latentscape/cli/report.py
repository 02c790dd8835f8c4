"""`latentscape report DIR`."""

from __future__ import annotations

from pathlib import Path

from latentscape.cli.inputs import images_like
from latentscape.cli.reading import AS_TRAINED, OtherPictures
from latentscape.system.printing import print_answer


def report(
    run: Path,
    /,
    *,
    out: Path | None = None,
    data: str | None = None,
    reading: OtherPictures = AS_TRAINED,
    no_judge: bool = False,
    seed: int = 0,
    trust: bool = False,
) -> None:
    """Write what a model is and what its space is like: measures and pictures, one HTML file.

    Args:
        run: a run's directory.
        out: the file; report.html in the run by default.
        data: a source of images, or a path; the run's own by default.
        reading: what is read with them.
        no_judge: leave out what needs a judge, which is trained once for a set of images.
        seed: of samples and draws.
        trust: import a recipe from outside latentscape, which runs its code.
    """
    import latentscape as ls
    from latentscape.cli.output import show_progress

    images = images_like([run], data, reading)
    written = ls.report(
        run,
        images,
        out=out,
        judge=not no_judge,
        seed=seed,
        trust=trust,
        progress=show_progress,
    )
    print_answer(written)
