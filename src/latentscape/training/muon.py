"""Muon: an optimizer that moves matrices in all their directions alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn

MOMENTUM = 0.9
LEAST_SIDE = 16  # of a matrix that is moved so
QUINTIC = (3.4445, -4.7750, 2.0315)
ROUNDS = 5


class Muon(torch.optim.AdamW):
    """Moves a matrix in all its directions alike, and everything else as AdamW does.

    The momentum of a matrix is made orthogonal before it is moved along (Muon, Jordan et al. 2024;
    arXiv:2502.16982), so that rare directions are learned as fast as common ones: large batches
    need fewer steps. The weights of a convolution are a matrix, too, of a row for each map. What
    has a side shorter than 16 is AdamW's.

    Args:
        parameters: what to move.
        lr: the learning rate; a matrix moves by as much, in root mean square.
        half: whether matrices are made orthogonal in bf16.
        options: AdamW's.
    """

    def __init__(
        self,
        parameters: Iterable[nn.Parameter],
        lr: float | Tensor,
        *,
        half: bool,
        **options: Any,
    ) -> None:
        matrices: list[nn.Parameter] = []
        others: list[nn.Parameter] = []
        for parameter in parameters:
            is_matrix = parameter.ndim > 1 and min(parameter.flatten(1).shape) >= LEAST_SIDE
            (matrices if is_matrix else others).append(parameter)
        groups = [{"params": others, "turned": False}, {"params": matrices, "turned": True}]
        super().__init__(groups, lr=lr, **options)
        self.half = half

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """Move what has a gradient, and take the gradients of matrices away."""
        for group in self.param_groups:
            for weight in group["params"] if group["turned"] else ():
                if weight.grad is not None:
                    self._move(weight, weight.grad, group["lr"], group["weight_decay"])
                    weight.grad = None
        loss: float | None = super().step(closure)
        return loss

    def _move(self, weight: Tensor, gradient: Tensor, lr: float | Tensor, decay: float) -> None:
        state = self.state[weight]
        if not state:  # whose "step" stays 0: AdamW wants one in every state that it reads
            state |= {
                "step": torch.zeros((), device=weight.device),
                "momentum": torch.zeros_like(weight),
            }
        momentum = state["momentum"].lerp_(gradient, 1 - MOMENTUM)
        ahead = gradient.lerp(momentum, MOMENTUM).flatten(1)  # Nesterov's
        move = orthogonal(ahead.bfloat16() if self.half else ahead).to(weight.dtype)
        scale = max(move.shape) ** 0.5
        if decay:
            weight.mul_(1 - lr * decay)
        weight.sub_(move.view(weight.shape) * (lr * scale))


def orthogonal(matrix: Tensor) -> Tensor:
    """Bring the singular values of a matrix near one, by five rounds of a quintic polynomial.

    Args:
        matrix: (A, B).

    Returns:
        (A, B), with the same singular vectors and singular values of about 0.7 to 1.2; those that
        are less than a thousandth of the matrix's norm stay smaller.

    Example:
        >>> turned = orthogonal(torch.diag(torch.tensor([5.0, 1.0])))
        >>> bool((turned.diagonal() - 1).abs().max() < 0.35)
        True
    """
    a, b, c = QUINTIC
    x = matrix.T if len(matrix) > matrix.shape[1] else matrix
    x = x / x.norm().clamp(min=1e-7)
    for _ in range(ROUNDS):
        gram = x @ x.T
        x = torch.addmm(x, torch.addmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x.T if len(matrix) > matrix.shape[1] else x
