"""How an entry's model is trained: into a directory, against the clock, or by a plain loop."""

from __future__ import annotations

import time
from collections import ChainMap
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch

from latentscape.data import Splits
from latentscape.models.autoencoder import Autoencoder
from latentscape.models.plan import Plan
from latentscape.recipes import find_recipe
from latentscape.recipes.settings import parted
from latentscape.reproduction.entry import Entry
from latentscape.reproduction.figures import measure, unit
from latentscape.reproduction.trained import Trained
from latentscape.runs.folder import RunFolder
from latentscape.runs.record import Record
from latentscape.runs.run import Run
from latentscape.runs.state import Row
from latentscape.system.errors import LatentscapeError
from latentscape.system.tables import Records
from latentscape.training import resume, train
from latentscape.training.planning import changed
from latentscape.training.progress import Lines
from latentscape.training.reporter import Reporter
from latentscape.training.training_set import trained_on

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Training:
    """One training of an entry.

    Attributes:
        entry: whose.
        images: to train and measure on.
        seed: of initial weights, order and noise.
        folder: where the run is kept.
        quick: whether one epoch is enough, since it is only to be seen that it works.
        tell: told of each epoch.
    """

    entry: Entry
    images: Splits
    seed: int
    folder: Path
    quick: bool
    tell: Tell

    @property
    def settings(self) -> dict[str, Any]:
        """What `train` is given, but for the recipe."""
        said = {name: value for name, value in self.entry.train.items() if name != "recipe"}
        return said | {"seed": self.seed} | ({"epochs": 1} if self.quick else {})

    @property
    def recipe(self) -> str:
        """What is trained."""
        return str(self.entry.train["recipe"])


def trained(training: Training) -> Trained:
    """Train as the entry says, or go on with what was begun.

    Raises:
        KeyboardInterrupt: when it was stopped; what is kept is gone on with.
    """
    if training.entry.mode == "kept":
        return kept(training)
    return plain(training) if training.entry.mode == "plain" else timed(training)


def kept(training: Training) -> Trained:
    """Train into a directory, or go on with the training that is there.

    Raises:
        LatentscapeError: when what is there is not this training.
    """
    reporter = Lines(training.tell)
    if (training.folder / "run.json").exists():
        check_same(training, RunFolder(training.folder).record)
        run = resume(training.folder, training.images, trust=True, reporter=reporter)
    else:
        out = training.folder
        run = train(
            training.recipe, training.images, out=out, reporter=reporter, **training.settings
        )
    if run.interrupted:
        raise KeyboardInterrupt
    return Trained(run, training.images)


def check_same(training: Training, record: Record) -> None:
    """Refuse a run of anything else, whose recipe might be a stranger's code.

    Args:
        training: what is asked for.
        record: of the run that is there.

    Raises:
        LatentscapeError: when its recipe, its seed or a setting is another.
    """
    blueprint = record.blueprint
    parts = [value for value in blueprint.arguments.values() if isinstance(value, dict)]
    known = ChainMap(asdict(record.plan), blueprint.arguments, *parts)
    asked = training.settings
    if blueprint.recipe != training.recipe or any(known.get(n) != v for n, v in asked.items()):
        raise LatentscapeError(
            f"'{training.folder}' holds a run by another protocol than {training.entry.name} has; "
            "choose another --out, or move it elsewhere"
        )


class Watch(Lines):
    """Looks at the first figure of validation images after each epoch, and at the clock.

    Args:
        training: what is trained.
        run: the model in training; None until it begins.
    """

    def __init__(self, training: Training, run: Run | None = None) -> None:
        super().__init__(training.tell)
        self.training, self.run = training, run
        self.seconds = 0.0
        self.passed: float | None = None

    def begin(self, model: Any, images: Any, plan: Plan, folder: Path | None, /) -> None:
        """Have the model looked at."""
        self.run = Run(self.training.entry.name, model, images.shape)

    def epoch(self, row: Row, best: bool) -> None:
        """Measure, and say whether the published figure is passed."""
        self.seconds += row["seconds"]
        figure = self.training.entry.figures[0]
        assert self.run is not None
        images = replace(self.training.images, test=self.training.images.validation)
        learning = self.run.model.training
        self.run.model.eval()
        found = measure(Trained(self.run, images), figure.name, figure.options).value
        self.run.model.train(learning)
        if self.passed is None and figure.published is not None and found <= figure.published:
            self.passed = self.seconds
        name = f"{figure.name} {found:.5g}"
        self.write(f"epoch {int(row['epoch'])}: {name} after {self.seconds:.1f} s")


def timed(training: Training) -> Trained:
    """Train in memory and look at the clock."""
    watch = Watch(training)
    reporter: Reporter = watch
    run = train(training.recipe, training.images, reporter=reporter, **training.settings)
    if run.interrupted:
        raise KeyboardInterrupt
    return Trained(run, training.images, watch.passed)


def plain(training: Training) -> Trained:
    """Train as published, with nothing but torch: its network, optimizer, batch and epochs."""
    recipe = find_recipe(training.recipe)
    options, changes = parted(recipe, training.settings)
    published = recipe.published(options)
    torch.manual_seed(training.seed)
    model = recipe.build(training.images.shape, {**published.arguments, **options})
    plan = changed(published.plan, changes)
    run = Run(training.entry.name, model, training.images.shape)
    watch = Watch(training, run)
    model.train()
    history = loop(model, training.images, plan, watch)
    model.eval()
    return Trained(replace(run, history=history), training.images, watch.passed)


def loop(model: Autoencoder, images: Splits, plan: Plan, watch: Watch) -> Records:
    """What one writes by hand: torch's Adam over a tensor of all images, in single precision.

    Args:
        model: what is trained, in place.
        images: to train on.
        plan: the published optimizer, batch, epochs and seed.
        watch: told of each epoch.

    Returns:
        The seconds of each epoch.
    """
    adam = torch.optim.Adam(
        model.parameters(), lr=plan.lr, eps=plan.eps, weight_decay=plan.weight_decay
    )
    pixels, _ = trained_on(images, plan)
    x = torch.from_numpy(unit(pixels[:]))
    order = torch.Generator().manual_seed(plan.seed)
    history = Records()
    for epoch in range(1, plan.epochs + 1):
        started = time.perf_counter()
        for rows in torch.split(torch.randperm(len(x), generator=order), min(plan.batch, len(x))):
            adam.zero_grad()
            terms = model(x[rows])
            sum(t.weight * t.value.mean() for t in terms.values()).backward()
            adam.step()
        row = {"epoch": float(epoch), "seconds": time.perf_counter() - started}
        history.append(row)
        watch.epoch(row, best=True)
    return history
