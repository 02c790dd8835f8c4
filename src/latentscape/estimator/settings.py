"""Parameters of an estimator that are the options of whichever recipe it names."""

from __future__ import annotations

from typing import Any, Self

from sklearn.base import BaseEstimator

from latentscape.recipes import find_recipe
from latentscape.system.errors import LatentscapeError

LATENT = 2


class RecipeSettings(BaseEstimator):  # type: ignore[misc]
    """An estimator with a `recipe` whose options are parameters beside its own.

    Attributes:
        recipe: the recipe's name.
        latent: the number of latent dimensions.
        settings: options of the recipe and the plan by name; not there where none is given, as
            scikit-learn wants of what is no parameter.
    """

    recipe: str
    latent: int | None

    def _given(self) -> dict[str, Any]:
        """Options of recipe and plan that were given."""
        return dict(getattr(self, "settings", {}))

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Give every parameter by name, the recipe's options that were given among them.

        Args:
            deep: no parameter is an estimator, so that both are the same.
        """
        return {**super().get_params(deep), **self._given()}

    def set_params(self, **params: Any) -> Self:
        """Set parameters, among them any option of the recipe or of a plan: a grid may vary them.

        Whether the recipe has such an option is looked at when it is fitted, as scikit-learn asks.

        Args:
            params: by name.
        """
        own = set(self._get_param_names())
        super().set_params(**{name: value for name, value in params.items() if name in own})
        theirs = {name: value for name, value in params.items() if name not in own}
        if theirs:
            self.settings = self._given() | theirs
        return self

    def _settings_for(self, table: bool) -> dict[str, Any]:
        """Options of recipe and plan, by name.

        Args:
            table: whether they are for rows of a table.

        Raises:
            LatentscapeError: when a seed is among them.
        """
        named = {name: getattr(self, name) for name in ("latent", "epochs", "batch", "lr")}
        settings = {name: value for name, value in named.items() if value is not None}
        if self.latent is None and "latent" in find_recipe(self.recipe).options:
            settings["latent"] = LATENT
        if table:
            settings["likelihood"] = "unbounded-normal"
        settings |= self._given()
        if "seed" in settings:
            raise LatentscapeError("a seed is given; give random_state, which decides it")
        return settings
