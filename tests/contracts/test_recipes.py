"""What every recipe promises, at two sizes, in grey and in colour.

`make gpu-check` runs these on a GPU, which other tests do not see.
"""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from latentscape.data import Images, Splits
from latentscape.models.autoencoder import Autoencoder
from latentscape.models.plan import Plan
from latentscape.recipes import RECIPES, find_recipe
from latentscape.runs.load import load_run
from latentscape.system.errors import LatentscapeError
from latentscape.training import fit, train
from latentscape.training.loop import totals

SHAPES = [(1, 28, 28), (3, 17, 19)]
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


def build(name: str, shape: tuple[int, int, int]) -> Autoencoder:
    torch.manual_seed(0)
    model = RECIPES[name](shape).to(DEVICE)
    for stage in model.pretraining:
        stage.to(DEVICE)
    return model


def some(n: int, shape: tuple[int, int, int]) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.rand(n, *shape, device=DEVICE), torch.arange(n, device=DEVICE) % 10


def toy(shape: tuple[int, int, int], n: int = 24) -> Splits:
    rng = np.random.default_rng(0)

    def images(count: int) -> Images:
        pixels = rng.integers(0, 256, (count, *shape), dtype=np.uint8)
        labels = np.arange(count) % 10
        return Images(pixels, labels, tuple("0123456789"), [str(i) for i in range(count)], "toy")

    return Splits("toy", images(n), images(8), images(8))


every = pytest.mark.parametrize("name", sorted(RECIPES))
both = pytest.mark.parametrize("shape", SHAPES, ids=["grey", "colour"])


@pytest.fixture
def model(name: str, shape: tuple[int, int, int]) -> Autoencoder:
    return build(name, shape)


@every
@both
def test_terms_are_finite_and_by_image(model, shape):
    x, y = some(6, shape)
    terms = model(x, y, 1000, 0.5)
    assert terms
    for name, term in terms.items():
        assert term.value.shape == (6,), name
        assert term.value.isfinite().all(), name
        assert set(term.trains) <= set(model.groups()), name


@every
@both
def test_every_parameter_belongs_to_a_group_and_gets_a_gradient(model, shape):
    groups = model.groups()
    owned = [p for group in groups.values() for p in group]
    assert len(owned) == len(set(owned))
    x, y = some(6, shape)
    for stage in (*model.pretraining, model):
        terms = stage(x, y, 1000, 0.5)
        losses = totals(terms, {n: t.value.mean() for n, t in terms.items()})
        for names, loss in losses.items():
            inputs = [p for n in names for p in stage.groups().get(n, ())]
            if inputs:
                loss.backward(inputs=inputs, retain_graph=True)
    missing = [n for n, p in model.named_parameters() if p.grad is None]
    assert not missing
    assert set(model.parameters()) <= set(owned)


NO_META = {"fsq", "residual-vq-vae", "vq-vae", "hyperspherical-vae"}
"""What draws or counts by operations that torch's device without memory lacks."""


@pytest.mark.parametrize("name", sorted(set(RECIPES) - NO_META))
def test_nothing_stays_behind_when_a_model_moves_to_another_device(name):
    model = RECIPES[name]((1, 28, 28)).to("meta")
    for stage in model.pretraining:
        stage.to("meta")
    x, y = torch.rand(6, 1, 28, 28, device="meta"), torch.zeros(6, device="meta").long()
    for stage in (*model.pretraining, model):
        terms = stage(x, y, 1000, 0.5)
        assert {term.value.device.type for term in terms.values()} == {"meta"}
        losses = totals(terms, {n: t.value.mean() for n, t in terms.items()})
        torch.stack(list(losses.values())).sum().backward()
    condition = model.condition(y)
    code = model.encode(x, condition).code
    image, prior = model.decode(code, condition), model.prior(model, condition)
    drawn = prior.sample(() if prior.batch_shape else (6,))
    for tensor in (code, image.mean, image.sample(), image.log_prob(x), drawn):
        assert tensor.device.type == "meta"


@every
@both
def test_codes_are_flat_and_deterministic_and_decode_to_images(model, shape):
    model.eval()
    x, y = some(4, shape)
    condition = model.condition(y)
    with torch.no_grad():
        code = model.encode(x, condition).code
        assert code.shape == (4, model.bottleneck.code)
        assert torch.equal(code, model.encode(x, condition).code)
        image = model.decode(code, condition)
    assert image.mean.shape == (4, *shape)
    assert image.log_prob(x).shape == (4,)


