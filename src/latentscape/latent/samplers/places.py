"""Where codes are drawn from to be looked at: each sampler, and half way between images."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from latentscape.latent.arrays import Floats
from latentscape.latent.paths import midpoints
from latentscape.latent.samplers.protocol import Sampler


def drawn_places(
    samplers: Mapping[str, Sampler], codes: Floats, count: int, seed: int
) -> dict[str, NDArray[np.float32]]:
    """Draw codes with each sampler, and as `midpoints` half way between two codes.

    Args:
        samplers: by name, fitted.
        codes: (N, d), of images; of one image there are no midpoints.
        count: how many of each.
        seed: of all.
    """
    draws = {name: sampler.sample(count, seed) for name, sampler in samplers.items()}
    if len(codes) > 1:
        draws["midpoints"] = midpoints(codes, count, seed)
    return {name: np.asarray(z, np.float32) for name, z in draws.items()}
