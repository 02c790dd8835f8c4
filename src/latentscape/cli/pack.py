"""`latentscape pack RUN FILE`."""

from __future__ import annotations

from pathlib import Path

from latentscape.system.printing import print_answer


def pack(run: Path, file: Path, /) -> None:
    """Write a run as one zip file, which every verb opens as it opens the directory.

    Args:
        run: a run's directory.
        file: the file to write, ending in .zip.
    """
    from latentscape.runs.packing import pack as packed

    print_answer(packed(run, file))
