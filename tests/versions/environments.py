"""Environments of one Python with the lowest or the highest allowed versions of everything."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Resolution = Literal["lowest-direct", "highest"]
ROOT = Path(__file__).parents[2]


class UnavailableError(Exception):
    """An environment that cannot be had here, and why."""


@dataclass(frozen=True)
class Environment:
    """Where packages are installed.

    Attributes:
        folder: of the virtual environment.
        resolution: which of the allowed versions.
    """

    folder: Path
    resolution: Resolution

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return next(self.folder.glob("[bS]*/python*"))

    def make(self, python: str) -> str:
        """Make it empty, of a Python named by version or path.

        Returns:
            the version.

        Raises:
            UnavailableError: when uv neither finds nor brings that Python.
        """
        uv("venv", "--quiet", "--python", python, str(self.folder))
        return output([str(self.python), "-c", "import platform as p; print(p.python_version())"])

    def install(self, wheel: Path, torch: str) -> None:
        """Install the wheel, with what pyproject.toml asks for it and for the tests.

        Args:
            wheel: of latentscape.
            torch: the only version of torch that there is for the CPU here; "" for any.

        Raises:
            UnavailableError: when there are no such wheels.
        """
        own = ["--torch-backend", "cpu"]
        if torch:
            override = self.folder / "override.txt"
            override.write_text(f"torch=={torch}\n", encoding="utf-8")
            own = ["--override", str(override)]
        asked = ["--requirements", str(ROOT / "pyproject.toml"), "--extra", "test"]
        how = ["--resolution", self.resolution, "--only-binary", ":all:", *own]
        uv("pip", "install", "--quiet", "--python", str(self.python), *how, *asked)
        uv("pip", "install", "--quiet", "--python", str(self.python), "--no-deps", str(wheel))

    def installed(self, names: Sequence[str]) -> list[str]:
        """Say which versions of packages are there, as "name==version"."""
        frozen = output(["uv", "pip", "freeze", "--python", str(self.python)]).splitlines()
        return [line for line in frozen if line.partition("==")[0] in names]


def build_wheel(folder: Path) -> Path:
    """Build latentscape's wheel."""
    uv("build", "--quiet", "--wheel", "--out-dir", str(folder), str(ROOT))
    return next(folder.glob("*.whl"))


def uv(*args: str) -> None:
    """Run uv.

    Raises:
        UnavailableError: with what it said, when it fails.
    """
    done = subprocess.run(["uv", *args], capture_output=True, text=True, check=False)
    if done.returncode:
        raise UnavailableError(" ".join(done.stderr.split()))


def output(command: Sequence[str]) -> str:
    """What a command prints."""
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
