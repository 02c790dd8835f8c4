from dataclasses import replace

import numpy as np
import pytest

from latentscape.evaluation.judge import refusals
from latentscape.evaluation.judge import training as judge_training
from latentscape.evaluation.judge.judge import judged
from latentscape.evaluation.judge.training import find_judge, train_judge
from latentscape.system.errors import LatentscapeError

pytestmark = pytest.mark.usefixtures("seed_unmoved")


def test_classes_of_a_few_images_are_refused_before_anything_is_trained(toy_splits, monkeypatch):
    monkeypatch.setattr(judge_training, "fit_network", None)
    labels = np.arange(600) % 200
    train = replace(toy_splits.train, labels=labels, classes=tuple(map(str, range(200))))
    judge, reason = find_judge(replace(toy_splits, train=train))
    assert judge is None
    assert "half of its 200 classes have 3 training images or fewer, and a judge needs 10" in reason


def test_what_cannot_be_learned_is_given_up_early(toy_splits, monkeypatch):
    monkeypatch.setattr(refusals, "PROBE", 30)
    parts = {
        name: replace(part, labels=np.random.default_rng(0).permutation(part.labels))
        for name, part in (
            ("train", toy_splits.train),
            ("validation", toy_splits.validation),
            ("test", toy_splits.test),
        )
    }
    with pytest.raises(LatentscapeError, match=r"after 30 of 126 batches it names \d\d% of"):
        train_judge(replace(toy_splits, **parts), keep=False, steps=120)


def test_a_judge_that_takes_what_shows_no_class_is_given_up_early(toy_splits, monkeypatch):
    monkeypatch.setattr(refusals, "PROBE", 50)
    monkeypatch.setattr(judge_training, "judged", all_accepted)
    with pytest.raises(LatentscapeError, match=r"after 50 of 63 batches it takes 100% of \w+"):
        train_judge(toy_splits, keep=False, steps=60)


def all_accepted(network, scale, x):
    verdict = judged(network, scale, x)
    return replace(verdict, accepted=np.ones(len(x), bool))


def test_what_can_be_learned_goes_on_as_if_it_had_not_been_tried(toy_splits, monkeypatch):
    alone = train_judge(toy_splits, keep=False, steps=60)
    monkeypatch.setattr(refusals, "PROBE", 50)
    tried = train_judge(toy_splits, keep=False, steps=60)
    assert tried.accuracy == alone.accuracy > 0.9
    assert tried.controls == alone.controls
