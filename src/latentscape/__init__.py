"""Latentscape trains autoencoders on images, measures their latent space and lets you walk it.

Example:
    >>> import latentscape as ls
    >>> images = ls.load_images("digits", limit=300)
    >>> run = ls.fit(ls.recipes.vae(images.shape, latent=2), images, epochs=1)
    >>> run.sample(5).shape
    (5, 1, 28, 28)
"""

import os
from typing import TYPE_CHECKING

from .lazily import lazily

__version__ = "0.1.0"

# Large tensors on large pages, a third less time a step; torch reads it when it first allocates.
os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")

if TYPE_CHECKING:
    from . import recipes
    from .data import Images, Splits, load_images
    from .errors import LatentscapeError
    from .estimator import LatentTransformer
    from .evaluation.measure import measure, measure_codes
    from .figures import plot
    from .plan import Plan
    from .run import Run, load_run
    from .training import fit, resume, train
    from .verbs import compare, explore, report, sweep

__getattr__ = lazily(
    __name__,
    {
        "Images": ".data",
        "LatentTransformer": ".estimator",
        "LatentscapeError": ".errors",
        "Plan": ".plan",
        "Run": ".run",
        "Splits": ".data",
        "compare": ".verbs",
        "explore": ".verbs",
        "fit": ".training",
        "load_images": ".data",
        "load_run": ".run",
        "measure": ".evaluation.measure",
        "measure_codes": ".evaluation.measure",
        "plot": ".figures",
        "recipes": ".recipes",
        "report": ".verbs",
        "resume": ".training",
        "sweep": ".verbs",
        "train": ".training",
    },
)

__all__ = [
    "Images",
    "LatentTransformer",
    "LatentscapeError",
    "Plan",
    "Run",
    "Splits",
    "compare",
    "explore",
    "fit",
    "load_images",
    "load_run",
    "measure",
    "measure_codes",
    "plot",
    "recipes",
    "report",
    "resume",
    "sweep",
    "train",
]
