"""Entries that are run: what was cut off goes on, quick runs keep nothing, figures are right."""

import json
from functools import partial
from itertools import permutations
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.linalg import sqrtm
from sklearn.cluster import KMeans
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.neighbors import KNeighborsClassifier

from latentscape import load_images
from latentscape.cli.main import main
from latentscape.latent.samplers import MixtureSampler, RiemannianSampler
from latentscape.reproduction import densities, factors, figures, running
from latentscape.reproduction.catalogue import ENTRIES
from latentscape.reproduction.entry import Entry, Figure
from latentscape.reproduction.figures import measure
from latentscape.reproduction.results import KEPT, kept, read_results, write_results
from latentscape.reproduction.running import reproduce
from latentscape.reproduction.trained import Trained
from latentscape.reproduction.training import Training, Watch
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError
from latentscape.training import train
from latentscape.training.reporter import Silent

TOY = Entry(
    name="toy",
    group="systems",
    title="a toy",
    paper="none",
    table="none",
    protocol="three epochs",
    train={"recipe": "dec", "network": "dense", "hidden": [8], "epochs": 3, "clusters": 3},
    figures=(Figure("mse", 0.05), Figure("own_clusters")),
    data="digits",
    seeds=2,
)


@pytest.fixture
def toy(monkeypatch):
    """The toy is the one entry, and its images are few."""
    few = load_images("digits", limit=120)
    monkeypatch.setattr(running, "chosen", lambda names: (TOY,))
    monkeypatch.setattr(running, "load_images", lambda data, **_: few)
    return TOY


class KilledError(Exception):
    """What ends a process, as far as a test in the same one can."""


def test_a_training_that_was_cut_off_goes_on_to_the_same_rows(toy, tmp_path):
    lines = []

    def cut(line):
        lines.append(line)
        if line.startswith("epoch 2/3") and "cluster" in line:
            raise KilledError

    whole = reproduce(out=tmp_path / "whole")
    with pytest.raises(KilledError):
        reproduce(out=tmp_path / "cut", progress=cut)
    assert not (tmp_path / "cut/results.json").exists()
    again = []
    ended = reproduce(out=tmp_path / "cut", progress=again.append)
    assert any("continues after epoch" in line for line in again)
    strip = [{**vars(r), "seconds": 0, "date": ""} for r in whole]
    assert [{**vars(r), "seconds": 0, "date": ""} for r in ended] == strip
    assert read_results(tmp_path / "cut/results.json")[0].seeds == 2
    assert ended[0].low < ended[0].high, "two seeds are two trainings"


def test_what_is_measured_is_not_measured_again(toy, tmp_path):
    first = reproduce(out=tmp_path, seeds=1)
    lines = []
    assert reproduce(out=tmp_path, seeds=2, progress=lines.append)[0].seeds == 2
    assert "toy, seed 0 of 2 seeds: measured already" in lines[0]
    assert sum(line.endswith("a toy") for line in lines) == 1
    written = tmp_path / "toy-0.json"
    assert read_results(written) == sorted(first, key=lambda r: r.figure)
    text = json.loads(written.read_text())
    written.write_text(json.dumps([text[0] | {"digest": "0" * 12}]))
    with pytest.raises(LatentscapeError, match="by another protocol"):
        reproduce(out=tmp_path)


def test_a_quick_run_touches_no_kept_row_wherever_it_is_started(toy, tmp_path, capsys):
    before = KEPT.read_bytes()
    rows = reproduce(out=tmp_path, seeds=1)
    full = (tmp_path / "results.json").read_bytes()
    files = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*") if "quick" not in p.parts}
    quick = reproduce(out=tmp_path, quick=True)
    assert [r.figure for r in quick] == [r.figure for r in rows]
    assert quick[0].value != rows[0].value
    assert (tmp_path / "results.json").read_bytes() == full
    now = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*") if "quick" not in p.parts}
    assert {p: t for p, t in now.items() if p.is_file()} == {
        p: t for p, t in files.items() if p.is_file()
    }
    (tmp_path / "kept.json").write_bytes(before)
    mine = str(tmp_path / "kept.json")
    assert main(["reproduce", "--quick", "--out", str(tmp_path), "--keep", mine]) == 2
    assert (tmp_path / "kept.json").read_bytes() == before
    assert "leave out --keep" in capsys.readouterr().err
    assert main(["reproduce", "--quick", "--out", str(tmp_path), "--json"]) == 0
    assert KEPT.read_bytes() == before


