"""A sampler of models with a codebook: which word follows which, learned from images' own words.

The uniform prior of such models draws every word anywhere. A transformer fitted afterwards to the
words of training images, as arXiv:1711.00937 has a PixelCNN and arXiv:2012.09841 a transformer,
draws one word after another, each given those before.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from latentscape.evaluation.causal_transformer import CausalTransformer
from latentscape.evaluation.early_stopping import Convergence, fit_until_flat
from latentscape.latent.arrays import as_codes
from latentscape.latent.samplers.protocol import not_fitted, refuse_label
from latentscape.models.plan import Plan
from latentscape.parts.bottlenecks import Bottleneck, Quantized
from latentscape.system.errors import LatentscapeError
from latentscape.system.randomness import own_randomness

Floats = NDArray[np.float32]

PLAN = Plan(batch=64, lr=4e-3, clip=1.0, weight_decay=0.01, precision="32-true")
FIRST = 400  # steps before images held out are looked at
GAIN = 0.005  # what a round must gain for another one to follow, in nats a word
AT_ONCE = 250  # sequences drawn, or codes read, at once


class AutoregressiveSampler:
    """A transformer over the words of a model with a codebook, drawn from at temperature 1.

    Args:
        bottleneck: The model's, which turns codes into words and back.
        steps: How many steps to train for at most.
        seed: Of initial weights and training.

    Attributes:
        convergence: How the last fit ended, held-out images in nats each; None before one.

    Raises:
        LatentscapeError: When the model has no codebook.

    Example:
        >>> from latentscape.parts.bottlenecks import FiniteScalar
        >>> words = FiniteScalar(positions=4, levels=(3,))
        >>> z = np.tile([-1.0, 0.0, 1.0, 1.0], (200, 1))  # the same four words, always
        >>> AutoregressiveSampler(words, steps=60).fit(z).sample(2, seed=0).tolist()
        [[-1.0, 0.0, 1.0, 1.0], [-1.0, 0.0, 1.0, 1.0]]
    """

    name = "autoregressive"
    by_class = False

    def __init__(self, bottleneck: Bottleneck, steps: int = 6000, seed: int = 0) -> None:
        if not isinstance(bottleneck, Quantized):
            raise LatentscapeError(
                "the autoregressive sampler draws words of a codebook, and this model has none; "
                "use 'flow' or 'diffusion'"
            )
        self._book, self._steps, self._seed = bottleneck, steps, seed
        self._network: CausalTransformer | None = None
        self.convergence: Convergence | None = None

    def fit(self, z: ArrayLike, labels: ArrayLike | None = None) -> Self:
        """Fit to codes (N, D·T); labels are not used."""
        book = self._book
        words = self._read(as_codes(z))
        with own_randomness(self._seed):
            network = CausalTransformer(book.words, book.positions, book.tokens // book.positions)
        plan = replace(PLAN, seed=self._seed)
        self._network, found = fit_until_flat(
            network,
            words.astype(np.float32),  # as the loop takes them; exact up to 2^24
            plan,
            FIRST,
            self._steps,
            gain=GAIN * book.tokens,
            at_once=AT_ONCE,
        )
        self.convergence = replace(found, uniform=book.tokens * math.log(book.words))
        return self

    def sample(self, n: int, seed: int, label: int | None = None) -> Floats:
        """Draw n codes, float32 (n, D·T); a label is refused."""
        refuse_label(self.name, label)
        if self._network is None:
            raise not_fitted(self.name)
        generator = torch.Generator().manual_seed(seed)
        sizes = [min(AT_ONCE, n - i) for i in range(0, n, AT_ONCE)]
        with torch.no_grad():
            drawn = [self._embedded(self._network.draw(size, generator)) for size in sizes]
        return np.concatenate(drawn)

    @property
    def _device(self) -> torch.device:
        """Where the codebook is."""
        return next(self._book.buffers()).device

    def _embedded(self, words: Tensor) -> Floats:
        """The codes of words."""
        codes: Floats = self._book.embed(words.to(self._device)).cpu().numpy()
        return codes

    def _read(self, codes: NDArray[np.floating]) -> NDArray[np.int64]:
        """The words (N, S) of codes (N, D·T)."""
        parts = torch.split(torch.from_numpy(np.asarray(codes, np.float32)), AT_ONCE)
        with torch.no_grad():
            return torch.cat([self._book.read(z.to(self._device)).cpu() for z in parts]).numpy()
