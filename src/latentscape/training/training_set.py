"""What is trained on: which images, from memory, disk or a stream, cut into batches."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from latentscape.data import Examples, SplitsOf
from latentscape.data.rows import joined
from latentscape.models.plan import Plan
from latentscape.training.batches import Batches
from latentscape.training.on_device import batches_on
from latentscape.training.streamed import StreamedBatches


def training_batches(
    images: SplitsOf[Examples], plan: Plan, device: torch.device, share: tuple[int, int]
) -> Batches:
    """Cut what is trained on into batches, from memory, disk or a stream.

    Args:
        images: of which the training images are taken, or all that are not for testing.
        plan: says which, and how many a batch.
        device: where batches go.
        share: which part of how many is this process's.
    """
    drop_last = plan.last_batch == "drop"
    if images.stream is not None:
        return StreamedBatches(images.stream, plan.batch, device, share, drop_last=drop_last)
    rows, labels = trained_on(images, plan)
    return batches_on(device, rows, labels, plan.batch, share, drop_last=drop_last)


def trained_on(
    images: SplitsOf[Examples], plan: Plan
) -> tuple[NDArray[np.generic], NDArray[np.int64] | None]:
    """Give the rows (N, …) to train on and their labels (N,), in the plan's own share."""
    parts = [images.train] if plan.train_on == "train" else [images.train, images.validation]
    labels = [part.labels for part in parts if part.labels is not None]
    together = np.concatenate(labels) if len(labels) == len(parts) else None
    return joined([part.pixels for part in parts]), together
