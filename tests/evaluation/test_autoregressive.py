"""A transformer over words, against chains and sequences whose probabilities are known."""

from itertools import product

import numpy as np
import pytest
import torch

from latentscape.evaluation.autoregressive import AutoregressiveSampler
from latentscape.evaluation.causal_transformer import CausalTransformer
from latentscape.latent.samplers import Sampler
from latentscape.parts.bottlenecks import Gaussian, VectorQuantized
from latentscape.system.errors import LatentscapeError
from latentscape.system.randomness import own_randomness

pytestmark = pytest.mark.usefixtures("seed_unmoved")

K, T = 4, 8


def chain():
    """Which word follows which, (K, K), and the shares that this leaves as they are, (K,)."""
    steps = np.random.default_rng(0).dirichlet(np.full(K, 0.4), K)
    values, vectors = np.linalg.eig(steps.T)
    share = np.real(vectors[:, np.argmax(np.real(values))])
    return steps, share / share.sum()


def follow(steps, share, n, seed):
    """Draw n sequences of the chain, (n, T)."""
    rng = np.random.default_rng(seed)
    words = [rng.choice(K, n, p=share)]
    for _ in range(T - 1):
        words.append((rng.random((n, 1)) > steps[words[-1]].cumsum(1)).sum(1))
    return np.stack(words, 1)


def nats(words, steps, share):
    """−log p of sequences of the chain, (n,)."""
    return -np.log(share[words[:, 0]]) - np.log(steps[words[:, :-1], words[:, 1:]]).sum(1)


@pytest.fixture(scope="module")
def book():
    with own_randomness(0):
        return VectorQuantized(T, width=3, words=K).eval()


def codes_of(book, words):
    return book.embed(torch.from_numpy(words)).numpy()


@pytest.fixture(scope="module")
def fitted(book):
    """A sampler fitted to 5,000 sequences, and those of them that it held out."""
    words = follow(*chain(), 5000, seed=1)
    sampler = AutoregressiveSampler(book, steps=150).fit(codes_of(book, words))
    return sampler, words[np.random.default_rng(0).permutation(5000)[:500]]


def test_words_held_out_cost_what_the_chain_itself_says(fitted):
    sampler, held_out = fitted
    steps, share = chain()
    found = min(sampler.convergence.held_out)
    assert found == pytest.approx(nats(held_out, steps, share).mean(), abs=0.03)
    rate = -(share[:, None] * steps * np.log(steps)).sum()
    entropy = -(share * np.log(share)).sum() + (T - 1) * rate
    assert found == pytest.approx(entropy, abs=0.2)  # 500 sequences are a sample
    assert sampler.convergence.uniform == pytest.approx(T * np.log(K))
    assert f"(the uniform prior: {T * np.log(K):.2f})" in str(sampler.convergence)


def test_pairs_of_words_are_drawn_as_often_as_in_the_chain(fitted, book):
    sampler, _ = fitted
    steps, share = chain()
    drawn = book.read(torch.from_numpy(sampler.sample(4000, seed=3))).numpy()
    counts = np.zeros((K, K))
    np.add.at(counts, (drawn[:, :-1], drawn[:, 1:]), 1)
    np.testing.assert_allclose(counts / counts.sum(), share[:, None] * steps, atol=0.012)


@pytest.fixture(scope="module")
def sharp():
    """A network of two levels of three words at two places, whose first weights are large."""
    with own_randomness(0):
        network = CausalTransformer(3, 2, levels=2, width=16, heads=2, blocks=2).eval()
    with torch.no_grad():
        for weights in network.parameters():
            weights.mul_(3)
        network.head.mul_(4)
    return network


@torch.no_grad()
def test_what_comes_later_changes_nothing_and_what_came_before_does(sharp):
    words = torch.tensor([[0, 1, 2, 0]])
    for s in range(4):
        other = words.clone()
        other[:, s:] = (other[:, s:] + 1) % 3
        before, after = sharp.logits(words), sharp.logits(other)
        torch.testing.assert_close(before[:, : s + 1], after[:, : s + 1])
        if s < 3:
            assert (before[:, s + 1] - after[:, s + 1]).abs().max() > 1e-3


@torch.no_grad()
def test_sequences_are_drawn_as_often_as_the_loss_says(sharp):
    every = torch.tensor(list(product(range(3), repeat=4)))
    p = (-sharp(every.float(), None, 1, 1.0)["nll"].value).exp().numpy()
    assert p.sum() == pytest.approx(1, abs=1e-4)
    drawn = sharp.draw(20_000, torch.Generator().manual_seed(0))
    counts = np.bincount(drawn.numpy() @ [27, 9, 3, 1], minlength=81)
    sd = np.sqrt(20_000 * p * (1 - p))
    assert p.max() > 4 / 81  # so that it is not about nothing
    assert (np.abs(counts - 20_000 * p) < 4.5 * sd + 2).all()


def test_the_contract_of_samplers(book):
    sampler = AutoregressiveSampler(book, steps=2)
    assert isinstance(sampler, Sampler)
    with pytest.raises(LatentscapeError, match="has seen no codes"):
        sampler.sample(3, seed=0)
    codes = codes_of(book, follow(*chain(), 100, seed=0))
    sampler.fit(codes)
    again = AutoregressiveSampler(book, steps=2).fit(codes)
    drawn = sampler.sample(300, seed=4)
    assert drawn.shape == (300, 3 * T) and drawn.dtype == np.float32
    np.testing.assert_array_equal(drawn, again.sample(300, seed=4))
    assert not np.array_equal(drawn, sampler.sample(300, seed=5))
    with pytest.raises(LatentscapeError, match="knows no classes"):
        sampler.sample(3, seed=0, label=1)


def test_a_model_without_a_codebook_is_refused():
    with pytest.raises(LatentscapeError, match="this model has none; use 'flow' or 'diffusion'"):
        AutoregressiveSampler(Gaussian(2))
