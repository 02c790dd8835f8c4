"""One measured figure, or the reason why it cannot be had."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from latentscape.latent.sampling import MOST, Kind, Rows, Sampling, resampled

JSON: TypeAlias = "dict[str, float | int | str | JSON]"


@dataclass(frozen=True)
class Measure:
    """A figure under its key in the catalogue; a number, never NaN, or a reason.

    Attributes:
        key: What was measured, as in `latentscape.latent.catalogue`; for parts, of which class
            or latent dimension.
        value: The figure, finite; None where it cannot be had.
        reason: Why it cannot be had, a phrase; None where it can.
        sample: On how many rows it was measured, where those were a seeded sample or the figure
            depends on how many they are.
        parts: The figures behind it, of each class or each latent dimension.
        floor: What it is where real images stand in for drawn ones, as many; None where that is
            not asked.
        sampling: What the figure's standard error comes from; None where it has none, and the
            catalogue says why.

    Raises:
        ValueError: Neither or both of value and reason, or a value that is not finite.

    Example:
        >>> Measure("ami", 0.75).to_json()
        {'value': 0.75}
        >>> Measure("ami", reason="there are no labels").to_json()
        {'reason': 'there are no labels'}
    """

    key: str
    value: float | None = None
    reason: str | None = None
    sample: int | None = None
    parts: tuple[Measure, ...] = ()
    floor: float | None = None
    sampling: Sampling | None = field(default=None, compare=False, repr=False)

    @classmethod
    def mean(
        cls,
        key: str,
        each: NDArray[np.generic],
        *,
        sample: int | None = None,
        parts: tuple[Measure, ...] = (),
        kind: Kind = "images",
        rows: Rows | None = None,
    ) -> Measure:
        """The mean of rows' figures (n,), with the error of a mean.

        Args:
            key: As above.
            each: The rows' figures; of a share, whether each counts.
            sample: As above.
            parts: As above.
            kind: Of what the rows are.
            rows: Which images they are of, where not of all.

        Example:
            >>> found = Measure.mean("mse", np.array([0.1, 0.3]))
            >>> round(found.value, 3), round(found.error, 3)
            (0.2, 0.1)
        """
        sampling = Sampling.of(each, kind, rows)
        return cls(
            key, float(sampling.values.mean()), sample=sample, parts=parts, sampling=sampling
        )

    def resampled(
        self,
        again: Callable[[Rows], Measure],
        n: int,
        *,
        seed: int = 0,
        most: int = MOST,
        kind: Kind = "resamples",
    ) -> Measure:
        """The same with its error by bootstrap.

        Args:
            again: The measure of chosen rows (m,).
            n: How many rows there are.
            seed: Of the resamples.
            most: Resamples have min(n, most) rows.
            kind: "draws" where rows are not of images.
        """
        if self.value is None:
            return self
        found = resampled(lambda rows: again(rows).value, n, seed=seed, most=most)
        return replace(self, sampling=None if found is None else replace(found, kind=kind))

    @property
    def error(self) -> float | None:
        """The standard error over the images (or draws), the model being what it is."""
        return None if self.sampling is None else self.sampling.error

    def __post_init__(self) -> None:
        if (self.value is None) == (self.reason is None):
            raise ValueError(f"{self.key}: either a value or a reason")
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError(f"{self.key}: {self.value} is not a figure; give a reason")

    def to_json(self) -> JSON:
        """What is known, as plain data: value or reason; error, sample, floor, parts."""
        known: JSON = {}
        if self.value is not None:
            known["value"] = self.value
        if self.error is not None:
            known["error"] = self.error
        if self.reason is not None:
            known["reason"] = self.reason
        if self.sample is not None:
            known["sample"] = self.sample
        if self.floor is not None:
            known["floor"] = self.floor
        if self.parts:
            known["parts"] = {part.key: part.to_json() for part in self.parts}
        return known


def parts_of(values: Iterable[float]) -> tuple[Measure, ...]:
    """One part for each latent dimension, keyed by its place from "0"."""
    return tuple(Measure(str(i), float(v)) for i, v in enumerate(values))


def summary(
    key: str,
    parts: tuple[Measure, ...],
    of: Callable[[list[float]], float],
    sample: int | None = None,
) -> Measure:
    """One figure of those parts that can be had; where none can, the first one's reason.

    Args:
        key: Of the catalogue.
        parts: By what they are of.
        of: What is made of their values.
        sample: How many rows it was taken of, where not of all.
    """
    values = [part.value for part in parts if part.value is not None]
    if values:
        return Measure(key, float(of(values)), sample=sample, parts=parts)
    reason = parts[0].reason if parts else "there is nothing to measure"
    return Measure(key, reason=reason, parts=parts)
