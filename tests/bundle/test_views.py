"""Views of codes: which there are, and in what order."""

import numpy as np
import pytest

from latentscape.bundle import views as made
from latentscape.bundle.contents import View
from latentscape.bundle.views import make_views
from latentscape.latent.projections import Raw
from latentscape.system.errors import LatentscapeError


@pytest.fixture
def codes():
    """Most spread is along the first two numbers, and classes differ along two others."""
    z = np.random.default_rng(0).normal(size=(300, 6)).astype(np.float32)
    z[:, :2] *= 8
    return z


@pytest.fixture
def labels(codes):
    labels = np.arange(len(codes)) % 3
    codes[:, 4:] += np.array([[0, 0], [3, 0], [0, 3]])[labels]
    return labels


def names(views):
    return [view.name for view in views]


def kept(codes, view):
    """How many of ten neighbours are neighbours in two axes, too, by distances of all pairs."""

    def near(z):
        away = np.linalg.norm(z[:, None] - z, axis=2)
        np.fill_diagonal(away, np.inf)
        return np.argsort(away, axis=1)[:, :10]

    y = (codes - view.mean) @ view.forward if isinstance(view, View) else view.positions
    both = zip(near(codes), near(y[:, :2]), strict=True)
    return sum(len({*a} & {*b}) for a, b in both)


def test_the_best_keeper_comes_first(codes, labels):
    """In two axes: all six of PCA would keep all neighbours."""
    halves = codes * np.float32([0.002, 0.02, 0, 0.1, 1, 1])
    halves[::2, 2] = 60  # beside their distance little spread is left but that of the classes
    for z, asked, first in (
        (codes, ("lda", "pca"), "pca"),
        (halves, ("pca", "lda"), "lda"),
        (halves, ("pca", "lda", "tsne"), "tsne"),
    ):
        views = make_views(asked, z, labels)
        shares = [kept(z, view) for view in views]
        assert names(views)[0] == first and len(views) == len(asked)
        assert shares == sorted(set(shares), reverse=True)


def test_of_equal_keepers_the_first_named_comes_first():
    plane = np.random.default_rng(0).normal(size=(80, 2)).astype(np.float32)
    assert names(make_views(("raw", "pca"), plane, None)) == ["raw", "pca"]
    assert names(make_views(("pca", "raw", "pca"), plane, None)) == ["pca", "raw"]


def test_of_many_codes_some_are_compared(codes, labels, monkeypatch):
    seen = []
    monkeypatch.setattr(made, "COMPARED", 50)
    monkeypatch.setattr(
        made, "kept_neighbours", lambda z, y: seen.append((z.shape, y.shape)) or len(seen)
    )
    assert names(make_views(("pca", "raw"), codes, None)) == ["raw", "pca"]
    assert seen == [((50, 6), (50, 2))] * 2


def test_a_code_of_one_number_has_no_other_side():
    line = np.linspace(0, 1, 9, dtype=np.float32)[:, None]
    assert make_views(("raw", "pca", "lda"), line, np.arange(9) % 3) == []


def test_names_are_refused_that_no_projection_has(codes):
    with pytest.raises(LatentscapeError, match="no projection is called 'som'; choose one of"):
        make_views(("pca", "som"), codes, None)


def test_of_very_many_codes_it_is_said_that_tsne_takes_long(codes, monkeypatch, capsys):
    monkeypatch.setattr(made, "make_projection", lambda name: Raw())
    monkeypatch.setattr(made, "MINUTES", 299)
    assert len(make_views(("tsne",), codes, None)[0].positions) == 300
    assert capsys.readouterr().err == "note: t-SNE places 300 codes, which takes minutes\n"
    make_views(("raw",), codes, None)
    make_views(("tsne",), codes[1:], None)
    assert capsys.readouterr().err == ""
