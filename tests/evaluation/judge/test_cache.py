from pathlib import Path

import numpy as np
import pytest

from latentscape.evaluation.judge import place
from latentscape.evaluation.judge import training as judge_training
from latentscape.evaluation.judge.cache import load_judge, save_judge
from latentscape.evaluation.judge.place import judge_path
from latentscape.evaluation.judge.training import train_judge
from latentscape.system.removal import MARKER, TEXT

pytestmark = pytest.mark.usefixtures("seed_unmoved")


def test_a_judge_read_back_says_the_same(judge, toy_splits, tmp_path):
    save_judge(judge, tmp_path / "judges" / "one.safetensors")
    again = load_judge(tmp_path / "judges" / "one.safetensors")
    left = tmp_path / "judges" / ".latentscape-0123abcd"  # of a process killed beside it
    left.mkdir()
    (left / MARKER).write_bytes(TEXT)
    load_judge(tmp_path / "judges" / "one.safetensors")
    assert not left.exists()
    a, b = judge.classify(toy_splits.test), again.classify(toy_splits.test)
    for name in ("labels", "accepted", "p_values", "features"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
    for name in ("controls", "accuracy", "seconds", "classes", "shape"):
        assert getattr(judge, name) == getattr(again, name)


def test_a_judge_is_trained_once_and_says_so(toy_splits, monkeypatch, capsys):
    first = train_judge(toy_splits, steps=2)
    assert capsys.readouterr().err == "training a judge of toy, once: 9 batches\n"
    monkeypatch.setattr(judge_training, "fit_network", None)
    assert train_judge(toy_splits, steps=2).accuracy == first.accuracy
    assert capsys.readouterr().err == ""
    with pytest.raises(TypeError):
        train_judge(toy_splits, seed=1, steps=2)  # another seed: another judge


def test_other_images_have_another_judge(toys, toy_splits, tmp_path):
    grey, colour = (
        judge_path(toy_splits.fingerprint, 0, 9),
        judge_path(toys.toy_splits(3).fingerprint, 0, 9),
    )
    assert grey != colour
    assert grey.parent == colour.parent == tmp_path / "judges"


def test_another_version_has_other_judges(toy_splits, monkeypatch):
    before = judge_path(toy_splits.fingerprint, 0, 9)
    monkeypatch.setattr(place, "VERSION", place.VERSION + 1)
    assert judge_path(toy_splits.fingerprint, 0, 9) != before


@pytest.mark.parametrize("damage", [b"", b"\x08\0\0\0\0\0\0\0{}      ", b"not a judge at all" * 9])
def test_a_damaged_judge_is_trained_anew(toy_splits, damage):
    path: Path = judge_path(toy_splits.fingerprint, 0, 2)
    path.parent.mkdir()
    path.write_bytes(damage)
    train_judge(toy_splits, steps=2)
    assert load_judge(path) is not None
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_where_it_cannot_be_kept_the_judge_is_given_all_the_same(toy_splits, tmp_path, monkeypatch):
    file = tmp_path / "file"
    file.write_bytes(b"")
    monkeypatch.setenv("LATENTSCAPE_DATA", str(file))
    with pytest.warns(UserWarning, match="will be trained anew next time: cannot make"):
        assert train_judge(toy_splits, steps=1).accuracy >= 0
