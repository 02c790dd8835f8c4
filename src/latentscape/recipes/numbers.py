"""Numbers of any kind as the kind that an option is annotated with."""

from __future__ import annotations

from types import UnionType
from typing import Any, Union, get_args, get_origin

import numpy as np

from latentscape.system.errors import LatentscapeError


def as_annotated(name: str, kind: Any, value: Any) -> Any:
    """Give a whole number where one is wanted, and refuse what is no number where one is.

    Names and records are left to those who know which there are.

    Args:
        name: the option's.
        kind: its annotation.
        value: what was given.

    Raises:
        LatentscapeError: naming the option.

    Example:
        >>> as_annotated("epochs", int, 3.0), as_annotated("hidden", tuple[int, ...], (64.0, 32))
        (3, (64, 32))
    """
    if get_origin(kind) in (Union, UnionType):
        if value is None and type(None) in get_args(kind):
            return None
        return as_annotated(name, next(k for k in get_args(kind) if k is not type(None)), value)
    if get_origin(kind) is tuple and isinstance(value, tuple):
        return tuple(as_annotated(name, get_args(kind)[0], each) for each in value)
    if kind not in (int, float):
        return value
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if kind is int and number and float(value).is_integer():
        return int(value)
    if kind is float and number:
        return value
    raise LatentscapeError(
        f"{name} is {value!r}; give {'a whole number' if kind is int else 'a number'}"
    )


def as_count(name: str, value: Any) -> int:
    """Give how many of something are wanted, a whole number of any kind, at least 1.

    Args:
        name: what the caller calls it.
        value: what was given.

    Raises:
        LatentscapeError: naming it.

    Example:
        >>> import numpy as np
        >>> as_count("n", np.int64(3)), as_count("n", 4.0)
        (3, 4)
    """
    number = value.item() if isinstance(value, np.generic) else value
    count: int = as_annotated(name, int, number)
    if count < 1:
        raise LatentscapeError(f"{name} is {count}; give 1 or more")
    return count
