"""The one kind of error that people are meant to read."""


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
