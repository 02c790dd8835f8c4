"""Kinds of pictures by name: a kind is one function, and its signature is its configuration.

The first parameter is `run`, or `runs` where several models may be drawn together; a kind that
looks at images takes `images` next; all that follows is keyword options.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, ParamSpec

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from latentscape.data import Images
from latentscape.figures.style import current
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError

P = ParamSpec("P")
Need = Literal["images", "labels", "plane", "history", "film"]

_WORDS: dict[Need, str] = {
    "images": "images",
    "labels": "labelled images",
    "plane": "a two-dimensional code",
    "history": "its training history",
    "film": "codes recorded while it was trained",
}


@dataclass(frozen=True)
class FigureKind:
    """A kind of picture.

    Attributes:
        name: how commands call it.
        description: one line.
        draw: the function that draws it.
        several: whether it takes several runs.
        needs: what it cannot be drawn without.
        objects: options that are functions or images, so that no command line can give them.
    """

    name: str
    description: str
    draw: Callable[..., Figure]
    several: bool
    needs: tuple[Need, ...]
    objects: tuple[str, ...] = ()

    @property
    def run(self) -> bool:
        """Whether it shows a run, or several."""
        return not {"run", "runs"}.isdisjoint(inspect.signature(self.draw).parameters)

    @property
    def images(self) -> bool:
        """Whether it looks at images."""
        return "images" in inspect.signature(self.draw).parameters

    @property
    def options(self) -> dict[str, inspect.Parameter]:
        """Its keyword options by name."""
        parameters = inspect.signature(self.draw).parameters
        return {n: p for n, p in parameters.items() if p.kind is p.KEYWORD_ONLY}

    @property
    def flags(self) -> dict[str, inspect.Parameter]:
        """Those options that a command line can give."""
        return {n: p for n, p in self.options.items() if n not in self.objects}

    @property
    def wants(self) -> str:
        """What it takes, in words.

        Example:
            >>> from latentscape.figures import KINDS
            >>> KINDS["reconstructions"].wants
            'one or more runs, images'
        """
        first = "one or more runs" if self.several else "one run" if self.run else "nothing"
        wanted = [n for n in self.needs if not (n == "images" and "labels" in self.needs)]
        return ", ".join([first, *(_WORDS[n] for n in wanted)])


KINDS: dict[str, FigureKind] = {}


def kind(
    *needs: Need, name: str = "", objects: tuple[str, ...] = ()
) -> Callable[[Callable[P, Figure]], Callable[P, Figure]]:
    """Make a function that draws a picture a kind, checked and drawn in the current style.

    Args:
        needs: what it cannot be drawn without.
        name: how commands call it; the function's name by default.
        objects: options that no command line can give.
    """

    def register(function: Callable[P, Figure]) -> Callable[P, Figure]:
        signature = inspect.signature(function)
        called = name or function.__name__.replace("_", "-")

        @functools.wraps(function)
        def draw(*args: P.args, **kwargs: P.kwargs) -> Figure:
            given = signature.bind(*args, **kwargs).arguments
            runs = given["runs"] if "runs" in given else [given["run"]] if "run" in given else []
            check(called, needs, runs, given.get("images"))
            with mpl.rc_context(current().settings):
                return function(*args, **kwargs)

        first = (function.__doc__ or "").split("\n")[0].rstrip(".")
        several = "runs" in signature.parameters
        KINDS[called] = FigureKind(called, first, draw, several, needs, objects)
        return draw

    return register


def labels_of(images: Images) -> NDArray[np.int64]:
    """The labels (N,) of images.

    Raises:
        LatentscapeError: when they have none.
    """
    if images.labels is None:
        raise LatentscapeError(
            f"the images of '{images.name}' have no labels; give labelled ones (a folder's "
            "subfolders are labels), or draw 'scatter', which needs none"
        )
    return images.labels


def check(
    kind: str, needs: Sequence[Need], runs: Sequence[Run], images: Images | None = None
) -> None:
    """Refuse what cannot be drawn.

    Args:
        kind: the figure's name.
        needs: what it needs.
        runs: those given.
        images: those given.

    Raises:
        LatentscapeError: saying what is missing and how to come by it.
    """
    if images is not None and "labels" in needs:
        labels_of(images)
    for run in runs:
        if "plane" in needs and run.codes_size != 2:
            others = "'plane' or 'scatter', which choose two directions"
            raise LatentscapeError(
                f"'{kind}' shows codes of two numbers, and those of '{run.name}' have "
                f"{run.codes_size}; draw {others if run.codes_size > 2 else 'traversal'}, or train "
                "with --latent 2"
            )
        if "history" in needs and not run.history:
            raise LatentscapeError(
                f"'{run.name}' has no training history; train it with `latentscape train`"
            )
        if "film" in needs and len(run.film) < 2:
            raise LatentscapeError(
                f"'{run.name}' has {len(run.film)} epochs of codes on film, and two make a film; "
                "train it for longer"
            )
