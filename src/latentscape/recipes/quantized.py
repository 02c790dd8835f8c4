"""Autoencoders whose codes are maps of words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latentscape import parts
from latentscape.models.plan import Plan
from latentscape.parts.names import LikelihoodName, Shape
from latentscape.parts.networks import Network
from latentscape.recipes.compose import compose
from latentscape.recipes.registry import recipe

if TYPE_CHECKING:
    from latentscape.models.autoencoder import Autoencoder


@recipe(plan=Plan(lr=2e-3))
def vq_vae(
    shape: Shape,
    *,
    width: int = 16,
    words: int = 128,
    commitment: float = 0.25,
    likelihood: LikelihoodName = "bernoulli",
    net: Network = Network("map"),
) -> Autoencoder:
    """VQ-VAE: an image is a small map of words from a learned book.

    Minimises −log p(x|z) + T·log K + β·‖features − words‖², the codebook following the features by
    running means (arXiv:1711.00937). Sharp pictures from few bits; drawing new ones needs a model
    of how words follow each other, which this prior, any words anywhere, is not: `sample --sampler
    autoregressive` learns one.

    Args:
        shape: the images' (C, H, W).
        width: the length of a codeword.
        words: K, the size of the codebook.
        commitment: β, the weight of the features' distance from their words.
        likelihood: how an image is compared with its reconstruction.
        net: the networks.

    Example:
        >>> model = vq_vae((1, 28, 28))
        >>> model.encode(torch.rand(5, 1, 28, 28)).indices.shape  # 7 × 7 words
        torch.Size([5, 49])
    """
    book = parts.VectorQuantized(net.cells(shape), width, words)
    return compose(
        shape,
        book,
        prior=parts.UniformCode(book),
        regularizers=[parts.Commitment(commitment), parts.CodebookUsage()],
        likelihood=likelihood,
        net=net,
    )


@recipe(plan=Plan(lr=2e-3))
def residual_vq_vae(
    shape: Shape,
    *,
    width: int = 16,
    words: int = 128,
    levels: int = 4,
    commitment: float = 0.25,
    likelihood: LikelihoodName = "bernoulli",
    net: Network = Network("map"),
) -> Autoencoder:
    """Residual VQ: words that add up, each for what the words before it left over.

    Minimises −log p(x|z) + L·T·log K + β·Σ_l ‖features − first l words‖², each codebook following
    by running means what the levels before it left (arXiv:2107.03312; the sum over levels is
    arXiv:2203.01941's). K^L things to say at each position from L·K vectors; the first levels alone
    are a coarse code.

    Args:
        shape: the images' (C, H, W).
        width: the length of a codeword.
        words: K, the size of each level's codebook.
        levels: L, how many words are added at each position; 1 is `vq-vae`.
        commitment: β, the weight of the features' distance from the partial sums.
        likelihood: how an image is compared with its reconstruction.
        net: the networks.

    Example:
        >>> model = residual_vq_vae((1, 28, 28), levels=3)
        >>> model.encode(torch.rand(5, 1, 28, 28)).indices.shape  # 3 words at each of 7 × 7
        torch.Size([5, 147])
    """
    book = parts.ResidualQuantized(net.cells(shape), width, words, levels)
    return compose(
        shape,
        book,
        prior=parts.UniformCode(book),
        regularizers=[parts.Commitment(commitment), parts.CodebookUsage()],
        likelihood=likelihood,
        net=net,
    )


@recipe(plan=Plan(lr=2e-3))
def fsq(
    shape: Shape,
    *,
    levels: tuple[int, ...] = (8, 5, 5, 5),
    likelihood: LikelihoodName = "bernoulli",
    net: Network = Network("map"),
) -> Autoencoder:
    """FSQ: words by rounding a few numbers; no book, and nothing of it lies idle.

    Minimises −log p(x|z) + T·log K, each number being bounded and rounded to one of L_i levels, K =
    ∏ L_i words (arXiv:2309.15505). As good as VQ without its care; the same remark on drawing.

    Args:
        shape: the images' (C, H, W).
        levels: L_i, how many levels each number of a word has.
        likelihood: how an image is compared with its reconstruction.
        net: the networks.

    Example:
        >>> fsq((1, 28, 28), levels=(5, 5)).bottleneck.words
        25
    """
    words = parts.FiniteScalar(net.cells(shape), levels)
    return compose(
        shape,
        words,
        prior=parts.UniformCode(words),
        regularizers=[parts.CodebookUsage()],
        likelihood=likelihood,
        net=net,
    )
