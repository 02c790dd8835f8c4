"""Measures that installed packages add, by entry points of the group "latentscape.measures".

Each is a function under `@own_measure`; its parameters say by their names what it is taken of.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from latentscape.latent.measure import Measure
from latentscape.latent.measure_entry import Direction, MeasureEntry
from latentscape.system.extensions import Extended, installed_of

GROUP = "own"
GIVEN = ("codes", "labels", "images", "run")
NO_ERROR = "the function that measures gives none"


@dataclass(frozen=True)
class OwnMeasure:
    """A measure of one's own.

    Attributes:
        of: the function.
        takes: the names of its parameters.
        about: what is said of it; its key is the name that it is installed under.
    """

    of: Callable[..., Measure]
    takes: tuple[str, ...]
    about: MeasureEntry

    def named(self, name: str) -> MeasureEntry:
        """Give its entry in the catalogue, under the name that it is installed under."""
        return replace(self.about, key=name)

    def measured(self, name: str, given: Mapping[str, object]) -> Measure:
        """Measure, or give the reason why that cannot be had.

        Args:
            name: that it is installed under.
            given: what there is, by parameter.
        """
        missing = [parameter for parameter in self.takes if given.get(parameter) is None]
        if missing:
            there = "there is no model" if missing[0] == "run" else f"there are no {missing[0]}"
            return Measure(name, reason=there)
        try:
            found = self.of(**{parameter: given[parameter] for parameter in self.takes})
            return replace(found, key=name)
        except Exception as error:  # whatever a stranger's function may raise
            words = " ".join(str(error).split())
            return Measure(name, reason=f"it failed ({type(error).__name__}: {words})")


def own_measure(
    *,
    title: str,
    sentence: str,
    direction: Direction = "neither",
    range: tuple[float, float] = (-math.inf, math.inf),
    formula: str = "",
    source: str = "",
) -> Callable[[Callable[..., Measure]], OwnMeasure]:
    """Make a function that gives a `Measure` a measure that packages can offer.

    Its parameters are any of `codes` (N, d), `labels` (N,), `images` and `run`. One that takes
    neither images nor a run measures codes that other programs made, too. What it takes and is
    not there (labels, a model) becomes the reason why there is no figure, and so does an error.

    Args:
        title: what people call it.
        sentence: what it means.
        direction: which way is better.
        range: its lowest and highest value.
        formula: how it is computed, in plain text.
        source: where it comes from.

    Raises:
        TypeError: when the function takes something else.

    Example:
        >>> import numpy as np
        >>> @own_measure(title="spread", sentence="How far codes lie from their mean.")
        ... def spread(codes):
        ...     return Measure.mean("spread", np.square(codes - codes.mean(0)).sum(1))
        >>> spread.measured("spread", {"codes": np.eye(2)}).value
        0.5
    """

    def made(function: Callable[..., Measure]) -> OwnMeasure:
        takes = tuple(inspect.signature(function).parameters)
        if not takes or not set(takes) <= set(GIVEN):
            raise TypeError(
                f"{function.__name__} takes {', '.join(takes) or 'nothing'}; a measure takes any "
                f"of {', '.join(GIVEN)}"
            )
        about = MeasureEntry(
            "", GROUP, title, formula, range, direction, source, sentence, {}, NO_ERROR
        )
        return OwnMeasure(function, takes, about)

    return made


OWN: Mapping[str, OwnMeasure] = Extended(
    {}, partial(installed_of, "latentscape.measures", OwnMeasure)
)
"""Every installed measure by its name."""


def measure_own(given: Mapping[str, object]) -> tuple[Measure, ...]:
    """The group `own`.

    Args:
        given: what there is to measure: `codes` (N, d), `labels` (N,), `images`, `run`; what is
            None or missing is not there.
    """
    return tuple(measure.measured(name, given) for name, measure in OWN.items())
