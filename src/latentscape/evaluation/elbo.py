"""The group `likelihood`: what an image costs under the model, in nats."""

from __future__ import annotations

from latentscape.data import Images
from latentscape.evaluation.likelihood import estimate_likelihood
from latentscape.latent.arrays import sample_size, subset
from latentscape.latent.measure import Measure
from latentscape.runs.run import Run

KEYS = ("negative_elbo", "rate", "distortion", "nll", "nll_se")
NOT_ASKED = "it takes many draws an image and was not asked for (samples, --nll)"
DRAWS = 4
ROWS = 1000


def measure_likelihood(
    run: Run, images: Images, samples: int = 0, *, rows: int = ROWS, seed: int = 0
) -> tuple[Measure, ...]:
    """Give `negative_elbo`, `rate`, `distortion` and, on request, `nll` with `nll_se`.

    Args:
        run: the model.
        images: to find probable.
        samples: K, draws for each image of the importance-weighted bound; 0 leaves it out.
        rows: it is taken on a seeded sample of so many images.
        seed: of draws and sample.
    """
    if not run.model.bottleneck.has_rate:
        reason = "the model is not probabilistic: its codes have no rate"
        return tuple(Measure(key, reason=reason) for key in KEYS)
    found = estimate_likelihood(run, images, samples=DRAWS, seed=seed)
    bound = (
        Measure.mean("negative_elbo", found.negative_elbo.each),
        Measure.mean("rate", found.rate.each),
        Measure.mean("distortion", found.distortion.each),
    )
    if not samples:
        return (*bound, *(Measure(key, reason=NOT_ASKED) for key in KEYS[3:]))
    if not run.model.bottleneck.has_density:
        reason = "the posterior has no density, so draws cannot be weighed"
        return (*bound, *(Measure(key, reason=reason) for key in KEYS[3:]))
    chosen = subset(len(images), rows, seed)
    few = estimate_likelihood(run, images.take(chosen), samples=samples, seed=seed)
    assert few.log_likelihood is not None  # its posterior has a density
    sample = sample_size(chosen, len(images))
    nll = Measure.mean("nll", -few.log_likelihood.each, sample=sample, rows=chosen)
    return (*bound, nll, Measure("nll_se", nll.error or 0.0, sample=sample))
