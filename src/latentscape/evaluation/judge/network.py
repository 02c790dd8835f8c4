"""The judge's networks: a few small ones that each say, class by class, "one of these" or not.

Every class has a logit of its own (one against all), so that "none of them" and "two of them" can
be said. The log-probability of *class c and no other* is log p_c + Σ_{j≠c} log(1 − p_j).

A class is shown in one image of about 2K, outliers included, and that is what each logit says
before training (arXiv:1708.02002, section 3.3): with 100 classes a judge else spends half of its
training on learning that most classes are absent.
"""

from __future__ import annotations

import math

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from latentscape.evaluation.judge.augment import outliers, shift, soften
from latentscape.models.pixels import at_once, batches
from latentscape.parts.step import Term
from latentscape.system.arithmetic import exact_arithmetic

FEATURES = 64
POOLED = 7
SIDE = 28  # pixels that suffice to name a class; larger images are averaged to about as many
GROUP = "judge"
BATCH = 1000


class Member(nn.Module):
    """One network: three convolutions, features of length 1, and a logit a class.

    Args:
        shape: (C, H, W) of the images.
        classes: K.
        width: Channels of the first convolution; the others have twice and three times as many.
    """

    def __init__(self, shape: tuple[int, int, int], classes: int, width: int = 16) -> None:
        super().__init__()
        C, H, W = shape
        stride = 2 if min(H, W) >= 20 else 1
        self.maps = nn.Sequential(
            *_convolution(C, width, 5, stride),
            *_convolution(width, 2 * width, 3, 2),
            *_convolution(2 * width, 3 * width, 3, 1),
        )
        sides = math.ceil(math.ceil(H / stride) / 2), math.ceil(math.ceil(W / stride) / 2)
        pooled = min(sides[0], POOLED), min(sides[1], POOLED)
        self.pool = nn.Identity() if pooled == sides else nn.AdaptiveAvgPool2d(pooled)
        self.features = nn.Sequential(
            nn.Linear(3 * width * pooled[0] * pooled[1], FEATURES, bias=False),
            nn.BatchNorm1d(FEATURES),
            nn.ReLU(),
        )
        self.logits = nn.Linear(FEATURES, classes)
        nn.init.constant_(self.logits.bias, -math.log(2 * classes))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Images (B, C, H, W) in [0, 1] to logits (B, K) and features (B, 64), both fp32."""
        h = self.features(self.pool(self.maps(x)).flatten(1))
        return self.logits(h).float(), h.float()


class JudgeNetwork(nn.Module):
    """The ensemble, in the shape that the training loop takes.

    Args:
        shape: (C, H, W) of the images.
        classes: K.
        members: How many networks.
        light: Whether ink is lighter than the background.
    """

    def __init__(
        self, shape: tuple[int, int, int], classes: int, members: int, *, light: bool
    ) -> None:
        super().__init__()
        C, H, W = shape
        self.shrink = max(1, round(min(H, W) / SIDE))
        small = (C, H // self.shrink, W // self.shrink)
        self.members = nn.ModuleList(Member(small, classes) for _ in range(members))
        for weight in self.parameters():
            if weight.ndim == 4:  # a third quicker on CPUs
                weight.data = weight.data.contiguous(memory_format=torch.channels_last)
        self.classes, self.light = classes, light

    def forward(
        self, x: Tensor, labels: Tensor | None, size: int, progress: float
    ) -> dict[str, Term]:
        """Give each member's binary cross-entropy, in nats per image summed over classes."""
        if labels is None:
            raise ValueError("a judge learns from labels")
        x = shift(self.small(x))
        none = outliers(x, labels, light=self.light)
        target = F.one_hot(labels, self.classes).float()
        target = torch.cat([target, target.new_zeros(len(none), self.classes)])
        pictures = soften(torch.cat([x, none])).contiguous(memory_format=torch.channels_last)
        terms = {}
        for i, member in enumerate(self.members):
            logits, _ = member(pictures)
            loss = F.binary_cross_entropy_with_logits(logits, target, reduction="none").sum(1)
            terms[f"member {i + 1}"] = Term(loss, trains=(GROUP,))
        return terms

    def small(self, x: Tensor) -> Tensor:
        """Average images (B, C, H, W) to about the size that the members look at."""
        return F.avg_pool2d(x, self.shrink) if self.shrink > 1 else x

    def groups(self) -> dict[str, list[nn.Parameter]]:
        """Give all parameters as one group."""
        return {GROUP: list(self.parameters())}

    def name(self, pixels: NDArray[np.generic]) -> NDArray[np.int64]:
        """Give the likeliest class of each image (N, C, H, W), uint8 or float in [0, 1]: (N,)."""
        device = next(self.parameters()).device
        size = at_once(pixels.shape[1:], BATCH)
        found = [self.evidence(x)[0].mean(0).argmax(1) for x in batches(pixels, size, device)]
        return torch.cat(found).cpu().numpy()

    @torch.no_grad()
    @exact_arithmetic()
    def evidence(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Give log-probabilities of each class alone and features, both of every member.

        Args:
            x: Images (B, C, H, W) in [0, 1].

        Returns:
            (M, B, K), in nats, and features of length 1 (M, B, 64).
        """
        x = self.small(x).contiguous(memory_format=torch.channels_last)
        logits, features = zip(*(member(x) for member in self.members), strict=True)
        s = torch.stack(logits)
        absent = F.logsigmoid(-s)
        alone = F.logsigmoid(s) - absent + absent.sum(2, keepdim=True)
        return alone, F.normalize(torch.stack(features), dim=2, eps=1e-6)


def _convolution(inputs: int, outputs: int, kernel: int, stride: int) -> tuple[nn.Module, ...]:
    """Convolution without bias, batch norm, ReLU."""
    return (
        nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )
