"""Batches held on a device are the batches that are read, image by image."""

import numpy as np
import pytest
import torch

from latentscape.training.batches import RowBatches
from latentscape.training.on_device import OnDevice, batches_on
from latentscape.training.order import WHOLE

CPU = torch.device("cpu")
ROWS = np.random.default_rng(0).integers(0, 256, (103, 1, 4, 4), dtype=np.uint8)
LABELS = np.arange(103) % 7


@pytest.mark.parametrize("labels", [LABELS, None])
@pytest.mark.parametrize("share", [(0, 1), (1, 2)])
def test_a_held_set_gives_what_a_read_one_does(labels, share):
    read, held = (kind(ROWS, labels, 16, CPU, share) for kind in (RowBatches, OnDevice))
    for one, other in (
        (read.shuffled(3, 2), held.shuffled(3, 2)),
        (read.ordered(), held.ordered()),
        ([read.some(40, 5)], [held.some(40, 5)]),
    ):
        for (x, y), (held_x, held_y) in zip(one, other, strict=True):
            assert x.dtype == held_x.dtype == torch.uint8
            torch.testing.assert_close(held_x, x)
            assert (y is None) == (held_y is None)
            if y is not None:
                torch.testing.assert_close(held_y, y)


def test_sets_that_lie_on_a_disk_are_held_too(tmp_path):
    np.save(tmp_path / "rows.npy", ROWS)
    mapped = np.load(tmp_path / "rows.npy", mmap_mode="r")
    for one, other in zip(
        OnDevice(mapped, None, 16, CPU).shuffled(0, 1),
        OnDevice(ROWS, None, 16, CPU).shuffled(0, 1),
        strict=True,
    ):
        torch.testing.assert_close(one, other)


def test_a_processor_reads_and_a_gpu_holds_what_is_not_too_large():
    class Large:
        nbytes = WHOLE + 1

        def __len__(self):
            return 100

    assert type(batches_on(CPU, ROWS, None, 16)) is RowBatches
    assert type(batches_on(torch.device("cuda"), Large(), None, 16)) is RowBatches
