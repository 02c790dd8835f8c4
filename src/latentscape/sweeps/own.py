"""Whether a run in a sweep's directory is of this sweep.

The person named the sweep's recipes in this call, and so trusts their code. A run in the directory
may be a stranger's, and name another recipe, whose code nobody trusted.
"""

from __future__ import annotations

from pathlib import Path

from latentscape.runs.folder import RunFolder
from latentscape.system.errors import LatentscapeError
from latentscape.system.files import refuse_link


def check_own(path: Path, recipe: str) -> None:
    """Refuse a run that was made by another recipe than the sweep names for it, or is elsewhere.

    Args:
        path: the run's directory.
        recipe: the trial's.

    Raises:
        LatentscapeError: when it is not this sweep's, or no run.
    """
    refuse_link(path)
    found = RunFolder(path).record.blueprint.recipe
    if found != recipe:
        raise LatentscapeError(
            f"'{path}' was made by {found!r}, and this sweep trains {recipe!r}; move it elsewhere, "
            "or choose another --out"
        )
