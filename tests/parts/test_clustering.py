"""Memberships and targets against the paper's formulas."""

import numpy as np
import torch

from latentscape.parts.clustering import memberships, sharpened


def test_memberships_follow_students_t_and_targets_sharpen_them():
    rng = np.random.default_rng(0)
    z, centres = rng.normal(size=(6, 2)), rng.normal(size=(3, 2))
    raw = 1 / (1 + ((z[:, None] - centres) ** 2).sum(-1))
    q = raw / raw.sum(1, keepdims=True)
    squares = q**2 / q.sum(0)
    p = squares / squares.sum(1, keepdims=True)
    ours = memberships(torch.from_numpy(z), torch.from_numpy(centres))
    np.testing.assert_allclose(ours.numpy(), q, atol=1e-9)
    np.testing.assert_allclose(sharpened(ours).numpy(), p, atol=1e-9)
