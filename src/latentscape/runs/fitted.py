"""Samplers fitted for a run, so that whoever asks for the same one again need not wait again.

A fit is known by all that decides it: how the sampler is made, the codes and labels to the last
bit, and the number of threads. Codes are the model's own, so other images have other ones, and so
has a model that has been trained on since.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from latentscape.system.randomness import own_randomness

if TYPE_CHECKING:
    from latentscape.latent.samplers import Sampler

MOST = 8
"""How many fits are kept; of more the one that was asked for longest ago goes."""


class FittedSamplers:
    """The samplers that were fitted last. Threads that ask for the same one fit it once."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, Sampler] = {}

    def fitted(
        self,
        make: Callable[[], Sampler],
        codes: NDArray[np.floating],
        labels: NDArray[np.int64] | None,
        *about: Hashable,
    ) -> Sampler:
        """Give a sampler fitted to codes: the one that was before, or a new one.

        Args:
            make: makes one that is not fitted.
            codes: (N, d).
            labels: (N,), or None.
            about: what else decides what `make` makes and what a fit of it gives.

        Raises:
            LatentscapeError: when it cannot be fitted to these codes.
        """
        arrays = content(codes), None if labels is None else content(labels)
        key = (*about, *arrays, torch.get_num_threads())
        with own_randomness():
            sampler = self._kept.pop(key, None) or make().fit(codes, labels)
            self._kept[key] = sampler
            for oldest in list(self._kept)[:-MOST]:
                del self._kept[oldest]
        return sampler


def content(array: NDArray[np.generic]) -> tuple[str, tuple[int, ...], bytes]:
    """What an array holds, to the last bit: its kind of number, its shape, and a digest (32,)."""
    whole = np.ascontiguousarray(array)
    return whole.dtype.str, whole.shape, blake2b(whole.data, digest_size=32).digest()
