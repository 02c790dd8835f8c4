"""Densities of codes that need no training, of a run's codes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from latentscape.latent.samplers import SAMPLERS, Sampler, make_sampler
from latentscape.runs.run import Run

FITTED_ANEW = ("gaussian", "class-gaussian", "kernel")
"""Those that take less than half a second to fit; a kernel density would keep all codes."""


def quick_sampler(
    run: Run, name: str, codes: NDArray[np.floating], labels: NDArray[np.int64] | None
) -> Sampler:
    """Make a sampler and fit it to codes of a run, or give the one that was fitted to them before.

    Args:
        run: whose codes they are, which keeps it.
        name: one of `SAMPLERS`.
        codes: (N, d).
        labels: (N,), or None.

    Raises:
        LatentscapeError: when no sampler has that name, or it cannot be fitted to these codes.
    """
    if name in FITTED_ANEW or name not in SAMPLERS:
        return make_sampler(name).fit(codes, labels)
    return run.samplers.fitted(SAMPLERS[name].make, codes, labels, SAMPLERS[name])
