"""What can be said of a recipe without training it, read from its docstring and its parts."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from typing import Any

from torch import nn

from latentscape.recipes.registry import Recipe

PAPER = re.compile(r"arXiv:(\d{4}\.\d{4,5})")
SHAPE = (1, 28, 28)


@dataclass(frozen=True)
class Summary:
    """A recipe at a glance.

    Attributes:
        name: what `train` calls it.
        title: the first line of its docstring.
        about: the paragraphs under it: the equation, the paper, what it is good for.
        parts: the names of bottleneck, prior, likelihood, objective, regularizers, corruption.
        papers: arXiv numbers.
        options: its arguments and their defaults, as text.
        parameters: how many numbers it learns on 28×28 grey images.
    """

    name: str
    title: str
    about: str
    parts: tuple[str, ...]
    papers: tuple[str, ...]
    options: dict[str, str]
    parameters: int


def summarise(recipe: Recipe[Any]) -> Summary:
    """Build the recipe once on 28×28 grey images and describe it."""
    text = inspect.getdoc(recipe.function) or ""
    title, _, rest = text.partition("\n\n")
    model = recipe(SHAPE)
    parts: list[nn.Module] = [
        model.bottleneck,
        model.prior,
        model.likelihood,
        model.objective,
        *model.regularizers,
    ]
    if not isinstance(model.corruption, nn.Identity):
        parts.append(model.corruption)
    return Summary(
        name=recipe.name,
        title=title,
        about=rest.partition("\n\nArgs:")[0],
        parts=tuple(type(part).__name__ for part in parts),
        papers=tuple(dict.fromkeys(PAPER.findall(text))),
        options={name: str(p.default) for name, p in recipe.options.items()},
        parameters=sum(p.numel() for p in model.parameters()),
    )
