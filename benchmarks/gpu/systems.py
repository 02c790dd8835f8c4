"""What is trained: the reference systems and `vae`, on MNIST."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from latentscape import Plan, Splits, load_images
from latentscape.recipes import find_recipe

if TYPE_CHECKING:
    from latentscape.models.autoencoder import Autoencoder


@dataclass(frozen=True)
class System:
    """A model and how it is trained.

    Attributes:
        recipe: its name.
        options: its arguments.
        published: whether it trains as it was published, or by the recipe's own plan.
    """

    recipe: str
    options: Mapping[str, Any] = field(default_factory=dict)
    published: bool = True

    def plan(self, **changes: Any) -> Plan:
        """Give the plan, with changes."""
        recipe = find_recipe(self.recipe)
        plan = recipe.published(self.options).plan if self.published else recipe.plan
        return replace(plan, **changes)

    def build(self, shape: tuple[int, int, int], seed: int = 0) -> Autoencoder:
        """Build the model, with initial weights from a seed."""
        import torch  # whoever only asks what systems there are waits for none

        recipe = find_recipe(self.recipe)
        setting = recipe.published(self.options).arguments if self.published else {}
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            return recipe.build(shape, {**setting, **self.options})


SYSTEMS = {
    "vae": System("vae", published=False),
    "cae7": System("cae7"),
    "cnn576": System("cnn576"),
    "dense": System("dense"),
    "shallow-cnn": System("shallow-cnn", {"variational": True}),
    "deep-cnn": System("deep-cnn", {"variational": True}),
    "conv-denoiser": System("conv-denoiser"),
    "vae-elu": System("vae-elu"),
}


def mnist(quick: bool, size: int | None = None, limit: int | None = None) -> Splits:
    """Load MNIST; a few digits that come with scikit-learn where only the code is tried."""
    if quick:
        return load_images("digits", size=size, limit=600)
    return load_images("mnist", size=size, limit=limit)
