"""Does each number of the code stand for one factor? Measures of test images drawn from factors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from latentscape.data import known_factors
from latentscape.latent import disentanglement, factor_votes
from latentscape.latent.measure import Measure
from latentscape.reproduction.trained import Trained, Value
from latentscape.system.errors import LatentscapeError

Floats = NDArray[np.floating]


def factor_score(of: Trained) -> Value:
    """The FactorVAE score (arXiv:1802.05983)."""
    return value_of(factor_votes.factor_vae(*codes_and_factors(of)))


def information_gap(of: Trained) -> Value:
    """The mutual information gap (arXiv:1802.04942)."""
    return value_of(disentanglement.mig(*codes_and_factors(of)))


def disentangled(of: Trained) -> Value:
    """DCI's disentanglement, by random forests (Eastwood and Williams, ICLR 2018)."""
    return value_of(disentanglement.dci(*codes_and_factors(of))[0])


def separated(of: Trained) -> Value:
    """Separated attribute predictability (arXiv:1711.00848)."""
    return value_of(disentanglement.sap(*codes_and_factors(of)))


def codes_and_factors(of: Trained) -> tuple[Floats, Floats, tuple[bool, ...]]:
    """Codes of test images (N, d), what they were drawn from (N, F), and which are whole numbers.

    Args:
        of: the training.

    Raises:
        LatentscapeError: when it is not known what they were drawn from.
    """
    factors = known_factors(of.images.test, int(of.images.options["seed"] or 0))
    if factors is None:
        raise LatentscapeError(
            f"what the images of '{of.images.name}' were drawn from is not known; "
            "give the entry one of strokes, dsprites as data"
        )
    columns = np.stack(list(factors.values()), axis=1)
    whole = tuple(bool((column % 1 == 0).all()) for column in columns.T)
    return of.run.encode(of.images.test), columns, whole


def value_of(measure: Measure) -> Value:
    """A figure of the catalogue of measures.

    Raises:
        LatentscapeError: when it cannot be had.
    """
    if measure.value is None:
        raise LatentscapeError(f"{measure.key} cannot be had: {measure.reason}")
    return Value(measure.value, measure.error)
