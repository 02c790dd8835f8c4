"""`latentscape sample`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from cyclopts import Parameter
from numpy.typing import NDArray

from latentscape.cli.inputs import folder_for, images_for, suffix_of
from latentscape.cli.reading import AS_TRAINED, OtherPictures
from latentscape.system.errors import LatentscapeError
from latentscape.system.files import atomic_path
from latentscape.system.names import counted
from latentscape.system.printing import print_answer

SamplerName = Literal[
    "prior",
    "gaussian",
    "class-gaussian",
    "mixture",
    "kernel",
    "flow",
    "two-stage",
    "diffusion",
    "autoregressive",
]
MOST = 1024
WIDE = 64  # images beyond which rows are longer


def sample(
    run: Path,
    *,
    n: Annotated[int, Parameter(name=["--n", "-n"])] = 16,
    sampler: SamplerName = "prior",
    label: str | None = None,
    data: str | None = None,
    reading: OtherPictures = AS_TRAINED,
    named_by: Literal["judge", "lda"] = "judge",
    no_judge: bool = False,
    out: Path,
    seed: int = 0,
    trust: bool = False,
) -> None:
    """Draw codes, decode them, and have every image judged by a network trained on the labels.

    With --named-by lda the linear discriminant of the codes names the codes drawn instead, and a
    grid of names is printed: are 128 twos of --sampler class-gaussian --label 2 still twos?

    Args:
        run: a run's directory.
        n: how many images.
        sampler: where codes are drawn from: the prior, or a density fitted to codes of train
            images: one Gaussian, one for each class, a mixture, a kernel density, a flow, a
            second autoencoder of codes, a diffusion model of them, or, for models with a codebook,
            a transformer that learns which word follows which (autoregressive).
        label: draw this class only (class-gaussian and kernel, or a model conditioned on classes).
        data: images whose codes are fitted and from which the judge learns; the run's own by
            default.
        reading: what is read with them.
        named_by: who says what each is: the judge, which looks at the image, or "lda", the linear
            discriminant of the train images' codes, which looks at the code.
        no_judge: leave out what needs a judge, which is trained once for a set of images.
        out: a .png with the class so named under each image, or a .npy of float32 (n, C, H, W).
        seed: of the draws.
        trust: import a recipe from outside latentscape, which runs its code.

    Raises:
        LatentscapeError: when more draws are asked than a picture can show.
    """
    from latentscape.cli.judged import UNASKED, captions, judged, print_verdicts
    from latentscape.evaluation.named_draws import draw, name_draws
    from latentscape.runs.load import load_run

    reading.refuse("what is drawn has no columns", "exif")
    suffix = suffix_of(out, ".png", ".npy")
    if n < 1 or (suffix == ".png" and n > MOST):
        raise LatentscapeError(f"--n is {n}; give 1 to {MOST:,} (or more into a .npy file)")
    model = load_run(run, trust=trust)
    images = images_for(model, data, reading)
    title = f"Draws of {model.name}" + (f": '{label}'" if label else "")
    if named_by == "lda":
        found = name_draws(model, images.train, label=label, n=n, sampler=sampler, seed=seed)
        note = f"{sampler} sampler; below: the class by the linear discriminant of the codes"
        note += "" if found.share is None else f", '{label}' for {found.share:.1%}"
        keep(found.images, found.names, found.right.tolist(), title, note, out)
        print_answer(found)
        print_answer(f"{counted(n, 'image', 'are')} in {out}, by the {sampler} sampler")
        return
    _, drawn, convergence = draw(model, images.train, sampler, n, label, seed)
    verdict, reason = (None, UNASKED) if no_judge else judged(images, drawn)
    note = f"{sampler} sampler; " + (reason or "below: the judge's class, – where illegible")
    keep(drawn, *captions(verdict, images.classes, n), title, note, out)
    print_verdicts(verdict, images.classes, reason)
    if convergence is not None:
        print_answer(f"{sampler} sampler: {convergence}")
    if sampler == "prior" and model.model.prior.caveat:
        print_answer(model.model.prior.caveat)
    print_answer(f"{counted(n, 'image', 'are')} in {out}, by the {sampler} sampler")


def keep(
    drawn: NDArray[np.float32],
    words: list[str],
    good: list[bool],
    title: str,
    note: str,
    out: Path,
) -> None:
    """Write images (n, C, H, W) as an array, or as a picture with a word under each.

    Args:
        drawn: (n, C, H, W) in [0, 1].
        words: one an image.
        good: whether all is well with each.
        title: of the picture.
        note: the line below it.
        out: the file, an `.npy` or a picture.
    """
    from latentscape.figures import save, style
    from latentscape.figures.captions import captioned

    folder_for(out)
    columns = 16 if len(drawn) > WIDE else 8
    if out.suffix.lower() == ".npy":
        with atomic_path(out) as beside:
            np.save(beside, drawn)
        return
    with style("light"):
        save(captioned(drawn, words, good, title=title, note=note, columns=columns), out)
