from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from latentscape.data import load_images
from latentscape.evaluation.judge.judge import Scale, _distance
from latentscape.evaluation.judge.network import JudgeNetwork
from latentscape.evaluation.judge.training import train_judge
from latentscape.models.plan import Plan
from latentscape.system.errors import LatentscapeError
from latentscape.training.network import fit_network

pytestmark = pytest.mark.usefixtures("seed_unmoved")

REALS = st.lists(st.floats(-5, 5, width=32), min_size=1, max_size=30)


def test_it_knows_the_classes_and_its_controls_hold(judge):
    assert judge.accuracy > 0.97
    assert judge.controls.hold, judge.controls.reason


def test_it_accepts_new_images_and_refuses_what_is_none(judge, toys):
    fresh = toys.draw(400, 9)
    verdict = judge.classify(fresh)
    assert verdict.accepted.mean() > 0.9
    assert (verdict.labels == fresh.labels)[verdict.accepted].mean() > 0.98
    blank = np.zeros((5, 1, 12, 12), np.float32)
    assert not judge.classify(blank).accepted.any()
    assert not judge.classify(1 - blank).accepted.any()


def test_bytes_and_floats_are_the_same_images(judge, toy_splits):
    few = toy_splits.test.pixels[:50]
    a, b = judge.classify(few), judge.classify(few.astype(np.float32) / 255)
    np.testing.assert_array_equal(a.accepted, b.accepted)
    np.testing.assert_allclose(a.features, b.features, atol=1e-6)


def test_what_it_says_of_an_image_does_not_depend_on_the_others(judge, toy_splits):
    pixels = toy_splits.test.pixels
    together, alone = judge.classify(pixels), judge.classify(pixels[7:8])
    assert together.labels[7] == alone.labels[0]
    np.testing.assert_allclose(together.features[7], alone.features[0], atol=1e-5)
    np.testing.assert_allclose(together.p_values[7], alone.p_values[0], atol=0.01)


def test_it_accepts_the_share_of_validation_images_it_was_calibrated_to(judge, toy_splits):
    share = judge.classify(toy_splits.validation).accepted.mean()
    assert 0.94 <= share <= 0.97  # 0.94, a standard error of 300 images, and ties


def test_images_of_another_shape_are_refused(judge):
    with pytest.raises(LatentscapeError, match="1×9×9"):
        judge.classify(np.zeros((2, 1, 9, 9), np.uint8))


def test_no_images_no_verdicts(judge):
    verdict = judge.classify(np.zeros((0, 1, 12, 12), np.uint8))
    assert verdict.labels.shape == verdict.accepted.shape == (0,)
    assert verdict.features.shape[0] == 0


def test_log_probability_of_a_class_and_no_other(judge, toy_splits):
    x = torch.from_numpy(toy_splits.test.pixels[:20]).float() / 255
    alone, features = judge.network.evidence(x)
    with torch.no_grad():
        p = judge.network.members[1](x)[0].double().sigmoid()
    for c in range(3):
        others = [j for j in range(3) if j != c]
        expected = p[:, c].log() + (1 - p[:, others]).log().sum(1)
        np.testing.assert_allclose(alone[1, :, c], expected, rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(features.norm(dim=2), 1, atol=1e-5)


def test_distance_is_that_of_the_tenth_neighbour_of_the_class(judge, toy_splits):
    x = torch.from_numpy(toy_splits.test.pixels[:40]).float() / 255
    alone, features = judge.network.evidence(x)
    label = alone.mean(0).argmax(1)
    bank, known = judge.scale.bank, judge.scale.bank_labels
    expected = np.zeros(40)
    for c in range(3):
        rows = (label == c).numpy()
        for m in range(len(bank)):
            tree = NearestNeighbors(n_neighbors=10, metric="cosine").fit(bank[m, known == c])
            expected[rows] += tree.kneighbors(features[m, rows])[0][:, -1] / len(bank)
    found = _distance(features, label, bank, known)
    np.testing.assert_allclose(found, expected, atol=1e-5)


@given(reference=REALS, value=st.floats(-6, 6, width=32))
def test_p_value_is_a_share_of_the_reference(reference, value):
    sorted_ = np.sort(np.array(reference, np.float32))
    none = torch.empty(0)
    scale = Scale(none, none, sorted_, np.full(1, 9.0, np.float32), 0.0)
    p = scale.p_values(np.array([value], np.float32), np.zeros(1, np.float32))
    larger = sum(r >= value for r in reference)
    assert p[0] == pytest.approx((1 + larger) / (1 + len(reference)))


def test_the_same_seed_trains_the_same_judge(toy_splits):
    a, b = (train_judge(toy_splits, 3, keep=False, steps=4) for _ in range(2))
    for x, y in zip(a.network.parameters(), b.network.parameters(), strict=True):
        assert torch.equal(x, y)


@pytest.mark.parametrize("missing", ["labels", "classes"])
def test_what_cannot_be_judged_is_said(toy_splits, missing):
    train = toy_splits.train
    labels = None if missing == "labels" else np.zeros_like(train.labels)
    with pytest.raises(LatentscapeError, match="a judge cannot be trained on 'toy'"):
        train_judge(replace(toy_splits, train=replace(train, labels=labels)))


def test_a_larger_picture_is_judged_by_what_it_shows_from_farther_away():
    with torch.random.fork_rng():
        small = JudgeNetwork((1, 28, 28), 10, 2, light=True).eval()
        large = JudgeNetwork((1, 84, 84), 10, 2, light=True).eval()
        large.load_state_dict(small.state_dict())
        x = torch.rand(5, 1, 28, 28)
    magnified = x.repeat_interleave(3, 2).repeat_interleave(3, 3)
    for one, other in zip(small.evidence(x), large.evidence(magnified), strict=True):
        torch.testing.assert_close(one, other)


def test_a_hundred_classes_are_learned_from_the_first_batch_on():
    """Pairs of digits side by side; from even odds for each class, 60 batches teach nothing."""
    digits = load_images("digits").train
    small = digits.pixels.reshape(-1, 14, 2, 14, 2).mean((2, 4)).astype(np.uint8)[:, 1:13, 2:12]
    rng = np.random.default_rng(0)

    def pairs(n, first, last):
        a, b = rng.integers(first, last, (2, n))
        pixels = np.concatenate([small[a], small[b]], axis=2)[:, None]
        return pixels, 10 * digits.labels[a] + digits.labels[b]

    known, new = pairs(3000, 0, 1000), pairs(500, 1000, len(small))
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = JudgeNetwork((1, 12, 20), 100, 1, light=True)
        fit_network(network, *known, Plan(epochs=2, batch=100, precision="32-true"))
    assert (network.name(new[0]) == new[1]).mean() > 0.15
