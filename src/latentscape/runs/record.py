"""What a run writes down about itself, `run.json`: enough to rebuild the model and find its data.

Everything is plain JSON, readable by hand; nothing in it is ever executed.
"""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import NoneType
from typing import Any

from latentscape.data import Splits, catalogue, load_images
from latentscape.models.blueprint import Blueprint
from latentscape.models.plan import Plan
from latentscape.system import processes
from latentscape.system.errors import LatentscapeError
from latentscape.system.files import DAMAGE
from latentscape.system.version import __version__

FORMAT = 1
OPTIONS = {
    "size": (int, NoneType),
    "limit": (int, NoneType),
    "skip_bad": (bool,),
    "seed": (int,),
}
"""What `load_images` may be told again, and of what types."""


@dataclass(frozen=True)
class Data:
    """Which images a model was trained on.

    Attributes:
        source: a source's name or a path, as `load_images` takes it.
        options: the other arguments of `load_images`.
        fingerprint: SHA-256 of the three splits.
        classes: the names of the classes.
        counts: images in training, validation and test.
    """

    source: str
    options: dict[str, Any]
    fingerprint: str
    classes: tuple[str, ...]
    counts: dict[str, int]

    @classmethod
    def of(cls, images: Splits) -> Data:
        """Describe three splits."""
        parts = {"train": images.train, "validation": images.validation, "test": images.test}
        return cls(
            source=lasting(images.name),
            options=dict(images.options),
            fingerprint=images.fingerprint,
            classes=images.classes,
            counts={name: len(part) for name, part in parts.items()},
        )

    def load(self) -> Splits:
        """Load the images again, from this machine alone: who named them may be a stranger.

        Raises:
            LatentscapeError: when they are not here, or cannot be read.
        """
        return load_images(self.source, **self.options, fetch=False)


def lasting(source: str) -> str:
    """Make a path absolute, so that it means the same from any folder; leave names alone."""
    named = source in {info.name for info in catalogue()}
    there = os.path.exists(source)  # noqa: PTH110 (Path.exists raises for what is no name at all)
    return str(Path(source).resolve()) if there and not named else source


def versions() -> dict[str, str]:
    """Give the versions that figures depend on."""
    packages = ("torch", "numpy", "lightning-fabric", "safetensors")
    return {"latentscape": __version__, "python": platform.python_version()} | {
        name: version(name) for name in packages
    }


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
    """

    blueprint: Blueprint
    plan: Plan
    data: Data
    created: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    versions: dict[str, str] = field(default_factory=versions)
    hardware: dict[str, Any] = field(default_factory=hardware)
    format: int = FORMAT

    def to_json(self) -> bytes:
        """Write it out."""
        return (json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n").encode()

    @classmethod
    def read(cls, path: Path) -> Record:
        """Read a `run.json`.

        Raises:
            LatentscapeError: when it is missing, damaged, or of a later format.
        """
        try:
            return cls.parse(path.read_bytes(), path)
        except FileNotFoundError:
            raise LatentscapeError(
                f"'{path.parent}' is not a run: it has no {path.name}; give a folder that "
                "`latentscape train` made"
            ) from None
        except OSError as error:
            raise damaged(path, error) from error

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
            raw = json.loads(content)
            if raw["format"] > FORMAT:
                raise LatentscapeError(
                    f"'{path}' has format {raw['format']}, and this latentscape reads up to "
                    f"{FORMAT}; upgrade latentscape"
                )
            blueprint, data = raw.pop("blueprint"), raw.pop("data")
            blueprint["shape"] = tuple(blueprint["shape"])
            data["classes"] = tuple(data["classes"])
            plan = planned(path, raw.pop("plan"))
            record = cls(Blueprint(**blueprint), plan, Data(**data), **raw)
            check_kinds(record)
            return record
        except DAMAGE as error:
            raise damaged(path, error) from error


def damaged(path: Path, error: Exception) -> LatentscapeError:
    """Say that a `run.json` cannot be read, and why."""
    return LatentscapeError(
        f"'{path}' is damaged ({type(error).__name__}: {error}); restore it from a copy, or train "
        "again"
    )


def planned(path: Path, raw: dict[str, Any]) -> Plan:
    """Read the plan; a value out of range is told with the file it stands in."""
    try:
        return Plan(**raw)
    except LatentscapeError as error:
        raise LatentscapeError(f"the plan in '{path}' cannot be followed: {error}") from error


def check_kinds(record: Record) -> None:
    """Refuse values of another kind than `run.json` is written with.

    Raises:
        TypeError: naming the value.
    """
    blueprint, data = record.blueprint, record.data
    sides = blueprint.shape
    if len(sides) != 3 or not all(type(side) is int and side > 0 for side in sides):
        raise TypeError(f"the shape {list(sides)} is not three whole numbers")
    for name, value, kind in (
        ("recipe", blueprint.recipe, str),
        ("arguments", blueprint.arguments, dict),
        ("source", data.source, str),
        ("options", data.options, dict),
    ):
        if not isinstance(value, kind):
            raise TypeError(f"{name} is {value!r}")
    unknown = data.options.keys() - OPTIONS.keys()
    if unknown:
        raise TypeError(f"no images are loaded with the options {sorted(unknown)}")
    for name, option in data.options.items():
        if type(option) not in OPTIONS[name]:
            raise TypeError(f"the option {name} is {option!r}")
    if not all(isinstance(name, str) for name in data.classes):
        raise TypeError(f"the classes {list(data.classes)} are not all names")
