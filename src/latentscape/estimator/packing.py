"""A run as bytes, in the formats of a run directory."""

from __future__ import annotations

import json
from pathlib import Path

from safetensors.torch import load, save

from latentscape.runs.rebuild import rebuilt
from latentscape.runs.record import Record
from latentscape.runs.run import Run
from latentscape.runs.weights import load_weights, weights_of
from latentscape.system.tables import Records


def packed(run: Run, record: Record) -> dict[str, bytes]:
    """Give what `unpacked` opens again.

    Args:
        run: a trained model.
        record: what rebuilds it.
    """
    return {
        "run.json": record.to_json(),
        "best.safetensors": save(weights_of(run.model)),
        "history.json": json.dumps(list(run.history)).encode(),
        "epochs.json": json.dumps({"best_epoch": run.best_epoch, "epoch": run.epoch}).encode(),
    }


def unpacked(files: dict[str, bytes], *, trust: bool = False) -> tuple[Run, Record]:
    """Open what `packed` gave.

    Args:
        files: the run's files.
        trust: whether a recipe from outside latentscape may be imported; its code then runs.

    Raises:
        LatentscapeError: when they are damaged, or name a recipe from outside without being
            trusted.
    """
    record = Record.parse(files["run.json"], Path("run.json"))
    model = rebuilt(record, trust=trust)
    load_weights(load(files["best.safetensors"]), model, Path("best.safetensors"))
    run = Run(
        name=record.blueprint.recipe,
        model=model,
        shape=record.blueprint.shape,
        classes=record.data.classes,
        history=Records(json.loads(files["history.json"])),
        **json.loads(files.get("epochs.json", b"{}")),
    )
    return run, record
