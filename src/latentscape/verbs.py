"""Commands as functions, of runs or of their directories.

What the other verbs do (`fit`, `measure`, `plot` …) has homes of its own; these bring several
parts together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import LatentscapeError

if TYPE_CHECKING:
    from .blueprint import Value
    from .data import Splits
    from .run import Run
    from .sweeps import Cells

Place = str | Path


def report(
    run: Run | Place,
    images: Splits | None = None,
    *,
    out: Place | None = None,
    judge: bool = True,
    seed: int = 0,
    trust: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Path:
    """Write what a model is and what its space is like: measures and pictures, one HTML file.

    Args:
        run: the model, or its directory.
        images: to examine it on; by default what it was trained on.
        out: the file; `report.html` in the run's directory by default.
        judge: whether to have decoded images judged; a judge is trained once for a set of images.
        seed: of samples and draws.
        trust: import a recipe from outside latentscape, which runs its code.
        progress: told which group is being measured.

    Returns:
        The file's path.

    Raises:
        LatentscapeError: when images are missing or do not fit, or the file cannot be written.
    """
    from .reports import write_report

    opened = opened_run(run, trust=trust)
    if out is None and opened.folder is None:
        raise LatentscapeError(f"'{opened.name}' has no directory to write a report to; give out=")
    target = out or Path(opened.folder or "") / "report.html"
    return write_report(opened, target, images, seed=seed, judge=judge, progress=progress)


def compare(
    *runs: Run | Place,
    images: Splits | None = None,
    out: Place = "compare.html",
    csv: Place | None = None,
    judge: bool = True,
    seed: int = 0,
    trust: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Path:
    """Put runs side by side: measures, what differs beyond the spread of seeds, and pictures.

    Args:
        runs: those kept on disk, or directories of runs or of sweeps; a sweep stands for all its
            runs.
        images: to examine them on; by default what all were trained on.
        out: the HTML file.
        csv: a file for the figures as well, a row a measure and configuration.
        judge: whether to have decoded images judged; a judge is trained once for a set of images.
        seed: of samples and draws.
        trust: import recipes from outside latentscape, which runs their code.
        progress: told which run is being measured.

    Returns:
        The HTML file's path.

    Raises:
        LatentscapeError: when there are fewer than two, they were trained on different images and
            none are given, or the files cannot be written.
    """
    from .listing import find_runs
    from .reports import write_comparison

    found: dict[Run | Path, None] = {}  # each once, in the order given
    for run in runs:
        found |= dict.fromkeys(find_runs(run) if isinstance(run, str | Path) else [run])
    opened = [opened_run(run, trust=trust) for run in found]
    return write_comparison(
        opened, out, images, csv_file=csv, seed=seed, judge=judge, progress=progress
    )


def sweep(
    what: Mapping[str, Value] | Place,
    out: Place | None = None,
    images: Splits | None = None,
    *,
    measures: Sequence[str] = (),
    trust: bool = False,
) -> list[Cells]:
    """Train every combination of options that is not trained yet, and write a table of them.

    Args:
        what: values by option, lists for those that vary; a TOML file that says the same; or the
            directory of a sweep to continue.
        out: the sweep's directory; not needed to continue one.
        images: what the sweep names, where that is loaded already.
        measures: keys of the catalogue to measure each complete run by at the end.
        trust: import recipes from outside latentscape, which runs their code.

    Returns:
        A row for each run: its options, its losses and what was measured.

    Raises:
        LatentscapeError: when an option does not fit, the directory holds something else, or,
            after all others are trained, some run failed.

    Example:
        >>> import tempfile
        >>> options = {"recipe": "vae", "limit": 150, "epochs": 1, "latent": [2, 3]}
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     [row["latent"] for row in sweep(options, folder)]
        [2, 3]
    """
    from .sweeps import read_sweep, read_table, read_toml, run_sweep

    if isinstance(what, Mapping):
        read = read_table(what)
    elif Path(what).is_dir():
        read, out = read_sweep(Path(what), trust=trust), out or what
    else:
        read = read_toml(Path(what), trust=trust)
    if out is None:
        raise LatentscapeError("a sweep needs a directory for its runs; give out=")
    named = isinstance(what, Mapping)
    return run_sweep(read, out, images=images, measures=measures, fetch=named)


def explore(
    source: Run | Place,
    images: Splits | None = None,
    *,
    thumbs: Place | None = None,
    limit: int = 70_000,
    port: int = 0,
    browser: bool = True,
    trust: bool = False,
    ready: Callable[[str], None] = print,
) -> None:
    """Walk through a latent space in the browser, until Ctrl-C.

    Args:
        source: a model or its directory, somebody's codes (.npy or .parquet), or a bundle.
        images: to show instead of those that the run was trained on.
        thumbs: a folder of pictures for somebody's codes.
        limit: show this many points at most.
        port: where to listen on this machine; 0 takes a free one.
        browser: whether to open the page.
        trust: import a recipe from outside latentscape, which runs its code.
        ready: told the page's address once it can be opened.

    Raises:
        LatentscapeError: when there is nothing to show, or the port is taken.
    """
    from .bundle.opened import opened_bundle
    from .explorer import serve

    with opened_bundle(source, images, thumbs=thumbs, limit=limit, trust=trust) as bundle:
        serve(bundle, port=port, browser=browser, ready=ready)


def opened_run(run: Run | Place, *, trust: bool) -> Run:
    """Give the run, opened where its directory is named."""
    from .run import load_run

    return load_run(run, trust=trust) if isinstance(run, str | Path) else run
