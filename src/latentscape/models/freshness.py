"""Whether a model still has the weights that it was built with."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from latentscape.models.autoencoder import Autoencoder


def touches(model: Autoencoder) -> int:
    """Count how often anything has written into the parameters of a model and of its stages."""
    modules = (model, *model.pretraining)
    return sum(p._version for p in chain.from_iterable(m.parameters() for m in modules))


def is_fresh(model: Autoencoder) -> bool:
    """Whether a recipe built it and neither training nor anybody else has changed its weights.

    Example:
        >>> from latentscape import recipes
        >>> model = recipes.ae((1, 8, 8))
        >>> fresh = is_fresh(model)
        >>> _ = model.load_state_dict(model.state_dict())
        >>> fresh, is_fresh(model)
        (True, False)
    """
    return model.as_built == touches(model)
