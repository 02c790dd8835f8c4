"""A judge as ONNX says what the judge says, and the page has it only where it may be believed."""

from dataclasses import replace

import numpy as np
import pytest

from latentscape.bundle.networks import run_network
from latentscape.evaluation.judge import export
from latentscape.evaluation.judge.cache import save_judge
from latentscape.evaluation.judge.controls import Control, Controls
from latentscape.evaluation.judge.export import bundled_judge, export_judge
from latentscape.evaluation.judge.place import STEPS, judge_path
from latentscape.system.errors import LatentscapeError

pytestmark = pytest.mark.usefixtures("seed_unmoved")


@pytest.fixture(scope="module")
def bundled(judge):
    return export_judge(judge)


def test_it_says_what_the_judge_says(judge, bundled, toy_splits):
    rng = np.random.default_rng(0)
    real = toy_splits.test.pixels / np.float32(255)
    noise = rng.random((40, *judge.shape), np.float32)
    images = np.concatenate([real, noise, real[::-1] / 2 + real / 2]).astype(np.float32)
    verdict = judge.classify(images)
    label, _, p = run_network(bundled.network, "judge", images).T
    np.testing.assert_array_equal(label, verdict.labels)
    np.testing.assert_allclose(p, verdict.p_values, atol=0.02)
    assert ((p >= bundled.limit) == verdict.accepted).mean() > 0.99
    assert not verdict.accepted.all() and verdict.accepted.any()
    assert bundled.limit == judge.scale.limit and bundled.accuracy == judge.accuracy


def test_how_sure_it_is_is_the_chance_that_all_members_leave_to_that_class_alone(
    judge, bundled, toy_splits
):
    images = (toy_splits.test.pixels[:30] / np.float32(255)).astype(np.float32)
    alone = judge.network.evidence(export.torch.from_numpy(images))[0].numpy()
    expected = np.exp(alone.mean(axis=0)).max(axis=1)
    _, sure, _ = run_network(bundled.network, "judge", images).T
    np.testing.assert_allclose(sure, expected, rtol=1e-4)


def test_a_class_of_few_or_no_known_images_is_far(judge, toy_splits):
    scale = judge.scale
    kept = np.r_[np.flatnonzero(scale.bank_labels == 0)[:3], np.flatnonzero(scale.bank_labels == 1)]
    few = replace(
        judge, scale=replace(scale, bank=scale.bank[:, kept], bank_labels=scale.bank_labels[kept])
    )
    images = (toy_splits.test.pixels / np.float32(255)).astype(np.float32)
    verdict = few.classify(images)
    _, _, p = run_network(export_judge(few).network, "judge", images).T
    np.testing.assert_allclose(p, verdict.p_values, atol=0.02)
    assert p[verdict.labels > 1].max() < few.scale.limit


def test_what_is_kept_is_taken_and_nothing_is_trained_unasked(judge, toy_splits):
    assert bundled_judge(toy_splits) is None
    save_judge(judge, judge_path(toy_splits.fingerprint, 0, STEPS))
    found = bundled_judge(toy_splits)
    assert found is not None and found.limit == judge.scale.limit
    assert len(found.network.onnx) < 4_000_000


def test_one_whose_controls_do_not_hold_is_none(judge, toy_splits):
    refused = Controls((Control("noise", 0.5, most=0.05),))
    save_judge(replace(judge, controls=refused), judge_path(toy_splits.fingerprint, 0, STEPS))
    assert bundled_judge(toy_splits) is None
    with pytest.raises(LatentscapeError, match=r"controls do not hold: noise 0.500 .* leave out"):
        bundled_judge(toy_splits, train=True)
