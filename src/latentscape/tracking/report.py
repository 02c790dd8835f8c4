"""Tells trackers what training tells its reporter; one that fails is let go with a warning."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from latentscape.data import Splits
from latentscape.evaluation.measure import measure
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError
from latentscape.tracking.kinds import make_tracker
from latentscape.tracking.known import known_runs, remember
from latentscape.tracking.pictures import pictures_of
from latentscape.tracking.protocol import Begun, Picture, Tracker
from latentscape.training.progress import in_python
from latentscape.training.reporter import Reporter
from latentscape.training.stages import named

if TYPE_CHECKING:
    from latentscape.data import Examples, SplitsOf
    from latentscape.models.autoencoder import Autoencoder
    from latentscape.models.plan import Plan
    from latentscape.runs.state import Row

PICTURED = 10  # times in a training
MEASURED = ("reconstruction", "structure", "usage", "shape")


class Tracking:
    """A reporter that tells trackers, and another reporter beside them.

    Args:
        trackers: by name ("tensorboard", "mlflow", "wandb", "trackio", or an entry point's of the
            group "latentscape.trackers"), or your own.
        reporter: what people see.
        every: measure the space after every so many epochs; 0 never.

    Raises:
        LatentscapeError: when there is no tracker of a name, or its package is missing.
    """

    def __init__(
        self, trackers: Sequence[str | Tracker], reporter: Reporter | None = None, *, every: int = 0
    ) -> None:
        if every < 0:
            raise LatentscapeError(f"--measure-every is {every}; give epochs, 0 or more")
        self.trackers = [make_tracker(t) if isinstance(t, str) else t for t in trackers]
        self.reporter, self.every = in_python(reporter, progress=True), every
        self.model: Autoencoder | None = None

    def begin(
        self, model: Autoencoder, images: SplitsOf[Examples], plan: Plan, folder: Path | None
    ) -> None:
        """Training begins: tell the trackers what it is."""
        self.reporter.begin(model, images, plan, folder)
        self.model, self.images, self.epochs = model, images, plan.epochs
        self.name = name = folder.resolve().name if folder else named(model)
        known = known_runs(folder) if folder else {}
        settings = settings_of(model, plan)

        def begin(tracker: Tracker) -> None:
            kind = type(tracker).__name__.lower()
            begun = Begun(name, settings, images, folder, known.get(kind, ""))
            found = tracker.begin(begun)
            if found and folder:
                remember(folder, kind, found)

        self._tell(begin)

    def note(self, text: str) -> None:
        """Hand it on."""
        self.reporter.note(text)

    def stage(self, title: str, epochs: int, steps: int, done: int, batch: int) -> None:
        """Hand it on."""
        self.reporter.stage(title, epochs, steps, done, batch)

    def step(self) -> None:
        """Hand it on."""
        self.reporter.step()

    def epoch(self, row: Row, best: bool) -> None:
        """Hand it on, and tell the trackers its figures and, now and then, its pictures."""
        self.reporter.epoch(row, best)
        if self.model is None or not self.trackers:
            return
        images, within = self.images, int(row["epoch"])
        epoch = int(row["stage"]) * self.epochs + within
        figures = {n: v for n, v in row.items() if n not in ("stage", "epoch")}
        pictured = within % max(1, self.epochs // PICTURED) == 0 or within in (1, self.epochs)
        if not isinstance(images, Splits):  # a table's rows are neither drawn nor measured
            self._tell(lambda tracker: tracker.numbers(epoch, figures))
            return
        run = Run(self.name, self.model, images.shape, images.classes)  # the model rests: eval()
        if self.every and within % self.every == 0:
            found = measure(run, images, groups=MEASURED, judge=False)
            figures |= {f"measure/{m.key}": m.value for m in found if m.value is not None}
        self._tell(lambda tracker: tracker.numbers(epoch, figures))
        for name, pixels in pictures_of(run, images) if pictured else ():
            self._tell(partial(show, epoch=epoch, name=name, pixels=pixels))

    def close(self) -> None:
        """Hand it on."""
        self.reporter.close()

    def end(self, run: Run) -> None:
        """Training is over: hand the run over."""
        self.reporter.end(run)
        self._tell(lambda tracker: tracker.end(run))

    def _tell(self, call: Callable[[Tracker], None]) -> None:
        """Call every tracker; one that raises is told no more, and that is said."""
        for tracker in tuple(self.trackers):
            try:
                call(tracker)
            except Exception as error:  # whatever a stranger's library may raise
                self.trackers.remove(tracker)
                reason = " ".join(str(error).split())
                self.note(
                    f"{type(tracker).__name__} failed and is told no more "
                    f"({type(error).__name__}: {reason}); training goes on"
                )


def show(tracker: Tracker, epoch: int, name: str, pixels: Picture) -> None:
    """Show a tracker a picture.

    Args:
        tracker: told.
        epoch: from 1, through all stages.
        name: the picture's.
        pixels: (H, W, 3).
    """
    tracker.picture(epoch, name, pixels)


def settings_of(model: Autoencoder, plan: Plan) -> dict[str, object]:
    """Recipe, arguments and plan, flat; sizes of networks under the networks' name."""
    flat: dict[str, object] = {}
    if model.blueprint is not None:
        flat["recipe"] = model.blueprint.recipe
        for name, value in model.blueprint.arguments.items():
            inner = value.items() if isinstance(value, dict) else [("", value)]
            flat |= {f"{name}.{n}" if n else name: v for n, v in inner}
    return flat | {f"plan.{name}": value for name, value in vars(plan).items()}
