"""`latentscape plot DIR KIND` and `latentscape plot --list`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Group, Parameter

from latentscape.cli.flags import filled_from, own_flags, parameters
from latentscape.cli.output import show_table
from latentscape.cli.reading import AS_TRAINED, OtherPictures
from latentscape.system.errors import LatentscapeError
from latentscape.system.printing import print_answer

if TYPE_CHECKING:
    from latentscape.figures import FigureKind

plot = App(name="plot", help_flags=[])
ABOUT = """Draw a picture of a run, or of several: latentscape plot DIR [DIR ...] KIND [options].

`latentscape plot --list` names the kinds; `latentscape plot DIR KIND --help` lists the options of
one kind."""


@plot.default
def drawn(*tokens: Annotated[str, Parameter(allow_leading_hyphen=True)]) -> None:
    """Read which kind is meant, then everything else with the flags of that kind."""
    words = [token for token in tokens if not token.startswith("-")]
    kind = named(words)
    if "--list" in tokens:
        show_table(["kind", "takes", "what it shows"], rows())
    elif kind is None and ("--help" in tokens or "-h" in tokens or not tokens):
        print_answer(ABOUT)
    elif kind is None:
        raise missing(words)
    else:
        inner = App(
            name="latentscape plot", default_parameter=Parameter(consume_multiple=True, negative=())
        )
        inner.default(command(kind))
        inner(list(tokens), exit_on_error=False, print_error=False)


def named(words: list[str]) -> FigureKind | None:
    """Find the kind that one of the words names."""
    if not words:
        return None
    from latentscape.figures import KINDS

    return next((KINDS[word] for word in words if word in KINDS), None)


def rows() -> list[list[str]]:
    """The lines of the list."""
    from latentscape.figures import KINDS

    return [[kind.name, kind.wants, kind.description] for kind in KINDS.values()]


def missing(words: list[str]) -> LatentscapeError:
    """Say that no kind was named, or that there is none of that name."""
    unknown = [word for word in words if not Path(word).exists()]
    if not unknown:
        return LatentscapeError("say what to draw; `latentscape plot --list` names the kinds")
    from latentscape.figures.drawing import find_kind

    try:
        find_kind(unknown[-1])
    except LatentscapeError as error:
        return error
    return LatentscapeError(f"there is no run '{unknown[-1]}'; give a directory that `train` made")


def figure(
    *runs_and_kind: str,
    data: str | None = None,
    reading: OtherPictures = AS_TRAINED,
    out: Path | None = None,
    style: Literal["light", "dark"] = "light",
    trust: bool = False,
) -> None:
    """Take what every kind takes.

    Args:
        runs_and_kind: one run's directory or several, and the kind.
        data: a source of images, or a path; the run's own by default.
        reading: what is read with them.
        out: a PNG, SVG or PDF file, or a GIF of a film; DIR/KIND.png (film.gif) by default.
        style: light or dark.
        trust: import a recipe from outside latentscape, which runs its code.
    """


def command(kind: FigureKind) -> Callable[..., None]:
    """Make the command that draws one kind, with its options as flags."""
    shared = {k: p.default for k, p in inspect.signature(figure).parameters.items()}
    words = inspect.Parameter("runs_and_kind", inspect.Parameter.VAR_POSITIONAL, annotation=str)
    del shared["runs_and_kind"]
    own = {name: parameter.default for name, parameter in kind.flags.items()}
    made = own_flags(figure, shared, Group("Images and output", sort_key=0))
    made += parameters(inspect.unwrap(kind.draw), own, Group("Picture", sort_key=1))

    def act(*runs_and_kind: str, **given: Any) -> None:
        from latentscape.cli.inputs import images_like
        from latentscape.figures import Film, save
        from latentscape.figures import plot as draw
        from latentscape.runs.load import load_run

        reading = filled_from(shared["reading"], given)
        common = {name: given.pop(name, default) for name, default in shared.items()}
        words = list(runs_and_kind)
        words.remove(kind.name)
        folders = [Path(word) for word in words]
        if kind.run and not folders:
            raise LatentscapeError(f"say which run to draw: latentscape plot DIR {kind.name}")
        runs = [load_run(folder, trust=common["trust"]) for folder in folders]
        images = images_like(folders, common["data"], reading)
        picture = draw(runs, kind.name, images, style=common["style"], **given)
        suffix = ".gif" if isinstance(picture, Film) else ".png"
        target = common["out"] or Path(*folders[:1], f"{kind.name}{suffix}")
        save(picture, target)
        print_answer(target)

    act.__signature__ = inspect.Signature([words, *made])  # type: ignore[attr-defined]
    act.__annotations__ = {p.name: p.annotation for p in (words, *made)}
    act.__doc__ = kind.description
    return act
