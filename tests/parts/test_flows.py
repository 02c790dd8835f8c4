"""Flows: densities that hold, and an import that leaves others alone."""

import subprocess
import sys

import pytest
import torch
from torch.distributions import Normal

from latentscape.parts.bottlenecks import InverseAutoregressive
from latentscape.parts.distributions import DiagonalNormal
from latentscape.parts.priors import MaskedAutoregressive


def shaken(module: torch.nn.Module) -> torch.nn.Module:
    """Move fresh weights far from where a flow is the identity."""
    with torch.no_grad():
        for p in module.parameters():
            p.add_(0.1 * torch.randn_like(p))
    return module


def test_a_draw_has_the_density_that_its_code_has():
    torch.manual_seed(0)
    q = shaken(InverseAutoregressive(4, transforms=2, context=3))(torch.randn(5, 11))
    z, log_q = q.draw(6)
    torch.testing.assert_close(q.log_prob(z), log_q, atol=2e-3, rtol=1e-3)


@pytest.mark.parametrize("which", ["posterior", "prior"])
def test_the_density_integrates_to_one(which):
    torch.manual_seed(0)
    if which == "prior":
        q = shaken(MaskedAutoregressive(2))(None, None)
    else:
        q = shaken(InverseAutoregressive(2, context=3))(0.3 * torch.randn(1, 7))
    with torch.no_grad():
        spread = q.sample((4000,)).reshape(-1, 2)
        low, high = spread.min(0).values - 3, spread.max(0).values + 3
        axes = [torch.linspace(a.item(), b.item(), 400) for a, b in zip(low, high, strict=True)]
        grid = torch.cartesian_prod(*axes)
        cell = ((high - low) / 399).prod()
        log_p = q.log_prob(grid if which == "prior" else grid[:, None])
    assert (log_p.double().exp().sum() * cell).item() == pytest.approx(1, abs=0.02)


def test_a_flow_posterior_reaches_what_a_diagonal_normal_cannot():
    """KL to a normal of correlation 0.9: 0.83 nats at best by a diagonal one, near 0 by a flow."""
    torch.manual_seed(0)
    covariance = torch.tensor([[1.0, 0.9], [0.9, 1.0]])
    target = torch.distributions.MultivariateNormal(torch.zeros(2), covariance)
    floor = -0.5 * torch.logdet(covariance).item()
    bottleneck = InverseAutoregressive(2, context=1)
    features = torch.zeros(1, bottleneck.features, requires_grad=True)
    optimizer = torch.optim.Adam([features, *bottleneck.parameters()], lr=3e-2)
    for _ in range(150):
        z, log_q = bottleneck(features).draw(128)
        kl = (log_q - target.log_prob(z)).mean()
        optimizer.zero_grad()
        kl.backward()
        optimizer.step()
    assert floor > 0.8
    assert kl.item() < 0.1


def test_zuko_leaves_the_validation_of_others_as_it_was():
    InverseAutoregressive(2)
    with pytest.raises(ValueError, match="scale"):
        Normal(0.0, -1.0)


def test_recipes_are_imported_without_flows_and_clusterings():
    code = "import sys, latentscape.recipes; print({'zuko', 'sklearn'} & set(sys.modules))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "set()"


def test_the_code_is_the_base_centre_pushed_through():
    torch.manual_seed(0)
    q = shaken(InverseAutoregressive(3, context=2))(torch.randn(4, 8))
    still = DiagonalNormal(q.base.loc, torch.full_like(q.base.scale, 1e-9))
    torch.testing.assert_close(q.code, type(q)(still, q.transform).rsample())
