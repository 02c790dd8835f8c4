"""Networks that begin as principal components, and learn what these miss.

Principal components are the best linear way through as many numbers, and need no training; networks
of few images, and of photographs, hardly find them. So they are given: the code is the images'
coordinates along the components plus α times what the encoder says, and the means are the
components' images plus β times what the decoder says. α and β begin at 0 (as in arXiv:2003.04887):
before the first step the model is principal components, and every step is an improvement on them.
Until training images have been seen there are no components, and the networks are what they are.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor, nn

from latentscape.parts.likelihoods import Likelihood
from latentscape.parts.names import Shape
from latentscape.parts.step import Model, Prepared
from latentscape.system.arithmetic import in_full_precision

MEMORY = 2**28  # bytes of images, as floats, that components are found in
SEED = 0  # of the sketch they are found by


class _Begun(nn.Module):
    """A network beside a linear map that principal components begin, once.

    Args:
        network: what learns the rest.
        shape: of an image, (C, H, W).
        code: d, how many components there are.
    """

    mean: Tensor
    axes: Tensor

    def __init__(self, network: nn.Module, shape: Shape, code: int) -> None:
        super().__init__()
        self.network, self.shape, self.code = network, shape, code
        self.gain = nn.Parameter(torch.ones(()))
        self.register_buffer("mean", torch.full((math.prod(shape),), 0.5))
        self.register_buffer("axes", torch.zeros(code, math.prod(shape)))

    @property
    def has_begun(self) -> bool:
        """Whether there are components: those of an earlier stage stay, with what it learned."""
        return bool(self.axes.any())

    def begin(self, mean: Tensor, axes: Tensor) -> None:
        """Put the linear map in the network's place."""
        self.mean.copy_(mean)
        self.axes.copy_(axes)
        self.gain.zero_()


class PrincipalEncoder(_Begun, Prepared):
    """Coordinates along principal components plus α·network.

    Args:
        network: (B, C + labels, H, W) -> (B, features), of which the first are the code's means.
        shape: of an image, (C, H, W).
        code: d, how many components there are.
        whitened: whether each coordinate is in standard deviations of its own, as a prior of one
            scale wants it; else all are in those of the first, and codes are as far apart as what
            the components hold of the images.
    """

    def __init__(self, network: nn.Module, shape: Shape, code: int, *, whitened: bool) -> None:
        super().__init__(network, shape, code)
        self.whitened = whitened

    def forward(self, x: Tensor) -> Tensor:
        """Give features of images (B, C + labels, H, W)."""
        features: Tensor = self.network(x)
        with in_full_precision(x):
            linear = (x[:, : self.shape[0]].flatten(1).float() - self.mean) @ self.axes.T
        learned, others = features.float().tensor_split([self.code], 1)
        return torch.cat([linear + self.gain * learned, others], 1)

    def prepare(self, model: Model, x: Tensor, condition: Tensor | None) -> None:
        """Find the components of training images (N, C, H, W), unless they are there."""
        if self.has_begun:
            return
        mean, components, deviations = principal_components(x, self.code)
        scales = deviations[:, None] if self.whitened else deviations[0]
        self.begin(mean, components / scales)


class PrincipalDecoder(_Begun, Prepared):
    """Images along principal components, as the likelihood takes them, plus β·network.

    Args:
        network: (N, d + labels) -> (N, channels, H, W).
        likelihood: what the output is for.
        shape: of an image, (C, H, W).
        code: d, how many components there are.
    """

    def __init__(self, network: nn.Module, likelihood: Likelihood, shape: Shape, code: int) -> None:
        super().__init__(network, shape, code)
        self.output_of = likelihood.output_of

    def forward(self, z: Tensor) -> Tensor:
        """Give the output for codes (N, d + labels)."""
        learned: Tensor = self.network(z)
        with in_full_precision(z):
            linear = z[:, : self.code].float() @ self.axes + self.mean
        return self.output_of(linear.reshape(-1, *self.shape)) + self.gain * learned.float()

    def prepare(self, model: Model, x: Tensor, condition: Tensor | None) -> None:
        """Undo the encoder's linear map: its axes are orthogonal, so that they are its inverse."""
        if self.has_begun:
            return
        encoder = model.encoder
        assert isinstance(encoder, PrincipalEncoder), "both begin, or neither"
        lengths = encoder.axes.square().sum(1, keepdim=True)
        self.begin(encoder.mean, encoder.axes / lengths.clamp(min=torch.finfo(lengths.dtype).tiny))


def principal_components(x: Tensor, count: int) -> tuple[Tensor, Tensor, Tensor]:
    """Find the directions in which images vary most.

    Args:
        x: images (N, C, H, W), of which no more are looked at than fit 256 MB.
        count: how many directions.

    Returns:
        The mean image (C·H·W,), the directions (count, C·H·W), the most varied first, and the
        standard deviation along each (count,). Where images have fewer directions, the others are
        zeros, and their deviations 1.
    """
    from sklearn.decomposition import PCA

    pixels = x[0].numel()
    few = x[: max(MEMORY // (4 * pixels), 2)].flatten(1).cpu().numpy()
    components, deviations = torch.zeros(count, pixels), torch.ones(count)
    kept = min(count, len(few) - 1, pixels)
    if kept < 1 or not np.ptp(few, axis=0).any():
        return torch.from_numpy(few.mean(axis=0)), components, deviations
    found = PCA(kept, random_state=SEED).fit(few)
    components[:kept] = torch.from_numpy(found.components_)
    deviations[:kept] = torch.from_numpy(found.explained_variance_).sqrt()
    flat = deviations < 1e-6
    components[flat], deviations[flat] = 0.0, 1.0
    return torch.from_numpy(found.mean_), components, deviations
