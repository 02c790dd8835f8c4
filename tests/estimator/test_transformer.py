"""The transformer as scikit-learn's people use it."""

import pickle
import pickletools

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_digits, load_iris, load_wine
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from latentscape.estimator import LatentTransformer
from latentscape.estimator.reading import held_out, pictures
from latentscape.evaluation.likelihood import estimate_likelihood
from latentscape.system.errors import LatentscapeError

pytestmark = pytest.mark.filterwarnings("ignore:.*suit so many rows")  # small trainings
IRIS = load_iris().data * [1, 10, 100, 1] + [0, 5, 1000, -3]
DIGITS = (load_digits().images[:200] / 16).astype(np.float32)  # (200, 8, 8)


@pytest.fixture(scope="module")
def fitted():
    return LatentTransformer("vae", 2, epochs=30, batch=32, random_state=0).fit(IRIS)


@pytest.fixture(scope="module")
def of_images():
    return LatentTransformer("ae", 3, epochs=2, batch=32, random_state=0).fit(DIGITS)


def test_it_is_a_transformer_as_scikit_learn_understands_it():
    results = check_estimator(LatentTransformer(epochs=2), on_skip=None)
    assert len(results) > 40
    assert {r["status"] for r in results} <= {"passed", "skipped"}
    assert sum(r["status"] == "skipped" for r in results) <= 1  # the array API, unless asked for


def test_a_table_comes_back_in_its_own_units(fitted):
    back = fitted.inverse_transform(fitted.transform(IRIS))
    error = ((back - IRIS) ** 2).mean(0) / IRIS.var(0)
    assert (error < 0.5).all()
    drawn = fitted.sample(500, random_state=0)
    assert drawn.shape == (500, 4)
    np.testing.assert_allclose(drawn.mean(0), IRIS.mean(0), atol=0.5 * IRIS.std(0).max())


def test_the_score_without_a_rate_is_the_density_of_the_standardised_columns():
    model = LatentTransformer("ae", epochs=3, random_state=0).fit(IRIS)
    table = StandardScaler().fit(IRIS)
    back = model.inverse_transform(model.transform(IRIS))
    scale = model.run_.model.likelihood.log_scale.exp().item()
    expected = norm.logpdf(table.transform(IRIS), table.transform(back), scale).sum(1).mean()
    assert model.score(IRIS) == pytest.approx(expected, rel=1e-4)


def test_the_score_of_a_vae_is_its_bound_and_the_same_each_time(fitted):
    codes, scale = fitted.run_.posterior(fitted._read(IRIS))
    rate = 0.5 * (codes**2 + scale**2 - 1 - 2 * np.log(scale)).sum(1).mean()
    table, rng = StandardScaler().fit(IRIS), np.random.default_rng(0)
    sigma = fitted.run_.model.likelihood.log_scale.exp().item()
    z = codes + scale * rng.standard_normal((50, *codes.shape))
    back = [table.transform(fitted.inverse_transform(each)) for each in z]
    likelihood = norm.logpdf(table.transform(IRIS), back, sigma).sum(-1).mean()
    rows = fitted._read(IRIS)
    each = [estimate_likelihood(fitted.run_, rows, samples=1, seed=s) for s in range(20)]
    bounds = [-estimate.negative_elbo.value for estimate in each]
    assert np.mean(bounds) == pytest.approx(likelihood - rate, abs=0.15)  # about 4 standard errors
    assert fitted.score(IRIS) == fitted.score(IRIS) == bounds[0]


def test_a_search_over_beta_changes_the_model():
    grid = {"beta": np.array([50, 1])}  # numpy's numbers, as grids often have
    model = LatentTransformer("beta-vae", epochs=20, batch=32, lr=0.03, random_state=0)
    search = GridSearchCV(model, grid, cv=2).fit(IRIS)
    assert search.best_params_ == {"beta": 1}
    spreads = [
        clone(model).set_params(beta=beta).fit_transform(IRIS).std(0) for beta in grid["beta"]
    ]
    assert spreads[0].max() < 0.1, "at β = 50 the code says nothing of the row"
    assert spreads[1].max() > 0.8


def test_a_pipeline_learns_from_codes_and_clones_are_not_trained(fitted):
    y = load_iris().target
    pipeline = make_pipeline(clone(fitted), LogisticRegression())
    assert not hasattr(pipeline[0], "run_")
    assert pipeline.fit(IRIS, y).score(IRIS, y) > 0.8
    names = [f"latenttransformer{i}" for i in range(2)]
    assert list(pipeline[:1].get_feature_names_out()) == names


@pytest.mark.parametrize("which", ["fitted", "of_images"])
def test_a_pickle_holds_bytes_and_gives_the_same_bits(which, request):
    model = request.getfixturevalue(which)
    x = IRIS if which == "fitted" else DIGITS
    content = pickle.dumps(model)
    names = {str(arg) for op, arg, _ in pickletools.genops(content) if op.name != "BINBYTES"}
    assert not any("torch" in name for name in names)
    again = pickle.loads(content)
    np.testing.assert_array_equal(again.transform(x), model.transform(x))
    np.testing.assert_array_equal(again.sample(3, random_state=1), model.sample(3, random_state=1))
    assert again.score(x) == model.score(x)
    assert len(again.run_.history) == len(model.run_.history)