def test_rows_are_kept_in_the_place_of_those_of_the_same_figures_only(toy, tmp_path):
    others = [r for r in kept() if r.entry == "dec"]
    write_results(tmp_path / "kept.json", others)
    new = reproduce(out=tmp_path / "runs", seeds=1, keep=tmp_path / "kept.json")
    assert set(read_results(tmp_path / "kept.json")) == {*others, *new}
    newer = reproduce(out=tmp_path / "runs", seeds=2, keep=tmp_path / "kept.json")
    assert set(read_results(tmp_path / "kept.json")) == {*others, *newer}


def test_what_takes_days_is_not_begun_by_mistake(capsys):
    assert main(["reproduce"]) == 2
    assert "take days" in capsys.readouterr().err
    assert main(["reproduce", "decc"]) == 2
    assert "did you mean dec?" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"{", b"[1]", b'[{"entry": 1}]', b'[{"value": NaN}]', b"[[]]"])
def test_a_damaged_file_is_a_sentence(content, tmp_path):
    (tmp_path / "results.json").write_bytes(content)
    with pytest.raises(LatentscapeError, match="is damaged"):
        read_results(tmp_path / "results.json")


@pytest.fixture(scope="module")
def trained():
    images = load_images("digits", limit=300)
    settings = {"network": "dense", "hidden": (16,), "clusters": 3, "latent": 4, "epochs": 5}
    return Trained(train("dec", images, **settings), images)


def test_errors_of_pixels_are_those_of_numpy(trained):
    x = trained.images.test.pixels.astype(np.float64) / 255
    y = trained.run.reconstruct(trained.images.test).astype(np.float64)
    each = np.square(x - y).mean((1, 2, 3))
    found = measure(trained, "mse", {})
    assert found.value == pytest.approx(each.mean(), rel=1e-5)
    assert found.error == pytest.approx(each.std(ddof=1) / np.sqrt(len(each)), rel=1e-4)
    y = y.clip(1e-7, 1 - 1e-7)
    entropy = -(x * np.log(y) + (1 - x) * np.log(1 - y)).mean()
    assert measure(trained, "bce", {}).value == pytest.approx(entropy, rel=1e-5)


def test_own_clusters_are_scored_by_the_best_of_all_assignments(trained):
    test = trained.images.test
    mine = trained.run.memberships(test).argmax(1)
    ways = permutations(range(10), 3)
    best = max(
        np.mean([way[c] == y for c, y in zip(mine, test.labels, strict=True)]) for way in ways
    )
    assert measure(trained, "own_clusters", {}).value == pytest.approx(best)
    fresh = KMeans(10, n_init=4, random_state=0).fit(trained.run.encode(test)).labels_
    table = np.array([[(test.labels[fresh == c] == y).sum() for y in range(10)] for c in range(10)])
    found = measure(trained, "kmeans_clusters", {}).value * len(test)
    assert table.max(1).sum() >= found >= table.max(1).sum() / 2
    assert found >= max(table[np.arange(10), np.roll(np.arange(10), k)].sum() for k in range(10))


def test_what_codes_tell_is_what_scikit_learn_says(trained):
    z, y, asked, known = trained.codes()
    lda = LinearDiscriminantAnalysis(store_covariance=True).fit(z, y)
    assert measure(trained, "lda_accuracy", {}).value == pytest.approx(
        lda.score(asked, known), abs=0.02
    )
    neighbours = KNeighborsClassifier(1).fit(z, y).score(asked, known)
    assert measure(trained, "knn_accuracy", {"k": 1}).value == pytest.approx(neighbours)
    drawn = measure(trained, "drawn_named", {"class": 2, "draws": 4000}).value
    two = z[y == 2].astype(np.float64)
    rng = np.random.default_rng(1)
    by_hand = rng.multivariate_normal(two.mean(0), np.cov(two.T, bias=True), 4000)
    assert drawn == pytest.approx((lda.predict(by_hand) == 2).mean(), abs=0.04)


