"""Books of words: nearest ones are chosen, gradients pass, books follow, rounding counts."""

import math

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist

from latentscape.parts.bottlenecks import FiniteScalar, ResidualQuantized, VectorQuantized
from latentscape.parts.distributions import UniformTokens
from latentscape.parts.networks import Network
from latentscape.recipes import residual_vq_vae
from latentscape.system.errors import LatentscapeError


def features_of(vectors: torch.Tensor) -> torch.Tensor:
    """Lay vectors (B, T, D) out as features, channel first."""
    return vectors.transpose(1, 2).flatten(1)


def test_each_position_says_its_nearest_word():
    torch.manual_seed(0)
    book = VectorQuantized(positions=6, width=3, words=10).eval()
    vectors = torch.randn(4, 6, 3)
    q = book(features_of(vectors))
    distances = (vectors[:, :, None] - book.book).square().sum(-1)
    assert torch.equal(q.indices, distances.argmin(-1))
    torch.testing.assert_close(q.code, book.embed(q.indices))
    torch.testing.assert_close(q.code, features_of(book.book[q.indices]))


def test_gradients_pass_straight_through():
    features = torch.randn(2, 12, requires_grad=True)
    weights = torch.randn(2, 12)
    (VectorQuantized(4, 3, 8).eval()(features).code * weights).sum().backward()
    torch.testing.assert_close(features.grad, weights)


def test_the_book_finds_the_centres_of_clusters():
    torch.manual_seed(0)
    centres = torch.tensor([[0.0, 0.0], [5.0, 0.0], [0.0, 5.0], [5.0, 5.0]])
    book = VectorQuantized(positions=8, width=2, words=24, decay=0.9)
    for _ in range(400):
        vectors = centres[torch.randint(4, (32, 8))] + 0.1 * torch.randn(32, 8, 2)
        book(features_of(vectors))
    distances = torch.cdist(book.book, centres)
    assert (distances.min(1).values < 0.35).all()  # no word between clusters
    for i, centre in enumerate(centres):
        own = distances.argmin(1) == i
        mean = book.total[own].sum(0) / book.count[own].sum()
        assert (mean - centre).norm() < 0.05


def test_words_that_nothing_chooses_come_back():
    torch.manual_seed(0)
    book = VectorQuantized(positions=4, width=2, words=64, decay=0.5)
    book.book.fill_(1e3)
    book.count.fill_(1.0)
    for _ in range(20):
        q = book(torch.randn(64, 8))
    used = q.indices.unique().numel() / 64
    assert used > 0.8


def test_outside_training_the_book_stays():
    book = VectorQuantized(4, 2, 8).eval()
    before = book.book.clone()
    book(torch.randn(16, 8))
    assert torch.equal(book.book, before)


def test_each_level_says_the_nearest_word_to_what_was_left():
    torch.manual_seed(0)
    books = ResidualQuantized(positions=6, width=3, words=10, levels=3).eval()
    vectors = torch.randn(4, 6, 3)
    q = books(features_of(vectors))
    left, total = vectors.numpy(), 0
    for level, indices in enumerate(q.indices.numpy().reshape(4, 3, 6).swapaxes(0, 1)):
        book = books.levels[level].book.numpy()
        assert np.array_equal(indices, cdist(left.reshape(-1, 3), book).argmin(1).reshape(4, 6))
        total, left = total + book[indices], left - book[indices]
        np.testing.assert_allclose(q.sums[level].transpose(1, 2), total, atol=1e-6)
    torch.testing.assert_close(q.code, features_of(torch.from_numpy(total)))
    torch.testing.assert_close(books.embed(q.indices), q.code)


