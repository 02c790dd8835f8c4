"""Finds what nobody has documented, and what is documented but not there."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import latentscape
from handbook import api, catalogues
from handbook.commands import Command, commands, of_picture, of_recipe
from latentscape.figures import KINDS, FigureKind
from latentscape.latent.catalogue import CATALOGUE
from latentscape.latent.measure_entry import MeasureEntry
from latentscape.recipes import RECIPES, Recipe

ROOT = Path(__file__).parents[1]
FLAG = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
TYPED = re.compile(r"(?<!import )(?<!from )latentscape ([a-z]+)(?![\w.:-])")
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.M | re.S)
BUILT_IN = {"--help", "--version", "--list"}

MAKERS = ("Measure", "Measure.mean", "summary")
"""What makes a measure of its first argument, the key."""


def undocumented_commands(found: Iterable[Command]) -> Iterator[str]:
    """Commands without a sentence, and flags without words."""
    for command in found:
        if not command.summary.strip():
            yield f"`{command.name}` says nothing of itself; give it a docstring"
        for flag in command.flags:
            if not flag.words and flag.name != "RUNS_AND_KIND":
                yield f"`{command.name} {flag.name}` says nothing; describe it under Args:"


def all_commands() -> list[Command]:
    """Every command, with those of every recipe and every kind of picture."""
    trained = [of_recipe(recipe) for recipe in RECIPES.values()]
    return [*commands(), *trained, *(of_picture(kind) for kind in KINDS.values())]


def undocumented_recipes(
    recipes: Mapping[str, Recipe[Any]], families: Mapping[str, str]
) -> Iterator[str]:
    """Recipes without a title or an explanation, or that no page of `docs/models` is about."""
    for name, recipe in recipes.items():
        title, _, about = (inspect.getdoc(recipe.function) or "").partition("\n\n")
        if not title or not about.partition("Args:")[0].strip():
            yield f"the recipe `{name}` has no title or no explanation in its docstring"
        if name not in families:
            yield f"no page of docs/models names the recipe `{name}` in its third line"


def undocumented_measures(
    catalogue: Mapping[str, MeasureEntry], keys: Iterable[str]
) -> Iterator[str]:
    """Measures that are made but not in the catalogue, and entries with something missing."""
    for key in sorted(set(keys) - set(catalogue)):
        yield f"`{key}` is measured and not in latent/catalogue.toml"
    for key, entry in catalogue.items():
        lacking = [n for n in ("title", "formula", "source", "sentence") if not getattr(entry, n)]
        if lacking:
            yield f"the measure `{key}` has no {' and no '.join(lacking)}"


def measured_keys(source: Path = ROOT / "src" / "latentscape") -> set[str]:
    """Every key that the code gives a `Measure` by name."""
    calls = (
        node
        for file in source.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and node.args
    )
    firsts = [call.args[0] for call in calls if ast.unparse(call.func) in MAKERS]
    return {a.value for a in firsts if isinstance(a, ast.Constant) and isinstance(a.value, str)}


def undocumented_pictures(kinds: Mapping[str, FigureKind]) -> Iterator[str]:
    """Kinds of pictures without a sentence."""
    for name, kind in kinds.items():
        if not kind.description:
            yield f"the picture `{name}` has no docstring"


def undocumented_names(names: Iterable[str]) -> Iterator[str]:
    """What `import latentscape` offers without a docstring."""
    for name in names:
        if not inspect.getdoc(getattr(latentscape, name)):
            yield f"`latentscape.{name}` has no docstring"


def pages(root: Path = ROOT) -> dict[str, str]:
    """What people wrote: README and the pages in `docs`, by path."""
    files = [root / "README.md", *sorted((root / "docs").rglob("*.md"))]
    return {str(f.relative_to(root)): f.read_text(encoding="utf-8") for f in files}


def unknown_words(text: Mapping[str, str], known: Iterable[Command]) -> Iterator[str]:
    """Commands and flags in pages' code that the command line does not have."""
    found = list(known)
    verbs = {command.name.split()[0] for command in found}
    flags = BUILT_IN | {name for command in found for flag in command.flags for name in flag.names}
    for page, content in text.items():
        code = [c for c in CODE.findall(content) if "latentscape " in c or c.startswith("`--")]
        for piece in code:
            lines = [line for line in piece.splitlines() if "latentscape " in line or "`" in line]
            for line in lines:
                for verb in set(TYPED.findall(line)) - verbs:
                    yield f"{page} speaks of `latentscape {verb}`, which is no command"
                for flag in set(FLAG.findall(line)) - flags:
                    yield f"{page} speaks of `{flag}`, which no command takes"


def gaps() -> list[str]:
    """Everything that is missing or wrong, a sentence each."""
    found = all_commands()
    return [
        *undocumented_commands(found),
        *undocumented_recipes(RECIPES, catalogues.families()),
        *undocumented_measures(CATALOGUE, measured_keys()),
        *undocumented_pictures(KINDS),
        *undocumented_names(api.verbs()),
        *unknown_words(pages(), found),
    ]
