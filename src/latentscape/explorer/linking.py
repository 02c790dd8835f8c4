"""Two explorers in a notebook that show the same images, moving together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latentscape.system.errors import LatentscapeError

if TYPE_CHECKING:
    from traitlets import link as Link

    from latentscape.explorer.widget import Explorer

SHARED = ("selection", "pins")


def link(first: Explorer, second: Explorer) -> list[Link]:
    """Make two widgets share selection and pins: what is chosen in one is chosen in the other.

    Args:
        first: what `explore` gave in a notebook; the second takes over its selection and pins.
        second: another one, of the same images in the same order.

    Returns:
        the links; `unlink()` of each ends it.

    Raises:
        LatentscapeError: when they show other images, whose rows mean something else.
    """
    import traitlets

    if first.ids != second.ids:
        raise LatentscapeError(
            f"the two explorers show different images ({len(first.ids)} and {len(second.ids)} "
            "points); explore both runs with the same images= and limit="
        )
    return [traitlets.link((first, name), (second, name)) for name in SHARED]