def test_each_levels_book_follows_what_the_levels_before_it_left():
    torch.manual_seed(0)
    coarse = torch.tensor([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0], [10.0, 10.0]])
    fine = torch.tensor([[-1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    books = ResidualQuantized(positions=8, width=2, words=4, levels=2)
    books.levels[0].book.copy_(coarse + fine.mean(0))
    books.levels[0].total.copy_(books.levels[0].book)
    books.levels[0].count.fill_(1.0)
    for _ in range(400):
        vectors = coarse[torch.randint(4, (32, 8))] + fine[torch.randint(3, (32, 8))]
        q = books(features_of(vectors))
    assert (q.before - q.sums[0]).square().mean() > 0.2
    assert (q.before - q.sums[1]).square().mean() < 0.01  # 4 + 3 vectors say all twelve


def nearest_words(model, x):
    """By scipy, of each level: what it was given less the word nearest to it, and that word."""
    with torch.no_grad():
        vectors = model.encoder(x).unflatten(1, (3, -1)).transpose(1, 2).flatten(0, 1)
    left = vectors.numpy()
    for level in model.bottleneck.levels:
        book = level.book.numpy()
        nearest = cdist(left, book).argmin(1)
        left = left - book[nearest]
        yield left, nearest


def small_residual_vq_vae():
    torch.manual_seed(0)
    net = Network("map", hidden=(4, 4))
    return residual_vq_vae((1, 8, 8), width=3, words=5, levels=3, net=net).eval()


def test_the_encoder_is_held_to_the_words_of_every_level():
    model, x = small_residual_vq_vae(), torch.rand(6, 1, 8, 8)
    with torch.no_grad():
        term = model(x)["commitment"]
    apart = sum(np.square(left).reshape(6, -1).sum(1) for left, _ in nearest_words(model, x))
    np.testing.assert_allclose(term.value.numpy().ravel(), apart, rtol=1e-4)


def test_how_much_of_its_book_each_level_used_is_counted():
    model, x = small_residual_vq_vae(), torch.rand(6, 1, 8, 8)
    with torch.no_grad():
        for weights in model.encoder.parameters():
            weights.normal_()
        model.bottleneck.levels[1].book.mul_(1e-3)
        terms = model(x)
    used = [len(np.unique(nearest)) / 5 for _, nearest in nearest_words(model, x)]
    assert len(set(used)) > 1
    for level, share in enumerate(used, 1):
        np.testing.assert_allclose(terms[f"words used {level}"].value, share, rtol=1e-6)
    np.testing.assert_allclose(terms["words used"].value, np.mean(used), rtol=1e-6)


def test_no_level_of_words_is_refused():
    with pytest.raises(LatentscapeError, match="levels=0 quantize nothing"):
        ResidualQuantized(4, levels=0)


@pytest.mark.parametrize("levels", [(3,), (5, 3), (8, 5), (2, 2, 2), (4, 7)])
def test_rounding_says_every_word_and_numbers_them(levels):
    torch.manual_seed(0)
    words = FiniteScalar(positions=1, levels=levels)
    assert words.words == math.prod(levels)
    features = 12 * torch.rand(20_000, len(levels)) - 6
    q = words(features)
    assert set(q.indices.flatten().tolist()) == set(range(words.words))
    torch.testing.assert_close(words.embed(q.indices), q.code)
    assert q.code.abs().max() <= 1.0
    for i, level in enumerate(levels):
        assert q.code[:, i].unique().numel() == level


def test_rounding_lets_gradients_through_and_needs_levels():
    features = torch.randn(3, 8, requires_grad=True)
    FiniteScalar(4, (5, 5))(features).code.sum().backward()
    assert (features.grad > 0).all()
    with pytest.raises(LatentscapeError, match="2 or more"):
        FiniteScalar(4, (5, 1))


def test_the_rate_is_log_k_at_each_position():
    q = VectorQuantized(6, 3, 10).eval()(torch.randn(2, 18))
    prior = UniformTokens(VectorQuantized(6, 3, 10).embed, 10, 6, torch.device("cpu"))
    z, log_q = q.draw(1)
    assert q.kl(prior, z).sum(-1)[0, 0].item() == pytest.approx(6 * math.log(10))
    torch.testing.assert_close(log_q - prior.log_prob(z), q.kl(prior, z).sum(-1))


BOOKS = {
    "vector": lambda: VectorQuantized(6, 4, 32),
    "scalar": lambda: FiniteScalar(6, (11, 7, 3)),
    "residual": lambda: ResidualQuantized(6, 4, 32, levels=3),
}


@pytest.mark.parametrize("make", BOOKS.values(), ids=BOOKS)
def test_codes_are_read_back_as_the_words_that_they_are_made_of(make):
    torch.manual_seed(0)
    book = make()
    for _ in range(100):  # so that levels are as wide as what is left for them
        book(torch.randn(64, book.code))
    book.eval()
    words = torch.randint(book.words, (5, 40, book.tokens))
    assert torch.equal(book.read(book.embed(words)), words)
    said = book(torch.randn(200, book.code))
    for rounded in (0.99999, 1, 1.00001):
        assert torch.equal(book.read(said.code * rounded), said.indices)


def test_more_sums_are_followed_where_the_nearest_word_is_not_the_first():
    books = ResidualQuantized(positions=1, width=1, words=2, levels=2).eval()
    books.levels[0].book.copy_(torch.tensor([[0.0], [10.0]]))
    books.levels[1].book.copy_(torch.tensor([[7.0], [-7.5]]))
    words = torch.tensor([[0, 0], [1, 1], [0, 1], [1, 0]])  # 7 is nearer to 10, and 2.5 to 0
    assert torch.equal(books.read(books.embed(words)), words)
