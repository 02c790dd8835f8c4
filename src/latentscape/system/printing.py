"""How text reaches people: whatever their terminal can show, and wherever the output leads.

Names come from folders and files, which strangers fill: what would command a terminal is shown, not
sent. An output that cannot be written is never a traceback, and never ends a training.
"""

from __future__ import annotations

import codecs
import os
import shlex
import sys
import unicodedata
from contextlib import suppress
from pathlib import Path
from typing import TextIO

HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Unicode categories that command: controls, directions of writing, halves of pairs, new lines."""
JOINERS = "\u200c\u200d"  # of Persian words and of emoji
PLAIN = str.maketrans(
    dict(zip("·−–×‖“”‘’═─│•", "|--x|\"\"''=-|*", strict=True))
    | {"…": "...", "→": "->", "½": "1/2", "²": "^2", "³": "^3", "±": "+-", "≥": ">=", "≤": "<="}
    | {"β": "beta", "σ": "sigma", "μ": "mu", "λ": "lambda"}
)
"""How our own signs are written where the output's encoding has none."""


def visible(text: str) -> str:
    r"""Write out what a terminal would obey instead of showing; lines and tabs are kept.

    Example:
        >>> print(visible("cat\x1b[2J"), visible("a\udcff"))
        cat\x1b[2J a\xff
    """
    return "".join(c if _harmless(c) else _escaped(c) for c in text)


def is_shown(text: str) -> bool:
    """Whether standard output shows a text as it is."""
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeError:
        return False
    return visible(text) == text


def _harmless(c: str) -> bool:
    return c in "\n\t" or c in JOINERS or unicodedata.category(c) not in HIDDEN


def _escaped(c: str) -> str:
    """A byte that was no UTF-8 is shown as that byte."""
    byte = ord(c) - 0xDC00
    return f"\\x{byte:02x}" if 0x80 <= byte <= 0xFF else ascii(c)[1:-1]


def _plain(error: UnicodeError) -> tuple[str, int]:
    """Replace what an encoding has no sign for."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end].translate(PLAIN)
    return "".join(c if c.isascii() else _escaped(c) for c in missing), error.end


codecs.register_error("latentscape", _plain)


def suit_streams() -> None:
    """Make standard output and standard error take any text, also where they are closed.

    A closed output fails when it is written to, as a full one does.
    """
    if sys.stdout is None:
        sys.stdout = _opened(1, os.O_RDONLY)
    if sys.stderr is None:
        sys.stderr = _opened(2, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError):  # another program's stand-in
            stream.reconfigure(errors="latentscape")  # type: ignore[union-attr]


def _opened(number: int, flags: int) -> TextIO:
    """Open nothing under a standard number, so that no file of ours gets that number."""
    descriptor = os.open(os.devnull, flags)
    if descriptor != number:
        os.dup2(descriptor, number)
        os.close(descriptor)
    return open(number, "w", encoding="utf-8", closefd=False)


def print_answer(text: object = "") -> None:
    """Print what a command was asked for."""
    print(visible(str(text)), flush=True)


def print_log(text: str = "") -> None:
    """Print a line beside work that goes on, and is kept, where the line cannot be written.

    That is said once, on standard error.
    """
    try:
        print_answer(text)
    except (OSError, ValueError) as error:
        print_aside(f"note: standard output cannot be written ({reason(error)}); the work goes on")
        silence()


def print_aside(text: str) -> None:
    """Print a line on standard error, where that can be written."""
    with suppress(OSError, ValueError):
        print(visible(text), file=sys.stderr, flush=True)


def print_over(text: str, width: int) -> None:
    """Write over the line that stands on standard error, where that can be written.

    Args:
        text: the line.
        width: of the line before.
    """
    with suppress(OSError, ValueError):
        print(f"\r{visible(text):<{width}}", end="", file=sys.stderr, flush=True)


def reason(error: Exception) -> str:
    """What the operating system says, in words."""
    return (getattr(error, "strerror", None) or str(error)).lower()


def output_error(*, probe: str = "") -> Exception | None:
    """Why standard output cannot be written; None where it can. What was lost is given up.

    Args:
        probe: what to write, to see; a writer that has failed may have dropped what waited.
    """
    try:
        print(end=probe, flush=True)
    except (OSError, ValueError) as error:
        silence()
        return error
    return None


def silence() -> None:
    """Lead standard output to nowhere: what waits to be written would fail again at the end."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
        sys.stdout.flush()
    except (OSError, ValueError):
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115


def shell_command(*words: str | Path) -> str:
    """A command to type into a shell.

    Example:
        >>> shell_command("plot", Path("runs/my run"))
        "latentscape plot 'runs/my run'"
    """
    return shlex.join(["latentscape", *map(str, words)])
