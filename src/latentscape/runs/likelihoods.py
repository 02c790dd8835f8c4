"""How probable a trained model finds each image, and what each latent dimension says of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from latentscape.models.evidence import evidence, rates, refuse_points
from latentscape.models.pixels import Inputs, at_once
from latentscape.recipes.numbers import as_count
from latentscape.runs.batchwise import Batchwise, Floats
from latentscape.system.errors import LatentscapeError
from latentscape.system.randomness import own_randomness
from latentscape.system.tables import Records


class Likelihoods(Batchwise):
    """What is likely under a model, image by image."""

    def log_likelihood(
        self,
        images: Inputs,
        labels: NDArray[np.int64] | None = None,
        *,
        samples: int = 100,
        seed: int = 0,
    ) -> Floats:
        """Give log p(x) of every image in nats, by importance weights: a bound from below.

        Args:
            images: (N, C, H, W), uint8 or float in [0, 1], or `Images`.
            labels: (N,), for a model conditioned on them; `Images` bring their own.
            samples: K, draws of each posterior; the more, the closer to log p(x).
            seed: of the draws.

        Returns:
            (N,).

        Raises:
            LatentscapeError: when the model gives images no likelihood, or they do not fit it.
        """
        refuse_points(self.model, self.name)
        samples = as_count("samples", samples)
        if not self.model.bottleneck.has_density:
            raise LatentscapeError(
                f"the posterior of '{self.name}' has no density, so its draws cannot be weighed; "
                "`measure` gives its bound"
            )

        def weighed(x: Tensor, y: Tensor | None) -> tuple[Tensor, ...]:
            most = 4 * at_once(self.shape)
            return (evidence(self.model, x, self.model.condition(y), samples, most)[2],)

        with own_randomness(seed):
            return self._map(weighed, images, labels)[0]

    def rates(self, images: Inputs, labels: NDArray[np.int64] | None = None) -> Records:
        """Give the rate KL(q(z|x)‖p(z)) by latent dimension, in nats an image.

        Args:
            images: (N, C, H, W), uint8 or float in [0, 1], or `Images`.
            labels: (N,), for a model conditioned on them; `Images` bring their own.

        Returns:
            A row for each `dimension`, with its mean `rate` over the images and the standard
            `error` of that; one row, "all", where the rate is not a sum over dimensions.

        Raises:
            LatentscapeError: when the model's codes have no rate, or images do not fit it.
        """
        refuse_points(self.model, self.name)

        def by_group(x: Tensor, y: Tensor | None) -> tuple[Tensor, ...]:
            return (rates(self.model, x, self.model.condition(y)),)

        with own_randomness(0):
            each = self._map(by_group, images, labels)[0].astype(np.float64)
        names = range(self.codes_size) if each.shape[1] == self.codes_size else ["all"]
        errors = each.std(axis=0, ddof=1) / np.sqrt(len(each)) if len(each) > 1 else each[0] * 0
        columns = zip(names, each.mean(axis=0), errors, strict=True)
        return Records(
            {"dimension": n, "rate": float(rate), "error": float(error)}
            for n, rate, error in columns
        )
