"""What a model computes for people to keep is computed exactly, where a GPU could do otherwise."""

import numpy as np
import pytest
import torch

from latentscape import Plan, load_images, recipes
from latentscape.evaluation.judge.network import JudgeNetwork
from latentscape.evaluation.likelihood import estimate_likelihood, reconstruction_loss
from latentscape.parts.bottlenecks.quantized import totals
from latentscape.system.arithmetic import exact_arithmetic
from latentscape.training import fit
from latentscape.training.network import fit_network

USUAL, EXACT = (False, True), (True, False)


def flags():
    return torch.backends.cudnn.deterministic, torch.backends.cudnn.allow_tf32


@pytest.fixture
def seen(monkeypatch):
    """The settings in force whenever a convolution or a linear layer computed."""
    monkeypatch.setattr(torch.backends.cudnn, "deterministic", False)
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", True)
    found = set()
    hook = torch.nn.modules.module.register_module_forward_hook(lambda *_: found.add(flags()))
    yield found
    hook.remove()


@pytest.fixture(scope="module")
def images():
    return load_images("digits", limit=100)


@pytest.fixture(scope="module")
def run(images):
    return fit(recipes.vamp_vae(images.shape), images, epochs=1, precision="32-true")


def test_training_is_exact(seen, images):
    fit(recipes.cae7(images.shape), images, epochs=1, batch=32, precision="32-true")
    assert seen == {EXACT}
    assert flags() == USUAL


@pytest.mark.parametrize(
    "use",
    [
        lambda run, images: run.encode(images),
        lambda run, images: run.reconstruct(images),
        lambda run, _: run.sample(3),
        lambda run, images: estimate_likelihood(run, images, samples=2),
        reconstruction_loss,
    ],
    ids=["encode", "reconstruct", "sample", "likelihood", "reconstruction loss"],
)
def test_evaluation_is_exact(seen, run, images, use):
    use(run, images.test)
    assert seen == {EXACT}
    assert flags() == USUAL


def test_the_judge_is_exact(seen, images):
    network = JudgeNetwork(images.shape, 10, 1, light=True)
    fit_network(network, images.train.pixels, images.train.labels, Plan(epochs=1, batch=50))
    network.evidence(torch.rand(3, *images.shape))
    assert seen == {EXACT}
    assert flags() == USUAL


def test_settings_are_put_back_when_work_fails(seen):
    with pytest.raises(ValueError, match="no memory"), exact_arithmetic():
        raise ValueError("no memory")
    assert flags() == USUAL


def test_totals_are_those_of_each_word():
    rng = np.random.default_rng(0)
    nearest, vectors = rng.integers(0, 5, 200), rng.normal(size=(200, 3)).astype(np.float32)
    expected = np.stack([vectors[nearest == word].sum(0) for word in range(7)])
    found = totals(torch.from_numpy(nearest), torch.from_numpy(vectors), 7)
    np.testing.assert_allclose(found, expected, atol=1e-5)
