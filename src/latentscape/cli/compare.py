"""`latentscape compare DIR DIR...`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from latentscape.cli.inputs import images_like
from latentscape.cli.reading import AS_TRAINED, OtherPictures
from latentscape.system.printing import print_answer


def compare(
    *runs: Path,
    out: Path = Path("compare.html"),
    baseline: Path | None = None,
    csv: Annotated[Path | None, Parameter(name="--csv")] = None,
    data: str | None = None,
    reading: OtherPictures = AS_TRAINED,
    no_judge: bool = False,
    nll: Annotated[int, Parameter(name="--nll")] = 0,
    seed: int = 0,
    trust: bool = False,
) -> None:
    """Put runs side by side: measures, what differs beyond the spread of seeds, and pictures.

    Runs that differ in their seed alone count as one configuration. A sweep's directory stands for
    all its runs; over several dimensions, or an autoencoder beside a VAE, it is also answered what
    the dimension worsens and what the VAE mends.

    Args:
        runs: directories of runs or of sweeps.
        out: the HTML file.
        baseline: the run, or the sweep, that the others are compared with; by default the first.
        csv: write the figures here too, a row a measure and configuration.
        data: a source of images, or a path; by default what all runs were trained on.
        reading: what is read with them.
        no_judge: leave out what needs a judge, which is trained once for a set of images.
        nll: estimate −log p(x) with this many draws an image; alone fair to models that are trained
            on other bounds (iwae).
        seed: of samples and draws.
        trust: import recipes from outside latentscape, which runs their code.
    """
    import latentscape as ls
    from latentscape.cli.output import show_progress
    from latentscape.runs.listing import find_runs, inspect_run

    named = runs if baseline is None else (baseline, *runs)
    paths = list(dict.fromkeys(path for folder in named for path in find_runs(folder)))
    for path in paths:
        found = inspect_run(path)
        if found.status == "resumable":
            print_answer(f"note: {path} is at epoch {found.epoch} of {found.epochs}")
    written = ls.compare(
        *paths,
        images=images_like(paths, data, reading),
        out=out,
        csv=csv,
        judge=not no_judge,
        nll=nll,
        seed=seed,
        trust=trust,
        progress=show_progress,
    )
    print_answer(written)
