"""Names that people type: what they may have meant, and the order in which they expect them."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """Offer the known name nearest to a mistyped one.

    Args:
        name: what was typed.
        known: what there is.
        otherwise: what to say where nothing is near; by default what to choose from.

    Example:
        >>> did_you_mean("vea", ["vae", "ae"])
        'did you mean vae?'
        >>> did_you_mean("gan", ["vae", "ae"])
        'choose from vae, ae'
        >>> did_you_mean("latent", ["augment"])
        'choose from augment'
    """
    names = list(known)
    near = get_close_matches(name, names, n=1, cutoff=0.5 if len(name) < 5 else 0.65)
    return f"did you mean {near[0]}?" if near else otherwise or f"choose from {', '.join(names)}"


def readable(name: str) -> str:
    r"""Give a name as text that can be written: bytes that are no UTF-8 are written out.

    Args:
        name: of a file, as the system gives it, or out of JSON, where half a character can stand.

    Example:
        >>> print(readable("cat"), readable("cat\udcff"), readable("cat\ud800"))
        cat cat\xff cat\xed\xa0\x80
    """
    try:
        data = name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        data = name.encode("utf-8", "surrogatepass")
    return data.decode("utf-8", "backslashreplace")


def natural_key(name: str) -> list[tuple[int, str]]:
    """Give the key that sorts numbers in names by their value.

    Example:
        >>> sorted(["b10", "b9", "a", "10", "9"], key=natural_key)
        ['9', '10', 'a', 'b9', 'b10']
    """
    parts = "".join(c if c.isdecimal() else f" {c} " for c in name).split()
    return [(int(part), "") if part.isdecimal() else (1 << 62, part) for part in parts]


def counted(count: int, noun: str, verb: str = "") -> str:
    """So many of something, one or several.

    Args:
        count: how many.
        noun: of one of them.
        verb: "are" or "have", where one follows.

    Example:
        >>> counted(1, "image", "are"), counted(1200, "code"), counted(0, "class")
        ('1 image is', '1,200 codes', '0 classes')
    """
    several = noun + ("es" if noun.endswith("s") else "s")
    words = [f"{count:,}", noun if count == 1 else several]
    if verb:
        words.append({"are": "is", "have": "has"}[verb] if count == 1 else verb)
    return " ".join(words)


def describe_kind(thing: object) -> str:
    """Say what somebody gave instead: its kind, and its shape or name.

    Example:
        >>> import numpy as np
        >>> describe_kind("vae"), describe_kind(np.zeros((2, 3)))
        ("'vae'", 'ndarray of (2, 3)')
    """
    if isinstance(thing, str):
        return repr(thing)
    shape = getattr(thing, "shape", None)
    return type(thing).__name__ + (f" of {shape}" if shape else "")
