"""Fit a model, or continue where a run stands.

Whatever is random in an epoch depends on the seed and on the epoch's number alone. So a run that
was cut off anywhere continues from its last complete epoch and ends with the same weights, bit for
bit (same machine, same number of threads).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from latentscape.data import Examples, Splits, SplitsOf
from latentscape.models.autoencoder import Autoencoder
from latentscape.models.blueprint import Value
from latentscape.models.plan import DecidedPlan, Plan
from latentscape.recipes import Recipe, find_recipe
from latentscape.recipes.settings import parted
from latentscape.runs.data import Data
from latentscape.runs.folder import RunFolder
from latentscape.runs.load import as_run
from latentscape.runs.origin import Origin
from latentscape.runs.places import is_packed
from latentscape.runs.rebuild import rebuilt
from latentscape.runs.record import Record
from latentscape.runs.run import Run
from latentscape.runs.state import State
from latentscape.runs.weights import weights_of
from latentscape.system import processes
from latentscape.system.errors import LatentscapeError
from latentscape.training.checks import (
    check_fit,
    check_kinds,
    check_splits,
    check_width,
    refuse_devices,
)
from latentscape.training.hardware import decided
from latentscape.training.keepers import DiskKeeper, Follower, MemoryKeeper
from latentscape.training.lengthening import with_epochs
from latentscape.training.planning import (
    changed,
    learns_gently,
    planned,
    suggested,
    tell_network,
)
from latentscape.training.pretrained import check_start, fill, inherited, origin_of
from latentscape.training.progress import in_python
from latentscape.training.reporter import Reporter
from latentscape.training.seeding import redraw, seeded
from latentscape.training.sharing import check_shares
from latentscape.training.stages import trained


def fit(
    model: Autoencoder,
    images: SplitsOf[Examples],
    *,
    out: str | Path | None = None,
    plan: Plan | None = None,
    reporter: Reporter | None = None,
    progress: bool = True,
    **changes: Value,
) -> Run:
    """Train a model.

    Ctrl-C keeps the last complete epoch and gives the run as it stands.

    Args:
        model: what a recipe built; its weights are changed in place. Those of one that nothing has
            trained yet are drawn anew where a `seed` is given, which then decides them too.
        images: to train on, and to choose the best epoch by.
        out: a directory to keep the run in; in memory only where there is none.
        plan: how to train; by default as the model's recipe suggests, suited to the number of
            images (`models.plan.suited`).
        reporter: told what happens; by default whoever looks at the terminal or the notebook.
        progress: False says nothing where no reporter is given.
        changes: single values of the plan, such as `epochs=10`.

    Returns:
        The trained model with the weights of its best epoch by validation.

    Raises:
        LatentscapeError: for a value out of range, a directory that is taken, a model that no
            recipe built (with `out`), or a loss that stops being finite.

    Example:
        >>> from latentscape import recipes
        >>> from latentscape.data import load_images
        >>> images = load_images("digits", limit=200)
        >>> run = fit(recipes.ae(images.shape), images, epochs=1)
        >>> run.sample(5).shape
        (5, 1, 28, 28)
    """
    check_kinds(model, images)
    refuse_devices(changes)
    reporter = in_python(reporter, progress=progress)
    if plan is None:
        gently = learns_gently(model)
        plan = planned(suggested(model), changes, images, reporter, gently=gently)
    else:
        plan = changed(plan, changes)
    plan = decided(plan)
    if "seed" in changes:
        redraw(model, plan.seed)
    check_fit(model, images, plan)
    return kept_in(out, model, images, plan, reporter)


def kept_in(
    out: str | Path | None,
    model: Autoencoder,
    images: SplitsOf[Examples],
    plan: DecidedPlan,
    reporter: Reporter,
    start: Origin | None = None,
) -> Run:
    """Train what has been checked, in a run directory or in memory.

    Args:
        out: the directory; None for memory.
        model: what is trained.
        images: to train on.
        plan: how.
        reporter: told what happens; by default whoever looks at the terminal or the notebook.
        progress: False says nothing where no reporter is given.
        start: the run whose weights the model has; None where they were drawn.

    Raises:
        LatentscapeError: for a directory that is taken, or a model that no recipe built.
    """
    state = State(stage=len(model.pretraining)) if start else State()
    if out is None:
        return trained(model, images, plan, MemoryKeeper(state), reporter, start)
    if model.blueprint is None:
        raise LatentscapeError(
            "a run directory rebuilds its model by recipe, and no recipe built this one; put "
            "@latentscape.recipes.recipe() on the function that makes it, or leave out= away"
        )
    processes.init()  # before the first may refuse: the others then see that it is gone
    if processes.is_main():
        record = Record(model.blueprint, plan, Data.of(images), start=start)
        begin = (state, weights_of(model)) if start else None
        keeper = DiskKeeper(RunFolder.create(out, record, begin))
    else:
        keeper = Follower(RunFolder(out))
    return trained(model, images, plan, keeper, reporter, start)


def resume(
    path: str | Path,
    images: Splits | None = None,
    *,
    epochs: int | None = None,
    trust: bool = False,
    reporter: Reporter | None = None,
    progress: bool = True,
) -> Run:
    """Continue a run from its last complete epoch.

    Args:
        path: the run directory.
        images: what it was trained on; loaded as `run.json` says when not given.
        epochs: train for so many in all, more than were planned or fewer than are left; the
            reporter is told what the learning rate then does. None leaves the plan as it is.
        trust: whether a recipe from outside latentscape may be imported; its code then runs.
        reporter: told what happens; by default whoever looks at the terminal or the notebook.
        progress: False says nothing where no reporter is given.

    Raises:
        LatentscapeError: when the directory is no run or damaged, or the images have changed.
    """
    if is_packed(Path(path)):
        raise LatentscapeError(f"'{path}' is no directory; unpack it, and continue that")
    folder = RunFolder(path)
    record = folder.record
    if images is None:
        images = record.load()
    if images.fingerprint != record.data.fingerprint:
        raise LatentscapeError(
            f"the images of '{images.name}' are not those that '{path}' was trained on; restore "
            "them, name their new place with --data, or train anew"
        )
    reporter = in_python(reporter, progress=progress)
    if epochs is not None:
        record = with_epochs(folder, epochs, reporter)
    weights = folder.shapes("last") if folder.latest() else None
    model = seeded(record.plan.seed, lambda: rebuilt(record, trust=trust, weights=weights))
    plan = decided(record.plan)
    check_shares(plan, images)
    keeper = DiskKeeper(folder) if processes.is_main() else Follower(folder)
    return trained(model, images, plan, keeper, reporter, record.start)


def train(
    recipe: str | Recipe[Any],
    images: Splits,
    /,
    *,
    out: str | Path | None = None,
    plan: Plan | None = None,
    published: bool = False,
    start: Run | str | Path | None = None,
    reporter: Reporter | None = None,
    progress: bool = True,
    **settings: Any,
) -> Run:
    """Build a model by its recipe's name, with initial weights from the plan's seed, and fit it.

    Args:
        recipe: a recipe, its name, or an import path "package.module:function".
        images: to train on.
        out: a directory to keep the run in.
        plan: how to train; by default as the recipe suggests, suited to the number of images
            (`models.plan.suited`).
        published: train as the model was where it was published, to the letter, where neither
            settings nor `plan` say otherwise; the reporter is told in what that differs.
        start: a run of the same recipe, or its directory, to begin with the weights of: its options
            are the model's where `settings` do not say otherwise, its plan is not. Of new images
            none should be tested that it was trained on: pass its `record.data.cut` as `kept=` to
            `load_images`.
        reporter: told what happens; by default whoever looks at the terminal or the notebook.
        progress: False says nothing where no reporter is given.
        settings: the recipe's options and single values of the plan, by the names that they have
            on the command line: `latent=4, beta=2, network="conv", epochs=10`.

    Raises:
        LatentscapeError: as `fit`; for a setting that there is not; or when a published
            training is asked and there is none.

    Example:
        >>> from latentscape.data import load_images
        >>> images = load_images("digits", limit=200)
        >>> run = train("vae", images, latent=4, beta=2, network="conv", epochs=1)
        >>> run.codes_size
        4
    """
    found = find_recipe(recipe) if isinstance(recipe, str) else recipe
    check_splits(images)
    refuse_devices(settings)
    options, changes = parted(found, settings)
    begun = None if start is None else as_run(start, trust=False)
    if begun is not None:
        check_start(begun, images)
        options = inherited(found, begun, options)
    suggestion, reporter = found.plan, in_python(reporter, progress=progress)
    if published:
        setting = found.published(options)
        options, suggestion = {**setting.arguments, **options}, setting.plan
    count = images.counts["train"]
    asked = changed(suggestion if plan is None else plan, changes)
    model = seeded(asked.seed, lambda: found.build(images.shape, options, count))
    tell_network(model, found, options, count, reporter)
    if plan is None and not published:
        gently = learns_gently(model)
        plan = planned(suggestion, changes, images, reporter, gently=gently)
    else:
        plan = asked
    if published:
        defaults = {name: option.default for name, option in found.options.items()}
        for note in setting.departures(defaults, options, plan, images):
            reporter.note(note)
    check_width(model, images, reporter)
    if begun is not None:
        fill(model, begun)
    plan = decided(plan)
    check_fit(model, images, plan)
    origin = None if begun is None else origin_of(begun)
    return kept_in(out, model, images, plan, reporter, origin)
