"""Bottlenecks turn features into a distribution over codes, q(z|x).

A bottleneck says how many `features` it asks of the encoder, so no recipe needs a layer to fit the
two together, and whether its posterior has a finite `rate` and a `density`, so that an objective
which needs one is refused when the model is built.
"""

from latentscape.parts.bottlenecks.accompanied import Accompanied
from latentscape.parts.bottlenecks.base import Bottleneck, Space
from latentscape.parts.bottlenecks.continuous import (
    Centre,
    Gaussian,
    InverseAutoregressive,
    Point,
    Rectified,
    Sphere,
)
from latentscape.parts.bottlenecks.ladder import Ladder
from latentscape.parts.bottlenecks.quantized import FiniteScalar, Quantized, VectorQuantized
from latentscape.parts.bottlenecks.residual import ResidualQuantized

__all__ = [
    "Accompanied",
    "Bottleneck",
    "Centre",
    "FiniteScalar",
    "Gaussian",
    "InverseAutoregressive",
    "Ladder",
    "Point",
    "Quantized",
    "Rectified",
    "ResidualQuantized",
    "Space",
    "Sphere",
    "VectorQuantized",
]
