"""The pictures a judge learns from beside the plain ones: softened real ones, and outliers.

A judge must not take softness for illegibility (decoders blur), nor two images at once for one.
So real images are softened at random (blur, contrast, dimming, faint noise), and *outliers*,
softened alike so that no texture gives them away, are taught as no class at all (outlier exposure,
arXiv:1812.04606):

- mixed: m·a + (1 − m)·b under a smooth random mask m, from nearly even to sharp-edged;
- laid over: whichever of a and m·b is farther from the background, pixel by pixel;
- scrambled: the tiles of one image in another order;
- turned: upside down or, where images are square, on their side;
- smooth noise.

A composite that stays close to one of its parents may well be legible, and is left out. Turned
images of a class that looks the same when turned are few beside real ones, which stay likelier.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

CLOSE = 0.2  # of the squared distance between the parents
FEW = 14  # one outlier in so many is scrambled, one turned, and half of one is noise


def shift(x: Tensor, reach: int = 2) -> Tensor:
    """Move a batch (B, C, H, W) by up to `reach` pixels, the same for all, edges repeated."""
    _, _, H, W = x.shape
    down, right = torch.randint(0, 2 * reach + 1, (2,)).tolist()
    return F.pad(x, (reach,) * 4, mode="replicate")[..., down : down + H, right : right + W]


def blur(x: Tensor, sigma: float) -> Tensor:
    """Blur images (B, C, H, W) with a Gaussian of so many pixels, edges repeated."""
    C = x.shape[1]
    r = min(math.ceil(2.5 * sigma), *x.shape[2:])
    weights = torch.exp(-0.5 * (torch.arange(-r, r + 1, device=x.device) / sigma) ** 2)
    weights = (weights / weights.sum()).to(x.dtype)
    x = F.pad(x, (r,) * 4, mode="replicate")
    x = F.conv2d(x, weights.view(1, 1, 1, -1).expand(C, 1, 1, -1), groups=C)
    return F.conv2d(x, weights.view(1, 1, -1, 1).expand(C, 1, -1, 1), groups=C)


def soften(x: Tensor) -> Tensor:
    """Do to images (B, C, H, W) in [0, 1], each by chance, what leaves them legible."""
    H, W = x.shape[2:]
    sigma = (0.4 + 0.7 * torch.rand(()).item()) * min(H, W) / 28
    x = torch.where(_chance(x, 0.5), blur(x, sigma), x)
    gamma = torch.exp(0.4 * torch.randn_like(x[:, :1, :1, :1]))
    x = torch.where(_chance(x, 0.4), x.clamp(1e-6, 1) ** gamma, x)
    x = torch.where(_chance(x, 0.5), x * _uniform(x, 0.65, 1.0), x)
    noisy = x + _uniform(x, 0.0, 0.08) * torch.randn_like(x)
    return torch.where(_chance(x, 0.3), noisy, x).clamp(0, 1)


def outliers(x: Tensor, labels: Tensor, *, light: bool) -> Tensor:
    """Make images that belong to no class.

    Args:
        x: Images (B, C, H, W) in [0, 1].
        labels: Their classes (B,).
        light: Whether ink is lighter than the background.

    Returns:
        (at most B, C, H, W).
    """
    few = len(x) // FEW
    noise = few // 2
    rest = slice(2 * few + noise, None)
    return torch.cat(
        [
            scramble(x[:few], 2 + int(torch.randint(3, ()))),
            turn(x[few : 2 * few]),
            smooth_noise(x[:noise]),
            composites(x[rest], labels[rest], light=light),
        ]
    )


def composites(x: Tensor, labels: Tensor, *, light: bool) -> Tensor:
    """Mix images of different classes, or lay them over each other.

    Args:
        x: Images (B, C, H, W) in [0, 1].
        labels: Their classes (B,).
        light: Whether ink is lighter than the background.

    Returns:
        (at most B, C, H, W), without those that are close to a parent.
    """
    B = len(x)
    partner = torch.randperm(B, device=x.device)
    b = x[partner]
    m = _mask(x)
    part = torch.where(_chance(x, 0.5), torch.ones_like(m), m)
    over = torch.maximum(x, part * b) if light else torch.minimum(x, 1 - part * (1 - b))
    z = torch.where(_chance(x, 0.5), over, m * x + (1 - m) * b)
    nearer = torch.minimum(_squared(z - x), _squared(z - b))
    keep = (labels != labels[partner]) & (nearer > CLOSE * _squared(x - b))
    return z[keep]


def turn(x: Tensor) -> Tensor:
    """Turn images (B, C, H, W) by 180°, or square ones by 90°, 180° and 270°, a third each."""
    if x.shape[2] != x.shape[3]:
        return x.flip(2, 3)
    return torch.cat([part.rot90(k, (2, 3)) for k, part in enumerate(x.tensor_split(3), 1)])


def smooth_noise(x: Tensor) -> Tensor:
    """Noise in the shape of x (B, C, H, W), smoothed by chance, each from 0 to 1."""
    side = int(torch.randint(4, 15, ()))
    field = torch.randn(*x.shape[:2], side, side, device=x.device)
    field = F.interpolate(field, size=x.shape[2:], mode="bicubic", align_corners=False)
    low, high = (f(field, dim=(1, 2, 3), keepdim=True) for f in (torch.amin, torch.amax))
    return (field - low) / (high - low)


def scramble(x: Tensor, k: int) -> Tensor:
    """Rearrange the k × k tiles of each image (B, C, H, W), each in its own order."""
    B, C, H, W = x.shape
    h, w = -(-H // k), -(-W // k)
    tiles = F.pad(x, (0, w * k - W, 0, h * k - H), mode="replicate").view(B, C, k, h, k, w)
    tiles = tiles.permute(0, 2, 4, 1, 3, 5).reshape(B, k * k, C, h, w)
    order = torch.rand(B, k * k, device=x.device).argsort(1)
    tiles = tiles[torch.arange(B, device=x.device)[:, None], order].view(B, k, k, C, h, w)
    return tiles.permute(0, 3, 1, 4, 2, 5).reshape(B, C, h * k, w * k)[..., :H, :W]


def _mask(x: Tensor) -> Tensor:
    """Smooth random masks (B, 1, H, W) in (0, 1), from nearly even to sharp-edged."""
    s = int(torch.randint(2, 6, ()))
    field = torch.randn(len(x), 1, s, s, device=x.device)
    field = F.interpolate(field, size=x.shape[2:], mode="bicubic", align_corners=False)
    steepness = torch.exp(_uniform(x, -2.0, 3.5))
    return torch.sigmoid(steepness * field + 0.4 * torch.randn_like(steepness))


def _chance(x: Tensor, p: float) -> Tensor:
    """True for each image with probability p, (B, 1, 1, 1)."""
    return torch.rand_like(x[:, :1, :1, :1]) < p


def _uniform(x: Tensor, low: float, high: float) -> Tensor:
    """A number for each image, (B, 1, 1, 1)."""
    return low + (high - low) * torch.rand_like(x[:, :1, :1, :1])


def _squared(x: Tensor) -> Tensor:
    """Squared length of each image, (B,)."""
    return x.square().flatten(1).sum(1)
