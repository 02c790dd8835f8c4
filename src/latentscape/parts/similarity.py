"""Structural similarity of images, at one scale and at several.

At one scale (Wang et al. 2004) it compares means, variances and covariance within windows,

    (2 μ μ̂ + c₁)(2 σ_xx̂ + c₂) / ((μ² + μ̂² + c₁)(σ² + σ̂² + c₂)),   c₁ = 0.01², c₂ = 0.03²,

weighted by a Gaussian of 1.5 pixels over 11 × 11, at every place where the window lies inside the
image. At several (Wang, Simoncelli and Bovik 2003) the second factor is taken of the image, of its
half, its quarter and so on, the first of the smallest alone, and their powers are multiplied.
Such a window is a pair of matrices, A x Bᵀ, which multiplies many images at once.
"""

from __future__ import annotations

from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

from latentscape.system.arithmetic import in_full_precision

WINDOW, SIGMA = 11, 1.5
C1, C2 = 0.01**2, 0.03**2
POWERS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
"""Of the scales, from the image down; where fewer fit, theirs are made to sum to 1."""
LEAST = 1e-4  # what a factor counts at the least: a power's slope at 0 is infinite


def ssim(x: Tensor, y: Tensor) -> Tensor:
    """Structural similarity (B,) of images (B, C, H, W) in [0, 1]; 1 where they are the same.

    Example:
        >>> x = torch.rand(2, 1, 28, 28)
        >>> ssim(x, x).tolist()
        [1.0, 1.0]
    """
    luminance, structure = factors(x, y)
    return (luminance * structure).flatten(1).mean(1)


def ms_ssim(x: Tensor, y: Tensor) -> Tensor:
    """Multi-scale structural similarity (B,) of images (B, C, H, W) in [0, 1].

    There are as many scales, five at the most, as leave a window's 11 pixels on the shorter side.

    Example:
        >>> x = torch.rand(2, 3, 64, 64)
        >>> ms_ssim(x, x).tolist()
        [1.0, 1.0]
    """
    powers = torch.tensor(POWERS[: scales(min(x.shape[2:]))])
    powers = powers / powers.sum()
    similarity = torch.ones((), device=x.device)
    for scale, power in enumerate(powers.tolist()):
        luminance, structure = factors(x, y)
        smallest = scale == len(powers) - 1
        kept = luminance * structure if smallest else structure
        similarity = similarity * kept.flatten(1).mean(1).clamp_min(LEAST) ** power
        if not smallest:
            x, y = F.avg_pool2d(x, 2), F.avg_pool2d(y, 2)
    return similarity


def scales(side: int) -> int:
    """Count the scales that an image of a shorter side has.

    Example:
        >>> [scales(side) for side in (8, 28, 64, 128, 256)]
        [1, 2, 3, 4, 5]
    """
    count = 1
    while count < len(POWERS) and side // 2**count >= WINDOW:
        count += 1
    return count


def factors(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """How alike means are, and how alike what varies about them, at every window's place.

    In fp32 always: a variance is the small difference of two numbers.

    Args:
        x: images (B, C, H, W).
        y: others, alike.
    """
    A, B = (window_means(side, x.device) for side in x.shape[2:])

    def mean(z: Tensor) -> Tensor:
        return A @ z @ B.T

    x, y = x.float(), y.float()
    with in_full_precision(x):
        mx, my = mean(x), mean(y)
        vx, vy, cov = mean(x * x) - mx * mx, mean(y * y) - my * my, mean(x * y) - mx * my
    return (2 * mx * my + C1) / (mx * mx + my * my + C1), (2 * cov + C2) / (vx + vy + C2)


@lru_cache(maxsize=64)
def window_means(side: int, device: torch.device) -> Tensor:
    """Weights (places, side) that average along one side; a short side has a shorter window.

    Args:
        side: how many pixels it has.
        device: where the weights are to lie.
    """
    w = min(WINDOW, side)
    weights = torch.exp(-0.5 * ((torch.arange(w) - (w - 1) / 2) / SIGMA) ** 2)
    weights = weights / weights.sum()
    matrix = torch.zeros(side - w + 1, side)
    for place in range(len(matrix)):
        matrix[place, place : place + w] = weights
    return matrix.to(device)
