"""The page of the five systems: their claims beside what commands show, from `systems.toml`.

Pictures and figures are kept in docs/images/systems, made by `python benchmarks/systems.py`.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
KEPT = HERE.parent / "docs" / "images" / "systems"
INTRODUCTION = """# Five systems, shown again

Latentscape grew from five small projects about autoencoders on MNIST. Here is what each claimed,
beside what the package measures, and its pictures, each made by the command above it. Runs are
small where the source's were long, which is said; the figures by the sources' own protocols are in
[another page](published.md). `python benchmarks/systems.py` runs every command on this page.
"""


@dataclass(frozen=True)
class Figure:
    """A figure that was claimed: what it is, the claim, and the command and place of ours."""

    what: str
    claimed: str
    command: str
    find: str

    @property
    def key(self) -> str:
        """Under which it is kept: the run and the place of the figure."""
        return f"{self.command.split()[2]} {self.find}"


@dataclass(frozen=True)
class Shown:
    """A picture: the command that makes it, and what it shows."""

    command: str
    shows: str

    @property
    def name(self) -> str:
        """Its file's name, without a suffix."""
        return Path(self.command.split("--out ")[1].split()[0]).stem


@dataclass(frozen=True)
class System:
    """One project, with the commands that show what it showed."""

    title: str
    about: str
    train: tuple[str, ...]
    figures: tuple[Figure, ...]
    pictures: tuple[Shown, ...]


def systems() -> tuple[System, ...]:
    """The five, in the order of the page."""
    known = tomllib.loads((HERE / "systems.toml").read_text(encoding="utf-8"))["system"]
    return tuple(
        System(
            s["title"],
            s["about"],
            tuple(s["train"]),
            tuple(Figure(**f) for f in s["figures"]),
            tuple(Shown(**p) for p in s["pictures"]),
        )
        for s in known
    )


def page() -> str:
    """The page, in Markdown."""
    found = json.loads((KEPT / "figures.json").read_text(encoding="utf-8"))
    return "\n".join([INTRODUCTION, *(line for s in systems() for line in section(s, found))])


def section(system: System, found: dict[str, str]) -> Iterator[str]:
    """One project: its claims beside our figures, then its pictures."""
    yield f"## {system.title}\n\n{system.about}\n"
    if system.train:
        yield "```console\n" + "\n".join(f"$ {line}" for line in system.train) + "\n```\n"
    yield "| | the source | here | by |\n| --- | --- | --- | --- |"
    for f in system.figures:
        yield f"| {f.what} | {f.claimed} | {found[f.key]} | `{f.command}` |"
    yield ""
    for p in system.pictures:
        caption = p.shows[0].upper() + p.shows[1:]
        yield f"```console\n$ {p.command}\n```\n\n![{caption}](images/systems/{p.name}.webp)\n"
        yield f"{caption}.\n"
