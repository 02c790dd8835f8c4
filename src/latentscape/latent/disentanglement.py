"""Does each latent dimension stand for one factor of the images?

Three answers, for data whose factors are known: the mutual information gap (Chen et al.,
arXiv:1802.04942), disentanglement, completeness and informativeness (Eastwood and Williams,
ICLR 2018), and separated attribute predictability (Kumar et al., arXiv:1711.00848). All are 1 when
each factor is one latent dimension, and near 0 when factors are spread over all of them. They
are computed as in Locatello et al. (arXiv:1811.12359), from codes and factors alone; docstrings
say where not. The FactorVAE score is in `factor_votes`.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.metrics import mutual_info_score

from latentscape.latent.arrays import Floats, sample_size, spread_of, subset
from latentscape.latent.measure import Measure
from latentscape.latent.sampling import Rows
from latentscape.system.errors import LatentscapeError

BINS, TREES = 20, 20
RESAMPLED = 1000  # rows of a resample


def _bins(values: Floats) -> NDArray[np.integer]:
    """Twenty bins (N,) of equal width from the smallest to the largest value."""
    return np.searchsorted(np.histogram_bin_edges(values, BINS)[1:-1], values, side="right")


def as_classes(factors: Floats, discrete: Sequence[bool]) -> NDArray[np.integer]:
    """Each factor (N, F) as whole numbers: its own values, or twenty bins of equal width."""
    columns = (
        np.unique(f, return_inverse=True)[1] if whole else _bins(f)
        for f, whole in zip(factors.T, discrete, strict=True)
    )
    return np.stack(list(columns), axis=1)


def _entropy(classes: NDArray[np.integer]) -> float:
    """Entropy in nats of whole numbers (N,)."""
    shares = np.unique(classes, return_counts=True)[1] / len(classes)
    return float(-(shares * np.log(shares)).sum())


def check_factors(z: Floats, factors: Floats, discrete: Sequence[bool]) -> str | None:
    """Why nothing can be said, or None.

    Args:
        z: Codes (N, d).
        factors: (N, F).
        discrete: Whether each factor takes whole numbers only.

    Raises:
        LatentscapeError: Shapes that do not fit.
    """
    if factors.ndim != 2 or len(factors) != len(z) or len(discrete) != factors.shape[1]:
        raise LatentscapeError(
            f"factors of shape {factors.shape} with {len(discrete)} kinds do not fit {len(z)} "
            "codes; give (N, F) numbers and F times whether a factor is discrete"
        )
    if z.shape[1] < 2:
        return "a code of one number cannot keep factors apart"
    if len(z) < 5 * BINS:
        return f"{len(z)} codes are fewer than the {5 * BINS} that estimates need"
    if not (factors.min(axis=0) < factors.max(axis=0)).all():
        return "a factor never varies"
    return None if spread_of(z) > 0 else "all codes are equal"


def _gap(scores: NDArray[np.float64]) -> float:
    """Mean over factors (F) of best score less second best among latent dimensions (d, F)."""
    ordered = np.sort(scores, axis=0)
    return float((ordered[-1] - ordered[-2]).mean())


def mig(
    z: Floats, factors: Floats, discrete: Sequence[bool], rows: int = 10_000, seed: int = 0
) -> Measure:
    """Mutual information gap, 0 to 1.

    For each factor, the mutual information with its best latent dimension less that with its
    second best, over the factor's entropy; mean over factors. Latent dimensions, and factors that
    are amounts, are cut into twenty bins of equal width, so a stray code makes bins coarse.

    Args:
        z: Codes (N, d).
        factors: What made the images (N, F).
        discrete: For each factor, whether its values are names rather than amounts (F,).
        rows: At most so many codes, a seeded sample.
        seed: Of the sample.
    """
    if reason := check_factors(z, factors, discrete):
        return Measure("mig", reason=reason)
    chosen = subset(len(z), rows, seed)
    codes = [_bins(column) for column in z[chosen].T]
    classes = as_classes(factors[chosen], discrete).T
    shared = np.array([[mutual_info_score(f, c) for f in classes] for c in codes])
    entropies = np.array([_entropy(f) for f in classes])
    return Measure("mig", _gap(shared / entropies), sample=sample_size(chosen, len(z)))


def sap(
    z: Floats, factors: Floats, discrete: Sequence[bool], rows: int = 10_000, seed: int = 0
) -> Measure:
    """Separated attribute predictability, 0 to 1.

    For each factor, how well its best latent dimension alone predicts it less the second best;
    mean over factors. Of a continuous factor, the squared correlation. Of a discrete one, the
    balanced accuracy of the nearest class mean, between chance (0) and perfection (1); Kumar et al.
    take the accuracy itself, which of K classes leaves a gap of at most 1 − 1/K.

    Args and sample as for `mig`.

    Args:
        z: Codes (N, d).
        factors: (N, F).
        discrete: Whether each factor takes whole numbers only.
        rows: At most so many, a seeded sample.
        seed: Of sample and halves.
    """
    if reason := check_factors(z, factors, discrete):
        return Measure("sap", reason=reason)
    chosen = subset(len(z), rows, seed)
    codes, amounts = z[chosen].astype(np.float64), factors[chosen].astype(np.float64)
    score = {True: _nearest_mean, False: _squared_correlation}
    kinds = [bool(whole) for whole in discrete]

    def of(rows: Rows | slice) -> Measure:
        pairs = list(zip(amounts[rows].T, kinds, strict=True))
        scores = np.array([[score[k](c, f) for f, k in pairs] for c in codes[rows].T])
        return Measure("sap", _gap(scores), sample=sample_size(chosen, len(z)))

    n = len(codes)
    return of(slice(None)).resampled(of, n, seed=seed, most=RESAMPLED)


def _squared_correlation(code: Floats, factor: Floats) -> float:
    """R² of a line, 0 where the code does not vary."""
    c, f = code - code.mean(), factor - factor.mean()
    both = float((c @ c) * (f @ f))
    return float((c @ f) ** 2 / both) if both > 0 and c.min() < c.max() else 0.0


def _nearest_mean(code: Floats, factor: Floats) -> float:
    """Balanced accuracy of the nearest class mean of one number, rescaled so that chance is 0."""
    classes, index = np.unique(factor, return_inverse=True)
    if code.min() == code.max() or len(classes) < 2:
        return 0.0
    counts = np.bincount(index)
    means = np.bincount(index, weights=code) / counts
    right = np.abs(code[:, None] - means).argmin(axis=1) == index
    balanced = float((np.bincount(index, weights=right) / counts).mean())
    chance = 1 / len(classes)
    return max(0.0, (balanced - chance) / (1 - chance))


def dci(
    z: Floats, factors: Floats, discrete: Sequence[bool], rows: int = 4000, seed: int = 0
) -> tuple[Measure, Measure, Measure]:
    """Disentanglement, completeness and informativeness, each 0 to 1.

    A random forest predicts each factor from the code, fitted on three quarters of a seeded sample,
    its leaves of five codes or of a hundredth, whichever predicts better. R (d, F) holds how
    important each number is to each factor. Disentanglement: 1 less the entropy of a number's row
    (base F), weighted by importance. Completeness: 1 less the entropy of a factor's column (base
    d), mean over factors. Informativeness: on the last quarter, accuracy between chance and
    perfection for discrete factors, R² for the others, mean over factors. How high the first two
    are depends on what predicts: Locatello et al. take boosted trees, whose scores differ by 0.1.

    Args as for `mig`.

    Args:
        z: Codes (N, d).
        factors: (N, F).
        discrete: Whether each factor takes whole numbers only.
        rows: At most so many, a seeded sample.
        seed: Of sample, halves and trees.

    Returns:
        `dci_disentanglement`, `dci_completeness`, `dci_informativeness`.
    """
    keys = "dci_disentanglement", "dci_completeness", "dci_informativeness"
    reason = check_factors(z, factors, discrete)
    if reason is None and factors.shape[1] < 2:
        reason = "one factor cannot be told from others"
    if reason:
        a, b, c = (Measure(key, reason=reason) for key in keys)
        return a, b, c
    chosen = np.random.default_rng(seed).permutation(subset(len(z), rows, seed))
    codes, amounts = z[chosen], factors[chosen]
    cut = 3 * len(codes) // 4
    R, informed = np.zeros((z.shape[1], factors.shape[1])), []
    for i, whole in enumerate(discrete):
        f = np.unique(amounts[:, i], return_inverse=True)[1] if whole else amounts[:, i]
        forest = _forest(codes[:cut], f[:cut], whole, seed)
        R[:, i] = forest.feature_importances_
        score = forest.score(codes[cut:], f[cut:])
        chance = np.bincount(f[cut:]).max() / len(f[cut:]) if whole else 0.0
        informed.append(max(0.0, (score - chance) / (1 - chance)) if chance < 1 else 0.0)
    sample = sample_size(chosen, len(z))
    a, b, c = (
        Measure(key, float(value), sample=sample)
        for key, value in zip(
            keys,
            (
                np.average(_concentration(R), weights=R.sum(axis=1)) if R.sum() > 0 else 0.0,
                _concentration(R.T).mean(),
                np.mean(informed),
            ),
            strict=True,
        )
    )
    return a, b, c


def _forest(
    codes: Floats, factor: NDArray[np.generic], whole: bool, seed: int
) -> RandomForestClassifier | RandomForestRegressor:
    """A forest that predicts a factor (N,) from codes (N, d), of the better leaf size.

    Every split chooses among all numbers: else importance leaks to those that tell nothing. Too
    small leaves leak too, since they learn noise.
    """
    make = RandomForestClassifier if whole else RandomForestRegressor
    shared = {"max_features": None, "oob_score": True, "random_state": seed}
    forests = [
        make(TREES, min_samples_leaf=leaf, **shared).fit(codes, factor)
        for leaf in sorted({5, max(5, len(codes) // 100)})
    ]
    return max(forests, key=lambda forest: float(forest.oob_score_))


def _concentration(R: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 less the entropy of each row, in units of the largest possible: 1 when one entry rules."""
    total = R.sum(axis=1, keepdims=True)
    p = np.divide(R, total, out=np.full_like(R, 1 / R.shape[1]), where=total > 0)
    logs = np.log(p, out=np.zeros_like(p), where=p > 0)
    return np.asarray(1 + (p * logs).sum(axis=1) / np.log(R.shape[1]))
