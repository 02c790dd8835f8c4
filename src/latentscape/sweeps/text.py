"""A sweep written down: a TOML file by people, `sweep.json` in the sweep's directory.

Both say the same in the same way, one entry a line:

.. code-block:: toml

    recipe = "vae"              # or several: ["ae", "vae"]
    data = "digits"             # also size, limit, labels, fit …, as `latentscape train` takes them
    seeds = 3                   # the seeds 0, 1 and 2; or a list of them
    epochs = 10                 # any option of the recipe or the plan: one value for all runs …
    latent = [2, 4, 8]          # … or several
    hidden = [[400], [256, 128]]

    beta = "0.1..10:log"        # drawn from a range, in a search
    trials = 30                 # of so many trials
    by = "negative_elbo"        # judged by that; the loss, where nothing is said
"""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, get_origin

from latentscape.models.blueprint import Value
from latentscape.recipes import find_recipe
from latentscape.runs.data import lasting
from latentscape.sweeps.grid import Sweep
from latentscape.sweeps.ranges import Range, read_range
from latentscape.sweeps.reading import read_reading, reading_names
from latentscape.sweeps.search import check_varied, make_search
from latentscape.sweeps.values import typed, varied_kinds
from latentscape.system.errors import LatentscapeError, damaged
from latentscape.system.names import did_you_mean
from latentscape.system.reading import DAMAGE, read_json, read_small

FILE = "sweep.json"
FORMAT = 1
MOST = 10_000


def parse_sweep(table: Mapping[str, Any]) -> Sweep:
    """Make a sweep of entries as a file has them.

    Args:
        table: `recipe`, and any of `data`, what else `load_images` takes, `seeds`, `trials`, `by`,
            options of recipe and plan; values may be the text of values.

    Raises:
        LatentscapeError: for a recipe or option that there is not, or a value of another type.
    """
    left = dict(table)
    recipes = tuple(find_recipe(str(name)).name for name in listed(left.pop("recipe", [])))
    if not recipes:
        raise LatentscapeError('the sweep names no recipe; add one, such as recipe = "vae"')
    data = lasting(str(left.pop("data", "digits")))
    reading, left = read_reading(left, [find_recipe(name) for name in recipes])
    seeds = read_seeds(left.pop("seeds", 1))
    search = make_search(left.pop("trials", None), left.pop("by", None), MOST)
    options: dict[str, tuple[Value, ...]] = {}
    ranges: dict[str, Range] = {}
    for typed_name, raw in left.items():
        name = typed_name.replace("-", "_")
        kind, *_ = (kind_in(recipe, name) for recipe in recipes)
        if found := read_range(name, kind, raw):
            ranges[name] = found
        else:
            options[name] = alternatives(typed_name, kind, raw)
    sweep = Sweep(recipes, options, seeds, data, reading, ranges=ranges, search=search)
    check_varied(search, ranges, [*sweep.varied, *recipes[1:]], len(seeds))
    runs = math.prod(map(len, (recipes, seeds, *options.values())))
    if search is None and runs > MOST:
        raise LatentscapeError(f"the sweep has {runs:,} runs; give values for {MOST:,} at most")
    return sweep


def kind_in(recipe: str, name: str) -> Any:
    """The type of a recipe's option.

    Raises:
        LatentscapeError: when it has none of that name.
    """
    kinds = varied_kinds(find_recipe(recipe))
    if name in kinds:
        return kinds[name]
    if name == "seed":
        raise LatentscapeError("a sweep takes --seeds, how many or which, instead of --seed")
    hint = did_you_mean(name, kinds, f"it takes {', '.join(kinds)}")
    raise LatentscapeError(f"the recipe {recipe} takes no {name!r}; {hint}")


def alternatives(name: str, kind: Any, raw: Any) -> tuple[Value, ...]:
    """The values of an option: several, or one.

    Args:
        name: the option's.
        kind: its annotation.
        raw: what the file or the flag says.

    Raises:
        LatentscapeError: for a value of another type, one given twice, or none.
    """
    one = get_origin(kind) is tuple and isinstance(raw, list) and not any_list(raw)
    values = tuple(typed(name, kind, value) for value in ([raw] if one else listed(raw)))
    if not values or any(value in values[:i] for i, value in enumerate(values)):
        what = "no value" if not values else "a value twice"
        raise LatentscapeError(f"--{name} has {what}; give each value of the sweep once")
    return values


