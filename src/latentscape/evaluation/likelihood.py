r"""How probable a model finds images: the evidence bound, and the evidence by importance weights.

With :math:`z_k \sim q(z|x)` and :math:`w_k = p(x|z_k)\,p(z_k)/q(z_k|x)`,

.. math::
    -\mathrm{ELBO} = \mathbb{E}_q[-\log p(x|z)] + \mathrm{KL}(q \,\|\, p), \qquad
    \log p(x) \ge \log \tfrac1K \sum_k w_k \ge \mathrm{ELBO},

where the middle bound grows with K towards the evidence (arXiv:1509.00519). All in nats per image.
Figures compare only when taken on the same pixels, with likelihoods of the same measure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentscape.data import Examples
from latentscape.models.evidence import evidence, refuse_points
from latentscape.models.pixels import (
    Inputs,
    at_once,
    batches,
    checked,
    labelled_batches,
    labels_for,
)
from latentscape.parts.likelihoods import Measure
from latentscape.runs.run import Run
from latentscape.system.arithmetic import exact_arithmetic
from latentscape.system.errors import LatentscapeError
from latentscape.system.randomness import own_randomness

PixelKind = Literal["grey", "dynamic", "fixed"]
BATCH = 4096
FIXED_SEED = 1729


@dataclass(frozen=True)
class Estimate:
    """A mean over images.

    Attributes:
        value: the mean, in nats per image.
        error: its standard error over images; 0 for a single one.
        each: every image's (N,).
    """

    value: float
    error: float
    each: NDArray[np.float64] = field(compare=False, repr=False)

    @classmethod
    def of(cls, figures: Tensor) -> Estimate:
        """Take the mean of figures (N,)."""
        spread = figures.std().item() if len(figures) > 1 else 0.0
        each = figures.double().cpu().numpy()
        return cls(figures.mean().item(), spread / math.sqrt(len(figures)), each)


@dataclass(frozen=True)
class Evidence:
    """What `estimate_likelihood` found.

    Attributes:
        negative_elbo: distortion and rate together.
        distortion: E_q[−log p(x|z)].
        rate: KL(q‖p), in closed form where there is one.
        log_likelihood: log p(x) by importance weights, a lower bound that grows with `samples`;
            None for a posterior without density.
        samples: K, draws of the posterior for each image.
        images: how many images.
        pixels: "grey" as they are, "dynamic" or "fixed" when made black or white.
        measure: "density", "mass" or "cross-entropy" (Bernoulli on grey pixels, which is no
            likelihood); figures of different measures do not compare.
    """

    negative_elbo: Estimate
    distortion: Estimate
    rate: Estimate
    log_likelihood: Estimate | None
    samples: int
    images: int
    pixels: PixelKind
    measure: Measure


def estimate_likelihood(
    run: Run,
    images: Inputs,
    labels: NDArray[np.int64] | None = None,
    *,
    samples: int = 100,
    pixels: PixelKind = "grey",
    seed: int = 0,
    batch: int | None = None,
) -> Evidence:
    """Estimate the evidence bound and the evidence of images.

    Args:
        run: a model whose posterior has a rate.
        images: (N, C, H, W), uint8 or float in [0, 1], or `Images`.
        labels: (N,), for a model conditioned on them; `Images` bring their own.
        samples: K, draws for each image.
        pixels: "grey" takes images as they are; "dynamic" makes each pixel white with its value
            as probability, by `seed`; "fixed" does so always alike, whatever the seed.
        seed: of all draws.
        batch: how many images are decoded at once; it bounds the memory. By default 4,096, and
            fewer of images larger than 28×28.

    Raises:
        LatentscapeError: when the posterior has no rate (a plain autoencoder), images do not fit
            the model, or there are none.

    Example:
        >>> import latentscape as ls
        >>> images = ls.load_images("digits", limit=200)
        >>> run = ls.fit(ls.recipes.vae(images.shape), images, epochs=1)
        >>> found = estimate_likelihood(run, images.test, samples=8)
        >>> found.log_likelihood.value > -found.negative_elbo.value
        True
    """
    refuse_points(run.model, run.name)
    batch = at_once(run.shape, BATCH) if batch is None else batch
    if samples < 1 or batch < 1:
        raise LatentscapeError(f"samples={samples} and batch={batch} must both be 1 or more")
    array = checked(images, run.shape, run.bounds)
    if not len(array):
        raise LatentscapeError("there are no images to find probable; give at least one")
    rows = max(1, batch // samples)
    columns = []
    with own_randomness(seed), torch.no_grad(), exact_arithmetic():
        rng = np.random.default_rng(FIXED_SEED if pixels == "fixed" else seed)
        for x, y in labelled_batches(
            array, labels_for(images, labels, run.conditioned_on), rows, run.device
        ):
            x = x if pixels == "grey" else black_or_white(x, rng)
            columns.append(evidence(run.model, x, run.model.condition(y), samples, batch))
    distortion, rate, weight = torch.cat(columns, 1).double().cpu()
    measure = run.model.likelihood.measure
    return Evidence(
        negative_elbo=Estimate.of(distortion + rate),
        distortion=Estimate.of(distortion),
        rate=Estimate.of(rate),
        log_likelihood=Estimate.of(weight) if run.model.bottleneck.has_density else None,
        samples=samples,
        images=len(array),
        pixels=pixels,
        measure="mass" if measure == "cross-entropy" and pixels != "grey" else measure,
    )


def black_or_white(x: Tensor, rng: np.random.Generator) -> Tensor:
    """Make each pixel of x white with its value as probability."""
    uniform = torch.from_numpy(rng.random(x.shape, dtype=np.float32)).to(x.device)
    return (uniform < x).float()


def reconstruction_loss(run: Run, images: Examples) -> float:
    """The mean over images of −log p(x|z) at z = encoder(x), in nats; no likelihood of x.

    Args:
        run: a model, with a rate or without.
        images: (N, C, H, W).
    """
    total = 0.0
    with torch.no_grad(), exact_arithmetic():
        for x in batches(images.pixels, at_once(run.shape), run.device):
            total -= run.model.decode(run.model.encode(x).code).log_prob(x).sum().item()
    return total / len(images)
