"""Memberships and targets against the paper's formulas."""

import numpy as np
import torch
from sklearn.metrics import mutual_info_score

from latentscape.parts.clustering import informed, memberships, sharpened


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


def test_the_information_of_clusters_is_that_of_counts():
    rng = np.random.default_rng(0)
    clusters = rng.integers(0, 4, 200) * rng.integers(0, 2, 200)
    decided = torch.nn.functional.one_hot(torch.from_numpy(clusters), 4).double()
    known = mutual_info_score(clusters, clusters)  # of a variable with itself: its entropy
    np.testing.assert_allclose(informed(decided).mean(), known)
    undecided = torch.full((200, 4), 0.25, dtype=torch.double)
    np.testing.assert_allclose(informed(undecided), 0, atol=1e-12)
    counts = rng.multinomial(60, [0.2, 0.3, 0.5], 50)  # each image as likely as another
    soft = torch.from_numpy(counts / 60)
    np.testing.assert_allclose(
        informed(soft).mean(), mutual_info_score(None, None, contingency=counts)
    )
