"""The group `reconstruction`: how well images come back, in all and class by class.

Structural similarity (Wang et al. 2004) compares means, variances and covariance within windows,

    (2 μ μ̂ + c₁)(2 σ_xx̂ + c₂) / ((μ² + μ̂² + c₁)(σ² + σ̂² + c₂)),   c₁ = 0.01², c₂ = 0.03²,

weighted by a Gaussian of 1.5 pixels over 11 × 11, at every place where the window lies inside the
image. Such a window is a pair of matrices, A x Bᵀ, which multiplies many images at once.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import binary_cross_entropy

from latentscape.data import Images
from latentscape.latent.measure import Measure
from latentscape.models.pixels import at_once, batches
from latentscape.runs.pixel_errors import pixel_errors
from latentscape.runs.run import Run

Floats = NDArray[np.float32]
KEYS = ("mse", "bce", "psnr", "ssim")
WINDOW, SIGMA = 11, 1.5
C1, C2 = 0.01**2, 0.03**2
FLAWLESS = 1e-10  # the least squared error: a perfect copy has 100 decibels, not infinitely many
BATCH = 2048


def measure_reconstruction(run: Run, images: Images, codes: Floats) -> tuple[Measure, ...]:
    """Give `mse`, `bce`, `psnr` and `ssim` of decoded codes, each with a part for every class.

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
    labels = images.labels if run.model.labels else None
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
        `mse`, `bce`, `psnr`, `ssim`, (B,) each.
    """
    mse = torch.from_numpy(pixel_errors(x.numpy(), y.numpy()))
    bce = binary_cross_entropy(y.clamp(1e-7, 1 - 1e-7), x, reduction="none").flatten(1).mean(1)
    psnr = -10 * mse.clamp_min(FLAWLESS).log10()
    figures = zip(KEYS, (mse, bce, psnr, ssim(x, y)), strict=True)
    return {key: each.double().numpy() for key, each in figures}


def ssim(x: Tensor, y: Tensor) -> Tensor:
    """Structural similarity (B,) of images (B, C, H, W) in [0, 1]; 1 where they are the same.

    Example:
        >>> x = torch.rand(2, 1, 28, 28)
        >>> ssim(x, x).tolist()
        [1.0, 1.0]
    """
    A, B = (window_means(side) for side in x.shape[2:])

    def mean(z: Tensor) -> Tensor:
        return A @ z @ B.T

    mx, my = mean(x), mean(y)
    vx, vy, cov = mean(x * x) - mx * mx, mean(y * y) - my * my, mean(x * y) - mx * my
    alike = (2 * mx * my + C1) * (2 * cov + C2)
    return (alike / ((mx * mx + my * my + C1) * (vx + vy + C2))).flatten(1).mean(1)


def window_means(side: int) -> Tensor:
    """Weights (places, side) that average along one side; a short side has a shorter window."""
    w = min(WINDOW, side)
    weights = torch.exp(-0.5 * ((torch.arange(w) - (w - 1) / 2) / SIGMA) ** 2)
    weights = weights / weights.sum()
    matrix = torch.zeros(side - w + 1, side)
    for place in range(len(matrix)):
        matrix[place, place : place + w] = weights
    return matrix


def _by_class(key: str, figures: NDArray[np.float64], images: Images) -> Measure:
    """The mean of figures (N,), with each class's as a part."""
    parts: tuple[Measure, ...] = ()
    if images.labels is not None:
        parts = tuple(
            Measure.mean(images.classes[c], figures[images.labels == c])
            for c in np.unique(images.labels)
        )
    return Measure.mean(key, figures, parts=parts)
