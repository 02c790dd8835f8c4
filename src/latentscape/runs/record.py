"""What a run writes down about itself, `run.json`: enough to rebuild the model and find its data.

Everything is plain JSON, readable by hand; nothing in it is ever executed.
"""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from latentscape.data import Splits, load_images
from latentscape.data.preparation import Preparation
from latentscape.data.stream.splits import is_streamed
from latentscape.models.blueprint import Blueprint
from latentscape.models.plan import Plan
from latentscape.runs.data import Data
from latentscape.runs.kinds import check_kinds
from latentscape.runs.origin import Origin
from latentscape.system import processes
from latentscape.system.errors import LatentscapeError, damaged
from latentscape.system.printing import print_aside
from latentscape.system.reading import DAMAGE, read_json, read_small
from latentscape.system.version import __version__

FORMAT = 1
REMEDY = "restore it from a copy, or train again"
BEFORE = {"background": "white", "scale": "dtype"}
"""What was done to pictures before runs wrote it down."""


def versions() -> dict[str, str]:
    """Give the versions that figures depend on."""
    packages = ("torch", "numpy", "lightning-fabric", "safetensors")
    return {"latentscape": __version__, "python": platform.python_version()} | {
        name: _version(name) for name in packages
    }


@cache
def _version(package: str) -> str:
    """The version of an installed package, read once: to find it takes as long as a short epoch."""
    return version(package)


def hardware() -> dict[str, Any]:
    """Give the machine that figures depend on."""
    import torch

    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else None
    return {
        "machine": platform.machine(),
        "processes": processes.world_size(),
        "threads": torch.get_num_threads(),
        "gpu": gpu,
    }


@dataclass(frozen=True)
class Record:
    """`run.json`.

    Attributes:
        blueprint: the recipe, the images' shape and the recipe's arguments.
        plan: how it was trained, with "auto" already decided.
        data: which images it was trained on.
        created: when, in UTC.
        versions: of the packages in use.
        hardware: machine, processes, threads, GPU.
        format: of the run directory.
        lengthened: each time that more epochs were asked for, how many of all stages were complete
            and how many the plan had until then.
        start: the run whose weights it began with; None where they were drawn.
    """

    blueprint: Blueprint
    plan: Plan
    data: Data
    created: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    versions: dict[str, str] = field(default_factory=versions)
    hardware: dict[str, Any] = field(default_factory=hardware)
    format: int = FORMAT
    lengthened: list[list[int]] = field(default_factory=list)
    start: Origin | None = None

    @property
    def preparation(self) -> Preparation:
        """What was done to each picture, to be done to others; its size and colour are decided."""
        done = Preparation(**(self.data.preparation or BEFORE))
        C, H, W = self.blueprint.shape
        size = f"{W}x{H}" if done.sides is None else done.size
        colour = ("grey" if C == 1 else "rgb") if done.colour == "auto" else done.colour
        return replace(done, size=size, colour=colour)

    def load(self, source: str | None = None, **asked: Any) -> Splits:
        """Load the images again, from this machine alone: who named them may be a stranger.

        What was tested on then is tested on now, whatever files have come and gone.

        Args:
            source: where they are now, if they have moved.
            asked: other arguments of `load_images`, in place of those of training.

        Raises:
            LatentscapeError: when they are not here, or cannot be read.
        """
        known = self.data
        how = self.preparation.to_json()
        if source is None and _has_moved(known.source):
            raise LatentscapeError(
                f"the images that were trained on are no longer at '{known.source}'; say with "
                "--data where they are now"
            )
        images = load_images(
            source or known.source,
            **{**known.options, **how, **asked},
            kept=known.cut if known.cut or not known.preparation else None,
            fetch=source is not None,
        )
        options = {**images.options, "size": known.options.get("size")}
        return replace(images, options=options, summary=known.summary or images.summary)

    def own_images(self, **asked: Any) -> Splits:
        """Load the images again, and say on standard error where they have changed since.

        Args:
            asked: other arguments of `load_images`, in place of those of training.
        """
        images = self.load(**asked)
        changes = self.data.changes(images, relabelled="labels" in asked)
        if changes and processes.is_main():
            print_aside(f"note: {changes}")
        return images

    def to_json(self) -> bytes:
        """Write it out."""
        return (json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n").encode(
            errors="backslashreplace"  # JSON writes halves of pairs alike: names that are no UTF-8
        )

    @classmethod
    def read(cls, path: Path) -> Record:
        """Read a `run.json`.

        Raises:
            LatentscapeError: when it is missing, damaged, or of a later format.
        """
        try:
            return cls.parse(read_small(path), path)
        except FileNotFoundError:
            raise LatentscapeError(
                f"'{path.parent}' is not a run: it has no {path.name}; give a folder that "
                "`latentscape train` made"
            ) from None
        except OSError as error:
            raise damaged(path, error, REMEDY) from error

    @classmethod
    def parse(cls, content: bytes, path: Path) -> Record:
        """Read the content of a `run.json`.

        Args:
            content: JSON.
            path: what to call it in messages.

        Raises:
            LatentscapeError: when it is damaged, or of a later format.
        """
        try:
            raw = read_json(content)
            if raw["format"] > FORMAT:
                raise LatentscapeError(
                    f"'{path}' has format {raw['format']}, and this latentscape reads up to "
                    f"{FORMAT}; upgrade latentscape"
                )
            blueprint, data = raw.pop("blueprint"), raw.pop("data")
            blueprint["shape"] = tuple(blueprint["shape"])
            data["classes"] = tuple(data["classes"])
            data["notes"] = tuple(data.get("notes", ()))
            plan = planned(path, raw.pop("plan"))
            raw["start"] = Origin(**raw["start"]) if raw.get("start") else None
            record = cls(Blueprint(**blueprint), plan, Data(**data), **raw)
            check_kinds(record)
            return record
        except DAMAGE as error:
            raise damaged(path, error, REMEDY) from error


def planned(path: Path, raw: dict[str, Any]) -> Plan:
    """Read the plan; a value out of range is told with the file it stands in.

    Raises:
        LatentscapeError: when it cannot be followed.
    """
    try:
        return Plan(**raw)
    except LatentscapeError as error:
        raise LatentscapeError(f"the plan in '{path}' cannot be followed: {error}") from error


def _has_moved(source: str) -> bool:
    """Whether a source is a path at which nothing is any more."""
    there = os.path.exists(source)  # noqa: PTH110 (Path.exists raises for what is no name at all)
    return Path(source).is_absolute() and not there and not is_streamed(source)
