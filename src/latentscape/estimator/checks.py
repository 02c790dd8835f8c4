"""What a transformer refuses, and what it warns of."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning

from latentscape.data import Examples
from latentscape.data.table import Table
from latentscape.models.autoencoder import Autoencoder
from latentscape.models.plan import Plan
from latentscape.parts.corruptions import GaussianNoise
from latentscape.parts.priors import Vamp
from latentscape.parts.regularizers import MixingCritic
from latentscape.system.errors import LatentscapeError
from latentscape.system.names import counted

OF_PIXELS = (GaussianNoise, MixingCritic, Vamp)  # they clip to [0, 1], or see pictures there
ENOUGH = 0.5
"""The least share of the steps that suit a set, below which training is said to be too short."""


def refuse_weights(given: Mapping[str, object]) -> None:
    """Refuse what fitting does not take, such as weights of rows.

    Raises:
        LatentscapeError: naming it.
    """
    for name in given:
        instead = "; repeat rows instead, or leave some out" if name == "sample_weight" else ""
        raise LatentscapeError(f"LatentTransformer is not fitted with {name}{instead}")


def refuse_gaps(table: Any) -> None:
    """Refuse a frame with a column of anything but numbers, or with missing values, by its name.

    Arrays have no names; what is wrong with them is left to whoever reads them.

    Raises:
        ValueError: naming the first such column, and what fills or encodes it.
    """
    for name in getattr(table, "columns", ()):
        column = np.asarray(table[name])
        try:
            numbers = column.astype(np.float64)
        except (TypeError, ValueError):
            odd = next(each for each in column if not _is_number(each))
            raise ValueError(
                f"column {name!r} holds {str(odd)!r}, which is no number; encode it "
                "(OneHotEncoder in a ColumnTransformer), or leave the column out"
            ) from None
        if missing := int(np.isnan(numbers).sum()):
            raise ValueError(
                f"column {name!r} is missing (NaN) in {missing} of {len(numbers)} rows; fill it in "
                "(SimpleImputer in the pipeline), or leave the rows out"
            )


def _is_number(value: Any) -> bool:
    """Whether a cell can be read as a number, or is missing."""
    try:
        float(value)
    except (TypeError, ValueError):
        return value is None
    return True


def refuse_huge(table: NDArray[np.float64], found: NDArray[np.floating]) -> None:
    """Refuse a table whose numbers are too large to be standardised in 32 bits.

    Args:
        table: (N, p).
        found: the standardised rows (N, p), or the columns' scales (p,).

    Raises:
        ValueError: naming the largest number of a column where something is not finite.
    """
    if np.isfinite(found).all():
        return
    column = int(np.argwhere(~np.isfinite(found))[0][-1])
    row = int(np.abs(table[:, column]).argmax())
    raise ValueError(
        f"column {column} of row {row} is {table[row, column]:.3g}, which is too far from the rest "
        "to be standardised in 32 bits; bring the column to another scale, or leave the row out"
    )


def warn_if_short(made: int, plan: Plan, suited: Plan, rows: int) -> None:
    """Warn where training made far fewer steps than suit so many rows.

    With a learning rate that falls to nothing a loss flattens whenever training ends, so that its
    course says nothing of whether it ended too early.

    Args:
        made: epochs.
        plan: that was followed; one that stopped for want of progress made enough.
        suited: that suits the number of rows.
        rows: that were trained on.
    """
    if made < plan.epochs:
        return
    steps, enough = (
        n * max(1, rows // p.batch) for n, p in ((made, plan), (suited.epochs, suited))
    )
    if steps < ENOUGH * enough:
        warnings.warn(
            f"{counted(made, 'epoch')} of {rows:,} rows are {steps} steps, and {enough} "
            "suit so many rows; give more epochs, or leave epochs and batch to the recipe",
            ConvergenceWarning,
            stacklevel=4,
        )


def check_parts(model: Autoencoder, images: Examples) -> None:
    """Refuse models that need labels, and for a table those that know only pixels.

    Raises:
        LatentscapeError: naming what does not fit.
    """
    if model.labels:
        raise LatentscapeError(
            "a conditional model needs labels to encode, and transform gets none; choose another "
            "recipe"
        )
    of_pixels = [type(m).__name__ for m in model.modules() if isinstance(m, OF_PIXELS)]
    if isinstance(images, Table) and of_pixels:
        raise LatentscapeError(
            f"{of_pixels[0]} works on pixels between 0 and 1, and X is a table; choose another "
            "recipe, or give images"
        )
