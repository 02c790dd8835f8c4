"""What a run should be told at its end: a collapsed code, a weight that never got where it should.

A collapsed code is one whose posterior is the prior whatever the image: the mean of no number
varies by more than 0.01 over the images (active units, arXiv:1509.00519).
"""

from __future__ import annotations

import numpy as np
import torch

from ..data import Images
from ..latent.usage import active_units
from ..pixels import checked, unit
from ..run import Run
from ..state import Row

FEW = 1000
CLOSE = 0.01


def notices(run: Run, images: Images, kept: Row) -> tuple[str, ...]:
    """Give a sentence for each thing that went wrong in a training that ended well.

    Args:
        run: the trained model, with the weights that are kept.
        images: from validation.
        kept: the history's row of the epoch whose weights are kept.
    """
    few = images.take(np.arange(min(FEW, len(images))))
    return (*collapsed(run, few), *early(run, few, kept))


def collapsed(run: Run, images: Images) -> tuple[str, ...]:
    """Notice a probabilistic code that says nothing of the image."""
    if not run.model.bottleneck.has_rate or len(images) < 2:
        return ()
    codes, scale = run.posterior(images)
    if scale is None or active_units(codes).value:
        return ()
    return (
        f"the code has collapsed: none of its {run.codes_size} numbers differs from image to image "
        "(0 active units); train with a smaller --beta (in the zoo a larger --rf), let the rate's "
        "weight rise with --warmup 0.3, or train longer",
    )


def early(run: Run, images: Images, kept: Row) -> tuple[str, ...]:
    """Notice weights that had not reached, in the epoch that is kept, what they were to reach."""
    few = images.take(np.arange(min(2, len(images))))
    x = unit(torch.from_numpy(checked(few, run.shape, run.bounds)).to(run.device))
    labels = None if few.labels is None else torch.from_numpy(few.labels).to(run.device)
    with torch.no_grad():
        final = {name: term.weight for name, term in run.model(x, labels, 1, 1.0).items()}
    return tuple(
        f"the weights kept are those of epoch {int(kept['epoch'])}, when '{name}' weighed "
        f"{kept[f'weight/{name}']:.3g} and had not yet reached {weight:.3g}; train with more "
        "--epochs, more --patience, or a shorter --warmup"
        for name, weight in final.items()
        if abs(kept.get(f"weight/{name}", weight) - weight) > CLOSE * abs(weight)
    )