def any_list(values: Iterable[object]) -> bool:
    """Whether one of several alternatives is a list, or the text of one."""
    return any(isinstance(value, list | str) for value in values)


def listed(raw: Any) -> list[Any]:
    """One value or several, as a list."""
    return list(raw) if isinstance(raw, list | tuple) else [raw]


def read_seeds(raw: Any) -> tuple[int, ...]:
    """Seeds from 0 where one number says how many, or those listed.

    Raises:
        LatentscapeError: when they are no whole numbers, repeat, or there are none.
    """
    numbers = [int(str(typed("seeds", int, value))) for value in listed(raw)]
    if max(numbers, default=0) > MOST and not isinstance(raw, list | tuple):
        raise LatentscapeError(f"--seeds is {raw}, and a sweep has {MOST:,} runs at most")
    seeds = tuple(range(numbers[0])) if not isinstance(raw, list | tuple) else tuple(numbers)
    if not seeds or len(set(seeds)) < len(seeds) or min(seeds) < 0:
        raise LatentscapeError(
            f"--seeds is {raw!r}; say how many, such as 3, or which, such as 0,1,2"
        )
    return seeds


def refuse_outside(source: Path, table: Mapping[str, Any]) -> None:
    """Refuse a file that would import code.

    Raises:
        LatentscapeError: when one of its recipes is from outside latentscape.
    """
    outside = [name for name in listed(table.get("recipe", [])) if ":" in str(name)]
    if outside:
        raise LatentscapeError(
            f"'{source}' trains {outside[0]!r}, code from outside latentscape that this would run; "
            "if you trust it, say so with --trust (trust=True)"
        )


def read_toml(path: Path, *, trust: bool = False) -> Sweep:
    """Read a TOML file.

    Args:
        path: the file.
        trust: whether recipes from outside latentscape may be imported; their code then runs.

    Raises:
        LatentscapeError: when it cannot be read, what it says makes no sweep, or it names a
            recipe from outside without being trusted.
    """
    try:
        table = tomllib.loads(read_small(path).decode())
    except DAMAGE as error:
        raise LatentscapeError(
            f"'{path}' cannot be read as TOML ({error}); mend that line of it"
        ) from error
    if not trust:
        refuse_outside(path, table)
    try:
        return parse_sweep(table)
    except LatentscapeError as error:
        raise LatentscapeError(f"'{path}': {error}") from error


def read_sweep(folder: Path, *, trust: bool = False) -> Sweep:
    """Read what a sweep's directory holds.

    Args:
        folder: the directory.
        trust: whether recipes from outside latentscape may be imported; their code then runs.

    Raises:
        LatentscapeError: when it is no sweep's, is damaged, of a later format, or names a recipe
            from outside without being trusted.
    """
    path = folder / FILE
    try:
        table = read_json(read_small(path))
        later = table.pop("format") > FORMAT
    except FileNotFoundError:
        raise LatentscapeError(
            f"'{folder}' is not a sweep: it has no {FILE}; give a folder that `latentscape sweep` "
            "made"
        ) from None
    except DAMAGE as error:
        remedy = "restore it from a copy, or begin the sweep again elsewhere"
        raise damaged(path, error, remedy) from error
    if later:
        raise LatentscapeError(
            f"'{path}' has a later format than {FORMAT}; upgrade latentscape to continue it"
        )
    if not trust:
        refuse_outside(path, table)
    return parse_sweep(table)


def to_json(sweep: Sweep) -> bytes:
    """Write a sweep as `sweep.json`, which `read_sweep` reads."""
    table: dict[str, Any] = {"format": FORMAT, "recipe": list(sweep.recipes), "data": sweep.data}
    names = reading_names([find_recipe(name) for name in sweep.recipes])
    table |= {names[name]: value for name, value in sweep.reading.items()}
    table |= {"seeds": list(sweep.seeds)}
    if sweep.search is not None:
        table |= {"trials": sweep.search.trials, "by": list(sweep.search.by)}
    table |= {name: list(values) for name, values in sweep.options.items()}
    table |= {name: drawn.text for name, drawn in sweep.ranges.items()}
    return (json.dumps(table, indent=1, ensure_ascii=False) + "\n").encode()
