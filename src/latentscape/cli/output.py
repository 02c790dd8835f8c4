"""How commands print: tables for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table

from latentscape.system.printing import is_shown, print_answer, print_aside, visible


def show_table(columns: Sequence[str], rows: Iterable[Sequence[str]], title: str = "") -> None:
    """Print a table that fits the terminal; whole lines where the output is no terminal.

    Args:
        columns: their headings.
        rows: their cells as text.
        title: above the table.
    """
    table = Table(*columns, title=title or None, box=None, pad_edge=False, header_style="bold")
    table.title_justify = "left"
    for row in rows:
        table.add_row(*map(visible, row))
    width = None if sys.stdout.isatty() else 200
    Console(width=width, highlight=False, markup=False).print(table)


def show_progress(line: str) -> None:
    """Say what is being done, beside the output and not in it."""
    print_aside(line)


def show_json(value: object) -> None:
    """Print JSON."""
    text = json.dumps(value, indent=1, ensure_ascii=False)
    print_answer(text if is_shown(text) else json.dumps(value, indent=1))
