"""Bundles carry columns: those of the data, and what is known of codes, against other means."""

import json
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy.stats import multivariate_normal
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

from latentscape import recipes
from latentscape.bundle import bundle_codes, read_bundle, write_bundle
from latentscape.bundle.from_run import bundle_run
from latentscape.bundle.tables import read_arrow
from latentscape.data import load_images
from latentscape.data.columns import Column
from latentscape.parts.networks import Network
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError
from tests.bundle.samples import Sample

SMALL = Network(hidden=(8,))


def columns_of(folder) -> dict[str, list]:
    """The columns by name, each as its Arrow file holds it."""
    space = read_bundle(folder).space
    found = {}
    for described in space["columns"]:
        values = read_arrow(folder / described["file"])["value"]
        assert values.null_count == described["missing"]
        found[described["name"]] = values.to_pylist()
    return found


def test_what_neighbours_say_agrees_with_scikit_learn(tmp_path):
    sample = Sample(4)
    folder = sample.write(tmp_path / "b")
    columns = columns_of(folder)
    points = read_arrow(folder / "points.arrow")
    codes, labels = np.array(points["code"].to_pylist()), np.array(points["label"])
    distances, indices = NearestNeighbors(n_neighbors=11).fit(codes).kneighbors(codes)
    radii = distances[:, 10].astype(np.float32)
    typical = [(radii >= radius).mean() for radius in radii]
    np.testing.assert_allclose(columns["typical"], typical, atol=2 / len(codes))
    votes = np.array([np.bincount(labels[near[1:]], minlength=10) for near in indices])
    clear = np.sort(votes)[:, -1] > np.sort(votes)[:, -2]
    assert clear.sum() > 300
    nearest = np.array(columns["nearest class"], int)
    assert (nearest[clear] == votes.argmax(axis=1)[clear]).all()
    assert (votes[np.arange(len(votes)), nearest] == votes.max(axis=1)).all()
    right = np.array(columns["nearest class is its own"]) == "yes"
    assert (right == (nearest == labels)).all()
    knn = KNeighborsClassifier(10).fit(codes, labels)
    assert abs(right.mean() - knn.score(codes, labels)) < 0.1


def test_a_table_keeps_its_columns_typed_and_in_the_order_of_the_points(tmp_path):
    n = 40
    days = [datetime(2026, 1, 1 + i % 28, tzinfo=UTC) if i % 5 else None for i in range(n)]
    table = {
        "z_0": np.arange(n) / 7,
        "z_1": np.arange(n) % 3,
        "label": ["a", "b"] * (n // 2),
        "age": [float(i) if i % 4 else None for i in range(n)],
        "day": days,
        "kind": [["x", "y"][i % 2] for i in range(n)],
        "said": [f"word {i}" for i in range(n)],
        "typical": list(range(n)),
        "blob": [b"\x00"] * n,
    }
    pq.write_table(pa.table(table), tmp_path / "t.parquet")
    folder = bundle_codes(tmp_path / "t.parquet", tmp_path / "b")
    columns = columns_of(folder)
    rows = [int(name) for name in read_arrow(folder / "details.arrow")["id"].to_pylist()]
    for name in ("age", "day", "kind", "said"):
        assert columns[name] == [table[name][row] for row in rows]
    assert columns["data_typical"] == rows
    assert "blob" not in columns
    kinds = {each["name"]: each["kind"] for each in read_bundle(folder).space["columns"]}
    expected = {"age": "number", "day": "date", "kind": "category", "said": "text"}
    assert {name: kinds[name] for name in expected} == expected


def test_a_run_says_what_its_model_makes_of_each_image(tmp_path):
    splits = load_images("digits", limit=200)
    run = Run("small", recipes.vae(splits.shape, latent=2, net=SMALL), splits.shape, splits.classes)
    folder = bundle_run(run, splits.parts, tmp_path / "b")
    columns = columns_of(folder)
    ids = read_arrow(folder / "details.arrow")["id"].to_pylist()
    place = {name: i for i, name in enumerate(ids)}
    for split, images in splits.parts.items():
        rows = [place[name] for name in images.ids]
        assert {columns["split"][row] for row in rows} == {split}
        wrong = np.square(run.reconstruct(images) - images.pixels / 255).mean(axis=(1, 2, 3))
        found = np.array(columns["reconstruction error"])[rows]
        np.testing.assert_allclose(found, wrong, rtol=1e-4)
    images = splits.test
    mean, scale = (np.float64(part[0]) for part in run.posterior(images.take(np.array([0]))))
    draws = mean + scale * np.random.default_rng(0).normal(size=(200_000, 2))
    posterior = multivariate_normal(mean, np.diag(scale**2))
    log_ratio = posterior.logpdf(draws) - multivariate_normal([0, 0]).logpdf(draws)
    found = columns["distance to the prior"][place[images.ids[0]]]
    assert abs(found - log_ratio.mean()) < 4 * log_ratio.std() / np.sqrt(len(draws))


def test_columns_of_all_splits_travel_and_others_are_refused(tmp_path):
    sample = Sample(2)
    short = {"age": Column("number", pa.array([1.0]))}
    with pytest.raises(LatentscapeError, match="column 'age' has 1 values for 400 codes"):
        write_bundle(tmp_path / "b", sample.codes, columns=short)
    assert not (tmp_path / "b").exists()
    splits = load_images("strokes", limit=120)
    run = Run("small", recipes.ae(splits.shape, latent=2, net=SMALL), splits.shape, splits.classes)
    columns = columns_of(bundle_run(run, splits.parts, tmp_path / "c"))
    assert splits.train.columns.keys() <= columns.keys()
    whole = [v for part in splits.parts.values() for v in part.columns["slant"].values.to_pylist()]
    assert sorted(columns["slant"]) == sorted(whole)
    lengths = np.linalg.norm(read_arrow(tmp_path / "c/points.arrow")["code"].to_pylist(), axis=1)
    np.testing.assert_allclose(columns["distance to the origin"], lengths, rtol=1e-5)


def test_a_bundle_without_columns_opens_and_one_that_lost_a_file_does_not(tmp_path):
    folder = Sample(2).write(tmp_path / "b")
    space = json.loads((folder / "space.json").read_text())
    columns = space.pop("columns")
    for column in columns:
        (folder / column["file"]).unlink()
        space["files"].pop(column["file"])
    (folder / "space.json").write_text(json.dumps(space | {"version": 1}))
    assert read_bundle(folder).space["version"] == 1
    (folder / "space.json").write_text(json.dumps(space | {"columns": columns}))
    with pytest.raises(LatentscapeError, match=r"column-0\.arrow among files"):
        read_bundle(folder)
