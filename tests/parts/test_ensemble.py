"""Several decoders of one space: who learns from what, and where they differ."""

import numpy as np
import pytest
import torch
from scipy.special import expit

import latentscape as ls
from latentscape import recipes
from latentscape.bundle import read_bundle
from latentscape.bundle.from_run import bundle_run
from latentscape.bundle.networks import open_network
from latentscape.bundle.run_networks import export_networks
from latentscape.bundle.tables import read_arrow
from latentscape.parts import DecoderEnsemble
from latentscape.parts.networks import Network
from latentscape.system.errors import LatentscapeError

NET = Network("dense", hidden=(16,), ensemble=3)


class Marked(torch.nn.Module):
    """A decoder that says who it is, and remembers how many codes it had."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number, self.had = torch.nn.Parameter(torch.tensor(float(number))), []

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        self.had.append(len(z))
        return self.number.expand(len(z), 1, 2, 2)


@pytest.fixture(scope="module")
def images():
    return ls.load_images("digits", limit=300)


@pytest.fixture(scope="module")
def run(images, tmp_path_factory):
    place = tmp_path_factory.mktemp("ensemble") / "run"
    return ls.train("vae", images, latent=2, net=NET, epochs=12, batch=30, out=place)


@pytest.mark.parametrize("count", [1, 2, 5, 6, 7, 100])
def test_each_code_is_decoded_by_one_in_training_and_by_all_of_them_later(count):
    ensemble = DecoderEnsemble([Marked(number) for number in range(3)])
    given = ensemble(torch.zeros(count, 2))[:, 0, 0, 0]
    assert len(given) == count
    sizes = [sum(member.had) for member in ensemble.members]
    assert sum(sizes) == count
    used = [size for size in sizes if size]
    assert len(used) == max(1, min(3, count // 2)) and max(used) - min(used) <= 1
    assert [int((given == number).sum()) for number in range(3)] == sizes
    together = ensemble.eval()(torch.zeros(count, 2))
    np.testing.assert_allclose(together.detach(), 1.0)


def test_of_a_small_batch_each_has_its_turn():
    torch.manual_seed(0)
    ensemble = DecoderEnsemble([Marked(number) for number in range(3)])
    for _ in range(60):
        ensemble(torch.zeros(2, 2))
    assert min(len(member.had) for member in ensemble.members) > 8


@pytest.mark.parametrize("pca", [False, True])
def test_every_decoder_has_weights_of_its_own(images, pca):
    def learned(count: int) -> int:
        net = Network("conv", hidden=(4, 8), pca=pca, ensemble=count)
        decoder = recipes.vae(images.shape, latent=2, net=net).decoder
        return sum(p.numel() for p in decoder.parameters())

    assert learned(3) == 3 * learned(1)


def test_every_decoder_learns_from_every_batch(images):
    model = recipes.vae(images.shape, latent=2, net=NET)
    terms = model(torch.rand(30, *images.shape))
    sum(term.weight * term.value.mean() for term in terms.values()).backward()
    for member in model.decoder.members:
        assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in member.parameters())
    first, second, _ = (member.state_dict() for member in model.decoder.members)
    assert any(not torch.equal(first[name], second[name]) for name in first)


def test_together_they_give_the_mean_of_what_the_likelihood_takes(run):
    z = np.random.default_rng(0).normal(size=(7, 2)).astype(np.float32)
    each = run.decode_each(z)
    assert each.shape == (3, 7, *run.shape)
    logits = np.log(each.astype(np.float64) / (1 - each.astype(np.float64)))
    np.testing.assert_allclose(run.decode(z), expit(logits.mean(axis=0)), atol=1e-4)


def test_a_single_decoder_is_an_ensemble_of_one(images):
    alone = ls.train("ae", images, latent=2, net=Network("dense", (8,)), epochs=1)
    z = np.zeros((2, 2), np.float32)
    np.testing.assert_array_equal(alone.decode_each(z), alone.decode(z)[None])
    assert export_networks(alone).ensemble is None


def test_they_agree_where_there_are_images_and_differ_where_there_are_none(run, images):
    """The mechanism of arXiv:2408.07507."""

    def differ(codes):
        return np.sqrt(run.decode_each(codes).var(axis=0).mean(axis=(1, 2, 3)))

    codes = run.encode(images.test)
    far = codes / np.linalg.norm(codes, axis=1, keepdims=True) * 4 * np.abs(codes).max()
    assert np.median(differ(far)) > 1.5 * np.median(differ(codes))


def test_it_is_kept_and_goes_on(run, images):
    z = np.random.default_rng(1).normal(size=(5, 2)).astype(np.float32)
    opened = ls.load_run(run.folder)
    np.testing.assert_array_equal(opened.decode_each(z), run.decode_each(z))
    assert "ensemble" in (run.folder / "run.json").read_text()
    assert ls.resume(run.folder, images, epochs=13).best_epoch > 0


def test_the_exported_network_gives_the_images_of_each(images):
    net = Network("conv", hidden=(4, 8), pca=True, ensemble=2)
    found = ls.train("conditional-vae", images, latent=3, net=net, epochs=1)
    z = np.random.default_rng(2).normal(size=(6, 3)).astype(np.float32)
    ensemble = export_networks(found).ensemble
    assert ensemble is not None and ensemble.decoders == 2
    given = open_network(ensemble.network, "ensemble")(z, np.arange(6))
    expected = found.decode_each(z, np.arange(6))
    np.testing.assert_allclose(given, np.concatenate(expected, axis=1), atol=2e-5)


def test_a_bundle_says_where_they_differ(run, images, tmp_path):
    bundle = read_bundle(bundle_run(run, {"test": images.test}, tmp_path / "b"))
    assert bundle.space["ensemble"] == {
        "file": "ensemble.onnx",
        "conditional": False,
        "decoders": 3,
    }
    (overlay,) = [o for o in bundle.space["overlays"] if o["name"] == "disagreement"]
    left, bottom, right, top = overlay["bounds"]
    values = read_arrow(bundle.folder / overlay["file"])["value"].to_numpy().reshape(64, 64)
    x = left + (np.array([5, 31, 60]) + 0.5) * (right - left) / 64
    y = bottom + (np.array([2, 40, 63]) + 0.5) * (top - bottom) / 64
    each = run.decode_each(np.stack([x, y], axis=1)).astype(np.float64)
    apart = ((each - each.mean(axis=0)) ** 2).mean(axis=(0, 2, 3, 4)) ** 0.5
    np.testing.assert_allclose(values[[2, 40, 63], [5, 31, 60]], apart, rtol=1e-3)


def test_no_decoder_at_all_is_a_sentence():
    with pytest.raises(LatentscapeError, match="an ensemble has 1 decoder or more, not 0"):
        Network(ensemble=0)
