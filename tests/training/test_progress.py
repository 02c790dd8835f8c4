import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import latentscape as ls
from latentscape.training.progress import Brief, Lines, LiveLine
from latentscape.training.reporter import Silent


def test_lines_say_what_begins_or_goes_on_and_each_epoch():
    said = []
    lines = Lines(said.append)
    lines.stage("vae", epochs=3, steps=4, done=0, batch=8)
    lines.stage("vae", epochs=3, steps=4, done=2, batch=8)
    lines.epoch({"epoch": 3.0, "seconds": 1.5, "train/loss": 2.0}, best=True)
    lines.note("odd")
    assert said == [
        "vae begins: 3 epochs of 4 steps",
        "vae continues after epoch 2: 3 epochs of 4 steps",
        "epoch 3/3 · 1.5 s · best so far",
        "note: odd",
    ]


def test_a_brief_reporter_says_the_first_epoch_every_tenth_of_the_way_and_the_last():
    said = []
    brief = Brief(said.append)
    brief.stage("vae", epochs=40, steps=4, done=0, batch=8)
    for epoch in range(1, 41):
        brief.epoch({"epoch": float(epoch), "seconds": 0.0}, best=False)
    assert [int(line.split("/")[0].split()[1]) for line in said[1:]] == [1, *range(4, 41, 4)]


SMALL = {"network": "dense", "hidden": (8,), "latent": 2}


@pytest.fixture(scope="module")
def images():
    return ls.load_images("digits", limit=60)


def test_a_training_from_python_says_how_it_goes_on_standard_error(images, capsys):
    ls.train("ae", images, epochs=20, **SMALL)
    said = capsys.readouterr()
    assert said.out == ""
    epochs = [line for line in said.err.splitlines() if line.startswith("epoch")]
    assert [line.split()[1] for line in epochs] == ["1/20", *(f"{n}/20" for n in range(2, 21, 2))]
    ls.fit(ls.recipes.ae(images.shape), images, epochs=1)
    assert "epoch 1/1" in capsys.readouterr().err


@pytest.mark.parametrize("how", [{"progress": False}, {"reporter": Silent()}])
def test_it_is_silent_where_that_is_asked_or_somebody_else_is_told(images, capsys, how, tmp_path):
    ls.train("ae", images, epochs=1, out=tmp_path / "run", **SMALL, **how)
    ls.fit(ls.recipes.ae(images.shape), images, epochs=1, **how)
    ls.resume(tmp_path / "run", images, epochs=2, **how)
    assert capsys.readouterr() == ("", "")


def test_in_a_notebook_it_is_one_line_that_moves(images, capsys, monkeypatch):
    shell = SimpleNamespace(kernel=object())
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    ls.train("ae", images, epochs=5, **SMALL)
    said = capsys.readouterr().err
    begin, moving = said.split("\r", 1)
    assert "ae begins: 5 epochs of" in begin
    assert moving.count("\r") == 4
    assert moving.count("\n") == 1 and moving.endswith("\n")
    assert "epoch 5/5" in moving.rsplit("\r", 1)[1]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device is always full here")
def test_a_line_that_cannot_be_written_stops_nothing(monkeypatch):
    full = open("/dev/full", "w")  # noqa: PTH123, SIM115
    monkeypatch.setattr(sys, "stderr", full)
    line = LiveLine()
    line.stage("vae", epochs=2, steps=1, done=0, batch=8)
    line.epoch({"epoch": 1.0, "seconds": 0.0}, best=True)
    line.note("odd")
    line.close()
    monkeypatch.undo()
    with pytest.raises(OSError, match="No space left"):
        full.close()
