"""A model's functions over any number of images: batch by batch, exactly, without gradients."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentscape.models.autoencoder import Autoencoder
from latentscape.models.pixels import Inputs, at_once, checked, labelled_batches, labels_for
from latentscape.system.arithmetic import exact_arithmetic
from latentscape.system.errors import LatentscapeError
from latentscape.system.memory import keep_memory

Floats = NDArray[np.float32]


class Batchwise:
    """A model with the shape of its images.

    Attributes:
        name: how to call it.
        classes: names of the classes it was trained on.
        model: the autoencoder, in evaluation mode.
        shape: (C, H, W) of the images.
    """

    name: str
    classes: tuple[str, ...]
    model: Autoencoder
    shape: tuple[int, int, int]

    @property
    def codes_size(self) -> int:
        """d, the number of latent dimensions."""
        return self.model.bottleneck.code

    @property
    def device(self) -> torch.device:
        """Where the model computes."""
        return next(self.model.parameters()).device

    @property
    def conditioned_on(self) -> tuple[str, ...]:
        """The classes that the model is given with each image; () where it is given none."""
        return self.classes if self.model.labels else ()

    def condition_of(self, images: Inputs) -> NDArray[np.int64] | None:
        """The labels (N,) that their codes are decoded with; None where the model takes none.

        Raises:
            LatentscapeError: when the images have a class that the model does not know.
        """
        return labels_for(images, None, self.classes) if self.model.labels else None

    @property
    def bounds(self) -> tuple[float, float]:
        """Between which numbers pixels lie: 0 and 1, or any where the model is of a table."""
        return self.model.likelihood.bounds

    def _decodable(self, codes: NDArray[np.floating]) -> Floats:
        """Codes (N, d) as the model decodes them.

        Raises:
            LatentscapeError: when they are not (N, d) or not finite.
        """
        codes = np.asarray(codes, dtype=np.float32)
        if codes.ndim != 2 or codes.shape[1] != self.codes_size:
            raise LatentscapeError(
                f"the codes are {codes.shape}; this model decodes (N, {self.codes_size})"
            )
        if not np.isfinite(codes).all():
            raise LatentscapeError("the codes are not all finite; leave out those that are not")
        return codes

    def _map(
        self,
        function: Callable[[Tensor, Tensor | None], tuple[Tensor, ...]],
        images: Inputs,
        labels: NDArray[np.int64] | None,
    ) -> list[Floats]:
        """Run a function of images, batch by batch."""
        array = checked(images, self.shape, self.bounds)
        return self._chunks(function, array, labels_for(images, labels, self.conditioned_on))

    def _chunks(
        self,
        function: Callable[[Tensor, Tensor | None], tuple[Tensor, ...]],
        array: NDArray[np.generic],
        labels: NDArray[np.int64] | None,
    ) -> list[Floats]:
        """Run a function of rows, batch by batch, and put its results together."""
        keep_memory()
        results = []
        with torch.no_grad(), exact_arithmetic():
            for rows, y in labelled_batches(array, labels, at_once(self.shape), self.device):
                results.append([part.float().cpu().numpy() for part in function(rows, y)])
        if not results:
            raise LatentscapeError("there are no rows to work on; give at least one")
        return [np.concatenate(parts) for parts in zip(*results, strict=True)]
