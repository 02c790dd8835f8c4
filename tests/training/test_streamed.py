"""Training from streams: what is seen in an epoch, cut short and gone on with, from the shell."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import fsspec
import pytest
import torch

from latentscape.cli.main import main
from latentscape.data import load_images
from latentscape.data.stream import held_out
from latentscape.runs.folder import RunFolder
from latentscape.runs.load import load_run
from latentscape.system.errors import LatentscapeError
from latentscape.training import resume, train
from latentscape.training.streamed import StreamedBatches
from tests.evaluation.pictures import as_tables, as_tars, drawn

CPU = torch.device("cpu")
PLAN = {"batch": 32, "precision": "32-true", "device": "cpu", "progress": False}


@pytest.fixture(scope="module")
def tars(tmp_path_factory) -> Path:
    return as_tars(tmp_path_factory.mktemp("data") / "in", drawn(400))


@pytest.fixture(scope="module")
def images(tars):
    return load_images(tars, size=16, colour="grey")


def weights(run) -> dict[str, torch.Tensor]:
    return dict(run.model.state_dict())


def equal(one, other) -> bool:
    return all(torch.equal(tensor, other[name]) for name, tensor in one.items())


def rows(batches) -> list[bytes]:
    return [x.numpy().tobytes() for batch, _ in batches for x in batch]


def test_an_epoch_has_each_picture_once_and_each_process_its_share(images):
    whole = StreamedBatches(images.stream, 32, CPU, drop_last=False)
    once = rows(whole.shuffled(0, 1))
    assert len(once) == len(set(once)) == len(images.stream) == whole.size
    held = {image.tobytes() for part in (images.test, images.validation) for image in part.pixels}
    assert held.isdisjoint(once)
    assert rows(whole.shuffled(0, 1)) == once
    for seed, epoch in ((0, 2), (1, 1)):
        other = rows(whole.shuffled(seed, epoch))
        assert sorted(other) == sorted(once) and other != once
    shares = [StreamedBatches(images.stream, 32, CPU, (i, 2)) for i in range(2)]
    drop = StreamedBatches(images.stream, 32, CPU)
    both = [[len(x) for x, _ in share.shuffled(0, 1)] for share in shares]
    assert both == [[16] * len(drop)] * 2 and len(drop) == whole.size // 32
    apart = [row for share in shares for row in rows(share.shuffled(0, 1))]
    assert sorted(apart) == sorted(rows(drop.shuffled(0, 1)))


def test_labels_come_with_their_pictures(images):
    of = {x.tobytes(): y for x, y in zip(images.train.pixels, images.train.labels, strict=True)}
    assert len(of) == len(images.stream)  # so few are all in memory, too
    for batch, labels in StreamedBatches(images.stream, 32, CPU).shuffled(0, 1):
        assert [of[x.numpy().tobytes()] for x in batch] == labels.tolist()


def test_a_run_cut_short_ends_in_the_same_bits(images, tars, tmp_path):
    whole = train("vae", images, epochs=4, out=tmp_path / "whole", **PLAN)
    place = tmp_path / "cut"
    program = (
        "import sys; from latentscape.data import load_images;"
        "from latentscape.training import train;"
        f"train('vae', load_images({str(tars)!r}, size=16, colour='grey'), epochs=4,"
        f"out={str(place)!r}, **{PLAN!r})"
    )
    with subprocess.Popen([sys.executable, "-c", program]) as process:
        while process.poll() is None and not (place / "checkpoint-0001").exists():
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert 1 <= RunFolder(place).standing().epoch < 4
    cut = resume(place, progress=False)
    assert equal(weights(whole), weights(cut))
    assert [r["train/loss"] for r in whole.history] == [r["train/loss"] for r in cut.history]


def test_a_source_that_has_changed_is_not_gone_on_with(tmp_path):
    pictures = drawn(200)
    place = as_tars(tmp_path / "in", pictures)
    images = load_images(place, size=16)
    run = train("ae", images, epochs=1, out=tmp_path / "run", **PLAN)
    assert run.record.data.counts == images.counts
    as_tars(tmp_path / "more", drawn(40, seed=1))
    (tmp_path / "more/000.tar").rename(place / "009.tar")
    with pytest.raises(LatentscapeError, match="not those that"):
        resume(tmp_path / "run", epochs=2, progress=False)
    changed = run.record.data.changes(run.record.load())
    assert f"{len(images.stream) + 40} train for {len(images.stream)}" in changed


def test_a_conditional_model_learns_from_a_stream(images):
    run = train("conditional-vae", images, classes=3, epochs=1, **PLAN)
    assert run.classes == ("0", "1", "2")


def test_unreadable_pictures_are_left_out_and_said(tmp_path, monkeypatch):
    for part in held_out.MOST:  # what is in memory is known beforehand
        monkeypatch.setitem(held_out.MOST, part, 3)
    spoilt = {f"{i:05d}.png": b"no picture" for i in range(0, 200, 40)}
    images = load_images(as_tars(tmp_path / "in", {**drawn(200), **spoilt}), size=16)
    run = train("ae", images, epochs=2, **PLAN)
    assert run.notices[0].startswith("5 unreadable pictures were left out: ")
    assert "00040.png' (not a picture)" in run.notices[0]
    spoilt = {f"{i:05d}.png": b"no picture" for i in range(400) if i % 4}
    images = load_images(as_tars(tmp_path / "bad", {**drawn(400), **spoilt}), size=16)
    with pytest.raises(LatentscapeError, match="more than half of a batch cannot be read"):
        train("ae", images, epochs=1, **PLAN)


def test_validation_images_are_not_trained_on(images):
    with pytest.raises(LatentscapeError, match=r"--train-on train\+validation takes images"):
        train("ae", images, train_on="train+validation", keep="last", **PLAN)


def test_from_the_shell_with_any_address(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    place = as_tables(tmp_path / "in", drawn(200))
    memory = fsspec.filesystem("memory")
    memory.put(f"{place}/", f"/{tmp_path.name}/in", recursive=True)
    address = f"memory://{tmp_path.name}/in/*.parquet"
    flags = ["--epochs", "2", "--batch", "32", "--size", "16", "--device", "cpu"]
    assert main(["train", "vae", "--data", address, *flags]) == 0
    said = capsys.readouterr().out
    assert "streamed from 5 parts (144 train, 16 validation, 40 test); 3 classes" in said
    run = load_run("runs/vae")
    assert run.record.data.source == address
    assert main(["train", "--resume", "runs/vae", "--epochs", "3"]) == 0
    assert len(load_run("runs/vae").history) == 3
    capsys.readouterr()
    assert main(["measure", "runs/vae", "--groups", "reconstruction", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)
    assert main(["train", "vae", "--data", "in/*.parquet", *flags, "--out", "b"]) == 0
    assert load_run("b").record.data.source == str(tmp_path / "in/*.parquet")
    monkeypatch.chdir("/")
    assert len(load_run(tmp_path / "b").own_images().test) == 40


def test_what_lies_elsewhere_is_not_fetched_for_a_file_that_names_it(images, tmp_path):
    run = train("ae", images, epochs=1, out=tmp_path / "run", **PLAN)
    raw = json.loads((tmp_path / "run/run.json").read_text())
    raw["data"]["source"] = "https://host.invalid/photos.tar"
    (tmp_path / "run/run.json").write_text(json.dumps(raw))
    with pytest.raises(LatentscapeError, match="nothing is fetched that you did not name"):
        resume(tmp_path / "run", progress=False)
    assert run.record.load().cut == images.cut
