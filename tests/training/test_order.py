"""The order of epochs: a permutation, new each time, and read nearly in order where it must be."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from latentscape.training import order
from latentscape.training.batches import RowBatches
from latentscape.training.order import windows

CPU = torch.device("cpu")


@pytest.fixture
def small(monkeypatch):
    """Sets of more than 100 bytes are read in windows of 4096, in blocks of 64."""
    for name, size in (("WHOLE", 100), ("WINDOW", 4096), ("BLOCK", 64)):
        monkeypatch.setattr(order, name, size)


class Disk:
    """Rows that say when they are read: the row's number is in its two bytes."""

    def __init__(self, size):
        self.array = np.arange(size, dtype="<u2")[:, None].view(np.uint8)
        self.nbytes, self.reads = self.array.nbytes, []

    def __len__(self):
        return len(self.array)

    def __getitem__(self, rows):
        self.reads.append(rows)
        return self.array[rows]


def seen(batches, epoch, seed=0):
    x = torch.cat([x for x, _ in batches.shuffled(seed, epoch)]).numpy()
    return x.copy().view("<u2")[:, 0].astype(int)


@given(
    size=st.integers(1, 3000),
    row=st.integers(1, 70),
    batch=st.integers(1, 300),
    seed=st.integers(0, 9),
)
def test_windows_are_a_permutation_of_whole_batches(size, row, batch, seed):
    with pytest.MonkeyPatch.context() as patch:
        for name, bytes_ in (("WHOLE", 100), ("WINDOW", 4096), ("BLOCK", 64)):
            patch.setattr(order, name, bytes_)
        parts = list(windows(size, row, batch, np.random.default_rng(seed)))
    assert sorted(np.concatenate(parts)) == list(range(size))
    if len(parts) > 1:
        assert all(len(part) % batch == 0 for part in parts[:-1])
        assert max(len(part) * row for part in parts) <= max(4096, batch * row)


def test_small_sets_are_permuted_as_a_whole():
    [whole] = windows(1000, 784, 32, np.random.default_rng((3, 7)))
    assert np.array_equal(whole, np.random.default_rng((3, 7)).permutation(1000))


def test_an_epoch_of_a_large_set_gives_each_row_once_and_another_epoch_another_order(small):
    batches = RowBatches(Disk(20_000), None, 50, CPU)
    first, again, second = seen(batches, 1), seen(batches, 1), seen(batches, 2)
    assert np.array_equal(np.sort(first), np.arange(20_000))
    assert np.array_equal(first, again)
    assert (first == second).mean() < 0.01
    assert (first == seen(batches, 1, seed=1)).mean() < 0.01


def test_a_large_set_is_read_nearly_in_order_and_every_row_once(small):
    disk = Disk(20_000)
    seen(RowBatches(disk, None, 50, CPU), 1)
    reads = np.concatenate(disk.reads)
    assert len(disk.reads) == 20_000 * 2 / 4000  # windows of 2,000 rows
    assert np.array_equal(np.sort(reads), np.arange(20_000))
    jumps = (np.diff(reads) != 1).sum()
    assert jumps <= 20_000 / 32 + 2 * len(disk.reads)  # no more than there are blocks


def test_a_large_set_in_the_order_of_its_classes_is_well_mixed(small):
    size, batch, classes = 20_000, 50, 10
    seen_labels = seen(RowBatches(Disk(size), None, batch, CPU), 1) * classes // size
    counts = np.stack([np.bincount(b, minlength=classes) for b in seen_labels.reshape(-1, batch)])
    # Batches drawn from all rows would have a variance of batch · p · (1 - p) = 4.5; a window here
    # has 64 blocks, each of one class, which adds (batch - 1) / 64 of it.
    expected = batch * 0.1 * 0.9 * (1 + (batch - 1) / 64)
    assert np.var(counts) == pytest.approx(expected, rel=0.2)


def test_labels_stay_with_their_rows(small):
    labels = np.arange(5000) * 7
    for x, y in RowBatches(Disk(5000), labels, 64, CPU).shuffled(0, 1):
        assert np.array_equal(x.numpy().copy().view("<u2")[:, 0].astype(int) * 7, y.numpy())


def test_some_rows_of_a_large_set_come_from_all_over_it(small):
    x, _ = RowBatches(Disk(20_000), None, 50, CPU).some(1000, 0)
    rows = x.numpy().copy().view("<u2")[:, 0]
    assert len(np.unique(rows)) == 1000
    assert abs(rows.mean() - 10_000) < 1500


@pytest.mark.parametrize("shares", [1, 2, 3])
@pytest.mark.parametrize("size", [30, 100, 6137])  # in one batch, in one window, in several
def test_no_row_is_left_out_where_the_last_batch_is_kept(small, size, shares):
    rows = Disk(size)
    all_shares = [
        RowBatches(rows, None, 48, CPU, (n, shares), drop_last=False) for n in range(shares)
    ]
    parts = [[len(x) for x, _ in share.shuffled(0, 1)] for share in all_shares]
    assert parts == [parts[0]] * shares, "no process may wait for another"
    assert {len(part) for part in parts} == {len(all_shares[0])}
    assert set(parts[0][:-1]) <= {48 // shares}
    met = np.concatenate([seen(share, 1) for share in all_shares])
    assert len(set(met)) == len(met) == size // shares * shares
