"""`latentscape sample`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from cyclopts import Parameter
from numpy.typing import NDArray

from latentscape.cli.inputs import folder_for, images_for, suffix_of
from latentscape.system.errors import LatentscapeError
from latentscape.system.files import atomic_path

if TYPE_CHECKING:
    from latentscape.data import Images
    from latentscape.runs.run import Run

SamplerName = Literal[
    "prior", "gaussian", "class-gaussian", "mixture", "kernel", "flow", "two-stage"
]
MOST = 1024


def sample(
    run: Path,
    *,
    n: Annotated[int, Parameter(name=["--n", "-n"])] = 16,
    sampler: SamplerName = "prior",
    label: str | None = None,
    data: str | None = None,
    no_judge: bool = False,
    out: Path,
    seed: int = 0,
    trust: bool = False,
) -> None:
    """Draw codes, decode them, and have every image judged by a network trained on the labels.

    Args:
        run: a run's directory.
        n: how many images.
        sampler: where codes are drawn from: the prior, or a density fitted to codes of train
            images: one Gaussian, one for each class, a mixture, a kernel density, a flow, or a
            second autoencoder of codes.
        label: draw this class only (class-gaussian and kernel, or a model conditioned on classes).
        data: images whose codes are fitted and from which the judge learns; the run's own by
            default.
        no_judge: leave out what needs a judge, which is trained once for a set of images.
        out: a .png with the judged class under each image, or a .npy of float32 (n, C, H, W).
        seed: of the draws.
        trust: import a recipe from outside latentscape, which runs its code.
    """
    from latentscape.cli.judged import UNASKED, captions, judged, print_verdicts
    from latentscape.figures import save, style
    from latentscape.figures.captions import captioned
    from latentscape.runs.run import load_run

    suffix = suffix_of(out, ".png", ".npy")
    if n < 1 or (suffix == ".png" and n > MOST):
        raise LatentscapeError(f"--n is {n}; give 1 to {MOST:,} (or more into a .npy file)")
    model = load_run(run, trust=trust)
    images = images_for(model, data)
    drawn = draw(model, images.train, sampler, n, label, seed)
    verdict, reason = (None, UNASKED) if no_judge else judged(images, drawn)
    folder_for(out)
    if suffix == ".npy":
        with atomic_path(out) as beside:
            np.save(beside, drawn)
    else:
        words, good = captions(verdict, images.classes, n)
        title = f"Draws of {model.name}" + (f": '{label}'" if label else "")
        note = f"{sampler} sampler; " + (reason or "below: the judge's class, – where illegible")
        with style("light"):
            save(captioned(drawn, words, good, title=title, note=note), out)
    print_verdicts(verdict, images.classes, reason)
    print(f"{n:,} images by the {sampler} sampler are in {out}")


def draw(
    run: Run, images: Images, sampler: str, n: int, label: str | None, seed: int
) -> NDArray[np.float32]:
    """Fit a sampler to codes of images and decode what it draws: (n, C, H, W)."""
    from latentscape.evaluation.run_samplers import run_sampler
    from latentscape.figures.class_draws import class_index

    wanted = None if label is None else class_index(images, label)
    K = run.model.labels
    labels = None
    if K:
        labels = np.arange(n) % K if wanted is None else np.full(n, wanted)
    if sampler == "prior":
        codes, known = np.empty((1, run.codes_size), np.float32), None
    else:
        codes, known = run.encode(images), images.labels
    fitted = run_sampler(run, sampler, codes, known, seed)
    of_class = wanted if fitted.by_class or not K else None
    return run.decode(fitted.sample(n, seed, of_class), labels)
