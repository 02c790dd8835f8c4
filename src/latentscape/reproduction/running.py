"""Run entries: train, measure, and write a row for each figure, from wherever it was cut off."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import torch

from latentscape.data import Splits, load_images
from latentscape.reproduction.catalogue import chosen
from latentscape.reproduction.entry import Entry
from latentscape.reproduction.figures import QUICK, NotReachedError, measure
from latentscape.reproduction.results import (
    Result,
    merged,
    of_entry,
    read_results,
    spread,
    write_results,
)
from latentscape.reproduction.trained import Trained
from latentscape.reproduction.training import Tell, Training, trained
from latentscape.system.errors import LatentscapeError
from latentscape.system.files import make_folder
from latentscape.system.locks import locked
from latentscape.system.names import counted

RESULTS = "results.json"
FEW = {"digits": 300, "dsprites": 30_000}
"""Training images of a quick run: of the entry's own source where it is drawn from factors, which
need as many to be told apart, and else of the bundled digits."""


def reproduce(
    names: Sequence[str] = (),
    out: str | Path = "runs/reproduced",
    *,
    quick: bool = False,
    seeds: int | None = None,
    keep: str | Path | None = None,
    progress: Tell = lambda _: None,
) -> list[Result]:
    """Measure published figures again, each by its entry's protocol.

    What is complete is not done again: trainings go on from their last epoch, and a seed whose
    figures are written down is passed over.

    Args:
        names: of entries or of their tables; by default all of them, which takes days.
        out: the directory of runs and rows; what is in it goes on.
        quick: only see that everything works: an epoch of few images each, in a directory of its
            own, `quick` in `out`; these rows are nobody's figures.
        seeds: trainings of each entry, by default as many as it says.
        keep: a file of rows in which new ones take the place of those of the same figures.
        progress: told of each epoch and each figure.

    Returns:
        A result for each figure.

    Raises:
        LatentscapeError: when there is no such entry, a quick run is to be kept, the directory
            holds runs by another protocol, or files cannot be written.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     found = reproduce(["peer-ae"], folder, quick=True)
        >>> [result.figure for result in found]
        ['mse', 'knn_accuracy', 'logistic_accuracy', 'kmeans_clusters']
    """
    entries = chosen(names)
    place = Path(out) / "quick" if quick else Path(out)
    check(quick=quick, seeds=seeds, keep=keep)
    make_folder(place)
    taken = f"'{place}' is being written by another `reproduce`; wait for it or stop it"
    with locked(place / ".lock", taken):
        rows: list[Result] = []
        for entry in entries:
            images = few(entry) if quick else load_images(entry.data)
            work = Work(entry, images, place, quick, progress)
            rows += work.results(seeds or (1 if quick else entry.seeds))
            write_results(place / RESULTS, merged(read_results(place / RESULTS), rows))
        if keep is not None:
            write_results(Path(keep), merged(read_results(Path(keep)), rows))
    return rows


def few(entry: Entry) -> Splits:
    """The images of a quick run.

    Args:
        entry: what is run.
    """
    name = entry.data if entry.data in FEW else "digits"
    return load_images(name, limit=FEW[name])


def check(*, quick: bool, seeds: int | None, keep: str | Path | None) -> None:
    """Refuse what cannot be.

    Args:
        quick: whether it is only to be seen that it works.
        seeds: how many were asked for.
        keep: where rows are to be kept.

    Raises:
        LatentscapeError: when a quick run is to be kept, or there is to be no seed.
    """
    if seeds is not None and seeds < 1:
        raise LatentscapeError(f"--seeds is {seeds}; give a whole number of 1 or more")
    if quick and keep is not None:
        raise LatentscapeError(
            "--quick only shows that an entry runs, and its figures are not kept; leave out --keep"
        )


@dataclass(frozen=True)
class Work:
    """What an entry still needs.

    Attributes:
        entry: whose.
        images: to train and measure on.
        place: the directory of runs and rows.
        quick: whether it is only to be seen that it works.
        tell: told of each epoch and figure.
    """

    entry: Entry
    images: Splits
    place: Path
    quick: bool
    tell: Tell

    def results(self, seeds: int) -> list[Result]:
        """Measure so many seeds; a result for each figure that was reached."""
        each = [self.of_seed(seed, seeds) for seed in range(seeds)]
        names = dict.fromkeys(name for found in each for name in found)
        return [spread([found[name] for found in each if name in found]) for name in names]

    def of_seed(self, seed: int, seeds: int) -> dict[str, Result]:
        """Measure one seed, or read what it gave.

        Raises:
            LatentscapeError: when what is written there is by another protocol.
        """
        title = f"{self.entry.name}, seed {seed} of {counted(seeds, 'seed')}"
        written = self.place / f"{self.entry.name}-{seed}.json"
        known = read_results(written)
        if known:
            found = of_entry(known, self.entry)
            if len(found) < len(known):
                raise LatentscapeError(
                    f"'{written}' is by another protocol than {self.entry.name} has now; choose "
                    "another --out, or move it and its run elsewhere"
                )
            self.tell(f"{title}: measured already, on {known[0].date}")
            return found
        self.tell(f"{title}: {self.entry.title}")
        folder = self.place / f"{self.entry.name}-{seed}"
        done = trained(Training(self.entry, self.images, seed, folder, self.quick, self.tell))
        results = list(self.measured(done))
        write_results(written, results)
        return of_entry(results, self.entry)

    def measured(self, of: Trained) -> Iterator[Result]:
        """Measure each figure of a training."""
        seconds = round(sum(row["seconds"] for row in of.run.history), 1)
        machine, date = machine_of(of), datetime.now(UTC).date().isoformat()
        for figure in self.entry.figures:
            options = dict(figure.options)
            if self.quick:
                options |= {
                    name: min(options[name], QUICK[name]) for name in QUICK if name in options
                }
            try:
                found = measure(of, figure.name, options)
            except NotReachedError as error:
                self.tell(f"note: {error}")
                continue
            value = float(f"{found.value:.6g}")
            error_ = None if found.error is None else float(f"{found.error:.3g}")
            self.tell(f"{figure.name} {value:g}")
            yield Result(
                self.entry.name,
                figure.name,
                self.entry.digest(figure),
                value,
                value,
                value,
                1,
                error_,
                seconds,
                machine,
                date,
            )


def machine_of(of: Trained) -> str:
    """The processor or the card, threads, and the version of torch.

    Args:
        of: whose model was trained there.
    """
    version = torch.__version__.partition("+")[0]
    if torch.cuda.is_available():
        return f"{torch.cuda.get_device_name()}, torch {version}"
    kind = torch.backends.cpu.get_cpu_capability()
    threads = counted(torch.get_num_threads(), "thread")
    cores = counted(os.cpu_count() or 1, "core")
    return f"{cores} of {platform.machine()} ({kind}), {threads}, torch {version}"
