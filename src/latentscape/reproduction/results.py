"""What was measured: a row for each figure of an entry, and the file that keeps rows.

The rows that the documentation shows are in `results.json` beside this file, a part of the package:
so an installed one says what it should give, and a change of an entry and of what it gave are one
change of the source. Each carries the digest of the protocol that gave it, so that none stands
beside a protocol that it is not of.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from statistics import median

from latentscape.reproduction.entry import Entry
from latentscape.system.errors import damaged
from latentscape.system.files import write_atomic
from latentscape.system.reading import DAMAGE, read_json, read_small

KEPT = Path(__file__).with_name("results.json")


@dataclass(frozen=True)
class Result:
    """What a figure of an entry was, over its seeds.

    Attributes:
        entry: its name.
        figure: which of the entry's.
        digest: of the protocol that it was measured by.
        value: the median over seeds.
        low: the lowest of a seed.
        high: the highest.
        seeds: how many trainings.
        error: standard error over images, the median of seeds; None where the figure has none.
        seconds: of training, the median of seeds; None where that was not kept.
        machine: processor or card, threads, and the version of torch.
        date: the day of the last seed, YYYY-MM-DD.
    """

    entry: str
    figure: str
    digest: str
    value: float
    low: float
    high: float
    seeds: int
    error: float | None
    seconds: float | None
    machine: str
    date: str


def spread(results: Sequence[Result]) -> Result:
    """Put the results of single seeds together, of one figure of one entry.

    Example:
        >>> one = Result("vae", "mse", "", 2.0, 2.0, 2.0, 1, 0.1, 5.0, "CPU", "2026-01-01")
        >>> both = spread([one, replace(one, value=4.0, low=4.0, high=4.0, date="2026-01-02")])
        >>> both.value, both.low, both.high, both.seeds, both.date
        (3.0, 2.0, 4.0, 2, '2026-01-02')
    """
    errors = [r.error for r in results if r.error is not None]
    times = [r.seconds for r in results if r.seconds is not None]
    return replace(
        results[-1],
        value=median(r.value for r in results),
        low=min(r.low for r in results),
        high=max(r.high for r in results),
        seeds=sum(r.seeds for r in results),
        error=median(errors) if errors else None,
        seconds=median(times) if times else None,
        date=max(r.date for r in results),
    )


def merged(kept: Iterable[Result], new: Iterable[Result]) -> list[Result]:
    """Give kept results with new ones in the place of those of the same figures."""
    by_figure = {(r.entry, r.figure): r for r in kept}
    return list((by_figure | {(r.entry, r.figure): r for r in new}).values())


def of_entry(results: Iterable[Result], entry: Entry) -> dict[str, Result]:
    """Give the results by an entry's own protocol, by figure; those of another are left out."""
    digests = {figure.name: entry.digest(figure) for figure in entry.figures}
    return {
        r.figure: r for r in results if r.entry == entry.name and r.digest == digests.get(r.figure)
    }


def write_results(path: Path, results: Iterable[Result]) -> None:
    """Write rows, one a line, in the order of their names.

    Raises:
        LatentscapeError: when the file cannot be written.
    """
    ordered = sorted(results, key=lambda r: (r.entry, r.figure))
    lines = ",\n".join(json.dumps(asdict(r), ensure_ascii=False) for r in ordered)
    write_atomic(path, f"[\n{lines}\n]\n".encode())


def read_results(path: Path) -> list[Result]:
    """Read rows; none where there is no file.

    Raises:
        LatentscapeError: when it is damaged.
    """
    if not path.exists():
        return []
    try:
        return [checked(Result(**row)) for row in read_json(read_small(path))]
    except DAMAGE as error:
        raise damaged(
            path, error, "restore it from a copy, or remove it and measure anew"
        ) from error


def checked(result: Result) -> Result:
    """Refuse values of other kinds.

    Raises:
        TypeError: when a value is of another kind.
        ValueError: when a number is not finite, or there is no seed.
    """
    known = [n for n in (result.error, result.seconds) if n is not None]
    for number in (result.value, result.low, result.high, *known):
        if type(number) not in (int, float):
            raise TypeError(f"{number!r} is no number")
        if not math.isfinite(number):
            raise ValueError(f"{number} is not finite")
    for name in ("entry", "figure", "digest", "machine", "date"):
        if type(getattr(result, name)) is not str:
            raise TypeError(f"{name} is no text")
    if type(result.seeds) is not int or result.seeds < 1:
        raise ValueError(f"seeds is {result.seeds!r}")
    return result


@cache
def kept() -> tuple[Result, ...]:
    """The results that came with this package."""
    return tuple(read_results(KEPT))
