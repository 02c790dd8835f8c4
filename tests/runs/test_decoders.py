"""Decoders kept while training: which, where, through a crash and a save, and what is refused."""

import json
import shutil

import numpy as np
import pytest
import torch

import latentscape as ls
from latentscape.models.plan import Plan
from latentscape.parts.networks import Network
from latentscape.runs.folder import RunFolder
from latentscape.system.errors import LatentscapeError


@pytest.fixture(scope="module")
def images():
    return ls.load_images("digits", limit=120)


@pytest.fixture(scope="module")
def kept(images, tmp_path_factory):
    path = tmp_path_factory.mktemp("kept") / "run"
    net = Network(hidden=(8,))
    ls.train("vae", images, out=path, latent=2, net=net, epochs=5, keep_decoders=2)
    return path


def test_their_files_hold_all_but_the_encoder(kept):
    names = sorted(path.name for path in (kept / "decoders").iterdir())
    assert names == ["0001.safetensors", "0002.safetensors"]
    found = RunFolder(kept).decoders()
    last = RunFolder(kept).tensors("last")
    for weights in found.values():
        assert set(last) - set(weights) == {name for name in last if "encoder" in name}
        assert any(not torch.equal(weights[name], last[name]) for name in weights)


@pytest.mark.parametrize("epochs", [1, 2, 3, 7, 20, 200])
@pytest.mark.parametrize("count", [0, 1, 4, 12])
def test_epochs_are_early_ones_and_so_many(epochs, count):
    plan = Plan(epochs=epochs, keep_decoders=count)
    found = plan.decoder_epochs()
    assert len(found) == len(set(found)) == min(count, epochs - 1)
    assert found == sorted(found) and all(1 <= epoch < epochs for epoch in found)
    assert not found or found[0] == 1


@pytest.mark.parametrize("count", [-1, 13])
def test_other_numbers_are_refused(count):
    with pytest.raises(LatentscapeError, match=f"--keep-decoders is {count}; give a whole number"):
        Plan(keep_decoders=count)


def test_packing_carries_them(kept, tmp_path):
    from latentscape.runs.archive import listed

    assert {"decoders/0001.safetensors", "decoders/0002.safetensors"} <= set(listed(kept))
    moved = ls.load_run(kept).save(tmp_path / "copy")
    assert list(ls.load_run(moved).decoders()) == [1, 2]


def test_what_an_epoch_left_that_was_not_completed_is_not_read(images, kept, tmp_path):
    copy = tmp_path / "run"
    shutil.copytree(kept, copy)
    (copy / "decoders/0099.safetensors").write_bytes(b"")  # of an epoch that was not completed
    assert list(RunFolder(copy).decoders()) == [1, 2]
    ls.resume(copy, images, epochs=10)
    assert list(RunFolder(copy).decoders()) == [1, 2]


def test_damaged_ones_are_named(kept, tmp_path):
    copy = tmp_path / "run"
    shutil.copytree(kept, copy)
    (copy / "decoders/0001.safetensors").write_bytes(b"x")
    with pytest.raises(LatentscapeError, match=r"0001\.safetensors.*only kept decoders are lost"):
        dict(ls.load_run(copy).decoders())
    shutil.rmtree(copy / "decoders")
    (copy / "decoders").symlink_to(kept / "decoders")
    with pytest.raises(LatentscapeError, match="link"):
        ls.load_run(copy).decoders()


def test_of_another_model_they_are_refused(kept, images, tmp_path):
    from latentscape.bundle.from_run import bundle_run

    copy = tmp_path / "run"
    shutil.copytree(kept, copy)
    from safetensors.torch import save_file

    save_file({"0.decoder.other": torch.zeros(2)}, copy / "decoders/0001.safetensors")
    run = ls.load_run(copy)
    before = run.decode(np.zeros((1, 2), np.float32))
    with pytest.raises(LatentscapeError, match="only kept decoders are lost"):
        bundle_run(run, images.parts, tmp_path / "b")
    np.testing.assert_array_equal(run.decode(np.zeros((1, 2), np.float32)), before)


def test_a_file_that_says_it_is_larger_than_the_model_is_refused_before_it_is_read(kept, tmp_path):
    copy = tmp_path / "run"
    shutil.copytree(kept, copy)
    [name] = [n for n in RunFolder(copy).tensors("last") if n.endswith("decoder.0.weight")][:1]
    claimed = json.dumps({name: {"dtype": "F32", "shape": [2**31], "data_offsets": [0, 2**33]}})
    with (copy / "decoders/0001.safetensors").open("wb") as file:
        file.write(len(claimed).to_bytes(8, "little") + claimed.encode())
        file.truncate(8 + len(claimed) + 2**33)  # eight gigabytes that are not there
    with pytest.raises(LatentscapeError, match=r"not of the model that its run\.json describes"):
        dict(RunFolder(copy).decoders())
