"""Likelihood estimates against a model whose evidence is known in closed form."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from latentscape import recipes
from latentscape.data import Images
from latentscape.evaluation.likelihood import estimate_likelihood
from latentscape.models.autoencoder import Autoencoder
from latentscape.parts.bottlenecks import Gaussian
from latentscape.parts.likelihoods import Normal
from latentscape.parts.objectives import Elbo
from latentscape.parts.priors import StandardNormal
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError


@pytest.fixture(autouse=True)
def own_randomness():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


SHAPE, D, SIGMA = (1, 4, 5), 2, 0.3


def factor_analysis(widen=1.0, shift=0.0):
    """x = Wz + ½ + σε with orthogonal columns: the posterior is diagonal, the evidence normal."""
    rng = np.random.default_rng(0)
    W = torch.tensor(np.linalg.qr(rng.standard_normal((20, D)))[0], dtype=torch.float32) * 0.8
    scale = (1 / (1 + 0.8**2 / SIGMA**2)) ** 0.5
    encoder, decoder = nn.Linear(20, 2 * D), nn.Linear(D, 20)
    with torch.no_grad():
        encoder.weight.zero_()
        encoder.weight[:D] = W.T * scale**2 / SIGMA**2
        encoder.bias[:D] = -encoder.weight[:D].sum(1) / 2 + shift
        encoder.bias[D:] = math.log(scale * widen)
        decoder.weight.copy_(W)
        decoder.bias.fill_(0.5)
    model = Autoencoder(
        nn.Sequential(nn.Flatten(), encoder),
        Gaussian(D, "exp"),
        nn.Sequential(decoder, nn.Unflatten(1, SHAPE)),
        Normal(SIGMA, activation=nn.Identity()),
        prior=StandardNormal(D),
        objective=Elbo(),
    )
    covariance = W @ W.T + SIGMA**2 * torch.eye(20)
    exact = torch.distributions.MultivariateNormal(torch.full((20,), 0.5), covariance)
    return Run("factor analysis", model, SHAPE), exact


def pictures(n=60):
    return np.random.default_rng(1).random((n, *SHAPE), dtype=np.float32)


def test_with_the_true_posterior_both_figures_are_the_evidence():
    run, exact = factor_analysis()
    x = pictures()
    truth = exact.log_prob(torch.from_numpy(x).flatten(1))
    found = estimate_likelihood(run, x, samples=4000)
    assert found.log_likelihood.value == pytest.approx(truth.mean().item(), abs=1e-4)
    assert found.log_likelihood.error == pytest.approx(truth.std().item() / 60**0.5, rel=1e-3)
    assert -found.negative_elbo.value == pytest.approx(truth.mean().item(), abs=0.02)
    assert found.negative_elbo.value == pytest.approx(
        found.distortion.value + found.rate.value, abs=1e-6
    )


def test_every_image_s_likelihood_is_its_own():
    run, exact = factor_analysis()
    x = pictures()
    truth = exact.log_prob(torch.from_numpy(x).flatten(1)).numpy()
    np.testing.assert_allclose(run.log_likelihood(x, samples=3), truth, atol=1e-3)
    wide, _ = factor_analysis(widen=1.6, shift=0.1)
    few, many = (wide.log_likelihood(x, samples=k) for k in (1, 3000))
    assert np.abs(many - truth).mean() < 0.03 < np.abs(few - truth).mean()
    np.testing.assert_array_equal(few, wide.log_likelihood(x, samples=1))
    assert not np.array_equal(few, wide.log_likelihood(x, samples=1, seed=1))
    with pytest.raises(LatentscapeError, match="samples is 0"):
        run.log_likelihood(x, samples=0)


def test_the_rate_is_told_by_dimension():
    run, _ = factor_analysis()
    x = pictures()
    mean, scale = run.posterior(x)
    each = (mean**2 + scale**2 - 1) / 2 - np.log(scale)
    rows = run.rates(x)
    assert [row["dimension"] for row in rows] == [0, 1]
    np.testing.assert_allclose([row["rate"] for row in rows], each.mean(0), rtol=1e-5)
    errors = each.std(0, ddof=1) / 60**0.5
    np.testing.assert_allclose([row["error"] for row in rows], errors, rtol=1e-4)
    whole = estimate_likelihood(run, x, samples=1).rate.value
    assert sum(row["rate"] for row in rows) == pytest.approx(whole, rel=1e-5)


def test_a_rate_that_is_no_sum_over_dimensions_is_one_row():
    run = Run("vamp", recipes.vamp_vae((1, 6, 6), latent=3, images=4), (1, 6, 6))
    x = np.random.default_rng(0).random((50, 1, 6, 6), dtype=np.float32)
    (row,) = run.rates(x)
    assert row["dimension"] == "all"
    assert row["rate"] == pytest.approx(estimate_likelihood(run, x, samples=400).rate.value, abs=1)


def test_points_have_neither_likelihood_nor_rate():
    run = Run("ae", recipes.ae((1, 6, 6)), (1, 6, 6))
    for ask in (run.log_likelihood, run.rates):
        with pytest.raises(LatentscapeError, match="no probabilistic model"):
            ask(np.zeros((2, 1, 6, 6), dtype=np.float32))


def test_importance_weights_mend_a_posterior_that_is_too_wide():
    run, exact = factor_analysis(widen=1.6, shift=0.1)
    x = pictures()
    truth = exact.log_prob(torch.from_numpy(x).flatten(1)).mean().item()
    one, few, many = (
        estimate_likelihood(run, x, samples=k).log_likelihood.value for k in (1, 10, 3000)
    )
    assert one < few < many
    assert many == pytest.approx(truth, abs=0.01)
    assert -estimate_likelihood(run, x, samples=1000).negative_elbo.value < truth - 0.5


def test_how_many_are_decoded_at_once_changes_draws_only():
    run, _ = factor_analysis(widen=1.3)
    x = pictures()
    whole, pieces = (estimate_likelihood(run, x, samples=999, batch=b) for b in (10**6, 70))
    assert whole.log_likelihood.value == pytest.approx(pieces.log_likelihood.value, abs=0.02)
    assert whole.rate.value == pytest.approx(pieces.rate.value, abs=1e-6)
    again = estimate_likelihood(run, x, samples=999, batch=70)
    assert again == pieces


def test_black_or_white_pixels_are_drawn_anew_or_always_alike():
    model = recipes.vae((1, 6, 6), latent=2)
    grey = np.full((300, 1, 6, 6), 64, dtype=np.uint8)
    images = Images(grey, None, (), [str(i) for i in range(300)], "grey")
    run = Run("vae", model, (1, 6, 6))
    figures = {
        (kind, seed): estimate_likelihood(run, images, samples=1, pixels=kind, seed=seed)
        for kind in ("grey", "dynamic", "fixed")
        for seed in (0, 1)
    }
    bce = {key: found.distortion.value for key, found in figures.items()}
    assert figures["grey", 0].measure == "cross-entropy"
    assert figures["dynamic", 0].measure == figures["fixed", 0].measure == "mass"
    assert bce["dynamic", 0] == pytest.approx(bce["grey", 0], rel=0.02)
    spread = {kind: figures[kind, 0].distortion.error for kind in ("grey", "dynamic", "fixed")}
    assert spread["dynamic"] > spread["grey"]  # 64/255 white at random against constant images

    class Seen(nn.Module):
        """An encoder that keeps what it is shown."""

        def __init__(self):
            super().__init__()
            self.seen = []

        def forward(self, x):
            self.seen.append(x)
            return x.new_zeros(len(x), 4)

    model.encoder = Seen()
    shown = {}
    for kind, seed, batch in [
        ("fixed", 0, 512),
        ("fixed", 1, 7),
        ("dynamic", 0, 9),
        ("dynamic", 1, 9),
    ]:
        model.encoder.seen.clear()
        estimate_likelihood(run, images, samples=1, pixels=kind, seed=seed, batch=batch)
        shown[kind, seed] = torch.cat(model.encoder.seen)
    assert torch.equal(shown["fixed", 0], shown["fixed", 1])
    assert not torch.equal(shown["dynamic", 0], shown["dynamic", 1])
    assert set(shown["dynamic", 0].unique().tolist()) == {0.0, 1.0}
    assert shown["fixed", 0].mean().item() == pytest.approx(64 / 255, abs=0.01)


def test_models_and_images_without_a_likelihood_are_refused():
    run = Run("ae", recipes.ae(SHAPE), SHAPE)
    with pytest.raises(LatentscapeError, match="'ae' is no probabilistic model: Point"):
        estimate_likelihood(run, pictures())
    run, _ = factor_analysis()
    with pytest.raises(LatentscapeError, match="no images"):
        estimate_likelihood(run, pictures(0))
    with pytest.raises(LatentscapeError, match="samples=0"):
        estimate_likelihood(run, pictures(), samples=0)
