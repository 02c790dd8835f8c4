"""The critic of mixtures (ACAI) against the paper's formulas, and whom its terms train."""

from types import SimpleNamespace

import pytest
import torch

from latentscape import recipes
from latentscape.models.plan import Plan
from latentscape.parts.networks import Network
from latentscape.parts.regularizers import MixingCritic
from latentscape.system.randomness import own_randomness
from latentscape.training.hardware import decided, make_fabric
from latentscape.training.loop import totals
from latentscape.training.steps import backward

SHAPE = (2, 6, 5)


@pytest.fixture
def model():
    with own_randomness(0):
        return recipes.acai(SHAPE, latent=3, weight=0.7, net=Network("dense", hidden=(8,)))


@pytest.fixture
def x():
    return torch.rand(7, *SHAPE, generator=torch.Generator().manual_seed(1))


def terms_of(model, x):
    with own_randomness(5):
        return model(x)


def test_the_losses_are_the_papers_image_by_image(model, x):
    """Equations 1 and 2 of arXiv:1807.07543; squared guesses are weighed by each pixel."""
    model.eval()
    critic = model.regularizers[0]
    terms = terms_of(model, x)
    with own_randomness(5):
        shares = torch.rand(7) / 2
    z = model.encode(x).code
    given, errors = [], []
    for i, a in enumerate(shares):
        mixed = model.decode(((1 - a) * z[i] + a * z[i - 1])[None]).mean
        own = 0.8 * model.decode(z[i][None]).mean + 0.2 * x[i]
        guess, none = critic.network(mixed).squeeze(), critic.network(own).squeeze()
        given.append(2 * 6 * 5 * guess**2)
        errors.append((guess - a) ** 2 + none**2)
    torch.testing.assert_close(terms["given away"].value, torch.stack(given))
    torch.testing.assert_close(terms["critic"].value, torch.stack(errors))
    assert terms["given away"].weight == 0.7
    assert len(shares.unique()) == 7


def test_each_side_learns_from_its_own_loss_alone(model, x):
    critic = list(model.regularizers[0].parameters())
    both = [*model.encoder.parameters(), *model.decoder.parameters()]
    terms = terms_of(model, x)
    means = {name: term.value.mean() for name, term in terms.items()}
    fabric = make_fabric(decided(Plan(device="cpu", precision="32-true")))
    backward(totals(terms, means), model.groups(), fabric)
    again = {name: term.value.mean() for name, term in terms_of(model, x).items()}
    expected = torch.autograd.grad(again["critic"], critic, retain_graph=True)
    torch.testing.assert_close([p.grad for p in critic], list(expected))
    loss = again["distortion"] + 0.7 * again["given away"]
    expected = torch.autograd.grad(loss, both)
    torch.testing.assert_close([p.grad for p in both], list(expected))


def test_a_critic_learns_how_much_is_mixed_in():
    """Of black and white in turn a mixture's brightness b says it: min(b, 1 − b)."""
    z = torch.arange(64).remainder(2.0)[:, None]

    def decode(z, condition=None):
        return SimpleNamespace(mean=z[..., None, None].expand(*z.shape[:-1], 1, 4, 4))

    step = SimpleNamespace(
        z=z[None],
        x=decode(z).mean,
        reconstruction=decode(z[None]),
        model=SimpleNamespace(decode=decode),
        condition=None,
    )
    with own_randomness(0):
        critic = MixingCritic((1, 4, 4), 1.0, hidden=(16,))
        optimizer = torch.optim.Adam(critic.parameters(), lr=1e-2)
        for _ in range(200):
            optimizer.zero_grad()
            critic(step)["critic"].value.mean().backward()
            optimizer.step()
        brightness = torch.linspace(0, 1, 21)
        with torch.no_grad():
            guesses = critic.guesses(brightness[:, None, None, None].expand(-1, 1, 4, 4))
    torch.testing.assert_close(
        guesses, torch.minimum(brightness, 1 - brightness), atol=0.06, rtol=0
    )
