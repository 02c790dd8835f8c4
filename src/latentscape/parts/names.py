"""The names that options choose parts by, for signatures that are read without torch."""

from typing import Literal

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
