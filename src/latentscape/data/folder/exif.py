"""When and with what pictures were taken, as cameras write it into their files (EXIF)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
from PIL import ExifTags, Image

from latentscape.data.columns import Column
from latentscape.data.folder.decode import File, with_picture
from latentscape.data.folder.pixels import BadPictureError
from latentscape.data.folder.workers import each, processors
from latentscape.data.source import Source

LONGEST = 100  # characters of a camera's name

Shot = tuple[datetime | None, str | None]
"""When a picture was taken, by the camera's own clock, and with which camera."""


def with_exif(source: Source) -> Source:
    """Give a source the columns `taken`, a date, and `camera`, a category, and say what is known.

    Args:
        source: N images.

    Returns:
        The source; a column that would hold nothing is left out.
    """
    if source.file_of is None:
        return replace(source, notes=(*source.notes, "these images are no files, and have no EXIF"))
    shots = _shots(source)
    taken = pa.array([taken for taken, _ in shots], pa.timestamp("us", "UTC"))
    camera = pa.array([camera for _, camera in shots], pa.string())
    both = {"taken": Column("date", taken), "camera": Column("category", camera)}
    found = {name: column for name, column in both.items() if column.missing < len(column)}
    said = [f"{n} ({c.kind}) of {len(c) - c.missing:,}" for n, c in found.items()]
    note = f"EXIF tells {' and '.join(said) or 'nothing'} of {len(shots):,} images"
    columns = {**source.columns, **found}
    return replace(source, columns=columns, notes=(*source.notes, note))


def _shots(source: Source) -> Sequence[Shot]:
    """What each picture's file says; nothing where it cannot be read."""
    file_of = source.file_of
    assert file_of is not None
    shots: list[Shot] = []
    everything = np.arange(len(source.ids))
    for _, found in each(lambda i: read_shot(file_of(i)), source.ids, everything, processors()):
        shots += [(None, None) if isinstance(shot, BadPictureError) else shot for shot in found]
    return shots


def read_shot(file: File) -> Shot:
    """Read when and with what a picture was taken.

    Raises:
        BadPictureError: If the file cannot be read.
    """
    return with_picture(file, _shot)


def _shot(image: Image.Image) -> Shot:
    exif = image.getexif()
    inner = exif.get_ifd(ExifTags.IFD.Exif)
    base = ExifTags.Base
    whens = (inner.get(tag) for tag in (base.DateTimeOriginal, base.DateTimeDigitized))
    taken = next((when for when in map(_when, whens) if when is not None), None)
    make, model = _text(exif.get(base.Make)), _text(exif.get(base.Model))
    camera = model if model.lower().startswith(make.lower()) else f"{make} {model}".strip()
    return taken, camera or None


def _when(raw: object) -> datetime | None:
    """A moment such as "2024:05:01 10:30:00"; None where it is none."""
    try:
        return datetime.strptime(_text(raw), "%Y:%m:%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _text(raw: object) -> str:
    """A text without what cannot be printed."""
    if not isinstance(raw, str):
        return ""
    return "".join(c for c in raw[:LONGEST].partition("\0")[0] if c.isprintable()).strip()
