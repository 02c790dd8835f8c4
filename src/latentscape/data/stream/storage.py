"""Where pictures lie: a path, or an address of any storage that fsspec reaches."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from latentscape.system.errors import LatentscapeError
from latentscape.system.names import natural_key

_STAMP = ("size", "mtime", "ETag", "etag", "LastModified", "last_modified", "updated")
_RANGE = re.compile(r"\{(\d+)\.\.(\d+)\}")


class StorageError(LatentscapeError):
    """A storage does not give what is asked of it; it may another time."""


class Storage(NamedTuple):
    """A storage, and one place in it.

    Attributes:
        system: fsspec's file system.
        path: as that system writes it.
    """

    system: Any
    path: str

    @property
    def is_local(self) -> bool:
        """Whether it is this machine's disk, or one that is mounted."""
        return "file" in _protocols(self.system)

    def at(self, path: str) -> Storage:
        """Another place in the same storage."""
        return Storage(self.system, path)

    @property
    def name(self) -> str:
        """The place as people write it: a path, or an address."""
        return self.path if self.is_local else str(self.system.unstrip_protocol(self.path))

    def stamp(self) -> str:
        """Length and time of change of a file, or whatever else tells that it is another."""
        with explained_storage(self.name):
            about = self.system.info(self.path)
        return " ".join(f"{key}={about[key]}" for key in _STAMP if about.get(key) is not None)


def storage_of(place: str) -> Storage:
    """Find the storage of a path or an address.

    Args:
        place: "photos", "/data/photos", "s3://bucket/photos", "https://…/photos.tar".

    Raises:
        LatentscapeError: when there is no such storage, or its package is missing.

    Example:
        >>> storage_of("memory://photos").name
        'memory:///photos'
    """
    from fsspec.core import url_to_fs

    try:
        system, path = url_to_fs(place)
    except ImportError as error:
        raise LatentscapeError(f"'{place}' needs another package ({error})") from error
    except (ValueError, OSError) as error:
        raise LatentscapeError(
            f"'{place}' leads to no storage ({error}); give a path, or an address such as "
            "s3://bucket/folder"
        ) from error
    return Storage(system, path)


def places_of(place: str) -> list[str]:
    """Write out what stands for several files: "*" and "{000..099}", as WebDataset writes it.

    Raises:
        LatentscapeError: when nothing is there that fits.

    Example:
        >>> places_of("s3://b/{08..11}.tar")
        ['s3://b/08.tar', 's3://b/09.tar', 's3://b/10.tar', 's3://b/11.tar']
    """
    found = _RANGE.search(place)
    if found:
        first, last = found.groups()
        numbers = (str(n).zfill(len(first)) for n in range(int(first), int(last) + 1))
        before, after = place[: found.start()], place[found.end() :]
        return list(chain.from_iterable(places_of(f"{before}{n}{after}") for n in numbers))
    if "*" not in place:
        return [place]
    storage = storage_of(place)
    with explained_storage(place):
        fitting = sorted(storage.system.glob(storage.path), key=natural_key)
    if not fitting:
        raise LatentscapeError(f"nothing is at '{place}'; give another path or address")
    return [storage.at(path).name for path in fitting]


def is_pattern(place: str) -> bool:
    """Whether a path or an address stands for several.

    Example:
        >>> is_pattern("web/{000..099}.tar"), is_pattern("web/*.tar"), is_pattern("web/0.tar")
        (True, True, False)
    """
    return "*" in place or bool(_RANGE.search(place))


@contextmanager
def local_copy(storage: Storage) -> Iterator[Path]:
    """Lend a file of any storage as one of this machine: itself, or fetched as long as it is lent.

    Args:
        storage: where it lies.

    Raises:
        StorageError: when it cannot be fetched.
    """
    if storage.is_local:
        yield Path(storage.path)
        return
    with TemporaryDirectory(prefix="latentscape-") as folder:
        path = Path(folder) / storage.path.rsplit("/", 1)[-1]
        with explained_storage(storage.name):
            storage.system.get_file(storage.path, str(path))
        yield path


@contextmanager
def explained_storage(name: str) -> Iterator[None]:
    """Turn a storage's refusal into a sentence that names the place.

    Args:
        name: of the place.

    Raises:
        StorageError: for any failure in the block.
    """
    try:
        yield
    except LatentscapeError:
        raise
    except Exception as error:  # storages have errors of their own
        said = getattr(error, "strerror", None) or str(error)
        reason = (said.splitlines() or [""])[0] or type(error).__name__
        raise StorageError(
            f"cannot read '{name}' ({reason}); see that it is there and may be read, then start "
            "again: what was done stays"
        ) from error


def _protocols(system: Any) -> tuple[str, ...]:
    found = system.protocol
    return (found,) if isinstance(found, str) else tuple(found)
