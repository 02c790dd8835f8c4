"""Comparisons: what counts as a difference, what may not be compared, and what a page says."""

import csv
import gc
import re
import sys
import weakref
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import ttest_ind, ttest_rel
from sklearn.neighbors import NearestNeighbors

from latentscape.data import load_images
from latentscape.evaluation.geodesics import drawn_pairs
from latentscape.latent.agreement import Agreement
from latentscape.latent.catalogue import GROUPS
from latentscape.latent.measure import Measure
from latentscape.models.blueprint import Blueprint
from latentscape.models.plan import Plan
from latentscape.parts.networks import Network
from latentscape.reports import compare, comparison, spaces, write_comparison
from latentscape.reports.configurations import Group, grouped, told_apart
from latentscape.reports.differences import compared as difference_of
from latentscape.reports.differences import difference, judged, judged_here
from latentscape.reports.seeds import Agreed, agreements
from latentscape.reports.spaces import compare_spaces
from latentscape.runs.data import Data
from latentscape.runs.load import load_run
from latentscape.runs.record import Record
from latentscape.system.errors import LatentscapeError
from latentscape.training import train

load_module = sys.modules["latentscape.runs.load"]
NET = Network(hidden=(8,))
PLAN = Plan(epochs=1, batch=32, precision="32-true")


def rows_of(path):
    with path.open() as file:
        return {(r["measure"], r["configuration"]): r for r in csv.DictReader(file)}


@pytest.mark.parametrize("shift", [0.0, 0.4, 3.0])
def test_paired_differences_are_those_of_the_t_test(shift):
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 5))
    found = difference(dict(enumerate(a)), dict(enumerate(b + shift)))
    known = ttest_rel(b + shift, a).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((known.low, known.high))
    assert found.beyond == (ttest_rel(b + shift, a).pvalue < 0.05)
    assert found.paired


def test_unpaired_differences_are_those_of_welch():
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=4), rng.normal(2, 3, size=6)
    found = difference(dict(enumerate(a)), {i + 100: v for i, v in enumerate(b)})
    known = ttest_ind(b, a, equal_var=False).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((known.low, known.high))
    assert not found.paired


def test_seeds_of_one_configuration_may_keep_other_decoders():
    images = load_images("digits", limit=100)
    records = [
        Record(Blueprint("ae", (1, 28, 28), {"latent": 2}), plan, Data.of(images))
        for plan in (replace(PLAN, keep_decoders=1), replace(PLAN, seed=1), replace(PLAN, lr=0.5))
    ]
    assert [group.places for group in grouped(records, "abc")] == [{0: 0, 1: 1}, {0: 2}]


def test_one_seed_tells_nothing():
    assert difference({0: 1.0}, {0: 9.0}).beyond is None
    assert difference({}, {0: 1.0}) is None
    assert judged(difference({0: 1.0}, {0: 9.0}), "higher") == ""


def measures_of(rng, hard, noise, shift, seeds=(0,)):
    """Means over images that are all hard alike, each seed with noise of its own."""
    return {s: Measure.mean("mse", hard + shift + rng.normal(0, noise, len(hard))) for s in seeds}


def test_differences_on_the_same_images_are_paired_image_by_image():
    rng = np.random.default_rng(0)
    hard = rng.normal(100, 30, 900)
    a, b = measures_of(rng, hard, 1, 0), measures_of(rng, hard, 1, 0.5)
    found = difference_of(a, b)
    assert found.error == pytest.approx(np.sqrt(2 / 900), rel=0.1)
    assert a[0].error == pytest.approx(1, rel=0.1)  # twice the difference, and yet it is sure
    assert found.paired_images
    assert judged(found, "higher") == ""
    assert judged_here(found, "higher") == "better"
    assert judged_here(difference_of(a, measures_of(rng, hard, 1, 0.0)), "higher") == ""
    drawn = {0: Measure.mean("legibility", hard, kind="draws")}
    apart = difference_of(drawn, {0: Measure.mean("legibility", hard, kind="draws")})
    assert not apart.paired_images
    assert apart.error == pytest.approx(np.sqrt(2) * a[0].error, rel=0.01)
    unknown = difference_of({0: Measure("largest_gap", 1.0)}, {0: Measure("largest_gap", 2.0)})
    assert unknown.error is None
    assert judged_here(unknown, "lower") == ""


