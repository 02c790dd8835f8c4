"""Recorded steps train to the same bits as steps taken one by one; and how much sooner."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, get_args
from unittest.mock import patch

import torch
from lightning_fabric import Fabric
from torch import nn

import latentscape as ls
from benchmarks.gpu.clock import wait
from benchmarks.gpu.sections import Row, Setting
from latentscape.parts.augmentation_names import AugmentationName
from latentscape.recipes import RECIPES
from latentscape.training import stages
from latentscape.training.steps import RecordedSteps, Steps, kind_of_steps

EVERY = "+".join(get_args(AugmentationName))


def rows(setting: Setting) -> Iterator[Row]:
    """Train every recipe both ways, in fp32 and bf16, and compare weights and statistics."""
    images = ls.load_images("digits", limit=900)
    names = sorted(RECIPES) if not setting.quick else ("vae", "capacity-vae")
    trials: list[tuple[str, dict[str, Any]]] = [(name, {}) for name in names]
    trials += [("vae", {"augment": EVERY}), ("vae", {"optimizer": "muon"})]
    for name, changes in trials:
        found: Row = {"recipe": name, **changes}
        for precision in ("32-true", "bf16-mixed"):
            plan = replace(
                RECIPES[name].plan,
                epochs=4,
                batch=64,
                precision=precision,
                device=setting.device,
                **changes,
            )
            one_by_one, _, _ = trained(name, images, plan, plainly=True)
            recorded, kinds, seconds = trained(name, images, plan, plainly=False)
            same = all(torch.equal(t, recorded[key]) for key, t in one_by_one.items())
            found |= {f"identical, {precision}": same, "stages": kinds, "seconds": seconds}
        found["holds"] = bool(found["identical, 32-true"] and found["identical, bf16-mixed"])
        yield found


def trained(
    name: str, images: ls.Splits, plan: ls.Plan, *, plainly: bool
) -> tuple[dict[str, torch.Tensor], str, float]:
    """Train; give the tensors, how the steps of each stage were taken, and the seconds."""
    taken: list[Steps] = []

    def chosen(network: nn.Module, fabric: Fabric) -> Callable[..., Steps]:
        kind = Steps if plainly else kind_of_steps(network, fabric)

        def made(*arguments: Any) -> Steps:
            taken.append(kind(*arguments))
            return taken[-1]

        return made

    with patch.object(stages, "kind_of_steps", chosen):
        started = time.perf_counter()
        run = ls.train(name, images, plan=plan)
        wait(plan.device)
        seconds = time.perf_counter() - started
    return run.model.state_dict(), ", ".join(map(told_of, taken)), seconds


def told_of(steps: Steps) -> str:
    """Say how steps were taken in the end."""
    recorded = isinstance(steps, RecordedSteps) and steps.graph is not None
    return "recorded" if recorded else "one by one"
