"""Pictures: one function a kind, `plot` for all of them, `save` for files.

Example:
    >>> import latentscape as ls
    >>> images = ls.load_images("digits", limit=200)
    >>> run = ls.fit(ls.recipes.vae(images.shape), images, epochs=1)
    >>> figure = plot(run, "manifold", images)
    >>> KINDS["manifold"].description
    'What a grid of codes decodes to, over the plane of a two-number code'
"""

from .beside import lda3d, pca_beside
from .class_draws import class_draws
from .curves import loss
from .drawing import plot
from .draws import gaussian_draws, samples
from .film import Film, film
from .gaps import gaps
from .grids import manifold
from .kinds import KINDS, Kind
from .means import class_means
from .mosaics import plane, quantiles, three_images
from .picked import picked
from .pixel_losses import pixel_losses
from .rows import denoising, reconstructions, residuals
from .save import save
from .scatter import scatter
from .segments import seven_segments
from .sides import side_by_side
from .spreads import histograms, spread_radius
from .style import style
from .ways import interpolation, traversal

__all__ = [
    "KINDS",
    "Film",
    "Kind",
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
    "pca_beside",
    "picked",
    "pixel_losses",
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
