"""Chosen measures of every run of a sweep, as columns of its table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from latentscape.data import Splits
from latentscape.evaluation.decoding import JUDGED
from latentscape.evaluation.measure import measure
from latentscape.evaluation.results import Measures
from latentscape.latent.catalogue import CATALOGUE
from latentscape.runs.load import load_run
from latentscape.runs.run import Run
from latentscape.sweeps.own import check_own
from latentscape.sweeps.table import Cells
from latentscape.system.errors import LatentscapeError
from latentscape.system.names import did_you_mean
from latentscape.system.tables import Records

DRAWS = 100
"""Draws an image of the importance-weighted likelihood, where it is asked for."""


def check_keys(keys: Sequence[str]) -> None:
    """Refuse measures that there are not.

    Raises:
        LatentscapeError: when a key is not in the catalogue.
    """
    for key in keys:
        if key not in CATALOGUE:
            hint = did_you_mean(key, CATALOGUE)
            raise LatentscapeError(f"there is no measure called {key!r}; {hint}")


def add_measures(
    rows: Sequence[Cells],
    folder: Path,
    images: Splits,
    keys: Sequence[str],
    note: Callable[[str], None] = lambda _: None,
) -> Records:
    """Measure every complete run, and put the figures asked for into its row.

    Args:
        rows: of the table.
        folder: the sweep's.
        images: what the runs were trained on.
        keys: as in the catalogue; what cannot be had stays empty. A judge is trained only where
            one of them rests on it, and log-likelihoods take `DRAWS` draws an image.
        note: told why a figure cannot be had.
    """
    measured = Records()
    for row in rows:
        more: Cells = {}
        if keys and row["status"] == "complete":
            path = folder / str(row["run"])
            check_own(path, str(row["recipe"]))
            run = load_run(path, trust=True)  # its recipe is the sweep's own
            found = measured_values(run, images, keys)
            more = {key: found[key].value for key in keys}
            for key in keys:
                if found[key].value is None:
                    note(f"{key} of {row['run']} cannot be had: {found[key].reason}")
        measured.append(row | more)
    return measured


def measured_values(run: Run, images: Splits, keys: Sequence[str]) -> Measures:
    """Measure what some figures need, and no more.

    Args:
        run: whose.
        images: fitted on train, scored on test.
        keys: as in the catalogue.
    """
    groups = list(dict.fromkeys(CATALOGUE[key].group for key in keys))
    samples = DRAWS if {"nll", "nll_se"} & set(keys) else 0
    judge = not JUDGED.isdisjoint(keys)
    return measure(run, images, groups=groups, judge=judge, samples=samples)
