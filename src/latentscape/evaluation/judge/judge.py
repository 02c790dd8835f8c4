"""The judge: is this image a legible member of some class, and of which?

One network's confidence cannot tell: one that is right on 98.6 % of digits accepts 42 % of even
blends of two digits at confidence 0.9. A judge is an ensemble with two kinds of evidence:

- how improbable the likeliest class *and no other* is, −max_c mean_m log p_m(c alone | x);
- how far the image lies from real ones: the cosine distance in each member's features to the 10th
  nearest training image of that class, averaged over members.

Each becomes a p-value p by its rank among real images of the validation split, and an image is
accepted when the smaller one passes a limit that 94 % of those images pass, and one standard error
more where they are few (a conformal test, arXiv:2107.07511). `Controls` say what it accepts of
images whose legibility is known.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentscape.evaluation.judge.controls import Controls
from latentscape.evaluation.judge.network import BATCH, JudgeNetwork
from latentscape.models.pixels import Inputs, at_once, batches, checked

Floats = NDArray[np.float32]
NEIGHBOUR = 10
ACCEPTED = 0.94  # of validation images


@dataclass(frozen=True)
class Verdict:
    """What a judge says of N images.

    Attributes:
        labels: The class each is most like (N,), int64.
        accepted: Whether each is a legible member of that class (N,).
        p_values: How ordinary each is among real images, 0 to 1 (N,).
        features: Rows to compare sets of images by (N, f), float32.
    """

    labels: NDArray[np.int64]
    accepted: NDArray[np.bool_]
    p_values: NDArray[np.float64]
    features: Floats


@dataclass(frozen=True, eq=False)
class Scale:
    """What evidence is measured against.

    Attributes:
        bank: Features of training images by member (M, n, f), float32.
        bank_labels: Their classes (n,).
        improbable: Of validation images, sorted (v,), float32.
        distant: Of validation images, sorted (v,), float32.
        limit: The p-value from which an image is accepted.
    """

    bank: Tensor
    bank_labels: Tensor
    improbable: Floats
    distant: Floats
    limit: float

    def p_values(self, improbable: Floats, distant: Floats) -> NDArray[np.float64]:
        """The smaller of two p-values: shares of validation images with as much or more."""
        both: NDArray[np.float64] = np.minimum(
            _rank(self.improbable, improbable), _rank(self.distant, distant)
        )
        return both


@dataclass(frozen=True, eq=False)
class Judge:
    """A trained, calibrated and tried judge.

    Attributes:
        network: The ensemble, in evaluation mode.
        scale: What evidence is measured against.
        shape: (C, H, W) of the images.
        classes: Names of the classes.
        accuracy: Share of test images that it names right, accepted or not.
        controls: What it accepts of images whose legibility is known.
        seconds: What its training took.
    """

    network: JudgeNetwork
    scale: Scale
    shape: tuple[int, int, int]
    classes: tuple[str, ...]
    accuracy: float
    controls: Controls
    seconds: float

    def classify(self, images: Inputs) -> Verdict:
        """Judge images.

        Args:
            images: (N, C, H, W), uint8 or float in [0, 1], or `Images`.

        Raises:
            LatentscapeError: When they are of another shape than those it was trained on.
        """
        return judged(self.network, self.scale, checked(images, self.shape))


def judged(network: JudgeNetwork, scale: Scale, pixels: NDArray[np.generic]) -> Verdict:
    """Judge images (N, C, H, W), uint8 or float in [0, 1], of the right shape.

    Args:
        network: the judge's.
        scale: what its evidence is measured against.
        pixels: (N, C, H, W).
    """
    labels, improbable, distant, features = _weighed(network, pixels, scale.bank, scale.bank_labels)
    p = scale.p_values(improbable, distant)
    return Verdict(labels, p >= scale.limit, p, features)


def calibrated(
    network: JudgeNetwork,
    known: NDArray[np.uint8],
    labels: NDArray[np.int64],
    real: NDArray[np.uint8],
) -> Scale:
    """Measure evidence against real images that the networks were not trained on.

    Args:
        network: The ensemble.
        known: Training images for the bank (n, C, H, W).
        labels: Their classes (n,).
        real: Validation images (v, C, H, W).
    """
    device = next(network.parameters()).device
    size = at_once(known.shape[1:], BATCH)
    features = [network.evidence(x)[1] for x in batches(known, size, device)]
    bank, classes = torch.cat(features, 1), torch.from_numpy(labels).to(device)
    _, improbable, distant, _ = _weighed(network, real, bank, classes)
    scale = Scale(bank, classes, np.sort(improbable), np.sort(distant), 0.0)
    share = ACCEPTED + math.sqrt(ACCEPTED * (1 - ACCEPTED) / len(real))
    limit = float(np.quantile(scale.p_values(improbable, distant), max(0.0, 1 - share)))
    return replace(scale, limit=limit)


def _weighed(
    network: JudgeNetwork, pixels: NDArray[np.generic], bank: Tensor, bank_labels: Tensor
) -> tuple[NDArray[np.int64], Floats, Floats, Floats]:
    """Give labels (N,), improbability (N,) in nats, distance (N,) and features (N, M · 64)."""
    empty = torch.empty(0, device=bank.device)
    rows = [(empty.long(), empty, empty, empty.view(0, bank.shape[0] * bank.shape[2]))]
    for x in batches(pixels, at_once(pixels.shape[1:], BATCH), bank.device):
        alone, features = network.evidence(x)
        best, label = alone.mean(0).max(1)
        away = _distance(features, label, bank, bank_labels)
        rows.append((label, -best, away, features.transpose(0, 1).flatten(1)))
    label, improbable, distant, flat = (torch.cat(parts).cpu() for parts in zip(*rows, strict=True))
    return label.numpy(), improbable.numpy(), distant.numpy(), flat.numpy()


def _distance(features: Tensor, label: Tensor, bank: Tensor, bank_labels: Tensor) -> Tensor:
    """Mean over members of 1 − cosine to the 10th nearest of the class in the bank, (B,).

    Of a class that the bank lacks, every image is as far away as can be.
    """
    away = features.new_full((len(label),), 2.0)
    for c in range(int(bank_labels.max()) + 1):
        chosen, known = label == c, bank[:, bank_labels == c]
        if not known.shape[1]:
            continue
        cosine = features[:, chosen] @ known.transpose(1, 2)
        k = min(NEIGHBOUR, known.shape[1])
        away[chosen] = (1 - cosine.topk(k, dim=2).values[..., -1]).mean(0)
    return away


def _rank(reference: Floats, value: Floats) -> NDArray[np.float64]:
    """Conformal p-values: (1 + how many of the reference are as large) / (1 + its size)."""
    larger = len(reference) - np.searchsorted(reference, value, side="left")
    rank: NDArray[np.float64] = (1 + larger) / (1 + len(reference))
    return rank
