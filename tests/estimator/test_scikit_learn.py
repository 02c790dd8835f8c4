"""The transformer among scikit-learn's own: grids, frames, weights, more rows, warnings."""

import pickle
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
import sklearn
import torch
from scipy.stats import norm
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from latentscape.estimator import LatentTransformer
from latentscape.estimator.checks import warn_if_short
from latentscape.models.plan import Plan
from latentscape.system.errors import LatentscapeError

IRIS = load_iris(as_frame=True).data
SHORT = pytest.mark.filterwarnings("ignore:.*suit so many rows")
DIGITS = np.random.default_rng(0).random((60, 8, 8), dtype=np.float32)


def small(**settings):
    return LatentTransformer(**{"epochs": 2, "hidden": (8,), "random_state": 0, **settings})


@pytest.fixture(scope="module")
def fitted():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return small().fit(IRIS)


@SHORT
def test_options_of_recipe_networks_and_plan_are_parameters_that_clones_keep():
    model = small(beta=np.float64(4), weight_decay=0.1, latent=np.int64(3))
    again = clone(model)
    assert again.get_params() == model.get_params()
    assert again.get_params()["beta"] == 4
    run = again.fit(IRIS).run_
    arguments, plan = run.model.blueprint.arguments, again._record.plan
    assert (arguments["beta"], arguments["latent"], arguments["net"]["hidden"]) == (4.0, 3, [8])
    assert plan.weight_decay == 0.1
    assert "beta=" in repr(model)
    assert pickle.loads(pickle.dumps(again)).get_params()["hidden"] == (8,)


@SHORT
def test_a_grid_reaches_the_options_in_processes_too():
    search = GridSearchCV(small(), {"beta": [1, 4], "latent": np.arange(1, 3)}, cv=2, n_jobs=1)
    search.fit(IRIS)
    assert {(p["beta"], p["latent"]) for p in search.cv_results_["params"]} == {
        (1, 1), (1, 2), (4, 1), (4, 2)
    }  # fmt: skip
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert len(set(search.cv_results_["mean_test_score"])) == 4


def test_a_parameter_that_there_is_not_is_told_with_the_nearest():
    with pytest.raises(LatentscapeError, match="did you mean beta"):
        small().set_params(betta=2).fit(IRIS)
    assert small(beta=2).set_params(lr=0.1, clip=1).get_params()["beta"] == 2


@SHORT
def test_nobody_gave_vq_vae_a_latent():
    model = LatentTransformer("vq-vae", epochs=1, random_state=0)
    assert model.fit(DIGITS).transform(DIGITS).shape[0] == 60
    with pytest.raises(LatentscapeError, match="takes 'latent'"):
        model.set_params(latent=4).fit(DIGITS)


def test_frames_come_out_where_they_are_asked_for(fitted):
    plain = fitted.transform(IRIS)
    model = pickle.loads(pickle.dumps(fitted)).set_output(transform="pandas")
    frame = model.transform(IRIS)
    assert isinstance(frame, pd.DataFrame)
    assert list(frame.columns) == ["latenttransformer0", "latenttransformer1"]
    np.testing.assert_array_equal(frame, plain)
    assert list(frame.index) == list(IRIS.index)


@SHORT
def test_frames_may_be_asked_for_everywhere(fitted):
    plain = fitted.transform(IRIS)
    with sklearn.config_context(transform_output="pandas"):
        model = small().fit(IRIS)
        np.testing.assert_array_equal(model.transform(IRIS), plain)
        back = model.inverse_transform(model.transform(IRIS))
        assert np.isfinite(model.score(IRIS))
        columns = ColumnTransformer([("code", small(), list(IRIS.columns[:3]))])
        found = make_pipeline(columns, StandardScaler()).fit_transform(IRIS)
    np.testing.assert_allclose(back, fitted.inverse_transform(plain), rtol=1e-5)
    assert list(found.columns) == ["code__latenttransformer0", "code__latenttransformer1"]


