"""The one kind of error that people are meant to read."""

from pathlib import Path


class LatentscapeError(Exception):
    """Something the user can mend: the message says what was wrong and what to do.

    The command line prints the message as one sentence and exits with status 2; every other
    exception is a defect of Latentscape and keeps its traceback.

    Example:
        >>> raise LatentscapeError("no picture in 'a/'; give another folder")
        Traceback (most recent call last):
        ...
        latentscape.system.errors.LatentscapeError: no picture in 'a/'; give another folder
    """


def damaged(path: Path, error: Exception, remedy: str) -> LatentscapeError:
    """Give the error that says why a file cannot be read, and what to do.

    Args:
        path: the file.
        error: what reading it raised.
        remedy: what to do, as the end of a sentence.

    Example:
        >>> str(damaged(Path("run.json"), KeyError("plan"), "restore it from a copy"))
        "'run.json' is damaged (KeyError: 'plan'); restore it from a copy"
    """
    why = str(error) if isinstance(error, LatentscapeError) else f"{type(error).__name__}: {error}"
    return LatentscapeError(f"'{path}' is damaged ({why}); {remedy}")
