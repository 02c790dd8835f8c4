"""What docstrings say of arguments and attributes: flags' help, and hints in notebooks."""

from __future__ import annotations

import inspect
from typing import Any

from docstring_parser import parse


def described(thing: Any) -> dict[str, str]:
    """What a docstring says of each argument or attribute.

    Example:
        >>> from latentscape.models.plan import Plan
        >>> described(Plan)["epochs"]
        'passes over the training images.'
    """
    params = parse(inspect.getdoc(thing) or "").params
    return {p.arg_name: " ".join((p.description or "").split()) for p in params}
