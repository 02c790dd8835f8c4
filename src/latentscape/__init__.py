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

from latentscape.system.lazy import lazily
from latentscape.system.version import __version__

# Large tensors on large pages, a third less time a step; torch reads it when it first allocates.
os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")

if TYPE_CHECKING:
    from latentscape import recipes
    from latentscape.data import Images, Splits, load_images
    from latentscape.estimator import LatentTransformer
    from latentscape.evaluation.measure import measure, measure_codes
    from latentscape.evaluation.named_draws import name_draws
    from latentscape.evaluation.questions.duplicates import duplicates
    from latentscape.evaluation.questions.odd import odd
    from latentscape.evaluation.questions.select import select
    from latentscape.evaluation.questions.similar import similar
    from latentscape.evaluation.questions.typical import typical
    from latentscape.explorer import explore, link
    from latentscape.figures import plot
    from latentscape.models.plan import Plan
    from latentscape.reports.comparison import compare
    from latentscape.reports.run_report import report
    from latentscape.runs.run import Run, load_run
    from latentscape.sweeps import sweep
    from latentscape.system.errors import LatentscapeError
    from latentscape.training import fit, resume, train

__getattr__ = lazily(
    __name__,
    {
        "Images": ".data",
        "LatentTransformer": ".estimator",
        "LatentscapeError": ".system.errors",
        "Plan": ".models.plan",
        "Run": ".runs.run",
        "Splits": ".data",
        "compare": ".reports.comparison",
        "duplicates": ".evaluation.questions.duplicates",
        "explore": ".explorer",
        "fit": ".training",
        "link": ".explorer",
        "load_images": ".data",
        "load_run": ".runs.run",
        "measure": ".evaluation.measure",
        "measure_codes": ".evaluation.measure",
        "name_draws": ".evaluation.named_draws",
        "odd": ".evaluation.questions.odd",
        "plot": ".figures",
        "recipes": ".recipes",
        "report": ".reports.run_report",
        "resume": ".training",
        "select": ".evaluation.questions.select",
        "similar": ".evaluation.questions.similar",
        "sweep": ".sweeps",
        "train": ".training",
        "typical": ".evaluation.questions.typical",
    },
)


def __dir__() -> list[str]:
    """List what there is for people, so that completion shows it and nothing else."""
    return __all__


__all__ = [
    "Images",
    "LatentTransformer",
    "LatentscapeError",
    "Plan",
    "Run",
    "Splits",
    "__version__",
    "compare",
    "duplicates",
    "explore",
    "fit",
    "link",
    "load_images",
    "load_run",
    "measure",
    "measure_codes",
    "name_draws",
    "odd",
    "plot",
    "recipes",
    "report",
    "resume",
    "select",
    "similar",
    "sweep",
    "train",
    "typical",
]