def test_the_clock_stops_at_the_first_epoch_whose_validation_figure_is_below(trained, tmp_path):
    images = trained.images
    errors = np.square(images.validation.pixels / 255 - trained.run.reconstruct(images.validation))
    entry = Entry(
        **{**vars(TOY), "figures": (Figure("mse", float(errors.mean()) + 1e-4),), "mode": "timed"}
    )
    training = Training(entry, images, 0, tmp_path, False, lambda _: None)
    watch = Watch(training, Run("x", trained.run.model, images.shape))
    for seconds in (2.0, 3.0, 5.0):
        watch.epoch({"epoch": 1.0, "seconds": seconds}, best=True)
    assert (watch.passed, watch.seconds) == (2.0, 10.0)
    harder = Entry(**{**vars(entry), "figures": (Figure("mse", float(errors.mean()) - 1e-4),)})
    watch = Watch(Training(harder, images, 0, tmp_path, False, lambda _: None), watch.run)
    watch.epoch({"epoch": 1.0, "seconds": 1.0}, best=True)
    assert watch.passed is None


@pytest.mark.parametrize("other", [{"seed": 5}, {"clusters": 4}, {"epochs": 4}, {"hidden": [9]}])
def test_a_training_by_another_protocol_is_not_gone_on_with(toy, tmp_path, other):
    settings = {name: value for name, value in TOY.train.items() if name != "recipe"} | other
    few = load_images("digits", limit=120)
    train("dec", few, out=tmp_path / f"{TOY.name}-0", reporter=Silent(), **settings)
    with pytest.raises(LatentscapeError, match="by another protocol than"):
        reproduce(out=tmp_path, seeds=1)


def test_a_strangers_recipe_in_the_place_of_an_entry_does_not_run(toy, tmp_path, monkeypatch):
    place, settings = tmp_path / f"{TOY.name}-0", dict(TOY.train)
    train(settings.pop("recipe"), load_images("digits", limit=120), out=place, **settings)
    record = json.loads((place / "run.json").read_text())
    record["blueprint"]["recipe"] = "canary_of_a_stranger:make"
    (place / "run.json").write_text(json.dumps(record))
    (tmp_path / "canary_of_a_stranger.py").write_text("raise SystemExit('it ran')")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(LatentscapeError, match="by another protocol than"):
        reproduce(out=tmp_path, seeds=1)


class Pictures:
    """A model whose codes are eight pixels of the image."""

    name = "pictures"
    places = np.add.outer(28 * np.arange(8, 24, 4), [11, 16]).ravel()

    def encode(self, images):
        return np.float32(images.pixels[:]).reshape(len(images), -1)[:, self.places] / 255

    def decode(self, z):
        return z

    def posterior(self, images):
        z = self.encode(images)
        return z, np.full_like(z, 0.05)


class Eyes:
    """A judge whose features are what it is shown, but for two of its numbers."""

    def classify(self, images):
        x = images if isinstance(images, np.ndarray) else Pictures().encode(images)
        return SimpleNamespace(features=x[:, :6].astype(np.float64))


def frechet_by_scipy(real, drawn):
    apart = np.square(real.mean(0) - drawn.mean(0)).sum()
    a, b = np.cov(real.T), np.cov(drawn.T)
    return apart + np.trace(a + b - 2 * sqrtm(a @ b).real)


def test_densities_are_compared_by_their_distance_from_test_images(monkeypatch):
    monkeypatch.setattr(densities, "find_judge", lambda splits: (Eyes(), ""))
    images = load_images("digits", limit=700)
    of = Trained(Pictures(), images)
    z, asked = of.run.encode(images.train), of.run.encode(images.test)
    mixed = MixtureSampler(10, rows=10_000).fit(z).sample(4000, seed=3)
    bell = np.random.default_rng(1).multivariate_normal(z.mean(0), np.cov(z.T), 4000)
    halves = (asked[:, None] + asked)[~np.eye(len(asked), dtype=bool)] / 2
    real = asked[:, :6]
    mixture = frechet_by_scipy(real, mixed[:, :6])
    gain = measure(of, "frechet_gain", {"draws": 4000, "first": "gaussian"}).value
    middle = measure(of, "frechet_midpoints", {"draws": 4000}).value
    assert gain == pytest.approx(frechet_by_scipy(real, bell[:, :6]) / mixture, rel=0.1)
    assert middle == pytest.approx(frechet_by_scipy(real, halves[:, :6]) / mixture, rel=0.1)
    assert abs(gain - middle) > 1
    short = partial(RiemannianSampler, centroids=20, steps=10)
    monkeypatch.setattr(densities, "RiemannianSampler", short)
    posterior = of.run.posterior(images.train)
    walks = short(posterior[1]).fit(posterior[0]).sample(1000, seed=5)[:, :6]
    found = measure(of, "frechet_riemannian", {"draws": 1000}).value
    assert found == pytest.approx(frechet_by_scipy(real, walks) / mixture, rel=0.15)


