"""Networks that begin as principal components: as scikit-learn finds them, in every likelihood."""

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

import latentscape as ls
from latentscape import recipes
from latentscape.evaluation.baselines import measure_baselines
from latentscape.parts.likelihoods import LIKELIHOODS
from latentscape.parts.networks import Network
from latentscape.parts.networks.principal import principal_components
from latentscape.system.errors import LatentscapeError

NET = Network("conv", hidden=(4, 8), pca=True)
SHAPE = (3, 9, 8)


@pytest.fixture(scope="module")
def pictures():
    """Images of few directions and some noise, (60, 3, 9, 8), well inside [0, 1]."""
    draw = torch.Generator().manual_seed(0)
    directions = torch.randn(6, 216, generator=draw)
    weights = torch.randn(60, 6, generator=draw) * torch.tensor([9.0, 6.0, 4.0, 3.0, 2.0, 1.0])
    flat = 0.5 + 0.004 * weights @ directions + 0.002 * torch.randn(60, 216, generator=draw)
    return flat.reshape(60, *SHAPE)


@pytest.mark.parametrize("likelihood", ["bernoulli", "normal", "laplace", "logistic-mixture"])
def test_before_the_first_step_it_is_principal_components(pictures, likelihood):
    model = recipes.ae(SHAPE, 4, likelihood=likelihood, net=NET)
    model.prepare(pictures)
    flat = pictures.flatten(1).numpy()
    pca = PCA(4, svd_solver="full").fit(flat)
    codes = model.encode(pictures).code.detach().numpy()
    theirs = pca.transform(flat) / np.sqrt(pca.explained_variance_[0])  # one scale for all
    np.testing.assert_allclose(np.abs(codes), np.abs(theirs), atol=2e-3)
    decoded = model.decode(model.encode(pictures).code).mean.detach().flatten(1).numpy()
    np.testing.assert_allclose(decoded, pca.inverse_transform(pca.transform(flat)), atol=2e-4)


def test_a_posterior_begins_with_the_components_as_its_means(pictures):
    model = recipes.vae(SHAPE, 4, net=NET)
    model.prepare(pictures)
    codes = model.encode(pictures).mean.detach()
    torch.testing.assert_close(codes.std(0), torch.ones(4), atol=1e-3, rtol=0)
    torch.testing.assert_close(codes.mean(0), torch.zeros(4), atol=1e-3, rtol=0)


@pytest.mark.parametrize("name", sorted(LIKELIHOODS))
def test_a_likelihood_is_centred_where_it_is_asked(name):
    likelihood = LIKELIHOODS[name]()
    means = torch.linspace(0.05, 0.95, 24).reshape(2, 3, 2, 2)
    output = likelihood.output_of(means)
    assert output.shape == (2, likelihood.channels(3), 2, 2)
    distribution = likelihood(output)
    if name == "continuous-bernoulli":  # its mean has no inverse in closed form: λ is put there
        torch.testing.assert_close(distribution.logits.sigmoid(), means)
    else:
        torch.testing.assert_close(distribution.mean, means, atol=5e-3, rtol=0)


def test_directions_that_images_do_not_have_are_nothing(pictures):
    mean, components, deviations = principal_components(pictures[:3], 5)
    torch.testing.assert_close(mean, pictures[:3].flatten(1).mean(0))
    assert components[:2].norm(dim=1).tolist() == pytest.approx([1, 1], abs=1e-5)
    assert not components[2:].any()
    assert deviations[2:].tolist() == [1, 1, 1]
    equal = principal_components(pictures[:1].expand(4, -1, -1, -1), 2)
    assert not equal[1].any()
    assert torch.isfinite(equal[2]).all()


@pytest.mark.parametrize("name", ["dec", "vade"])
def test_what_an_earlier_stage_learned_is_not_begun_anew(pictures, name):
    model = recipes.RECIPES[name](SHAPE, net=NET)
    (first,) = model.pretraining
    first.prepare(pictures)
    with torch.no_grad():
        model.encoder.gain.fill_(0.7)
        model.decoder.gain.fill_(0.3)
        model.decoder.axes.mul_(1.1)
    before = {k: v.clone() for k, v in model.encoder.state_dict().items()}
    decoded = model.decode(model.encode(pictures).code).mean
    model.prepare(pictures.flip(0) * 0.5)
    assert all(torch.equal(v, before[k]) for k, v in model.encoder.state_dict().items())
    torch.testing.assert_close(model.decode(model.encode(pictures).code).mean, decoded)


def test_until_it_has_seen_images_it_is_its_networks(pictures):
    model = recipes.ae(SHAPE, 4, net=NET)
    features = model.encoder.network(pictures)
    torch.testing.assert_close(model.encode(pictures).code, features)
    learned = model.decoder.network(features)
    half = model.likelihood.output_of(torch.full((len(pictures), *SHAPE), 0.5))
    torch.testing.assert_close(model.decoder(features), half + learned)


@pytest.mark.parametrize("name", ["hyperspherical-vae", "sparse-ae", "flow-posterior-vae", "fsq"])
def test_codes_that_are_no_coordinates_are_refused(name):
    images = ls.load_images("digits", limit=60)
    with pytest.raises(LatentscapeError, match="leave out --pca"):
        ls.train(name, images, network="map" if name == "fsq" else "conv", pca=True, epochs=1)


def test_a_few_images_come_back_as_well_as_by_principal_components(tmp_path):
    images = ls.load_images("digits", limit=200)
    run = ls.train(
        "ae",
        images,
        latent=16,
        network="conv",
        hidden=(4, 8),
        pca=True,
        epochs=4,
        out=tmp_path / "a",
    )
    error = np.square(images.test.pixels / np.float32(255) - run.reconstruct(images.test)).mean()
    _, pca = measure_baselines(images.train, images.test, 16)
    assert error < 1.02 * pca.value
    again = ls.load_run(tmp_path / "a")
    np.testing.assert_array_equal(again.encode(images.test), run.encode(images.test))


def test_a_condition_is_left_to_the_networks():
    images = ls.load_images("digits", limit=100)
    run = ls.train(
        "conditional-vae", images, latent=3, network="conv", hidden=(4, 8), pca=True, epochs=1
    )
    x, labels = torch.rand(4, *images.shape), torch.arange(4)
    condition = run.model.condition(labels)
    moved = run.model.encode(x, condition).mean
    assert moved.shape == (4, 3)
    assert run.model.decode(moved, condition).mean.shape == (4, *images.shape)
