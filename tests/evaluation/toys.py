"""Small labelled pictures that a judge learns in a second or two."""

import numpy as np

from latentscape.data import Images, Splits

CLASSES = ("bar", "post", "ring")


def draw(n: int, seed: int, channels: int = 1, size: int = 12) -> Images:
    """A bar, a post or a ring, moved a little, of random thickness, ends and brightness."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, n)
    y, x = np.mgrid[:size, :size]
    dy, dx = rng.uniform(-1.5, 1.5, (2, n, 1, 1)) + (size - 1) / 2
    half, reach = rng.uniform(0.6, 1.6, (n, 1, 1)), rng.uniform(3.5, 5.0, (n, 1, 1))
    bar = (abs(y - dy) < half) & (abs(x - dx) < reach)
    post = (abs(x - dx) < half) & (abs(y - dy) < reach)
    ring = abs(np.hypot(y - dy, x - dx) - reach + 1) < half * 0.7
    shape = np.choose(labels[:, None, None], [bar, post, ring]) * rng.uniform(0.7, 1, (n, 1, 1))
    grey = np.clip(255 * shape + rng.normal(0, 6, shape.shape), 0, 255).astype(np.uint8)
    pixels = np.repeat(grey[:, None], channels, axis=1)
    return Images(pixels, labels, CLASSES, tuple(map(str, range(n))), "toy")


def toy_splits(channels: int = 1) -> Splits:
    """Train 600, validation 300, test 300."""
    return Splits("toy", draw(600, 0, channels), draw(300, 1, channels), draw(300, 2, channels))
