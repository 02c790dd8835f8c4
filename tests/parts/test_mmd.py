"""The discrepancy against a plain double loop, and against what it must tell apart."""

import numpy as np
import pytest
import torch

from latentscape.parts.regularizers.mmd import SCALES, discrepancy


def slowly(z: np.ndarray, p: np.ndarray) -> float:
    n, d = z.shape

    def k(a, b):
        return sum(2 * d * s / (2 * d * s + ((a - b) ** 2).sum()) for s in SCALES)

    pairs = [(i, j) for i in range(n) for j in range(n)]
    own = sum(k(z[i], z[j]) + k(p[i], p[j]) for i, j in pairs if i != j) / (n * (n - 1))
    return own - 2 * sum(k(z[i], p[j]) for i, j in pairs) / n**2


def test_it_is_the_double_loop():
    rng = np.random.default_rng(0)
    z, p = rng.normal(size=(2, 12, 3))
    ours = discrepancy(torch.from_numpy(z), torch.from_numpy(p)).mean().item()
    assert ours == pytest.approx(slowly(z, p), rel=1e-6)


def test_it_is_unbiased_at_zero_and_grows_with_a_shift():
    torch.manual_seed(0)
    means = []
    for shift in (0.0, 0.5, 1.0, 2.0):
        draws = [discrepancy(torch.randn(200, 4) + shift, torch.randn(200, 4)) for _ in range(20)]
        means.append(torch.stack(draws).mean().item())
    assert abs(means[0]) < 0.01
    assert means[0] < means[1] < means[2] < means[3]
