"""Levels of codes against a model whose evidence and posterior are known in closed form."""

import math

import pytest
import torch
from torch import nn
from torch.distributions import MultivariateNormal

from latentscape import recipes
from latentscape.models.autoencoder import Autoencoder
from latentscape.models.evidence import evidence
from latentscape.parts import Elbo, Gaussian, Ladder, LevelRates, StandardNormal
from latentscape.parts.likelihoods import Normal
from latentscape.parts.networks import Network
from latentscape.system.errors import LatentscapeError

SHAPE, D, SIGMA = (1, 4, 5), 3, 0.3
A = torch.tensor([1.2, -0.7, 0.4])  # z₂ = A·z₁ + S·ε, x = Wz₂ + ½ + σ·noise
S = torch.tensor([0.5, 0.9, 0.2])


def raw(scale: torch.Tensor) -> torch.Tensor:
    """The features that a standard deviation is made of."""
    return torch.expm1(scale).log()


def linear(weight: torch.Tensor, bias: torch.Tensor) -> nn.Linear:
    layer = nn.Linear(weight.shape[1], weight.shape[0])
    with torch.no_grad():
        layer.weight.copy_(weight)
        layer.bias.copy_(bias)
    return layer


@pytest.fixture
def known() -> tuple[Autoencoder, MultivariateNormal]:
    """Two levels, linear and diagonal, with the exact posterior; the images' distribution."""
    torch.manual_seed(0)
    W = torch.linalg.qr(torch.randn(20, D))[0] * 0.8
    heard = SIGMA / 0.8  # the deviation of z₂ as the image alone says it
    spread = (S**2 + heard**2).sqrt()  # of A·z₁ around that
    share = A / (A**2 + spread**2)
    zero, eye = torch.zeros(D, D), torch.eye(D)
    bottleneck = Ladder((D, D), width=D)
    bottleneck.ascent[0] = nn.Identity()
    finer = linear(
        torch.cat([eye, zero]), torch.cat([torch.zeros(D), raw(torch.tensor(heard)).expand(D)])
    )
    coarser = linear(
        torch.cat([share.diag(), zero]),
        torch.cat([torch.zeros(D), raw(spread / (A**2 + spread**2).sqrt())]),
    )
    for i, layer in enumerate((coarser, finer)):
        bottleneck.said[i] = nn.Sequential(layer, Gaussian(D))
    step = linear(torch.cat([A.diag(), zero]), torch.cat([torch.zeros(D), raw(S)]))
    bottleneck.descent.networks[0] = nn.Sequential(step, Gaussian(D))
    decode = nn.Sequential(linear(W, torch.full((20,), 0.5)), nn.Unflatten(1, SHAPE))
    model = Autoencoder(
        nn.Sequential(nn.Flatten(), linear(W.T / 0.64, -W.T.sum(1) / 1.28)),
        bottleneck,
        bottleneck.decoder(lambda numbers: decode),
        Normal(SIGMA, activation=nn.Identity()),
        prior=StandardNormal(bottleneck.code),
        objective=Elbo(),
        regularizers=[LevelRates()],
    ).eval()
    covariance = W @ (A**2 + S**2).diag() @ W.T + SIGMA**2 * torch.eye(20)
    return model, MultivariateNormal(torch.full((20,), 0.5), covariance)


def test_with_the_true_posterior_every_draw_weighs_as_much_as_the_image_is_probable(known):
    model, images = known
    x = images.sample((40,))
    with torch.no_grad():
        step = model.step(x.view(-1, *SHAPE), samples=6)
        together = evidence(model, x.view(-1, *SHAPE), None, samples=6, batch=80)
    exact = images.log_prob(x)
    torch.testing.assert_close(step.log_weight, exact.expand(6, -1), atol=2e-3, rtol=0)
    torch.testing.assert_close(together[2], exact, atol=2e-3, rtol=0)


def test_a_wrong_posterior_bounds_it_from_below_and_more_draws_come_nearer(known):
    model, images = known
    x = images.sample((40,))
    with torch.no_grad():
        model.bottleneck.said[0][0].bias[:D] += 0.3
        torch.manual_seed(1)
        few, many = (evidence(model, x.view(-1, *SHAPE), None, k, 8000)[2] for k in (1, 3000))
    exact = images.log_prob(x)
    assert few.mean() < exact.mean() - 0.1
    torch.testing.assert_close(many, exact, atol=0.05, rtol=0)


