"""Pictures: one function a kind, `plot` for all of them, `save` for files.

Example:
    >>> import latentscape as ls
    >>> images = ls.load_images("digits", limit=200)
    >>> run = ls.fit(ls.recipes.vae(images.shape), images, epochs=1)
    >>> figure = plot(run, "manifold", images)
    >>> sorted(KINDS)[:2]
    ['class-draws', 'denoising']
"""

from .beside import lda3d, pca_beside
from .class_draws import class_draws
from .curves import loss
from .draws import gaussian_draws, samples
from .grids import manifold
from .kinds import KINDS, Kind
from .mosaics import plane, quantiles, three_images
from .plot import plot
from .rows import denoising, reconstructions, residuals
from .save import save
from .scatter import scatter
from .sides import side_by_side
from .style import style
from .ways import interpolation, traversal

__all__ = [
    "KINDS",
    "Kind",
    "class_draws",
    "denoising",
    "gaussian_draws",
    "interpolation",
    "lda3d",
    "loss",
    "manifold",
    "pca_beside",
    "plane",
    "plot",
    "quantiles",
    "reconstructions",
    "residuals",
    "samples",
    "save",
    "scatter",
    "side_by_side",
    "style",
    "three_images",
    "traversal",
]
