"""What a search is asked: how many trials, and by which figures they are judged."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from latentscape.latent.catalogue import CATALOGUE
from latentscape.sweeps.values import typed
from latentscape.system.errors import LatentscapeError
from latentscape.system.names import did_you_mean

LOSS = "loss"
FOLLOWED = {
    LOSS: ("validation/loss",),
    "negative_elbo": ("validation/distortion", "validation/rate"),
}
"""Figures of an epoch that come to what is searched by, which a trial can thus be stopped by."""


@dataclass(frozen=True)
class Search:
    """How options are searched.

    Attributes:
        trials: how many are trained in all.
        by: "loss" (of validation images) or measures of the catalogue, of validation images; by
            several, what is found is a front where each is best for some weighing of them.
    """

    trials: int
    by: tuple[str, ...] = (LOSS,)

    @property
    def lower(self) -> tuple[bool, ...]:
        """Of each figure, whether less of it is better."""
        return tuple(key == LOSS or CATALOGUE[key].direction == "lower" for key in self.by)

    @property
    def followed(self) -> tuple[str, ...]:
        """Columns of a run's history whose sum trials are stopped by; none where nothing stops."""
        return FOLLOWED.get(self.by[0], ()) if len(self.by) == 1 else ()


def make_search(said: Any, by: Any, most: int) -> Search | None:
    """Make a search of what is said of it; None where nothing is.

    Args:
        said: how many trials, a whole number or the text of one.
        by: keys, as a list or separated by commas; None for the loss.
        most: how many trials there may be.

    Raises:
        LatentscapeError: for a measure that there is not or that is neither good nor bad, one
            given twice, or a number of trials that is none.
    """
    if said is None:
        if by:
            raise LatentscapeError(
                f"--by {by} is what a search goes by; say how many trials with --trials"
            )
        return None
    trials = int(str(typed("trials", int, said)))
    if not 1 <= trials <= most:
        raise LatentscapeError(f"--trials is {trials:,}; give 1 to {most:,}")
    keys = tuple(by.split(",") if isinstance(by, str) else by or (LOSS,))
    for key in keys:
        check_key(key)
    if len(set(keys)) < len(keys):
        raise LatentscapeError(f"--by is {','.join(keys)}; give each figure once")
    return Search(trials, keys)


def check_key(key: object) -> None:
    """Refuse what nothing can be searched by.

    Raises:
        LatentscapeError: when it is no measure, or none of which more or less is better.
    """
    good = [LOSS, *(k for k, entry in CATALOGUE.items() if entry.direction != "neither")]
    if key in good:
        return
    if key in CATALOGUE:
        raise LatentscapeError(
            f"--by is {key}, of which neither more nor less is better; choose another measure"
        )
    hint = did_you_mean(str(key), good)
    raise LatentscapeError(f"--by is {key!r}, and there is no measure called so; {hint}")


def check_varied(
    search: Search | None, ranges: Collection[str], varied: Collection[str], seeds: int
) -> None:
    """Refuse ranges without a search, and a search that has nothing to vary.

    Args:
        search: what is asked.
        ranges: options given as ranges.
        varied: everything that has several values.
        seeds: how many there are.

    Raises:
        LatentscapeError: when they do not go together.
    """
    if search is None:
        for name in ranges:
            raise LatentscapeError(
                f"--{name.replace('_', '-')} is a range, which only a search draws from; say how "
                "many trials with --trials, or give values"
            )
    elif not varied:
        raise LatentscapeError(
            "the search has nothing to vary; give a range, such as --lr 1e-4..1e-2:log, or values"
        )
    elif seeds > 1:
        raise LatentscapeError(
            "a search trains each trial once; give one seed, and train what it finds with several"
        )
