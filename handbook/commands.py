"""The command line, read from itself: every command with its flags, as Markdown."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import NoneType
from typing import Any, Literal, cast, get_args, get_origin

from cyclopts import App, Group, Parameter
from cyclopts.argument import Argument
from docstring_parser import parse

from latentscape.cli import plot as plotting
from latentscape.cli import sweep as sweeping
from latentscape.cli.main import VERBS, make_app
from latentscape.figures import KINDS, FigureKind
from latentscape.recipes import RECIPES, Recipe

PLAIN = ("Arguments", "Parameters")
"""What cyclopts calls arguments of no group."""
SHARED = ("Images and output", "Training")
"""Groups of flags that every recipe, or every kind of picture, has."""


@dataclass(frozen=True)
class Flag:
    """An argument of a command.

    Attributes:
        name: `--latent`, or DIR where it goes by its place.
        takes: what comes after it, "" where nothing does.
        default: what holds without it, "" where that is nothing.
        words: what it is for.
        group: of what kind it is.
        required: whether the command cannot do without.
        opposite: `--no-pca` of `--pca`, where leaving both out leaves it open.
    """

    name: str
    takes: str
    default: str
    words: str
    group: str
    required: bool
    opposite: str = ""

    @property
    def names(self) -> list[str]:
        """Each way to type it."""
        return [self.name, self.opposite] if self.opposite else [self.name]


@dataclass(frozen=True)
class Command:
    """A command.

    Attributes:
        name: as it is typed, after `latentscape`.
        summary: one sentence.
        about: what its help says besides.
        flags: its arguments.
    """

    name: str
    summary: str
    about: str
    flags: tuple[Flag, ...]

    @property
    def usage(self) -> str:
        """How it is typed."""
        places = [f.name if f.required else f"[{f.name}]" for f in self.flags if f.name.isupper()]
        named = [f"{f.name} {f.takes}" for f in self.flags if f.required and not f.name.isupper()]
        return " ".join(["latentscape", self.name, *places, *named, "[options]"])


def commands() -> list[Command]:
    """Every command, in the order of `latentscape --help`."""
    app = make_app()
    return [command(verb, summary, app[verb]) for verb, summary in VERBS.items()]


def command(verb: str, summary: str, app: App) -> Command:
    """Read one command."""
    function = app.default_command
    if not callable(function):
        raise TypeError(f"{verb} does nothing by itself")
    if verb == "plot":
        kind = next(iter(KINDS.values()))
        return Command(verb, summary, usual(plotting.ABOUT), shared(of_picture(kind).flags))
    if verb == "sweep":
        swept = sweeping.command([RECIPES["vae"]])
        return Command(verb, summary, usual(sweeping.ABOUT), shared(flags(swept)))
    own = flags(function)
    if verb == "train":
        return Command(verb, summary, summary, own + shared(of_recipe(RECIPES["vae"]).flags))
    about = parse(inspect.getdoc(function) or "")
    text = "\n\n".join(t for t in (about.short_description, about.long_description) if t)
    return Command(verb, summary, text, own)


def of_recipe(recipe: Recipe[Any]) -> Command:
    """The command that trains a recipe."""
    app = make_app()["train"][recipe.name]
    function = app.default_command
    assert callable(function)
    doc = inspect.getdoc(recipe.function) or ""
    return Command(f"train {recipe.name}", doc.partition("\n")[0], "", flags(function))


def of_picture(kind: FigureKind) -> Command:
    """The command that draws a kind of picture."""
    found = flags(plotting.command(kind))
    return Command(f"plot DIR {kind.name}", kind.description, "", found)


def shared(found: Iterable[Flag]) -> tuple[Flag, ...]:
    """Those flags that every recipe or picture has."""
    return tuple(flag for flag in found if flag.group in SHARED)


def flags(function: Callable[..., Any]) -> tuple[Flag, ...]:
    """The arguments of a command's function, as the command line would read them."""
    app = App(default_parameter=Parameter(negative=()))
    app.default(function)
    return tuple(
        flag(argument) for argument in app.assemble_argument_collection(parse_docstring=True)
    )


