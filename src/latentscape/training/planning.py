"""Which plan a training follows: what was given, and else what suits the recipe and the images."""

from __future__ import annotations

from dataclasses import fields, replace

from latentscape.data import Examples, SplitsOf
from latentscape.models.autoencoder import Autoencoder
from latentscape.models.blueprint import Value
from latentscape.models.plan import Plan, suited
from latentscape.recipes import find_recipe
from latentscape.system.errors import LatentscapeError
from latentscape.training.progress import Reporter


def suggested(model: Autoencoder) -> Plan:
    """The plan that a model's recipe suggests."""
    return find_recipe(model.blueprint.recipe).plan if model.blueprint else Plan()


def planned(
    suggestion: Plan, changes: dict[str, Value], images: SplitsOf[Examples], reporter: Reporter
) -> Plan:
    """Suit a suggested plan to the images, but for the values that were given.

    Args:
        suggestion: a recipe's plan.
        changes: values that were given.
        images: to train on.
        reporter: told where epochs, batch or rate are others than the recipe suggests.
    """
    given = changed(suggestion, changes)
    plan = suited(given, len(images.train), changes)
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
            f"{len(images.train):,} images are trained on {', '.join(differing.values())}; "
            f"{flags} would say otherwise"
        )
    return plan


def changed(plan: Plan, changes: dict[str, Value]) -> Plan:
    """Change single values of a plan.

    Raises:
        LatentscapeError: for a name that no plan has.
    """
    known = {f.name for f in fields(Plan)}
    for name in changes:
        if name not in known:
            raise LatentscapeError(f"a plan has no {name!r}; it has {', '.join(sorted(known))}")
    return replace(plan, **changes)  # type: ignore[arg-type]  # Plan checks the values
