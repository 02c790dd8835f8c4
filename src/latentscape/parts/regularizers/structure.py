"""Structure beside the pixels: edges and texture, which errors of pixels would rather blur."""

from __future__ import annotations

from latentscape.parts.regularizers.base import Weighted
from latentscape.parts.similarity import ms_ssim
from latentscape.parts.step import Step, Term


class Structure(Weighted):
    """What is missing to a multi-scale structural similarity of 1 (as a loss: arXiv:1511.08861).

    An error summed over pixels is smallest where an edge is blurred by as much as its place is
    uncertain; this weighs edges by their contrast.

    Args:
        weight: of (1 − MS-SSIM)·C·H·W, which grows with the image as the distortion does.
    """

    def forward(self, step: Step) -> dict[str, Term]:
        """Give the dissimilarity of images and what the first sample of each decodes to."""
        missing = 1 - ms_ssim(step.x, step.reconstruction.mean[0])
        return {"structure": Term(missing * step.x[0].numel(), self.weight)}
