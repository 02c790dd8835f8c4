"""Splits that are stratified, reproducible, and the source's own where it has one.

Validation is cut from the training images (a tenth of them, 5,000 at most), a test set, where the
source has none, likewise (a fifth, 10,000 at most). In each cut every class is represented in
proportion by the method of largest remainders, and keeps at least one training image as long as
that is possible. Within a split images keep the source's order.
"""

import numpy as np

from latentscape.data.rows import Indices, Positions, Remaining
from latentscape.data.source import PARTS, Source
from latentscape.system.errors import LatentscapeError

_CUTS = {"test": (5, 10_000), "validation": (10, 5_000)}  # one in how many, and at most
_MANY = 1 << 20  # images from which a permutation of all of them is too large to cut some off


def plan_splits(source: Source, limit: int | None = None, seed: int = 0) -> dict[str, Positions]:
    """Decide which images belong to which split, from labels alone.

    Args:
        source: N ≥ 3 images; the splits it gives itself are kept.
        limit: Training images to keep, ≥ 1; the other splits shrink in proportion, to no less
            than one image. None keeps all.
        seed: The same seed chooses the same images.

    Returns:
        Positions for "train", "validation" and "test": sorted, disjoint, each non-empty.

    Raises:
        LatentscapeError: If there are too few images, or `limit` is below 1.
    """
    if limit is not None and limit < 1:
        raise LatentscapeError(f"limit is {limit}; keep at least 1 training image")
    rng = np.random.default_rng(seed)
    if source.given and "train" not in source.given:
        raise LatentscapeError(
            f"'{source.name}' holds {' and '.join(source.given)} images but none to train on; "
            f"add some"
        )
    chosen = {name: Remaining(given) for name, given in source.given.items()}
    rest = chosen.pop("train", Remaining(range(len(source.ids))))
    missing = [name for name in _CUTS if name not in chosen]
    if len(rest) <= len(missing) or any(len(given) == 0 for given in source.given.values()):
        kinds = " + ".join(f"{len(source.given[k]):,} {k}" for k in PARTS if k in source.given)
        raise LatentscapeError(
            f"'{source.name}' holds {kinds or len(source.ids)} images; "
            f"training, validation and test need at least one each"
        )
    parts: dict[str, Positions] = {**chosen}
    for name in missing:
        share, most = _CUTS[name]
        count = min(most, max(1, round(len(rest) / share)))
        cut = _cut(rest, source.labels, count, rng)
        parts[name], rest = cut, rest.without(cut)
    parts["train"] = rest
    if limit is not None and limit < len(rest):
        for name in PARTS:
            count = max(1, round(len(parts[name]) * limit / len(rest)))
            parts[name] = stratified(parts[name][:], source.labels, count, rng)
    return {name: parts[name] for name in PARTS}


def _cut(rest: Remaining, labels: Indices | None, count: int, rng: np.random.Generator) -> Indices:
    """Choose images so that the classes keep their proportions, and leave some of each behind."""
    if labels is None and len(rest) > _MANY:
        return rest[np.sort(rng.choice(len(rest), count, replace=False, shuffle=False))]
    return stratified(rest[:], labels, count, rng, leave=True)


def stratified(
    candidates: Indices,
    labels: Indices | None,
    count: int,
    rng: np.random.Generator,
    *,
    leave: bool = False,
) -> Indices:
    """Choose images so that the classes keep their proportions.

    Args:
        candidates: Positions (M,) to choose from.
        labels: Class of every image of the source, or None for one class.
        count: How many to choose, 0 … M.
        rng: Source of chance.
        leave: Leave at least one image of each class behind, as far as possible.

    Returns:
        `count` of the candidates, sorted.
    """
    groups = np.zeros(len(candidates), np.int64) if labels is None else labels[candidates]
    _, groups, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    room = sizes - 1 if leave and count <= (sizes - 1).sum() else sizes
    quotas = _apportion(count, sizes, room, rng)
    order = rng.permutation(len(candidates))
    order = order[np.argsort(groups[order], kind="stable")]
    starts = np.cumsum(sizes) - sizes
    rank = np.arange(len(candidates)) - np.repeat(starts, sizes)
    picked: Indices = np.sort(candidates[order[rank < np.repeat(quotas, sizes)]])
    return picked


def _apportion(count: int, sizes: Indices, room: Indices, rng: np.random.Generator) -> Indices:
    """Largest remainders: whole numbers near `count · sizes / Σ sizes`, none above `room`."""
    exact = count * sizes / sizes.sum()
    quotas: Indices = np.minimum(np.floor(exact).astype(np.int64), room)
    while (short := count - int(quotas.sum())) > 0:
        open_groups = np.flatnonzero(quotas < room)
        ties = rng.random(len(open_groups))
        order = np.lexsort((ties, (quotas - exact)[open_groups]))
        quotas[open_groups[order[:short]]] += 1
    return quotas