@SHORT
def test_polars_frames_go_in_and_come_out(fitted):
    table = pl.DataFrame({name: IRIS[name].to_numpy() for name in IRIS.columns})
    model = small().set_output(transform="polars").fit(table)
    codes = model.transform(table)
    assert isinstance(codes, pl.DataFrame)
    assert codes.columns == ["latenttransformer0", "latenttransformer1"]
    np.testing.assert_allclose(codes.to_numpy(), fitted.transform(IRIS), atol=1e-5)
    assert list(model.feature_names_in_) == table.columns
    with sklearn.config_context(transform_output="polars"):
        columns = ColumnTransformer([("code", small(), table.columns[:3])], remainder="passthrough")
        found = columns.fit_transform(table)
        back = small().fit(table).inverse_transform(codes)
    assert found.columns[:2] == ["code__latenttransformer0", "code__latenttransformer1"]
    assert (found["remainder__petal width (cm)"] == table["petal width (cm)"]).all()
    assert back.shape == (150, 4)


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
def test_mixed_and_missing_columns_are_named(fitted, frame):
    columns = {name: list(IRIS[name]) for name in IRIS.columns}
    mixed = frame(columns | {"petal width (cm)": ["0.2", *["blue"] * 149]})
    gaps = frame(columns | {"sepal width (cm)": [None, *columns["sepal width (cm)"][1:]]})
    for ask in (fitted.transform, small().fit):
        with pytest.raises(ValueError, match=r"'petal width \(cm\)' holds 'blue', which is no num"):
            ask(mixed)
        with pytest.raises(ValueError, match=r"'sepal width \(cm\)' is missing .* in 1 of 150"):
            ask(gaps)


@SHORT
def test_each_row_has_a_likelihood_of_its_own():
    """Where a code says nothing, log p(x) is that of the one decoding that is left."""
    model = small(beta=1e4, pca=False, epochs=40, batch=32, lr=0.03).fit(IRIS)
    torch.nn.init.zeros_(model.run_.model.decoder[0].weight)
    each = model.score_samples(IRIS)
    mean = model.inverse_transform(np.zeros((1, 2)))
    scaler, scale = model.scaler_, model.run_.model.likelihood.log_scale.exp().item()
    rows, centre = scaler.transform(IRIS.to_numpy()), scaler.transform(mean)
    np.testing.assert_allclose(each, norm.logpdf(rows, centre, scale).sum(1), atol=0.1)
    assert model.score(IRIS) == pytest.approx(each.mean(), abs=0.1)


def test_weights_of_rows_are_refused():
    for fit in (small().fit, small().partial_fit):
        with pytest.raises(LatentscapeError, match="sample_weight; repeat rows"):
            fit(IRIS, sample_weight=np.ones(150))


@SHORT
def test_a_warm_start_goes_on_from_the_weights_that_are_there():
    cold, warm = small(epochs=8), small(epochs=8, warm_start=True)
    first = warm.fit(IRIS).run_.history[-1]["validation/loss"]
    scale = warm.scaler_.scale_.copy()
    again = warm.fit(2 * IRIS)
    assert again.run_.history[0]["validation/loss"] != cold.fit(IRIS).run_.history[0]["train/loss"]
    np.testing.assert_array_equal(warm.scaler_.scale_, scale)
    second = warm.fit(IRIS).run_.history
    assert second[0]["train/loss"] < cold.run_.history[0]["train/loss"]
    assert second[-1]["validation/loss"] < first


@SHORT
def test_more_rows_train_on(fitted):
    model = small()
    parts = [IRIS[i::3] for i in range(3)]
    losses = []
    for _ in range(6):
        for part in parts:
            model.partial_fit(part)
        losses.append(-model.score(IRIS))
    assert losses[-1] < losses[0] - 0.02
    assert model.n_features_in_ == 4
    with pytest.raises(ValueError, match="missing"):
        model.partial_fit(IRIS.iloc[:, :3])


def test_a_training_that_is_far_too_short_is_warned_of():
    suited = Plan(epochs=100, batch=10)
    with pytest.warns(ConvergenceWarning, match="2 epochs of 120 rows are 24 steps, and 1200 suit"):
        warn_if_short(2, Plan(epochs=2, batch=10), suited, 120)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_if_short(60, Plan(epochs=60, batch=10), suited, 120)
        warn_if_short(2, Plan(epochs=60, batch=10, patience=1), suited, 120)  # it stopped by itself
    with pytest.warns(ConvergenceWarning, match="leave epochs and batch to the recipe"):
        small(epochs=1).fit(IRIS)


@SHORT
def test_images_after_a_table_leave_nothing_of_it():
    model = small().fit(IRIS)
    assert list(model.feature_names_in_) == list(IRIS.columns)
    model.fit(DIGITS)
    assert not hasattr(model, "n_features_in_")
    assert not hasattr(model, "feature_names_in_")


def test_numbers_that_no_32_bits_hold_are_named(fitted):
    table = IRIS.copy()
    table.iloc[7, 2] = 1e200
    with pytest.raises(ValueError, match="column 2 of row 7 is 1e\\+200"):
        fitted.transform(table)
    with pytest.raises(ValueError, match="column 2 of row 7 is 1e\\+200"):
        small().fit(table)


def test_before_fit_there_is_nothing_to_transform():
    for ask in (small().transform, small().score_samples, small().inverse_transform):
        with pytest.raises(NotFittedError):
            ask(IRIS)


@SHORT
def test_fitting_says_nothing(capfd):
    small().fit(IRIS)
    assert capfd.readouterr() == ("", "")
