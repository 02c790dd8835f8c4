"""The page of published figures beside ours, from the catalogue and the results that are kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from latentscape.reproduction.catalogue import GROUPS, in_group
from latentscape.reproduction.entry import Entry
from latentscape.reproduction.results import Result, kept, of_entry
from latentscape.reproduction.table import COLUMNS, machines, row

TITLES = {
    "systems": "The systems it grew from",
    "soon": "How soon",
    "likelihood": "Tighter bounds",
    "ladder": "Levels of codes",
    "sphere": "Directions as codes",
    "clusters": "Classes without labels",
    "factors": "Factors apart",
    "densities": "Densities after training",
    "peer": "A peer's network",
}
INTRODUCTION = """# Against the papers

Each published figure that Latentscape holds itself against is an entry: the paper, its protocol,
the published value, and ours. Most disagreements are of protocol, so what is done otherwise here is
said below each table. One command measures a row again, or every row of a table:

```console
$ latentscape reproduce dec
$ latentscape reproduce --list dec
$ latentscape reproduce clusters --seeds 3
$ latentscape reproduce --quick
```

The first trains and measures, and goes on where it was stopped; the second says how; the last only
sees that entries run, and its figures are kept apart. Rows and runs go into `runs/reproduced`;
`--keep FILE` also puts the rows into a file, as into
`src/latentscape/reproduction/results.json`, from which the tables below are made. A row carries a
mark of the protocol that gave it: where an entry has changed since, its old figure is not shown.

Of several seeds *ours* is the median and, where it was kept, the range; of one, the figure with its
standard error over images, where that is known. Times are of training alone, one seed. Where a
figure has an aim of its own, it stands beside the published one.
"""


def page() -> str:
    """The page, in Markdown."""
    return "\n".join([INTRODUCTION, *(line for group in GROUPS for line in section(group))])


def section(group: str, results: Sequence[Result] | None = None) -> Iterator[str]:
    """One table, with the protocols of its entries below.

    Args:
        group: which.
        results: what was measured; by default what came with the package.
    """
    known = list(kept() if results is None else results)
    entries = in_group(group)
    names = [entry.name for entry in entries]
    on = machines([r for entry in entries for r in of_entry(known, entry).values()])
    yield f"## {TITLES[group]}\n\n{GROUPS[group].strip()}\n"
    yield f"```console\n$ latentscape reproduce {group}\n```\n"
    yield f"| model | {' | '.join((*COLUMNS, 'on'))} |"
    yield f"| {' | '.join(['---'] * (len(COLUMNS) + 2))} |"
    for entry in entries:
        yield from table_rows(entry, known, on)
    yield ""
    yield from (f"{i}. {machine}" for i, machine in enumerate(on, 1))
    yield f'\n??? note "The protocols of {", ".join(names[:3])}{" …" * (len(names) > 3)}"\n'
    yield from (protocol(entry) for entry in entries)
    yield ""


def table_rows(entry: Entry, known: Sequence[Result], on: Sequence[str]) -> Iterator[str]:
    """The rows of one entry.

    Args:
        entry: whose.
        known: every result.
        on: the machines of the table, in the order of their numbers.
    """
    found = of_entry(known, entry)
    for figure in entry.figures:
        result = found.get(figure.name)
        machine = "" if result is None else str(on.index(result.machine) + 1)
        first, *cells = row(entry, figure, result)
        yield f"| {entry.title} | `{first}` | {' | '.join([*cells, machine])} |"


def protocol(entry: Entry) -> str:
    """How one entry is measured, as an item of a list."""
    here = f" Here: {entry.differs}." if entry.differs else ""
    return f"    - `{entry.name}`: {entry.paper}, {entry.table}: {entry.protocol}.{here}"
