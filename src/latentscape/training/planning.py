"""Which plan a training follows, and which network: what was given, else what suits the images."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_type_hints

from latentscape.data import Examples, SplitsOf
from latentscape.models.autoencoder import Autoencoder
from latentscape.models.blueprint import Value
from latentscape.models.plan import Plan, suited
from latentscape.parts.networks import Network
from latentscape.parts.networks.principal import PrincipalEncoder
from latentscape.recipes import Recipe, find_recipe
from latentscape.recipes.numbers import as_annotated
from latentscape.recipes.registry import restored
from latentscape.recipes.settings import as_argument
from latentscape.system.errors import LatentscapeError
from latentscape.system.names import counted, describe_kind, did_you_mean
from latentscape.training.reporter import Reporter

GENTLY = 4


def suggested(model: Autoencoder) -> Plan:
    """The plan that a model's recipe suggests."""
    return find_recipe(model.blueprint.recipe).plan if model.blueprint else Plan()


def learns_gently(model: Autoencoder) -> bool:
    """Whether a model begins as principal components, which large steps would spoil."""
    return isinstance(model.encoder, PrincipalEncoder)


def planned(
    suggestion: Plan,
    changes: dict[str, Value],
    images: SplitsOf[Examples],
    reporter: Reporter,
    *,
    gently: bool = False,
) -> Plan:
    """Suit a suggested plan to the images, but for the values that were given.

    Args:
        suggestion: a recipe's plan.
        changes: values that were given.
        images: to train on.
        gently: whether a quarter of the rate does, as what begins as principal components takes.
        reporter: told where epochs, batch or rate are others than the recipe suggests.
    """
    given = changed(suggestion, changes)
    plan = suited(given, images.counts["train"], math.prod(images.shape), changes)
    if gently and "lr" not in changes:
        plan = replace(plan, lr=plan.lr / GENTLY)
    words = {
        "epochs": f"for {plan.epochs} epochs, not {given.epochs}",
        "batch": f"in batches of {plan.batch}, not {given.batch}",
        "lr": f"at a rate of {plan.lr:.2g}, not {given.lr:.2g}",
    }
    differing = {n: text for n, text in words.items() if getattr(plan, n) != getattr(given, n)}
    if differing:
        *first, last = (f"--{name}" for name in differing)
        flags = f"{', '.join(first)} and {last}" if first else last
        reporter.note(
            f"{counted(images.counts['train'], 'image', 'are')} trained on "
            f"{', '.join(differing.values())}; {flags} would say otherwise"
        )
    return plan


def tell_network(
    model: Autoencoder,
    recipe: Recipe[Any],
    options: Mapping[str, Any],
    count: int,
    reporter: Reporter,
) -> None:
    """Say which network suits the images, where that was left to them and is not as ever.

    Args:
        model: what was built.
        recipe: by which.
        options: its arguments that were given.
        count: how many images there are to train on.
        reporter: told of a network that is not of dense layers alone.
    """
    if model.blueprint is None:
        return
    for name, value in model.blueprint.arguments.items():
        before = options.get(name, recipe.options[name].default)
        if not (isinstance(before, Network) and before.network == "auto"):
            continue
        net = restored(value, Network())
        if net.network == "dense" and not net.pca:
            continue
        C, H, W = model.blueprint.shape
        begins = " and begins as principal components" if net.pca and before.pca is None else ""
        reporter.note(
            f"the network is {net.network} ({'-'.join(map(str, net.hidden))}){begins}, as suits "
            f"{count:,} {'grey' if C == 1 else 'colour'} images of {W}×{H}; --network would say "
            "otherwise"
        )


def changed(plan: Plan, changes: dict[str, Value]) -> Plan:
    """Change single values of a plan; whole numbers of any kind, such as numpy's, are such.

    Raises:
        LatentscapeError: for what is no plan, a name that no plan has, or a value that does not
            fit.
    """
    if not isinstance(plan, Plan):
        raise LatentscapeError(
            f"a plan is wanted and {describe_kind(plan)} was given; give ls.Plan(epochs=10), or "
            "its values alone, such as epochs=10"
        )
    known = get_type_hints(Plan)
    for name in changes:
        if name not in known:
            near = did_you_mean(name, known, f"it has {', '.join(sorted(known))}")
            raise LatentscapeError(f"a plan has no {name!r}; {near}")
    plain = {n: as_annotated(n, known[n], as_argument(value)) for n, value in changes.items()}
    return replace(plan, **plain)
