"""What the values of `run.json` are allowed to be: it may come from anybody."""

from __future__ import annotations

from dataclasses import fields
from types import NoneType
from typing import TYPE_CHECKING, Any

from latentscape.data.preparation import Preparation
from latentscape.system.errors import LatentscapeError

if TYPE_CHECKING:
    from latentscape.runs.record import Record

OPTIONS = {
    "size": (int, str, NoneType),
    "limit": (int, NoneType),
    "skip_bad": (bool,),
    "seed": (int,),
    "labels": (str,),
    "exif": (bool,),
}
"""What `load_images` may be told again, and of what types."""


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
        ("created", record.created, str),
        ("versions", record.versions, dict),
        ("hardware", record.hardware, dict),
        ("fingerprint", data.fingerprint, str),
        ("counts", data.counts, dict),
        *((f"the count of {name}", count, int) for name, count in dict(data.counts).items()),
        ("recipe", blueprint.recipe, str),
        ("arguments", blueprint.arguments, dict),
        ("source", data.source, str),
        ("options", data.options, dict),
        ("preparation", data.preparation, dict),
        ("summary", data.summary, str),
        ("cut", data.cut, dict),
        ("columns", data.columns, dict),
        *((f"the kind of column {name}", kind, str) for name, kind in dict(data.columns).items()),
    ):
        if not isinstance(value, kind):
            raise TypeError(f"{name} is {value!r}")
    unknown = data.options.keys() - OPTIONS.keys()
    if unknown:
        raise TypeError(f"no images are loaded with the options {sorted(unknown)}")
    for name, option in data.options.items():
        if type(option) not in OPTIONS[name]:
            raise TypeError(f"the option {name} is {option!r}")
    for name, texts in (("classes", data.classes), ("notes", data.notes), *data.cut.items()):
        if not isinstance(texts, list | tuple) or not all(isinstance(t, str) for t in texts):
            raise TypeError(f"the {name} {texts!r} are not all names")
    pairs = record.lengthened
    if not isinstance(pairs, list) or not all(
        isinstance(pair, list) and [type(n) for n in pair] == [int, int] for pair in pairs
    ):
        raise TypeError(f"lengthened is {pairs!r}")
    if record.start is not None:
        for name, value in vars(record.start).items():
            if type(value) is not (int if name == "epoch" else str):
                raise TypeError(f"the {name} of what it began from is {value!r}")
    if data.preparation:
        check_preparation(data.preparation)


def check_preparation(raw: dict[str, Any]) -> None:
    """Refuse what cannot be done to a picture.

    Raises:
        TypeError: naming the value.
    """
    kinds = {f.name: bool if f.name == "invert" else str for f in fields(Preparation)}
    for name, value in raw.items():
        if name not in kinds or type(value) is not kinds[name]:
            raise TypeError(f"the preparation {name} is {value!r}")
    try:
        Preparation(**raw)
    except LatentscapeError as error:
        raise TypeError(f"of the preparation, {error}") from error
