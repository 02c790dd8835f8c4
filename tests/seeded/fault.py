"""A fault to seed, and the tree that has it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Edit:
    """A text of a source file, replaced.

    Attributes:
        file: below `src/latentscape`.
        old: text that is there once.
        new: what takes its place.
    """

    file: str
    old: str
    new: str

    def apply(self, source: Path) -> None:
        """Replace it in a copy of `src`."""
        path = source / "latentscape" / self.file
        text = path.read_text(encoding="utf-8")
        count = text.count(self.old)
        if count != 1:
            raise SystemExit(f"{self.file} has {self.old!r} {count} times: mend its seeded fault")
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")


@dataclass(frozen=True)
class Fault:
    """Something broken on purpose, that a harness must notice.

    Attributes:
        name: what is broken.
        harness: which must notice, a key of `HARNESSES`.
        edits: what breaks it.
        narrow: arguments that make the harness try only what matters to it; for the short form.
    """

    name: str
    harness: str
    edits: tuple[Edit, ...]
    narrow: tuple[str, ...] = ()


def fault(
    name: str, harness: str, file: str, old: str, new: str, narrow: tuple[str, ...] = ()
) -> Fault:
    """A fault of one edit."""
    return Fault(name, harness, (Edit(file, old, new),), narrow)


def copied(folder: Path) -> Path:
    """Copy `src` into a folder, with what Python has compiled."""
    return Path(shutil.copytree(ROOT / "src", folder / "src"))
