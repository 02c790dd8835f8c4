"""Which pictures a report shows of a model, and in which order."""

from __future__ import annotations

from latentscape.figures import KINDS
from latentscape.reports.embed import EmbeddedFigure, picture
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
    for name in names:
        if name == "plane" and examined.run.codes_size == 2:
            continue  # the manifold shows it
        if name == "manifold" and examined.run.codes_size != 2:
            continue
        try:
            shown.append(kind_picture(examined, name))
        except LatentscapeError as error:
            left_out.append(f"{name}: {error}")
    return shown, left_out


def kind_picture(examined: Examined, name: str) -> EmbeddedFigure:
    """Draw one kind in both styles.

    Raises:
        LatentscapeError: when it cannot be drawn of this model.
    """
    return picture(
        lambda: KINDS[name].draw(*arguments(examined, name)),
        f"{KINDS[name].description}: {examined.run.name}",
    )


def arguments(examined: Examined, name: str) -> list[object]:
    """What a kind is drawn of."""
    kind = KINDS[name]
    runs: list[object] = [[examined.run] if kind.several else examined.run]
    return [*runs, examined.images] if kind.images else runs
