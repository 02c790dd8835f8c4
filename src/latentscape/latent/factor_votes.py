"""The FactorVAE score: which latent dimension stands still when a factor does?

Kim and Mnih (arXiv:1802.05983). Hold one factor, let the others vary, and see which number of the
code varies least for its usual variance: that number casts a vote for the factor. A majority vote
names the factor each number stands for; the score is how often fresh votes agree.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from latentscape.latent.arrays import Floats, sample_size, subset
from latentscape.latent.disentanglement import as_classes, check_factors
from latentscape.latent.measure import Measure

BATCH, TRAIN, TEST = 64, 10_000, 5_000
IDLE = 0.05  # numbers this many times as wide as the widest one cast no vote
FEWEST = 10  # images that share a factor's value, so that other factors vary among them
AT_ONCE = 500


def factor_vae(
    z: Floats, factors: Floats, discrete: Sequence[bool], rows: int = 10_000, seed: int = 0
) -> Measure:
    """FactorVAE score, 0 to 1: 10,000 votes name the factors, 5,000 others are counted.

    Each vote is of 64 of the codes given, drawn anew, that share a value of one factor (one of
    twenty bins of equal width, where the factor is an amount).

    Args:
        z: Codes (N, d).
        factors: What made the images (N, F).
        discrete: For each factor, whether its values are names rather than amounts (F,).
        rows: At most so many codes, a seeded sample.
        seed: Of the sample and of the votes.

    Example:
        >>> factors = np.random.default_rng(0).integers(0, 4, (500, 2)).astype(float)
        >>> factor_vae(factors, factors, (True, True)).value
        1.0
    """
    if reason := check_factors(z, factors, discrete):
        return Measure("factor_vae", reason=reason)
    chosen = subset(len(z), rows, seed)
    codes = z[chosen].astype(np.float64)
    variance = codes.var(axis=0, ddof=1)
    used = variance > IDLE**2 * variance.max()
    unit = codes[:, used] / np.sqrt(variance[used])
    groups = [_groups(column) for column in as_classes(factors[chosen], discrete).T]
    if not all(len(counts) for _, _, counts in groups):
        reason = f"no value of some factor is shared by {FEWEST} images"
        return Measure("factor_vae", reason=reason)
    rng = np.random.default_rng(seed)
    named = _votes(unit, groups, TRAIN, rng).argmax(axis=0)
    fresh = _votes(unit, groups, TEST, rng)
    right, cast = int(fresh[named, np.arange(len(named))].sum()), int(fresh.sum())
    each = np.arange(cast) < right  # votes are alike: right ones, then wrong ones
    return Measure.mean("factor_vae", each, sample=sample_size(chosen, len(z)), kind="draws")


def _groups(
    classes: NDArray[np.integer],
) -> tuple[NDArray[np.integer], NDArray[np.integer], NDArray[np.integer]]:
    """Rows (N,) sorted by class, and where each class of enough rows starts and how long it is."""
    _, starts, counts = np.unique(np.sort(classes), return_index=True, return_counts=True)
    enough = counts >= FEWEST
    return classes.argsort(kind="stable"), starts[enough], counts[enough]


def _votes(
    unit: NDArray[np.float64],
    groups: Sequence[tuple[NDArray[np.integer], NDArray[np.integer], NDArray[np.integer]]],
    votes: int,
    rng: np.random.Generator,
) -> NDArray[np.integer]:
    """How often each latent dimension (d) voted for each factor (F): (F, d)."""
    table = np.zeros((len(groups), unit.shape[1]), int)
    for factor, asked in enumerate(np.bincount(rng.integers(len(groups), size=votes))):
        order, starts, counts = groups[factor]
        value = rng.choice(len(counts), asked, p=counts / counts.sum())
        for some in np.split(value, range(AT_ONCE, asked, AT_ONCE)):
            place = rng.integers(counts[some, None], size=(len(some), BATCH))
            held = unit[order[starts[some, None] + place]].var(axis=1)
            table[factor] += np.bincount(held.argmin(axis=1), minlength=unit.shape[1])
    return table
