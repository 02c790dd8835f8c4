"""Neighbours of many codes in a bundle and in a pair, against brute force."""

import json

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from latentscape.bundle import neighbours, read_bundle
from latentscape.bundle.pairing import write_pair
from latentscape.bundle.tables import read_arrow
from latentscape.latent import all_neighbours
from tests.bundle.samples import Sample


@pytest.fixture
def many(monkeypatch):
    """1,501 codes are many."""
    pytest.importorskip("faiss")
    monkeypatch.setattr(neighbours, "EXACT_UP_TO", 1500)
    monkeypatch.setattr(all_neighbours, "TREE_UP_TO_MANY", 1500)
    monkeypatch.setattr(all_neighbours, "MANY", 1000)


def exactness(bundle, codes) -> float:
    """The share of a bundle's neighbours that are among the true ten."""
    details = read_arrow(bundle.folder / "details.arrow")
    order = [int(name.removeprefix("digit-")) for name in details["id"].to_pylist()]
    away = cdist(codes[order], codes[order])
    np.fill_diagonal(away, np.inf)
    found = np.take_along_axis(away, np.array(details["neighbours"].to_pylist()), 1)
    return float(np.mean(found <= np.sort(away)[:, 9:10] + 1e-4))


@pytest.mark.parametrize(("d", "count"), [(4, 1600), (16, 1500)])
def test_up_to_some_number_neighbours_are_exact_and_nothing_is_said(tmp_path, many, d, count):
    sample = Sample(d, count)
    bundle = read_bundle(sample.write(tmp_path / "b"))
    assert exactness(bundle, sample.codes) == 1
    assert "neighbours" not in bundle.space
    assert "index" not in json.dumps(bundle.space["columns"])


def test_a_bundle_says_what_share_of_neighbours_an_index_found(tmp_path, many, monkeypatch):
    monkeypatch.setattr(all_neighbours, "_FIRST_CELLS", 1)
    monkeypatch.setattr(all_neighbours, "GOAL", 0.9)
    sample = Sample(8, 1600)
    bundle = read_bundle(sample.write(tmp_path / "b"))
    about = bundle.space["neighbours"]
    share = exactness(bundle, sample.codes)
    assert 0.9 < share < 0.999
    assert share == pytest.approx(about["recall"], abs=0.02)
    assert f"finds {about['recall']:.1%} of the true ones (of 500 images)" in about["note"]
    notes = [column["note"] for column in bundle.space["columns"]]
    assert len(notes) == 3
    assert all(note.endswith(f"; {about['note']}") for note in notes)


def test_without_an_index_it_is_said_what_would_be_quicker(tmp_path, many, monkeypatch, capsys):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    sample = Sample(8, 1600)
    assert exactness(read_bundle(sample.write(tmp_path / "b")), sample.codes) == 1
    said = "note: all pairs of 1,600 codes are compared; an index is quicker: pip install"
    assert said in capsys.readouterr().err
    Sample(4, 1600).write(tmp_path / "b")
    assert not capsys.readouterr().err


def test_a_pair_says_it_too(tmp_path, many):
    one, other = (
        read_bundle(Sample(d, 1600).write(tmp_path / name)) for d, name in ((2, "a"), (16, "b"))
    )
    (tmp_path / "pair").mkdir()
    write_pair(one, other, tmp_path / "pair")
    about = json.loads((tmp_path / "pair" / "pair.json").read_text())
    assert about["how"].startswith("neighbours are by an index, which finds ")
    assert all(column["note"].endswith(f"; {about['how']}") for column in about["columns"])