def flag(argument: Argument) -> Flag:
    """Read one argument."""
    info = argument.field_info
    placed = info.kind in (info.POSITIONAL_ONLY, info.POSITIONAL_OR_KEYWORD, info.VAR_POSITIONAL)
    name = argument.names[0]
    named = argument.parameter.group or ()
    groups = [g.name for g in cast(tuple[Group, ...], named) if g.name]
    return Flag(
        name=name.lstrip("-").upper() if placed else name,
        takes=takes(argument.hint),
        default=default(info.default),
        words=" ".join((argument.parameter.help or "").split()),
        group=groups[0] if groups and groups[0] not in PLAIN else "",
        required=bool(argument.required),
        opposite="".join(argument.negatives),
    )


def takes(hint: Any) -> str:
    """What a value of a type looks like on the command line.

    Example:
        >>> takes(int | None), takes(tuple[int, ...]), takes(Literal["light", "dark"]), takes(bool)
        ('INT', 'INT …', 'light | dark', '')
    """
    inner = [part for part in get_args(hint) if part not in (NoneType, Ellipsis)]
    if get_origin(hint) is Literal:
        return " | ".join(inner)
    if hint is bool:
        return ""
    if hint in (int, float):
        return str(hint.__name__).upper()
    if hint is Path:
        return "PATH"
    if inner and NoneType in get_args(hint):
        return takes(inner[0])
    return f"{takes(inner[0])} …" if inner else "TEXT"


def default(value: Any) -> str:
    """A default as one would type it; none where leaving the flag out is the only way to say it."""
    if value is inspect.Parameter.empty or value is None or value is False or value in ("", ()):
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)


def usual(text: str) -> str:
    """A help text as paragraphs."""
    return "\n\n".join(" ".join(p.split()) for p in text.split("\n\n"))


def table(found: Sequence[Flag]) -> str:
    """Flags as a table in Markdown."""
    rows = ["| flag | takes | default | what it is for |", "| --- | --- | --- | --- |"]
    for one in found:
        choices = one.takes.replace(" | ", "<br>")
        standard = f"`{one.default}`" if one.default else "*required*" if one.required else ""
        names = ", ".join(f"`{name}`" for name in one.names)
        rows.append(f"| {names} | {choices} | {standard} | {one.words} |")
    return "\n".join(rows) + "\n"


def page() -> str:
    """The reference of commands."""
    sections = [section(found) for found in commands()]
    return "\n".join([INTRODUCTION, *sections])


def section(found: Command) -> str:
    """One command."""
    first, _, rest = found.about.partition("\n\n")
    lines = [f"## {found.name}", "", first, "", f"```\n{found.usage}\n```", "", rest, ""]
    groups = list(dict.fromkeys(f.group for f in found.flags))
    for group in groups:
        if len(groups) > 1:
            lines += [f"**{HEADINGS.get(group, group)}**", ""]
        lines += [table([f for f in found.flags if f.group == group]), ""]
    return "\n".join([*lines, MORE.get(found.name, "")])


HEADINGS = {"": "To go on with a run", "Training": "Training (defaults of `train vae`)"}
MORE = {
    "train": "Each recipe has flags of its own besides: they are with the [recipes](recipes.md).\n",
    "plot": "Each kind has flags of its own besides: they are with the [pictures](pictures.md).\n",
    "sweep": "All flags of a recipe and of its training can vary: [recipes](recipes.md), "
    "[training](#train).\n",
    "recipes": "The same, with every flag: [recipes](recipes.md).\n",
    "measure": "What each figure means: [measures](measures.md).\n",
}
INTRODUCTION = """# Commands

`latentscape COMMAND --help` says the same in the terminal. A command that fails for a reason that
you can mend ends with status 2 and one sentence; Ctrl-C ends with 130.
"""
