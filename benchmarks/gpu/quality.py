"""Whether the faster ways train as well: test figures of seeds, and how soon they are reached."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

import latentscape as ls
from benchmarks.gpu.clock import wait
from benchmarks.gpu.sections import Row, Setting
from benchmarks.gpu.speed import products
from benchmarks.gpu.steps import Steps, Way
from benchmarks.gpu.systems import SYSTEMS, System, mnist
from latentscape import Plan, Run, Splits
from latentscape.reproduction.figures import Measured, mse, negative_elbo
from latentscape.reproduction.trained import Trained
from latentscape.runs.state import Row as Epoch
from latentscape.training.hardware import decided
from latentscape.training.reporter import Silent

SEEDS = 3


def seeds(setting: Setting) -> Iterator[Row]:
    """Train by latentscape's loop and by captured steps, in each arithmetic, with several seeds."""
    images = mnist(setting.quick)
    trials: dict[str, tuple[System, Measured, int]] = {
        "vae, negative ELBO": (SYSTEMS["vae"], negative_elbo, 5),
        "cnn576, MSE": (System("cnn576", published=False), mse, 2),
    }
    for name, (system, figure, epochs) in trials.items():
        for way, arithmetic in (
            ("latentscape", "bf16"),
            ("captured", "bf16"),
            ("captured", "TF32"),
            ("captured", "fp32"),
        ):
            precision = "bf16-mixed" if arithmetic == "bf16" else "32-true"
            found = []
            for seed in range(1 if setting.quick else SEEDS):
                plan = system.plan(
                    epochs=1 if setting.quick else epochs,
                    device=setting.device,
                    precision=precision,
                    seed=seed,
                )
                if way == "latentscape":
                    model = system.build(images.shape, seed)
                    run = ls.fit(model, images, plan=plan)
                else:
                    with products(tf32=arithmetic == "TF32"):
                        run, _ = by_steps(system, images, plan, "captured")
                found.append(figure(Trained(run, images)).value)
            yield {"training": name, "way": way, "arithmetic": arithmetic} | spread(found)


def by_steps(system: System, images: Splits, plan: Plan, way: Way) -> tuple[Run, float]:
    """Train by bare steps; give the run and the seconds of its steps."""
    plan = decided(plan)
    model = system.build(images.shape, plan.seed)
    steps = Steps(model, images.train, plan, way)
    wait(plan.device)
    started = time.perf_counter()
    for epoch in range(1, plan.epochs + 1):
        steps.epoch(epoch)
    wait(plan.device)
    return Run(system.recipe, model, images.shape), time.perf_counter() - started


def spread(found: list[float]) -> Row:
    """Give the median and the range of figures."""
    return {
        "median": float(np.median(found)),
        "lowest": min(found),
        "highest": max(found),
        "seeds": len(found),
    }


class Seconds(Silent):
    """Adds up the seconds of training."""

    total = 0.0

    def epoch(self, row: Epoch, best: bool) -> None:
        """Add an epoch's."""
        self.total += row["seconds"]


def goals(setting: Setting) -> Iterator[Row]:
    """Seconds of training after which the test negative ELBO is at most the goal.

    Each row is a whole training of so many epochs; `reached` says whether its median passes.
    """
    images = mnist(setting.quick)
    vae, elu = SYSTEMS["vae"], System("vae-elu", published=False)
    trials: list[tuple[float, str, System, Way | None, dict[str, float]]] = [
        (137.0, "vae --latent 2", vae, None, {"epochs": 20}),
        (157.84, "vae-elu", elu, None, {"epochs": 2, "lr": 4e-3}),
        (137.0, "vae --latent 2", vae, "captured", {"epochs": 20}),
        (137.0, "vae --latent 2", vae, "captured", {"epochs": 30}),
        (137.0, "vae --latent 2", vae, "captured", {"epochs": 20, "batch": 128, "lr": 4e-3}),
        (137.0, "vae --latent 2", vae, "captured", {"epochs": 30, "batch": 512, "lr": 0.012}),
        (137.0, "vae --latent 2", vae, "captured", {"epochs": 40, "batch": 1024, "lr": 0.016}),
        (157.84, "vae --latent 2", vae, "captured", {"epochs": 2, "batch": 512, "lr": 8e-3}),
        (157.84, "vae-elu", elu, "captured", {"epochs": 2, "lr": 4e-3}),
    ]
    for goal, name, system, way, changes in trials:
        found, times = [], []
        for seed in range(1 if setting.quick or way is None else SEEDS):
            some = {"epochs": 1} if setting.quick else {}
            plan = system.plan(**changes | some, seed=seed, device=setting.device)
            if way is None:
                clock, model = Seconds(), system.build(images.shape, seed)
                run = ls.fit(model, images, plan=plan, reporter=clock)
                times.append(clock.total)
            else:
                run, seconds = by_steps(system, images, plan, way)
                times.append(seconds)
            found.append(negative_elbo(Trained(run, images)).value)
        yield {
            "goal": goal,
            "training": name,
            "way": way or "latentscape",
            "plan": ", ".join(f"{key} {value:g}" for key, value in changes.items()),
            "seconds": float(np.median(times)),
            "reached": bool(np.median(found) <= goal),
        } | spread(found)
