"""Runs a page: what its cells print and draw, and the numbers that its prose quotes.

A cell that ends in a figure, or in several by name, is run twice, for light and for dark, so it
should only draw: what it draws by chance, or trains, belongs into a cell before it. One that ends
in `ls.explore(…)` gives the explorer, as in a notebook. Prose may quote a value,
`{{error:.3f}}`, and may hold a check, `<!-- holds: error < 0.03 -->`, which stops the build when
the sentence before it is no longer true.
"""

from __future__ import annotations

import ast
import io
import os
import re
import shlex
import sys
import tempfile
import traceback
import warnings
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import matplotlib as mpl
import torch
from matplotlib.figure import Figure

from handbook.cells import Cell, Prose, parts_of
from latentscape.cli.main import main
from latentscape.explorer.single import FRAMED
from latentscape.explorer.widget import Explorer
from latentscape.figures.style import style

QUOTED = re.compile(r"\{\{(.+?)\}\}")
CHECK = re.compile(r"<!-- holds: (.+?) -->\n?", re.S)
DOTS = 200  # an inch


class PageError(Exception):
    """A page whose code fails, or whose prose is not true; says where."""


@dataclass(frozen=True)
class Picture:
    """A figure, drawn twice.

    Attributes:
        files: PNG by style, "light" and "dark".
        width: in inches.
        words: what it is, from its titles.
    """

    files: dict[str, bytes]
    width: float
    words: str


@dataclass(frozen=True)
class Played:
    """A part of a page after it was run.

    Attributes:
        part: what was run; of prose, with the numbers filled in.
        text: what was printed.
        pictures: what was drawn, by name; one picture has none ("").
        page: the explorer, as HTML.
    """

    part: Prose | Cell
    text: str = ""
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    page: str = ""


@dataclass
class Player:
    """Runs one page's parts in one namespace.

    Attributes:
        page: its name, for messages.
        names: the namespace.
    """

    page: str
    names: dict[str, Any] = field(default_factory=lambda: {"__name__": "__main__"})

    def play(self, part: Prose | Cell) -> Played:
        """Run a cell, or fill in prose.

        Raises:
            PageError: when code fails or a check does not hold.
        """
        try:
            if isinstance(part, Prose):
                return Played(Prose(self._filled(part), part.line))
            if part.kind == "file":
                Path(part.title).write_text(part.code, encoding="utf-8")
                return Played(part)
            if part.kind == "console":
                return Played(part, self._commands(part))
            return self._cell(part)
        except PageError:
            raise
        except Exception as error:
            trace = "".join(traceback.format_exception(error)[1:])
            raise PageError(f"{self.page}, line {part.line}:\n{trace}") from None

    def _filled(self, prose: Prose) -> str:
        """Put numbers in, and take checks out."""
        for check in CHECK.finditer(prose.text):
            if not eval(check[1], self.names):
                line = prose.line + prose.text.count("\n", 0, check.start())
                raise PageError(f"{self.page}, line {line}: it is not so that {check[1]}")
        text = CHECK.sub("", prose.text)
        return QUOTED.sub(lambda m: str(eval("f'{" + m[1] + "}'", self.names)), text)

    def _commands(self, cell: Cell) -> str:
        """Run command lines, and give what they print."""
        printed = io.StringIO()
        with redirect_stdout(printed):
            for line in cell.code.splitlines():
                words = shlex.split(line)
                if words[:2] != ["$", "latentscape"]:
                    raise PageError(
                        f"{self.page}, line {cell.line}: {line!r} is no command of ours"
                    )
                if main(words[2:]) != 0:
                    raise PageError(f"{self.page}, line {cell.line}: {line!r} failed")
        return printed.getvalue()

    def _cell(self, cell: Cell) -> Played:
        """Run Python; what its last expression gives is printed or drawn."""
        text, value, light = self._run(cell, "light")
        if isinstance(value, Explorer):
            return Played(cell, text, page=value.page.replace(FRAMED, ""))
        if not light:
            return Played(cell, text if value is None else f"{text}{value!r}\n")
        _, _, dark = self._run(cell, "dark")
        figures = figures_of(value)
        pictures = {
            name: Picture(
                {"light": light[name], "dark": dark[name]}, inches(light[name]), words_of(figure)
            )
            for name, figure in figures.items()
        }
        return Played(cell, text, pictures)

    def _run(self, cell: Cell, look: str) -> tuple[str, Any, dict[str, bytes]]:
        """Run Python in a style: what it printed, its last expression's value, and its pictures."""
        tree = ast.parse(cell.code)
        ast.increment_lineno(tree, cell.line - 1)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        printed, value = io.StringIO(), None
        with redirect_stdout(printed), style(look) as colours, mpl.rc_context(colours.settings):
            exec(compile(tree, self.page, "exec"), self.names)
            if isinstance(last, ast.Expr):
                value = eval(compile(ast.Expression(last.value), self.page, "eval"), self.names)
            drawn = {name: png(figure) for name, figure in figures_of(value).items()}
            return printed.getvalue(), value, drawn


def figures_of(value: object) -> dict[str, Figure]:
    """The figures that a cell gave, by name: one under no name, or a dictionary of them."""
    if isinstance(value, Figure):
        return {"": value}
    named = value if isinstance(value, dict) else {}
    return named if all(isinstance(figure, Figure) for figure in named.values()) else {}


@cache
def played(page: str, text: str) -> tuple[Played, ...]:
    """Run a page's parts in order, in an empty folder; the same page is run once only.

    Args:
        page: its name, for messages.
        text: its Markdown.

    Raises:
        PageError: when code fails or a check does not hold.
    """
    player = Player(page)
    with (
        elsewhere(),
        warnings.catch_warnings(),
        torch.random.fork_rng(),
        redirect_stderr(io.StringIO()),  # how trainings go
        patch("latentscape.explorer.showing.in_notebook", lambda: True),
    ):
        warnings.simplefilter("error")
        torch.manual_seed(0)
        return tuple(player.play(part) for part in parts_of(text))


@contextmanager
def elsewhere() -> Iterator[None]:
    """Work in an empty folder, from which modules can be imported, and leave nothing behind."""
    modules, path = set(sys.modules), list(sys.path)
    with tempfile.TemporaryDirectory(prefix="latentscape-page-") as folder, chdir(folder):
        try:
            yield
        finally:
            here = os.path.realpath(folder)
            for name in set(sys.modules) - modules:
                file = getattr(sys.modules[name], "__file__", None) or ""
                if os.path.realpath(file).startswith(here):
                    del sys.modules[name]
            sys.path[:] = path


def png(figure: Figure) -> bytes:
    """Draw a figure; the same one gives the same bytes."""
    file = io.BytesIO()
    figure.savefig(
        file, dpi=DOTS, bbox_inches="tight", pad_inches=0.08, metadata={"Software": None}
    )
    return file.getvalue()


def inches(picture: bytes) -> float:
    """The width of a PNG of ours."""
    return int.from_bytes(picture[16:20], "big") / DOTS


def words_of(figure: Figure) -> str:
    """What a figure says of itself, for those who do not see it.

    Raises:
        PageError: when it has no title.
    """
    titles = [
        figure.get_suptitle(),
        *(ax.get_title(loc) for ax in figure.axes for loc in LOCATIONS),
    ]
    titled = [" ".join(title.split()) for title in titles if title]
    if not titled:
        raise PageError(f"a figure with {len(figure.axes)} axes has no title")
    return ": ".join([titled[0], "; ".join(titled[1:])] if titled[1:] else titled)


LOCATIONS: tuple[Any, ...] = ("left", "center", "right")
