"""Mixtures against torch's own."""

import torch
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

from latentscape.parts.distributions import DiagonalNormal, Mixture


def test_density_is_that_of_torch():
    torch.manual_seed(0)
    logits, loc, scale = torch.randn(5), torch.randn(5, 3), torch.rand(5, 3) + 0.1
    theirs = MixtureSameFamily(Categorical(logits=logits), Independent(Normal(loc, scale), 1))
    z = torch.randn(7, 4, 3)
    ours = Mixture(logits, DiagonalNormal(loc, scale)).log_prob(z)
    torch.testing.assert_close(ours, theirs.log_prob(z))


def test_draws_come_from_the_components_by_their_weight():
    torch.manual_seed(0)
    loc = torch.tensor([[-10.0], [10.0]])
    mixture = Mixture(torch.tensor([0.25, 0.75]).log(), DiagonalNormal(loc, torch.ones(2, 1)))
    z = mixture.sample((20_000,))
    assert z.shape == (20_000, 1)
    assert abs((z > 0).float().mean() - 0.75) < 0.02
    assert abs(z[z > 0].std() - 1) < 0.03
    assert mixture.code.item() == 10
