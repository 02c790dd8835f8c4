r"""Squared derivatives of networks, by one random probe an image (Hutchinson).

For v of random signs, :math:`E\|J^\top v\|^2 = \|J\|_F^2`: one backward pass instead of one for
each output. That is an image's own derivative where no output depends on another image, as in
second passes.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from latentscape.parts.regularizers.base import Weighted
from latentscape.parts.step import Step, Term


def jacobian_norm(function: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """Estimate ‖∂function/∂x‖² by row: x (B, …) -> (B,), differentiable, also without gradients.

    Example:
        >>> jacobian_norm(lambda x: 3 * x, torch.zeros(1, 4)).item()  # ‖3·I₄‖² = 36
        36.0
    """
    with torch.enable_grad():
        x = x.view_as(x) if x.requires_grad else x.detach().requires_grad_()  # by this way alone
        y = function(x)
        signs = torch.randint_like(y, 2) * 2 - 1
        (gradient,) = torch.autograd.grad(y, x, signs, create_graph=True)
    return gradient.square().flatten(1).sum(1)


class Contractive(Weighted):
    """Weight · ‖∂code/∂x‖²: codes hardly move when an image does (arXiv:1104.4153)."""

    def forward(self, step: Step) -> dict[str, Term]:
        """Probe the encoder at the images it saw."""

        def code(x: Tensor) -> Tensor:
            return step.model.encode(x, step.condition).code

        return {"contraction": Term(jacobian_norm(code, step.corrupted), self.weight)}


class DecoderGradient(Weighted):
    """Weight · ‖∂x̂/∂z‖²: images hardly move when a code does (arXiv:1903.12436)."""

    def forward(self, step: Step) -> dict[str, Term]:
        """Probe the decoder's mean image at one code of each image."""

        def image(z: Tensor) -> Tensor:
            return step.model.decode(z, step.condition).mean

        return {"gradient": Term(jacobian_norm(image, step.z[0]), self.weight)}