@every
@both
def test_draws_have_their_shapes_and_a_rate_that_agrees_with_sampling(model, shape):
    model.eval()
    x, y = some(3, shape)
    condition, draws, d = model.condition(y), 2000, model.bottleneck.code
    with torch.no_grad():
        step = model.step(x, y, samples=2)
        assert step.z.shape == (2, 3, d)
        assert step.log_likelihood.shape == step.log_q.shape == (2, 3)
        posterior, prior = model.encode(x, condition), model.prior(model, condition)
        z, log_q = posterior.draw(draws)
        assert z.shape == (draws, 3, d)
        assert log_q.shape == (draws, 3)
        closed = posterior.kl(prior, z)
        if not model.bottleneck.has_rate:
            return
        sampled = log_q - prior.log_prob(z)
    assert sampled.isfinite().all()
    if closed is not None:
        error = 5 * sampled.std(0) / draws**0.5 + 1e-3
        assert ((closed.sum(-1).mean(0) - sampled.mean(0)).abs() <= error).all()


@every
def test_the_blueprint_rebuilds_the_model(name):
    model = RECIPES[name]((1, 28, 28))
    again = find_recipe(name).build(
        model.blueprint.shape, json.loads(json.dumps(model.blueprint.arguments))
    )
    assert again.blueprint == model.blueprint
    shapes = {n: p.shape for n, p in model.state_dict().items()}
    assert {n: p.shape for n, p in again.state_dict().items()} == shapes


@every
def test_saved_and_loaded_it_gives_the_same_numbers(name, tmp_path):
    images = toy((1, 28, 28))
    plan = replace(RECIPES[name].plan, epochs=1, batch=12, precision="32-true")
    run = train(name, images, out=tmp_path / "run", plan=plan)
    again = load_run(tmp_path / "run")
    again.model.to(run.device)
    codes = run.encode(images.test)
    np.testing.assert_array_equal(codes, again.encode(images.test))
    labels = images.test.labels
    np.testing.assert_array_equal(run.decode(codes, labels), again.decode(codes, labels))
    np.testing.assert_array_equal(run.sample(5, seed=3), again.sample(5, seed=3))


@every
def test_the_seed_decides_everything(name):
    images = toy((1, 28, 28))
    plan = replace(RECIPES[name].plan, epochs=1, batch=12, precision="32-true")
    first, second = (train(name, images, plan=plan).encode(images.test) for _ in range(2))
    other = train(name, images, plan=replace(plan, seed=1)).encode(images.test)
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, other)


def test_a_model_from_outside_the_package_trains_like_any_other():
    """A new bottleneck, prior, regularizer and network: nothing in the package knows of them."""
    from latentscape.parts.bottlenecks import Bottleneck
    from latentscape.parts.distributions import DiagonalNormal
    from latentscape.parts.likelihoods import Laplace
    from latentscape.parts.objectives import Elbo
    from latentscape.parts.priors import Prior
    from latentscape.parts.regularizers import Regularizer
    from latentscape.parts.step import Term

    class Shared(Bottleneck):
        """One scale for every dimension."""

        def __init__(self, code):
            super().__init__(code)
            self.features = code + 1

        def forward(self, features):
            return DiagonalNormal(features[:, :-1], features[:, -1:].exp().expand(-1, self.code))

    class Learned(Prior):
        def __init__(self, code):
            super().__init__()
            self.loc = torch.nn.Parameter(torch.zeros(code))

        def forward(self, model, condition):
            return DiagonalNormal(self.loc, torch.ones_like(self.loc))

    class Critic(Regularizer):
        """Owns parameters: a group by itself, trained by its own term."""

        group = "critic"

        def __init__(self, code):
            super().__init__()
            self.net = torch.nn.Linear(code, 1)

        def forward(self, step):
            score = self.net(step.z[0])[:, 0]
            own = (self.net(step.z[0].detach())[:, 0] - 1).square()
            return {"fool": Term(score, 0.1, ("inference",)), "critic": Term(own, 1.0, ("critic",))}

    images = toy((3, 9, 11))
    model = Autoencoder(
        torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(3 * 99, 5)),
        Shared(4),
        torch.nn.Sequential(torch.nn.Linear(4, 3 * 99), torch.nn.Unflatten(1, (3, 9, 11))),
        Laplace(0.2, learned=True),
        prior=Learned(4),
        objective=Elbo(),
        regularizers=[Critic(4)],
    )
    model.to(DEVICE)
    before = [p.detach().clone() for p in model.parameters()]
    run = fit(model, images, plan=Plan(epochs=2, batch=8, lr=1e-2, precision="32-true"))
    assert run.encode(images.test).shape == (8, 4)
    assert {"train/fool", "train/critic", "train/rate", "weight/fool"} <= set(run.history[-1])
    changed = [not torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True)]
    assert all(changed)
    with pytest.raises(LatentscapeError, match="no recipe built this one"):
        fit(model, images, out="nowhere")