def test_a_point_has_no_deviations_to_draw_by(monkeypatch):
    monkeypatch.setattr(Pictures, "posterior", lambda self, images: (self.encode(images), None))
    with pytest.raises(LatentscapeError, match="have no deviations"):
        measure(
            Trained(Pictures(), load_images("digits", limit=120)),
            "frechet_riemannian",
            {"draws": 9},
        )


def test_all_images_or_those_for_testing_are_sorted_where_umap_has_seen_the_same(
    trained, monkeypatch
):
    asked = []

    def found(z, k, method, *, rows):
        asked.append((len(z), k, method, rows))
        wrong = np.arange(len(z)) < 5
        known = np.concatenate([p.labels for p in trained.images.parts.values()])[-len(z) :]
        return SimpleNamespace(assignment=np.where(wrong, 10, (known + 3) % 10))

    monkeypatch.setattr(figures, "find_clusters", found)
    for name, count in (("n2d_clusters", 83), ("n2d_clusters_of_all", 416)):
        assert measure(trained, name, {}).value == pytest.approx(1 - 5 / count)
        assert asked[-1] == (count, 10, "n2d", count)


GRID = np.stack(np.meshgrid(*[np.arange(4.0)] * 2, range(50)), -1).reshape(-1, 3)[:, :2]
HALVES = np.c_[GRID, GRID // 2]
TURNED = np.c_[GRID.sum(1), GRID[:, 0] - GRID[:, 1]]


@pytest.mark.parametrize(
    ("codes", "name", "expected"),
    [
        (HALVES, "factor_score", 1.0),
        (HALVES, "information_gap", 1 / 2),  # log 4 less log 2, of log 4
        (HALVES, "separated", 2 / 3),  # halves name every other one: 1/2, above chance 1/3
        (HALVES, "disentangled", 1.0),
        (TURNED, "factor_score", 1 / 2),
        (TURNED, "information_gap", 0.0),
        (TURNED, "separated", 0.0),
        (TURNED, "disentangled", 0.0),  # what forests read of it is all, none from one number
    ],
)
def test_scores_of_factors_of_four_values_each(codes, name, expected, monkeypatch):
    known = dict(zip("ab", GRID.T, strict=True))
    monkeypatch.setattr(factors, "known_factors", lambda images, seed: known)
    images = SimpleNamespace(test=None, options={"seed": 0})
    of = Trained(SimpleNamespace(encode=lambda _: codes), images)
    assert measure(of, name, {}).value == pytest.approx(expected, abs=0.12)


def test_factors_of_sprites_are_those_of_the_images_that_are_encoded():
    images = load_images("dsprites", limit=36_000)

    def encode(test):
        assert test is images.test
        return np.stack([*(c.values for c in test.columns.values()), test.labels], 1)

    assert measure(Trained(SimpleNamespace(encode=encode), images), "factor_score", {}).value == 1


def test_images_that_were_not_drawn_have_no_factors(trained):
    with pytest.raises(LatentscapeError, match="drawn from is not known"):
        measure(trained, "factor_score", {})


def test_a_quick_run_takes_sprites_where_factors_are_asked_for_and_else_digits():
    for name, source in (("factors-vae", "dsprites"), ("dec", "digits")):
        images = running.few(ENTRIES[name])
        assert images.name == source and len(images.train) <= 30_000
    assert len(running.few(ENTRIES["factors-vae"]).test) > 400  # forty turns, ten images of each


def test_without_a_judge_no_distance_is_taken(monkeypatch):
    monkeypatch.setattr(densities, "find_judge", lambda splits: (None, "there are no labels"))
    of = Trained(Pictures(), load_images("digits", limit=120))
    with pytest.raises(LatentscapeError, match="no judge to give features: there are no labels"):
        measure(of, "frechet_midpoints", {"draws": 20})
