"""Every part, imported when a model is built: reading a recipe's signature needs no torch."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..parts.every import *  # noqa: F403


def __getattr__(name: str) -> object:
    """Give a part by its name."""
    if name.startswith("_"):
        raise AttributeError(name)
    return getattr(import_module("latentscape.parts.every"), name)
