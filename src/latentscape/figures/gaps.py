"""Where codes are dense, and where none are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from scipy.spatial import Delaunay

from latentscape.data import Images
from latentscape.figures.kinds import kind
from latentscape.figures.scatter import points, spots
from latentscape.figures.shown import ShownFigure
from latentscape.figures.style import current
from latentscape.latent.arrays import spread_of, subset
from latentscape.latent.gaps import ground_of
from latentscape.latent.whitening import Whitening
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError

Floats = NDArray[np.floating]
CELLS = 160
MASSES = (0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class GapMap:
    """A fine grid over the plane of codes.

    Attributes:
        x: across (M,).
        y: up (M,).
        distance: from each place to the nearest code (M, M), row by row upwards.
        inside: whether it lies within the hull of the codes' middle 99 % (M, M).
        reach: the distance that 99 % of codes keep from their own nearest neighbour at most.
    """

    x: Floats
    y: Floats
    distance: Floats
    inside: NDArray[np.bool_]
    reach: float

    @property
    def places(self) -> Floats:
        """The grid's places (M², 2), in the order of `distance.ravel()`."""
        return np.stack(np.meshgrid(self.x, self.y), axis=-1).reshape(-1, 2)


@kind("images", "plane")
def gaps(run: Run, images: Images, *, limit: int = 10_000, seed: int = 0) -> Figure:
    """Density of the codes over their scatter, and a map of the gaps between them.

    Args:
        run: a model whose code has two numbers.
        images: to encode.
        limit: at most so many, a seeded sample.
        seed: of the sample.
    """
    chosen = images.take(subset(len(images), limit, seed))
    codes = run.encode(chosen).astype(np.float64)
    chart = survey(codes, run.draw_posterior(chosen, seed=seed))
    tall = float(np.clip(np.ptp(chart.y) / np.ptp(chart.x), 0.4, 1.6))
    figure = ShownFigure(figsize=(10.6, 1.0 + 4.2 * tall), layout="constrained")
    figure.suptitle(f"Where the codes of {run.name} are, and where none are", x=0.0, ha="left")
    left, right = figure.subplots(1, 2)
    points(left, codes, chosen, size=4)
    draw_density(left, codes, chart)
    shares = ", ".join(f"{m:.0%}" for m in MASSES[:-1])
    left.set_title(f"lines round the densest {shares} and {MASSES[-1]:.0%} of codes")
    spread = spread_of(codes)
    share = float((chart.distance[chart.inside] > chart.reach).mean())
    levels = np.linspace(chart.reach, max(chart.distance[chart.inside].max(), chart.reach * 2), 9)
    shaded = right.contourf(
        chart.x,
        chart.y,
        np.where(chart.inside, chart.distance, np.nan),
        levels,
        cmap=current().amount,
        extend="max",
    )
    right.contour(chart.x, chart.y, chart.inside, [0.5], colors=current().soft, linewidths=0.8)
    spots(right, codes, current().neutral, "o", 2)
    draw_largest(right, chart)
    right.set_title(f"{share:.0%} of the ground inside the line is gap; ring: the largest")
    bar = figure.colorbar(shaded, ax=right, shrink=0.7, pad=0.02)
    bar.set_ticks(levels[::2].tolist(), labels=[f"{v / spread:.2f}" for v in levels[::2]])
    bar.set_label("distance to the nearest code, in spreads", color=current().soft)
    bar.outline.set_visible(False)
    for ax in (left, right):
        ax.set(xlim=(chart.x[0], chart.x[-1]), ylim=(chart.y[0], chart.y[-1]))
        ax.set_aspect("equal", adjustable="box")
        ax.set(xlabel="latent dimension 1", ylabel="latent dimension 2")
    return figure


def survey(codes: Floats, posterior: Floats | None = None) -> GapMap:
    """Measure how far every place of a plane is from where codes are.

    Args:
        codes: of images (N, 2).
        posterior: drawn from the posteriors of the same images (N, 2); by default the codes.

    Raises:
        LatentscapeError: when the codes lie on a line, which has no area.
    """
    low, high = np.quantile(codes, [0.002, 0.998], axis=0)
    margin = 0.08 * (high - low)
    whitening = Whitening.of_codes(codes)
    if margin.min() <= 0 or len(codes) < 10 or whitening.rank < 2:
        raise LatentscapeError(
            "the codes lie on a line or in a point, so there are no gaps to map; draw 'traversal'"
        )
    x, y = (np.linspace(low[i] - margin[i], high[i] + margin[i], CELLS) for i in (0, 1))
    places = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    ground = ground_of(codes, posterior)
    distance = ground.distance(places)
    radius = whitening.distances(codes)
    hull = Delaunay(codes[radius <= np.quantile(radius, 0.99)])
    inside = hull.find_simplex(places) >= 0
    shape = CELLS, CELLS
    return GapMap(x, y, distance.reshape(shape), inside.reshape(shape), ground.reach)


def draw_density(ax: Axes, codes: Floats, chart: GapMap) -> None:
    """Draw lines round the densest shares of codes (N, 2).

    Args:
        ax: where.
        codes: (N, 2).
        chart: the density over the plane.
    """
    counts, _, _ = np.histogram2d(
        codes[:, 1], codes[:, 0], bins=CELLS, range=[chart.y[[0, -1]], chart.x[[0, -1]]]
    )
    density = gaussian_filter(counts, CELLS / 60)
    falling = np.sort(density.ravel())[::-1]
    mass = falling.cumsum() / falling.sum()
    levels = np.unique([falling[np.searchsorted(mass, m)] for m in MASSES])
    ax.contour(chart.x, chart.y, density, levels, colors=current().ink, linewidths=0.9)


def draw_largest(ax: Axes, chart: GapMap) -> None:
    """Draw the largest circle round a place inside that holds no code."""
    place = emptiest(chart, 1)[0]
    radius = float(np.where(chart.inside, chart.distance, 0).max())
    ax.add_patch(Circle(tuple(place), radius, fill=False, ec=current().ink, lw=1.2))


def emptiest(chart: GapMap, count: int) -> Floats:
    """Choose places (count, 2) inside that are farthest from any code, apart from each other."""
    inside = chart.inside.ravel()
    scores = chart.distance.ravel()[inside]
    size = float(np.hypot(np.ptp(chart.x), np.ptp(chart.y)))
    return apart(chart.places[inside], scores, count, size / 12)


def apart(places: Floats, scores: Floats, count: int, distance: float) -> Floats:
    """Choose the best-scored places (M, 2) that keep a distance, which shrinks where it must.

    Args:
        places: (M, 2).
        scores: (M,), the best highest.
        count: how many to choose.
        distance: that they keep.
    """
    chosen: list[int] = []
    nearest_chosen = np.full(len(places), np.inf)
    while len(chosen) < min(count, len(places)):
        free = nearest_chosen >= distance
        if not free.any():
            distance /= 2
            continue
        chosen.append(int(np.where(free, scores, -np.inf).argmax()))
        from_last = np.linalg.norm(places - places[chosen[-1]], axis=1)
        nearest_chosen = np.minimum(nearest_chosen, from_last)
        nearest_chosen[chosen] = -np.inf
    return places[chosen]
