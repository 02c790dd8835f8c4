"""Train a judge on a set's own labels, once: cached by the data's fingerprint and the version."""

from __future__ import annotations

import time
import warnings
from dataclasses import replace
from functools import partial
from pathlib import Path

from latentscape.data import Images, Splits
from latentscape.evaluation.judge.cache import load_judge, save_judge
from latentscape.evaluation.judge.controls import Controls, try_controls
from latentscape.evaluation.judge.judge import Judge, Scale, calibrated, judged
from latentscape.evaluation.judge.network import JudgeNetwork
from latentscape.evaluation.judge.place import STEPS, judge_path
from latentscape.evaluation.judge.refusals import PROBED, Watch, check_splits, labels_of
from latentscape.evaluation.judge.subspaces import fit_subspaces
from latentscape.latent.arrays import subset
from latentscape.models.plan import Plan
from latentscape.system.errors import LatentscapeError
from latentscape.system.progress import counting
from latentscape.system.randomness import own_randomness
from latentscape.training.network import epochs_for, fit_network, steps_in

MEMBERS = 2
ROWS, BANK = 60_000, 5_000
PLAN = Plan(batch=192, lr=4e-3, weight_decay=1e-3)


def train_judge(splits: Splits, seed: int = 0, *, keep: bool = True, steps: int = STEPS) -> Judge:
    """Train a judge, or take the one that was kept.

    It learns from the train split, is calibrated on validation and tried on test.

    Args:
        splits: Labelled images of two classes or more.
        seed: Of everything random.
        keep: Whether to look for it in, and leave it in, the folder `judges` beside downloaded
            data.
        steps: How many batches to train for, at least.

    Raises:
        LatentscapeError: When images have no labels, a split fewer than two classes, half of the
            classes fewer than 10 training images, or after 200 batches the judge names validation
            images no better than halfway from guessing to never failing, or takes a fifth of some
            kind of images that show nothing for members of a class.

    Warns:
        UserWarning: When it cannot be kept.
    """
    check_splits(splits)
    path = judge_path(splits.fingerprint, seed, steps)
    judge = load_judge(path) if keep else None
    if judge is None:
        judge = _trained(splits, seed, steps)
        if keep:
            _keep(judge, path)
    return judge


def find_judge(splits: Splits) -> tuple[Judge | None, str]:
    """Train a judge of these images or take the one kept; None and the reason where none can be."""
    try:
        return train_judge(splits), ""
    except LatentscapeError as error:
        return None, str(error)


def _keep(judge: Judge, path: Path) -> None:
    """Keep a judge; where that fails it is as good, and only the next one pays."""
    try:
        save_judge(judge, path)
    except LatentscapeError as error:
        warnings.warn(f"the judge will be trained anew next time: {error}", stacklevel=3)


def _trained(splits: Splits, seed: int, steps: int) -> Judge:
    """Train, calibrate and try."""
    started = time.perf_counter()
    network = _learned(splits, seed, steps)
    bank = splits.train.take(subset(len(splits.train), BANK, seed))
    scale = calibrated(network, bank.pixels, labels_of(bank), splits.validation.pixels)
    seconds = time.perf_counter() - started
    verdict = judged(network, scale, splits.test.pixels)
    accuracy = float((verdict.labels == labels_of(splits.test)).mean())
    controls = _tried(network, scale, bank, splits.validation, splits.test, seed)
    return Judge(network, scale, splits.shape, splits.classes, accuracy, controls, seconds)


def _tried(
    network: JudgeNetwork, scale: Scale, bank: Images, real: Images, images: Images, seed: int
) -> Controls:
    """What a judge accepts of images, and of what is made of them."""
    subspaces = fit_subspaces(bank.pixels, labels_of(bank), real.pixels, network.shrink)
    return try_controls(
        lambda x: judged(network, scale, x).accepted,
        images.pixels,
        labels_of(images),
        subspaces.unlike,
        light=network.light,
        seed=seed,
    )


def _learned(splits: Splits, seed: int, steps: int) -> JudgeNetwork:
    """Networks that have learned the classes, or the refusal of those that do not."""
    light = bool(splits.validation.pixels.mean() < 127.5)
    with own_randomness(seed):
        network = JudgeNetwork(splits.shape, len(splits.classes), MEMBERS, light=light)
    rows = subset(len(splits.train), ROWS, seed)
    pixels = splits.train.pixels if len(rows) == len(splits.train) else splits.train.pixels[rows]
    epochs = epochs_for(steps, len(rows), PLAN.batch)
    plan = replace(PLAN, epochs=epochs, seed=seed)
    total = epochs * steps_in(len(rows), plan.batch)
    line = f"training a judge of {splits.title}, once: {total:,} batches"
    with counting(line, "judge", total) as done:
        trial = partial(_trial, network, splits, seed)
        watch = Watch(network, splits.validation, trial, total, done)
        fit_network(network, pixels, labels_of(splits.train)[rows], plan, on_step=watch)
    return network


def _trial(network: JudgeNetwork, splits: Splits, seed: int) -> Controls:
    """Try a network in training, on few images of validation."""
    bank = splits.train.take(subset(len(splits.train), PROBED, seed))
    few = splits.validation.take(subset(len(splits.validation), PROBED, seed))
    with own_randomness(seed):
        scale = calibrated(network, bank.pixels, labels_of(bank), few.pixels)
        return _tried(network, scale, bank, few, few, seed)
