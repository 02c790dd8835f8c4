"""Opens a bundle and checks that its files are there, whole, and fit each other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import pyarrow as pa

from latentscape.bundle.contents import FORMAT, READ, Role
from latentscape.bundle.tables import points_of, read_arrow
from latentscape.system.errors import LatentscapeError, damaged
from latentscape.system.reading import DAMAGE, read_json, read_small

AGAIN = "export the run again, to another place"


@dataclass(frozen=True)
class Bundle:
    """A checked bundle folder.

    Attributes:
        folder: where it lies.
        space: the content of `space.json`.
    """

    folder: Path
    space: dict[str, Any]

    @property
    def files(self) -> tuple[str, ...]:
        """Names of all files of the bundle, `space.json` first."""
        return ("space.json", *self.space["files"])


def read_bundle(folder: str | Path) -> Bundle:
    """Open a bundle.

    Sizes are compared with what `space.json` says and the points' table is opened; networks are not
    run.

    Args:
        folder: the bundle.

    Raises:
        LatentscapeError: when the folder is no bundle, one of another version, damaged, or holds
            links in place of files.
    """
    folder = Path(folder)
    _refuse_link(folder / "space.json")
    space = _manifest(folder / "space.json")
    for name, fact in space["files"].items():
        path = folder / name
        _refuse_link(path)
        if not path.is_file():
            raise LatentscapeError(f"the bundle's file '{path}' is missing; {AGAIN}")
        if path.stat().st_size != fact["bytes"]:
            raise LatentscapeError(
                f"the bundle's file '{path}' is damaged ({path.stat().st_size} bytes of "
                f"{fact['bytes']}); {AGAIN}"
            )
    _check_points(folder / space["points"]["file"], space)
    return Bundle(folder, space)


def read_column(bundle: Bundle, file: str, name: str) -> pa.Array:
    """Read a column of one of a bundle's tables, which may be a stranger's.

    Args:
        bundle: whose.
        file: the table's.
        name: the column's.

    Returns:
        a value for each point, in their order.

    Raises:
        LatentscapeError: when the table is damaged, compressed, or of another length than the
            points, or has no such column.
    """
    path = bundle.folder / file
    try:
        table = read_arrow(path)
        table.validate(full=True)
        column = table[name].combine_chunks()
    except (pa.ArrowException, *DAMAGE) as error:
        raise damaged(path, error, AGAIN) from error
    count = bundle.space["points"]["count"]
    if len(column) != count:
        raise LatentscapeError(f"'{path}' holds {len(column)} of {count} rows; {AGAIN}")
    return column


def read_ids(bundle: Bundle) -> list[str]:
    """Read the ids of a bundle's points, in their order.

    Args:
        bundle: whose.

    Raises:
        LatentscapeError: when their table is damaged, or they are no texts.
    """
    ids = read_column(bundle, bundle.space["points"]["details"], "id")
    if ids.type != pa.string():  # a dictionary of few long texts would unpack to many
        raise LatentscapeError(f"'{bundle.folder}' has no ids that are texts; {AGAIN}")
    return [str(name) for name in ids.to_pylist()]


def _refuse_link(path: Path) -> None:
    """Refuse a link: what it leads to, perhaps no part of the bundle, would be served or exported.

    Raises:
        LatentscapeError: when it is one.
    """
    if path.is_symlink():
        raise LatentscapeError(
            f"the bundle's file '{path}' is a link to another place; put the file itself there"
        )


def _manifest(path: Path) -> dict[str, Any]:
    """Read `space.json` of this version."""
    try:
        space = read_json(read_small(path))
    except FileNotFoundError as error:
        raise LatentscapeError(f"'{path.parent}' is no bundle: it has no space.json") from error
    except DAMAGE as error:
        raise damaged(path, error, AGAIN) from error
    if not isinstance(space, dict) or space.get("format") != FORMAT:
        raise LatentscapeError(f"'{path}' is not a latentscape bundle; {AGAIN}")
    if space.get("version") not in READ:
        raise LatentscapeError(
            f"'{path}' is a bundle of version {space.get('version')} and this latentscape reads "
            f"versions {READ[0]} to {READ[-1]}; {AGAIN}, or install the latentscape that wrote it"
        )
    try:
        _check_kinds(space)
    except DAMAGE as error:
        raise damaged(path, error, AGAIN) from error
    return space


def _check_kinds(space: dict[str, Any]) -> None:
    """Refuse a manifest whose parts are missing, of other kinds, or outside the bundle.

    Raises:
        AttributeError, KeyError, TypeError: naming the part.
    """
    points, files = space["points"], space["files"]
    for name, value, kind in (
        ("code.size", space["code"]["size"], int),
        ("points.count", points["count"], int),
        ("points.of", points.get("of", points["count"]), int),
        ("views", space["views"], list),
        ("classes", space["classes"], list),
        *(("files", fact["bytes"], int) for fact in files.values()),
        *(("classes", each, str) for each in space["classes"]),
        *(("columns", each["name"], str) for each in space.get("columns", [])),
        *(
            (f"{role}.{key}", space[role][key], of)
            for role, key, of in (("judge", "limit", float), ("ensemble", "decoders", int))
            if role in space
        ),
    ):
        if type(value) is not kind:
            raise TypeError(f"{name} is {value!r}")
    outside = [name for name in files if Path(name).name != name]
    if outside:
        raise TypeError(f"the file {outside[0]!r} is outside the bundle")
    columns = [column["file"] for column in space.get("columns", [])]
    film = [space["film"][key] for key in ("file", "history")] if "film" in space else []
    networks = [space[role]["file"] for role in get_args(Role) if role in space]
    for name in (points["file"], points["details"], *columns, *film, *networks):
        if name not in files:
            raise KeyError(f"{name} among files")


def _check_points(path: Path, space: dict[str, Any]) -> None:
    """Compare the points' table with what the manifest says of it."""
    try:
        found, room = points_of(path)
    except (pa.ArrowException, *DAMAGE) as error:
        raise damaged(path, error, AGAIN) from error
    expected = (space["points"]["count"], space["code"]["size"])
    if found != expected:
        raise LatentscapeError(
            f"'{path}' holds {found[0]} codes of {found[1]} numbers where space.json says "
            f"{expected[0]} of {expected[1]}; {AGAIN}"
        )
    if path.stat().st_size < room:
        raise LatentscapeError(f"'{path}' holds less than it says; {AGAIN}")
