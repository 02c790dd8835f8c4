"""TensorBoard: events in the run directory, and the codes in its projector."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from latentscape.models.pixels import unit
from latentscape.tracking.protocol import Begun, Picture

if TYPE_CHECKING:
    from latentscape.runs.run import Run

MOST = 2000  # codes in the projector
SIDE = 8192  # the largest sprite that it shows


class TensorBoard:
    """Scalars, pictures, settings, and at the end the codes with their images."""

    def __init__(self) -> None:
        from torch.utils.tensorboard import SummaryWriter

        self.make = SummaryWriter

    def begin(self, training: Begun) -> str:
        """Open the directory `tensorboard` of the run, where an earlier one is continued."""
        folder = training.folder
        place = Path("tensorboard", training.name) if folder is None else folder / "tensorboard"
        self.writer = self.make(str(place))
        self.images = training.images.validation
        self.epochs = 0
        if not training.known:
            text = json.dumps(dict(training.settings), indent=1, default=str)
            self.writer.add_text("settings", f"```\n{text}\n```")
        return "tensorboard"

    def numbers(self, epoch: int, values: Mapping[str, float]) -> None:
        """Write scalars."""
        for name, value in values.items():
            self.writer.add_scalar(name, value, epoch)
        self.writer.flush()
        self.epochs = epoch

    def picture(self, epoch: int, name: str, pixels: Picture) -> None:
        """Write a picture."""
        self.writer.add_image(name, pixels, epoch, dataformats="HWC")

    def end(self, run: Run) -> None:
        """Write codes, labels and images for the projector, and close."""
        side = max(run.shape[1:])
        some = self.images.take(np.arange(min(MOST, len(self.images), (SIDE // side) ** 2)))
        x = unit(torch.from_numpy(np.ascontiguousarray(some.pixels)))
        labels = None if some.labels is None else [str(some.classes[i]) for i in some.labels]
        codes = torch.from_numpy(run.encode(some))
        self.writer.add_embedding(codes, labels, square(x), self.epochs, "codes")
        self.writer.close()


def square(x: torch.Tensor) -> torch.Tensor:
    """Pad images (N, C, H, W) to squares, which a sprite has to have."""
    height, width = x.shape[2:]
    side = max(height, width)
    return torch.nn.functional.pad(x, (0, side - width, 0, side - height), value=1.0)
