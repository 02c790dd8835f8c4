"""The reference systems' figures: as published, by a plain loop, and by our own configuration.

    python benchmarks/headlines.py                      every system, both ways
    python benchmarks/headlines.py dense vae-elu        some of them
    python benchmarks/headlines.py --seeds 5 --ours     ours only, five seeds
    python benchmarks/headlines.py vae-2d --epochs 2 --batch 512 --lr 0.008   how soon passed?
    python benchmarks/headlines.py --quick              on 2,000 images, one epoch: does it run?

The plain loop is what one writes by hand: the published network, weights, optimizer, batch and
epochs, floats in memory, nothing of our training. Ours is the recipe's default plan. Both are timed
in turn on the same machine and threads: training seconds only, data loaded before, validation not
counted. A figure is *passed* at the end of the first epoch whose validation figure is below the
published one. The test set is read once, after the last epoch (ours: with the best epoch by
validation). Rows are added to --out as they are measured. MNIST comes from $LATENTSCAPE_DATA or is
downloaded.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from latentscape import Images, Run, Splits, load_images
from latentscape.evaluation.likelihood import estimate_likelihood
from latentscape.models.autoencoder import Autoencoder
from latentscape.models.blueprint import Value
from latentscape.recipes import find_recipe
from latentscape.runs.state import Row
from latentscape.training import fit
from latentscape.training.reporter import Silent
from latentscape.training.stages import trained_on

Figure = Callable[[Run, Images], float]


def unit(pixels: NDArray[np.generic]) -> NDArray[np.float32]:
    """Bytes as numbers in [0, 1]."""
    x: NDArray[np.float32] = np.divide(pixels, 255, dtype=np.float32)
    return x


def mse(run: Run, images: Images) -> float:
    """Mean squared error of a pixel in [0, 1]; a denoiser is shown noisy images."""
    x = unit(images.pixels)
    return float(np.mean((run.reconstruct(noisy(run, x)) - x) ** 2))


def noisy(run: Run, x: NDArray[np.float32]) -> NDArray[np.float32]:
    """Corrupt images as the model's training does, the same each time."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        corrupted: NDArray[np.float32] = run.model.corruption(torch.from_numpy(x)).numpy()
    return corrupted


def bce(run: Run, images: Images) -> float:
    """Mean binary cross-entropy of a pixel, in nats."""
    x = unit(images.pixels)
    p = run.reconstruct(x).astype(np.float64).clip(1e-7, 1 - 1e-7)
    return float(-(x * np.log(p) + (1 - x) * np.log1p(-p)).mean())


def negative_elbo(run: Run, images: Images) -> float:
    """Nats per image, one draw of the posterior for each."""
    return estimate_likelihood(run, images, samples=1).negative_elbo.value


@dataclass(frozen=True)
class System:
    """One row of the table.

    Attributes:
        recipe: what is trained.
        figure: what is measured.
        published: the figure to pass.
        aim: what our own configuration should reach.
        options: the recipe's arguments.
        repeats: whether there is a published training to repeat.
    """

    recipe: str
    figure: Figure
    published: float
    aim: float
    options: Mapping[str, Value] = field(default_factory=dict)
    repeats: bool = True


SEVEN: dict[str, Value] = {"latent": 7, "likelihood": "normal", "net": {"hidden": [512, 512, 256]}}
WIDE: dict[str, Value] = {"latent": 576, "net": {"hidden": [1024]}}
SYSTEMS = {
    "cae7": System("cae7", mse, 0.0334, 0.02),
    "seven": System("ae", mse, 0.0334, 0.0140, SEVEN, repeats=False),
    "cnn576": System("cnn576", mse, 0.00445, 0.0015),
    "wide": System("ae", mse, 0.00445, 0.0015, WIDE, repeats=False),
    "dense": System("dense", bce, 0.1876, 0.180),
    "shallow-vae": System("shallow-cnn", bce, 0.1876, 0.1876, {"variational": True}),
    "conv-denoiser": System("conv-denoiser", mse, 0.0095, 0.0085),
    "vae-elu": System("vae-elu", negative_elbo, 157.84, 146.0),
    "ae-2d": System("ae", bce, 0.1876, 0.163, repeats=False),
    "vae-2d": System("vae", negative_elbo, 157.84, 137.0, repeats=False),
}


@dataclass
class Watch(Silent):
    """Measures after each epoch, and adds up the seconds of training until the figure is passed.

    Attributes:
        system: what is trained.
        run: the model in training.
        images: of validation.
    """

    system: System
    run: Run
    images: Images
    seconds: float = 0.0
    passed: float | None = None
    figures: list[float] = field(default_factory=list)

    def epoch(self, row: Row, best: bool) -> None:
        """Measure."""
        self.seconds += row["seconds"]
        training = self.run.model.training
        self.run.model.eval()
        self.figures.append(self.system.figure(self.run, self.images))
        self.run.model.train(training)
        if self.passed is None and self.figures[-1] <= self.system.published:
            self.passed = self.seconds


