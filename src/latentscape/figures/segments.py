"""Does a seven-dimensional code behave like a seven-segment display?

Such a display shows ten digits by seven lamps. If the latent dimensions were lamps, the class
means of each would follow one lamp over the ten digits, up to sign. The numbers are matched to the
lamps so that their absolute correlations are largest (Hungarian method), and the mean of these is
held against the same for digits in shuffled order: chance alone matches seven numbers to seven
lamps rather well.
"""

from __future__ import annotations

from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from latentscape.data import Images
from latentscape.figures.kinds import kind, labels_of
from latentscape.figures.shown import ShownFigure
from latentscape.figures.style import COLOURS, current
from latentscape.figures.tiles import bare, show, tiles
from latentscape.latent.paths import class_means as means_of
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError

Floats = NDArray[np.float64]

# Lamps a to g: top, upper right, lower right, bottom, lower left, upper left, middle.
LIT = ("abcdef", "bc", "abdeg", "abcdg", "bcfg", "acdfg", "acdefg", "abc", "abcdefg", "abcdfg")
LAMPS = np.array([[lamp in lit for lamp in "abcdefg"] for lit in LIT], dtype=np.float64)
LINES = (
    ((0, 2), (1, 2)),
    ((1, 2), (1, 1)),
    ((1, 1), (1, 0)),
    ((0, 0), (1, 0)),
    ((0, 1), (0, 0)),
    ((0, 2), (0, 1)),
    ((0, 1), (1, 1)),
)
SHUFFLES = 500
ALIKE = 0.9


@dataclass(frozen=True)
class Match:
    """How well seven numbers follow seven lamps.

    Attributes:
        correlation: mean absolute correlation of matched pairs, 0 to 1.
        chance: the same for shuffled digits (S,).
        lamps: each lamp (10, 7) as its number shows it, from 0 to 1.
    """

    correlation: float
    chance: Floats
    lamps: Floats

    @property
    def shuffled_better(self) -> float:
        """Share of shuffled orders that match as well or better."""
        return float((self.chance >= self.correlation).mean())


@kind("images", "labels")
def seven_segments(run: Run, images: Images, *, seed: int = 0) -> Figure:
    """Whether a seven-dimensional code behaves like a seven-segment display.

    Args:
        run: a model of seven latent dimensions.
        images: of the ten digits, with labels.
        seed: of the shuffled orders.

    Raises:
        LatentscapeError: for another code or other classes.
    """
    if run.codes_size != 7 or images.classes != tuple("0123456789"):
        raise LatentscapeError(
            f"a seven-segment display has seven segments and ten digits, and '{run.name}' has "
            f"{run.codes_size} with {len(images.classes)} classes; draw 'class-means'"
        )
    means = means_of(run.encode(images), labels_of(images))
    if len(means) < 10:
        raise LatentscapeError(f"only {len(means)} of the ten digits are there; give all of them")
    table = np.stack(list(means.values())).astype(np.float64)
    found = match(table, seed)
    figure = ShownFigure(figsize=(7.4, 3.5), layout="constrained")
    odds = found.shuffled_better
    verdict = "Yes" if found.correlation >= ALIKE else "No"
    figure.suptitle(f"Is {run.name} a seven-segment display? {verdict}.", x=0.0, ha="left")
    rows = figure.subplots(3, 1, height_ratios=[1.5, 1.5, 1])
    glyphs(rows[0], LAMPS, "a display")
    glyphs(rows[1], found.lamps, "the numbers,\nmatched to lamps")
    _, H, W = run.shape
    grid = tiles(run.decode(table))[None]
    show(rows[2], grid, max(1, W // 14))
    rows[2].set_yticks([(H - 1) / 2], ["mean codes,\ndecoded"])
    rows[2].tick_params(length=0, labelcolor=current().ink, labelsize=8.5)
    rows[0].set_title(
        f"best match: mean |correlation| {found.correlation:.2f}; with the digits shuffled "
        f"{np.median(found.chance):.2f}, and as good or better in {odds:.0%} of {SHUFFLES} orders"
    )
    return figure


def match(table: Floats, seed: int = 0) -> Match:
    """Match numbers to lamps: class means (10, 7) -> how well they follow."""
    correlation, order, signs = matched(table)
    rng = np.random.default_rng(seed)
    chance = np.array([matched(table[rng.permutation(10)])[0] for _ in range(SHUFFLES)])
    turned = table[:, order] * signs
    low, high = turned.min(axis=0), turned.max(axis=0)
    lamps = (turned - low) / np.where(high > low, high - low, 1)
    return Match(correlation, chance, lamps)


def matched(table: Floats) -> tuple[float, NDArray[np.integer], Floats]:
    """The mean absolute correlation, and for each lamp its number and sign."""
    numbers, lamps = (standard(x) for x in (table, LAMPS))
    correlations = lamps.T @ numbers / len(table)
    _, order = linear_sum_assignment(-np.abs(correlations))
    chosen = correlations[np.arange(len(order)), order]
    return float(np.abs(chosen).mean()), order, np.where(chosen < 0, -1.0, 1.0)


def standard(x: Floats) -> Floats:
    """Columns of mean 0 and standard deviation 1; constant ones become 0."""
    centred, spread = x - x.mean(axis=0), x.std(axis=0)
    return np.asarray(centred / np.where(spread > 0, spread, 1))


def glyphs(ax: Axes, lamps: Floats, label: str) -> None:
    """Draw digits by lamps (10, 7), each from 0 (dark) to 1 (lit).

    Args:
        ax: where.
        lamps: (10, 7).
        label: what the digits are.
    """
    bare(ax)
    ax.set_aspect("equal")
    shades = LinearSegmentedColormap.from_list("lamps", [current().rule, COLOURS[2]])
    for digit, values in enumerate(lamps):
        for (start, end), value in zip(LINES, values, strict=True):
            x, y = zip(start, end, strict=True)
            colour = mpl.colors.to_hex(shades(float(value)))
            ax.plot(
                np.array(x) + 2 * digit,
                y,
                color=colour,
                lw=1 + 3.5 * value,
                solid_capstyle="round",
                zorder=2 + value,
            )
    ax.set(xlim=(-0.5, 19.5), ylim=(-0.25, 2.25))
    ax.set_yticks([1], [label])
    ax.tick_params(length=0, labelcolor=current().ink, labelsize=8.5)
