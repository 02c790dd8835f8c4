"""New images, each named by the linear discriminant of the codes.

A density is fitted to the codes of labelled images, codes are drawn from it, and the discriminant
that tells the classes' codes apart names every one: are twos drawn from the Gaussian of the twos
still twos? No network judges; the answer is about the codes, and the images are beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentscape.data import Images
from latentscape.evaluation.early_stopping import Convergence
from latentscape.evaluation.run_samplers import run_sampler
from latentscape.latent.projections.lda import Discriminant
from latentscape.recipes.numbers import as_count
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError

Floats = NDArray[np.float32]
COLUMNS = 16


@dataclass(frozen=True, eq=False)
class NamedDraws:
    """Drawn codes, what they decode to and how they are named.

    Attributes:
        codes: (N, d).
        images: (N, C, H, W) in [0, 1].
        named: the class of each (N,), by the discriminant.
        classes: the names of the classes.
        label: the class that was drawn; None for all.
        convergence: how the fit of a sampler that is trained ended; None of others.
    """

    codes: Floats
    images: Floats
    named: NDArray[np.int64]
    classes: tuple[str, ...]
    label: str | None
    convergence: Convergence | None = None

    @property
    def right(self) -> NDArray[np.bool_]:
        """Whether each is named as the class that was drawn (N,); all are where none was asked."""
        if self.label is None:
            return np.ones(len(self.named), bool)
        return np.equal(self.named, self.classes.index(self.label))

    @property
    def share(self) -> float | None:
        """The share so named; None where no class was asked for."""
        return None if self.label is None else float(self.right.mean())

    @property
    def names(self) -> list[str]:
        """The name of each."""
        return [self.classes[c] for c in self.named]

    def __str__(self) -> str:
        """A grid of names, sixteen a row, and what they come to."""
        width = max(map(len, self.names))
        rows = [self.names[i : i + COLUMNS] for i in range(0, len(self.named), COLUMNS)]
        grid = [" ".join(name.rjust(width) for name in row) for row in rows]
        if self.label is None:
            counts = np.bincount(self.named, minlength=len(self.classes))
            shares = zip(self.classes, counts, strict=True)
            summary = ", ".join(f"{name} {n}" for name, n in shares if n)
        else:
            summary = (
                f"{self.right.sum()} of {len(self.named)} ({self.share:.1%}) named {self.label}"
            )
        fitted = [] if self.convergence is None else [f"sampler: {self.convergence}"]
        return "\n".join([*grid, summary, *fitted])


def name_draws(
    run: Run,
    images: Images | None = None,
    *,
    label: str | None = None,
    n: int = 128,
    sampler: str = "class-gaussian",
    seed: int = 0,
) -> NamedDraws:
    """Draw codes and name each by the linear discriminant of the codes of labelled images.

    Args:
        run: the model.
        images: N of them with labels, to whose codes the sampler and the discriminant are fitted;
            by default those that the run was trained on.
        label: the name of the class to draw; by default every class, as often as images have it.
        n: how many codes to draw.
        sampler: what draws them; see `latentscape sample`.
        seed: of the draws.

    Raises:
        LatentscapeError: when images have no labels or there is no such class, or the sampler
            cannot draw one class.

    Example:
        >>> import latentscape as ls
        >>> images = ls.load_images("digits", limit=300)
        >>> run = ls.fit(ls.recipes.ae(images.shape), images, epochs=2)
        >>> found = ls.name_draws(run, images.train, label="2", n=20)
        >>> found.images.shape, 0 <= found.share <= 1
        ((20, 1, 28, 28), True)
    """
    known = run.own_images().train if images is None else images
    if known.labels is None:
        raise LatentscapeError(
            f"the images of '{known.name}' have no labels, so that nothing can be named; give "
            "labelled ones (a folder's subfolders are labels)"
        )
    n = as_count("n", n)
    fitted = run.encode(known)
    codes, drawn, convergence = draw_like(run, known, fitted, sampler, n, label, seed)
    named = Discriminant.of(fitted, known.labels).predict(codes).astype(np.int64)
    return NamedDraws(codes, drawn, named, known.classes, label, convergence)


def draw(
    run: Run, images: Images, sampler: str, n: int, label: str | None, seed: int
) -> tuple[Floats, Floats, Convergence | None]:
    """Fit a sampler to codes of images; draw codes (n, d) and decode them (n, C, H, W).

    The third is how the fit ended, of samplers that are trained.

    Args:
        run: the model.
        images: whose codes the sampler is fitted to.
        sampler: its name.
        n: how many.
        label: the class to draw, by name; None for any.
        seed: of the draws.
    """
    needed = sampler != "prior"
    known = run.encode(images) if needed else np.empty((1, run.codes_size), np.float32)
    return draw_like(run, images, known, sampler, n, label, seed)


def draw_like(
    run: Run,
    images: Images,
    known: Floats,
    sampler: str,
    n: int,
    label: str | None,
    seed: int,
) -> tuple[Floats, Floats, Convergence | None]:
    """As `draw`, of images whose codes are known.

    Args:
        run: the model.
        images: to whose labels the sampler is fitted.
        known: their codes (N, d), which the prior does not look at.
        sampler: its name.
        n: how many.
        label: the class to draw, by name; None for any.
        seed: of the draws.
    """
    wanted = None if label is None else images.class_index(label)
    K = run.model.labels
    labels = None
    if K:
        labels = np.arange(n) % K if wanted is None else np.full(n, wanted)
    made = run_sampler(run, sampler, known, images.labels, seed)
    codes = made.sample(n, seed, wanted if made.by_class or not K else None)
    convergence = getattr(made, "convergence", None)
    return codes.astype(np.float32), run.decode(codes, labels), convergence