def test_seeds_that_agree_on_few_images_prove_nothing():
    """Every seed finds the other better on these images; other images might not."""
    rng = np.random.default_rng(1)
    few = rng.normal(0, 1, 12)
    few += 0.3 - few.mean()  # of a difference that is really 0
    a = {s: Measure.mean("mse", np.zeros(12) + 1e-3 * s) for s in range(3)}
    b = {s: Measure.mean("mse", few + 1.1e-3 * s) for s in range(3)}
    found = difference_of(a, b)
    assert found.low > 0
    assert found.beyond_images is False
    assert judged(found, "higher") == judged_here(found, "higher") == ""
    many = {s: Measure.mean("mse", np.tile(few, 99) + 1.1e-3 * s) for s in range(3)}
    zeros = {s: Measure.mean("mse", np.zeros(12 * 99) + 1e-3 * s) for s in range(3)}
    assert judged(difference_of(zeros, many), "higher") == "better"


def test_direction_decides_what_is_better():
    found = difference({0: 1.0, 1: 1.1}, {0: 2.0, 1: 2.1})
    assert [judged(found, d) for d in ("higher", "lower", "neither")] == [
        "better", "worse", "differs"
    ]  # fmt: skip


def test_names_say_what_differs_and_no_more():
    known = [{"recipe": "ae", "latent": 2, "lr": 0.1}, {"recipe": "vae", "latent": 2, "beta": 4.0,
             "lr": 0.1}, {"recipe": "vae", "latent": 2, "beta": 1.0, "lr": 0.1}]  # fmt: skip
    assert told_apart(known) == ["ae", "vae, beta 4", "vae, beta 1"]


@pytest.fixture(scope="module")
def compared(folder, splits, tmp_path_factory):
    out = tmp_path_factory.mktemp("compared")
    runs = [load_run(path) for path in sorted(folder.iterdir())]
    write_comparison(runs, out / "c.html", splits, csv_file=out / "c.csv", judge=False)
    return out


def test_a_row_a_measure_and_configuration_with_means_over_seeds(compared, folder, splits):
    rows = rows_of(compared / "c.csv")
    names = {name for (_, name), row in rows.items() if row["group"] != "spaces"}
    assert names == {f"{r}, latent {d}" for r in ("ae", "vae") for d in (2, 3)}
    clean = splits.test.pixels / 255
    errors = [
        np.square(load_run(folder / f"vae-2-{s}").reconstruct(splits.test) - clean).mean()
        for s in (0, 1)
    ]
    mse = rows["mse", "vae, latent 2"]
    assert float(mse["mean"]) == pytest.approx(np.mean(errors), rel=1e-4)
    assert int(mse["seeds"]) == 2
    assert mse["paired"] == "True"
    low, high = float(mse["low"]), float(mse["high"])
    each = {
        recipe: np.mean(
            [
                np.square(load_run(folder / f"{recipe}-2-{s}").reconstruct(splits.test) - clean)
                .reshape(len(clean), -1)
                .mean(1)
                for s in (0, 1)
            ],
            axis=0,
        )
        for recipe in ("ae", "vae")
    }
    n = len(clean)
    assert float(mse["error"]) == pytest.approx(each["vae"].std(ddof=1) / n**0.5, rel=1e-3)
    apart = each["vae"] - each["ae"]
    error = float(mse["difference_error"])
    assert error == pytest.approx(apart.std(ddof=1) / n**0.5, rel=1e-3)
    assert mse["paired_images"] == "True"
    beyond = (low > 0 or high < 0) and abs(apart.mean()) > 1.96 * error
    assert bool(mse["verdict"]) == beyond
    assert rows["mse", "ae, latent 2"]["difference"] == ""


def test_the_page_answers_the_claims_about_several_models(compared):
    page = (compared / "c.html").read_text(encoding="utf-8")
    assert "Does it worsen with the dimension?" in page
    assert "ae: 2 → 3 numbers" in page
    assert "Does a VAE mend it?" in page
    assert "ae, latent 2 → vae, latent 2" in page
    *_, by_dimension, mended = page.split("Does a VAE mend it?")
    assert "distance to the nearest code" in by_dimension
    assert "distance to the nearest code" not in mended
    assert "<script" not in page


