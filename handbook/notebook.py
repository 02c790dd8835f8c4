"""A played page as a notebook, to download and change."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from textwrap import dedent

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from handbook.cells import Cell, Prose
from handbook.playing import Played

FOLDED = re.compile(r'^\?\?\? \w+ "(.+)"\n\n((?:    .*\n?|\n)+)', re.M)
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((?!https?:)[^)]+\)")
FIRST = """import importlib.util
import sys

if importlib.util.find_spec("latentscape") is None:
    %pip install --quiet 'latentscape[notebook]'
%matplotlib inline"""


def notebook(parts: Sequence[Played]) -> str:
    """Write a page as a notebook (nbformat 4) with its outputs.

    Links to other pages become plain words, since a notebook travels alone.
    """
    cells = [new_code_cell(FIRST)]
    for part in parts:
        if isinstance(part.part, Prose):
            cells.append(new_markdown_cell(unfolded(LINK.sub(r"\1", part.part.text.strip()))))
        else:
            cells.append(new_code_cell(typed(part.part), outputs=outputs(part)))
    if isinstance(parts[0].part, Prose):  # the title comes first
        cells[0], cells[1] = cells[1], cells[0]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    made = new_notebook(cells=cells)
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.validate(made)
    return str(nbformat.writes(made))


def unfolded(text: str) -> str:
    r"""What the site folds away, with its title in front, as a notebook shows it.

    Example:
        >>> unfolded('??? tip "Answer"\n\n    None.')
        '*Answer*\n\nNone.'
    """
    return FOLDED.sub(lambda box: f"*{box[1]}*\n\n{dedent(box[2])}", text)


def typed(cell: Cell) -> str:
    """What a person would type into a notebook's cell."""
    code = cell.code.strip("\n")
    if cell.kind == "file":
        return f"%%writefile {cell.title}\n{code}"
    if cell.kind == "console":
        return "\n".join(
            f"!{{sys.executable}} -m {line.removeprefix('$ ')}" for line in code.splitlines()
        )
    return code


def outputs(part: Played) -> list[nbformat.NotebookNode]:
    """What a cell printed and drew."""
    found = []
    if part.text:
        found.append(new_output("stream", name="stdout", text=part.text))
    for drawn in part.pictures.values():
        picture = base64.b64encode(drawn.files["light"]).decode()
        data = {"image/png": picture, "text/plain": drawn.words}
        found.append(new_output("display_data", data=data))
    return found
