"""A run as one file, to be sent to somebody."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from latentscape.runs.archive import write_archive
from latentscape.runs.folder import RunFolder
from latentscape.runs.run import Place, Run
from latentscape.system.errors import LatentscapeError
from latentscape.system.files import atomic_path, make_folder
from latentscape.system.removal import remove_workshops


def pack(run: Run | Place, path: Place) -> Path:
    """Write a run as one zip file, which everything opens as it opens the directory.

    Nothing in it is executed, and what is damaged on its way is noticed.

    Args:
        run: in memory, or its directory.
        path: the file, ending in .zip.

    Returns:
        The file's path.

    Raises:
        LatentscapeError: when something is there already, the run has no complete epoch, or the
            file cannot be written.

    Example:
        >>> import latentscape as ls, tempfile
        >>> images = ls.load_images("digits", limit=100)
        >>> run = ls.train("vae", images, latent=3, hidden=(8,), epochs=1)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     print(ls.pack(run, f"{folder}/mine.zip").name)
        mine.zip
    """
    path = Path(path)
    if path.suffix != ".zip":
        raise LatentscapeError(f"'{path}' does not end in .zip; name it so")
    if path.exists():
        remove_workshops(path.parent)  # a process may have been killed just after it was written
        raise LatentscapeError(f"'{path}' is there already; choose another name or remove it")
    make_folder(path.parent)
    if isinstance(run, Run) and run.folder is None:
        with TemporaryDirectory() as place:
            kept = run.kept
            if kept is None:
                raise LatentscapeError(f"'{run.name}' was built by no recipe, so it is not packed")
            return pack(kept.write(Path(place) / "run"), path)
    folder = RunFolder(run.folder if isinstance(run, Run) and run.folder else str(run))
    with folder.locked(), atomic_path(path) as beside:
        folder.record  # noqa: B018 (what is no run is told so)
        folder.tensors("best")
        write_archive(folder.path, beside)
    return path
