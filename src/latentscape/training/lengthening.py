"""More epochs for a run than were planned, and what its learning rate then does."""

from __future__ import annotations

from dataclasses import replace

from latentscape.models.plan import Plan
from latentscape.runs.folder import RunFolder
from latentscape.runs.record import Record
from latentscape.system import processes
from latentscape.system.errors import LatentscapeError
from latentscape.system.files import write_atomic
from latentscape.system.names import counted
from latentscape.training.reporter import Reporter


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
        before, now = lengthen(folder, epochs)
        if before is not now:
            reporter.note(sentence(before.plan, now.plan, folder.state().epoch))
    processes.barrier()
    return folder.record


def lengthen(folder: RunFolder, epochs: int) -> tuple[Record, Record]:
    """Plan more epochs: one rename of `run.json`, after which training is not over.

    Args:
        folder: the run's.
        epochs: in all, of each stage.

    Returns:
        The record as it was, and as it is now.

    Raises:
        LatentscapeError: when so many are made already, or another process holds the directory.
    """
    with folder.locked():
        record, state = folder.record, folder.standing()
        if epochs <= state.epoch:
            raise LatentscapeError(
                f"--epochs is {epochs}, and '{folder.path}' has {state.epoch} already; give more"
            )
        if epochs == record.plan.epochs and not state.finished:
            return record, record
        before = [state.total, record.plan.epochs]
        plan = replace(record.plan, epochs=epochs)
        longer = replace(record, plan=plan, lengthened=[*record.lengthened, before])
        write_atomic(folder.path / "run.json", longer.to_json())
    return record, longer


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
        f"{counted(made, 'epoch', 'are')} made, of {before.epochs} that were planned and "
        f"{now.epochs} that are now: the learning rate {what}"
    )
