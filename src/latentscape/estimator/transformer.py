"""Autoencoders as scikit-learn transformers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.preprocessing import StandardScaler
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_array, check_is_fitted, validate_data

from latentscape.data import Examples
from latentscape.data.table import Table
from latentscape.estimator.packing import packed, unpacked
from latentscape.estimator.reading import FEWEST, held_out, pictures
from latentscape.evaluation.likelihood import estimate_likelihood, reconstruction_loss
from latentscape.models.autoencoder import Autoencoder
from latentscape.models.blueprint import Value
from latentscape.parts.corruptions import GaussianNoise
from latentscape.parts.priors import Vamp
from latentscape.recipes import find_recipe
from latentscape.runs.data import Data
from latentscape.runs.record import Record
from latentscape.system.errors import LatentscapeError
from latentscape.training.fitting import fit, planned, seeded
from latentscape.training.hardware import decided
from latentscape.training.progress import Silent

OF_PIXELS = (GaussianNoise, Vamp)  # they clip to [0, 1], or live there
NAME = "the array given to fit"


class LatentTransformer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """An autoencoder by its recipe's name: rows in, codes out.

    A table (N, p) is standardised column by column, and modelled by a normal likelihood on the
    standardised numbers whose one standard deviation is learned. Images are (N, H, W), (N, H, W, C)
    or (N, C, H, W), bytes or floats in [0, 1], and modelled as everywhere in Latentscape. The
    weights kept are those of the best epoch on rows held out of training.

    Args:
        recipe: a model's name (`latentscape recipes` lists them), or "package.module:function".
        latent: the number of latent dimensions; None leaves it to the recipe.
        epochs: passes over the rows; None as the recipe suggests, suited to their number.
        batch: rows a step; None likewise.
        lr: the highest learning rate; None takes the recipe's.
        validation_fraction: the share of rows held out of training to choose the best epoch by.
        device: "auto", "cpu" or "cuda".
        precision: "auto", "bf16-mixed" or "32-true".
        random_state: decides initial weights, order, noise and the rows held out.
        recipe_options: other arguments of the recipe, such as {"beta": 4.0}.

    Attributes:
        run_: the trained model, as `latentscape.fit` gives it; a table's rows are its images of
            1×1×p standardised numbers.
        scaler_: what standardises a table; None for images.
        n_features_in_: p, for a table.
        feature_names_in_: the columns' names, for a table that has them.

    Example:
        >>> from sklearn.datasets import load_iris
        >>> x = load_iris().data
        >>> codes = LatentTransformer("vae", latent=2, epochs=2, random_state=0).fit_transform(x)
        >>> codes.shape
        (150, 2)
    """

    def __init__(
        self,
        recipe: str = "vae",
        latent: int | None = 2,
        *,
        epochs: int | None = None,
        batch: int | None = None,
        lr: float | None = None,
        validation_fraction: float = 0.1,
        device: str = "auto",
        precision: str = "auto",
        random_state: int | np.random.RandomState | None = None,
        recipe_options: Mapping[str, Any] | None = None,
    ) -> None:
        self.recipe = recipe
        self.latent = latent
        self.epochs = epochs
        self.batch = batch
        self.lr = lr
        self.validation_fraction = validation_fraction
        self.device = device
        self.precision = precision
        self.random_state = random_state
        self.recipe_options = recipe_options

    def fit(self, X: ArrayLike, y: object = None) -> LatentTransformer:
        """Train a model.

        Args:
            X: a table (N, p) of finite numbers, or images; N of 3 or more.
            y: not looked at.

        Raises:
            ValueError: when X is no table of finite numbers.
            LatentscapeError: when it holds no images, or the recipe cannot be trained on it.
        """
        random = check_random_state(self.random_state)
        seed = int(random.randint(2**31))
        images = self._learned(X)
        splits = held_out(images, self.validation_fraction, random)
        recipe = find_recipe(self.recipe)
        given = {"epochs": self.epochs, "batch": self.batch, "lr": self.lr}
        changes: dict[str, Value] = {
            **{name: value for name, value in given.items() if value is not None},
            "device": self.device,
            "precision": self.precision,
            "seed": seed,
        }
        plan = decided(planned(recipe.plan, changes, splits, Silent()))
        options: dict[str, Any] = {} if self.latent is None else {"latent": self.latent}
        if isinstance(images, Table):
            options["likelihood"] = "unbounded-normal"
        options |= self.recipe_options or {}
        model = seeded(seed, lambda: recipe.build(images.shape, options))
        check_parts(model, images)
        self.run_ = fit(model, splits, plan=plan)
        assert model.blueprint is not None, "a recipe built it"
        self._record = Record(model.blueprint, plan, Data.of(splits))
        return self

    def transform(self, X: ArrayLike) -> NDArray[np.float32]:
        """Give the code of every row, (N, d), the same each time."""
        rows = self._read(X)
        return self.run_.encode(rows)

    def inverse_transform(self, X: ArrayLike) -> NDArray[np.float32]:
        """Decode codes (N, d): a table in the units it came in, or images (N, C, H, W)."""
        check_is_fitted(self)
        return self._decoded(self.run_.decode(check_array(X, dtype=np.float32)))

    def sample(
        self, n_samples: int = 1, random_state: int | np.random.RandomState | None = None
    ) -> NDArray[np.float32]:
        """Decode codes drawn from the prior: rows of a table, or images, as the model's means."""
        check_is_fitted(self)
        seed = int(check_random_state(random_state).randint(2**31))
        return self._decoded(self.run_.sample(n_samples, seed=seed))

    def score(self, X: ArrayLike, y: object = None) -> float:
        """Give how well the model accounts for rows, in nats a row: higher is better.

        Of a model with a rate it is the evidence bound, E_q[log p(x|z)] − KL(q(z|x)‖p(z)) with
        one draw of z a row (the same draws each time) and β = 1 whatever training weighed; of
        one without, minus the reconstruction loss, log p(x|z) at z = encoder(x), which is no
        likelihood of x. A table's p(x|z) is a density of the standardised columns.
        """
        rows = self._read(X)
        if self.run_.model.bottleneck.has_rate:
            return -estimate_likelihood(self.run_, rows, samples=1).negative_elbo.value
        return -reconstruction_loss(self.run_, rows)

    @property
    def _n_features_out(self) -> int:
        """How many columns `get_feature_names_out` names."""
        return self.run_.codes_size

    def _learned(self, X: ArrayLike) -> Examples:
        """Read rows to train on, and what is to be known of a table's columns."""
        if np.asarray(X).ndim > 2:
            self.scaler_ = None
            return pictures(X)
        table = validate_data(self, X, dtype=np.float64, ensure_min_samples=FEWEST)
        self.scaler_ = StandardScaler().fit(table)
        return Table.of(self.scaler_.transform(table).astype(np.float32), NAME)

    def _read(self, X: ArrayLike) -> Examples:
        """Read rows of the kind that the model was trained on."""
        check_is_fitted(self)
        if self.scaler_ is None:
            return pictures(X)
        table = validate_data(self, X, dtype=np.float64, reset=False)
        return Table.of(self.scaler_.transform(table).astype(np.float32), "the array")

    def _decoded(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        """Bring what the model decodes to the units of what it was trained on."""
        if self.scaler_ is None:
            return images
        table: NDArray[np.float32] = self.scaler_.inverse_transform(images.reshape(len(images), -1))
        return table

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = dict(super().__getstate__())
        if "run_" in state:
            state["run_"] = packed(state["run_"], state.pop("_record"))
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        if "run_" in state:  # whoever unpickles trusts what is pickled, its recipe too
            run, record = unpacked(state["run_"], trust=True)
            state = state | {"run_": run, "_record": record}
        super().__setstate__(state)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags


def check_parts(model: Autoencoder, images: Examples) -> None:
    """Refuse models that need labels, and for a table those that know only pixels.

    Raises:
        LatentscapeError: naming what does not fit.
    """
    if model.labels:
        raise LatentscapeError(
            "a conditional model needs labels to encode, and transform gets none; choose another "
            "recipe"
        )
    of_pixels = [type(m).__name__ for m in model.modules() if isinstance(m, OF_PIXELS)]
    if isinstance(images, Table) and of_pixels:
        raise LatentscapeError(
            f"{of_pixels[0]} works on pixels between 0 and 1, and X is a table; choose another "
            "recipe, or give images"
        )
