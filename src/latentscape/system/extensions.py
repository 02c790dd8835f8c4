"""What installed packages add, by entry points: pictures and samplers of their own."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Any

from latentscape.system.printing import print_aside


def installed(group: str) -> dict[str, Any]:
    """Import what installed packages offer under a group of entry points.

    A package that cannot be imported is said on standard error and left out: it may be of no
    concern to what is being done.

    Args:
        group: such as "latentscape.pictures".

    Returns:
        What each entry point names, by its name.
    """
    found = {}
    for point in entry_points(group=group):
        try:
            found[point.name] = point.load()
        except Exception as error:  # whatever a stranger's module may raise
            reason = " ".join(str(error).split())
            print_aside(
                f"note: {point.value}, an installed {group} entry, cannot be imported "
                f"({type(error).__name__}: {reason})"
            )
    return found
