"""Which pictures a report shows of a model, and in which order."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from latentscape.figures import KINDS
from latentscape.reports.embed import EmbeddedFigure, embedded, picture, shots
from latentscape.reports.examination import Examined
from latentscape.system.errors import LatentscapeError

SPACE = ("reconstructions", "scatter", "manifold", "plane", "traversal", "interpolation")
MORE = ("class-means", "histograms", "spread-radius", "pixels-vs-codes")
MOST = 10_000


def pictures_of(
    examined: Examined, names: tuple[str, ...] = SPACE + MORE
) -> tuple[list[EmbeddedFigure], list[str]]:
    """Draw those pictures that can be drawn of this model.

    Returns:
        The pictures, and a sentence for each that cannot be drawn.
    """
    shown, left_out = [], []
    # One is packed while the next is drawn: packing takes long, and leaves the interpreter free.
    with ThreadPoolExecutor(2) as packers:
        for name in names:
            if name == "plane" and examined.run.codes_size == 2:
                continue  # the manifold shows it
            if name == "manifold" and examined.run.codes_size != 2:
                continue
            try:
                both = shots(partial(KINDS[name].draw, *arguments(examined, name)))
            except LatentscapeError as error:
                left_out.append(f"{name}: {error}")
            else:
                shown.append(packers.submit(embedded, both, _alt(examined, name)))
    return [each.result() for each in shown], left_out


def kind_picture(examined: Examined, name: str) -> EmbeddedFigure:
    """Draw one kind in both styles.

    Raises:
        LatentscapeError: when it cannot be drawn of this model.
    """
    draw = partial(KINDS[name].draw, *arguments(examined, name))
    return picture(draw, _alt(examined, name))


def _alt(examined: Examined, name: str) -> str:
    """What a kind shows of this model."""
    return f"{KINDS[name].description}: {examined.run.name}"


def arguments(examined: Examined, name: str) -> list[object]:
    """What a kind is drawn of."""
    kind = KINDS[name]
    runs: list[object] = [[examined.run] if kind.several else examined.run]
    return [*runs, examined.images] if kind.images else runs
