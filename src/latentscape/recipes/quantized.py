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
    of how words follow each other, which this prior, any words anywhere, is not.

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
