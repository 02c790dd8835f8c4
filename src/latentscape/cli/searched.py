"""What a search prints: its best trials, which option mattered, and what to do next."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from latentscape.cli.output import show_table
from latentscape.system.names import counted
from latentscape.system.printing import print_log, shell_command

if TYPE_CHECKING:
    from latentscape.sweeps import Cells, Sweep

SHOWN = 10


def show_search(sweep: Sweep, folder: Path, rows: list[Cells], asked: list[str]) -> None:
    """Print the best trials, the importance of each option, and the command that trains the best.

    Args:
        sweep: the search.
        folder: where it is.
        rows: of its table.
        asked: measures of test images that are shown besides.
    """
    from latentscape.sweeps.found import column

    assert sweep.search is not None
    keys = [column(key) for key in sweep.search.by]
    over = [row for row in rows if row["status"] == "complete"]
    first, lower = keys[0], sweep.search.lower[0]
    over.sort(key=lambda row: (not row.get("best"), figure(row, first) * (1 if lower else -1)))
    names = ["run", *(["recipe"] if len(sweep.recipes) > 1 else []), *sweep.varied]
    names = [n for n in (*names, "epoch", *keys, "seconds", *asked) if n != "run"]
    title = "the best trials, on validation images"
    if len(keys) > 1:
        title = "the front: none is better by one figure and no worse by the others"
        over = [row for row in over if row.get("best")]
    show_table(["trial", *names], [cells(row, names) for row in over[:SHOWN]], title)
    if len(over) > SHOWN:
        print_log(f"and {len(over) - SHOWN} more in the table")
    print_log(endings(rows))
    for key in sweep.search.by:
        show_importance(sweep, folder, key)
    if len(keys) == 1 and over:
        print_log("how sure the best is, several seeds of it say:")
        print_log(f"  {again(sweep, folder, over[0])}")


def figure(row: Cells, name: str) -> float:
    """A figure of a row."""
    value = row[name]
    assert isinstance(value, int | float)
    return value


def cells(row: Cells, names: list[str]) -> list[str]:
    """A row of the table, with the trial's number."""
    from latentscape.cli.sweep import cell

    number = str(row["run"]).partition(",")[0].removeprefix("trial=")
    return [number, *(cell(row.get(name)) for name in names)]


def endings(rows: list[Cells]) -> str:
    """How many trials ended in which way.

    Example:
        >>> endings([{"status": "complete"}, {"status": "stopped"}, {"status": "complete"}])
        '3 trials: 2 complete, 1 stopped early'
    """
    words = {"complete": "complete", "stopped": "stopped early", "failed": "failed"}
    words |= {str(row["status"]): str(row["status"]) for row in rows if row["status"] not in words}
    found = [(sum(row["status"] == status for row in rows), said) for status, said in words.items()]
    return f"{counted(len(rows), 'trial')}: " + ", ".join(f"{n} {said}" for n, said in found if n)


def show_importance(sweep: Sweep, folder: Path, key: str) -> None:
    """Print which options mattered for a figure, and how sure that is.

    Args:
        sweep: the search.
        folder: where it is.
        key: of the figure.
    """
    from latentscape.sweeps.found import FEWEST, importances

    mattered = importances(sweep, folder, key)
    if not mattered:
        print_log(f"{FEWEST} trials or more would say which option mattered")
        return
    rows = [
        [one.option, f"{one.share:.0%}", f"{one.low:.0%} to {one.high:.0%}", one.best]
        for one in mattered
    ]
    print_log("")
    heads = ["option", "importance", "90 % of resamples", "in the best quarter"]
    show_table(heads, rows, f"what mattered for a good {key}")
    if len(mattered) > 1 and mattered[0].low <= mattered[1].high:
        print_log(f"so few trials do not tell {mattered[0].option} from {mattered[1].option}")


def again(sweep: Sweep, folder: Path, row: Cells) -> str:
    """The command that trains what a row says with several seeds, beside the search's folder.

    Args:
        sweep: the search.
        folder: where it is.
        row: of its table.
    """
    from latentscape.recipes import find_recipe
    from latentscape.sweeps.reading import reading_names
    from latentscape.sweeps.values import format_value

    words = [str(row["recipe"])]
    names = reading_names([find_recipe(name) for name in sweep.recipes])
    for name, value in {"data": sweep.data, **sweep.reading}.items():
        flag = f"--{names.get(name, name).replace('_', '-')}"
        words += [flag] if value is True else [] if value is False else [flag, str(value)]
    for name in (*sweep.options, *sweep.ranges):
        words += [f"--{name.replace('_', '-')}", format_value(row[name])]
    seed = sweep.seeds[0]
    words += ["--seeds", ",".join(str(seed + i) for i in range(1, 6))]
    return shell_command("sweep", *words, "--out", str(folder.with_name(f"{folder.name}-best")))
