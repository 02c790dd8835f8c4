"""`latentscape train RECIPE`, `latentscape train --from RUN`, `latentscape train --resume DIR`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cyclopts import App

from latentscape.cli.flags import with_flags
from latentscape.cli.inputs import images_after
from latentscape.cli.reading import PLAIN, ReadingFlags
from latentscape.data.preparation import Preparation
from latentscape.recipes import RECIPES, Recipe
from latentscape.system import processes
from latentscape.system.errors import LatentscapeError
from latentscape.system.printing import print_log, shell_command

if TYPE_CHECKING:
    from latentscape.runs.run import Run
    from latentscape.training.reporter import Reporter

train = App(
    name="train",
    help="Train a model by its recipe's name, begin with a run's weights (--from RUN, with all the "
    "flags of its recipe), or continue a run (--resume RUN).",
)


@train.default
def continued(
    *,
    resume: Path | None = None,
    data: str | None = None,
    epochs: int | None = None,
    log: str = "",
    measure_every: int = 0,
    trust: bool = False,
) -> None:
    """Continue a run from its last complete epoch.

    Args:
        resume: the run's directory.
        data: where the images are now, if they have moved.
        epochs: train for so many in all; what the learning rate then does is said.
        log: go on in the trackers' runs, separated by commas: tensorboard, mlflow, wandb, trackio.
        measure_every: have trackers told the space's measures after every so many epochs.
        trust: import a recipe from outside latentscape, which runs its code.

    Raises:
        LatentscapeError: when neither a recipe nor a run is named.
    """
    if resume is None:
        raise LatentscapeError(
            "say which recipe to train (`latentscape recipes` lists them), or continue a run "
            "with --resume DIR"
        )
    from latentscape.runs.folder import RunFolder
    from latentscape.training import resume as go_on

    images = RunFolder(resume).record.load(data) if data else None
    seen = reporter_for(log, measure_every)
    print_next_steps(go_on(resume, images, epochs=epochs, trust=trust, reporter=seen))


def begun(
    recipe: Recipe[Any],
    *,
    data: str | None = None,
    how: Preparation = Preparation(),
    reading: ReadingFlags = PLAIN,
    limit: int | None = None,
    out: Path | None = None,
    from_: Path | None = None,
    trust: bool = False,
    log: str = "",
    measure_every: int = 0,
    published: bool = False,
    options: dict[str, Any],
    changes: dict[str, Any],
) -> None:
    """Train a recipe on images.

    Args:
        data: a source that `latentscape data` lists, a path to images, or what is streamed since it
            lies elsewhere or fits no disk (s3://…, *.tar, file://…); by default the bundled digits,
            with --published what the source trained on, with --from what that run was.
        how: what to do to each picture.
        reading: what is read with them.
        limit: keep this many training images, and the other splits in proportion.
        out: the run's directory; runs/RECIPE by default, numbered where that is taken.
        from_: a run of this recipe to begin with the weights of: what is not said of the model and
            of how pictures are prepared is as there, and what it was tested on is tested on now.
        trust: import a recipe from outside latentscape that --from names, which runs its code.
        log: also tell trackers, separated by commas: tensorboard, mlflow, wandb, trackio.
        measure_every: have trackers told the space's measures after every so many epochs.
        published: train as the model was where it was published, to the letter, but for what is
            given here; what differs is said.
        recipe: what to train.
        options: its arguments.
        changes: to the plan that suits it.
    """
    from latentscape.data import load_images
    from latentscape.runs.load import load_run
    from latentscape.training import train as fit_recipe

    asked: dict[str, Any] = {**reading.asked, "limit": limit}
    start = None if from_ is None else load_run(from_, trust=trust)
    if start is not None:
        images = images_after(start, data, how, asked)
    else:
        source = data or (recipe.published(options).data if published else "digits")
        images = load_images(source, **how.to_json(), **asked)
    for line in (images.summary, *images.notes):
        print_once(line)
    fitted = partial(
        fit_recipe,
        recipe,
        images,
        **options,
        published=published,
        start=start,
        reporter=reporter_for(log, measure_every),
        **changes,
    )
    named = Path("runs") / recipe.name.rpartition(":")[2]
    print_next_steps(fitted(out=out) if out else numbered(fitted, named))


def reporter_for(log: str, measure_every: int) -> Reporter:
    """What people see, and the trackers beside it; of several processes the first one speaks.

    Raises:
        LatentscapeError: when there is no such tracker, or nothing to tell of measures.
    """
    from latentscape.training.progress import reporter

    names = [name for name in log.split(",") if name]
    if measure_every and not names:
        raise LatentscapeError("--measure-every tells trackers; name them, as in --log tensorboard")
    if not names or not processes.is_main():
        return reporter()
    from latentscape.tracking import Tracking

    return Tracking(names, reporter(), every=measure_every)


def recipe_of(place: str, *, trust: bool) -> str:
    """Give the recipe that a run was made by.

    Args:
        place: the run, as `load_run` takes it.
        trust: whether one from outside latentscape may be imported.

    Raises:
        LatentscapeError: when it is no run, or its recipe is from outside and not trusted.
    """
    from latentscape.runs.folder import RunFolder
    from latentscape.runs.places import local

    name = RunFolder(local(place)).record.blueprint.recipe
    if ":" in name and not trust:
        raise LatentscapeError(
            f"'{place}' was made by {name!r}, code from outside latentscape that training on would "
            "run; if you trust it, say so with --trust"
        )
    return name


def numbered(fitted: Callable[..., Run], path: Path) -> Run:
    """Train into the first folder that is free; another training may have been quicker to take it.

    Where several processes train, they have agreed on one, and it is refused.
    """
    from latentscape.runs.folder import TakenError

    while True:
        try:
            return fitted(out=free(path))
        except TakenError:
            if processes.world_size() > 1:
                raise


def offer(recipe: Recipe[Any], name: str) -> None:
    """Make a recipe a command of `train`, with flags from its signature and its plan."""
    act: Callable[..., None] = partial(begun, recipe)
    command = with_flags(act, recipe)
    if name in train:  # asked for before in this process, maybe with another signature
        del train[name]
    train.command(command, name=name)


def free(path: Path) -> Path:
    """Give the path, or the first of path-2, path-3, … that is not taken: the same to all."""
    numbered = chain([path], (path.with_name(f"{path.name}-{n}") for n in count(2)))
    return Path(processes.broadcast_text(lambda: str(next(p for p in numbered if not p.exists()))))


def print_next_steps(run: Run) -> None:
    """Say where a run is and what can be done with it next."""
    if run.interrupted:
        print_once(
            f"stopped after epoch {int(run.history[-1]['epoch'])}, which is kept; go on with"
        )
        print_once(f"  {shell_command('train', '--resume', str(run.folder))}")
        raise KeyboardInterrupt
    for notice in run.notices:
        print_once(f"note: {notice}")
    print_once(f"the run is in {run.folder}; look at it with")
    print_once(f"  {shell_command('plot', str(run.folder), 'reconstructions')}")


def print_once(line: str) -> None:
    """Print in one process only, where there are several."""
    if processes.is_main():
        print_log(line)


for known in RECIPES.values():
    offer(known, known.name)
