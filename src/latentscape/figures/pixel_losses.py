"""Two losses of one pixel, and why it matters which is used on grey.

The binary cross-entropy −x log λ − (1 − x) log(1 − λ) is least at λ = x, where the entropy of x
remains: a grey pixel costs up to log 2 however well it is rebuilt. It is no density over [0, 1].
The continuous Bernoulli (arXiv:1907.06845) divides by what makes it one: black and white then
pay off without bound, and grey costs nothing that a uniform density would not.
"""

from __future__ import annotations

from collections.abc import Callable

import matplotlib as mpl
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from latentscape.figures.kinds import kind
from latentscape.figures.shown import ShownFigure
from latentscape.figures.style import COLOURS, current
from latentscape.parts.distributions.pixels import Bernoulli, ContinuousBernoulli

Floats = NDArray[np.float64]
SHADES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)
LOGITS = np.linspace(-7, 7, 561)


@kind()
def pixel_losses() -> Figure:
    """Binary cross-entropy and continuous Bernoulli against pixel value and output."""
    figure = ShownFigure(figsize=(11.2, 3.6), layout="constrained")
    figure.suptitle("The loss of one pixel", x=0.0, ha="left")
    best, bce, continuous = figure.subplots(1, 3)
    x = np.linspace(0.0, 1.0, 201)
    names = ("binary cross-entropy", "continuous Bernoulli")
    curves = (entropy_losses(x, LOGITS), density_losses(x, LOGITS))
    for name, table, colour in zip(names, curves, (COLOURS[0], COLOURS[6]), strict=True):
        best.plot(x, table.min(axis=1), color=colour)
        label = "cross-entropy" if name.startswith("binary") else "continuous Bernoulli"
        best.annotate(
            label,
            (0.5, table.min(axis=1)[100]),
            xytext=(0, 6),
            textcoords="offset points",
            ha="center",
            color=colour,
            fontweight="bold",
        )
    best.axhline(0, color=current().rule, lw=0.8, zorder=0)
    best.set(xlabel="pixel value", ylabel="nats", ylim=(-2.2, 1.2))
    best.set_title("at the best output, λ from 0.001 to 0.999")
    by_shade(bce, entropy_losses, "cross-entropy: least where output = pixel")
    by_shade(continuous, density_losses, "continuous Bernoulli: least where its mean = pixel")
    continuous.legend(
        title="pixel value", loc="upper left", bbox_to_anchor=(1.0, 1.05), handlelength=1.2
    )
    return figure


def entropy_losses(x: Floats, logits: Floats) -> Floats:
    """Binary cross-entropy (X, L) of pixels (X,) at logits (L,), in nats."""
    return -log_probabilities(Bernoulli, x, logits)


def density_losses(x: Floats, logits: Floats) -> Floats:
    """Minus the continuous Bernoulli's log-density (X, L), in nats."""
    return -log_probabilities(ContinuousBernoulli, x, logits)


def log_probabilities(
    family: type[Bernoulli] | type[ContinuousBernoulli], x: Floats, logits: Floats
) -> Floats:
    """Log-probability (X, L) of every pixel under every logit.

    Args:
        family: the likelihood.
        x: pixels (X,) in [0, 1].
        logits: outputs (L,).
    """
    outputs = torch.from_numpy(np.tile(logits, (len(x), 1)))[..., None, None, None]
    pixels = torch.from_numpy(x)[:, None, None, None, None].expand_as(outputs)
    return np.asarray(family(outputs).log_prob(pixels).numpy(), np.float64)


def by_shade(ax: Axes, losses: Callable[[Floats, Floats], Floats], title: str) -> None:
    """Draw the loss of a few pixel values against the output.

    Args:
        ax: where.
        losses: of pixels (X,) and logits (L,): (X, L).
        title: of the panel.
    """
    table = losses(np.array(SHADES), LOGITS)
    shades = mpl.colormaps["viridis"]
    output = 1 / (1 + np.exp(-LOGITS))
    for shade, loss in zip(SHADES, table, strict=True):
        ax.plot(output, loss, color=shades(0.15 + 0.75 * shade), label=f"{shade:g}")
        lowest = int(loss.argmin())
        if 0 < lowest < len(loss) - 1:
            ax.plot(output[lowest], loss[lowest], "o", color=current().ink, ms=3.5, zorder=4)
    ax.axhline(0, color=current().rule, lw=0.8, zorder=0)
    ax.set(xlabel="output λ", ylim=(-2.2, 3.2), title=title)
