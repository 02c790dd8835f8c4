"""The group `decoding`: what draws, grids and small steps decode to, as a judge sees it.

Every figure that depends on where codes come from is given for each sampler, for *midpoints* (half
way between the codes of two images) and for a *grid*: the plane of the two principal directions,
between the borders that hold 98 % of the codes each way.

Draws are compared with one half of the real images (2,000 at most). What the other half gets for as
many images stands beside the figures as their floor: no sampler can be asked for more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from latentscape.data import Images
from latentscape.evaluation.judge.judge import Judge, Verdict
from latentscape.latent.arrays import as_codes
from latentscape.latent.decoding import round_trip, smoothness
from latentscape.latent.fidelity import diversity, fidelity_measures
from latentscape.latent.measure import Measure
from latentscape.latent.paths.grids import data_range
from latentscape.latent.projections import PCA
from latentscape.latent.samplers import Sampler
from latentscape.latent.samplers.places import drawn_places
from latentscape.latent.yardstick import yardstick_of
from latentscape.models.pixels import at_once
from latentscape.runs.run import Run

Floats = NDArray[np.float32]
DRAWS = 2000
GRID = 32
FIDELITY = ("frechet", "precision", "recall", "density", "coverage")
OF_DRAWS = ("legibility", "diversity", *FIDELITY)
JUDGED = frozenset((*OF_DRAWS, "class_change"))  # all that rests on a judge


def measure_decoding(
    run: Run,
    codes: Floats,
    samplers: Mapping[str, Sampler],
    real: Images,
    judge: Judge | None = None,
    *,
    posterior: Floats | None = None,
    no_judge: str = "there is no judge",
    draws: int = DRAWS,
    seed: int = 0,
) -> tuple[Measure, ...]:
    """Measure what a model decodes to.

    Args:
        run: The model.
        codes: Of real images (N, d): where the grid lies and small steps start.
        samplers: By name, fitted to codes. The figure of the first is given as the group's; every
            one's is among the parts, and the midpoints' and the grid's.
        real: Images that draws are compared with, those that the model has not learned from.
        judge: Of images like these; None where there is none.
        posterior: Codes of the same images drawn from their posteriors (M, d): which numbers of
            the code are idle; None where codes are points.
        no_judge: Why there is no judge.
        draws: How many of each sampler, and how many real images they are compared with at most.
        seed: Of draws and samples.

    Returns:
        `legibility`, `diversity`, `frechet`, `precision`, `recall`, `density`, `coverage`,
        `round_trip` with a part for each sampler, the midpoints and the grid; `smoothness`,
        `class_change`. All that rests on the judge is withheld where its controls do not hold.
    """
    doubt = judge.controls.reason if judge else None
    if doubt:
        judge, no_judge = None, doubt
    z = as_codes(codes)
    model = _Model(run)
    places = drawn_places(samplers, z, draws, seed) | {"grid": principal_grid(z)}
    yardstick = yardstick_of(z, posterior)
    trips = {
        name: round_trip(drawn, model.decode, model.encode, yardstick, model.at_once)
        for name, drawn in places.items()
    }
    change = smoothness(
        z,
        model.decode,
        _classify(judge),
        no_judge=no_judge,
        at_once=model.at_once,
        seed=seed,
    )
    if judge is None:
        missing = tuple(Measure(key, reason=no_judge) for key in OF_DRAWS)
        return (*missing, _first("round_trip", trips), *change)
    few, others = halves(real, draws, seed)
    known = judge.classify(few)
    judged = {
        name: judge_draws(judge, model.judged(judge, drawn), known, few, seed)
        for name, drawn in places.items()
    }
    floors = fidelity_measures(known.features, judge.classify(others).features, seed)
    floor = {measure.key: measure.value for measure in floors}
    groups = (
        _first(key, {name: each[i] for name, each in judged.items()}, floor.get(key))
        for i, key in enumerate(OF_DRAWS)
    )
    return (*groups, _first("round_trip", trips), *change)


def halves(real: Images, most: int, seed: int = 0) -> tuple[Images, Images]:
    """Two seeded samples of images without a common one, as large as can be and at most so many.

    Args:
        real: the images.
        most: how many each may have.
        seed: of the choice.
    """
    n = min(most, len(real) // 2)
    order = np.random.default_rng(seed).permutation(len(real))
    return real.take(np.sort(order[:n])), real.take(np.sort(order[n : 2 * n]))


def judge_draws(
    judge: Judge, drawn: Verdict, known: Verdict, real: Images, seed: int = 0
) -> tuple[Measure, ...]:
    """Give `legibility`, `diversity`, `frechet`, `precision`, `recall`, `density`, `coverage`.

    The last five compare as many draws as there are real images. All are withheld where the
    judge's controls do not hold.

    Args:
        judge: Who gave the verdicts.
        drawn: On drawn images.
        known: On real images.
        real: The same real images.
        seed: Of samples.
    """
    if judge.controls.reason:
        return tuple(Measure(key, reason=judge.controls.reason) for key in OF_DRAWS)
    if real.labels is None:
        various = Measure("diversity", reason="there are no labels")
    else:
        various = diversity(drawn.labels, real.labels, len(judge.classes))
    return (
        Measure.mean("legibility", drawn.accepted, kind="draws"),
        various,
        *fidelity_measures(known.features, drawn.features[: len(known.features)], seed),
    )


def principal_grid(codes: NDArray[np.floating], steps: int = GRID) -> Floats:
    """A lattice in the plane of the two principal directions.

    Args:
        codes: (N, d).
        steps: Rows and columns.

    Returns:
        (steps², d), or (steps², 1) along a line where a code is one number.
    """
    plane = PCA(min(2, codes.shape[1])).fit(codes)
    low, high = data_range(plane.transform(codes))
    sides = [np.linspace(a, b, steps ** (2 // len(low))) for a, b in zip(low, high, strict=True)]
    lattice = np.stack([axis.ravel() for axis in np.meshgrid(*sides)], axis=1)
    return np.asarray(plane.inverse(lattice), np.float32)


@dataclass(frozen=True)
class _Model:
    """Encodes and decodes rows; a model conditioned on classes is given them in turn."""

    run: Run

    def decode(self, z: NDArray[np.floating]) -> Floats:
        return self.run.decode(z, self._labels(len(z)))

    def encode(self, images: Floats) -> Floats:
        return self.run.encode(images, self._labels(len(images)))

    def judged(self, judge: Judge, z: NDArray[np.floating]) -> Verdict:
        """What a judge says of what codes decode to."""
        parts = (z[i : i + self.at_once] for i in range(0, len(z), self.at_once))
        each = [judge.classify(self.decode(part)) for part in parts]
        return Verdict(
            np.concatenate([one.labels for one in each]),
            np.concatenate([one.accepted for one in each]),
            np.concatenate([one.p_values for one in each]),
            np.concatenate([one.features for one in each]),
        )

    @property
    def at_once(self) -> int:
        """How many decoded images are held: whole batches of the network."""
        return 4 * at_once(self.run.shape)

    def _labels(self, n: int) -> NDArray[np.int64] | None:
        K = self.run.model.labels
        return np.arange(n) % K if K else None


def _classify(judge: Judge | None) -> Callable[[Floats], NDArray[np.int64]] | None:
    """The judge's naming of classes."""
    return None if judge is None else lambda images: judge.classify(images).labels


def _first(key: str, each: Mapping[str, Measure], floor: float | None = None) -> Measure:
    """The first place's figure, with every place's as a part."""
    parts = tuple(replace(measure, key=name) for name, measure in each.items())
    return replace(parts[0], key=key, parts=parts, floor=floor)
