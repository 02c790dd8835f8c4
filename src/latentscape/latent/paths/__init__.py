"""Paths through a space and grids over it: arrays of codes to decode."""

from latentscape.latent.paths.graph import NeighbourGraph
from latentscape.latent.paths.grids import (
    data_range,
    normal_quantile_plane,
    plane,
    quantile_plane,
    through_three,
    traversal,
)
from latentscape.latent.paths.means import class_means, shift
from latentscape.latent.paths.segments import evenly, linear, midpoints, spherical
from latentscape.latent.paths.short import short_path

__all__ = [
    "NeighbourGraph",
    "class_means",
    "data_range",
    "evenly",
    "linear",
    "midpoints",
    "normal_quantile_plane",
    "plane",
    "quantile_plane",
    "shift",
    "short_path",
    "spherical",
    "through_three",
    "traversal",
]
