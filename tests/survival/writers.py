"""Commands that write what they have computed, whole or not at all, and their disturbances."""

from __future__ import annotations

import functools
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from children import Ended, Task, command
from disk import contents
from PIL import Image
from trials import Trials

from latentscape.bundle import run_networks
from latentscape.data import load_images
from latentscape.evaluation.judge import training as judging
from latentscape.explorer.cached import cached_bundle
from latentscape.reports import examination

UNMADE = ("kept/pictures/",)  # filled row by row; whether a row is there is said beside it


@dataclass(frozen=True)
class Writer:
    """A command that reads the run `place/model` and writes below `place/run`.

    Attributes:
        name: what to call it.
        words: of the command, where MODEL, OUT and SHARED stand for paths; or a function of them.
        older: a folder beside the images, of which a copy is there before, to be replaced.
        once: whether it refuses to replace what is there.
    """

    name: str
    words: tuple[str, ...] | Callable[[Path], object]
    older: str = ""
    once: bool = False

    def beginning(self, out: Path) -> Task:
        """The command; the run that it reads is put there where it is not."""
        place = out.parent
        if not (place / "model").exists():
            shutil.copytree(place.parent / "model", place / "model")
            if self.older:
                shutil.copytree(place.parent / self.older, out)
        if callable(self.words):
            return functools.partial(self.words, place)
        paths = {"MODEL": place / "model", "OUT": out, "SHARED": place.parent}
        filled = []
        for word in self.words:
            for name, path in paths.items():
                word = word.replace(name, str(path))
            filled.append(word)
        return filled

    def again(self, out: Path) -> Task:
        """The same command."""
        return self.beginning(out)


def keep_bundle(place: Path) -> object:
    """What `explore` does before it serves."""
    return cached_bundle(place / "model", None, trust=False)


def keep_judge(place: Path) -> object:
    """What every command that needs a judge does first."""
    return judging.train_judge(load_images("digits", limit=400), steps=200)


WRITING = (
    Writer("export site", ("export", "MODEL", "OUT")),
    Writer("export html", ("export", "MODEL", "OUT/o.html", "--format", "html")),
    Writer("export onnx", ("export", "MODEL", "OUT/o", "--format", "onnx")),
    Writer("export bundle", ("export", "MODEL", "OUT/o", "--format", "bundle")),
    Writer("export site again", ("export", "MODEL", "OUT"), "older-site"),
    Writer("export onnx again", ("export", "MODEL", "OUT", "--format", "onnx"), "older-onnx"),
    Writer("report", ("report", "MODEL", "--no-judge")),
    Writer("report judged", ("report", "MODEL")),
    Writer(
        "compare",
        (
            "compare",
            "MODEL",
            "SHARED/other",
            "--no-judge",
            "--out",
            "OUT/o.html",
            "--csv",
            "OUT/o.csv",
        ),
    ),
    Writer("encode", ("encode", "MODEL", "--out", "OUT/o.parquet", "--dimensions", "OUT/o.csv")),
    Writer("cluster", ("cluster", "MODEL", "--k", "3", "--out", "OUT/o.csv")),
    Writer("sample", ("sample", "MODEL", "--n", "4", "--no-judge", "--out", "OUT/o.png")),
    Writer(
        "reconstruct",
        ("reconstruct", "MODEL", "--data", "SHARED/png", "--out", "OUT/o"),
        once=True,
    ),
    Writer("plot", ("plot", "MODEL", "reconstructions", "--out", "OUT/o.png")),
    Writer(
        "similar",
        ("similar", "MODEL", "SHARED/png/00.png", "--out", "OUT/o.csv", "--sheet", "OUT/o.png"),
    ),
    Writer("odd", ("odd", "MODEL", "--out", "OUT/o.parquet")),
    Writer("typical", ("typical", "MODEL", "--out", "OUT/o.csv")),
    Writer("duplicates", ("duplicates", "MODEL", "--out", "OUT/o.csv")),
    Writer("select", ("select", "MODEL", "label == '3'", "--out", "OUT/o.csv")),
    Writer("pack", ("pack", "MODEL", "OUT/o.zip"), once=True),
    Writer("pictures", ("encode", "MODEL", "--data", "SHARED/png", "--out", "OUT/o.parquet")),
    Writer("explore", keep_bundle),
    Writer("judge", keep_judge),
)