def test_draws_of_the_prior_come_down_through_the_levels(known):
    model, images = known
    torch.manual_seed(1)
    with torch.no_grad():
        drawn = model.decode(model.prior(model, None).sample((40_000,))).sample().flatten(1)
    assert (drawn.mean(0) - 0.5).abs().max() < 0.02
    assert (drawn.T.cov() - images.covariance_matrix).abs().max() < 0.02


@pytest.fixture
def model() -> Autoencoder:
    torch.manual_seed(0)
    net = Network("dense", hidden=(16,))
    return recipes.ladder_vae((1, 8, 8), levels=(2, 3, 5), width=16, net=net).eval()


def test_rates_of_levels_are_those_of_levels_that_are_not_rewritten(model):
    """By Monte Carlo over z itself, whose densities a torch.distributions.Normal gives."""
    x = torch.rand(3, 1, 8, 8)
    with torch.no_grad():
        posterior = model.encode(x)
        codes, log_q = posterior.draw(20_000)
        closed = posterior.kl(model.prior(model, None), codes).mean(0)
        said, networks = posterior.said, model.bottleneck.descent.networks
        z, *innovations = codes.split((2, 3, 5), -1)
        of_q = torch.distributions.Normal(posterior.top.loc, posterior.top.scale)
        of_p = torch.distributions.Normal(0.0, 1.0)
        rates = [(of_q.log_prob(z) - of_p.log_prob(z)).sum(-1)]
        for network, image, innovation in zip(networks, said, innovations, strict=True):
            expected = network(z)
            one, two = expected.scale**-2, image.scale**-2
            of_p = torch.distributions.Normal(expected.loc, expected.scale)
            mean = (expected.loc * one + image.loc * two) / (one + two)
            of_q = torch.distributions.Normal(mean, (one + two) ** -0.5)
            z = expected.loc + expected.scale * innovation
            rates.append((of_q.log_prob(z) - of_p.log_prob(z)).sum(-1))
        total = log_q - model.prior(model, None).log_prob(codes)
        torch.testing.assert_close(sum(rates), total, atol=1e-3, rtol=1e-4)
        for level, rate in zip(closed.split((2, 3, 5), -1), rates, strict=True):
            error = 5 * rate.std(0) / math.sqrt(20_000) + 1e-4
            assert ((level.sum(-1) - rate.mean(0)).abs() < error).all()


def test_levels_add_up_to_the_rate_and_the_warm_up_weighs_it(model):
    terms = model(torch.rand(6, 1, 8, 8), progress=0.25)
    levels = [terms[f"rate {i}"] for i in (1, 2, 3)]
    assert [term.trains for term in levels] == [()] * 3
    torch.testing.assert_close(sum(term.value for term in levels), terms["rate"].value)
    assert terms["rate"].weight == pytest.approx(0.5)


def test_a_density_is_of_the_codes_that_are_asked_for_whatever_was_drawn_before(model):
    with torch.no_grad():
        posterior, codes = model.encode(torch.rand(3, 1, 8, 8)), torch.randn(4, 3, 10)
        density = posterior.log_prob(codes)
        drawn, log_q = posterior.draw(4)
        torch.testing.assert_close(posterior.log_prob(codes), density)
        torch.testing.assert_close(posterior.log_prob(drawn.clone()), log_q)


def test_one_level_is_a_vae():
    torch.manual_seed(0)
    bottleneck, features = Ladder((4,), width=8), torch.randn(5, 8)
    q, normal = bottleneck(features), bottleneck.said[0](features)
    prior = StandardNormal(4)(None, None)
    z = torch.randn(3, 5, 4)
    torch.testing.assert_close(q.log_prob(z), normal.log_prob(z))
    torch.testing.assert_close(q.kl(prior, z), normal.kl(prior, z).expand(3, -1, -1))
    torch.testing.assert_close(bottleneck.descent(z), z)


def test_the_decoder_is_given_the_finest_level_and_the_labels():
    bottleneck, asked = Ladder((2, 3), width=4), []
    decoder = bottleneck.decoder(lambda numbers: asked.append(numbers) or nn.Identity())
    codes, labels = torch.randn(6, 5), torch.eye(6)
    given = decoder(torch.cat([codes, labels], 1))
    assert asked == [3]
    torch.testing.assert_close(given, torch.cat([bottleneck.descent(codes), labels], 1))


@pytest.mark.parametrize("levels", [(), (4, 0)])
def test_levels_that_hold_nothing_are_refused(levels):
    with pytest.raises(LatentscapeError, match="hold nothing"):
        Ladder(levels)
