"""What trackers are shown of a model while it trains."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from latentscape.data import Splits
from latentscape.figures import reconstructions, samples, scatter
from latentscape.runs.run import Run
from latentscape.tracking.protocol import Picture

SHOWN = 1000  # codes
DPI = 100


def pictures_of(run: Run, images: Splits) -> Iterator[tuple[str, Picture]]:
    """Draw reconstructions of validation images, samples, and the cloud of their codes.

    Args:
        run: the model as it is now.
        images: what it is trained on.

    Yields:
        Names and pixels (H, W, 3).
    """
    some = images.validation.take(np.arange(min(SHOWN, len(images.validation))))
    yield "reconstructions", pixels_of(reconstructions([run], some))
    yield "samples", pixels_of(samples([run]))
    yield "codes", pixels_of(scatter(run, some))


def pixels_of(figure: Figure) -> Picture:
    """Draw a figure into pixels (H, W, 3)."""
    figure.set_dpi(DPI)
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    pixels: Picture = np.array(canvas.buffer_rgba())[..., :3]
    return pixels
