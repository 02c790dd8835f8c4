"""Latentscape trains autoencoders on images, measures their latent space and lets you walk it.

Example:
    >>> import latentscape as ls
    >>> images = ls.load_images("digits", limit=300)
    >>> run = ls.fit(ls.recipes.vae(images.shape, latent=2), images, epochs=1)
    >>> run.sample(5).shape
    (5, 1, 28, 28)

Images:
    load_images    reads a data set, a folder of pictures, an array or a file into three sets.
    Images         one set: pixels, labels, ids.
    Splits         the sets to train on, to choose by and to judge with.

Training:
    train          trains a recipe by its name: train("vae", images, latent=4, epochs=10).
    fit            trains a model that a recipe built.
    resume         goes on with a training that was cut off.
    sweep          trains every combination of settings, and gives a table.
    recipes        the models there are, each a function of the images' shape.
    Plan           how a model is trained.
    Tracking       tells TensorBoard, MLflow, Weights & Biases, trackio or your own of a training.
    LatentTransformer  the same as a transformer of scikit-learn.

Runs:
    load_run       opens a trained model's directory.
    Run            a trained model: encode, decode, reconstruct, sample.
    pack           writes a run as one file, which load_run opens.
    push           puts a run on the Hugging Face hub, from where load_run opens it.

Looking:
    explore        walks through the space, in a notebook's cell or in the browser.
    link           makes two explorers in a notebook move together.
    plot           draws a picture of a run.
    report         writes measures and pictures into one file.

Measuring:
    measure        says what a model's space is like, figure by figure.
    measure_codes  says it of anybody's codes.
    compare        sets runs side by side.
    name_draws     draws codes, and says of which class each is.

Questions:
    similar        finds the images nearest to some.
    duplicates     finds images that are there twice.
    odd            finds images unlike the others.
    typical        finds the images nearest to their class's mean.
    select         finds the images that fulfil a condition.

LatentscapeError is what says in a sentence what was wrong and what to do.
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
    from latentscape.reports.hub import push
    from latentscape.reports.run_report import report
    from latentscape.runs.load import load_run
    from latentscape.runs.packing import pack
    from latentscape.runs.run import Run
    from latentscape.sweeps import sweep
    from latentscape.system.errors import LatentscapeError
    from latentscape.tracking import Tracking
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
        "Tracking": ".tracking",
        "compare": ".reports.comparison",
        "duplicates": ".evaluation.questions.duplicates",
        "explore": ".explorer",
        "fit": ".training",
        "link": ".explorer",
        "load_images": ".data",
        "load_run": ".runs.load",
        "measure": ".evaluation.measure",
        "measure_codes": ".evaluation.measure",
        "name_draws": ".evaluation.named_draws",
        "odd": ".evaluation.questions.odd",
        "pack": ".runs.packing",
        "plot": ".figures",
        "push": ".reports.hub",
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
    "Tracking",
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
    "pack",
    "plot",
    "push",
    "recipes",
    "report",
    "resume",
    "select",
    "similar",
    "sweep",
    "train",
    "typical",
]
