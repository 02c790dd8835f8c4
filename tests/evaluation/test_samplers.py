from types import SimpleNamespace

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist
from scipy.stats import ks_2samp
from sklearn.datasets import make_moons

from latentscape.evaluation.diffusion import CLEAN, Denoiser, DiffusionSampler, noise, signal
from latentscape.evaluation.early_stopping import fit_until_flat, loss
from latentscape.evaluation.run_samplers import run_sampler
from latentscape.evaluation.samplers import FlowNetwork, FlowSampler, SecondStageSampler
from latentscape.latent.samplers import Sampler, make_sampler
from latentscape.models.plan import Plan
from latentscape.parts.step import Term
from latentscape.system.errors import LatentscapeError
from latentscape.system.randomness import own_randomness

pytestmark = pytest.mark.usefixtures("seed_unmoved")


def ring(n, seed):
    """A ring of radius 1 about (5, −3), far from what a Gaussian can be."""
    rng = np.random.default_rng(seed)
    angle, radius = rng.uniform(0, 2 * np.pi, n), rng.normal(1, 0.05, n)
    return (np.stack([np.cos(angle), np.sin(angle)], 1) * radius[:, None] + [5, -3]) * [1, 40]


@pytest.mark.parametrize(
    ("sampler", "hole"),
    [(FlowSampler(250), 0.05), (SecondStageSampler(700), 0.12), (DiffusionSampler(1000), 0.02)],
)
def test_draws_lie_on_the_ring_and_not_in_its_hole(sampler, hole):
    z = ring(3000, 0)
    drawn = sampler.fit(z).sample(2000, seed=1)
    assert drawn.shape == (2000, 2) and drawn.dtype == np.float32
    radius = np.hypot(*((drawn / [1, 40] - [5, -3]).T))
    assert (radius < 0.5).mean() < hole  # a Gaussian leaves 0.22 here
    assert ks_2samp(drawn[:, 0], z[:, 0]).statistic < 0.12


