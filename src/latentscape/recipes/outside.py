"""Recipes from outside latentscape: functions of an installed package, or of a file."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from latentscape.system.errors import LatentscapeError

FILES: dict[Path, tuple[int, ModuleType]] = {}
"""Modules made of files, with when each file was last changed: what is edited is read anew."""


def imported(path: str) -> Callable[..., Any]:
    """Import a function by its path, "package.module:function" or "./mine.py:function".

    Installed packages are looked through first, then the current folder.

    Raises:
        LatentscapeError: when it cannot be imported, or is no function.
    """
    place, _, name = path.rpartition(":")
    try:
        found = getattr(module_of(place), name)
    except FileNotFoundError:
        raise LatentscapeError(
            f"the recipe {path!r} cannot be read: there is no file '{place}'; name it from here"
        ) from None
    except (ImportError, AttributeError, ValueError, OSError) as error:
        raise LatentscapeError(
            f"the recipe {path!r} cannot be imported ({error}); give package.module:function or "
            "file.py:function, and install the package or run where it lies"
        ) from error
    if not callable(found):
        raise LatentscapeError(f"{path!r} is not a function; a recipe is one that takes a shape")
    function: Callable[..., Any] = found
    return function


def is_file(path: str) -> bool:
    """Whether a recipe, or what stands before its colon, is named by a file.

    Example:
        >>> is_file("./mine.py:small"), is_file("mine.py"), is_file("mine:small")
        (True, True, False)
    """
    return path.endswith(".py") or path.rpartition(":")[0].endswith(".py")


def lasting(path: str) -> str:
    """Make the file of "mine.py:function" absolute, so that it means the same from any folder."""
    place, _, name = path.rpartition(":")
    return f"{Path(place).resolve()}:{name}"


def module_of(place: str) -> ModuleType:
    """Import a module by its name, or by the path of its file, beside which it may import more.

    Raises:
        ImportError: when there is none.
        OSError: when there is no such file.
        ValueError: when it is no name.
    """
    if not place.endswith(".py"):
        look_in(Path.cwd())
        if place.startswith("."):
            raise ValueError("it begins with a dot")
        return importlib.import_module(place)
    path = Path(place).resolve()
    changed = path.stat().st_mtime_ns
    known = FILES.get(path)
    if known is not None and known[0] == changed:
        return known[1]
    look_in(path.parent)
    name = f"latentscape_file_{len(FILES)}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and annotations of the file look it up
    spec.loader.exec_module(module)
    FILES[path] = (changed, module)
    return module


def look_in(folder: Path) -> None:
    """Let a folder be looked through for modules, after all others."""
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
