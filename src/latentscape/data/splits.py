"""Splits that are stratified, reproducible, and the source's own where it has one.

Validation is cut from the training images (a tenth of them, 5,000 at most), a test set, where the
source has none, likewise (a fifth, 10,000 at most). In each cut every class is represented in
proportion by the method of largest remainders, and keeps at least one training image as long as
that is possible. Within a split images keep the source's order. Pictures in files are drawn by
their names rather than their places: a file more or less moves few of the others.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b

import numpy as np

from latentscape.data.rows import Indices, Positions, Remaining
from latentscape.data.source import PARTS, Source
from latentscape.system.errors import LatentscapeError
from latentscape.system.names import counted

_CUTS = {"test": (5, 10_000), "validation": (10, 5_000)}  # one in how many, and at most
_MANY = 1 << 20  # images from which a permutation of all of them is too large to cut some off

Draw = Callable[[Indices], Indices]


class GoneError(LatentscapeError):
    """None of the pictures that a split once held is there any more."""


class TooFewImagesError(LatentscapeError):
    """There are not enough images for three splits."""


def plan_splits(
    source: Source,
    limit: int | None = None,
    seed: int = 0,
    kept: Mapping[str, Sequence[str]] | None = None,
    bad: Indices | None = None,
) -> dict[str, Positions]:
    """Decide which images belong to which split, from labels alone.

    Args:
        source: N ≥ 3 images; the splits it gives itself are kept.
        limit: Training images to keep, ≥ 1; the other splits shrink in proportion, to no less
            than one image. None keeps all.
        seed: The same seed chooses the same images.
        kept: Ids of validation and test images as they were cut once: where images have come or
            gone since, no other is validated or tested on, and what is new is trained on. Where it
            is empty, files are drawn by place, as before this was kept.
        bad: Positions that cannot be read, sorted; they belong to no split.

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
    bad = np.empty(0, np.int64) if bad is None else bad
    chosen = {name: _left(given, bad) for name, given in source.given.items()}
    rest = chosen.pop("train", _left(range(len(source.ids)), bad))
    missing = [name for name in _CUTS if name not in chosen]
    by_place = kept is not None and not kept
    draw = _by_file(source.ids, seed) if source.by_file and not by_place else None
    if len(rest) <= len(missing) or any(len(given) == 0 for given in source.given.values()):
        kinds = " + ".join(f"{len(source.given[k]):,} {k}" for k in PARTS if k in source.given)
        held = f"{kinds} images" if kinds else counted(len(rest), "image")
        raise TooFewImagesError(
            f"'{source.name}' holds {held}; training, validation and test need at least one each"
        )
    parts: dict[str, Positions] = {**chosen}
    for name in missing:
        share, most = _CUTS[name]
        count = min(most, max(1, round(len(rest) / share)))
        cut = _cut(rest, source.labels, count, rng, draw)
        parts[name], rest = cut, rest.without(cut)
    parts["train"] = rest
    if limit is not None and limit < len(rest):
        for name in PARTS:
            count = max(1, round(len(parts[name]) * limit / len(rest)))
            parts[name] = stratified(parts[name][:], source.labels, count, rng, draw=draw)
    if kept and missing:
        _keep(source, parts, kept, missing)
    return {name: parts[name] for name in PARTS}


def _left(whole: range, bad: Indices) -> Remaining:
    """What can be read of a range."""
    return Remaining(whole, bad[(bad >= whole.start) & (bad < whole.stop)])


def _by_file(ids: Sequence[str], seed: int) -> Draw:
    """Order images by a hash of their names, so that one that comes or goes moves few others."""

    def order(candidates: Indices) -> Indices:
        start = blake2b(str(seed).encode(), digest_size=8)
        keys = np.empty(len(candidates), np.uint64)
        for i, position in enumerate(candidates.tolist()):
            digest = start.copy()
            digest.update(os.fsencode(ids[position]))
            keys[i] = int.from_bytes(digest.digest(), "big")
        return np.argsort(keys, kind="stable")

    return order


def _keep(
    source: Source,
    parts: dict[str, Positions],
    kept: Mapping[str, Sequence[str]],
    missing: Sequence[str],
) -> None:
    """Put the images that were cut once where they were, in place of those of a new plan.

    Raises:
        GoneError: If none of those of a split is there any more.
    """
    wanted = {name: set(kept.get(name, ())) for name in missing}
    if all({source.ids[i] for i in parts[name][:].tolist()} == wanted[name] for name in missing):
        return
    train = np.concatenate([parts[name][:] for name in ("train", *missing)])
    whole = source.given.get("train", range(len(source.ids)))
    for name in missing:
        there = (i for i in whole if source.ids[i] in wanted[name])
        found = np.fromiter(there, np.int64)
        if len(found) == 0:
            raise GoneError(
                f"none of the {len(wanted[name]):,} {name} pictures of '{source.name}' is there "
                f"any more; restore them, or name other images with --data"
            )
        parts[name], train = found, np.setdiff1d(train, found)
    parts["train"] = train


def _cut(
    rest: Remaining,
    labels: Indices | None,
    count: int,
    rng: np.random.Generator,
    draw: Draw | None,
) -> Indices:
    """Choose images so that the classes keep their proportions, and leave some of each behind."""
    if labels is None and len(rest) > _MANY:
        return rest[np.sort(rng.choice(len(rest), count, replace=False, shuffle=False))]
    return stratified(rest[:], labels, count, rng, leave=True, draw=draw)


def stratified(
    candidates: Indices,
    labels: Indices | None,
    count: int,
    rng: np.random.Generator,
    *,
    leave: bool = False,
    draw: Draw | None = None,
) -> Indices:
    """Choose images so that the classes keep their proportions.

    Args:
        candidates: Positions (M,) to choose from.
        labels: Class of every image of the source, or None for one class.
        count: How many to choose, 0 … M.
        rng: Source of chance.
        leave: Leave at least one image of each class behind, as far as possible.
        draw: Orders the candidates (M,) instead of chance.

    Returns:
        `count` of the candidates, sorted.
    """
    groups = np.zeros(len(candidates), np.int64) if labels is None else labels[candidates]
    _, groups, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    room = sizes - 1 if leave and count <= (sizes - 1).sum() else sizes
    quotas = _apportion(count, sizes, room, rng)
    order = rng.permutation(len(candidates)) if draw is None else draw(candidates)
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
