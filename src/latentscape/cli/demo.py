"""`latentscape demo`: the main job on real digits, drawn and explained."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from latentscape.cli.output import show_table
from latentscape.cli.reading import PLAIN, ReadingFlags
from latentscape.system.files import make_folder
from latentscape.system.names import counted
from latentscape.system.printing import print_log

if TYPE_CHECKING:
    from latentscape.data import Splits
    from latentscape.runs.run import Run

MODELS = {"ae": "autoencoder", "vae": "variational autoencoder"}
KINDS = ("reconstructions", "scatter", "manifold")


def demo(
    *,
    data: str = "digits",
    reading: ReadingFlags = PLAIN,
    out: Path = Path("demo"),
    limit: int | None = None,
) -> None:
    """Train an autoencoder and a VAE with 2-dimensional codes, draw both, and say what differs.

    What is trained already is not trained again.

    Args:
        data: a source that `latentscape data` lists, or a path to images.
        reading: what is read with them.
        out: a folder for the two runs and the pictures.
        limit: keep this many training images, and the other splits in proportion.
    """
    from latentscape.cli.differences import differences
    from latentscape.data import load_images
    from latentscape.figures import plot, save

    images = load_images(data, limit=limit, **reading.asked)
    learned = counted(len(images.train), "image")
    print_log(f"{learned} to learn from, {len(images.test):,} to test on")
    runs = [fitted(name, images, out / name) for name in MODELS]
    pictures = out / "pictures"
    make_folder(pictures)
    first = pictures / "side-by-side.png"
    save(plot(runs, "side-by-side", images), first)
    for run in runs:
        for kind in KINDS:
            save(plot(run, kind, images), pictures / f"{run.name}-{kind}.png")
    print_log()
    rows = [[d.what, *d.figures, d.meaning] for d in differences(runs, images)]
    show_table(["what differs", *MODELS.values(), "in other words"], rows)
    print_log(f"\nbegin with {first}; the other pictures are beside it")
    print_log("what else can be drawn: latentscape plot --list")


def fitted(name: str, images: Splits, folder: Path) -> Run:
    """Train a model, or open it where that is done already.

    Args:
        name: the recipe's.
        images: to train on.
        folder: of the run.
    """
    from latentscape.training import resume, train
    from latentscape.training.progress import Brief, reporter

    if (folder / "run.json").exists():
        return resume(folder, images, reporter=reporter())
    return train(name, images, out=folder, reporter=Brief())
