r"""Shortest curves through a space: as long as the way of what they decode to.

A curve c from a to b decodes to a film; its length is that of the film,
:math:`\sum_t \lVert g(c_{t+1}) - g(c_t) \rVert`, g being the decoder's mean and the norm that of
pixels. The shortest curve is sought among a straight line and low waves on it,
:math:`c_t = a + t (b - a) + \sum_k w_k \sin(k \pi t)`, by descent of the energy
:math:`\sum_t \lVert g(c_{t+1}) - g(c_t) \rVert^2`, which also keeps the speed even
(arXiv:1710.11379). It never comes out longer than the straight line's film.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentscape.data import Images
from latentscape.models.pixels import at_once
from latentscape.parts.bottlenecks.quantized import Quantized
from latentscape.runs.run import Run
from latentscape.system.arithmetic import exact_arithmetic
from latentscape.system.errors import LatentscapeError

WAVES, PARTS, STEPS, RATE = 4, 12, 30, 0.05
PAIRS = 100
Floats = NDArray[np.float64]


def curve_lengths(
    decode: Callable[[Tensor], Tensor],
    a: Tensor,
    b: Tensor,
    *,
    waves: int = WAVES,
    parts: int = PARTS,
    steps: int = STEPS,
) -> Tensor:
    """Find the lengths of shortest curves.

    Args:
        decode: codes (N, d) -> anything (N, …), with gradients.
        a: codes where curves begin (P, d).
        b: codes where they end (P, d).
        waves: how many sine waves bend the straight line.
        parts: straight pieces whose films' lengths are added up.
        steps: of descent.

    Returns:
        Lengths (P,), in the units of what is decoded.
    """
    times = torch.linspace(0, 1, parts + 1, device=a.device)
    straight = a[:, None] + times[:, None] * (b - a)[:, None]
    k = torch.arange(1, waves + 1, device=a.device)
    bends = torch.sin(math.pi * k[:, None] * times) / k[:, None]
    scale = (b - a).norm(dim=1).clamp_min(1e-12)[:, None, None]
    w = torch.zeros(len(a), waves, a.shape[1], device=a.device, requires_grad=True)

    def pieces(w: Tensor) -> Tensor:
        codes = straight + torch.einsum("pkd,kt->ptd", scale * w, bends)
        film = decode(codes.flatten(0, 1)).reshape(len(a), parts + 1, -1)
        lengths: Tensor = film.diff(dim=1).norm(dim=2)
        return lengths

    best = torch.full((len(a),), math.inf, device=a.device)
    adam = torch.optim.Adam([w], lr=RATE)
    for step in range(steps):  # the first looks at the straight line
        lengths = pieces(w)
        best = torch.minimum(best, lengths.detach().sum(1))
        energy = lengths.square().sum(1)
        adam.param_groups[0]["lr"] = RATE * (1 - step / steps)
        adam.zero_grad()
        torch.autograd.backward((energy / energy.detach().clamp_min(1e-12)).sum(), inputs=[w])
        adam.step()
    with torch.no_grad():
        return torch.minimum(best, pieces(w).sum(1))


@dataclass(frozen=True)
class PairDistances:
    """Distances of pairs of images in one space.

    Attributes:
        euclidean: between their codes (P,).
        geodesic: lengths of the shortest curves between them (P,).
    """

    euclidean: Floats
    geodesic: Floats


def pair_distances(run: Run, images: Images, *, pairs: int = PAIRS, seed: int = 0) -> PairDistances:
    """Measure pairs of images, the same in every space.

    Args:
        run: a model whose decoder is a smooth function of the code alone.
        images: two or more; pairs are drawn of them.
        pairs: how many, at most.
        seed: of the pairs.

    Raises:
        LatentscapeError: when curves mean nothing there: the model takes labels, or its codes are
            of a book; or there are too few images.

    Example:
        >>> import latentscape as ls
        >>> images = ls.load_images("digits", limit=200)
        >>> run = ls.fit(ls.recipes.vae(images.shape), images, epochs=1)
        >>> found = pair_distances(run, images.test, pairs=5)
        >>> found.euclidean.shape, bool((found.geodesic > 0).all())
        ((5,), True)
    """
    if run.model.labels or isinstance(run.model.bottleneck, Quantized):
        raise LatentscapeError(
            f"'{run.name}' has no curves to follow: its decoder takes labels, or codes of a book; "
            "give a model whose decoder takes the code alone"
        )
    if len(images) < 2:
        raise LatentscapeError(f"{len(images)} image makes no pair; give two or more")
    first, second = drawn_pairs(len(images), pairs, seed)
    z = torch.from_numpy(run.encode(images.take(np.unique([first, second])))).to(run.device)
    place = {row: i for i, row in enumerate(np.unique([first, second]).tolist())}
    a, b = (z[[place[row] for row in rows.tolist()]] for rows in (first, second))
    lengths = []
    with exact_arithmetic():
        for some, others in zip(*(_chunks(run, each) for each in (a, b)), strict=True):
            lengths.append(curve_lengths(lambda z: run.model.decode(z).mean, some, others))
    euclidean = (b - a).double().norm(dim=1).cpu().numpy()
    return PairDistances(euclidean, torch.cat(lengths).double().cpu().numpy())


def _chunks(run: Run, z: Tensor) -> tuple[Tensor, ...]:
    """Codes, as many pairs at once as memory holds."""
    return torch.split(z, max(at_once(run.shape) // (2 * PARTS), 1))


def drawn_pairs(n: int, pairs: int, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Draw pairs of different rows, each pair once.

    Args:
        n: how many rows there are.
        pairs: how many pairs, at most.
        seed: of the draw.

    Returns:
        First and second rows (P,).
    """
    chosen = np.random.default_rng(seed).choice(
        n * (n - 1) // 2, min(pairs, n * (n - 1) // 2), replace=False
    )
    second = ((1 + np.sqrt(1 + 8 * chosen)) // 2).astype(np.int64)
    first = chosen - second * (second - 1) // 2
    return first.astype(np.int64), second
