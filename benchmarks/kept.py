"""Runs that benchmarks keep: trained once, and gone on with where they were interrupted."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from latentscape import Plan, Run, Splits, resume, train
from latentscape.training.progress import Lines


def kept_run(
    folder: Path,
    recipe: str,
    images: Splits,
    plan: Plan | None,
    options: Mapping[str, Any],
    **changes: Any,
) -> Run:
    """Train a run, or go on with it; one that is interrupted ends the benchmark.

    Args:
        folder: where it is kept.
        recipe: its name, or the import path of one beside the benchmarks.
        images: to train on.
        plan: the recipe's own by default.
        options: the recipe's arguments.
        changes: to the plan.
    """
    if (folder / "run.json").exists():
        run = resume(folder, images, trust=True, reporter=Lines())
    else:
        run = train(
            recipe,
            images,
            out=folder,
            **options,
            plan=plan,
            reporter=Lines(),
            **changes,
        )
    if run.interrupted:
        sys.exit("interrupted; the same command goes on")
    return run
