"""What images come back as without any training: the mean image for each, or principal components.

A reconstruction that errs as much as the mean image tells nothing of the single image. Principal
components are the best linear way through as many numbers, so an autoencoder is worth its training
where it errs by less.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA

from latentscape.data import Images
from latentscape.data.values import to_unit
from latentscape.latent.arrays import subset
from latentscape.latent.measure import Measure
from latentscape.models.pixels import at_once
from latentscape.runs.pixel_errors import pixel_errors

KEYS = ("mse_mean_image", "mse_pca")
MOST = 10_000  # training images that baselines are learned from
MEMORY = 2**28  # bytes that these may take, as floats
BATCH = 2048
ALIKE = 0.95  # of the error of principal components: less than that is worth a training
NO_TRAINING_IMAGES = "it is learned from training images, and one set of images was given"


def measure_baselines(
    train: Images | None, images: Images, d: int, *, seed: int = 0
) -> tuple[Measure, ...]:
    """Give `mse_mean_image` and `mse_pca` of images.

    Args:
        train: what both are learned from, or a seeded sample of it; None where there is none.
        images: (N, C, H, W), whose errors are averaged.
        d: how many numbers principal components may keep: as many as the model's code.
        seed: of the sample.

    Example:
        >>> from latentscape.data import load_images
        >>> images = load_images("digits", limit=300)
        >>> mean, pca = measure_baselines(images.train, images.test, d=8)
        >>> pca.value < mean.value
        True
    """
    if train is None:
        return tuple(Measure(key, reason=NO_TRAINING_IMAGES) for key in KEYS)
    pixels = math.prod(images.shape)
    most = min(MOST, max(MEMORY // (4 * pixels), 2))
    learned = to_unit(train.take(subset(len(train), most, seed)).pixels).reshape(-1, pixels)
    kept = min(d, *learned.shape)
    components = PCA(kept, random_state=seed).fit(learned)
    errors: dict[str, list[NDArray[np.float64]]] = {key: [] for key in KEYS}
    size = at_once(images.shape, BATCH)
    for start in range(0, len(images), size):
        x = to_unit(images.pixels[start : start + size]).reshape(-1, pixels)
        mean = np.broadcast_to(learned.mean(axis=0), x.shape)
        linear = components.inverse_transform(components.transform(x))
        for key, rebuilt in zip(KEYS, (mean, linear), strict=True):
            errors[key].append(pixel_errors(x, rebuilt))
    sample = len(learned) if len(learned) < len(train) else None
    return tuple(Measure.mean(key, np.concatenate(errors[key]), sample=sample) for key in KEYS)


def beaten_by(figures: Mapping[str, Measure], d: int) -> tuple[str, ...]:
    """Say which baseline a model's reconstructions do not beat, in a sentence.

    Args:
        figures: `mse` and the baselines' figures, by key.
        d: how many numbers the model's code has.
    """
    mse, mean, pca = (figures[key].value for key in ("mse", *KEYS))
    if mse is None or mean is None or pca is None:
        return ()
    if mse >= mean:
        return (
            f"the reconstructions err as much as the mean training image, shown for every image, "
            f"would (squared error {mse:.4f}; the mean image's {mean:.4f}): the model tells images "
            "apart by nothing yet; train it longer, or with less weight on the rate",
        )
    if mse >= ALIKE * pca:
        numbers = "number" if d == 1 else "numbers"
        return (
            f"principal components with {d} {numbers}, which need no training, come as close "
            f"(squared error {pca:.4f}; the model's {mse:.4f})",
        )
    return ()