@pytest.mark.parametrize("layout", [np.asarray, lambda x: x[..., None], lambda x: x[:, None]])
@pytest.mark.parametrize("kind", [np.asarray, lambda x: np.rint(x * 255).astype(np.uint8)])
def test_images_of_any_layout_and_kind_give_the_same_codes(of_images, layout, kind):
    codes = of_images.transform(layout(kind(DIGITS)))
    np.testing.assert_array_equal(codes, of_images.transform(DIGITS))
    back = of_images.inverse_transform(codes)
    assert back.shape == (200, 1, 8, 8)
    assert 0 <= back.min() <= back.max() <= 1
    assert of_images.sample(2).shape == (2, 1, 8, 8)


def test_the_random_state_decides_everything():
    def codes(state):
        return LatentTransformer(epochs=2, random_state=state).fit_transform(IRIS)

    np.testing.assert_array_equal(codes(3), codes(3))
    np.testing.assert_array_equal(codes(3), codes(np.random.RandomState(3)))
    assert not np.array_equal(codes(3), codes(4))


@pytest.mark.parametrize(
    ("parameters", "x", "words"),
    [
        ({"recipe": "vea"}, IRIS, "did you mean"),
        ({"recipe": "conditional-vae"}, IRIS, "needs labels"),
        ({"recipe": "denoising"}, IRIS, "GaussianNoise works on pixels"),
        ({"recipe": "vamp-vae"}, IRIS, "Vamp works on pixels"),
        ({"recipe": "acai"}, IRIS, "MixingCritic works on pixels"),
        ({"recipe": "vae-elu"}, IRIS, "takes 'likelihood'"),
        ({"likelihood": "normal"}, IRIS, "Normal is a likelihood of pixels"),
        ({"likelihood": "unbounded-normal"}, DIGITS, "not of pixels"),
        ({"colour": 1}, IRIS, "neither the recipe vae nor a plan takes 'colour'"),
        ({"seed": 1}, IRIS, "give random_state"),
        ({"recipe": "fsq", "latent": 5}, DIGITS, "takes 'latent'"),
        ({"validation_fraction": 0.0}, IRIS, "validation_fraction is 0.0"),
        ({"epochs": 0}, IRIS, "--epochs is 0"),
        ({}, DIGITS[:2], "2 images are too few"),
        ({}, DIGITS * 7, "at index"),
    ],
)
def test_what_cannot_be_trained_is_refused_in_a_sentence(parameters, x, words):
    with pytest.raises(LatentscapeError, match=words):
        LatentTransformer(**parameters).fit(x)


@pytest.mark.parametrize(("share", "count"), [(0.2, 40), (0.75, 150), (0.001, 1), (0.999, 198)])
def test_the_share_named_is_held_out_and_each_row_is_on_one_side(share, count):
    splits = held_out(pictures(DIGITS), share, np.random.RandomState(0))
    assert (len(splits.validation), len(splits.train)) == (count, 200 - count)
    ids = [*splits.validation.ids, *splits.train.ids]
    assert sorted(ids, key=int) == [str(i) for i in range(200)]


def test_every_parameter_reaches_the_training():
    asked = {"epochs": 2, "batch": 50, "lr": 0.02, "device": "cpu", "precision": "32-true"}
    model = LatentTransformer("vae", 3, random_state=0, beta=7.0, **asked)
    model.fit(IRIS)
    plan = model._record.plan
    assert {name: getattr(plan, name) for name in asked} == asked
    assert (len(model.run_.history), model.transform(IRIS).shape) == (2, (150, 3))
    arguments = model._record.blueprint.arguments
    assert (arguments["latent"], arguments["beta"]) == (3, 7.0)


def test_the_random_state_decides_the_weights_too():
    asked = {"epochs": 1, "batch": 200, "validation_fraction": 0.1, "device": "cpu"}
    seeds = [
        LatentTransformer("vae", random_state=state, **asked).fit(IRIS)._record.plan.seed
        for state in (0, 0, 1)
    ]
    assert seeds[0] == seeds[1] != seeds[2]


def test_draws_change_with_their_random_state_alone(fitted):
    first = fitted.sample(4, random_state=1)
    np.testing.assert_array_equal(first, fitted.sample(4, random_state=1))
    assert not np.allclose(first, fitted.sample(4, random_state=2))


@pytest.mark.parametrize(("load", "seed"), [(load_iris, 0), (load_wine, 1), (load_diabetes, 0)])
def test_a_table_comes_back_as_well_as_from_principal_components(load, seed):
    x, held = train_test_split(load().data, test_size=0.3, random_state=seed)
    table = StandardScaler().fit(x)
    z, zh = table.transform(x), table.transform(held)
    pca = PCA(2).fit(z)
    model = LatentTransformer("vae", 2, random_state=seed, epochs=60).fit(x)
    back = table.transform(model.inverse_transform(model.transform(held)))
    ours, theirs = (
        1 - ((b - zh) ** 2).sum() / (zh**2).sum()
        for b in (back, pca.inverse_transform(pca.transform(zh)))
    )
    assert ours > theirs - 0.02


def test_networks_begin_otherwise_where_that_is_said_or_codes_do_not_allow_it():
    def parts(**given):
        model = LatentTransformer(epochs=1, random_state=0, **given).fit(IRIS).run_.model
        return {type(m).__name__ for m in model.modules()}

    assert "PrincipalEncoder" in parts()
    assert "PrincipalEncoder" not in parts(pca=False)
    assert "PrincipalEncoder" not in parts(recipe="hyperspherical-vae", latent=3)
