"""Images a second in training: ours beside two plain loops, and the share of what the CPU can do.

    python benchmarks/speed.py same                     every reference system, five rounds
    python benchmarks/speed.py same dense cnn576 --rounds 3 --seconds 4
    python benchmarks/speed.py ceiling                  arithmetic rate over that of one product
    python benchmarks/speed.py same --quick             one short round of one system: does it run?

*Same work*: the same network, data, loss and published batch. `items` is what people write: a
DataLoader over single images, fp32, torch's Adam. `memory` holds all images as one tensor. `ours`
is `latentscape.train` with the recipe's published plan and nothing else. Every measurement is a
process of its own, the three in turn in each round, and goes by its median step; the first steps
are left out. A ratio is formed within a round; the table gives medians and ranges of rounds.

*Ceiling*: the operations of a training step, counted by torch, over its time, and that over the
rate of a 2048×2048 bf16 matrix product (a 5×5 convolution of 64 maps for convolutional networks),
measured in the same process. MNIST comes from $LATENTSCAPE_DATA or is downloaded.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset
from torch.utils.flop_counter import FlopCounterMode

from latentscape import Images, Plan, fit, load_images
from latentscape.models.autoencoder import Autoencoder
from latentscape.recipes import find_recipe
from latentscape.training.hardware import decided
from latentscape.training.reporter import Silent

SYSTEMS = {
    "cae7": {},
    "cnn576": {},
    "dense": {},
    "shallow-cnn": {"variational": True},
    "deep-cnn": {"variational": True},
    "conv-denoiser": {},
    "vae-elu": {},
}
CEILINGS = {"ae": "product", "vae": "product", "dense": "product", "cnn576": "convolution"}
WARM = 3  # steps left out


class EnoughError(Exception):
    """The time of a measurement is over."""


class Clock:
    """Counts steps against time, and ends a measurement."""

    def __init__(self, batch: int, seconds: float) -> None:
        self.batch, self.seconds = batch, seconds
        self.times: list[float] = []

    def tick(self) -> None:
        """Note the end of a step.

        Raises:
            EnoughError: when the time is over.
        """
        self.times.append(time.perf_counter())
        if len(self.times) > WARM + 2 and self.times[-1] - self.times[WARM] > self.seconds:
            raise EnoughError

    def rate(self) -> float:
        """Images a second, by the median step."""
        return float(self.batch / np.median(np.diff(self.times[WARM:])))


class Ticking(Silent):
    """Tells a clock of every step of our training."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    def step(self) -> None:
        """Note the end of a step."""
        self.clock.tick()


class Items(Dataset[torch.Tensor]):
    """Images one by one, bytes turned into floats when asked for."""

    def __init__(self, images: Images) -> None:
        self.pixels = images.pixels

    def __len__(self) -> int:
        return len(self.pixels)

    def __getitem__(self, index: int) -> torch.Tensor:
        return torch.from_numpy(self.pixels[index]).float() / 255


def plain(
    model: Autoencoder, plan: Plan, batches: Callable[[], Iterable[torch.Tensor]], clock: Clock
) -> None:
    """Train by hand until the time is over."""
    model.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]  # torch's default
    model.train()
    adam = torch.optim.Adam(
        model.parameters(), lr=plan.lr, eps=plan.eps, weight_decay=plan.weight_decay
    )
    while True:
        for x in batches():
            adam.zero_grad()
            terms = model(x)
            sum(t.weight * t.value.mean() for t in terms.values()).backward()
            adam.step()
            clock.tick()


def measured(way: str, system: str, seconds: float, batch: int | None = None) -> float:
    """Images a second of one way to train, in this process."""
    images = load_images("mnist")
    published = find_recipe(system).published(SYSTEMS.get(system, {})) if batch is None else None
    plan = published.plan if published else replace(find_recipe(system).plan, batch=batch or 0)
    options = {**(published.arguments if published else {}), **SYSTEMS.get(system, {})}
    model = find_recipe(system).build(images.shape, options)
    clock = Clock(plan.batch, seconds)
    try:
        if way == "ours":
            fit(model, images, plan=replace(plan, epochs=1000), reporter=Ticking(clock))
        elif way == "memory":
            x = torch.from_numpy(np.asarray(images.train.pixels).astype(np.float32) / 255)
            order = partial(torch.randperm, len(x))
            plain(model, plan, lambda: (x[i] for i in torch.split(order(), plan.batch)), clock)
        else:
            loader = DataLoader(Items(images.train), plan.batch, shuffle=True)
            plain(model, plan, lambda: loader, clock)
    except EnoughError:
        pass
    return clock.rate()


