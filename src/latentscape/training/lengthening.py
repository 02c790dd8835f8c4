"""More epochs for a run than were planned, and what its learning rate then does."""

from __future__ import annotations

from latentscape.models.plan import Plan
from latentscape.runs.folder import RunFolder
from latentscape.runs.record import Record
from latentscape.system import processes
from latentscape.training.progress import Reporter


def with_epochs(folder: RunFolder, epochs: int, reporter: Reporter) -> Record:
    """Plan so many epochs for a run from now on; of several processes the first one does.

    Args:
        folder: the run's.
        epochs: in all.
        reporter: told what the learning rate then does.

    Raises:
        LatentscapeError: when so many are made already.
    """
    processes.init()
    if processes.is_main():
        before, now = folder.lengthen(epochs)
        if before is not now:
            reporter.note(sentence(before.plan, now.plan, folder.state().epoch))
    processes.barrier()
    return folder.record


def sentence(before: Plan, now: Plan, made: int) -> str:
    """Say what becomes of the learning rate where other epochs are planned.

    Args:
        before: the plan until now.
        now: the same with other epochs.
        made: epochs that are complete.

    Example:
        >>> print(sentence(Plan(epochs=4, lr=1.0), Plan(epochs=8, lr=1.0), 4).partition(": ")[2])
        the learning rate goes on from 0.69, as in a training of 8 epochs, and falls to nothing
    """
    what = (
        f"stays {now.lr:.2g}"
        if now.schedule == "constant"
        else f"goes on from {now.learning_rate(made / now.epochs):.2g}, as in a training of "
        f"{now.epochs} epochs, and falls to nothing"
    )
    return (
        f"{made} epochs are made, of {before.epochs} that were planned and {now.epochs} that are "
        f"now: the learning rate {what}"
    )
