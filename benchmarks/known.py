"""Gaps and samplers where the right answer is known.

python benchmarks/known.py gaps        idle dimensions, and draws that are where codes are: 0.01
python benchmarks/known.py samplers    a line of two masses, two moons: what each sampler draws
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import make_moons

from latentscape.evaluation.diffusion import DiffusionSampler
from latentscape.evaluation.samplers import FlowSampler, SecondStageSampler
from latentscape.latent.gaps import gap_fraction, ground_of
from latentscape.latent.samplers import GaussianSampler, KernelSampler, MixtureSampler, Sampler

Codes = NDArray[np.float64]
N = 10_000


def gaps() -> Iterator[str]:
    """Three dimensions in use, some idle; the prior is what all posteriors together are."""
    rng = np.random.default_rng(0)
    for idle in (0, 1, 2, 8):
        scale = np.r_[np.full(3, 0.6), np.ones(idle)]
        mean = rng.normal(size=(N, 3 + idle)) * np.sqrt(1 - scale**2)
        posterior = mean + scale * rng.normal(size=mean.shape)
        ground = ground_of(mean, posterior)
        found = gap_fraction(rng.normal(size=mean.shape), ground).value
        away = gap_fraction(rng.normal(size=mean.shape) + np.r_[4, np.zeros(2 + idle)], ground)
        yield f"{idle} idle: {found:.3f} of prior draws in gaps; four away from it {away.value:.3f}"


def samplers() -> Iterator[str]:
    """Left mass of a line that is bimodal (true: 0.5), and draws of two moons in gaps (0.01)."""
    rng = np.random.default_rng(0)
    line = np.where(rng.random(N) < 0.5, -1.0, 1.0)[:, None] + 0.02 * rng.normal(size=(N, 1))
    moons = make_moons(N, noise=0.05, random_state=0)[0]
    ground = ground_of(moons)
    made: tuple[Callable[[], Sampler], ...] = (
        GaussianSampler,
        MixtureSampler,
        KernelSampler,
        FlowSampler,
        SecondStageSampler,
        DiffusionSampler,
    )
    for make in made:
        started = time.perf_counter()
        left, sampler = (make().fit(codes) for codes in (line, moons))
        low = float((left.sample(N, seed=1) < 0).mean())
        empty = gap_fraction(sampler.sample(N, seed=1), ground)
        ending = f"; {ended}" if (ended := getattr(sampler, "convergence", None)) else ""
        yield (
            f"{sampler.name}: left mass {low:.3f}, in gaps {empty.value:.4f} ± {empty.error:.4f}, "
            f"{time.perf_counter() - started:.0f} s{ending}"
        )
    fresh = make_moons(N, noise=0.05, random_state=1)[0]
    yield f"fresh codes of the moons: in gaps {gap_fraction(fresh, ground).value:.4f}"


TABLES: dict[str, Callable[[], Iterator[str]]] = {"gaps": gaps, "samplers": samplers}


def main() -> None:
    """Print a table, row by row."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("table", choices=TABLES)
    for row in TABLES[parser.parse_args().table]():
        print(row, flush=True)


if __name__ == "__main__":
    main()
