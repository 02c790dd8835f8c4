"""`latentscape reproduce [NAME…]`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from latentscape.cli.output import show_json, show_progress, show_table
from latentscape.system.errors import LatentscapeError
from latentscape.system.names import counted
from latentscape.system.printing import print_answer

if TYPE_CHECKING:
    from latentscape.reproduction.entry import Entry

OUT = Path("runs/reproduced")


def reproduce(
    *names: str,
    list_: Annotated[bool, Parameter(name="--list")] = False,
    quick: bool = False,
    seeds: int | None = None,
    out: Path = OUT,
    keep: Path | None = None,
    json: bool = False,
) -> None:
    """Measure published figures again, each by the protocol that its entry states.

    An entry is one model of one paper; a table's name stands for all its entries. What was begun
    goes on: the same command takes up a training that was stopped, and passes over seeds that are
    measured.

    Args:
        names: of entries or tables.
        list_: show what there is: published values beside those that are kept, and how entries
            that are named are measured.
        quick: only see that entries run, in seconds: one epoch of a few images each, whose
            figures mean nothing and are kept apart.
        seeds: trainings of each entry; by default as many as it says.
        out: the directory of runs and rows.
        keep: a file of rows, in which what was measured takes the place of what was.
        json: print JSON instead of a table.

    Raises:
        LatentscapeError: when nothing is named, which would take days.
    """
    from latentscape.reproduction.catalogue import chosen
    from latentscape.reproduction.results import kept, merged, read_results

    entries = chosen(names)
    if list_:
        results = merged(kept(), read_results(out / "results.json"))
        if names and not json:
            for entry in entries:
                print_answer(described(entry))
    elif not names and not quick:
        raise LatentscapeError(
            "all published figures take days; name one or a table (`latentscape reproduce --list` "
            "lists them), or see with --quick that they run"
        )
    else:
        from latentscape.reproduction.running import reproduce as run

        results = run(names, out, quick=quick, seeds=seeds, keep=keep, progress=show_progress)
    if json:
        mine = {entry.name for entry in entries}
        show_json([asdict(result) for result in results if result.entry in mine])
        return
    if quick and not list_:
        print_answer(
            f"{counted(len(results), 'figure')} of {', '.join(entry.name for entry in entries)}: "
            "all can be had; after one epoch of a few images they mean nothing"
        )
        return
    from latentscape.reproduction.table import COLUMNS, rows

    show_table(COLUMNS, rows(entries, results))


def described(entry: Entry) -> str:
    """How an entry is measured, in words.

    Args:
        entry: which.
    """
    settings = ", ".join(f"{name} {value}" for name, value in entry.train.items())
    lines = [
        f"{entry.name}: {entry.title}. {entry.paper}, {entry.table}.",
        f"  published: {entry.protocol}",
        f"  here: {entry.differs or 'the same'} ({settings}; {entry.data})",
    ]
    return "\n".join(lines)
