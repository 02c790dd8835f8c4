"""A mixture bent by numbers beside the code, against closed forms and torch's own."""

import pytest
import torch
from torch import nn
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

from latentscape.models.autoencoder import Autoencoder
from latentscape.models.evidence import evidence
from latentscape.parts import Accompanied, BentMixture, Elbo
from latentscape.parts.likelihoods import Normal as NormalPixels

D, N, C = 2, 2, 3


@pytest.fixture
def prior() -> BentMixture:
    """Components that w shifts in straight lines, so that over all w each is a normal."""
    torch.manual_seed(0)
    prior = BentMixture(D, N, C)
    line = nn.Linear(N, C * 2 * D)
    with torch.no_grad():
        prior.start.logits.copy_(torch.tensor([0.5, 0.3, 0.2]).log())
        prior.start.loc.copy_(torch.tensor([[-9.0, 0.0], [0.0, 9.0], [9.0, 0.0]]))
        prior.start.log_scale.fill_(-1.0)
        line.weight.view(C, D, 2, N)[:, :, 1] = 0
        line.bias.zero_()
    prior.network = line
    return prior


def test_given_w_it_is_torchs_mixture(prior):
    codes = 3 * torch.randn(7, 4, D + N)
    z, w = codes.split((D, N), -1)
    bent = prior.network(w).view(7, 4, C, D, 2)
    components = Normal(prior.start.loc + bent[..., 0], torch.tensor(-1.0).exp())
    weights = Categorical(logits=prior.start.logits.expand(7, 4, C))
    known = MixtureSameFamily(weights, Independent(components, 1)).log_prob(z)
    known = known + Normal(0.0, 1.0).log_prob(w).sum(-1)
    torch.testing.assert_close(prior(None, None).log_prob(codes), known)


def test_draws_have_the_shape_that_w_gives_each_component(prior):
    torch.manual_seed(1)
    distribution = prior(None, None)
    drawn = distribution.sample((40_000,))
    nearest = torch.cdist(drawn[:, :D], prior.start.loc).argmin(1)
    assert (distribution.memberships(drawn).argmax(1) == nearest).float().mean() > 0.99
    shares = nearest.bincount(minlength=C) / len(drawn)
    assert (shares - torch.tensor([0.5, 0.3, 0.2])).abs().max() < 0.01
    slopes = prior.network.weight.view(C, D, 2, N)[:, :, 0].detach()
    for c in range(C):
        slope, own = slopes[c], drawn[nearest == c]
        whole = torch.cat([slope, torch.eye(N)])  # z and w, by w
        expected = whole @ whole.T
        expected[:D, :D] += torch.eye(D) * torch.tensor(-2.0).exp()
        assert (own.T.cov() - expected).abs().max() < 0.06, c


def test_the_evidence_is_that_of_the_mixture_whatever_w_is_believed_to_be(prior):
    """x is z and noise: over all w a mixture of normals; w is not seen by the decoder."""
    torch.manual_seed(2)
    bottleneck = Accompanied(D, N)
    encoder = nn.Linear(D, 2 * (D + N))
    with torch.no_grad():
        encoder.weight.zero_()
        encoder.weight[:D] = torch.eye(D)
        encoder.bias[:] = torch.tensor([0.0] * (D + N) + [0.4] * D + [0.8] * N)
    model = Autoencoder(
        nn.Sequential(nn.Flatten(), encoder),
        bottleneck,
        bottleneck.decoder(lambda numbers: nn.Unflatten(1, (1, 1, numbers))),
        NormalPixels(1.0, activation=nn.Identity()),
        prior=prior,
        objective=Elbo(),
    )
    slopes = prior.network.weight.view(C, D, 2, N)[:, :, 0].detach()
    spread = (1 + torch.tensor(-2.0).exp()) * torch.eye(D)
    normal = torch.distributions.MultivariateNormal(prior.start.loc, slopes @ slopes.mT + spread)
    images = MixtureSameFamily(Categorical(logits=prior.start.logits), normal)
    with torch.no_grad():
        x = images.sample((30,))
        found = evidence(model, x.view(-1, 1, 1, D), None, 8000, 24_000)[2]
    errors = found - images.log_prob(x)
    assert errors.mean().abs() < 0.03
    assert errors.abs().max() < 0.4


def test_it_starts_from_a_mixture_that_w_does_not_bend():
    torch.manual_seed(0)

    class Encoded:
        def encode(self, x, condition):
            return type("", (), {"code": torch.cat([x, torch.randn(len(x), N)], 1)})

    prior = BentMixture(D, N, 2)
    places = torch.tensor([[-5.0, 0.0], [5.0, 0.0]])
    prior.eval()
    with torch.no_grad():
        prior.prepare(Encoded(), places.repeat(50, 1) + 0.1 * torch.randn(100, D), None)
        near, far = (prior.given(w) for w in (torch.zeros(N), 9 * torch.ones(N)))
    torch.testing.assert_close(near.components.loc, far.components.loc)
    assert torch.cdist(places, near.components.loc).min(1).values.max() < 0.1
