"""`measure`: everything that can be said of a model's latent space, or of anybody's codes.

Whatever is learned for measuring (neighbours, discriminants, clusters, samplers) is learned from
one set of codes and scored on another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from latentscape.data import Images, Splits
from latentscape.evaluation.baselines import beaten_by
from latentscape.evaluation.eval_sets import EvalSets, eval_sets
from latentscape.evaluation.groups import ModelMeasures
from latentscape.evaluation.judge.judge import Judge
from latentscape.evaluation.results import JudgeNote, Measures
from latentscape.latent.arrays import as_codes, as_labels
from latentscape.latent.catalogue import GROUPS, in_group
from latentscape.latent.groups import measure_shape, measure_structure, measure_usage
from latentscape.latent.measure import Measure
from latentscape.latent.own_measures import measure_own
from latentscape.latent.picked import Picked
from latentscape.latent.samplers import SAMPLERS, make_sampler
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError
from latentscape.system.names import did_you_mean

NO_MODEL = "there is no model, only codes"
OF_CODES = ("structure", "usage", "shape", "own")


def measure(
    run: Run,
    images: Splits | Images | None = None,
    *,
    groups: Sequence[str] = (),
    seed: int = 0,
    samples: int = 0,
    judge: Judge | bool = True,
    no_judge: str = "no judge was asked for",
    factors: Mapping[str, NDArray[np.floating]] | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Measures:
    """Measure a model's latent space.

    Args:
        run: the model.
        images: splits (fitted on train, scored on test), or one set: then `structure` is fitted on
            one half and scored on the other, and the rest is of all of it. By default the splits
            that the run was trained on.
        groups: which groups of the catalogue; by default all, columns where the images have any,
            and disentanglement where factors are given.
        seed: of every sample and draw.
        samples: K, draws an image of the importance-weighted likelihood; 0 leaves it out.
        judge: who judges what is decoded. True trains one on the splits, or takes the one kept;
            False goes without. What rests on a judge whose controls do not hold is withheld.
        no_judge: why there is none, where `judge` is False.
        factors: what the scored images were made from, (N,) each, by name.
        progress: told which group is being measured.

    Raises:
        LatentscapeError: when there is no such group, images do not fit the model, or there are
            none.

    Example:
        >>> import latentscape as ls
        >>> images = ls.load_images("digits", limit=200)
        >>> run = ls.fit(ls.recipes.vae(images.shape), images, epochs=1)
        >>> found = measure(run, images, groups=["reconstruction", "structure"])
        >>> 0 <= found["knn5_accuracy"].value <= 1
        True
    """
    if samples < 0:
        raise LatentscapeError(f"samples is {samples}; give 0 or more draws an image")
    wanted = chosen_groups(groups, ())
    sets = eval_sets(run, images, seed)
    wanted = wanted or default_groups(sets, with_factors=bool(factors))
    of = ModelMeasures(run, sets, judge, no_judge, samples, seed, factors)
    return measure_groups(of, wanted, progress)


def default_groups(sets: EvalSets, *, with_factors: bool = False) -> tuple[str, ...]:
    """The groups that there is something to measure by.

    Args:
        sets: what is measured.
        with_factors: whether it is known what the images were made from.
    """
    there = {"disentanglement": with_factors, "columns": bool(sets.fitted.columns)}
    return tuple(group for group in GROUPS if there.get(group, True))


def measure_groups(
    of: ModelMeasures, wanted: Sequence[str], progress: Callable[[str], None] = lambda _: None
) -> Measures:
    """Measure groups of the catalogue of a model.

    Args:
        of: makes them, and keeps what several need: codes, samplers, the judge.
        wanted: the groups, in the catalogue's order.
        progress: told which group is being measured.
    """
    run, sets, figures = of.run, of.sets, {}
    for group in wanted:
        progress(f"measuring {group}: {GROUPS[group]}")
        figures[group] = of.group(group)
    drawn = run.model.prior.caveat if "decoding" in wanted else ""
    caveats = (drawn,) if drawn else ()
    verdict = of.judge if "decoding" in wanted else None
    found = {measure.key: measure for measure in figures.get("reconstruction", ())}
    beaten = beaten_by(found, sets.whole.codes.shape[1]) if found else ()
    return Measures(
        name=run.name,
        images=sets.name,
        counts=sets.counts,
        seed=of.seed,
        groups=figures,
        likelihood=run.model.likelihood.measure if run.model.bottleneck.has_rate else None,
        judge=None if verdict is None else JudgeNote(verdict.accuracy, verdict.controls),
        notes=(*sets.notes, *beaten, *caveats),
    )


def measure_codes(
    codes: ArrayLike,
    labels: ArrayLike | None = None,
    *,
    groups: Sequence[str] = (),
    name: str = "codes",
    seed: int = 0,
) -> Measures:
    """Measure codes that any program made: all that needs no model.

    Args:
        codes: (N, d).
        labels: (N,) whole numbers, or None.
        groups: which groups of the catalogue; by default structure, usage, shape and what
            installed packages measure. Figures that need a model say so.
        name: how to call them.
        seed: of every sample, draw, and of the halves that structure is fitted and scored on.

    Raises:
        LatentscapeError: when there is no such group, or the arrays do not fit each other.

    Example:
        >>> z = np.random.default_rng(0).normal(size=(200, 2))
        >>> measure_codes(z, (z[:, 0] > 0).astype(int))["lda_accuracy"].value > 0.9
        True
    """
    wanted = chosen_groups(groups, OF_CODES)
    z = as_codes(codes)
    y = None if labels is None else as_labels(labels, len(z)).astype(np.int64)
    makers: dict[str, Callable[[], tuple[Measure, ...]]] = {
        "structure": lambda: _structure(z, y, seed),
        "usage": lambda: measure_usage(z),
        "shape": lambda: measure_shape(z, y, draws=_draws(z, y, seed), seed=seed),
        "disentanglement": lambda: missing("disentanglement", "there are no factors"),
        "own": lambda: measure_own({"codes": z, "labels": y}),
    }
    figures = {g: makers[g]() if g in makers else missing(g, NO_MODEL) for g in wanted}
    counts = {"fitted": (len(z) + 1) // 2, "scored": len(z) // 2}
    note = "structure is fitted on one half of the codes and scored on the other"
    return Measures(name, "", counts, seed, figures, notes=(note,))


def chosen_groups(groups: Sequence[str], default: Sequence[str]) -> tuple[str, ...]:
    """Check names of groups and put them in the catalogue's order; the default where none is given.

    Raises:
        LatentscapeError: when there is no group of that name (the nearest is offered), or the
            names come without a list.
    """
    if isinstance(groups, str):
        raise LatentscapeError(f"groups is {groups!r}; give a list, such as [{groups!r}]")
    for group in groups:
        if group not in GROUPS:
            hint = did_you_mean(group, GROUPS)
            raise LatentscapeError(f"there is no group of measures called {group!r}; {hint}")
    return tuple(g for g in GROUPS if g in (groups or default))


def missing(group: str, reason: str) -> tuple[Measure, ...]:
    """Every figure of a group, each with the reason why it cannot be had."""
    return tuple(Measure(entry.key, reason=reason) for entry in in_group(group))


def _structure(
    z: NDArray[np.floating], y: NDArray[np.int64] | None, seed: int
) -> tuple[Measure, ...]:
    """Structure of codes, fitted on one half and scored on the other."""
    if len(z) < 2:
        return missing("structure", "one code cannot be fitted and scored")
    order = np.random.default_rng(seed).permutation(len(z))
    a, b = np.sort(order[: (len(z) + 1) // 2]), np.sort(order[(len(z) + 1) // 2 :])
    known, asked = (None, None) if y is None else (y[a], y[b])
    return measure_structure(Picked(z, a), known, Picked(z, b), asked, seed=seed)


def _draws(
    z: NDArray[np.floating], y: NDArray[np.int64] | None, seed: int, n: int = 2000
) -> dict[str, NDArray[np.floating]]:
    """Draws of every sampler that these codes can have."""
    return {
        name: make_sampler(name).fit(z, y).sample(n, seed)
        for name in SAMPLERS
        if name != "class-gaussian" or y is not None
    }