def make_older(folder: Path) -> None:
    """Keep exports of another run, for those to come to replace."""
    for kind in ("site", "onnx"):
        out = str(folder / f"older-{kind}")
        words = ["export", str(folder / "other"), out, "--format", kind]
        assert command(words, folder / f"making-{kind}").status == 0


def make_pictures(folder: Path) -> None:
    """Keep a few pictures in a folder."""
    (folder / "png").mkdir()
    for i, pixels in enumerate(load_images("digits", limit=60).train.pixels[:24]):
        Image.fromarray(np.asarray(pixels[0])).save(folder / f"png/{i:02d}.png")


def remember_computations() -> None:
    """Compute what takes seconds once for each run, in this process; those that fork know it."""
    remember(run_networks, "export_networks", lambda run: run.name)
    remember(examination, "measure_groups", lambda made, groups, *_: (made.run.name, tuple(groups)))
    train = judging._trained
    judging._trained = lambda splits, seed, steps: train(splits, seed, min(steps, 200))
    remember(judging, "_trained", lambda splits, *_: splits.fingerprint)


def remember(module: Any, name: str, key: Callable[..., object]) -> None:
    """Let a function compute once for each key."""
    compute, known = getattr(module, name), {}

    @functools.wraps(compute)
    def remembered(*args: Any, **options: Any) -> Any:
        if key(*args) not in known:
            known[key(*args)] = compute(*args, **options)
        return known[key(*args)]

    setattr(module, name, remembered)
    for other in list(sys.modules.values()):
        if getattr(other, name, None) is compute:
            setattr(other, name, remembered)


class WritingTrials(Trials):
    """Disturbs a command that writes what it has computed."""

    def found(self, place: Path) -> dict[str, object]:
        """Every file and folder but locks, byte for byte."""
        return {k: v for k, v in contents(place).items() if not k.endswith(".lock")}

    def missing(self, place: Path) -> list[str]:
        """What is not there of the output, or is something else; caches may go."""
        found = self.found(place)
        names = (k for k in self.expected if not k.startswith("kept/"))
        return [k for k in names if found.get(k, 0) != self.expected[k]]

    def is_old(self, place: Path) -> bool:
        """Whether what was there before to be replaced still is, wholly."""
        older = getattr(self.victim, "older", "")
        return bool(older) and contents(self.folder / older) == contents(place / "run")

    def judge_names(self, kind: str, place: Path) -> None:
        """What has its final name is whole, and something is there where something was."""
        if getattr(self.victim, "older", "") and not (place / "run").exists():
            self.wrong(kind, "the old one is gone, and the new one is not there")
        for name, content in self.found(place).items():
            hidden = any(part.startswith(".") for part in Path(name).parts)
            if hidden or content is None or name.startswith(UNMADE):
                continue
            if content != self.expected.get(name):
                self.wrong(kind, f"{name} is not whole")

    def judge(self, kind: str, place: Path, ended: Ended, promised: Sequence[str]) -> None:
        """What has its final name is whole, and the command given again ends as ever."""
        if not self.is_old(place):
            self.judge_names(kind, place)
        if ended.status == 0:
            missing = [
                k for k in self.expected if k.startswith("run/") and not (place / k).exists()
            ]
            if missing:
                self.wrong(kind, f"the command said nothing, and there is no {missing}")
        done = command(self.victim.again(place / "run"), place)
        there = getattr(self.victim, "once", False) and not self.missing(place)
        if done.status and not (there and done.status == 2):
            self.wrong(kind, f"no way back: {done}")
            return
        found = self.found(place)
        if kind == "power lost":  # what was not marked as ours before cannot be told from others'
            found = {k: v for k, v in found.items() if not any(p[0] == "." for p in Path(k).parts)}
        differing = sorted(
            k for k in found | self.expected if found.get(k, 0) != self.expected.get(k, 0)
        )
        if differing:
            self.wrong(kind, f"other bytes after the recovery: {differing[:5]}")
