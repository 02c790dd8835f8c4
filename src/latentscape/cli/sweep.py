"""`latentscape sweep RECIPE`, `sweep FILE.toml` and `sweep DIR`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Group, Parameter
from rich.console import Console

from latentscape.cli.engine import EngineFlags
from latentscape.cli.flags import apart_from, filled_from, own_flags
from latentscape.cli.output import show_table
from latentscape.cli.reading import PLAIN, ReadingFlags
from latentscape.data.preparation import Preparation
from latentscape.system.docstrings import described
from latentscape.system.errors import LatentscapeError
from latentscape.system.printing import print_answer, print_log, shell_command

if TYPE_CHECKING:
    from latentscape.recipes import Recipe
    from latentscape.sweeps import Cells, Sweep

sweep = App(name="sweep", help_flags=[])
ABOUT = """Train every combination of options: latentscape sweep RECIPE --latent 2,4,8 --seeds 3.

Values are separated by commas; `latentscape sweep RECIPE --help` lists the options. Several recipes
are separated by commas too. A TOML file says the same in its entries (recipe = "vae", latent =
[2, 4, 8], seeds = 3), and the directory of a sweep that was cut off continues it.

With --trials it searches instead, in values and in ranges: latentscape sweep RECIPE --lr
1e-4..1e-2:log --latent 2..16 --trials 30."""
OUT = Path("sweeps")


@sweep.default
def swept(*tokens: Annotated[str, Parameter(allow_leading_hyphen=True)]) -> None:
    """Read what is to be trained, then everything else with the flags of those recipes.

    Raises:
        LatentscapeError: when nothing to train is named before the flags.
    """
    if not tokens or tokens[0].startswith("-"):
        if set(tokens) & {"--help", "-h"} or not tokens:
            print_answer(ABOUT)
            return
        raise LatentscapeError(f"say what to train before {tokens[0]}: a recipe or a TOML file")
    first, inner = (
        tokens[0],
        App(name="latentscape sweep", default_parameter=Parameter(negative=())),
    )
    path = Path(first)
    if path.suffix == ".toml":
        inner.default(from_file)
    elif path.is_dir():
        inner.default(again)
    else:
        from latentscape.recipes import find_recipe

        inner.default(command([find_recipe(name) for name in first.split(",")]))
    inner(list(tokens), exit_on_error=False, print_error=False)


def from_file(
    file: Path,
    /,
    *,
    out: Path | None = None,
    measures: str = "",
    where: EngineFlags = EngineFlags(),
    trust: bool = False,
) -> None:
    """Train every combination that a TOML file says.

    Args:
        file: the file.
        out: the sweep's directory; sweeps/FILE by default.
        measures: add these to the table, separated by commas (mse,nll).
        where: what trains the runs.
        trust: import recipes from outside latentscape, which runs their code.
    """
    from latentscape.sweeps import read_toml

    go(read_toml(file, trust=trust), out or OUT / file.stem, measures, where)


def again(
    folder: Path, /, *, measures: str = "", where: EngineFlags = EngineFlags(), trust: bool = False
) -> None:
    """Continue a sweep from where it stands.

    Args:
        folder: the sweep's directory.
        measures: add these to the table, separated by commas (mse,nll).
        where: what trains the runs.
        trust: import recipes from outside latentscape, which runs their code.
    """
    from latentscape.sweeps import read_sweep

    go(read_sweep(folder, trust=trust), folder, measures, where)


def shared(
    recipe: str,
    /,
    *,
    data: str = "digits",
    how: Preparation = Preparation(),
    reading: ReadingFlags = PLAIN,
    limit: int | None = None,
    seeds: str = "1",
    trials: int | None = None,
    by: str = "",
    measures: str = "",
    out: Path | None = None,
    where: EngineFlags = EngineFlags(),
) -> None:
    """Train every combination of the values given; those separated by commas vary.

    With --trials, search among them and in ranges: 0.1..10, or 0.1..10:log where each tenfold is as
    likely as the next.

    Args:
        recipe: a recipe's name, or several separated by commas.
        data: a source that `latentscape data` lists, or a path to images.
        how: what to do to each picture.
        reading: what is read with them.
        limit: keep this many training images, and the other splits in proportion.
        seeds: train each combination with so many seeds, or with these (0,5,7).
        trials: search with so many runs, of which those that do badly are stopped early.
        by: what the search goes by, on validation images: loss, which is the default, or measures
            (mse, negative_elbo); several give a front.
        measures: add these to the table, separated by commas (mse,nll).
        out: the sweep's directory; sweeps/RECIPE by default.
        where: what trains the runs.
    """


def command(recipes: list[Recipe[Any]]) -> Callable[..., None]:
    """Make the command that sweeps recipes, with their options and the plan's as flags."""
    own = dict(inspect.signature(shared).parameters)
    first, vary = own.pop("recipe"), explained(recipes)
    defaults = {name: parameter.default for name, parameter in own.items()}
    made = apart_from(vary, own_flags(shared, defaults, Group("Images and output")))
    plain = {p.name for p in made} - {"seeds", "measures", "out"}
    made += [flag(name, words) for name, words in vary.items()]

    def act(recipe: str, **given: Any) -> None:
        from latentscape.sweeps import parse_sweep

        out, measures = given.pop("out", None), given.pop("measures", "")
        where = filled_from(EngineFlags(), given)
        table: dict[str, Any] = {"recipe": [r.name for r in recipes]}
        table |= {name: given.pop(name) for name in plain & given.keys()}
        seeds = given.pop("seeds", "1")
        table["seeds"] = seeds.split(",") if "," in seeds else seeds
        table |= {name: text.split(",") for name, text in given.items()}
        folder = out or OUT / re.sub(r"[^\w+-]+", "-", recipe)
        go(parse_sweep(table), folder, measures, where, fetch=True)

    act.__signature__ = inspect.Signature([first, *made])  # type: ignore[attr-defined]
    act.__annotations__ = {p.name: p.annotation for p in (first, *made)}
    act.__doc__ = shared.__doc__
    return act


