"""The clusters that a model itself has learned, wherever they live, beside a fresh k-means."""

import csv

import numpy as np
import pytest
import torch
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture

from latentscape import measure, measure_codes
from latentscape.cli.main import main
from latentscape.latent.catalogue import CATALOGUE
from latentscape.latent.cluster_measures import NO_CLUSTERS
from latentscape.latent.clusters import cluster_accuracy
from latentscape.recipes import RECIPES
from latentscape.reports.cells import row
from latentscape.reports.configurations import RunSummary, configurations, grouped
from latentscape.reports.facts import facts_of
from latentscape.runs.run import Run
from latentscape.training import train

CLUSTERED = {"dec": 10, "gmvae": 10, "vade": 10, "vamp-vae": 100}


def run_of(name, shape, **options):
    torch.manual_seed(0)
    return Run(name, RECIPES[name](shape, **options), shape)


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_every_recipe_with_clusters_says_how_surely_and_no_other_does(name, toy_splits):
    run = run_of(name, (1, 28, 28))
    images = np.random.default_rng(0).integers(0, 256, (7, 1, 28, 28), dtype=np.uint8)
    found = run.memberships(images, np.arange(7) if run.model.labels else None)
    if name not in CLUSTERED:
        assert found is None
        return
    assert found.shape == (7, CLUSTERED[name])
    np.testing.assert_allclose(found.sum(1), 1, atol=1e-5)


def test_those_of_a_mixture_prior_are_what_scikit_learn_makes_of_the_same_mixture(toy_splits):
    run = run_of("vade", toy_splits.shape, latent=3, clusters=4)
    rng = np.random.default_rng(0)
    prior = run.model.prior
    codes = run.encode(toy_splits.test)
    means = codes[rng.choice(len(codes), 4, replace=False)]
    with torch.no_grad():
        prior.loc.copy_(torch.from_numpy(means))
        prior.logits.copy_(torch.from_numpy(rng.normal(size=4)))
        prior.log_scale.copy_(torch.from_numpy(rng.normal(size=(4, 3)) - 2))
    theirs = GaussianMixture(4, covariance_type="diag")
    theirs.weights_ = prior.logits.detach().double().softmax(0).numpy()
    theirs.means_ = prior.loc.detach().double().numpy()
    theirs.covariances_ = prior.log_scale.detach().double().exp().square().numpy()
    theirs.precisions_cholesky_ = 1 / np.sqrt(theirs.covariances_)
    known = theirs.predict_proba(codes.astype(np.float64))
    np.testing.assert_allclose(run.memberships(toy_splits.test), known, atol=1e-4)
    got = measure(run, toy_splits, groups=["structure"])
    labels, own = toy_splits.test.labels, known.argmax(1)
    assert got["own_cluster_accuracy"].value == cluster_accuracy(own, labels)
    assert got["own_cluster_ari"].value == pytest.approx(adjusted_rand_score(labels, own))


def test_those_of_deep_embedded_clustering_are_the_nearest_centres(toy_splits):
    run = run_of("dec", toy_splits.shape, latent=3, clusters=3)
    codes = run.encode(toy_splits.test)
    centres = np.stack([codes[toy_splits.test.labels == c].mean(0) for c in range(3)])
    with torch.no_grad():
        run.model.objective.centres.copy_(torch.from_numpy(centres))
    nearest = np.linalg.norm(codes[:, None] - centres, axis=2).argmin(1)
    got = measure(run, toy_splits, groups=["structure"])
    expected = cluster_accuracy(nearest, toy_splits.test.labels)
    assert got["own_cluster_accuracy"].value == expected
    assert got["kmeans_accuracy"].value != expected


def test_other_models_and_codes_say_why_they_have_none(toy_splits):
    run = run_of("vae", toy_splits.shape)
    assert measure(run, toy_splits, groups=["structure"])["own_cluster_ari"].reason == NO_CLUSTERS
    codes = np.random.default_rng(0).normal(size=(60, 2))
    found = measure_codes(codes, np.arange(60) % 3)
    assert found["own_cluster_accuracy"].reason == NO_CLUSTERS
    assert measure_codes(codes)["own_cluster_accuracy"].reason == "there are no labels"


def test_they_stand_in_comparisons(toy_splits, tmp_path):
    runs = [
        train(name, toy_splits, latent=2, epochs=1, out=tmp_path / name) for name in ("vade", "ae")
    ]
    measured = [measure(run, toy_splits, groups=["structure"]) for run in runs]
    groups = grouped([run.record for run in runs], ["vade", "ae"])
    sides = configurations(groups, [RunSummary.of(run) for run in runs], measured)
    own, none = row(CATALOGUE["own_cluster_accuracy"], sides)
    assert own.mean == measured[0]["own_cluster_accuracy"].value > 0
    assert none.mean is None
    assert ("clusters", "10 of its own") in facts_of(runs[0]).rows


def test_the_command_that_clusters_takes_them(tmp_path, capsys):
    flags = ["--limit", "200", "--epochs", "1", "--precision", "32-true", "--hidden", "8"]
    for name in ("vade", "ae"):
        assert main(["train", name, "--out", str(tmp_path / name), *flags]) == 0
    out = str(tmp_path / "k.csv")
    assert main(["cluster", str(tmp_path / "vade"), "--method", "own", "--out", out]) == 0
    printed = capsys.readouterr().out
    assert "by the model itself" in printed
    rows = list(csv.DictReader((tmp_path / "k.csv").read_text().splitlines()))
    right = np.mean([row["label"] == row["stands_for"] for row in rows])
    assert f"accuracy {right:.4f}" in printed
    assert main(["cluster", str(tmp_path / "ae"), "--method", "own", "--out", out]) == 2
    assert "no clusters of its own; choose --method kmeans" in capsys.readouterr().err
