"""Opening a run directory."""

from __future__ import annotations

from pathlib import Path

from latentscape.runs.folder import RunFolder
from latentscape.runs.given import check_run
from latentscape.runs.places import local
from latentscape.runs.rebuild import rebuilt
from latentscape.runs.run import Place, Run
from latentscape.runs.weights import load_weights
from latentscape.system.tables import Records


def load_run(path: str | Path, *, weights: str | None = None, trust: bool = False) -> Run:
    """Open a run directory.

    Args:
        path: the directory that training made, the zip file that it was packed into, or its address
            on the hub, "hf://USER/NAME@REVISION".
        weights: "best" (by validation) or "last"; by default as its plan says.
        trust: whether a recipe from outside latentscape may be imported; its code then runs.

    Raises:
        LatentscapeError: when it is not a run, is damaged or empty, names a recipe from outside
            without being trusted, or describes a model of other weights than it holds.
    """
    folder = RunFolder(local(path))
    record = folder.record
    weights = weights or record.plan.keep
    model = rebuilt(record, trust=trust, weights=folder.shapes(weights))
    load_weights(folder.tensors(weights), model, folder.path)
    state = folder.state()
    return Run(
        name=folder.path.resolve().name,
        model=model,
        shape=record.blueprint.shape,
        classes=record.data.classes,
        record=record,
        history=Records(state.history),
        best_epoch=state.best_epoch,
        epoch=state.kept(weights),
        film=folder.film(),
        folder=folder.path,
    )


def as_run(run: Run | Place, *, trust: bool) -> Run:
    """Give the run, opened where its directory is named; see `load_run`.

    Raises:
        LatentscapeError: when it is neither a run nor a path, or cannot be opened.
    """
    if isinstance(run, str | Path):
        return load_run(run, trust=trust)
    check_run(run)
    return run
