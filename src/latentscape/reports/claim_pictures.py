"""The pictures that answer claims by themselves, in the style of all figures."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.stats import chi

from latentscape.figures.style import COLOURS, class_look, current


def radii(codes: NDArray[np.float64]) -> Figure:
    """Distances of codes (N, d) from the origin, beside those of as many draws from N(0, I)."""
    with mpl.rc_context(current().settings):
        d = codes.shape[1]
        radius = np.linalg.norm(codes, axis=1)
        right = max(float(np.quantile(radius, 0.995)), float(chi.ppf(0.999, d)))
        figure = Figure(figsize=(6.4, 2.4), layout="constrained")
        ax = figure.add_subplot()
        x = np.linspace(0, right, 400)
        ax.fill_between(x, chi.pdf(x, d), color=current().rule, lw=0, label="N(0, I)")
        ax.hist(
            radius,
            bins=np.linspace(0, right, int(np.clip(1.5 * len(codes) ** 0.5, 12, 70))).tolist(),
            density=True,
            histtype="step",
            color=COLOURS[0],
            lw=1.6,
            label="codes",
        )
        ax.set(xlim=(0, right), yticks=[], xlabel="distance from the origin")
        ax.spines["left"].set_visible(False)
        ax.legend(loc="upper right")
        return figure


def class_rooms(
    names: Sequence[str],
    present: NDArray[np.int64],
    shares: NDArray[np.float64],
    real: NDArray[np.float64],
) -> Figure:
    """Share of uniform draws (K,) that falls to each class, a bar, and of images (K,), a mark.

    Args:
        names: of the K classes.
        present: their numbers (K,).
        shares: of uniform draws (K,).
        real: of the images (K,).
    """
    with mpl.rc_context(current().settings):
        K = len(names)
        figure = Figure(figsize=(6.4, 0.6 + 0.2 * K), layout="constrained")
        ax = figure.add_subplot()
        rows = np.arange(K)
        ax.barh(rows, shares, 0.62, color=[class_look(int(c))[0] for c in present])
        ax.vlines(real, rows - 0.4, rows + 0.4, color=current().ink, lw=1.4)
        ax.set_yticks(rows, [shorten(name) for name in names])
        ax.set_ylim(K - 0.4, -0.6)
        ax.tick_params(axis="y", length=0, labelcolor=current().ink)
        ax.xaxis.set_major_formatter(mpl.ticker.PercentFormatter(1, decimals=0))
        ax.spines["left"].set_visible(False)
        ax.set_title("bars: uniform draws; upright marks: the images")
        return figure


def shorten(name: str, most: int = 24) -> str:
    """Cut a long name."""
    return name if len(name) <= most else name[: most - 1] + "…"
