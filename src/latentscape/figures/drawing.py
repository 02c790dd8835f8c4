"""One verb for every kind of picture."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

from matplotlib.figure import Figure

from latentscape.data import Images, Splits
from latentscape.figures.kinds import KINDS, FigureKind
from latentscape.figures.style import style as in_style
from latentscape.runs.given import check_run, images_or_own
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError
from latentscape.system.names import did_you_mean


def plot(
    run: Run | Sequence[Run],
    kind: str,
    images: Images | Splits | None = None,
    *,
    style: str | None = None,
    **options: object,
) -> Figure:
    """Draw a picture of a run, or of several.

    Args:
        run: what to draw; several where the kind takes them. A kind that shows no run passes
            over it.
        kind: a name that `KINDS` lists.
        images: to look at; of splits the test images. By default the test images of the run's
            own source.
        style: "light" or "dark"; by default that of the `with style(…)` around the call, or light.
        options: the kind's own (`KINDS[kind].options`).

    Raises:
        LatentscapeError: when there is no such kind or option, or it cannot be drawn for this run.
    """
    found = find_kind(kind)
    runs = [*run] if isinstance(run, Sequence) and not isinstance(run, str) else [run]
    for each in runs:
        check_run(each)
    if found.run and len(runs) != 1 and not (found.several and runs):
        raise LatentscapeError(f"'{kind}' takes {found.wants}, and {len(runs)} were given")
    for name in options:
        if name not in found.options:
            known = ", ".join(found.options) or "none"
            raise LatentscapeError(f"'{kind}' has no option {name!r}; its options: {known}")
    arguments: list[object] = [runs if found.several else runs[0]] if found.run else []
    if found.images:
        arguments.append(tested(images_or_own(runs[0], images)))
    look: AbstractContextManager[object] = in_style(style) if style else nullcontext()
    with look:
        return found.draw(*arguments, **options)


def find_kind(name: str) -> FigureKind:
    """Look a kind up by its name.

    Raises:
        LatentscapeError: when there is none (the nearest is offered).
    """
    if name in KINDS:
        return KINDS[name]
    raise LatentscapeError(f"no picture is called {name!r}; {did_you_mean(name, KINDS)}")


def tested(images: Images | Splits) -> Images:
    """Give the test images of splits, or the images themselves."""
    return images.test if isinstance(images, Splits) else images
