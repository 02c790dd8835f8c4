"""The group `reconstruction`: how well images come back, in all and class by class."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import binary_cross_entropy

from latentscape.data import Images
from latentscape.latent.measure import Measure
from latentscape.models.pixels import at_once, batches
from latentscape.parts.similarity import ms_ssim, ssim
from latentscape.runs.pixel_errors import pixel_errors
from latentscape.runs.run import Run

Floats = NDArray[np.float32]
KEYS = ("mse", "bce", "psnr", "ssim", "ms_ssim")
FLAWLESS = 1e-10  # the least squared error: a perfect copy has 100 decibels, not infinitely many
BATCH = 2048


def measure_reconstruction(run: Run, images: Images, codes: Floats) -> tuple[Measure, ...]:
    """Give the group's measures of decoded codes, each with a part for every class.

    Args:
        run: the model.
        images: (N, C, H, W).
        codes: what the model encodes them to (N, d).
    """
    figures = image_errors(run, images, codes)
    return tuple(_by_class(key, figures[key], images) for key in KEYS)


def image_errors(run: Run, images: Images, codes: Floats) -> dict[str, NDArray[np.float64]]:
    """Give every image's own figures, (N,) each, by key.

    Args:
        run: the model.
        images: N of them.
        codes: theirs, (N, d).
    """
    labels = run.condition_of(images)
    rows, size = [], at_once(images.shape, BATCH)
    for i, x in enumerate(batches(images.pixels, size, torch.device("cpu"))):
        chosen = slice(i * size, i * size + len(x))
        decoded = run.decode(codes[chosen], None if labels is None else labels[chosen])
        rows.append(compared(x, torch.from_numpy(decoded)))
    return {key: np.concatenate([row[key] for row in rows]) for key in KEYS}


def compared(x: Tensor, y: Tensor) -> dict[str, NDArray[np.float64]]:
    """Compare images with their reconstructions.

    Args:
        x: Images (B, C, H, W) in [0, 1].
        y: Reconstructions, alike.

    Returns:
        `mse`, `bce`, `psnr`, `ssim`, `ms_ssim`, (B,) each.
    """
    mse = torch.from_numpy(pixel_errors(x.numpy(), y.numpy()))
    bce = binary_cross_entropy(y.clamp(1e-7, 1 - 1e-7), x, reduction="none").flatten(1).mean(1)
    psnr = -10 * mse.clamp_min(FLAWLESS).log10()
    figures = zip(KEYS, (mse, bce, psnr, ssim(x, y), ms_ssim(x, y)), strict=True)
    return {key: each.double().numpy() for key, each in figures}


def _by_class(key: str, figures: NDArray[np.float64], images: Images) -> Measure:
    """The mean of figures (N,), with each class's as a part."""
    parts: tuple[Measure, ...] = ()
    if images.labels is not None:
        parts = tuple(
            Measure.mean(images.classes[c], figures[images.labels == c])
            for c in np.unique(images.labels)
        )
    return Measure.mean(key, figures, parts=parts)
