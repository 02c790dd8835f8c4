"""Total correlation against closed forms, by stratified weights and by a critic."""

import itertools
import math

import pytest
import torch

from latentscape.parts.distributions import DiagonalNormal
from latentscape.parts.regularizers import PermutationCritic
from latentscape.parts.regularizers.total_correlation import log_weights, total_correlation
from latentscape.recipes import factor_vae


def posteriors(covariance: torch.Tensor, n: int, noise: float) -> DiagonalNormal:
    """Posteriors N(x, noise²) whose aggregate is N(0, covariance + noise²)."""
    x = torch.distributions.MultivariateNormal(torch.zeros(len(covariance)), covariance)
    loc = x.sample((n,))
    return DiagonalNormal(loc, torch.full_like(loc, noise))


def closed_form(covariance: torch.Tensor) -> float:
    """−½ log det of the correlation matrix."""
    scale = covariance.diagonal().sqrt()
    return -0.5 * torch.logdet(covariance / scale / scale[:, None]).item()


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.9])
def test_estimate_is_the_closed_form_of_correlated_normals(correlation):
    torch.manual_seed(0)
    covariance = torch.tensor([[1.0, correlation], [correlation, 1.0]])
    q = posteriors(covariance, 1500, noise=0.3)
    estimate = total_correlation(q.rsample(), q, size=60_000).mean().item()
    truth = closed_form(covariance + 0.09 * torch.eye(2))
    assert estimate == pytest.approx(truth, abs=0.06)


def test_ten_independent_numbers_of_60000_images_read_near_zero():
    """Equal weights 1/NM would read (d − 1)·log N = 99 nats here."""
    torch.manual_seed(0)
    q = posteriors(torch.eye(10), 256, noise=1.0)
    estimate = total_correlation(q.rsample(), q, size=60_000).mean().item()
    assert abs(estimate) < 3


@pytest.mark.parametrize(("batch", "read"), [(64, -0.8), (128, -1.3), (1000, -1.5)])
def test_narrow_posteriors_of_many_images_read_below_zero(batch, read):
    """The density is unbiased and its logarithm is not; the sum over d marginals hides less of it.

    Equal weights, which published code has, read 6 above it, up to a constant, for the same codes.
    """
    torch.manual_seed(0)
    estimates = []
    for _ in range(6400 // batch):
        q = posteriors(torch.eye(5), batch, noise=0.1)
        estimates.append(total_correlation(q.rsample(), q, size=722_280).mean())
    assert torch.stack(estimates).mean().item() == pytest.approx(read, abs=0.2)


def test_a_batch_that_is_all_images_has_the_gradient_of_equal_weights():
    """What published code trains on, log Σ q(z|x) − Σ log Σ q(z_j|x), differs by a constant."""
    torch.manual_seed(0)
    q = posteriors(torch.eye(4), 32, noise=0.3)
    z = q.rsample()
    each = torch.distributions.Normal(q.loc, q.scale).log_prob(z[:, None])
    published = each.sum(2).logsumexp(1) - each.logsumexp(1).sum(1)
    shift = 3 * math.log(32)
    torch.testing.assert_close(total_correlation(z, q, size=32), published + shift)


def test_stratified_weights_are_unbiased():
    """Averaged over every batch that holds image 0, the weights give q(z) exactly."""
    torch.manual_seed(0)
    images, z = DiagonalNormal(torch.randn(5, 1), torch.ones(5, 1)), torch.zeros(1)
    density = images.log_prob(z).exp()
    batches = [(0, *rest) for rest in itertools.combinations(range(1, 5), 2)]
    weights = log_weights(3, 5, z)[0].exp()
    mean = torch.stack([(weights * density[list(batch)]).sum() for batch in batches]).mean()
    torch.testing.assert_close(mean, density.mean())


def test_weights_of_the_whole_set_are_equal():
    torch.testing.assert_close(log_weights(4, 4, torch.zeros(1)), torch.full((4, 4), -math.log(4)))


def test_the_critic_learns_the_same_number():
    """FactorVAE's logit, trained on codes of correlation 0.8, has mean 0.51 nats."""
    torch.manual_seed(0)
    covariance = torch.tensor([[1.0, 0.8], [0.8, 1.0]])
    source = torch.distributions.MultivariateNormal(torch.zeros(2), covariance)
    critic = PermutationCritic(2, 1.0, hidden=(64, 64))
    optimizer = torch.optim.Adam(critic.parameters(), lr=3e-3)

    class Drawn:
        """The one attribute of a step that the critic looks at."""

        def __init__(self, n: int) -> None:
            self.z = source.sample((1, n))

    for _ in range(400):
        optimizer.zero_grad()
        critic(Drawn(512))["critic"].value.mean().backward()
        optimizer.step()
    with torch.no_grad():
        estimate = critic(Drawn(20_000))["total correlation"].value.mean().item()
    assert estimate == pytest.approx(closed_form(covariance), abs=0.08)


def test_a_critic_has_the_widths_that_it_is_given():
    critic = factor_vae((1, 8, 8), 5, critic=(7, 6)).groups()["critic"]
    assert [tuple(p.shape) for p in critic if p.dim() == 2] == [(7, 5), (6, 7), (1, 6)]
