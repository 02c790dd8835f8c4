r"""The posterior of several levels of codes, each given the level above (arXiv:1602.02282).

What the level above expects, :math:`N(\mu, \sigma^2)`, and what the image says,
:math:`N(\hat\mu, \hat\sigma^2)`, are weighed by their precisions. Of the level written as
:math:`\epsilon = (z - \mu)/\sigma`, which is N(0, 1) before an image is seen, that is

.. math:: q(\epsilon) = N\Big(\frac{\sigma\,(\hat\mu - \mu)}{\sigma^2 + \hat\sigma^2},\;
    \frac{\hat\sigma^2}{\sigma^2 + \hat\sigma^2}\Big).

Densities change by the same factor σ in q and p, so rates and bounds are those of z.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Size, Tensor
from torch.distributions import Distribution

from latentscape.parts.distributions.latent import DiagonalNormal, Latent, SampleShape

Choice = Callable[[DiagonalNormal], Tensor]


class LadderNormal(Latent):
    """q(z_1|x)·∏ q(ε_l|z_{l−1}, x), a normal at each level that depends on the levels above.

    Args:
        top: q(z_1|x), batch (B,).
        said: what the image says of each further level z_l, the coarser first, batch (B,).
        expected: what a level above, (…, B, n), expects of each of them.
    """

    def __init__(
        self,
        top: DiagonalNormal,
        said: Sequence[DiagonalNormal],
        expected: Sequence[Callable[[Tensor], DiagonalNormal]],
    ) -> None:
        self.top, self.said, self.expected = top, said, expected
        self.levels = [q.event_shape.numel() for q in (top, *said)]
        self._drawn: tuple[Tensor, DiagonalNormal] | None = None
        super().__init__(top.batch_shape, Size((sum(self.levels),)), validate_args=False)

    def _down(self, choose: Choice) -> tuple[Tensor, DiagonalNormal]:
        """Choose the numbers of each level and go on from them: codes, and what they were from."""
        q, z = self.top, choose(self.top)
        codes, normals = [z], [q]
        for said, expected in zip(self.said, self.expected, strict=True):
            p = expected(z)
            q = corrected(p, said)
            code = choose(q)
            z = p.loc + p.scale * code
            codes.append(code)
            normals.append(q)
        batch = z.shape[:-1]
        loc = torch.cat([q.loc.expand(*batch, -1) for q in normals], -1)
        scale = torch.cat([q.scale.expand(*batch, -1) for q in normals], -1)
        return torch.cat(codes, -1), DiagonalNormal(loc, scale)

    @property
    def code(self) -> Tensor:
        """The mean of each level, given the means of those above."""
        return self._down(lambda q: q.loc)[0]

    def draw(self, k: int) -> tuple[Tensor, Tensor]:
        """Draw k codes with their log-densities, level by level."""
        shape = Size((k,))
        self._drawn = self._down(lambda q: q.rsample(shape if q is self.top else Size()))
        z, normal = self._drawn
        return z, normal.log_prob(z)

    def rsample(self, sample_shape: SampleShape = ()) -> Tensor:
        """Draw codes."""
        shape = Size(sample_shape)
        return self._down(lambda q: q.rsample(shape if q is self.top else Size()))[0]

    def given(self, codes: Tensor) -> DiagonalNormal:
        """The normal of each number, given those of the levels above it in codes (…, B, d)."""
        if self._drawn is not None and self._drawn[0] is codes:
            return self._drawn[1]
        levels = iter(torch.split(codes, self.levels, -1))
        return self._down(lambda _: next(levels))[1]

    def log_prob(self, value: Tensor) -> Tensor:
        """Log-density of codes (…, B, d): (…, B)."""
        return self.given(value).log_prob(value)

    def kl(self, prior: Distribution, z: Tensor) -> Tensor | None:
        """Give the closed form by number, (K, B, d), given the levels above it in codes z."""
        closed = self.given(z).kl(prior, z)
        return None if closed is None else closed[0]


def corrected(expected: DiagonalNormal, said: DiagonalNormal) -> DiagonalNormal:
    """Weigh two normals of z by their precisions, as one of (z − μ)/σ, of the first's μ and σ.

    Args:
        expected: N(μ, σ²), before an image is seen.
        said: what the image says by itself.

    Example:
        >>> unit, sure = DiagonalNormal(torch.zeros(1), torch.ones(1)), torch.full((1,), 0.1)
        >>> q = corrected(unit, DiagonalNormal(torch.ones(1), sure))
        >>> round(q.loc.item(), 3), round(q.scale.item(), 3)
        (0.99, 0.1)
    """
    both = (expected.scale.square() + said.scale.square()).sqrt()  # exported, as hypot is not
    share = expected.scale / both
    return DiagonalNormal(share * ((said.loc - expected.loc) / both), said.scale / both)
