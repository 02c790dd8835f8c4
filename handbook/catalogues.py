"""Recipes, measures and pictures, read from their registries, as Markdown."""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Mapping
from pathlib import Path

from handbook.commands import SHARED, Flag, of_picture, of_recipe, table
from latentscape.figures import KINDS, FigureKind
from latentscape.latent.catalogue import CATALOGUE, CHANGES, GROUPS, in_group
from latentscape.latent.measure_entry import MeasureEntry
from latentscape.recipes import RECIPES
from latentscape.recipes.summary import Summary, summarise

MODELS = Path(__file__).parents[1] / "docs" / "models"
BETTER = {"higher": "higher is better", "lower": "lower is better", "neither": ""}
ARXIV = re.compile(r"(?<!\[)arXiv:(\d{4}\.\d{4,5})")


def families() -> Mapping[str, str]:
    """The page of `docs/models` that is about each recipe: its third line names them."""
    found: dict[str, str] = {}
    for page in sorted(MODELS.glob("*.md")):
        lines = page.read_text(encoding="utf-8").splitlines()
        found |= dict.fromkeys(re.findall(r"`([a-z0-9-]+)`", lines[2]), page.name)
    return found


def recipes_page() -> str:
    """The reference of recipes."""
    about = families()
    summaries = [summarise(recipe) for recipe in RECIPES.values()]
    rows = "\n".join(
        f"| [`{s.name}`](#{s.name}) | {s.title.partition(':')[2].strip() or s.title} |"
        for s in summaries
    )
    sections = [recipe_section(s, about[s.name]) for s in summaries]
    return "\n".join(
        [RECIPES_INTRODUCTION, f"| recipe | what it is |\n| --- | --- |\n{rows}\n", *sections]
    )


def recipe_section(summary: Summary, family: str) -> str:
    """One recipe."""
    recipe = RECIPES[summary.name]
    own = [flag for flag in of_recipe(recipe).flags if flag.group not in SHARED]
    function = recipe.function.__name__
    arguments = ", ".join(str(p).partition(":")[0] for p in recipe.options.values())
    facts = [
        " · ".join(f"`{part}`" for part in summary.parts),
        f"{summary.parameters:,} parameters on 28×28 grey images",
        f"[more about its family](../models/{family})",
    ]
    return f"""## {summary.name}

{linked(summary.title)}

{linked(summary.about)}

{"; ".join(facts)}.

```
latentscape train {summary.name} [options]
```

```python
ls.recipes.{function}(images.shape, {arguments})
```

{table(own)}"""


def measures_page() -> str:
    """The reference of measures."""
    parts = [MEASURES_INTRODUCTION, changes_table()]
    for group, what in GROUPS.items():
        parts.append(f"## {group.capitalize()}\n\n{what}\n")
        parts += [measure_section(entry) for entry in in_group(group)]
    return "\n".join(parts)


def changes_table() -> str:
    """What may be otherwise about the same space, and the figures that change with it."""
    rows = [
        f"| `{key}` | {what} | {', '.join(changed_by(key)) or 'none'} |"
        for key, what in CHANGES.items()
    ]
    head = "| | the same space, but | figures that change |\n| --- | --- | --- |\n"
    return head + "\n".join(rows) + "\n"


def changed_by(change: str) -> list[str]:
    """The measures whose entry names a change, as links."""
    return [f"[`{e.key}`](#{e.key})" for e in CATALOGUE.values() if change in e.changes]


def measure_section(entry: MeasureEntry) -> str:
    """One measure."""
    low, high = (bound(limit) for limit in entry.range)
    facts = [f"from {low} to {high}", BETTER[entry.direction], f"source: {linked(entry.source)}"]
    no_error = f"\nWithout a standard error: {entry.no_error}.\n" if entry.no_error else ""
    return f"""### {entry.title} {{ #{entry.key} }}

`{entry.key}` · {" · ".join(fact for fact in facts if fact)}

{entry.sentence}

> {entry.formula}

{changing(entry)}
{no_error}"""


def changing(entry: MeasureEntry) -> str:
    """What about the same space a figure changes with."""
    if not entry.changes:
        return "Changes with [none of these](#what-changes-a-figure)."
    each = "; ".join(f"`{key}` ({how})" for key, how in entry.changes.items())
    return f"Changes with {each}; [with none of the others](#what-changes-a-figure)."


def bound(limit: float) -> str:
    """An end of a range."""
    return ("∞" if limit > 0 else "−∞") if math.isinf(limit) else f"{limit:g}".replace("-", "−")


def pictures_page() -> str:
    """The reference of pictures."""
    return "\n".join([PICTURES_INTRODUCTION, *(picture_section(kind) for kind in KINDS.values())])


def picture_section(kind: FigureKind) -> str:
    """One kind of picture."""
    own: list[Flag] = [f for f in of_picture(kind).flags if f.group == "Picture"]
    doc = inspect.getdoc(inspect.unwrap(kind.draw)) or ""
    rest = doc.partition("\n\n")[2].partition("Args:")[0].strip()
    return f"""## {kind.name}

{kind.description}. Takes {kind.wants}.

{rest}

{table(own) if own else ""}"""


def linked(text: str) -> str:
    """Text with its arXiv numbers as links."""
    return ARXIV.sub(r"[arXiv:\1](https://arxiv.org/abs/\1)", text)


RECIPES_INTRODUCTION = """# Recipes

A recipe is one short function that chooses parts, and `latentscape train` takes its name. All of
them take the flags of [`train`](commands.md#train) too, for images, output and training. Which one
to take is the question of [the models](../models/README.md).
"""
MEASURES_INTRODUCTION = """# Measures

`latentscape measure runs/vae` prints them, `ls.measure(run, images)` gives them as numbers. What is
learned for measuring is learned from training images and scored on test images.

## What changes a figure

A figure should say something about the space, not about how it happens to be written down. So what
follows leaves figures as they are, up to chance, but for those in the last column, whose entries
say how they change. Distances to the nearest code are taken among 2,000 distinct codes; with fewer
codes they depend on how many there are, and `measure` prints that number.
"""
PICTURES_INTRODUCTION = """# Pictures

`latentscape plot runs/vae KIND` draws one into the run's folder, and `ls.plot(run, "KIND", images)`
gives a matplotlib figure. All kinds take the flags of [`plot`](commands.md#plot) too.
"""
