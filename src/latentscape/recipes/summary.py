"""What can be said of a recipe without training it, read from its docstring and its parts."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from typing import Any

from torch import nn

from latentscape.models.autoencoder import Autoencoder
from latentscape.recipes.registry import Recipe

PAPER = re.compile(r"arXiv:(\d{4}\.\d{4,5})")
SHAPE = (1, 28, 28)


@dataclass(frozen=True)
class Description:
    """What a recipe's docstring says of it.

    Attributes:
        title: its first line.
        about: the paragraphs under it: the equation, the paper, what it is good for.
        papers: arXiv numbers.
    """

    title: str
    about: str
    papers: tuple[str, ...]


@dataclass(frozen=True)
class Summary(Description):
    """A recipe at a glance.

    Attributes:
        name: what `train` calls it.
        parts: the names of its parts.
        options: its arguments and their defaults, as text.
        parameters: how many numbers it learns on 28×28 grey images.
    """

    name: str
    parts: tuple[str, ...]
    options: dict[str, str]
    parameters: int


def describe(recipe: Recipe[Any]) -> Description:
    """Read a recipe's docstring."""
    text = inspect.getdoc(recipe.function) or ""
    title, _, rest = text.partition("\n\n")
    papers = tuple(dict.fromkeys(PAPER.findall(text)))
    return Description(title, rest.partition("\n\nArgs:")[0], papers)


def summarise(recipe: Recipe[Any]) -> Summary:
    """Build the recipe once on 28×28 grey images and describe it."""
    model = recipe(SHAPE)
    return Summary(
        name=recipe.name,
        **vars(describe(recipe)),
        parts=parts_of(model),
        options={name: str(p.default) for name, p in recipe.options.items()},
        parameters=sum(p.numel() for p in model.parameters()),
    )


def parts_of(model: Autoencoder) -> tuple[str, ...]:
    """The names of a model's parts, in the order in which an image meets them."""
    corruption = [] if isinstance(model.corruption, nn.Identity) else [model.corruption]
    met: list[nn.Module] = [*corruption, model.bottleneck, model.prior, model.likelihood]
    return tuple(type(part).__name__ for part in (*met, model.objective, *model.regularizers))
