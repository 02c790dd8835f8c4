"""A judge as ONNX says what the judge says, and the page has it only where it may be believed."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from latentscape.bundle.networks import open_network
from latentscape.evaluation.judge.cache import save_judge
from latentscape.evaluation.judge.controls import Control, Controls
from latentscape.evaluation.judge.export import bundled_judge, export_judge, fitted_power
from latentscape.evaluation.judge.place import STEPS, judge_path
from latentscape.system.errors import LatentscapeError

pytestmark = pytest.mark.usefixtures("seed_unmoved")


@pytest.fixture(scope="module")
def network(judge, toy_splits):
    return export_judge(judge, toy_splits.validation)


def test_it_says_what_the_judge_says(judge, network, toy_splits):
    rng = np.random.default_rng(0)
    real = toy_splits.test.pixels / np.float32(255)
    noise = rng.random((40, *judge.shape), np.float32)
    images = np.concatenate([real, noise, real[::-1] / 2 + real / 2]).astype(np.float32)
    verdict = judge.classify(images)
    label, _, p = open_network(network, "judge")(images).T
    np.testing.assert_array_equal(label, verdict.labels)
    np.testing.assert_allclose(p, verdict.p_values, atol=0.02)
    assert ((p >= judge.scale.limit) == verdict.accepted).mean() > 0.99
    assert not verdict.accepted.all() and verdict.accepted.any()


def test_how_sure_it_is_is_how_often_it_is_right(judge, network, toy_splits):
    images = (toy_splits.test.pixels / np.float32(255)).astype(np.float32)
    alone = judge.network.evidence(torch.from_numpy(images))[0].numpy().mean(axis=0).max(axis=1)
    _, sure, _ = open_network(network, "judge")(images).T
    power = np.log(sure[alone < -0.1]) / alone[alone < -0.1]
    np.testing.assert_allclose(power, power[0], rtol=1e-2)
    right = judge.classify(images).labels == toy_splits.test.labels
    assert abs(right.mean() - sure.mean()) < 0.03


@pytest.mark.parametrize("power", [0.05, 0.4, 2.0])
def test_the_power_is_found_of_errors_that_come_by_it(power):
    rng = np.random.default_rng(0)
    best = np.log(rng.uniform(0.02, 0.98, 20_000))
    right = rng.random(20_000) < np.exp(power * best)
    assert fitted_power(best, right) == pytest.approx(power, rel=0.05)


def test_who_never_errs_is_not_taken_to_be_infallible():
    best = np.log(np.full(99, 0.9))
    assert np.exp(fitted_power(best, np.ones(99, bool)) * best[0]) == pytest.approx(0.99, abs=1e-3)


def test_a_class_of_few_or_no_known_images_is_far(judge, toy_splits):
    scale = judge.scale
    kept = np.r_[np.flatnonzero(scale.bank_labels == 0)[:3], np.flatnonzero(scale.bank_labels == 1)]
    few = replace(
        judge, scale=replace(scale, bank=scale.bank[:, kept], bank_labels=scale.bank_labels[kept])
    )
    images = (toy_splits.test.pixels / np.float32(255)).astype(np.float32)
    verdict = few.classify(images)
    _, _, p = open_network(export_judge(few, toy_splits.validation), "judge")(images).T
    np.testing.assert_allclose(p, verdict.p_values, atol=0.02)
    assert p[verdict.labels > 1].max() < few.scale.limit


def test_what_is_kept_is_taken_and_nothing_is_trained_unasked(judge, toy_splits):
    assert bundled_judge(toy_splits) is None
    save_judge(judge, judge_path(toy_splits.fingerprint, 0, STEPS))
    found = bundled_judge(toy_splits)
    assert found is not None
    assert (found.limit, found.accuracy) == (judge.scale.limit, judge.accuracy)
    assert len(found.network.onnx) < 4_000_000


def test_a_judge_is_exported_once(judge, network, toy_splits, monkeypatch):
    exported = []

    def export(*given):
        exported.append(given)
        return network

    monkeypatch.setattr("latentscape.evaluation.judge.export.export_judge", export)
    place = judge_path(toy_splits.fingerprint, 0, STEPS)

    def found_after(times):
        found = bundled_judge(toy_splits)
        return found.network.onnx == network.onnx and len(exported) == times

    save_judge(judge, place)
    assert found_after(1) and found_after(1)
    save_judge(replace(judge, accuracy=0.5), place)  # another judge in its place
    assert found_after(2) and found_after(2)
    kept = place.with_suffix(".network.safetensors")
    spoilt = bytearray(kept.read_bytes())
    spoilt[-1] ^= 1
    kept.write_bytes(spoilt)
    assert found_after(3) and found_after(3)
    kept.write_bytes(kept.read_bytes()[:1000])
    assert found_after(4) and found_after(4)
    kept.unlink()
    kept.mkdir()  # cannot be written: as good, and only later
    assert found_after(5) and found_after(6)


def test_one_whose_controls_do_not_hold_is_none(judge, toy_splits):
    refused = Controls((Control("noise", 0.5, most=0.05),))
    save_judge(replace(judge, controls=refused), judge_path(toy_splits.fingerprint, 0, STEPS))
    assert bundled_judge(toy_splits) is None
    with pytest.raises(LatentscapeError, match=r"controls do not hold: noise 0.500 .* leave out"):
        bundled_judge(toy_splits, train=True)
