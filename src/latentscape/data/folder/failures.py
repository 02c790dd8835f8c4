"""Pictures that cannot be read, and why: a file with a line for each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from latentscape.data.folder.pixels import BadPictureError
from latentscape.data.rows import Indices
from latentscape.system.files import open_own

_NAMED = 10


class BadPictures:
    """A list of bad pictures that grows.

    Args:
        file: Where it is kept: number, reason and path in a line, between tabs.
        name: Of the folder, which stands before the names of pictures.
        paths: All pictures.
    """

    def __init__(self, file: Path, name: str, paths: Sequence[str]) -> None:
        self.file, self.name, self.paths = file, name, paths

    def _full(self, position: int) -> str:
        return f"{self.name}/{self.paths[position]}"

    def add(self, positions: Indices, results: Sequence[object]) -> None:
        """Note those of the pictures at these positions whose result is an error."""
        lines = [
            f"{position}\t{result}\t{self._full(position)!r}\n"
            for position, result in zip(positions.tolist(), results, strict=True)
            if isinstance(result, BadPictureError)
        ]
        if lines:
            with open_own(self.file, "ab") as file:
                file.write("".join(lines).encode("utf-8", "backslashreplace"))

    def sentence(self, positions: Indices, kept: bool) -> str:
        """Say that the pictures at these positions cannot be read, and why.

        Args:
            positions: Which, not none.
            kept: Whether the file will last, so that people can look into it.
        """
        named = sorted((self._full(position), position) for position in positions.tolist())
        reasons = self._reasons()
        first = ", ".join(f"'{path}' ({reasons[i]})" for path, i in named[:_NAMED])
        more = f" and {len(named) - _NAMED:,} more" if len(named) > _NAMED else ""
        where = f", all listed in '{self.file}'" if more and kept else ""
        verb = "picture cannot" if len(named) == 1 else "pictures cannot"
        return (
            f"{len(named):,} {verb} be read: {first}{more}{where}; mend them, or take "
            "them away, or leave them out with --skip-bad (skip_bad=True)"
        )

    def _reasons(self) -> dict[int, str]:
        lines = self.file.read_text(encoding="utf-8").splitlines()
        return {int(line.split("\t")[0]): line.split("\t")[1] for line in lines if "\t" in line}
