"""Priors: what codes are supposed to look like, p(z)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

import torch
from torch import Tensor, nn

from latentscape.parts.bottlenecks import Quantized, Space
from latentscape.parts.clustering import codes_to_cluster
from latentscape.parts.distributions import (
    ContextualMixture,
    DiagonalNormal,
    Flowed,
    Latent,
    Mixture,
    UniformSphere,
    UniformTokens,
)
from latentscape.parts.flows import autoregressive
from latentscape.parts.networks.dense import mlp
from latentscape.parts.step import Prepared
from latentscape.system.errors import LatentscapeError

if TYPE_CHECKING:
    from latentscape.parts.step import Model


class Prior(nn.Module, ABC):
    """Gives p(z); it is lent the model, for priors that are made of the model's own parts.

    Attributes:
        space: where its codes live.
        takes_labels: whether it serves models that are conditioned on labels.
        is_unit_normal: whether it is N(0, I), against which each dimension has its own nats.
        caveat: what people should know of its draws, a sentence without its full stop; or "".
    """

    space: ClassVar[Space] = "flat"
    takes_labels: ClassVar[bool] = True
    is_unit_normal: ClassVar[bool] = False
    caveat: ClassVar[str] = ""

    @abstractmethod
    def forward(self, model: Model, condition: Tensor | None) -> Latent:
        """Give the distribution, with batch shape () or (B,).

        Args:
            model: the autoencoder, whose encoder or book a prior may use.
            condition: what the model is conditioned on, (B, k), or None.
        """


class StandardNormal(Prior):
    """N(0, I) over d latent dimensions."""

    is_unit_normal: ClassVar[bool] = True

    def __init__(self, code: int) -> None:
        super().__init__()
        self.loc: Tensor
        self.scale: Tensor
        self.register_buffer("loc", torch.zeros(code), persistent=False)
        self.register_buffer("scale", torch.ones(code), persistent=False)

    def forward(self, model: Model, condition: Tensor | None) -> DiagonalNormal:
        """Give N(0, I)."""
        return DiagonalNormal(self.loc, self.scale)


class Uniform(Prior):
    """Every unit vector of ℝᵈ alike.

    Args:
        code: d.
    """

    space: ClassVar[Space] = "sphere"

    def __init__(self, code: int) -> None:
        super().__init__()
        self.pole: Tensor
        self.register_buffer("pole", torch.eye(code)[0], persistent=False)

    def forward(self, model: Model, condition: Tensor | None) -> UniformSphere:
        """Give the uniform distribution."""
        return UniformSphere(self.pole)


class GaussianMixture(Prior, Prepared):
    """Σ_c π_c N(μ_c, diag(σ_c²)), all learned, started from a mixture fitted to codes.

    Args:
        code: d.
        clusters: how many components.
    """

    def __init__(self, code: int, clusters: int = 10) -> None:
        super().__init__()
        if clusters < 1:
            raise LatentscapeError(f"{clusters} clusters make no prior; give 1 or more")
        self.logits = nn.Parameter(torch.zeros(clusters))
        self.loc = nn.Parameter(torch.randn(clusters, code))
        self.log_scale = nn.Parameter(torch.zeros(clusters, code))

    def prepare(self, model: Model, x: Tensor, condition: Tensor | None) -> None:
        """Fit a Gaussian mixture to the codes of training images.

        Raises:
            LatentscapeError: when there are fewer images than components.
        """
        self.fit(model.encode(x, condition).code)

    def fit(self, z: Tensor) -> None:
        """Become the mixture that fits codes (N, d).

        Args:
            z: the codes.

        Raises:
            LatentscapeError: when there are fewer than components.
        """
        from sklearn import mixture

        codes = codes_to_cluster(z, len(self.logits))
        fitted = mixture.GaussianMixture(
            len(self.logits), covariance_type="diag", n_init=5, reg_covar=1e-4, random_state=0
        ).fit(codes)
        self.logits.copy_(torch.from_numpy(fitted.weights_).log())
        self.loc.copy_(torch.from_numpy(fitted.means_))
        self.log_scale.copy_(torch.from_numpy(fitted.covariances_).log() / 2)

    def forward(self, model: Model, condition: Tensor | None) -> Mixture:
        """Give the mixture."""
        return Mixture(self.logits, DiagonalNormal(self.loc, self.log_scale.exp()))


class BentMixture(Prior, Prepared):
    """Σ_c π_c N(μ_c(w), diag(σ_c(w)²)) over z, and N(0, I) over w beside it (arXiv:1611.02648).

    A network of w moves and stretches each component, so that over all w it is of any shape. They
    start from a mixture fitted to codes, where w moves nothing.

    Args:
        code: how many numbers z has.
        context: how many w has.
        clusters: C.
        width: of the network's hidden layer.
    """

    def __init__(self, code: int, context: int, clusters: int = 10, width: int = 64) -> None:
        super().__init__()
        self.start = GaussianMixture(code, clusters)
        self.network = mlp([context, width, clusters * 2 * code])
        self.origin: Tensor
        self.register_buffer("origin", torch.zeros(context), persistent=False)

    def prepare(self, model: Model, x: Tensor, condition: Tensor | None) -> None:
        """Fit a Gaussian mixture to z of training images, and bend nothing.

        Raises:
            LatentscapeError: when there are fewer images than components.
        """
        z = model.encode(x, condition).code[:, : self.start.loc.shape[1]]
        self.start.fit(z)
        for parameter in list(self.network.parameters())[-2:]:
            parameter.zero_()

    def given(self, w: Tensor) -> Mixture:
        """The mixture over z given w (…, n)."""
        bent = self.network(w).float().unflatten(-1, (*self.start.loc.shape, 2))
        shift, stretch = bent.unbind(-1)
        scale = (self.start.log_scale + stretch).exp()
        return Mixture(self.start.logits, DiagonalNormal(self.start.loc + shift, scale))

    def forward(self, model: Model, condition: Tensor | None) -> ContextualMixture:
        """Give the distribution."""
        return ContextualMixture(self.given, self.origin)


EDGE = 0.02  # keeps the logits of black and white finite


class Vamp(Prior, Prepared):
    """(1/M) Σₘ q(z|uₘ), a mixture over pseudo-images uₘ that are learned (arXiv:1705.07120).

    Args:
        shape: the images' (C, H, W).
        images: M, how many pseudo-images; they start from training images.
    """

    takes_labels: ClassVar[bool] = False

    def __init__(self, shape: tuple[int, int, int], images: int = 100) -> None:
        super().__init__()
        if images < 1:
            raise LatentscapeError(f"{images} pseudo-images make no prior; give 1 or more")
        self.pseudo = nn.Parameter(torch.randn(images, *shape) - 1)
        self.logits: Tensor
        self.register_buffer("logits", torch.zeros(images), persistent=False)

    @property
    def images(self) -> Tensor:
        """The pseudo-images, (M, C, H, W) in (0, 1)."""
        return self.pseudo.sigmoid()

    def prepare(self, model: Model, x: Tensor, condition: Tensor | None) -> None:
        """Start from training images."""
        self.pseudo[: len(x)] = x[: len(self.pseudo)].clamp(EDGE, 1 - EDGE).logit()

    def forward(self, model: Model, condition: Tensor | None) -> Mixture:
        """Encode the pseudo-images.

        Raises:
            LatentscapeError: when the bottleneck's posteriors are not normal.
        """
        components = model.encode(self.images)
        if not isinstance(components, DiagonalNormal):
            raise LatentscapeError(
                "Vamp mixes normal posteriors; use it with the Gaussian bottleneck"
            )
        return Mixture(self.logits, components)


class MaskedAutoregressive(Prior):
    """N(0, I) seen backwards through autoregressive transforms (arXiv:1705.07057).

    The density of a code is one pass, as training wants; a draw is d of them.

    Args:
        code: d.
        transforms: how many transforms.
    """

    def __init__(self, code: int, transforms: int = 3) -> None:
        super().__init__()
        self.flow = autoregressive(code, transforms=transforms)
        self.loc: Tensor
        self.scale: Tensor
        self.register_buffer("loc", torch.zeros(code), persistent=False)
        self.register_buffer("scale", torch.ones(code), persistent=False)

    def forward(self, model: Model, condition: Tensor | None) -> Flowed:
        """Give the distribution."""
        return Flowed(DiagonalNormal(self.loc, self.scale), self.flow().inv)


class UniformCode(Prior):
    """Every word alike at every position, independently.

    It prices codes, log K nats a position; images drawn from it show that positions of real
    images are not independent.

    Args:
        book: the bottleneck whose words these are; shared with the model.
    """

    space: ClassVar[Space] = "words"
    caveat: ClassVar[str] = (
        "the prior draws every word alike at every position, so that images look like noise; "
        "the sampler 'autoregressive' learns which word follows which"
    )

    def __init__(self, book: Quantized) -> None:
        super().__init__()
        self.tokens, self.words = book.tokens, book.words
        self.here: Tensor
        self.register_buffer("here", torch.zeros(0), persistent=False)  # knows the device

    def forward(self, model: Model, condition: Tensor | None) -> UniformTokens:
        """Give the uniform distribution over the words of the model's book."""
        book = model.bottleneck
        assert isinstance(book, Quantized)  # held by the check of spaces
        return UniformTokens(book.embed, self.words, self.tokens, self.here.device)