@pytest.mark.parametrize("make", [FlowSampler, SecondStageSampler, DiffusionSampler])
def test_a_collapsed_number_stays_collapsed(make):
    z = np.c_[ring(300, 0), np.full(300, 7.0), ring(300, 0)[:, :1]]
    drawn = make(steps=3).fit(z).sample(50, seed=0)
    np.testing.assert_allclose(drawn[:, 2], 7.0, rtol=1e-5)
    np.testing.assert_allclose(drawn[:, 3], drawn[:, 0], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("make", [FlowSampler, SecondStageSampler, DiffusionSampler])
def test_the_contract_of_samplers(make):
    sampler = make(steps=2)
    assert isinstance(sampler, Sampler)
    with pytest.raises(LatentscapeError, match="has seen no codes"):
        sampler.sample(3, seed=0)
    sampler.fit(ring(100, 0))
    np.testing.assert_array_equal(sampler.sample(9, seed=4), sampler.sample(9, seed=4))
    assert not np.array_equal(sampler.sample(9, seed=4), sampler.sample(9, seed=5))
    with pytest.raises(LatentscapeError, match="knows no classes"):
        sampler.sample(3, seed=0, label=1)
    with pytest.raises(LatentscapeError, match="all the same"):
        sampler.fit(np.ones((10, 2)))


def energy(x, y):
    """Squared energy distance of two samples (Székely and Rizzo 2013), without their own pairs."""
    within = [cdist(z, z).sum() / (len(z) * (len(z) - 1)) for z in (x, y)]
    return 2 * cdist(x, y).mean() - sum(within)


def test_diffused_moons_are_as_near_to_the_true_ones_as_a_gaussian_is_not():
    moons = [make_moons(2000, noise=0.05, random_state=seed)[0] for seed in range(3)]
    drawn = DiffusionSampler(1500).fit(moons[0]).sample(2000, seed=1)
    gaussian = make_sampler("gaussian").fit(moons[0]).sample(2000, seed=1)
    halves = max(abs(energy(moons[0], moons[1])), abs(energy(moons[1], moons[2])))
    assert energy(drawn, moons[1]) < 2 * halves
    assert energy(gaussian, moons[1]) > 10 * halves


class BestForNormal(Denoiser):
    """The noise that codes of N(0, s² I) have, in closed form: E[ε | y_λ] = σ y / (α² s² + σ²)."""

    s = 0.3

    def predict(self, y, level):
        a, b = signal(level)[:, None], noise(level)[:, None]
        return b * y / (a**2 * self.s**2 + b**2)


def test_the_loss_of_a_diffusion_is_minus_log_density_where_the_best_denoiser_is_known():
    d, s = 3, BestForNormal.s
    with own_randomness(0):
        y = s * torch.randn(200_000, d)
        bound = BestForNormal(d)(y[..., None, None], None, 1, 0.5)["nll"].value.mean().item()
    blurred = s**2 + np.exp(-CLEAN)  # the codes with the noise that they have at the clean end
    assert bound == pytest.approx(d / 2 * np.log(2 * np.pi * np.e * blurred), abs=0.05)


def test_draws_of_the_best_denoiser_have_the_codes_own_spread():
    with own_randomness(0):
        drawn = DiffusionSampler().draw(BestForNormal(2), 20_000)
    assert drawn.std().item() == pytest.approx(BestForNormal.s, rel=0.03)


def test_one_number_is_enough():
    z = np.random.default_rng(0).exponential(size=(200, 1))
    assert FlowSampler(steps=2).fit(z).sample(5, seed=0).shape == (5, 1)


def test_draws_come_back_from_a_gpu(monkeypatch):
    class OnGPU:
        """As a tensor of a GPU, which numpy cannot read."""

        def __init__(self, tensor):
            self.tensor = tensor

        def cpu(self):
            return self.tensor

    draw = FlowSampler.draw
    monkeypatch.setattr(FlowSampler, "draw", lambda *given: OnGPU(draw(*given)))
    codes = np.random.default_rng(0).normal(size=(50, 2))
    assert FlowSampler(steps=1).fit(codes).sample(7, seed=0).shape == (7, 2)


class Bell(torch.nn.Module):
    """N(m, s²), whose best likelihood of N(5, 0.1²) is known: −½ log(2πe·0.01) a row."""

    def __init__(self):
        super().__init__()
        self.m, self.log_s = (
            torch.nn.Parameter(torch.zeros(())),
            torch.nn.Parameter(torch.zeros(())),
        )

    def forward(self, x, labels, size, progress):
        p = torch.distributions.Normal(self.m, self.log_s.exp())
        return {"nll": Term(-p.log_prob(x).flatten(1).sum(1), trains=("bell",))}

    def groups(self):
        return {"bell": list(self.parameters())}


def test_a_fit_ends_where_codes_held_out_gain_no_more():
    rows = np.random.default_rng(0).normal(5, 0.1, (2000, 1)).astype(np.float32)
    plan = Plan(batch=256, lr=3e-2, device="cpu", precision="32-true")
    best = 0.5 * np.log(2 * np.pi * np.e * 0.01)
    network, found = fit_until_flat(Bell(), rows, plan, first=60, most=2000)
    assert found.flat
    assert 180 <= found.steps < 2000
    assert found.held_out[0] > best + 0.5  # sixty steps are not enough
    assert min(found.held_out) == pytest.approx(best, abs=0.08)
    assert network.m.item() == pytest.approx(5, abs=0.02)
    assert "no longer falling" in str(found)
    _, cut = fit_until_flat(Bell(), rows, plan, first=20, most=40)
    assert not cut.flat
    assert cut.steps < 55
    assert "still falling when the steps ran out" in str(cut)


def test_the_best_round_is_kept_where_a_longer_one_learns_by_heart():
    """A flow of twenty codes: the likelihood of those held out falls as training goes on."""
    rows = np.random.default_rng(0).normal(size=(20, 2, 1, 1)).astype(np.float32)
    plan = Plan(batch=512, lr=1e-2, device="cpu", precision="32-true")
    with torch.random.fork_rng():
        torch.manual_seed(0)
        fresh = FlowNetwork(2)
    network, found = fit_until_flat(fresh, rows, plan, first=10, most=200)
    assert found.flat
    held_out = rows[np.random.default_rng(0).permutation(20)[:2]]
    assert loss(network, torch.from_numpy(held_out)) == pytest.approx(min(found.held_out), abs=1e-5)


def test_draws_from_the_prior_are_the_models_own_by_their_seed():
    def draw(n, *, seed=0):
        return np.full((n, 2), seed, np.float32)

    prior = run_sampler(SimpleNamespace(draw=draw), "prior", np.zeros((3, 2)), None, seed=7)
    np.testing.assert_array_equal(prior.sample(4, seed=5), np.full((4, 2), 5))
