"""A judge as one ONNX network, which the explorer's page runs on what it decodes."""

from __future__ import annotations

import math
from copy import deepcopy

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from torch import Tensor, nn

from latentscape.bundle.contents import BundledJudge, OnnxNetwork
from latentscape.bundle.export import Exported, export_modules
from latentscape.data import Images, Splits
from latentscape.evaluation.judge.cache import load_judge
from latentscape.evaluation.judge.judge import NEIGHBOUR, Judge
from latentscape.evaluation.judge.kept_network import keep_network, kept_network
from latentscape.evaluation.judge.network import BATCH
from latentscape.evaluation.judge.place import judge_path
from latentscape.evaluation.judge.refusals import labels_of
from latentscape.evaluation.judge.training import train_judge
from latentscape.models.pixels import at_once, batches
from latentscape.system.errors import LatentscapeError

FOLDED = 1 << 16  # the bank stays in half precision, which takes half as many bytes


def bundled_judge(splits: Splits, *, train: bool = False) -> BundledJudge | None:
    """Find the judge of some images for the page; None where none is kept whose controls hold.

    Args:
        splits: what it learns from.
        train: train one where none is kept, or say why there is none.

    Raises:
        LatentscapeError: when one is asked for and cannot be trained, or its controls do not hold.
    """
    judge = train_judge(splits) if train else load_judge(judge_path(splits.fingerprint))
    if judge is None or (judge.controls.reason and not train):
        return None
    if judge.controls.reason:
        raise LatentscapeError(
            f"what pictures of '{splits.title}' read as cannot be said: {judge.controls.reason}; "
            "leave out --judge (judge=True)"
        )
    place = judge_path(splits.fingerprint)
    network = kept_network(place)
    if network is None:
        network = export_judge(judge, splits.validation)
        keep_network(network, place)
    return BundledJudge(network, judge.scale.limit, judge.accuracy, judge.classes)


def export_judge(judge: Judge, real: Images) -> OnnxNetwork:
    """Export a judge; its features of training images in half precision.

    Args:
        judge: a trained one, which stays as it is.
        real: labelled images that it has not learned from, by which it says how sure it is.

    Returns:
        what takes `images` to `reading`, as `BundledJudge.network` says.
    """
    reader = _Reader(judge, _power(judge, real))
    exported = Exported(reader, torch.zeros(2, *judge.shape), "images", "reading")
    return export_modules([exported], folded=FOLDED)[0]


def _power(judge: Judge, real: Images) -> float:
    """What makes of the log-probability of a class alone how often it is the right one."""
    device = next(judge.network.parameters()).device
    size = at_once(real.shape, BATCH)
    alone = [judge.network.evidence(x)[0].mean(0) for x in batches(real.pixels, size, device)]
    best, label = torch.cat(alone).cpu().max(1)
    return fitted_power(best.numpy(), label.numpy() == labels_of(real))


def fitted_power(best: NDArray[np.floating], right: NDArray[np.bool_]) -> float:
    """The a for which e^(a · best) is likeliest the chance of being right, of 0.001 to 10.

    One error more is counted than there was, of middling evidence: none at all is no certainty.

    Args:
        best: log-probabilities (N,).
        right: whether each was right (N,).

    Example:
        >>> round(fitted_power(np.log(np.full(9, 0.25)), np.arange(9) > 3), 2)
        0.5
    """
    evidence = np.minimum(np.append(best, best.mean()).astype(float), -1e-6)
    correct = np.append(right, False)

    def unlikely(log_power: float) -> float:
        chance = np.exp(np.exp(log_power) * evidence)
        return -float(np.where(correct, np.log(chance), np.log1p(-chance)).sum())

    found = minimize_scalar(unlikely, bounds=(math.log(1e-3), math.log(10)), method="bounded")
    return math.exp(found.x)


class _Reader(nn.Module):
    """Images to class, chance that it is the right one, and p-value (B, 3)."""

    bank: Tensor
    bank_labels: Tensor
    last: Tensor
    improbable: Tensor
    distant: Tensor

    def __init__(self, judge: Judge, power: float) -> None:
        super().__init__()
        self.power = power
        scale = judge.scale
        self.network = deepcopy(judge.network).cpu()
        counts = torch.bincount(scale.bank_labels.cpu(), minlength=self.network.classes)
        self.register_buffer("bank", scale.bank.half().cpu())
        self.register_buffer("bank_labels", scale.bank_labels.cpu())
        self.register_buffer("last", counts.clamp(1, NEIGHBOUR) - 1)
        self.register_buffer("improbable", torch.from_numpy(scale.improbable))
        self.register_buffer("distant", torch.from_numpy(scale.distant))

    def forward(self, images: Tensor) -> Tensor:
        alone, features = self.network.evidence(images)
        best, label = alone.mean(0).max(1)
        p = torch.minimum(
            _rank(self.improbable, -best), _rank(self.distant, self._distance(features, label))
        )
        return torch.stack([label.float(), (self.power * best).exp(), p], 1)

    def _distance(self, features: Tensor, label: Tensor) -> Tensor:
        """Mean over members of 1 − cosine to the 10th nearest of the class in the bank, (B,)."""
        cosine = features @ self.bank.float().transpose(1, 2)
        own = self.bank_labels == label[:, None]
        nearest = torch.where(own, cosine, -1.0).topk(min(NEIGHBOUR, own.shape[1]), dim=2).values
        last = self.last[label].view(1, -1, 1).expand(len(nearest), -1, -1)
        return (1 - nearest.gather(2, last).squeeze(2)).mean(0)


def _rank(reference: Tensor, value: Tensor) -> Tensor:
    """Conformal p-values: (1 + how many of the reference are as large) / (1 + its size)."""
    larger = (reference >= value[:, None]).sum(1)
    return (1 + larger).float() / (1 + len(reference))
