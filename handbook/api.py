"""Which Python names the reference shows, and where; mkdocstrings writes them from docstrings."""

from __future__ import annotations

import inspect
from types import ModuleType

import latentscape

MODULES = {
    "parts": (
        "recipes.compose",
        "recipes.registry",
        "parts.bottlenecks",
        "parts.likelihoods",
        "parts.priors",
        "parts.objectives",
        "parts.rates",
        "parts.regularizers",
        "parts.corruptions",
        "parts.schedules",
        "parts.networks",
        "parts.step",
        "models.autoencoder",
    ),
    "space": (
        "latent.structure",
        "latent.cluster_measures",
        "latent.usage",
        "latent.shape",
        "latent.gaps",
        "latent.moves",
        "latent.fidelity",
        "latent.disentanglement",
        "latent.clusters",
        "latent.projections",
        "latent.paths",
        "latent.samplers",
        "latent.measure",
        "latent.own_measures",
        "evaluation.judge.training",
        "evaluation.judge.judge",
        "bundle",
        "explorer",
        "explorer.widget",
    ),
}
INHERITING = ("Images", "Run", "Splits")
INTRODUCTIONS = {
    "python": """# Python

`import latentscape as ls` brings these. What runs a network imports torch when it is first used.
""",
    "parts": """# Parts

What models are composed of, for [a model of your own](../tutorial/6-make-your-own.md). Shapes
throughout: B images, K samples of the posterior, d latent dimensions, G groups of the rate.
""",
    "space": """# The space itself

Measures, projections, paths and samplers of anybody's codes: arrays in, numbers out. Below them,
what judges decoded images and what writes the explorer.
""",
}


def verbs() -> list[str]:
    """What `import latentscape` offers: functions, then classes."""
    public = [name for name in latentscape.__all__ if not name.startswith("_")]
    names = [n for n in public if not isinstance(getattr(latentscape, n), ModuleType)]
    return sorted(names, key=lambda name: inspect.isclass(getattr(latentscape, name)))


def page(name: str) -> str:
    """A page that asks mkdocstrings for names."""
    shown = verbs() if name == "python" else MODULES[name]
    return "\n\n".join([INTRODUCTIONS[name], *map(asked, shown)]) + "\n"


def asked(path: str) -> str:
    """What asks mkdocstrings for one name, with what `INHERITING` classes have from their base."""
    more = "\n    options:\n      inherited_members: true" if path in INHERITING else ""
    return f"::: latentscape.{path}{more}"
