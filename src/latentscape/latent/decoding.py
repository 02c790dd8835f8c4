"""What decoding does to codes, for any pair of callables that decode and encode."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from latentscape.latent.arrays import Floats, Labels, spread_of
from latentscape.latent.measure import Measure
from latentscape.latent.shape import POINT

Decode: TypeAlias = Callable[[Floats], Floats]
Encode: TypeAlias = Callable[[Floats], Floats]
Classify: TypeAlias = Callable[[Floats], Labels]


def round_trip(codes: Floats, decode: Decode, encode: Encode, spread: float) -> Measure:
    """Mean ‖encode(decode(z)) − z‖ over the cloud's spread: 0 when decoding loses nothing.

    A code that comes back as another one lies where the decoder draws something that belongs
    elsewhere. Needs no labels.

    Args:
        codes: Codes to try (N, d): of images, or a sampler's draws.
        decode: Codes (N, d) to images (N, …).
        encode: Images to codes (N, d).
        spread: Of the codes of real images, `spread_of(z)`.
    """
    if spread == 0:
        return Measure("round_trip", reason=POINT)
    away = np.linalg.norm(encode(decode(codes)) - codes, axis=1)
    return Measure("round_trip", float(away.mean()) / spread)


def smoothness(
    codes: Floats,
    decode: Decode,
    classify: Classify | None = None,
    *,
    no_judge: str = "there is no judge to name classes",
    rows: int = 1000,
    seed: int = 0,
) -> tuple[Measure, Measure]:
    """What a step of a tenth of the spread, in a random direction, does to the decoded image.

    Args:
        codes: Codes of images (N, d).
        decode: Codes (N, d) to images (N, …).
        classify: Images to classes (N,); None where there is no judge.
        no_judge: Why there is no judge.
        rows: Steps are taken from a seeded sample of at most so many codes.
        seed: Of the sample and of the directions.

    Returns:
        `smoothness`: root mean squared change of a pixel in the step, over the root mean squared
        deviation of decoded pixels from their mean image; √2 means that a tenth of the spread
        changes the image as much as going to any other one. `class_change`: share of steps after
        which the class is another.
    """
    spread = spread_of(codes)
    if spread == 0:
        return Measure("smoothness", reason=POINT), Measure("class_change", reason=POINT)
    rng = np.random.default_rng(seed)
    z = codes[rng.permutation(len(codes))[:rows]]
    direction = rng.standard_normal(z.shape)
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    before = decode(z)
    after = decode((z + 0.1 * spread * direction).astype(z.dtype))
    sample = len(z) if len(z) < len(codes) else None
    deviation = float(np.sqrt(np.square(before - before.mean(axis=0)).mean()))
    if deviation == 0:
        change = Measure("smoothness", reason="all codes decode to the same image")
    else:
        moved = float(np.sqrt(np.square(after - before).mean()))
        change = Measure("smoothness", moved / deviation, sample=sample)
    if classify is None:
        return change, Measure("class_change", reason=no_judge)
    changed = float((classify(before) != classify(after)).mean())
    return change, Measure("class_change", changed, sample=sample)
