"""Train a sweep's runs from wherever it was cut off.

A run's directory says itself whether it is complete, so of a grid nothing else has to be kept:
complete runs are passed over, one that was cut off continues from its last epoch, the others begin.
What a search has seen is in its study (`study`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from rich.console import Console

from latentscape.data import Splits, load_images
from latentscape.models.blueprint import Value
from latentscape.recipes import find_recipe
from latentscape.recipes.settings import parted
from latentscape.runs.folder import LOCK
from latentscape.runs.run import Place
from latentscape.sweeps.choosing import Chooser, Grid
from latentscape.sweeps.engines import engine_for
from latentscape.sweeps.grid import Sweep, Trial
from latentscape.sweeps.measuring import add_measures, check_keys
from latentscape.sweeps.one_by_one import Engine, one_by_one
from latentscape.sweeps.table import TABLE, refuse_failures, sweep_table, write_table
from latentscape.sweeps.text import FILE, parse_sweep, read_sweep, read_toml, to_json
from latentscape.sweeps.view import SweepProgress
from latentscape.system.errors import LatentscapeError
from latentscape.system.files import explained, make_folder, write_atomic
from latentscape.system.locks import locked
from latentscape.system.printing import print_aside, shell_command
from latentscape.system.reading import read_small
from latentscape.system.removal import remove_workshops
from latentscape.system.tables import Records
from latentscape.training.planning import changed


def sweep(
    what: Mapping[str, Value] | Place,
    out: Place | None = None,
    images: Splits | None = None,
    *,
    measures: Sequence[str] = (),
    trust: bool = False,
    on: str = "",
    cpus_per_run: float | None = None,
    gpus_per_run: float | None = None,
) -> Records:
    """Train every combination of options that is not trained yet, and write a table of them.

    Args:
        what: values by option, lists for those that vary, and with `trials` ranges such as
            "0.1..10:log" to search; a TOML file that says the same; or the directory of a sweep to
            continue.
        out: the sweep's directory; not needed to continue one.
        images: what the sweep names, where that is loaded already.
        measures: keys of the catalogue to measure each complete run by at the end.
        trust: import recipes from outside latentscape, which runs their code.
        on: what trains the runs: "" for this process, one after another; "ray", or "ray:ADDRESS".
        cpus_per_run: on Ray, of each run; 1 by default.
        gpus_per_run: on Ray, of each run; none by default, and 0.5 lets two runs share one.

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
    if isinstance(what, Mapping):
        read = parse_sweep(what)
    elif Path(what).is_dir():
        read, out = read_sweep(Path(what), trust=trust), out or what
    else:
        read = read_toml(Path(what), trust=trust)
    if out is None:
        raise LatentscapeError("a sweep needs a directory for its runs; give out=")
    named, engine = isinstance(what, Mapping), engine_for(on, cpus_per_run, gpus_per_run)
    return run_sweep(read, out, images=images, measures=measures, fetch=named, engine=engine)


def run_sweep(
    sweep: Sweep,
    folder: str | Path,
    *,
    images: Splits | None = None,
    measures: Sequence[str] = (),
    fetch: bool = False,
    console: Console | None = None,
    engine: Engine = one_by_one,
) -> Records:
    """Train every run of a sweep that is not complete, and write `table.csv`.

    Args:
        sweep: what to train.
        folder: for its runs, new or begun before with the same sweep.
        images: what the sweep names, where that is loaded already.
        measures: keys of the catalogue to measure each complete run by at the end.
        fetch: whether what the sweep names may be downloaded: only where the person named it in
            this call, not where a file does.
        console: where to show progress; nowhere by default.
        engine: what trains the runs; this process by default, one after another.

    Returns:
        The table's rows.

    Raises:
        LatentscapeError: when the folder holds something else or is being written, an option does
            not fit, or, after all others are trained, some run failed.
        KeyboardInterrupt: when it was stopped; what is complete is kept.
    """
    folder = Path(folder)
    check_keys(measures)
    if images is None:
        images = load_images(sweep.data, **sweep.reading, fetch=fetch)
    for trial in sweep.trials:
        tried(trial, images)
    start = starter(sweep, folder, images)
    with held(folder, sweep):
        chooser = start()
        try:
            with SweepProgress(chooser.total, chooser.done, console or Console(quiet=True)) as view:
                for line in (images.summary, *images.notes):
                    view.print_line(line)
                engine(chooser, folder, images, view)
        finally:
            rows = sweep_table(sweep, folder)
            write_atomic(folder / TABLE, write_table(rows))
        if measures:
            rows = add_measures(rows, folder, images, measures, print_aside)
            write_atomic(folder / TABLE, write_table(rows))
    refuse_failures(chooser.failures)
    return rows


def starter(sweep: Sweep, folder: Path, images: Splits) -> Callable[[], Chooser]:
    """Check what a sweep is to search; give what opens its chooser, once its folder is held.

    Args:
        sweep: what to train.
        folder: for its runs.
        images: to train on.

    Raises:
        LatentscapeError: when options do not fit, or Optuna is not installed.
    """
    if sweep.search is None:
        return partial(Grid, sweep, folder)
    from latentscape.sweeps.journal import needed
    from latentscape.sweeps.study import Study
    from latentscape.sweeps.suggested import suggested

    needed()
    return partial(Study, sweep, folder, *suggested(sweep, images))


def tried(trial: Trial, images: Splits) -> None:
    """Build a trial's model and plan once, so that what does not fit fails before any training.

    Raises:
        LatentscapeError: when it does not.
    """
    recipe = find_recipe(trial.recipe)
    arguments, changes = parted(recipe, trial.settings)
    changed(recipe.plan, changes | {"seed": trial.seed})
    recipe.build(images.shape, arguments)


@contextmanager
def held(folder: Path, sweep: Sweep) -> Iterator[None]:
    """Hold a sweep's directory, new or made by the same sweep, which may have grown since.

    Raises:
        LatentscapeError: when something else is there, or another process holds it.
    """
    text = to_json(sweep)
    known = folder / FILE
    with explained(known, "read"):
        other = known.exists() and read_small(known) != text
    if other and not continues(sweep, folder):
        raise LatentscapeError(
            f"'{folder}' holds another sweep; choose another --out, or continue that one with "
            f"`{shell_command('sweep', folder)}`"
        )
    filled = folder.exists() and (folder.is_file() or any(folder.glob("[!.]*")))
    if filled and not known.exists():  # in this order: another process may write it right now
        raise LatentscapeError(f"'{folder}' is taken by something else; choose another --out")
    make_folder(folder)
    taken = f"'{folder}' is being written by another sweep; wait for it or stop it"
    with explained(folder), locked(folder / LOCK, taken):
        remove_workshops(folder)
        write_atomic(known, text)
        yield


def continues(sweep: Sweep, folder: Path) -> bool:
    """Whether a sweep has every run of the one that a directory holds, and more."""
    try:
        before = read_sweep(folder)
    except LatentscapeError:
        return False  # damaged, or of recipes that nobody trusted
    if before.search is not None and sweep.search is not None:
        longer = replace(before.search, trials=sweep.search.trials)
        more = longer.trials >= before.search.trials
        return more and to_json(replace(before, search=longer)) == to_json(sweep)
    now = {trial.name: trial for trial in sweep.trials}
    same = (before.data, before.reading) == (sweep.data, sweep.reading)
    same = same and before.search == sweep.search
    return same and all(now.get(trial.name) == trial for trial in before.trials)
