"""The autoencoder, what rebuilds it from plain values, and the plan that it is trained by."""

from typing import TYPE_CHECKING

from latentscape.system.lazy import lazily

if TYPE_CHECKING:
    from latentscape.models.autoencoder import Autoencoder
    from latentscape.models.blueprint import Blueprint
    from latentscape.models.plan import Plan

__getattr__ = lazily(
    __name__, {"Autoencoder": ".autoencoder", "Blueprint": ".blueprint", "Plan": ".plan"}
)

__all__ = ["Autoencoder", "Blueprint", "Plan"]
