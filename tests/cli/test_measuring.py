"""encode, measure, sample and cluster, on one small run."""

import csv
import json
from functools import partial
from importlib.util import find_spec

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.manifold import trustworthiness

from latentscape.cli.main import main
from latentscape.data import load_images
from latentscape.evaluation import code_table
from latentscape.evaluation import groups as model_measures
from latentscape.evaluation.judge import controls
from latentscape.evaluation.judge import training as judge_training
from latentscape.latent.clusters import cluster_accuracy
from latentscape.runs.load import load_run


def call(*arguments: object) -> int:
    return main([str(a) for a in arguments])


def refused(capsys, *arguments: object) -> str:
    """The one sentence that a refused command leaves on standard error."""
    capsys.readouterr()
    assert call(*arguments) == 2
    message = capsys.readouterr().err
    assert message.startswith("latentscape: ")
    assert message.count("\n") == 1, message
    return message


@pytest.fixture(scope="module", autouse=True)
def quick(tmp_path_factory):
    """A judge of few steps, kept in a folder of the tests; few draws."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LATENTSCAPE_DATA", str(tmp_path_factory.mktemp("data")))
        patch.setattr(controls, "ROWS", 50)
        patch.setattr(model_measures, "DRAWS", 50)
        few = partial(judge_training.train_judge, steps=8)
        patch.setattr(judge_training, "train_judge", few)
        yield


@pytest.fixture(scope="module")
def run(tmp_path_factory, quick):
    out = tmp_path_factory.mktemp("runs") / "vae"
    flags = ["--limit", "200", "--epochs", "1", "--precision", "32-true"]
    assert call("train", "vae", "--network", "dense", "--out", out, *flags) == 0
    return out


@pytest.fixture(scope="module")
def table(run, tmp_path_factory):
    out = tmp_path_factory.mktemp("codes") / "codes.parquet"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(code_table, "BLOCK", 64)  # several blocks a split
        assert call("encode", run, "--out", out, "--dimensions", out.with_suffix(".csv")) == 0
    return out


def test_a_row_for_each_image_with_what_the_model_makes_of_it(run, table):
    found = pq.read_table(table)
    model, images = load_run(run), load_images("digits", limit=200)
    assert found.column_names == [
        *("id", "label", "split", "z_0", "z_1", "scale_0", "scale_1"),
        *("error", "class_distance", "origin_distance", "radius"),
    ]
    parts = images.train, images.validation, images.test
    codes = np.concatenate([model.encode(part) for part in parts])
    labels = np.concatenate([part.labels for part in parts])
    z = np.stack([found[f"z_{i}"] for i in range(2)], axis=1)
    np.testing.assert_allclose(z, codes, atol=1e-5)
    assert found["label"].to_pylist() == [images.classes[c] for c in labels]
    assert found["id"].to_pylist() == [i for part in parts for i in part.ids]
    assert [found["split"].to_pylist().count(s) for s in ("train", "validation", "test")] == [
        len(part) for part in parts
    ]
    scales = np.stack([found[f"scale_{i}"] for i in range(2)], axis=1)
    np.testing.assert_allclose(found["radius"], np.linalg.norm(scales, axis=1), rtol=1e-5)
    means = np.stack([codes[labels == c].mean(axis=0) for c in range(10)])
    near = np.linalg.norm(codes - means[labels], axis=1)
    np.testing.assert_allclose(found["class_distance"], near, atol=1e-5)
    np.testing.assert_allclose(found["origin_distance"], np.linalg.norm(codes, axis=1), atol=1e-5)
    test = found["error"].to_numpy()[-len(images.test) :]
    errors = ((model.reconstruct(images.test) - images.test.pixels / 255) ** 2).mean((1, 2, 3))
    np.testing.assert_allclose(test, errors, rtol=1e-4)


def test_one_table_has_the_places_of_every_projection(run, tmp_path, capsys):
    out = tmp_path / "all.parquet"
    names = ["pca", "lda", "tsne"]
    assert call("encode", run, "--out", out, "--projections", *names) == 0
    found = pq.read_table(out)
    assert found.column_names[-7:] == ["radius", *(f"{n}_{a}" for n in names for a in "xy")]
    places = {n: np.stack([found[f"{n}_x"], found[f"{n}_y"]], axis=1) for n in names}
    images, model = load_images("digits", limit=200), load_run(run)
    codes = np.concatenate(
        [model.encode(p) for p in (images.train, images.validation, images.test)]
    )
    theirs = PCA(2).fit(codes[: len(images.train)]).transform(codes)
    signs = np.sign((theirs * places["pca"]).sum(0))
    np.testing.assert_allclose(places["pca"], signs * theirs, atol=1e-4)
    theirs = LinearDiscriminantAnalysis().fit(codes[: len(images.train)], images.train.labels)
    known = theirs.transform(codes)[:, :2]
    for mine, other in zip(places["lda"].T, known.T, strict=True):
        assert abs(np.corrcoef(mine, other)[0, 1]) > 0.999
    assert trustworthiness(codes, places["tsne"], n_neighbors=5) > 0.95
    assert "choose one of" in refused(
        capsys, "encode", run, "--out", tmp_path / "b.parquet", "--projections", "pcaa"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["all.parquet"]


def test_the_table_of_dimensions(run, table):
    rows = list(csv.DictReader(table.with_suffix(".csv").read_text().splitlines()))
    found = pq.read_table(table)
    for i, row in enumerate(rows):
        assert float(row["spread"]) == pytest.approx(np.std(found[f"z_{i}"]), rel=1e-3)
        assert float(row["mean radius"]) == pytest.approx(np.mean(found[f"scale_{i}"]), rel=1e-3)


def test_nothing_is_left_beside_a_table_that_could_not_be_written(run, tmp_path, capsys):
    assert "does not end in .parquet" in refused(capsys, "encode", run, "--out", tmp_path / "a.csv")
    np.save(tmp_path / "broken.npy", np.full((20, 28, 28), np.nan, np.float32))
    broken = ["--data", tmp_path / "broken.npy", "--out", tmp_path / "c.parquet"]
    assert "holds nan at index (0, 0, 0)" in refused(capsys, "encode", run, *broken)
    assert [path.name for path in tmp_path.iterdir()] == ["broken.npy"]


def test_measures_for_programs(run, capsys):
    groups = ["--groups", "usage", "reconstruction", "likelihood"]
    assert call("measure", run, "--json", "--nll", "2", *groups) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["usage"]["active_units"]["value"] in (0, 1, 2)
    assert set(found["reconstruction"]["mse"]["parts"]) == set("0123456789")
    assert found["likelihood"]["nll_se"]["value"] > 0
    assert "structure" not in found


def test_measures_for_people_say_what_they_mean_and_who_judged(run, capsys):
    assert call("measure", run, "--groups", "decoding", "usage") == 0
    text = capsys.readouterr().out
    assert "Which latent dimensions are used." in text
    assert "controls do not hold" in text  # a judge of eight steps
    assert "it accepts:" in text
    assert "all that rests on it is withheld" in text
    assert not any(f"{word} 0" in text for word in ("legibility", "diversity"))
    assert "noise" in text
    assert "  grid: " in text


def test_foreign_codes_in_both_kinds_of_file(table, tmp_path, capsys):
    found = pq.read_table(table)
    codes = np.stack([found[f"z_{i}"] for i in range(2)], axis=1)
    np.save(tmp_path / "z.npy", codes)
    np.save(tmp_path / "y.npy", np.array(found["label"].to_pylist(), int))
    assert call("measure", table, "--json") == 0
    first = json.loads(capsys.readouterr().out)
    assert call("measure", tmp_path / "z.npy", "--labels", tmp_path / "y.npy", "--json") == 0
    second = json.loads(capsys.readouterr().out)
    assert first.pop("model") == "codes.parquet"
    assert second.pop("model") == "z.npy"
    assert first == second
    assert first["structure"]["lda_accuracy"]["value"] > 0
    assert call("measure", tmp_path / "z.npy") == 0
    told = capsys.readouterr().out
    assert "there are no labels" in told and "there is no model" in told


def test_what_measure_refuses(run, table, tmp_path, capsys):
    np.save(tmp_path / "y.npy", np.zeros(3))
    np.save(tmp_path / "short.npy", np.zeros(3, int))
    (tmp_path / "broken.npy").write_bytes(b"no array")
    assert "did you mean usage" in refused(capsys, "measure", run, "--groups", "usagee")
    assert "needs a model" in refused(capsys, "measure", table, "--nll", "5")
    assert "y.npy' is no table" in refused(capsys, "measure", run, "--labels", tmp_path / "y.npy")
    assert "whole numbers" in refused(capsys, "measure", table, "--labels", tmp_path / "y.npy")
    assert "do not fit" in refused(capsys, "measure", table, "--labels", tmp_path / "short.npy")
    assert "broken.npy" in refused(capsys, "measure", tmp_path / "broken.npy")
    assert "not a run" in refused(capsys, "measure", tmp_path / "nothing")


def test_drawn_images_with_the_judge_s_word(run, tmp_path, capsys):
    out = tmp_path / "new" / "x.npy"
    assert call("sample", run, "--n", "5", "--sampler", "gaussian", "--out", out) == 0
    drawn = np.load(out)
    assert drawn.shape == (5, 1, 28, 28)
    assert drawn.dtype == np.float32
    text = capsys.readouterr().out
    assert "not judged: the judge's controls do not hold" in text  # a judge of eight steps
    assert "by class" not in text and "legible" not in text
    picture = tmp_path / "x.png"
    flags = ["--n", "3", "--sampler", "class-gaussian", "--label", "2", "--out", picture]
    assert call("sample", run, *flags) == 0
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_no_verb_trains_a_judge_where_none_is_asked_for(run, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(judge_training, "train_judge", None)
    assert call("measure", run, "--groups", "decoding", "--no-judge") == 0
    assert "no judge was asked for" in capsys.readouterr().out
    assert call("sample", run, "--n", "3", "--no-judge", "--out", tmp_path / "x.npy") == 0
    assert "not judged: no judge was asked for" in capsys.readouterr().out


def test_what_sample_refuses(run, tmp_path, capsys):
    out = ["--out", tmp_path / "x.png"]
    assert "knows no classes" in refused(capsys, "sample", run, "--label", "2", *out)
    kernel = ["--sampler", "kernel"]
    assert "choose one of 0" in refused(capsys, "sample", run, *kernel, "--label", "two", *out)
    assert "--n is 0" in refused(capsys, "sample", run, "--n", "0", *out)
    assert ".png or .npy" in refused(capsys, "sample", run, "--out", tmp_path / "x.gif")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("method", ["kmeans", "mixture", "hdbscan"])
def test_clusters_as_a_table_with_their_accuracy(run, tmp_path, capsys, method):
    out = tmp_path / "k.csv"
    flags = ["--k", "4", "--method", method, "--split", "all", "--out", out]
    assert call("cluster", run, *flags) == 0
    rows = list(csv.DictReader(out.read_text().splitlines()))
    images = load_images("digits", limit=200)
    parts = images.train, images.validation, images.test
    assert len(rows) == sum(map(len, parts))
    labels = np.concatenate([part.labels for part in parts])
    accuracy = cluster_accuracy(np.array([int(row["cluster"]) for row in rows]), labels)
    assert f"accuracy {accuracy:.4f}" in capsys.readouterr().out
    right = [row["label"] == row["stands_for"] for row in rows]
    assert np.mean(right) == pytest.approx(accuracy)


def test_what_cluster_refuses(run, tmp_path, capsys):
    assert "0 clusters" in refused(capsys, "cluster", run, "--k", "0", "--out", tmp_path / "k.csv")
    assert ".csv" in refused(capsys, "cluster", run, "--out", tmp_path / "k.txt")
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(find_spec("umap") is not None, reason="umap-learn is installed")
def test_without_umap_n2d_says_what_to_install_and_writes_nothing(run, tmp_path, capsys):
    flags = ["--method", "n2d", "--out", tmp_path / "k.csv"]
    assert "pip install 'latentscape[umap]'" in refused(capsys, "cluster", run, *flags)
    assert not list(tmp_path.iterdir())


def test_a_picture_by_itself_and_in_another_colour_is_encoded(run, tmp_path, capsys):
    pixels = np.zeros((40, 56, 3), np.uint8)
    pixels[10:30, 20:36] = (250, 240, 255)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    for name in ("a.png", "."):
        out = tmp_path / "c.parquet"
        assert call("encode", run, "--data", tmp_path / name, "--out", out) == 0
        assert pq.read_table(out)["id"].to_pylist() == ["a.png"]
        square = Image.fromarray(pixels).convert("L").crop((8, 0, 48, 40))
        grey = np.asarray(square.resize((28, 28), Image.Resampling.LANCZOS))
        code = load_run(run).encode(grey[None, None])
        found = pq.read_table(out)
        assert found["z_0"][0].as_py() == pytest.approx(code[0, 0], abs=0.02)
    groups = ["--k", "1", "--out", tmp_path / "k.csv"]
    assert call("cluster", run, "--data", tmp_path / "a.png", *groups) == 0
    assert (tmp_path / "k.csv").read_text().splitlines()[1] == "a.png,test,0"
