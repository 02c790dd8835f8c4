"""Densities fitted to a model's codes after training: how near to real images do they draw?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from latentscape.evaluation.judge.training import find_judge
from latentscape.evaluation.run_samplers import run_sampler
from latentscape.latent.arrays import moments
from latentscape.latent.fidelity import frechet_distance
from latentscape.latent.paths import midpoints
from latentscape.latent.samplers import MixtureSampler, RiemannianSampler
from latentscape.reproduction.trained import Trained, Value
from latentscape.system.errors import LatentscapeError

Floats = NDArray[np.floating]


def frechet_gain(of: Trained, draws: int, first: str) -> Value:
    """How many times nearer to test images a mixture of ten Gaussians draws than another sampler.

    Args:
        of: the training.
        draws: of each sampler.
        first: the other sampler, "gaussian" or "prior".
    """
    z, y, *_ = of.codes()
    other = run_sampler(of.run, first, z, y, seed=0).sample(draws, seed=0)
    return over_mixture(of, other, z)


def frechet_midpoints(of: Trained, draws: int) -> Value:
    """How many times farther from test images midpoints are than a mixture of ten Gaussians.

    Args:
        of: the training.
        draws: pairs of test images, and draws of the mixture.
    """
    z, _, asked, _ = of.codes()
    return over_mixture(of, midpoints(asked, draws).astype(np.float32), z)


def frechet_riemannian(of: Trained, draws: int) -> Value:
    """How many times farther from test images Riemannian draws are than a mixture of ten Gaussians.

    Args:
        of: the training.
        draws: of each.

    Raises:
        LatentscapeError: when posteriors are not normal.
    """
    z, deviations = of.run.posterior(of.images.train)
    if deviations is None:
        raise LatentscapeError(f"the posteriors of '{of.run.name}' have no deviations to draw by")
    return over_mixture(of, RiemannianSampler(deviations).fit(z).sample(draws, seed=0), z)


def over_mixture(of: Trained, codes: Floats, fitted: Floats) -> Value:
    """The distance from test images of what codes decode to, over that of a mixture's draws.

    Squared Fréchet distances in the judge's features, of as many draws as there are codes.

    Args:
        of: the training.
        codes: (M, d).
        fitted: codes of training images (N, d), to which the ten Gaussians are fitted.

    Raises:
        LatentscapeError: when there is no judge of these images.
    """
    judge, reason = find_judge(of.images)
    if judge is None:
        raise LatentscapeError(f"there is no judge to give features: {reason}")
    real = moments(judge.classify(of.images.test).features)
    mixture = MixtureSampler(components=10, rows=len(fitted)).fit(fitted)
    places = (codes, mixture.sample(len(codes), seed=0))
    drawn = [moments(judge.classify(of.run.decode(z)).features) for z in places]
    asked, mixed = (
        frechet_distance(real.mean, real.covariance, each.mean, each.covariance) for each in drawn
    )
    return Value(asked / mixed)
