"""Codes, likelihoods and measures on the GPU beside the CPU's, after training in fp32."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

import latentscape as ls
from benchmarks.gpu.sections import Row, Setting
from benchmarks.gpu.systems import mnist
from latentscape.evaluation.likelihood import estimate_likelihood
from latentscape.models.pixels import unit
from latentscape.recipes import RECIPES
from latentscape.system.arithmetic import exact_arithmetic

SHARE = 0.999
"""Of all numbers, so many must agree: rounding may turn a word of a codebook into its neighbour."""

BOUNDS = {"codes": 5e-5, "pixels": 1e-5, "nats": 1e-5, "rate": 1e-5}
"""Relative, but for pixels; of codes, to their root mean square."""

MEASURES = 2e-3
"""The bound of measures: of neighbours and clusters, which rounding may change for a few points."""

Floats = NDArray[np.floating]


def on_cpu(run: ls.Run) -> ls.Run:
    """Give the same run with its model on the CPU."""
    return replace(run, model=deepcopy(run.model).cpu())


def models(setting: Setting) -> Iterator[Row]:
    """Compare what every recipe's model makes of the same images, after an epoch of training."""
    images = ls.load_images("digits", limit=400)
    for name in sorted(RECIPES) if not setting.quick else ("vae", "vq-vae"):
        plan = replace(
            RECIPES[name].plan, epochs=1, batch=64, precision="32-true", device=setting.device
        )
        here = ls.train(name, images, plan=plan)
        found = compared(here, on_cpu(here), images.test)
        holds = all(figure <= BOUNDS[key] for key, figure in found.items())
        yield {"recipe": name, **found, "holds": holds}


def compared(here: ls.Run, there: ls.Run, images: ls.Images) -> dict[str, float]:
    """Give the largest differences between two devices, but for the share that rounding may flip.

    Pixels, nats and rates are those of the same codes, the CPU's.
    """
    codes = there.encode(images)
    size = np.sqrt(np.square(codes).mean(0)).clip(1e-6)
    found = {"codes": largest((here.encode(images) - codes) / size)}
    labels = images.labels if here.model.labels else None
    found["pixels"] = largest(here.decode(codes, labels) - there.decode(codes, labels))
    (nats, rate), (nats_there, rate_there) = (
        densities(run, images, codes) for run in (here, there)
    )
    found["nats"] = largest((nats - nats_there) / np.abs(nats_there).clip(1))
    if rate is not None and rate_there is not None:
        found["rate"] = largest((rate - rate_there) / np.abs(rate_there).clip(1))
    return found


def densities(run: ls.Run, images: ls.Images, codes: Floats) -> tuple[Floats, Floats | None]:
    """Give log p(x|z) of each image at a code, and the closed-form rate where there is one."""
    model, device = run.model, run.device
    x = unit(torch.from_numpy(np.array(images.pixels)).to(device))
    labels = None if images.labels is None else torch.from_numpy(images.labels).to(device)
    z = torch.from_numpy(codes).to(device)
    with torch.no_grad(), exact_arithmetic():
        condition = model.condition(labels)
        nats = model.decode(z, condition).log_prob(x).cpu().numpy()
        if not model.bottleneck.has_density:
            return nats, None
        rate = model.encode(x, condition).kl(model.prior(model, condition), z[None])
        return nats, None if rate is None else rate.sum(-1)[0].cpu().numpy()


def largest(differences: Floats) -> float:
    """The largest absolute difference of all but a share of them."""
    return float(np.quantile(np.abs(differences), SHARE))


def measures(setting: Setting) -> Iterator[Row]:
    """Compare likelihoods and measures of a trained VAE, the convolutional one."""
    images = mnist(setting.quick, limit=20_000)
    plan = replace(RECIPES["vae"].plan, epochs=5, precision="32-true", device=setting.device)
    here = ls.train("vae", images, network="conv", latent=8, plan=plan)
    there = on_cpu(here)
    samples = 5 if setting.quick else 50
    few = images.test.take(np.arange(min(500, len(images.test))))
    for key in ("negative_elbo", "log_likelihood"):
        a, b = (getattr(estimate_likelihood(r, few, samples=samples), key) for r in (here, there))
        yield {
            "measure": key,
            "here": a.value,
            "CPU": b.value,
            "bound": b.error,
            "holds": abs(a.value - b.value) <= b.error,
        }
    groups = ("reconstruction", "structure", "usage")
    found = (ls.measure(run, images, groups=groups, judge=False) for run in (here, there))
    for a, b in zip(*found, strict=True):
        if a.value is None or b.value is None:
            continue
        bound = MEASURES * max(1.0, abs(b.value))
        held = abs(a.value - b.value) <= bound
        yield {"measure": a.key, "here": a.value, "CPU": b.value, "bound": bound, "holds": held}
