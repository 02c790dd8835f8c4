"""Which files a page has, by their paths below it: its own, and those of what it shows."""

from __future__ import annotations

from pathlib import Path

from latentscape.bundle import Bundle
from latentscape.bundle.pair import FILES, Pair
from latentscape.explorer.page import page_files

Shown = Bundle | Pair
"""What a page shows: one space, or two side by side."""


def files_of(shown: Shown) -> dict[str, Path]:
    """List the page's files, `index.html` first, and the data's below `bundle/`.

    Of a pair, the second bundle's lie below `beside/`, and what both share below `pair/`.

    Args:
        shown: one bundle, or two.

    Raises:
        LatentscapeError: when the page is not built.
    """
    page = page_files("pair.html" if isinstance(shown, Pair) else "index.html")
    return page | data_of(shown)


def data_of(shown: Shown) -> dict[str, Path]:
    """List the data's files alone; see `files_of`.

    Args:
        shown: one bundle, or two.
    """
    if isinstance(shown, Bundle):
        return _below("bundle", shown.folder, shown.files)
    return (
        _below("bundle", shown.first.folder, shown.first.files)
        | _below("beside", shown.second.folder, shown.second.files)
        | _below("pair", shown.folder, FILES)
    )


def _below(name: str, folder: Path, files: tuple[str, ...]) -> dict[str, Path]:
    folder = folder.resolve()
    return {f"{name}/{file}": folder / file for file in files}
