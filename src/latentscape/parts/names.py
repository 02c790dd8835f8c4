"""The names that options choose parts by, for signatures that are read without torch."""

from __future__ import annotations

from typing import Any, Literal, get_args

from latentscape.system.extensions import installed_names

Shape = tuple[int, int, int]
NetworkName = Literal["auto", "dense", "conv", "map", "resnet"]
Activation = Literal["relu", "leaky-relu", "elu", "gelu", "silu", "tanh"]
InitName = Literal["default", "glorot", "he", "dcgan", "truncated"]
LikelihoodName = Literal[
    "bernoulli",
    "continuous-bernoulli",
    "normal",
    "calibrated-normal",
    "laplace",
    "logistic-mixture",
    "unbounded-normal",
]

LIKELIHOODS_OFFERED = "latentscape.likelihoods"
"""The group of entry points by which installed packages add likelihoods."""


def with_installed(kind: Any) -> Any:
    """Give a type of names with those that installed packages add; other types as they are."""
    if kind != LikelihoodName:
        return kind
    return Literal[(*get_args(kind), *installed_names(LIKELIHOODS_OFFERED))]
