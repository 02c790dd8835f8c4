"""How every figure looks: calm greys, one colour a class, no ornaments, light or dark.

Classes take the colours of petroff10 (arXiv:2107.02270), chosen to be told apart by people with
any kind of colour vision and in greyscale; past ten they begin again with another marker. What
has no class is one neutral grey.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache

import matplotlib as mpl
import numpy as np
from cycler import cycler
from matplotlib import font_manager
from matplotlib.colors import Colormap, LinearSegmentedColormap

from latentscape.system.errors import LatentscapeError

COLOURS: tuple[str, ...] = tuple(
    mpl.colors.to_hex(colour) for colour in mpl.color_sequences["petroff10"]
)
MARKERS = ("o", "^", "s", "D", "v", "P", "X", "*")


FALLBACKS = (
    *("Noto Sans CJK JP", "Noto Sans CJK SC", "Source Han Sans", "IPAexGothic"),
    *("WenQuanYi Zen Hei", "Hiragino Sans", "PingFang SC", "Yu Gothic"),
    *("Microsoft YaHei", "Malgun Gothic", "Arial Unicode MS"),
    *("Noto Sans", "Noto Sans Arabic", "Noto Sans Devanagari"),
)


@cache
def families() -> list[str]:
    """DejaVu Sans, then what is installed here of the fonts that have other scripts."""
    installed = set(font_manager.get_font_names())
    return ["DejaVu Sans", *(name for name in FALLBACKS if name in installed)]


@dataclass(frozen=True)
class Style:
    """The colours of a page.

    Attributes:
        paper: what is drawn on.
        ink: text that must be read.
        soft: text and marks that help, and what is compared against.
        rule: lines that part or guide.
        neutral: points without a class.
        signed: colours of differences, from the lowest over the paper to the highest.
        amount: the colour map of quantities, which begins at the paper's.
        visible: from where to where in viridis colours stand out from the paper.
    """

    paper: str
    ink: str
    soft: str
    rule: str
    neutral: str
    signed: tuple[str, ...]
    amount: str
    visible: tuple[float, float]

    @property
    def scale(self) -> Colormap:
        """The colour map of points' values, all of it told apart from the paper."""
        part = mpl.colormaps["viridis"](np.linspace(*self.visible, 256))
        return LinearSegmentedColormap.from_list("values", part)

    @property
    def differences(self) -> Colormap:
        """The colour map of differences, whose middle is the paper."""
        return LinearSegmentedColormap.from_list("differences", self.signed, 255)

    @property
    def settings(self) -> mpl.RcParams:
        """The settings of matplotlib that bring it about."""
        settings = {
            "font.family": families(),
            "font.size": 8.5,
            "figure.facecolor": self.paper,
            "figure.titlesize": 11,
            "figure.titleweight": "bold",
            "text.color": self.ink,
            "axes.facecolor": self.paper,
            "axes.edgecolor": self.rule,
            "axes.labelcolor": self.soft,
            "axes.titlecolor": self.soft,
            "axes.titlelocation": "left",
            "axes.titlesize": 8.5,
            "axes.titlepad": 6,
            "axes.linewidth": 0.8,
            "axes.axisbelow": True,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.prop_cycle": cycler(color=COLOURS),
            "grid.color": self.rule,
            "grid.linewidth": 0.5,
            "xtick.color": self.rule,
            "ytick.color": self.rule,
            "xtick.labelcolor": self.soft,
            "ytick.labelcolor": self.soft,
            "xtick.labelsize": 8,
            "ytick.labelsize": 8,
            "lines.linewidth": 1.6,
            "legend.frameon": False,
            "legend.fontsize": 8.5,
            "legend.title_fontsize": 8.5,
            "image.cmap": "gray",
            "savefig.facecolor": self.paper,
        }
        return mpl.RcParams(settings)


STYLES = {
    "light": Style(
        paper="#ffffff",
        ink="#1d2127",
        soft="#69707c",
        rule="#cfd4da",
        neutral="#8b929c",
        signed=("#123f7f", "#5c97d6", "#ffffff", "#e88560", "#8f1a10"),
        amount="Blues",
        visible=(0.0, 0.93),
    ),
    "dark": Style(
        paper="#14161a",
        ink="#e9ebee",
        soft="#9ba3ae",
        rule="#3b414a",
        neutral="#8b929c",
        signed=("#8fcbff", "#3576b8", "#14161a", "#b3482e", "#ffa88c"),
        amount="cividis",
        visible=(0.2, 1.0),
    ),
}
_current: ContextVar[Style] = ContextVar("style", default=STYLES["light"])


def current() -> Style:
    """The style that figures are being drawn in."""
    return _current.get()


@contextmanager
def style(name: str) -> Iterator[Style]:
    """Draw what is drawn inside in "light" or "dark".

    Raises:
        LatentscapeError: when there is no such style.

    Example:
        >>> with style("dark") as dark:
        ...     current() is dark
        True
    """
    if name not in STYLES:
        raise LatentscapeError(f"no style is called {name!r}; choose light or dark")
    token = _current.set(STYLES[name])
    try:
        yield STYLES[name]
    finally:
        _current.reset(token)


def format_number(number: float) -> str:
    """Write a number in two digits, with a true minus.

    Example:
        >>> format_number(-0.318)
        '−0.32'
    """
    return f"{number:.2g}".replace("-", "−")


def class_look(index: int) -> tuple[str, str]:
    """Colour and marker of a class; those past the tenth begin again with another marker.

    Example:
        >>> class_look(0), class_look(10)
        (('#3f90da', 'o'), ('#3f90da', '^'))
    """
    return COLOURS[index % len(COLOURS)], MARKERS[index // len(COLOURS) % len(MARKERS)]
