"""Pictures: one function a kind, `plot` for all of them, `save` for files.

Example:
    >>> import latentscape as ls
    >>> images = ls.load_images("digits", limit=200)
    >>> run = ls.fit(ls.recipes.vae(images.shape), images, epochs=1)
    >>> figure = plot(run, "manifold", images)
    >>> KINDS["manifold"].description
    'What a grid of codes decodes to, over the plane of a two-dimensional code'

An installed package adds its own by an entry point of the group "latentscape.pictures" that names a
function under `@kind`.
"""

from latentscape.figures.class_draws import class_draws
from latentscape.figures.curves import loss
from latentscape.figures.drawing import plot
from latentscape.figures.draws import gaussian_draws, samples
from latentscape.figures.film import Film, film
from latentscape.figures.gaps import gaps
from latentscape.figures.grids import manifold
from latentscape.figures.interpolation import interpolation, traversal
from latentscape.figures.kinds import KINDS, FigureKind
from latentscape.figures.means import class_means
from latentscape.figures.mosaics import plane, quantiles, three_images
from latentscape.figures.picked_points import picked_points
from latentscape.figures.pixel_losses import pixel_losses
from latentscape.figures.pixels_vs_codes import lda3d, pixels_vs_codes
from latentscape.figures.rows import denoising, reconstructions, residuals
from latentscape.figures.save import save
from latentscape.figures.scatter import scatter
from latentscape.figures.segments import seven_segments
from latentscape.figures.side_by_side import side_by_side
from latentscape.figures.spreads import histograms, spread_radius
from latentscape.figures.style import style
from latentscape.system.extensions import installed

__all__ = [
    "KINDS",
    "FigureKind",
    "Film",
    "class_draws",
    "class_means",
    "denoising",
    "film",
    "gaps",
    "gaussian_draws",
    "histograms",
    "interpolation",
    "lda3d",
    "loss",
    "manifold",
    "picked_points",
    "pixel_losses",
    "pixels_vs_codes",
    "plane",
    "plot",
    "quantiles",
    "reconstructions",
    "residuals",
    "samples",
    "save",
    "scatter",
    "seven_segments",
    "side_by_side",
    "spread_radius",
    "style",
    "three_images",
    "traversal",
]

installed("latentscape.pictures")  # each is a kind once it is imported
