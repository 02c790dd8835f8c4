"""A recipe: a function that composes a model, known by a name and rebuilt from plain arguments.

The function's signature is its configuration: the command line's flags and `run.json` read it.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, get_type_hints

from latentscape.models.blueprint import Blueprint, Value
from latentscape.models.freshness import touches
from latentscape.models.plan import Plan
from latentscape.parts.names import with_installed
from latentscape.recipes.compose import NoCoordinatesError
from latentscape.recipes.outside import imported, is_file, lasting
from latentscape.recipes.publication import Published
from latentscape.system.errors import LatentscapeError
from latentscape.system.names import did_you_mean

if TYPE_CHECKING:
    from latentscape.models.autoencoder import Autoencoder

P = ParamSpec("P")

RECIPES: dict[str, Recipe[Any]] = {}


Publication = Published | Callable[[Mapping[str, Value]], Published]


class Recipe(Generic[P]):
    """A function of (shape, *options) -> Autoencoder, with its name and the plan that suits it.

    Attributes:
        name: "beta-vae" for latentscape's own, "package.module:function" for others, and
            "/path/of/mine.py:function" for those named by their file.
        plan: how to train what it builds, unless told otherwise.
        publication: how it was trained where it was published, which may depend on the options.
    """

    def __init__(
        self,
        function: Callable[P, Autoencoder],
        plan: Plan,
        publication: Publication | None = None,
    ) -> None:
        functools.update_wrapper(self, function)
        self.function, self.plan, self.publication = function, plan, publication
        ours = function.__module__.startswith(__package__)
        short = function.__name__.replace("_", "-")
        self.name = short if ours else f"{function.__module__}:{function.__name__}"

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Autoencoder:
        """Build the model and note in it what would build it again."""
        bound = inspect.signature(self.function).bind(*args, **kwargs)
        return self._built(bound)

    def _built(
        self, bound: inspect.BoundArguments, images: int | None = None, *, coordinates: bool = True
    ) -> Autoencoder:
        """Build from bound arguments; what they leave open is decided by the images.

        Principal components that nobody asked for are left out where codes are no coordinates.
        """
        import torch

        bound.apply_defaults()
        (_, shape), *options = bound.arguments.items()
        check_shape(shape)
        settled = settled_for(shape, dict(options), images, coordinates=coordinates)
        bound.arguments |= settled
        chance = torch.get_rng_state()
        try:
            model = self.function(*bound.args, **bound.kwargs)
        except NoCoordinatesError:
            if not coordinates:
                raise
            torch.set_rng_state(chance)
            bound.arguments |= dict(options)
            return self._built(bound, images, coordinates=False)
        arguments = {name: plain(value) for name, value in settled.items()}
        model.blueprint = Blueprint(self.name, tuple(shape), arguments)
        model.as_built = touches(model)
        return model

    @property
    def options(self) -> dict[str, inspect.Parameter]:
        """Its parameters after the shape, by name."""
        parameters = list(inspect.signature(self.function).parameters.values())
        return {p.name: p for p in parameters[1:]}

    @property
    def kinds(self) -> dict[str, Any]:
        """The type of each option that is annotated, by name, with what installed packages add.

        The return annotation is left alone: a module may import models for type checkers only.
        """
        written = {n: p.annotation for n, p in self.options.items() if p.annotation is not p.empty}
        names = getattr(self.function, "__globals__", {})
        annotated = SimpleNamespace(__annotations__=written)
        hints = get_type_hints(annotated, names, include_extras=True)
        return {name: with_installed(kind) for name, kind in hints.items()}

    def published(self, options: Mapping[str, Value]) -> Published:
        """Give the published training for these options.

        Raises:
            LatentscapeError: when nothing was published to repeat.
        """
        if self.publication is None:
            raise LatentscapeError(
                f"{self.name} repeats no published training; leave --published out"
            )
        found = self.publication
        return found if isinstance(found, Published) else found(options)

    def build(
        self,
        shape: tuple[int, int, int],
        arguments: Mapping[str, Value],
        images: int | None = None,
    ) -> Autoencoder:
        """Build from plain arguments, as a blueprint or a command line gives them.

        Args:
            shape: the images' (C, H, W).
            arguments: by name; a network that is left open is decided.
            images: how many there are to train on, which may decide it; None for many.

        Raises:
            LatentscapeError: for an argument that the recipe does not take.
        """
        unknown = sorted(set(arguments) - set(self.options))
        if unknown:
            raise LatentscapeError(
                f"the recipe {self.name} takes no {unknown[0]!r}; it takes "
                f"{', '.join(self.options)}"
            )
        rich = {k: restored(v, self.options[k].default) for k, v in arguments.items()}
        return self._built(inspect.signature(self.function).bind(shape, **rich), images)


def check_shape(shape: object) -> None:
    """Refuse what is no shape of an image.

    Raises:
        LatentscapeError: when it is not three whole numbers.
    """
    sides = tuple(shape) if isinstance(shape, Iterable) else ()
    if len(sides) != 3 or not all(isinstance(side, int) and side > 0 for side in sides):
        raise LatentscapeError(
            f"a recipe takes the images' shape (channels, height, width), such as (1, 28, 28), "
            f"and {shape!r} was given; write images.shape"
        )


def recipe(
    *, plan: Plan | None = None, published: Publication | None = None
) -> Callable[[Callable[P, Autoencoder]], Recipe[P]]:
    """Make a function that composes a model a recipe.

    Args:
        plan: how to train it unless told otherwise.
        published: how it was trained where it was published; a function of the options where
            that depends on them.

    Example:
        >>> from latentscape.recipes.compose import compose
        >>> from latentscape.parts.bottlenecks import Point
        >>> from latentscape.parts.objectives import Reconstruction
        >>> @recipe()
        ... def mine(shape, latent: int = 3):
        ...     return compose(shape, Point(latent), objective=Reconstruction())
        >>> mine((1, 8, 8)).blueprint.arguments
        {'latent': 3}
    """

    def register(function: Callable[P, Autoencoder]) -> Recipe[P]:
        made = Recipe(function, plan or Plan(), published)
        if ":" not in made.name:
            RECIPES[made.name] = made
        return made

    return register


def find_recipe(name: str) -> Recipe[Any]:
    """Look a recipe up by its name, or import it: "package.module:function", "./mine.py:function".

    Raises:
        LatentscapeError: when there is none of that name (the nearest is offered), or the path
            leads to nothing that can be called.
    """
    if ":" in name:
        found = imported(name)
        made = found if isinstance(found, Recipe) else Recipe(found, Plan())
        if is_file(name):
            made.name = lasting(name)
        return made
    if name in RECIPES:
        return RECIPES[name]
    if is_file(name):
        raise LatentscapeError(f"{name!r} is a file; name the function in it, as {name}:mine")
    hint = did_you_mean(name, RECIPES, "`latentscape recipes` lists them")
    raise LatentscapeError(f"no recipe is called {name!r}; {hint}")


def settled_for(
    shape: tuple[int, int, int],
    arguments: Mapping[str, Any],
    images: int | None,
    *,
    coordinates: bool,
) -> dict[str, Any]:
    """Give arguments whose records leave nothing open; one that may has a method `settled`.

    Args:
        shape: the images' (C, H, W).
        arguments: by name.
        images: how many there are to train on; None for many.
        coordinates: whether principal components could begin the codes.
    """
    return {
        name: value.settled(shape, images, coordinates=coordinates)
        if hasattr(value, "settled")
        else value
        for name, value in arguments.items()
    }


def plain(value: Any) -> Value:
    """Turn an argument into JSON values: records into objects, tuples into lists.

    Raises:
        LatentscapeError: when it is of another kind.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {k: plain(v) for k, v in vars(value).items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise LatentscapeError(
        f"a recipe's argument is {value!r}; numbers, names, tuples and records of them can be kept"
    )


def restored(value: Value, default: Any) -> Any:
    """Undo `plain`, by the type of the parameter's default."""
    if dataclasses.is_dataclass(default) and isinstance(value, dict):
        kind = default if isinstance(default, type) else type(default)
        return kind(**{k: restored(v, None) for k, v in value.items()})
    if isinstance(value, list):
        return tuple(restored(v, None) for v in value)
    return value