def apart(way: str, system: str, seconds: float) -> float:
    """Measure in a process of its own."""
    command = [sys.executable, __file__, "one", way, system, "--seconds", str(seconds)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def same_work(systems: list[str], rounds: int, seconds: float) -> list[dict[str, object]]:
    """Measure the three ways in turn."""
    rows: list[dict[str, object]] = []
    print(f"{'system':<14} {'ours':>9} {'over items':>20} {'over memory':>20}   images a second")
    for system in systems:
        turns = [
            {way: apart(way, system, seconds) for way in ("items", "memory", "ours")}
            for _ in range(rounds)
        ]
        cells = [f"{system:<14}", f"{np.median([t['ours'] for t in turns]):>9,.0f}"]
        for way in ("items", "memory"):
            ratios = np.array([turn["ours"] / turn[way] for turn in turns])
            cells.append(f"{np.median(ratios):>7.2f} ({ratios.min():.2f}–{ratios.max():.2f})")
        print(" ".join(cells), flush=True)
        rows.append({"system": system, "rounds": turns})
    return rows


def median_rate(call: Callable[[], object], operations: float) -> float:
    """Operations a second of the median of many calls."""
    call()
    times = []
    for _ in range(20):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return operations / float(np.median(times))


def ceilings() -> dict[str, float]:
    """Operations a second of one large product and one large convolution, in bf16."""
    a = torch.randn(2048, 2048).bfloat16()
    maps = torch.randn(64, 64, 28, 28).bfloat16().contiguous(memory_format=torch.channels_last)
    kernels = torch.randn(64, 64, 5, 5).bfloat16().contiguous(memory_format=torch.channels_last)
    convolve = partial(torch.nn.functional.conv2d, maps, kernels, padding=2)
    operations = 2.0 * 64 * 64 * 64 * 25 * 28 * 28
    return {
        "product": median_rate(lambda: a @ a, 2.0 * 2048**3),
        "convolution": median_rate(convolve, operations),
    }


def operations_per_image(system: str, batch: int = 64) -> float:
    """Floating-point operations of a training step for one image, forward and backward."""
    model = find_recipe(system).build((1, 28, 28), {}).train()
    with FlopCounterMode(display=False) as counter:
        terms = model(torch.rand(batch, 1, 28, 28))
        sum(t.weight * t.value.mean() for t in terms.values()).backward()
    return float(counter.get_total_flops()) / batch


def shares(seconds: float, batch: int = 512) -> list[dict[str, object]]:
    """Measure how much of the ceiling training reaches."""
    rows: list[dict[str, object]] = []
    for system, kind in CEILINGS.items():
        before = ceilings()[kind]
        rate = measured("ours", system, seconds, batch) * operations_per_image(system)
        ceiling = max(before, ceilings()[kind])
        rows.append({"system": system, "rate": rate, "ceiling": ceiling, "of": kind})
        print(
            f"{system:<10} {rate / 1e9:>6.0f} of {ceiling / 1e9:.0f} GFLOP/s ({kind}): "
            f"{rate / ceiling:.0%}",
            flush=True,
        )
    return rows


def main() -> None:
    """Measure what is asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("what", choices=("same", "ceiling", "one"))
    parser.add_argument("systems", nargs="*", help=", ".join(SYSTEMS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each measurement")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--out", type=Path, help="a JSON file")
    args = parser.parse_args()
    if args.what == "one":
        way, system = args.systems
        print(measured(way, system, args.seconds))
        return
    if args.quick:
        args.systems, args.rounds, args.seconds = args.systems or ["dense"], 1, 0.5
    if args.what == "same":
        rows = same_work(args.systems or list(SYSTEMS), args.rounds, args.seconds)
    else:
        rows = shares(args.seconds)
    machine = {"processor": torch.cpu.get_capabilities()["cpu_name"], "torch": torch.__version__}
    machine |= {"threads": torch.get_num_threads(), "python": platform.python_version()}
    machine |= {"precision": decided(Plan()).precision}
    print(json.dumps(machine))
    if args.out:
        args.out.write_text(json.dumps({"machine": machine, "rows": rows}, indent=1))


if __name__ == "__main__":
    main()
