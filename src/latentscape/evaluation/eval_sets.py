"""Which images are measured: one set that things are learned from, one that they are scored on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from latentscape.data import Images, Splits
from latentscape.data.columns import Column
from latentscape.latent.column_measures import KnownColumn
from latentscape.latent.picked import Picked
from latentscape.runs.given import check_run, images_or_own
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError

Floats = NDArray[np.float32]


@dataclass(eq=False)
class EvalSet:
    """Images and, once asked for, what a model makes of them.

    Attributes:
        run: the model.
        images: N of them.
    """

    run: Run
    images: Images

    @cached_property
    def posterior(self) -> tuple[Floats, Floats | None]:
        """Codes (N, d) and, for a normal posterior, its deviations (N, d)."""
        return self.run.posterior(self.images)

    @property
    def codes(self) -> Floats:
        """(N, d)."""
        return self.posterior[0]

    @cached_property
    def clusters(self) -> NDArray[np.int64] | None:
        """The model's own cluster of each image (N,), where it has any."""
        found = self.run.memberships(self.images)
        return None if found is None else found.argmax(axis=1)

    @property
    def labels(self) -> NDArray[np.int64] | None:
        """(N,), where there are any."""
        return self.images.labels

    def half(self, rows: NDArray[np.int64]) -> EvalRows:
        """Some rows of it."""
        return EvalRows(self, rows)


@dataclass(frozen=True)
class EvalRows:
    """Some rows (M,) of a subject, encoded with the whole of it."""

    whole: EvalSet
    rows: NDArray[np.int64]

    @property
    def codes(self) -> Floats:
        """(M, d): those of all, or gathered."""
        codes = self.whole.codes
        return codes if len(self.rows) == len(codes) else codes[self.rows]

    @property
    def picked(self) -> Floats | Picked:
        """The same, of which no more is gathered than is read."""
        codes = self.whole.codes
        return codes if len(self.rows) == len(codes) else Picked(codes, self.rows)

    @property
    def labels(self) -> NDArray[np.int64] | None:
        """(M,), where there are any."""
        return None if self.whole.labels is None else self.whole.labels[self.rows]

    @property
    def columns(self) -> dict[str, Column]:
        """What else is known of them, but for texts."""
        every = self.whole.images.columns
        return {n: c.take(self.rows) for n, c in every.items() if c.kind != "text"}

    @property
    def clusters(self) -> NDArray[np.int64] | None:
        """(M,), where the model has any of its own."""
        return None if self.whole.clusters is None else self.whole.clusters[self.rows]

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """(M, C, H, W)."""
        return self.whole.images.pixels[self.rows]


@dataclass(frozen=True)
class EvalSets:
    """What is measured.

    Attributes:
        name: of the images.
        fitted: what is learned from, for structure.
        scored: what structure is scored on.
        whole: what everything else is measured on.
        splits: what a judge can be trained on; None where only one set is known.
        notes: sentences on how they were chosen.
    """

    name: str
    fitted: EvalRows
    scored: EvalRows
    whole: EvalSet
    splits: Splits | None
    notes: tuple[str, ...] = ()

    @property
    def counts(self) -> Mapping[str, int]:
        """How many images are fitted, scored, and measured otherwise."""
        return {
            "fitted": len(self.fitted.rows),
            "scored": len(self.scored.rows),
            "measured": len(self.whole.images),
        }


def eval_sets(run: Run, images: Splits | Images | None, seed: int) -> EvalSets:
    """Choose what is measured; see `measure`.

    Args:
        run: the model.
        images: splits, one set, or None for what it was trained on.
        seed: of the choice.

    Raises:
        LatentscapeError: when there are too few images, or a run in memory is given none.
    """
    check_run(run)
    images = images_or_own(run, images)
    if isinstance(images, Splits):
        train, test = EvalSet(run, images.train), EvalSet(run, images.test)
        return EvalSets(images.title, _all(train), _all(test), test, images)
    if len(images) < 2:
        raise LatentscapeError(f"{len(images)} image cannot be measured; give two or more")
    whole = EvalSet(run, images)
    order = np.random.default_rng(seed).permutation(len(images))
    middle = (len(images) + 1) // 2
    first, second = (whole.half(np.sort(part)) for part in (order[:middle], order[middle:]))
    note = "structure is fitted on one half of the images and scored on the other"
    splits = run.own_images() if run.record is not None else None
    return EvalSets(images.title, first, second, whole, splits, (note,))


def known_columns(fitted: EvalRows, scored: EvalRows) -> dict[str, KnownColumn]:
    """What is known of both, by name: numbers, or categories numbered alike.

    Args:
        fitted: what is learned from.
        scored: what that is scored on.
    """
    known, asked = fitted.columns, scored.columns
    found = {}
    for name in [name for name in known if name in asked and known[name].kind == asked[name].kind]:
        if known[name].kind != "category":
            found[name] = KnownColumn(known[name].numbers(), asked[name].numbers())
            continue
        (a, names), (b, others) = known[name].categories(), asked[name].categories()
        number = {each: i for i, each in enumerate(dict.fromkeys((*names, *others)))}
        again = np.array([number[each] for each in others] + [-1], np.int64)
        found[name] = KnownColumn(a, again[b])
    return found


def _all(subject: EvalSet) -> EvalRows:
    return subject.half(np.arange(len(subject.images)))
