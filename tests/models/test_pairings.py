"""Pairings that make no sense are refused when the model is built, naming both parts."""

import pytest

from latentscape.parts.bottlenecks import FiniteScalar, Gaussian, Point, Sphere
from latentscape.parts.importance import ImportanceWeighted
from latentscape.parts.objectives import Elbo, Reconstruction
from latentscape.parts.priors import Uniform, UniformCode, Vamp
from latentscape.parts.regularizers import Commitment, TotalCorrelation
from latentscape.recipes.compose import compose
from latentscape.system.errors import LatentscapeError

SHAPE = (1, 8, 8)
WORDS = FiniteScalar(4, (3, 3))


@pytest.mark.parametrize(
    ("bottleneck", "parts", "names"),
    [
        (Point(2), {"objective": Elbo()}, ("Elbo", "Point")),
        (
            WORDS,
            {"objective": ImportanceWeighted(5), "prior": UniformCode(WORDS)},
            ("ImportanceWeighted", "FiniteScalar"),
        ),
        (Gaussian(3), {"prior": Uniform(3)}, ("Uniform", "Gaussian")),
        (Sphere(3), {}, ("StandardNormal", "Sphere")),
        (Sphere(3), {"prior": Vamp(SHAPE)}, ("Vamp", "Sphere")),
        (Gaussian(3), {"prior": Vamp(SHAPE), "labels": 4}, ("Vamp", "labels")),
        (
            Point(3),
            {"regularizers": [TotalCorrelation(1.0)], "objective": Reconstruction()},
            ("TotalCorrelation", "Point"),
        ),
        (Gaussian(3), {"regularizers": [Commitment(1.0)]}, ("Commitment", "Gaussian")),
    ],
)
def test_it_is_refused_and_both_are_named(bottleneck, parts, names):
    with pytest.raises(LatentscapeError) as refusal:
        compose(SHAPE, bottleneck, **parts)
    for name in names:
        assert name in str(refusal.value)
