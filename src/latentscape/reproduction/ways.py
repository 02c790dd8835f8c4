"""How an entry's model is trained: into a directory, against the clock, or by a plain loop."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from latentscape.data import Splits
from latentscape.models.autoencoder import Autoencoder
from latentscape.models.plan import Plan
from latentscape.recipes import find_recipe
from latentscape.recipes.settings import parted
from latentscape.reproduction.entry import Entry
from latentscape.reproduction.figures import Trained, measure, unit
from latentscape.runs.run import Run
from latentscape.runs.state import Row
from latentscape.system.tables import Records
from latentscape.training import resume, train
from latentscape.training.planning import changed
from latentscape.training.progress import Lines
from latentscape.training.reporter import Reporter
from latentscape.training.stages import trained_on

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Doing:
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
        told = {name: value for name, value in self.entry.train.items() if name != "recipe"}
        return told | {"seed": self.seed} | ({"epochs": 1} if self.quick else {})

    @property
    def recipe(self) -> str:
        """What is trained."""
        return str(self.entry.train["recipe"])


def trained(doing: Doing) -> Trained:
    """Train as the entry says, or go on with what was begun.

    Raises:
        KeyboardInterrupt: when it was stopped; what is kept is gone on with.
    """
    if doing.entry.way == "kept":
        return kept(doing)
    return plain(doing) if doing.entry.way == "plain" else timed(doing)


def kept(doing: Doing) -> Trained:
    """Train into a directory, or go on with the training that is there."""
    reporter = Lines(doing.tell)
    if (doing.folder / "run.json").exists():
        run = resume(doing.folder, doing.images, trust=True, reporter=reporter)
    else:
        out = doing.folder
        run = train(doing.recipe, doing.images, out=out, reporter=reporter, **doing.settings)
    if run.interrupted:
        raise KeyboardInterrupt
    return Trained(run, doing.images)


class Watch(Lines):
    """Looks at the first figure of validation images after each epoch, and at the clock.

    Args:
        doing: what is trained.
        run: the model in training; None until it begins.
    """

    def __init__(self, doing: Doing, run: Run | None = None) -> None:
        super().__init__(doing.tell)
        self.doing, self.run = doing, run
        self.seconds = 0.0
        self.passed: float | None = None

    def begin(self, model: Any, images: Any, plan: Plan, folder: Path | None, /) -> None:
        """Have the model looked at."""
        self.run = Run(self.doing.entry.name, model, images.shape)

    def epoch(self, row: Row, best: bool) -> None:
        """Measure, and say whether the published figure is passed."""
        self.seconds += row["seconds"]
        figure = self.doing.entry.figures[0]
        assert self.run is not None
        images = replace(self.doing.images, test=self.doing.images.validation)
        training = self.run.model.training
        self.run.model.eval()
        found = measure(Trained(self.run, images), figure.name, figure.options).value
        self.run.model.train(training)
        if self.passed is None and figure.published is not None and found <= figure.published:
            self.passed = self.seconds
        name = f"{figure.name} {found:.5g}"
        self.write(f"epoch {int(row['epoch'])}: {name} after {self.seconds:.1f} s")


def timed(doing: Doing) -> Trained:
    """Train in memory and look at the clock."""
    watch = Watch(doing)
    reporter: Reporter = watch
    run = train(doing.recipe, doing.images, reporter=reporter, **doing.settings)
    if run.interrupted:
        raise KeyboardInterrupt
    return Trained(run, doing.images, watch.passed)


def plain(doing: Doing) -> Trained:
    """Train as published, with nothing but torch: its network, optimizer, batch and epochs."""
    recipe = find_recipe(doing.recipe)
    options, changes = parted(recipe, doing.settings)
    published = recipe.published(options)
    torch.manual_seed(doing.seed)
    model = recipe.build(doing.images.shape, {**published.arguments, **options})
    plan = changed(published.plan, changes)
    run = Run(doing.entry.name, model, doing.images.shape)
    watch = Watch(doing, run)
    model.train()
    history = loop(model, doing.images, plan, watch)
    model.eval()
    return Trained(replace(run, history=history), doing.images, watch.passed)


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
