"""What a search begins with: every end tried once, and what the recipe would do by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import torch

from latentscape.data import Splits
from latentscape.models.autoencoder import Autoencoder
from latentscape.models.blueprint import Value
from latentscape.models.pixels import unit
from latentscape.models.plan import Plan
from latentscape.recipes import Recipe, find_recipe
from latentscape.recipes.settings import parted
from latentscape.sweeps.grid import Sweep
from latentscape.sweeps.ranges import Range
from latentscape.sweeps.search import LOSS
from latentscape.system.errors import LatentscapeError
from latentscape.system.randomness import own_randomness
from latentscape.training.loop import selecting
from latentscape.training.planning import learns_gently, planned
from latentscape.training.reporter import Silent

ETA = 3
"""Of so many trials that come to an epoch where they are compared, one goes on."""
RUNGS = 2
IN_NATS = (LOSS, "negative_elbo", "nll")


def suggested(sweep: Sweep, images: Splits) -> tuple[dict[str, Value], int]:
    """Build every end once, so that what does not fit fails before any training.

    Args:
        sweep: a search.
        images: what it trains on.

    Returns:
        What the first trial tries, the recipe's own values as far as they are among those
        searched, by option; and the first epoch that trials are compared at.

    Raises:
        LatentscapeError: when a value does not fit, or figures of different trials would not
            compare.
    """
    first: dict[str, Value] = {}
    least = 0
    losses: dict[str, tuple[object, ...]] = {}
    for name in sweep.recipes:
        recipe = find_recipe(name)
        fixed = sweep.fixed | {n: v[0] for n, v in sweep.options.items() if without(recipe, n)}
        model, plan = built(recipe, fixed, images)
        if not first:
            own = {o: nearest(sweep, o, found(o, model, plan)) for o in sweep.varied}
            first = {"recipe": name, **own}
        for option, value in ends(sweep):
            model, plan = built(recipe, fixed | {option: value}, images)
            check_held_out(plan)
            losses[f"{name}, {option} {value}"] = compared(sweep, model, images)
            least = min(least or plan.epochs, plan.epochs)
    check_comparable(sweep, losses)
    return first, max(1, least // ETA**RUNGS)


def built(
    recipe: Recipe[Any], settings: Mapping[str, Value], images: Splits
) -> tuple[Autoencoder, Plan]:
    """Build a model and its plan as training would.

    Args:
        recipe: of the model.
        settings: options of it and of its plan.
        images: to train on.
    """
    arguments, changes = parted(recipe, settings)
    with own_randomness():
        model = recipe.build(images.shape, arguments, images.counts["train"])
    gently = learns_gently(model)
    return model, planned(recipe.plan, changes, images, Silent(), gently=gently)


def without(recipe: Recipe[Any], option: str) -> bool:
    """Whether a recipe has no value of its own for one of its options."""
    known = recipe.options.get(option)
    return known is not None and known.default is known.empty


def ends(sweep: Sweep) -> Iterator[tuple[str, Value]]:
    """Every value of every option that varies; of a range its two ends."""
    for name, values in sweep.options.items():
        yield from ((name, value) for value in values)
    for name, drawn in sweep.ranges.items():
        yield from ((name, drawn.value(end)) for end in (drawn.low, drawn.high))


def found(option: str, model: Autoencoder, plan: Plan) -> Value:
    """The value of an option in what was built.

    Args:
        option: its name.
        model: what was built.
        plan: how it is trained.
    """
    if option in (plans := asdict(plan)):
        value: Value = plans[option]
        return value
    arguments = model.blueprint.arguments if model.blueprint else {}
    records = [value for value in arguments.values() if isinstance(value, dict)]
    return next((known[option] for known in (arguments, *records) if option in known), None)


def nearest(sweep: Sweep, option: str, value: Value) -> Value:
    """The value that a search has nearest to one.

    Args:
        sweep: the search.
        option: its name.
        value: what it is by itself.
    """
    if isinstance(drawn := sweep.ranges.get(option), Range):
        return drawn.value(value if isinstance(value, int | float) else drawn.low)
    values = sweep.options[option]
    return value if value in values else values[0]


def compared(sweep: Sweep, model: Autoencoder, images: Splits) -> tuple[object, ...]:
    """What must be the same in all trials for their figures to compare.

    Args:
        sweep: a search.
        model: of one trial.
        images: what it is trained on.
    """
    by = sweep.search.by if sweep.search else ()
    likelihood = model.likelihood.measure if set(by) & set(IN_NATS) else None
    if LOSS not in by:
        return (likelihood,)
    few = images.train.take(np.arange(min(2, len(images.train))))
    labels = None if few.labels is None else torch.as_tensor(few.labels)
    with own_randomness(), torch.no_grad():
        terms = model.eval()(unit(torch.as_tensor(few.pixels)), labels, images.counts["train"], 1.0)
    return (likelihood, *((name, terms[name].weight) for name in selecting(terms)))


def check_comparable(sweep: Sweep, losses: Mapping[str, tuple[object, ...]]) -> None:
    """Refuse a search by a figure that means another thing in each trial.

    Raises:
        LatentscapeError: when it does.
    """
    (a, first), *others = losses.items()
    for b, other in others:
        if other[0] != first[0]:
            raise LatentscapeError(
                f"likelihoods differ ({first[0]}: {a}; {other[0]}: {b}), whose nats do not "
                "compare; search by --by mse, or by another measure that is not of likelihoods"
            )
        if other != first:
            raise LatentscapeError(
                f"the loss means another thing in each trial ({a}; {b}): its terms or their "
                "weights differ; search by what they all have, such as --by negative_elbo or "
                "--by mse"
            )


def check_held_out(plan: Plan) -> None:
    """Refuse to search by images that are trained on.

    Raises:
        LatentscapeError: when validation images are.
    """
    if plan.train_on != "train":
        raise LatentscapeError(
            f"--train-on {plan.train_on} trains on the images that a search judges by; leave it out"
        )