def plain_loop(model: Autoencoder, images: Splits, watch: Watch, minutes: float, seed: int) -> None:
    """Train as published, with nothing but torch, for its epochs or until the minutes are over."""
    published = find_recipe(watch.system.recipe).published(watch.system.options)
    plan = published.plan
    adam = torch.optim.Adam(
        model.parameters(), lr=plan.lr, eps=plan.eps, weight_decay=plan.weight_decay
    )
    pixels, _ = trained_on(images, plan)
    x = torch.from_numpy(unit(pixels[:]))
    order = torch.Generator().manual_seed(seed)
    for epoch in range(1, plan.epochs + 1):
        started = time.perf_counter()
        for rows in torch.split(torch.randperm(len(x), generator=order), min(plan.batch, len(x))):
            adam.zero_grad()
            terms = model(x[rows])
            sum(t.weight * t.value.mean() for t in terms.values()).backward()
            adam.step()
        watch.epoch({"epoch": float(epoch), "seconds": time.perf_counter() - started}, True)
        print(f"  epoch {epoch}: {watch.figures[-1]:.5g} after {watch.seconds:.1f} s", flush=True)
        if watch.seconds > 60 * minutes:
            return


def by_plain_loop(system: System, images: Splits, seed: int, minutes: float) -> Row:
    """Measure the plain loop."""
    torch.manual_seed(seed)
    recipe = find_recipe(system.recipe)
    options = {**recipe.published(system.options).arguments, **system.options}
    model = recipe.build(images.shape, options)
    run = Run(system.recipe, model, images.shape)
    watch = Watch(system, run, images.validation)
    model.train()
    plain_loop(model, images, watch, minutes, seed)
    model.eval()
    return summary(watch, system.figure(run, images.test))


def by_us(system: System, images: Splits, seed: int, changes: Mapping[str, Any]) -> Row:
    """Measure our own configuration."""
    recipe = find_recipe(system.recipe)
    plan = replace(recipe.plan, seed=seed, **changes)
    torch.manual_seed(seed)
    model = recipe.build(images.shape, system.options)
    watch = Watch(system, Run(system.recipe, model, images.shape), images.validation)
    run = fit(model, images, plan=plan, reporter=watch)
    return summary(watch, system.figure(run, images.test))


def summary(watch: Watch, test: float) -> Row:
    """Put a training into one row."""
    row = {"test": test, "validation": watch.figures[-1], "seconds": watch.seconds}
    row |= {"epochs": float(len(watch.figures))}
    return row if watch.passed is None else row | {"passed": watch.passed}


def measured(name: str, rows: Sequence[dict[str, object]]) -> str:
    """Describe a system's rows in one line of the table."""
    system = SYSTEMS[name]
    cells = [f"{name:<14}", f"{system.figure.__name__:<14}", f"{system.published:>9.5g}"]
    for way in ("plain", "ours"):
        some = [row for row in rows if row["system"] == name and row["way"] == way]
        if not some:
            cells.append(f"{'–':>34}")
            continue
        tests = sorted(float(str(row["test"])) for row in some)
        spread = f" ({tests[0]:.5g}–{tests[-1]:.5g})" if len(tests) > 1 else ""
        times = [float(str(row["passed"])) for row in some if "passed" in row]
        when = f"{np.median(times):.1f} s" if times else "never"
        total = np.median([float(str(row["seconds"])) for row in some])
        cells.append(f"{np.median(tests):>9.5g}{spread} passed {when} of {total:.0f} s")
    return "  ".join([*cells, f"aim {system.aim:g}"])


def main() -> None:
    """Measure what is asked and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("systems", nargs="*", help=", ".join(SYSTEMS))
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--ours", action="store_true", help="leave the plain loop out")
    parser.add_argument("--plain", action="store_true", help="leave ours out")
    parser.add_argument("--epochs", type=int, help="of ours, instead of the recipe's")
    parser.add_argument("--batch", type=int, help="of ours, instead of the recipe's")
    parser.add_argument("--lr", type=float, help="of ours, instead of the recipe's")
    parser.add_argument("--minutes", type=float, default=15.0, help="at most, for the plain loop")
    parser.add_argument("--quick", action="store_true", help="2,000 images, one epoch")
    parser.add_argument("--out", type=Path, default=Path("headlines.jsonl"))
    args = parser.parse_args()
    if unknown := set(args.systems) - set(SYSTEMS):
        parser.error(f"no system is called {unknown.pop()!r}; there are {', '.join(SYSTEMS)}")
    images = load_images("mnist", limit=2000 if args.quick else None)
    given = {"epochs": args.epochs, "batch": args.batch, "lr": args.lr}
    changes: dict[str, Any] = {name: value for name, value in given.items() if value}
    if args.quick:
        changes = {"epochs": 1}
    rows: list[dict[str, object]] = []
    for name in args.systems or SYSTEMS:
        for seed in range(args.first_seed, args.first_seed + args.seeds):
            ways: dict[str, Callable[[], Row]] = {}
            if SYSTEMS[name].repeats and not args.ours:
                minutes = 0.0 if args.quick else args.minutes
                ways["plain"] = partial(by_plain_loop, SYSTEMS[name], images, seed, minutes)
            if not args.plain:
                ways["ours"] = partial(by_us, SYSTEMS[name], images, seed, changes)
            for way, measure in ways.items():
                print(f"{name}, {way}, seed {seed}", flush=True)
                row = {"system": name, "way": way, "seed": seed, "quick": args.quick, **measure()}
                row |= {"threads": torch.get_num_threads(), "machine": platform.processor()}
                rows.append(row)
                with args.out.open("a") as file:
                    file.write(json.dumps(row) + "\n")
    print(f"{'system':<14}  {'figure':<14}  published  plain loop, ours: test, seconds to pass")
    for name in dict.fromkeys(str(row["system"]) for row in rows):
        print(measured(name, rows))


if __name__ == "__main__":
    main()
