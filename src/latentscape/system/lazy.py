"""Packages that import what they offer only when it is asked for (PEP 562)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module


def lazily(package: str, homes: Mapping[str, str]) -> Callable[[str], object]:
    """Give a package's `__getattr__`.

    Args:
        package: its name.
        homes: for each name that it offers, the module to import it from, relative to the package.
            A module offered under its own name is given itself.

    Example:
        >>> get = lazily("latentscape", {"Plan": ".models.plan", "models": ".models"})
        >>> get("Plan") is get("models").Plan
        True
    """

    def get(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = import_module(homes[name], package)
        return module if homes[name] == f".{name}" else getattr(module, name)

    return get
