"""The prior with learned clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from latentscape.parts.distributions import DiagonalNormal, Mixture
from latentscape.parts.priors.base import Prior
from latentscape.parts.step import Prepared
from latentscape.system.errors import LatentscapeError

if TYPE_CHECKING:
    from latentscape.parts.step import Model


class Clusters(Prior, Prepared):
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
        """Fit a Gaussian mixture to the codes of training images."""
        from sklearn.mixture import GaussianMixture

        codes = model.encode(x, condition).code.cpu().double().numpy()
        if len(codes) < len(self.logits):
            raise LatentscapeError(
                f"{len(codes)} training images cannot start {len(self.logits)} clusters; "
                "give more images, or --clusters"
            )
        fitted = GaussianMixture(
            len(self.logits), covariance_type="diag", n_init=5, reg_covar=1e-4, random_state=0
        ).fit(codes)
        self.logits.copy_(torch.from_numpy(fitted.weights_).log())
        self.loc.copy_(torch.from_numpy(fitted.means_))
        self.log_scale.copy_(torch.from_numpy(fitted.covariances_).log() / 2)

    def forward(self, model: Model, condition: Tensor | None) -> Mixture:
        """Give the mixture."""
        return Mixture(self.logits, DiagonalNormal(self.loc, self.log_scale.exp()))
