"""Draws of a class, named by the linear discriminant of the codes."""

import math
import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

import latentscape as ls
from latentscape.cli.main import main
from latentscape.data import Images, load_images
from latentscape.evaluation.named_draws import name_draws
from latentscape.system.errors import LatentscapeError


def run_of(codes):
    """A model that gives images, which say their number, these codes."""
    return SimpleNamespace(
        encode=lambda images: codes[[int(i) for i in images.ids]],
        decode=lambda z, labels: np.zeros((len(z), 1, 4, 4), np.float32),
        model=SimpleNamespace(labels=0),
    )


def images_of(labels, names):
    ids = tuple(map(str, range(len(labels))))
    return Images(np.zeros((len(labels), 1, 4, 4), np.uint8), labels, names, ids, "toy")


def test_of_two_gaussians_as_many_are_right_as_theory_says():
    """Φ(δ/2) of round clouds whose centres lie δ deviations apart."""
    labels = np.arange(20_000) % 2
    rng = np.random.default_rng(0)
    codes = (rng.normal(size=(20_000, 3)) + 1.5 * labels[:, None] / math.sqrt(3)).astype("f4")
    found = name_draws(run_of(codes), images_of(labels, ("a", "b")), label="b", n=20_000)
    assert found.share == pytest.approx(norm.cdf(0.75), abs=0.01)
    np.testing.assert_allclose(found.codes.mean(0), codes[labels == 1].mean(0), atol=0.03)
    every = name_draws(run_of(codes), images_of(labels, ("a", "b")), n=500)
    assert every.share is None
    assert re.search(r"a \d+, b \d+$", str(every))


def test_names_are_those_of_scikit_learn(toy_splits):
    run = ls.Run("ae", ls.recipes.ae(toy_splits.shape, latent=4), toy_splits.shape)
    train = toy_splits.train
    theirs = LinearDiscriminantAnalysis().fit(run.encode(train).astype("f8"), train.labels)
    for sampler in ("class-gaussian", "gaussian"):
        found = name_draws(run, train, n=200, sampler=sampler)
        assert (found.named == theirs.predict(found.codes.astype("f8"))).mean() > 0.99
        np.testing.assert_allclose(found.images, run.decode(found.codes), atol=1e-6)
    ring = name_draws(run, train, label="ring", n=32)
    assert ring.share == np.mean([name == "ring" for name in ring.names])
    rows = str(ring).splitlines()
    assert [len(row.split()) for row in rows[:-1]] == [16, 16]
    assert rows[-1] == f"{ring.right.sum()} of 32 ({ring.share:.1%}) named ring"


def test_what_cannot_be_named_is_refused(toy_splits):
    run = ls.Run("ae", ls.recipes.ae(toy_splits.shape), toy_splits.shape)
    bare = replace(toy_splits.train, labels=None, classes=())
    with pytest.raises(LatentscapeError, match="no labels, so that nothing can be named"):
        name_draws(run, bare)
    with pytest.raises(LatentscapeError, match=r"'two'; choose one of bar, post, ring"):
        name_draws(run, toy_splits.train, label="two")
    with pytest.raises(LatentscapeError, match="knows no classes"):
        name_draws(run, toy_splits.train, label="bar", sampler="gaussian")
    with pytest.raises(LatentscapeError, match="n is 0; give 1 or more"):
        name_draws(run, toy_splits.train, n=0)


def test_the_command_prints_a_grid_of_128_and_a_share(tmp_path, capsys):
    flags = ["--limit", "200", "--epochs", "1", "--precision", "32-true", "--hidden", "8"]
    for name in ("ae", "conditional-vae"):
        run = str(tmp_path / name)
        assert main(["train", name, "--out", run, *flags]) == 0
        capsys.readouterr()
        out = tmp_path / f"{name}.png"
        asked = ["--sampler", "class-gaussian", "--label", "2", "--named-by", "lda"]
        assert main(["sample", run, "-n", "128", *asked, "--out", str(out)]) == 0
        rows = capsys.readouterr().out.splitlines()
        grid = [row.split() for row in rows[:8]]
        assert all(len(row) == 16 for row in grid)
        twos = sum(word == "2" for row in grid for word in row)
        assert rows[8] == f"{twos} of 128 ({twos / 128:.1%}) named 2"
        assert out.read_bytes().startswith(b"\x89PNG")
        known = name_draws(ls.load_run(run), load_images("digits", limit=200).train, label="2")
        assert (known.named == 2).sum() == twos