def test_seeds_that_agree_are_told_of_every_configuration_that_has_several(
    compared, folder, splits
):
    page, rows = (compared / "c.html").read_text(encoding="utf-8"), rows_of(compared / "c.csv")
    assert "Do seeds agree?" in page
    table = page.partition('id="seeds"')[2].partition("</table>")[0]
    for name in ("ae, latent 2", "ae, latent 3", "vae, latent 2", "vae, latent 3"):
        kind, latent = name.partition(",")[0], name[-1]
        runs = [load_run(folder / f"{kind}-{latent}-{s}") for s in (0, 1)]
        first, second = drawn_pairs(len(splits.test), 100, 0)
        known = []
        for run in runs:
            z = run.encode(splits.test)
            known.append(np.linalg.norm(z[first] - z[second], axis=1))
            known[-1] /= known[-1].mean()
        straight = np.mean(np.std(known, axis=0, ddof=1) / np.mean(known, axis=0))
        assert float(rows["euclidean_variation", name]["mean"]) == pytest.approx(straight, rel=1e-3)
        t = float(rows["variation_t", name]["mean"])
        curves = float(rows["geodesic_variation", name]["mean"])
        assert (t < 0) == (curves < straight)
        line = table.partition(f"<tr><th>{name}</th>")[2].partition("</tr>")[0]
        assert f">{straight:.3f}<" in line and f">{curves:.3f}<" in line and f">{t:.1f} (" in line


def test_spaces_are_compared_with_the_first_runs(compared, folder, splits):
    page, rows = (compared / "c.html").read_text(encoding="utf-8"), rows_of(compared / "c.csv")
    table = page.partition('id="spaces"')[2].partition("</table>")[0]
    first = load_run(folder / "ae-2-0").encode(splits.test)
    others = {
        "ae, latent 2, another seed": "ae-2-1",
        "ae, latent 3": "ae-3-0",
        "vae, latent 2": "vae-2-0",
        "vae, latent 3": "vae-3-0",
    }
    assert [name for key, name in rows if key == "shared_neighbours"] == list(others)
    for name, place in others.items():
        codes = load_run(folder / place).encode(splits.test)
        near = [NearestNeighbors(n_neighbors=10).fit(z).kneighbors()[1] for z in (first, codes)]
        shared = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(*near, strict=True)])
        assert float(rows["shared_neighbours", name]["mean"]) == pytest.approx(shared, abs=2e-3)
        line = table.partition(f"<tr><th>{name}</th>")[2].partition("</tr>")[0]
        assert f">{100 * float(rows['shared_neighbours', name]['mean']):.0f} %<" in line
        assert f">{float(rows['stitched_mse', name]['mean']):.4f}<" in line


@pytest.mark.parametrize(
    ("tested", "most", "said"),
    [
        (30, 40, "all 30 test images"),
        (30, 20, "20 of the 30 test images"),
        (10, 40, "10 test images; to say what spaces share takes more than 10"),
    ],
)
def test_the_page_says_of_how_many_test_images_spaces_are_compared(
    folder, splits, tmp_path, monkeypatch, tested, most, said
):
    monkeypatch.setattr(spaces, "MOST", most)
    some = replace(splits, test=splits.test.take(range(tested)))
    runs = [load_run(folder / name) for name in ("ae-2-0", "vae-2-0")]
    page = write_comparison(runs, tmp_path / "c.html", some, judge=False).read_text("utf-8")
    section = page.partition('id="spaces"')[2].partition("</section>")[0]
    assert said in section
    assert ("<table>" in section) == (tested > 10)


def test_a_space_that_is_the_first_turned_is_read_as_well_as_its_own(folder, splits):
    run = load_run(folder / "vae-2-0")
    turn = np.array([[0.0, 3.0], [-3.0, 0.0]])
    found = compare_spaces(run.encode(splits.test) @ turn + 5, run, splits.test, 0)
    assert (found.shared, found.r2) == pytest.approx((1, 1), abs=1e-6)
    assert found.stitched == pytest.approx(found.own, rel=1e-4)
    drawn = np.random.default_rng(0).normal(size=(len(splits.test), 2))
    worse = compare_spaces(drawn, run, splits.test, 0)
    assert worse.shared < worse.chance + 0.1
    assert worse.r2 < 0.1
    assert worse.stitched > worse.own


def test_of_what_seeds_nothing_can_be_said_and_why_is_told():
    group = Group("fsq", {}, {0: 0, 1: 1})
    error = LatentscapeError("'fsq' has no curves to follow")
    agreed, why = agreements([group], {0: error, 1: error})
    assert agreed == ()
    assert why == {"fsq": "'fsq' has no curves to follow"}


@pytest.mark.parametrize(
    ("t", "words"),
    [
        (-22.3, "curves vary less"),
        (2.1, "straight distances vary less"),
        (1.9, "not told apart"),
        (-1.9, "not told apart"),
        (float("nan"), "not told apart"),
    ],
)
def test_which_distances_vary_less_is_said_where_chance_would_not_say_so(t, words):
    assert Agreed("vae", Agreement(8, 100, 0.3, 0.2, t)).verdict == words


