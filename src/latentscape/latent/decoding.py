"""What decoding does to codes, for any pair of callables that decode and encode."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from latentscape.latent.arrays import Floats, Labels, moments, spread_of, square_root
from latentscape.latent.measure import Measure
from latentscape.latent.sampling import Sampling
from latentscape.latent.shape import POINT
from latentscape.latent.yardstick import Yardstick

Decode: TypeAlias = Callable[[Floats], Floats]
Encode: TypeAlias = Callable[[Floats], Floats]
Classify: TypeAlias = Callable[[Floats], Labels]


def round_trip(
    codes: Floats, decode: Decode, encode: Encode, yardstick: Yardstick, at_once: int = 4096
) -> Measure:
    """Mean ‖encode(decode(z)) − z‖ over the cloud's spread: 0 when decoding loses nothing.

    A code that comes back as another one lies where the decoder draws something that belongs
    elsewhere. What was drawn for idle latent dimensions cannot come back, and does not count.
    Needs no labels.

    Args:
        codes: Codes to try (N, d): of images, or a sampler's draws.
        decode: Codes (N, d) to images (N, …).
        encode: Images to codes (N, d).
        yardstick: Of the codes of real images, `yardstick_of(z)`.
        at_once: How many images are held at once.
    """
    if yardstick.spread == 0:
        return Measure("round_trip", reason=POINT)
    parts = (codes[i : i + at_once] for i in range(0, len(codes), at_once))
    back = np.concatenate([encode(decode(part)) for part in parts])
    away = np.linalg.norm(yardstick.weigh(back - codes), axis=1)
    return Measure.mean("round_trip", away / yardstick.spread, kind="draws")


def small_steps(codes: Floats, count: int, rng: np.random.Generator) -> Floats:
    """Steps of a tenth of the spread (count, d), in random directions of the cloud.

    Directions are those of normal draws with the cloud's own covariance: steps go where codes
    differ, and hardly move in idle numbers, which decoders do not see.

    Args:
        codes: Codes (N, d).
        count: How many.
        rng: What draws them.
    """
    m = moments(codes)
    way = rng.standard_normal((count, codes.shape[1])) @ square_root(m.covariance).T
    way *= 0.1 * m.spread / np.linalg.norm(way, axis=1, keepdims=True)
    return way.astype(codes.dtype)


def smoothness(
    codes: Floats,
    decode: Decode,
    classify: Classify | None = None,
    *,
    no_judge: str = "there is no judge to name classes",
    rows: int = 1000,
    at_once: int = 4096,
    seed: int = 0,
) -> tuple[Measure, Measure]:
    """What a step of a tenth of the spread, in a random direction of the cloud, does to the image.

    Args:
        codes: Codes of images (N, d).
        decode: Codes (N, d) to images (N, …).
        classify: Images to classes (N,); None where there is no judge.
        no_judge: Why there is no judge.
        rows: Steps are taken from a seeded sample of at most so many codes.
        at_once: How many images are held at once; where that is fewer, codes are decoded twice.
        seed: Of the sample and of the directions.

    Returns:
        `smoothness`: root mean squared change of a pixel in the step, over the root mean squared
        standard deviation of decoded pixels from their mean image; √2 means that a tenth of the
        spread changes the image as much as going to any other one. `class_change`: share of steps
        after which the class is another.
    """
    if spread_of(codes) == 0:
        return Measure("smoothness", reason=POINT), Measure("class_change", reason=POINT)
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(len(codes))[:rows]
    z = codes[chosen]
    ends = z + small_steps(codes, len(z), rng)
    sample = len(z) if len(z) < len(codes) else None
    parts = [slice(i, i + at_once) for i in range(0, len(z), at_once)]
    total, moves, changes = 0, [], []
    for part in parts:
        before, after = decode(z[part]), decode(ends[part])
        total = total + before.sum(axis=0)
        moves.append(_squares(after - before))
        if classify is not None:
            changes.append(classify(before) != classify(after))
    mean = total / len(z)
    held = [before] if len(parts) == 1 else (decode(z[part]) for part in parts)
    moved, spread = np.concatenate(moves), np.concatenate([_squares(x - mean) for x in held])
    if spread.mean() == 0:
        change = Measure("smoothness", reason="all codes decode to the same image")
    else:
        ratio = float(np.sqrt(moved.mean() / spread.mean()))
        # What each step adds to the ratio, to first order.
        each = ratio / 2 * (moved / moved.mean() - spread / spread.mean()) if ratio else moved
        change = Measure(
            "smoothness", ratio, sample=sample, sampling=Sampling.of(each, rows=chosen)
        )
    if classify is None:
        return change, Measure("class_change", reason=no_judge)
    changed = np.concatenate(changes)
    return change, Measure.mean("class_change", changed, sample=sample, rows=chosen)


def _squares(images: Floats) -> NDArray[np.float64]:
    """The mean squared value of each image's pixels (N,)."""
    means: NDArray[np.float64] = (
        np.square(images).reshape(len(images), -1).mean(axis=1, dtype=np.float64)
    )
    return means
