"""From what is known to one HTML file: everything in it, nothing fetched, all names escaped."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from latentscape.system.files import make_folder, write_atomic


@cache
def environment() -> Environment:
    """The templates beside this file; whatever they print is escaped."""
    return Environment(
        loader=PackageLoader("latentscape.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def write_page(path: str | Path, template: str, **known: object) -> Path:
    """Fill a template and write it, whole or not at all.

    Args:
        path: the file.
        template: its name.
        known: what the template speaks of.

    Raises:
        LatentscapeError: when the file cannot be written.
    """
    path = Path(path)
    make_folder(path.parent)
    write_atomic(path, environment().get_template(template).render(**known).encode())
    return path