def explained(recipes: list[Recipe[Any]]) -> dict[str, str]:
    """What every option that all recipes have is, as their docstrings say."""
    from latentscape.sweeps.values import varied_kinds

    words: dict[str, str] = {}
    for recipe in recipes:
        words |= described(recipe.function)
        for parameter in recipe.options.values():
            words |= described(type(parameter.default))
        words |= described(type(recipe.plan))
    names = dict.fromkeys(name for recipe in recipes for name in varied_kinds(recipe))
    return {name: words.get(name, "") for name in names}


def flag(name: str, words: str) -> inspect.Parameter:
    """A flag that takes the text of one value or several."""
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[
            str | None, Parameter(group=Group("Options to vary"), help=words, show_default=False)
        ],
    )


def go(
    sweep: Sweep, folder: Path, measures: str, where: EngineFlags, *, fetch: bool = False
) -> None:
    """Train, then show what came out.

    Args:
        sweep: what to train.
        folder: where.
        measures: keys of the catalogue, parted by commas.
        where: what trains the runs.
        fetch: whether its images may be downloaded.
    """
    from latentscape.sweeps import run_sweep

    console = Console(highlight=False)
    keys = [key for key in measures.split(",") if key]
    how: dict[str, Any] = {"measures": keys, "fetch": fetch, "console": console}
    rows = run_sweep(sweep, folder, engine=where.engine, **how)
    if sweep.search is None:
        show_sweep(rows, keys)
    else:
        from latentscape.cli.searched import show_search

        show_search(sweep, folder, rows, keys)
    print_log(f"the table is in {folder / 'table.csv'}; compare the runs with")
    print_log(f"  {shell_command('compare', folder)}")


def show_sweep(rows: list[Cells], asked: list[str]) -> None:
    """Print what varies, the figures of each run, and whether their losses compare.

    Args:
        rows: of the table.
        asked: measures that are shown whether they vary or not.
    """
    from latentscape.sweeps.table import columns, is_term, losses_differ

    named = [n for n in columns(rows) if n not in ("run", "status") and not is_term(n)]
    kept = [n for n in named if n in asked or varies(rows, n)]
    show_table(kept, [[cell(row.get(n)) for n in kept] for row in rows])
    if losses_differ(rows):
        print_log(
            "note: loss is what each run was trained on, whose terms or weights differ here, so it "
            "does not rank them; --measures negative_elbo,mse does"
        )


def varies(rows: list[Cells], name: str) -> bool:
    """Whether a column says different things."""
    return len({str(row.get(name)) for row in rows}) > 1 or len(rows) == 1


def cell(value: object) -> str:
    """Write a cell."""
    return f"{value:.4g}" if isinstance(value, float) else "" if value is None else str(value)
