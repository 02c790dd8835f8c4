"""Autoencoders as scikit-learn transformers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.preprocessing import StandardScaler
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_array, check_is_fitted, validate_data

from latentscape.data import Examples
from latentscape.data.table import Table
from latentscape.estimator.checks import (
    check_parts,
    refuse_gaps,
    refuse_huge,
    refuse_weights,
    warn_if_short,
)
from latentscape.estimator.packing import packed, unpacked
from latentscape.estimator.reading import FEWEST, held_out, pictures
from latentscape.estimator.settings import RecipeSettings
from latentscape.evaluation.likelihood import estimate_likelihood, reconstruction_loss
from latentscape.models.blueprint import Value
from latentscape.recipes import find_recipe
from latentscape.recipes.settings import parted
from latentscape.runs.run import Run
from latentscape.training.fitting import fit
from latentscape.training.hardware import decided
from latentscape.training.planning import learns_gently, planned
from latentscape.training.reporter import Silent
from latentscape.training.seeding import seeded

NAME = "the array given to fit"


class LatentTransformer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, RecipeSettings):  # type: ignore[misc]
    """An autoencoder by its recipe's name: rows in, codes out.

    A table (N, p) is standardised column by column, and modelled by a normal likelihood on the
    standardised numbers whose one standard deviation is learned; networks begin as its principal
    components where the recipe's codes allow it, unless `pca=False` is given. Images are (N, H, W),
    (N, H, W, C) or (N, C, H, W), bytes or floats in [0, 1], and modelled as everywhere in
    Latentscape. The weights kept are those of the best epoch on rows held out of training.

    Args:
        recipe: a model's name (`latentscape recipes` lists them), or "package.module:function".
        latent: the number of latent dimensions; None is 2, where the recipe has such an option.
        epochs: passes over the rows; None as the recipe suggests, suited to their number.
        batch: rows a step; None likewise.
        lr: the highest learning rate; None takes the recipe's.
        validation_fraction: the share of rows held out of training to choose the best epoch by.
        warm_start: whether `fit` goes on from the weights that are there, and keeps the columns'
            scales.
        device: "auto", "cpu" or "cuda".
        precision: "auto", "bf16-mixed" or "32-true".
        random_state: decides initial weights, order, noise and the rows held out.
        settings: other options of the recipe, its networks and the plan, by the names that they
            have everywhere: `beta=4`, `hidden=(64,)`, `weight_decay=1e-4`; a grid may vary them.

    Attributes:
        run_: the trained model, as `latentscape.fit` gives it; a table's rows are its images of
            1×1×p standardised numbers.
        scaler_: what standardises a table; None for images.
        n_features_in_: p, for a table.
        feature_names_in_: the columns' names, for a table that has them.

    Example:
        >>> from sklearn.datasets import load_iris
        >>> x = load_iris().data[::30]
        >>> model = LatentTransformer("vae", latent=2, beta=0.5, epochs=120, random_state=0)
        >>> model.fit_transform(x).shape, model.get_params()["beta"]
        ((5, 2), 0.5)
    """

    run_: Run
    scaler_: StandardScaler | None

    def __init__(
        self,
        recipe: str = "vae",
        latent: int | None = None,
        *,
        epochs: int | None = None,
        batch: int | None = None,
        lr: float | None = None,
        validation_fraction: float = 0.1,
        warm_start: bool = False,
        device: str = "auto",
        precision: str = "auto",
        random_state: int | np.random.RandomState | None = None,
        **settings: Any,
    ) -> None:
        self.recipe = recipe
        self.latent = latent
        self.epochs = epochs
        self.batch = batch
        self.lr = lr
        self.validation_fraction = validation_fraction
        self.warm_start = warm_start
        self.device = device
        self.precision = precision
        self.random_state = random_state
        if settings:
            self.settings = settings

    def fit(self, X: ArrayLike, y: object = None, **refused: object) -> LatentTransformer:
        """Train a model.

        Args:
            X: a table (N, p) of finite numbers, or images; N of 3 or more.
            y: not looked at.
            refused: nothing: `sample_weight` is refused, repeat rows instead.

        Raises:
            ValueError: when X is no table of finite numbers.
            LatentscapeError: when it holds no images, or the recipe cannot be trained on it.

        Warns:
            ConvergenceWarning: when training makes far fewer steps than suit so many rows.
        """
        refuse_weights(refused)
        again = self.warm_start and hasattr(self, "run_")
        return self._trained(self._read(X) if again else self._learned(X), again=again)

    def partial_fit(self, X: ArrayLike, y: object = None, **refused: object) -> LatentTransformer:
        """Train on with more rows: one pass, or `epochs`, at a constant rate; the first call fits.

        Args:
            X: rows like those of the first call, which set the columns' scales.
            y: not looked at.
            refused: nothing: `sample_weight` is refused, repeat rows instead.

        Raises:
            ValueError: when X has other columns.
            LatentscapeError: when the rows are not of the kind that the model was trained on.
        """
        if not hasattr(self, "run_"):
            return self.fit(X, y, **refused)
        refuse_weights(refused)
        more: dict[str, Value] = {
            "epochs": self.epochs or 1,
            "schedule": "constant",
            "keep": "last",
        }
        return self._trained(self._read(X), again=True, more=more)

    def _trained(
        self, images: Examples, *, again: bool, more: Mapping[str, Value] | None = None
    ) -> LatentTransformer:
        """Train a new model on rows, or the one that is there.

        Args:
            images: the rows.
            again: whether the model that is there is trained on.
            more: changes to the plan.
        """
        random = check_random_state(self.random_state)
        seed = int(random.randint(2**31))
        splits = held_out(images, self.validation_fraction, random)
        recipe = find_recipe(self.recipe)
        arguments, changes = parted(recipe, self._settings_for(isinstance(images, Table)))
        changes |= {
            "device": self.device,
            "precision": self.precision,
            "seed": seed,
            **(more or {}),
        }
        model = (
            self.run_.model
            if again
            else seeded(seed, lambda: recipe.build(images.shape, arguments, len(splits.train)))
        )
        suggested = planned(recipe.plan, changes, splits, Silent(), gently=learns_gently(model))
        plan = decided(suggested)
        check_parts(model, images)
        self.run_ = fit(model, splits, plan=plan, progress=False)
        assert self.run_.kept is not None, "a recipe built it"
        self._record = self.run_.kept.record
        if more is None:
            suited = planned(recipe.plan, {}, splits, Silent())
            warn_if_short(len(self.run_.history), plan, suited, len(splits.train))
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

    def score_samples(self, X: ArrayLike) -> NDArray[np.float64]:
        """Give log p(x) of every row in nats, (N,), which `score` bounds.

        It is estimated by 100 draws of each posterior, the same each time; a table's is a density
        of the standardised columns.

        Raises:
            LatentscapeError: when the model gives rows no likelihood.
        """
        rows = self._read(X)  # each by itself, so that the draws do not depend on its place
        alone = (rows.take(np.array([i])) for i in range(len(rows)))
        return np.array([self.run_.log_likelihood(row)[0] for row in alone], dtype=np.float64)

    @property
    def _n_features_out(self) -> int:
        """How many columns `get_feature_names_out` names."""
        return self.run_.codes_size

    def _learned(self, X: ArrayLike) -> Examples:
        """Read rows to train on, and what is to be known of a table's columns."""
        if np.asarray(X).ndim > 2:
            self.scaler_ = None
            for name in (
                "n_features_in_",
                "feature_names_in_",
            ):  # of a table it was fitted to before
                self.__dict__.pop(name, None)
            return pictures(X)
        refuse_gaps(X)
        table = validate_data(self, X, dtype=np.float64, ensure_min_samples=FEWEST)
        with np.errstate(over="ignore", invalid="ignore"):
            self.scaler_ = StandardScaler().set_output(transform="default").fit(table)
        refuse_huge(table, self.scaler_.scale_)
        return self._standardised(table, NAME)

    def _read(self, X: ArrayLike) -> Examples:
        """Read rows of the kind that the model was trained on."""
        check_is_fitted(self)
        if self.scaler_ is None:
            return pictures(X)
        refuse_gaps(X)
        table = validate_data(self, X, dtype=np.float64, reset=False)
        return self._standardised(table, "the array")

    def _standardised(self, table: NDArray[np.float64], name: str) -> Table:
        """Standardise a table's columns.

        Raises:
            ValueError: when some number is so large, or so far off, that a 32-bit one holds it not.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            rows = self.scaler_.transform(table).astype(np.float32)  # type: ignore[union-attr]
        refuse_huge(table, rows)
        return Table.of(rows, name)

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
