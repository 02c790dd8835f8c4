"""Ways to draw new codes: fit a density to codes, then sample it.

A sampler is anything with `fit(z, labels)` and `sample(n, seed, label)` (`Sampler`). Those that
fit without training are here, by name in `SAMPLERS`; a prior wraps a callable (`PriorSampler`), and
`RiemannianSampler` needs the deviations of normal posteriors besides. An
installed package adds its own by an entry point of the group "latentscape.samplers" that names a
`SamplerEntry`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from latentscape.latent.samplers.gaussian import ClassGaussianSampler, GaussianSampler
from latentscape.latent.samplers.kernel import KernelSampler
from latentscape.latent.samplers.mixture import MixtureSampler
from latentscape.latent.samplers.prior import PriorSampler
from latentscape.latent.samplers.protocol import Sampler
from latentscape.latent.samplers.riemannian import RiemannianSampler
from latentscape.system.errors import LatentscapeError
from latentscape.system.extensions import Extended, installed_of

__all__ = [
    "SAMPLERS",
    "ClassGaussianSampler",
    "GaussianSampler",
    "KernelSampler",
    "MixtureSampler",
    "PriorSampler",
    "RiemannianSampler",
    "Sampler",
    "SamplerEntry",
    "make_sampler",
]


@dataclass(frozen=True)
class SamplerEntry:
    """A sampler that can be made by name: how, and one sentence about it."""

    make: Callable[[], Sampler]
    description: str


SAMPLERS: Mapping[str, SamplerEntry] = Extended(
    {
        "gaussian": SamplerEntry(
            GaussianSampler,
            "One Gaussian fitted to all codes: quick, and blind to gaps between classes.",
        ),
        "class-gaussian": SamplerEntry(
            ClassGaussianSampler, "One Gaussian for each class of labelled codes."
        ),
        "mixture": SamplerEntry(
            MixtureSampler, "Twenty Gaussians fitted together without labels: bends round gaps."
        ),
        "kernel": SamplerEntry(
            KernelSampler, "A code at random, moved a little: stays nearest to the data."
        ),
    },
    partial(installed_of, "latentscape.samplers", SamplerEntry),
)


def make_sampler(name: str) -> Sampler:
    """Make an unfitted sampler by name.

    Raises:
        LatentscapeError: No sampler has that name.
    """
    if name not in SAMPLERS:
        raise LatentscapeError(f"no sampler is called {name!r}; choose one of {list(SAMPLERS)}")
    return SAMPLERS[name].make()
