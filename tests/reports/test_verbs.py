"""Commands as functions: of runs in memory, and of directories."""

import csv

import pytest

import latentscape as ls
import latentscape.explorer.showing
from latentscape.parts.networks import Network
from latentscape.reports import comparison, embed, run_report


@pytest.fixture(scope="module")
def images():
    return ls.load_images("digits", limit=60)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Without pictures, which have tests of their own."""
    monkeypatch.setattr(embed, "DPI", 24)
    monkeypatch.setattr(run_report, "pictures_of", lambda *_: ([], []))
    monkeypatch.setattr(comparison, "take_shots", lambda run, test: None)
    monkeypatch.setattr(comparison, "gallery", lambda shots, test: [])


def test_a_run_in_memory_is_reported_where_one_says(images, tmp_path):
    run = ls.fit(ls.recipes.vae(images.shape, latent=2), images, epochs=1)
    out = ls.report(run, images, out=tmp_path / "r.html", judge=False)
    assert "vae" in out.read_text(encoding="utf-8")
    with pytest.raises(ls.LatentscapeError, match="out="):
        ls.report(run, images, judge=False)


def test_a_sweep_is_trained_continued_compared_and_explored(images, tmp_path, monkeypatch):
    options = {"recipe": "ae", "limit": 60, "epochs": 1, "latent": [2, 3], "hidden": [8]}
    rows = ls.sweep(options, tmp_path / "sweep", images)
    assert [(row["latent"], row["status"]) for row in rows] == [(2, "complete"), (3, "complete")]
    assert ls.sweep(tmp_path / "sweep") == rows
    with pytest.raises(ls.LatentscapeError, match="out="):
        ls.sweep(options)

    model = ls.recipes.vae(images.shape, latent=2, net=Network(hidden=(8,)))
    other = ls.fit(model, images, epochs=1, out=tmp_path / "vae")
    table = tmp_path / "c.csv"
    ls.compare(
        tmp_path / "sweep", other, images=images, out=tmp_path / "c.html", csv=table, judge=False
    )
    with table.open(encoding="utf-8", newline="") as file:
        assert len({row["configuration"] for row in csv.DictReader(file)}) == 3

    served = []
    monkeypatch.setattr(
        "latentscape.explorer.showing.serve", lambda bundle, **_: served.append(bundle.space)
    )
    for source in (tmp_path / "sweep" / "latent=2,seed=0", other):
        ls.explore(source, images, browser=False)
    assert [space["code"]["size"] for space in served] == [2, 2]
    assert served[1]["name"] == "vae on digits"
