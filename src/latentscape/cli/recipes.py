"""`latentscape recipes`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latentscape.cli.output import show_json, show_table

if TYPE_CHECKING:
    from latentscape.recipes.summary import Summary


def recipes(*, json: bool = False) -> None:
    """List the models that can be trained: their parts, their papers, what they are good for.

    Args:
        json: print JSON instead of a table.
    """
    from latentscape.recipes import RECIPES
    from latentscape.recipes.summary import summarise

    summaries = [summarise(recipe) for recipe in RECIPES.values()]
    if json:
        show_json([vars(summary) for summary in summaries])
        return
    show_table(["recipe", "parts", "paper", "what it is"], [row(s) for s in summaries])


def row(summary: Summary) -> list[str]:
    """One line of the table."""
    return [summary.name, " · ".join(summary.parts), ", ".join(summary.papers), summary.title]
