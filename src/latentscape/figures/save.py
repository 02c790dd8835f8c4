"""Figures become files: whole or not at all, and the same bytes each time."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from latentscape.figures.film import Film
from latentscape.system.errors import LatentscapeError
from latentscape.system.files import atomic_path, make_folder, write_atomic
from latentscape.system.printing import print_aside

# What would differ from one minute to the next is left out of the file.
_METADATA: dict[str, dict[str, str | None]] = {
    ".png": {"Software": None},
    ".svg": {"Date": None},
    ".pdf": {"CreationDate": None, "ModDate": None},
}
GLYPH = re.compile(r"Glyph (\d+) ")
_SETTINGS = mpl.RcParams(
    {
        "svg.hashsalt": "latentscape",
        "svg.fonttype": "path",
        "pdf.fonttype": 42,
        "savefig.facecolor": "auto",
    }
)


def save(figure: Figure, path: str | Path, *, dpi: int = 200) -> Path:
    """Write a figure to a file; the suffix says in which format.

    Args:
        figure: what a kind drew.
        path: ends in .png, .svg or .pdf, or, for a film, .gif; its folder is made.
        dpi: dots an inch of what is made of dots; half of it in a film.

    Returns:
        The path.

    Raises:
        LatentscapeError: for another suffix, or a place that cannot be written.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix == ".gif" and not isinstance(figure, Film):
        raise LatentscapeError(
            f"'{path}' would be a film, and this figure does not move; end it in .png, .svg or .pdf"
        )
    if suffix not in (*_METADATA, ".gif"):
        raise LatentscapeError(
            f"'{path}' does not end in .png, .svg or .pdf; name the file by the format you want"
        )
    make_folder(path.parent)
    if isinstance(figure, Film) and suffix == ".gif":
        write_atomic(path, figure.gif(dpi // 2))
        return path
    with mpl.rc_context(_SETTINGS), missing_signs(), atomic_path(path) as beside:
        figure.savefig(
            beside, dpi=dpi, bbox_inches="tight", pad_inches=0.15, metadata=_METADATA[suffix]
        )
    return path


@contextmanager
def missing_signs() -> Iterator[None]:
    """Say in one sentence which signs no installed font has, which are drawn as boxes."""
    with warnings.catch_warnings(record=True) as found:
        warnings.filterwarnings("always", GLYPH.pattern)
        yield
    signs = []
    for warning in found:
        glyph = GLYPH.match(str(warning.message))
        if glyph:
            signs.append(chr(int(glyph[1])))
        else:
            warnings.warn_explicit(
                warning.message, warning.category, warning.filename, warning.lineno
            )
    if signs:
        print_aside(
            f"note: no font that is installed has {' '.join(dict.fromkeys(signs))}, drawn as "
            "boxes; install one that has, such as Noto Sans CJK"
        )