def test_groups_on_the_page_are_those_of_the_measures_that_there_are(compared):
    page = (compared / "c.html").read_text(encoding="utf-8")
    shown = re.findall(r'class="group"><th[^>]*>(\w+) <span>', page)
    known = dict.fromkeys(row["group"] for row in rows_of(compared / "c.csv").values())
    assert [known.popitem()[0] for _ in range(2)] == ["spaces", "seeds"], "tables of their own"
    assert shown == [group.capitalize() for group in GROUPS if group in known]
    assert 0 < len(shown) < len(GROUPS)


def test_nats_of_different_kinds_are_labelled_and_not_compared(
    folder, splits, tmp_path, monkeypatch
):
    monkeypatch.setattr(comparison, "take_shots", lambda run, test: None)
    monkeypatch.setattr(comparison, "gallery", lambda shots, test: [])
    options = {"likelihood": "continuous-bernoulli", "net": NET}
    train("vae", splits, **options, out=tmp_path / "continuous", plan=PLAN)
    runs = [load_run(folder / "vae-2-0"), load_run(tmp_path / "continuous")]
    csv_file = tmp_path / "new" / "c.csv"
    write_comparison(runs, tmp_path / "c.html", splits, csv_file=csv_file, judge=False)
    assert "do not compare" in (tmp_path / "c.html").read_text(encoding="utf-8")
    rows = rows_of(csv_file)
    other = rows["negative_elbo", "vae, likelihood continuous-bernoulli"]
    assert (other["likelihood"], other["difference"]) == ("density", "")
    assert rows["mse", "vae, likelihood continuous-bernoulli"]["difference"] != ""


def test_directories_are_opened_one_at_a_time(folder, splits, tmp_path, monkeypatch):
    models, alive = [], []

    def watched(*args, **kwargs):
        gc.collect()
        alive.append(sum(model() is not None for model in models))
        run = load_run(*args, **kwargs)
        models.append(weakref.ref(run.model))
        return run

    monkeypatch.setattr(load_module, "load_run", watched)
    monkeypatch.setattr(comparison, "gallery", lambda shots, test: [])  # after the last is opened
    paths = [folder / name for name in ("ae-2-0", "ae-2-1", "vae-2-0")]
    compare(*paths, images=splits, out=tmp_path / "c.html", judge=False)
    assert alive == [0] * 3


def test_the_callers_runs_keep_their_names(folder, splits, tmp_path, monkeypatch):
    monkeypatch.setattr(comparison, "gallery", lambda shots, test: [])
    runs = [load_run(folder / name) for name in ("ae-2-0", "vae-2-0")]
    runs[1].name = "mine"
    write_comparison(runs, tmp_path / "c.html", splits, judge=False)
    assert [run.name for run in runs] == ["ae-2-0", "mine"]


def test_a_run_given_twice_is_refused_before_anything_is_measured(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(comparison, "examine", lambda *_, **__: pytest.fail("measured"))
    with pytest.raises(LatentscapeError, match="alike in everything"):
        write_comparison([load_run(folder / "ae-2-0")] * 2, tmp_path / "c.html", judge=False)


def test_the_pictures_are_of_the_lowest_seed_under_its_configurations_name(
    folder, splits, tmp_path, monkeypatch
):
    shown = []
    monkeypatch.setattr(comparison, "take_shots", lambda run, test: shown.append(run))
    monkeypatch.setattr(comparison, "gallery", lambda shots, test: [])
    paths = [folder / name for name in ("vae-2-1", "ae-2-1", "ae-2-0", "vae-2-0")]
    compare(*paths, images=splits, out=tmp_path / "c.html", judge=False)
    assert {run.name: run.folder.name for run in shown} == {"ae": "ae-2-0", "vae": "vae-2-0"}


def test_what_cannot_be_compared_is_refused(folder, tmp_path):
    one = load_run(folder / "ae-2-0")
    with pytest.raises(LatentscapeError, match="two or more"):
        write_comparison([one], tmp_path / "c.html")
    other = load_run(folder / "ae-2-1")
    object.__setattr__(other.record.data, "fingerprint", "another")
    with pytest.raises(LatentscapeError, match="different images"):
        write_comparison([one, other], tmp_path / "c.html")
    with pytest.raises(LatentscapeError, match="alike in everything"):
        write_comparison([one, one], tmp_path / "c.html", judge=False)
