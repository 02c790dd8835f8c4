"""Samplers recover what they were fitted to."""

import numpy as np
import pytest

from latentscape.latent.arrays import moments
from latentscape.latent.samplers import (
    SAMPLERS,
    ClassGaussianSampler,
    GaussianSampler,
    KernelSampler,
    MixtureSampler,
    PriorSampler,
    Sampler,
    make_sampler,
)
from latentscape.system.errors import LatentscapeError

MEAN = np.array([3.0, -1.0])
COVARIANCE = np.array([[2.0, 0.6], [0.6, 0.5]])


def one_gaussian(n=4000):
    return np.random.default_rng(0).multivariate_normal(MEAN, COVARIANCE, n)


def two_classes(n=1000):
    rng = np.random.default_rng(1)
    z = np.concatenate([rng.normal(-5, 0.3, (n, 3)), rng.normal(5, 0.3, (3 * n, 3))])
    return z, np.repeat([4, 7], [n, 3 * n])


@pytest.mark.parametrize("name", SAMPLERS)
def test_draws_have_the_moments_of_the_codes(name):
    z = one_gaussian()
    draws = make_sampler(name).fit(z, np.zeros(len(z), int)).sample(40_000, seed=3)
    fitted, drawn = moments(z), moments(draws)
    np.testing.assert_allclose(drawn.mean, fitted.mean, atol=0.04)
    if name != "kernel":
        np.testing.assert_allclose(drawn.covariance, fitted.covariance, atol=0.1)


def test_a_kernel_density_is_wider_than_its_codes_by_its_kernel():
    z = one_gaussian()
    draws = KernelSampler(bandwidth=0.5).fit(z).sample(100_000, seed=3)
    expected = (1 + 0.5**2) * moments(z).covariance
    np.testing.assert_allclose(moments(draws).covariance, expected, rtol=0.04)


@pytest.mark.parametrize("name", SAMPLERS)
def test_the_seed_decides(name):
    z, labels = two_classes(50)
    sampler = make_sampler(name).fit(z, labels)
    assert isinstance(sampler, Sampler)
    np.testing.assert_array_equal(sampler.sample(9, seed=5), sampler.sample(9, seed=5))
    assert (sampler.sample(9, seed=5) != sampler.sample(9, seed=6)).any()


@pytest.mark.parametrize("name", SAMPLERS)
@pytest.mark.parametrize("shape", [(1, 2), (3, 1), (40, 128), (2, 512)])
@pytest.mark.parametrize("kind", ["random", "duplicates"])
def test_odd_codes_give_finite_draws(name, shape, kind):
    z = np.random.default_rng(2).normal(size=shape).astype(np.float32)
    z = z if kind == "random" else np.repeat(z[:1], shape[0], axis=0)
    draws = make_sampler(name).fit(z, np.zeros(len(z), int)).sample(7, seed=0)
    assert draws.shape == (7, shape[1])
    assert np.isfinite(draws).all()


def test_a_collapsed_dimension_stays_collapsed():
    z = np.random.default_rng(0).normal(size=(500, 3))
    z[:, 1] = 0.25
    for sampler in (GaussianSampler(), KernelSampler()):
        np.testing.assert_allclose(sampler.fit(z).sample(50, seed=0)[:, 1], 0.25)


@pytest.mark.parametrize("sampler", [ClassGaussianSampler(), KernelSampler()])
def test_a_label_draws_from_its_class_only(sampler):
    z, labels = two_classes()
    draws = sampler.fit(z, labels).sample(500, seed=0, label=7)
    assert (np.linalg.norm(draws - 5, axis=1) < 6).all()
    with pytest.raises(LatentscapeError, match="5"):
        sampler.sample(3, seed=0, label=5)


def test_class_gaussians_keep_the_proportions_and_say_the_class():
    z, labels = two_classes()
    draws, drawn = ClassGaussianSampler().fit(z, labels).sample_labelled(8000, seed=0)
    assert abs((drawn == 7).mean() - 0.75) < 0.02
    np.testing.assert_array_equal(drawn == 7, draws[:, 0] > 0)


def test_class_gaussian_is_the_maximum_likelihood_one():
    z, labels = two_classes(20)
    draws = ClassGaussianSampler().fit(z, labels).sample(200_000, seed=0, label=4)
    np.testing.assert_allclose(moments(draws).covariance, np.cov(z[:20].T, ddof=0), atol=2e-3)


def test_only_some_samplers_bend_round_a_hole():
    angle = np.random.default_rng(0).uniform(0, 2 * np.pi, 3000)
    ring = np.stack([np.cos(angle), np.sin(angle)], 1)

    def inside(sampler):
        draws = sampler.fit(ring).sample(4000, seed=0)
        return (np.linalg.norm(draws, axis=1) < 0.5).mean()

    assert inside(GaussianSampler()) > 0.2  # 1 − exp(−0.25) = 0.221 in closed form
    assert inside(MixtureSampler()) < 0.02
    assert inside(KernelSampler()) < 0.001


def test_bandwidth_is_near_the_best_for_a_gaussian():
    # Silverman's rule is optimal for Gaussian data: (4 / (d + 2) / N)^(1/(d+4)).
    z = np.random.default_rng(0).normal(size=(5000, 2))
    chosen = KernelSampler().fit(z)._root
    expected = (4 / 4 / 5000) ** (1 / 6)
    assert 0.6 * expected < np.sqrt(np.linalg.det(chosen) ** 2) ** 0.5 < 1.6 * expected


def test_draws_scale_with_the_codes():
    z = one_gaussian(500)
    for name in SAMPLERS:
        labels = np.zeros(len(z), int)
        small = make_sampler(name).fit(z, labels).sample(20, seed=1)
        large = make_sampler(name).fit(1000 * z, labels).sample(20, seed=1)
        np.testing.assert_allclose(np.abs(large), 1000 * np.abs(small), rtol=1e-3)


def test_prior_draws_what_its_callable_draws():
    prior = PriorSampler(lambda n, seed: np.full((n, 2), float(seed)))
    np.testing.assert_array_equal(prior.fit(np.zeros((1, 2))).sample(3, seed=8), np.full((3, 2), 8))


@pytest.mark.parametrize(
    "sampler", [GaussianSampler(), MixtureSampler(), PriorSampler(lambda n, s: np.zeros((n, 1)))]
)
def test_samplers_without_classes_refuse_a_label(sampler):
    with pytest.raises(LatentscapeError, match="knows no classes"):
        sampler.sample(1, seed=0, label=1)


@pytest.mark.parametrize("name", SAMPLERS)
def test_an_unfitted_sampler_says_so(name):
    with pytest.raises(LatentscapeError, match="fit"):
        make_sampler(name).sample(1, seed=0)


def test_unknown_names_and_missing_labels_are_told():
    with pytest.raises(LatentscapeError, match="gaussian"):
        make_sampler("gausian")
    with pytest.raises(LatentscapeError, match="label"):
        ClassGaussianSampler().fit(np.zeros((3, 2)))
