"""A page of the tutorial: prose, and cells of code that run from top to bottom.

A fence of Python is a cell. With a title it is a file of that name instead, and a fence of console
lines is commands; both are for the cells that follow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

FENCE = re.compile(
    r'^```(?P<language>python|console)(?: title="(?P<title>[^"]+)")?(?P<fold> fold)?\n'
    r"(?P<code>.*?)^```$\n?",
    re.M | re.S,
)


@dataclass(frozen=True)
class Prose:
    """Markdown between cells; numbers in braces and checks are still to be filled in.

    Attributes:
        text: as it stands in the file.
        line: where it begins, from 1.
    """

    text: str
    line: int


@dataclass(frozen=True)
class Cell:
    """Code.

    Attributes:
        kind: "python" runs, "file" is written, "console" is commands.
        code: without its fence.
        line: where the code begins in the page, from 1.
        title: the name of the file.
        folded: whether readers see the code only when they ask for it.
    """

    kind: Literal["python", "file", "console"]
    code: str
    line: int
    title: str = ""
    folded: bool = False


Part: TypeAlias = Prose | Cell


def parts_of(page: str) -> list[Part]:
    r"""Split a page.

    Example:
        >>> [type(part).__name__ for part in parts_of("Add.\n\n```python\n1 + 1\n```\nDone.\n")]
        ['Prose', 'Cell', 'Prose']
    """
    parts: list[Part] = []
    end = 0
    for match in FENCE.finditer(page):
        parts.append(Prose(page[end : match.start()], line_of(page, end)))
        kind: Literal["python", "file", "console"] = "console"
        if match["language"] == "python":
            kind = "file" if match["title"] else "python"
        line = line_of(page, match.start("code"))
        parts.append(Cell(kind, match["code"], line, match["title"] or "", bool(match["fold"])))
        end = match.end()
    parts.append(Prose(page[end:], line_of(page, end)))
    return [part for part in parts if isinstance(part, Cell) or part.text.strip()]


def line_of(page: str, position: int) -> int:
    """The line, from 1, of a position."""
    return page.count("\n", 0, position) + 1
