"""Images that are selected when the explorer opens: their rows, and the link that says so."""

from __future__ import annotations

from collections.abc import Sequence

from latentscape.bundle import Bundle
from latentscape.bundle.reader import read_ids
from latentscape.system.names import readable
from latentscape.system.printing import print_aside

MOST = 2000
"""A longer selection would make a link that no other program takes."""

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def rows_of(bundle: Bundle, ids: Sequence[str]) -> list[int]:
    """Find the points of images, and say of how many there is none.

    Args:
        bundle: what is shown.
        ids: the images' names, those that matter most first.

    Returns:
        rows of the bundle in their order, of 2,000 images at most.
    """
    if not len(ids):
        return []
    names = read_ids(bundle)
    wanted = {readable(name) for name in ids[:MOST]}
    rows = [row for row, name in enumerate(names) if name in wanted]
    found = {names[row] for row in rows}
    if len(ids) > MOST:
        print_aside(f"note: the first {MOST:,} of {len(ids):,} images are selected")
    if found < wanted:
        print_aside(
            f"note: {len(wanted - found):,} of {len(wanted):,} images that were to be selected are "
            f"not among the {len(names):,} points shown"
        )
    return rows


def link_to(rows: Sequence[int]) -> str:
    """Write the end of an address that selects points, as the page does; "" where there are none.

    Args:
        rows: in their order.

    Example:
        >>> link_to([3, 40, 41])
        '#selection=3.11.1&tool=selection'
    """
    steps = [row - before for row, before in zip(rows, [0, *rows], strict=False)]
    return f"#selection={'.'.join(map(_base_36, steps))}&tool=selection" if rows else ""


def _base_36(number: int) -> str:
    rest, digit = divmod(number, 36)
    return (_base_36(rest) if rest else "") + DIGITS[digit]
